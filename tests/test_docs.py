"""What the papers say is what the program does."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from monitor import registry
from monitor.check import check
from monitor.settings import load
from monitor.wiring import places_of

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
PAPERS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md"]
COMMANDS = {name.replace("_", "-") for name in registry.names("cli")}
MEASURED = ROOT / "docs" / "benchmarks.txt"


@pytest.mark.parametrize("paper", PAPERS, ids=lambda path: path.name)
def test_every_command_that_a_paper_names_exists_with_its_options(paper: Path) -> None:
    shown = (ROOT / "docs" / "commands.md").read_text("utf-8")
    for words in re.findall(
        r"\bmonitor ((?:--config \S+ )?[a-z][a-z-]*(?: [^`\n#]*)?)", _code(paper.read_text("utf-8"))
    ):
        words_of_it = words.removeprefix("--config desk ").split()
        assert words_of_it[0] in COMMANDS, words
        section = shown.partition(f"## `monitor {words_of_it[0]}`")[2].partition("\n## ")[0]
        assert section, words
        for option in (word for word in words_of_it[1:] if word.startswith("--")):
            assert f"`{option}" in section or f" {option}" in section, words


@pytest.mark.parametrize("paper", PAPERS, ids=lambda path: path.name)
def test_every_target_of_the_task_file_that_a_paper_names_exists(paper: Path) -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for target in re.findall(r"\bmake ([a-z]+)", _code(paper.read_text("utf-8"))):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


@pytest.mark.parametrize("paper", PAPERS, ids=lambda path: path.name)
def test_every_file_that_a_paper_links_to_is_there(paper: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", paper.read_text("utf-8")):
        assert target.startswith("https://") or (ROOT / target).exists(), target


def test_the_readmes_own_source_passes_the_check(tmp_path: Path) -> None:
    block = next(block for block in _blocks(README) if block.startswith("name = "))
    assert tomllib.loads(block)["about"] == "civilians"
    sources = tmp_path / "config" / "sources"
    sources.mkdir(parents=True)
    (sources / "health-examplia.toml").write_text(block, "utf-8")
    settings = load({}, operator=tmp_path / "config", working=tmp_path)
    assert "health-examplia" in settings.sources
    assert check(settings) == []


def test_the_readme_names_as_many_publishers_as_are_watched(tmp_path: Path) -> None:
    watched = {place.source.key for place in places_of(load({}, working=tmp_path).sources.values())}
    numbers = {7: "seven", 8: "eight", 9: "nine", 10: "ten"}
    assert f"watches {numbers[len(watched)]} official publishers" in README


def test_the_readmes_alert_is_one_that_the_renderer_writes() -> None:
    golden = (ROOT / "tests" / "render" / "golden" / "a-routine.txt").read_text("utf-8")
    written = golden.partition("\n\n[to paste]")[0]
    assert written in "\n".join(_blocks(README))


def test_every_figure_of_the_readmes_measurements_was_measured() -> None:
    measured = MEASURED.read_text("utf-8")
    section = README.partition("## What it measures")[2].partition("\n## ")[0]
    rows = [row for row in section.splitlines() if row.startswith("|")][2:]
    assert len(rows) > 5
    for row in rows:
        for figure in re.findall(r"\d[\d,.]*\d|\d", row.split("|")[2]):
            assert re.search(rf"(?<![\d.,]){re.escape(figure)}(?![\d]|[.,]\d)", measured), (row, figure)


def _code(text: str) -> str:
    """Return what stands in code: indented blocks and spans."""
    return "\n".join([*_blocks(text), *re.findall(r"`([^`\n]+)`", text)])


def _blocks(text: str) -> list[str]:
    found = re.findall(r"(?:^    .*\n|^\n(?=    ))+", text, re.MULTILINE)
    return [re.sub(r"^    ", "", block, flags=re.MULTILINE).strip("\n") + "\n" for block in found]
