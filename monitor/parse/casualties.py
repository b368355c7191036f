"""People: how many were killed, wounded, captured or lost, clause by clause.

"загинули 352 людини, серед них 14 дітей" is read as two clauses; what a clause leaves out (the fate,
the kind of people) it takes from the one before it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from monitor.model import Qualifier
from monitor.parse.numbers import Number
from monitor.parse.ranges import SINCE
from monitor.parse.token import Token

_BETWEEN = frozenset({",", ";", "(", ")", ":", "joint", "breakdown", "break"})
_PASSED = frozenset({"subject", "filler", "break"})
_CATEGORIES = {
    ("civilians", "killed"): "civilians_killed",
    ("civilians", "injured"): "civilians_injured",
    ("children", "killed"): "children_killed",
    ("children", "injured"): "children_injured",
    ("civilians", "suffered"): "civilians_injured",
    ("children", "suffered"): "children_casualties",  # killed and injured; a part of the injured if it stands there
    ("soldiers", "killed"): "personnel_killed",
    ("soldiers", "injured"): "personnel_wounded",
    ("soldiers", "captured"): "personnel_captured",
    ("soldiers", "losses"): "personnel_losses",
}


class Figure(NamedTuple):
    category: str
    number: Number
    qualifier: Qualifier
    start: int
    end: int
    recalled: bool = False  # an old figure, or a part of the one before it
    subject: str = ""  # named beside the number
    upper: Number | None = None  # of a range


class _Clause(NamedTuple):
    tokens: tuple[Token, ...]
    nested: bool  # "of them …": a part of the figure before it


def read_casualties(tokens: Sequence[Token], taken: Sequence[tuple[int, int]]) -> tuple[Figure, ...]:
    """Read the figures of one sentence; numbers inside `taken` spans already have a label."""
    tokens = [_person(token) for token in tokens]
    kinds = {token.kind for token in tokens}
    if "fate" not in kinds or "number" not in kinds:
        return ()
    return tuple(_figures(tokens, taken))


def _figures(tokens: Sequence[Token], taken: Sequence[tuple[int, int]]) -> Iterator[Figure]:
    overall = next((_kind_of(t) for t in tokens if t.kind == "group" and t.text != "children"), "")
    fate = group = ""
    clauses = list(_clauses(tokens))
    for clause, ahead in zip(clauses, _ahead(clauses), strict=True):
        own_fate = _fate(clause)
        own_group = next((_kind_of(t) for t in clause.tokens if t.kind == "group"), "")
        fate = own_fate or fate or ahead
        if own_group and not (clause.nested and own_group == "children"):
            group = own_group
        for number, qualifier, recalled in _numbers(clause, taken, own_fate):
            people = own_group or ("" if clause.nested else group or overall or "civilians")
            category = _CATEGORIES.get((people, "injured" if clause.nested and fate == "suffered" else fate))
            if category and number.number:
                subject = _subject_behind(clause.tokens, number)
                part = clause.nested and people != "children"
                yield Figure(
                    category,
                    number.number,
                    qualifier,
                    number.start,
                    number.end,
                    recalled or part,
                    subject,
                    number.upper,
                )


def _fate(clause: _Clause) -> str:
    return next((token.text for token in clause.tokens if token.kind == "fate"), "")


def _ahead(clauses: Sequence[_Clause]) -> list[str]:
    """Return for each clause the fate that stands behind a part: "352 people, including 14 children, were killed"."""
    found: list[str] = []
    verb = ahead = ""  # of the next clause that is no part, and what it says of those before a part
    for clause in reversed(clauses):
        found.append(ahead)
        if clause.nested:
            ahead = verb
        else:
            counts = any(token.kind == "number" for token in clause.tokens)
            verb, ahead = "" if counts else _fate(clause), ""
    return found[::-1]


def _subject_behind(tokens: Sequence[Token], number: Token) -> str:
    """Return whom the words right behind a number name: "498 російських військових", "400 бойовиків ЗСУ"."""
    for token in tokens:
        if token.start > number.start:
            if token.kind == "subject":
                return token.text
            if token.kind == "group" and "-" in token.text:
                return token.text.partition("-")[2]
            if token.kind not in {"filler", "group", "unit"}:
                return ""
    return ""


def _kind_of(group: Token) -> str:
    """Return the kind of people; some words also say whose soldiers they are ("soldiers-russia")."""
    return group.text.partition("-")[0]


_IN_PROSE = {"personnel_losses": ("group", "soldiers"), "personnel_captured": ("fate", "captured")}


def _person(token: Token) -> Token:
    """Take what is a line's label in lists ("troops", "prisoners") as what it is in prose."""
    meant = _IN_PROSE.get(token.text) if token.kind == "list_only" else None
    return token._replace(kind=meant[0], text=meant[1]) if meant else token


def _clauses(tokens: Sequence[Token]) -> Iterator[_Clause]:
    current: list[Token] = []
    nested = False
    for token in tokens:
        if token.kind not in _BETWEEN or (token.kind == "break" and not current):
            current.append(token)
            continue
        if token.kind == "break":
            continue
        if current:
            yield _Clause(tuple(current), nested)
            current, nested = [], False
        if token.kind == "breakdown":
            nested = True
        elif token.kind == ")":
            nested = False
    if current:
        yield _Clause(tuple(current), nested)


def _numbers(
    clause: _Clause, taken: Sequence[tuple[int, int]], own_fate: str
) -> Iterator[tuple[Token, Qualifier, bool]]:
    """Yield (number, qualifier, whether it is the old one) if the clause states one figure, or "from 4 to 5"."""
    tokens = clause.tokens
    places = [
        at
        for at, token in enumerate(tokens)
        if token.kind == "number" and not any(start <= token.start < end for start, end in taken)
    ]
    rising = any(token.kind == "rising" for token in tokens)
    if len(places) == 2 and _from_to(tokens, places):  # noqa: PLR2004
        yield tokens[places[0]], Qualifier.EXACT, True
        yield tokens[places[1]], Qualifier.EXACT, False
    elif len(places) == 1 and _of_people(tokens, places[0], own_fate, nested=clause.nested):
        at = places[0]
        qualifier = Qualifier.RANGE if tokens[at].upper else Qualifier.EXACT
        if qualifier is Qualifier.EXACT and at and tokens[at - 1].kind == "qualifier":
            qualifier = Qualifier(tokens[at - 1].text)
            if qualifier is Qualifier.UP_TO and rising:
                qualifier = Qualifier.EXACT
        yield tokens[at], qualifier, False


def _from_to(tokens: Sequence[Token], places: Sequence[int]) -> bool:
    first, second = places
    before = tokens[first - 1] if first else None
    between = tokens[second - 1]
    return (
        before is not None
        and before.kind == "range"
        and before.text in SINCE
        and (between.text in {"to", "until", Qualifier.UP_TO})
    )


def _of_people(tokens: Sequence[Token], at: int, own_fate: str, *, nested: bool) -> bool:
    """Say whether the number at `at` counts people: nothing unknown stands between it and a group or a fate."""
    before = at - 1
    while before >= 0 and tokens[before].kind in {"qualifier", "rising", "range"}:
        before -= 1
    after = at + 1
    while after < len(tokens) and tokens[after].kind in _PASSED:
        after += 1
    following = tokens[after].kind if after < len(tokens) else "end"
    if following in {"group", "fate"} or (following == "unit" and tokens[after].text == "people"):
        return True
    if tokens[at].upper:  # "killed between 2014 and 2021"
        return False
    if following in {"end", "period", "total", "campaign", "-", "stop"}:
        return bool(own_fate) or not nested
    return before >= 0 and tokens[before].kind == "fate" and tokens[before].text != "losses" and not nested
