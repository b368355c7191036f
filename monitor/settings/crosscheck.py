"""What one table says about another: every name that is used has to exist."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from monitor.errors import Fault
from monitor.model import Category, Source
from monitor.parse.patterns import compiled
from monitor.parse.reader import compile_grammar
from monitor.settings.explain import nearest
from monitor.settings.files import LANGUAGES, Document, Location
from monitor.settings.inputs import Inputs
from monitor.settings.shape import Desk

_DELTA = "delta_"


def _known(
    inputs: Inputs, document: Document, place: Location, used: Iterable[str], known: Iterable[str], what: str
) -> None:
    """Add a fault for every name that is used and not known."""
    choices = tuple(known)
    for name in used:
        if name not in choices:
            inputs.fault(document, place, f"there is no {what} {name!r}", nearest(name, choices, what))


def categories(inputs: Inputs, document: Document, found: Mapping[str, Category], slugs: tuple[str, ...]) -> None:
    for slug, category in found.items():
        for key, used in (
            ("combines", category.combines),
            ("succeeds", category.succeeds),
            ("part_of", (category.part_of,) if category.part_of else ()),
        ):
            _known(inputs, document, (slug, key), used, slugs, "category")
            if slug in used:
                inputs.fault(document, (slug, key), "a category cannot name itself", "Name another category")
        for key, text in (("label", category.label), ("plural", category.plural)):
            for word in category.never_say:
                if re.search(rf"\b{re.escape(word)}\b", text, re.IGNORECASE):
                    inputs.fault(document, (slug, key), f"it says {word!r}, which never_say forbids", "Reword it")


def source(
    inputs: Inputs, document: Document, found: Source, slugs: tuple[str, ...], languages: tuple[str, ...]
) -> None:
    _known(inputs, document, ("languages",), found.languages, languages, "language")
    _known(inputs, document, ("words",), found.words, slugs, "category")
    _known(inputs, document, ("meaning",), (*found.meaning, *found.meaning.values()), slugs, "category")
    for number, example in enumerate(found.examples):
        _known(inputs, document, ("examples", number, "expect"), example.expect, slugs, "category")
    for number, pattern in enumerate(found.patterns):
        place = ("patterns", number)
        _known(inputs, document, (*place, "expect"), pattern.expect, slugs, "category")
        try:
            groups = compiled(pattern.expression).groupindex
        except ValueError as error:
            inputs.fault(document, (*place, "expression"), f"is no regular expression: {error}", "Correct it")
            continue
        _known(inputs, document, (*place, "expression"), (g.removeprefix(_DELTA) for g in groups), slugs, "category")
        if not groups:
            right = "Name what it finds, such as (?P<civilians_killed>[0-9]+)"
            inputs.fault(document, (*place, "expression"), "it has no named group", right)


def channels(inputs: Inputs, sources: Mapping[str, tuple[Document, Source]]) -> None:
    """Every post is filed under its channel, so no two sources may share one."""
    owner: dict[str, str] = {}
    for key, (document, found) in sources.items():
        for channel in found.channels:
            first = owner.setdefault(channel.key, key)
            if first != key:
                wrong = f"the source {first!r} has this channel already"
                inputs.fault(document, ("channels", channel.key), wrong, "Keep it in one of the two")


def desk(
    inputs: Inputs, document: Document, found: Desk, destinations: tuple[str, ...], sources: tuple[str, ...]
) -> None:
    place = ("desks", found.name)
    for key, used in (("urgent", found.urgent), ("routine", found.routine), ("ops", found.ops)):
        _known(inputs, document, (*place, key), used, destinations, "destination")
    _known(inputs, document, (*place, "sources"), found.sources, sources, "source")


def languages(inputs: Inputs, found: Mapping[str, Mapping[str, Any]], known: Mapping[str, Category]) -> None:
    """Compile an operator's words once, so that what is wrong with them is told with everything else."""
    own = [folder / LANGUAGES.name for folder in inputs.folders if any((folder / LANGUAGES.name).glob("*.toml"))]
    if not own:
        return
    try:
        compile_grammar(found, known)
    except ValueError as error:
        right = "See the shipped language files for the tables there are"
        inputs.faults.append(Fault(str(own[-1]), "the tables", str(error), right))
