"""The rules of the house: every module has its room, imports point one way, and the core knows nothing of the world."""

from __future__ import annotations

import ast
import shutil
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "monitor"

STEPS: tuple[frozenset[str], ...] = (  # a room may import from its own step and from those above
    frozenset({"", "model", "errors"}),
    frozenset({"registry"}),
    frozenset({"parse", "reconcile", "render"}),
    frozenset({"ports"}),
    frozenset({"collect", "send", "store", "clock", "health"}),
    frozenset(
        {"settings", "pace", "pipeline", "ledgers", "telling", "silences", "passes", "rehearsal", "aftermath", "desk"}
    ),
    frozenset({"wiring"}),
    frozenset({"daemon", "distress", "backfill", "ingest", "check", "starter"}),
    frozenset({"demo"}),
    frozenset({"cli"}),
    frozenset({"__main__"}),
)
STEP_OF = {room: step for step, rooms in enumerate(STEPS) for room in rooms}
STRANGERS = frozenset({"collect", "send", "store"})
FOR_ITSELF = frozenset({"health"})  # imports nothing of this package
PURE = frozenset({"model", "errors", "parse", "reconcile", "render", "ports"})
# What the pure rooms may use of others. Before a name joins, be sure that it opens, asks and logs nothing.
HARMLESS = frozenset(
    {
        *("__future__", "abc", "bisect", "collections", "contextlib", "copy", "dataclasses", "datetime", "decimal"),
        *("difflib", "enum", "fractions", "functools", "hashlib", "heapq", "html", "itertools", "json", "math"),
        *("operator", "re", "string", "textwrap", "types", "typing", "unicodedata", "zoneinfo"),
        *("ahocorasick", "jinja2", "regex"),
    }
)
READS_FILES = frozenset({"FileSystemLoader", "PackageLoader"})
SAYS_NOTHING = frozenset({"utils", "util", "helpers", "common", "misc"})
ASKS_THE_CLOCK = frozenset({"now", "today", "utcnow"})
TOUCHES_THE_WORLD = frozenset({"open", "print", "input", "exec", "eval", "breakpoint", "__import__"})


def imports(tree: ast.Module, package: str) -> Iterator[tuple[int, str]]:
    """Yield line and dotted name of everything that is imported; `package` resolves relative imports."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            parents = package.split(".")
            base = ".".join(parents[: len(parents) - node.level + 1]) if node.level else ""
            origin = ".".join(part for part in (base, node.module) if part)
            yield from ((node.lineno, f"{origin}.{alias.name}") for alias in node.names)


def calls(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield line and last name of everything that is called."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute | ast.Name):
            yield node.lineno, node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id


def room_of(module: str) -> str:
    """Return "parse" for "monitor.parse.numbers", and "" for the package itself."""
    return module.partition(".")[2].partition(".")[0]


def against_the_order(room: str, target: str) -> str:
    """Return what is wrong with an import of room `target` from `room`, or nothing."""
    if target == room:
        return ""
    if target not in STEP_OF:
        return "has no place in the house"
    if room in FOR_ITSELF:
        return f"{room} stands for itself"
    if STEP_OF[target] > STEP_OF[room]:
        return "points the wrong way"
    return "these are strangers" if {room, target} <= STRANGERS else ""


def impurities(tree: ast.Module, package: str) -> Iterator[tuple[int, str]]:
    """Yield what a pure room must not do."""
    for line, name in imports(tree, package):
        first = name.split(".")[0]
        if first != "monitor" and first not in HARMLESS:
            yield line, f"a pure room imports {first}"
        if name.rpartition(".")[2] in READS_FILES:
            yield line, f"a pure room reads files with {name}"
    for line, name in calls(tree):
        if name in ASKS_THE_CLOCK:
            yield line, f"a pure room asks the time: {name}()"
        if name in TOUCHES_THE_WORLD:
            yield line, f"a pure room calls {name}()"


@cache
def breaches_of(text: str, parts: tuple[str, ...]) -> tuple[str, ...]:
    """Return every breach in one module, as "line: what"; `parts` is its path below the package."""
    room = parts[0] if parts != ("__init__",) else ""
    package = ".".join(("monitor", *parts[:-1]))
    if room not in STEP_OF:
        return (f"1: {room} has no place in the house",)
    tree = ast.parse(text)
    found = [
        f"{line}: {room} imports {name}: {wrong}"
        for line, name in imports(tree, package)
        if name.split(".")[0] == "monitor" and (wrong := against_the_order(room, room_of(name)))
    ]
    if room in PURE:
        found += [f"{line}: {what}" for line, what in impurities(tree, package)]
    if SAYS_NOTHING & set(parts):
        found.append("1: a name that says nothing")
    return tuple(found)


def breaches(root: Path) -> list[str]:
    """Return every breach of the house's rules in the package at `root`, as "file:line: what"."""
    return [
        f"{path.relative_to(root.parent)}:{breach}"
        for path in sorted(root.rglob("*.py"))
        for breach in breaches_of(path.read_text("utf-8"), path.relative_to(root).with_suffix("").parts)
    ]


@cache
def standing_breaches() -> tuple[str, ...]:
    return tuple(breaches(PACKAGE))


def test_every_module_keeps_the_rules_of_the_house() -> None:
    assert not standing_breaches(), "\n" + "\n".join(standing_breaches())


@pytest.mark.parametrize(
    ("file", "line", "what"),
    [
        ("parse/planted.py", "from monitor.collect import files", "points the wrong way"),
        ("parse/planted.py", "def late():\n    import monitor.settings", "points the wrong way"),
        ("reconcile/planted.py", "from ..pipeline import Pipeline", "points the wrong way"),
        ("collect/planted.py", "from monitor import pipeline", "points the wrong way"),
        ("send/planted.py", "from monitor.store import open_store", "these are strangers"),
        ("collect/planted.py", "import monitor.send.console", "these are strangers"),
        ("health.py", "from monitor.errors import StoreError", "health stands for itself"),
        ("parse/planted.py", "import time", "a pure room imports time"),
        ("parse/planted.py", "from os import environ", "a pure room imports os"),
        ("render/planted.py", "import structlog", "a pure room imports structlog"),
        ("render/planted.py", "from jinja2 import FileSystemLoader", "a pure room reads files"),
        ("reconcile/planted.py", "from datetime import date\nTODAY = date.today()", "a pure room asks the time"),
        ("parse/planted.py", "WORDS = open('uk.toml')", "a pure room calls open"),
        ("utils.py", "", "has no place in the house"),
        ("send/utils.py", "", "a name that says nothing"),
        ("wiring.py", "import monitor.manager", "has no place in the house"),
    ],
)
def test_a_planted_breach_is_found(tmp_path: Path, file: str, line: str, what: str) -> None:
    house = tmp_path / "monitor"
    shutil.copytree(PACKAGE, house, ignore=shutil.ignore_patterns("__pycache__"))
    (house / file).write_text(line + "\n", "utf-8")
    new = [breach for breach in breaches(house) if breach not in standing_breaches()]
    assert len(new) == 1
    assert new[0].startswith(f"monitor/{file}:")
    assert what in new[0]


def test_the_health_check_uses_the_standard_library_only() -> None:
    tree = ast.parse((PACKAGE / "health.py").read_text("utf-8"))
    assert {name.split(".")[0] for _, name in imports(tree, "monitor")} <= sys.stdlib_module_names
