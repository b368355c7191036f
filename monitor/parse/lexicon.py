"""All words of all languages in one automaton: whole words, longest first.

A table is what a language's TOML file holds (see `languages/uk.toml`). A phrase is words with spaces
between; `|` separates forms of one word, a closing `?` makes a word optional:
`бойових|бойові? броньованих|броньовані машин|машини`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate, product
from typing import Any, NamedTuple

import ahocorasick

from monitor.parse.text import fold

_HTTP, _TELEGRAM = fold("http"), re.escape(fold("t.me/"))
TOKEN = re.compile(
    rf"(?P<link>(?:{_HTTP}s?://|www\.|{_TELEGRAM})[^\s)\]]+|[@#]\w+)"
    r"|(?P<time>(?<![0-9.,])[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?![0-9]))"
    r"|(?P<date>[0-9]{1,2}\.[0-9]{1,2}\.(?:[0-9]{4}|[0-9]{2})(?![0-9])|[0-9]{4}-[0-9]{2}-[0-9]{2}(?![0-9])|[0-9]{1,2}\.[0-9]{2}(?![0-9]|[.,][0-9]))"
    r"|(?P<percent>[0-9]+(?:[.,][0-9]+)?[ ]?%)"
    r"|(?P<grouped>[0-9]{1,3}(?P<comma>[ .,'])[0-9]{3}(?:(?P=comma)[0-9]{3})*(?![0-9]|(?P=comma)[0-9]))"
    r"|(?P<decimal>[0-9]+[.,][0-9]+)"
    r"|(?P<number>[0-9]+)"
    r"|(?P<name>[^\W\d_]+(?:-[^\W\d_]+)*-?[0-9][\w-]*)"
    r"|(?P<word>[^\W\d_]+(?:['-][^\W\d_]+)*)"
    r"|(?P<punct>[^\w\s])"
    r"|(?P<other>\w)",
)


_FIGURES = frozenset({"grouped", "decimal", "number", "percent", "date", "time"})


def spelling(found: re.Match[str]) -> str:
    """Return a token as phrases spell it: all figures alike."""
    return "0" if found.lastgroup in _FIGURES else found.group()


class Entry(NamedTuple):
    """What a word is: its kind ("category", "qualifier", "gate" …) and what it stands for."""

    kind: str
    means: str


class Hit(NamedTuple):
    """An entry found at tokens [first : first + length)."""

    first: int
    length: int
    entry: Entry


class Lexicon:
    """The words of all languages, found in one pass."""

    def __init__(self, entries: Mapping[str, Entry]) -> None:
        self._automaton = ahocorasick.Automaton()
        for key, entry in entries.items():
            padded = f" {key} "
            self._automaton.add_word(padded, (len(padded) - 1, key.count(" ") + 1, entry))
        if entries:
            self._automaton.make_automaton()
        self._empty = not entries

    def find(self, tokens: Sequence[str]) -> dict[int, Hit]:
        """Return the hits by their first token: leftmost, then longest, none overlapping."""
        if self._empty:
            return {}
        text = f" {' '.join(tokens)} "
        starts: dict[int, int] | None = None
        longest: dict[int, Hit] = {}
        for end, (back, length, entry) in self._automaton.iter(text):
            if starts is None:
                positions = accumulate((len(token) + 1 for token in tokens), initial=0)
                starts = {position: index for index, position in enumerate(positions)}
            first = starts[end - back]
            known = longest.get(first)
            if known is None or known.length < length:
                longest[first] = Hit(first, length, entry)
        return dict(_apart(longest))


def _apart(longest: Mapping[int, Hit]) -> Iterator[tuple[int, Hit]]:
    free = 0
    for first in sorted(longest):
        if first >= free:
            hit = longest[first]
            free = first + hit.length
            yield first, hit


def canonical(phrase: str) -> str:
    """Return a phrase as the automaton holds it: folded tokens with single spaces."""
    return " ".join(spelling(found) for found in TOKEN.finditer(fold(phrase)))


def forms(phrase: str) -> Iterator[str]:
    """Spell out the notation: every combination of the forms of its words."""
    figures = any(character.isdigit() for character in phrase)  # they may belong together over a space: "1 000"
    slots = []
    for word in phrase.split():
        optional = word.endswith("?")
        choices = word.removesuffix("?").split("|")
        known = choices if figures else [canonical(choice) for choice in choices]
        slots.append([*known, ""] if optional else known)
    for chosen in product(*slots):
        together = " ".join(filter(None, chosen))
        spelled = canonical(together) if figures else together
        if spelled:
            yield spelled


def entries(kind: str, table: Mapping[str, Iterable[str]]) -> Iterator[tuple[str, Entry]]:
    """Spell out one table: what is meant → phrases."""
    for means, phrases in table.items():
        entry = Entry(kind, means)
        for phrase in phrases:
            for spelled in forms(phrase):
                yield spelled, entry


# Later kinds win where one spelling stands in several tables of one or more languages.
KINDS = (
    "part", "filler", "unit", "age", "breakdown", "subject", "group", "fate", "launch", "qualifier", "scale", "number",
    "month", "joint", "range", "list_only", "category", "model", "decoy", "recalled", "updated", "rising", "veto",
    "inside", "continue", "campaign", "as_of", "period", "total", "gate",
)  # fmt: skip


def merge(languages: Mapping[str, Mapping[str, Any]]) -> dict[str, Entry]:
    """Return one table of all languages' words. Raises ValueError for a table that the grammar has no use for."""
    merged: dict[str, Entry] = {}
    for name, tables in languages.items():
        unknown = set(tables) - set(KINDS) - {"language", "endings", "abbreviations", "dates"}
        if unknown:
            raise ValueError(f"{name}: no such table: {', '.join(sorted(unknown))}")
    for kind in KINDS:
        for tables in languages.values():
            merged.update(entries(kind, tables.get(kind, {})))
    return merged
