"""Figures with their labels: "танків ‒ 6300 (+10) од", "1092 танки (+5)", "416 БПЛА (загалом 70 437)".

Everything here is decided from the shape of a sentence; values come later, from its digits.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from monitor.model import Qualifier
from monitor.parse.elements import LABELS, Element, Paren
from monitor.parse.numbers import LARGEST_DIGITS, Number

_SKIPPED = frozenset({"unit", "filler", "subject", "fate"})
_DASHES = frozenset({"-", ":", "="})
_AHEAD = frozenset({"qualifier", "filler", "break", "subject", "fate", "part", "ordinal"})
_BULLETS = frozenset({"-", "•", "▪", "·", "*", "●", "◾", "➤", "✓", "+"})


class Item(NamedTuple):
    """One figure with its category. `number` is None where the post left it out."""

    category: str
    number: Number | None
    upper: Number | None
    qualifier: Qualifier
    parens: tuple[Paren, ...]
    start: int
    end: int
    label_first: bool
    model: bool = False
    part: bool = False
    subject: str = ""
    clean: bool = False  # nothing but marks before it in its sentence
    linked: bool = False  # a dash or colon stands between label and value
    list_only: bool = False  # the label counts in the publisher's own list only


# ── orientation ───────────────────────────────────────────────────────────────────────────


class Votes(NamedTuple):
    label_first: int
    value_first: int


def votes(row: Sequence[Element]) -> Votes:
    """Count how labels and numbers of a sentence stand to each other."""
    label_first = value_first = 0
    for at, element in enumerate(row):
        if element.kind != "number":
            continue
        before = _neighbour(row, at, -1)
        after = _neighbour(row, at, +1)
        if before in LABELS:
            label_first += 1
        elif before in _DASHES and _labels(row, _skip(row, at, -1)):
            label_first += 2
        if after in LABELS:
            value_first += 1
    if label_first == value_first:
        first = next((e.kind for e in row if e.kind == "number" or e.kind in LABELS), "")
        if first == "number":
            value_first += 1
        elif first:
            label_first += 1
    return Votes(label_first, value_first)


def _labels(row: Sequence[Element], dash: int) -> bool:
    """Say whether a label without a number of its own stands before this dash ("22 беспилотника: 10 над …")."""
    label = _skip(row, dash, -1)
    return label >= 0 and row[label].kind in LABELS and _neighbour(row, label, -1) != "number"


def _skip(row: Sequence[Element], at: int, step: int) -> int:
    at += step
    while 0 <= at < len(row) and (row[at].kind in _SKIPPED or row[at].kind == "qualifier"):
        at += step
    return at


def _neighbour(row: Sequence[Element], at: int, step: int) -> str:
    at = _skip(row, at, step)
    return row[at].kind if 0 <= at < len(row) else ""


# ── pairing ───────────────────────────────────────────────────────────────────────────────


def read_items(row: Sequence[Element], *, label_first: bool) -> tuple[Item, ...]:
    """Pair labels with numbers in one sentence."""
    reader = _labels_first(row) if label_first else _values_first(row)
    return tuple(reader)


def people_line(row: Sequence[Element]) -> tuple[Item, ...]:
    """Read "524 060 (+1160) осіб", a line of a list of losses that leaves out whose people they are."""
    kept = [element for element in row if element.kind not in _BULLETS and not _is_sign(element)]
    start = next((at for at, element in enumerate(kept) if element.kind not in _AHEAD), len(kept))
    number = kept[start].token.number if start < len(kept) and kept[start].kind == "number" else None
    rest = kept[start + 1 :]
    people = [element.token for element in rest if element.kind == "unit" and element.token.text == "people"]
    if number is None or len(people) != 1 or any(e.kind not in {"unit", "paren", ",", ".", ";"} for e in rest):
        return ()
    parens = tuple(element.paren for element in rest if element.paren)
    first = kept[start].token
    end = max(people[0].end, *(paren.end for paren in parens), 0)
    qualifier = _qualifier_before(kept, start)
    return (Item("personnel_losses", number, None, qualifier, parens, first.start, end, label_first=False, clean=True),)


def _labels_first(row: Sequence[Element]) -> Iterator[Item]:
    at = 0
    while at < len(row):
        if row[at].kind not in LABELS:
            at += 1
            continue
        item, at = _after_label(row, at)
        if item:
            yield item


def _after_label(row: Sequence[Element], at: int) -> tuple[Item | None, int]:
    label = row[at].token
    linked, qualifier = False, Qualifier.EXACT
    here = at + 1
    while here < len(row):
        kind = row[here].kind
        if kind in _DASHES:
            linked = True
        elif kind == "qualifier":
            qualifier = Qualifier(row[here].token.text)
        elif kind not in _SKIPPED and kind != "break":
            break
        here += 1
    clean = _clean(row, at)
    number = row[here].token.number if here < len(row) and row[here].kind == "number" else None
    if number is None:
        if not linked or not (here == len(row) or row[here].kind in {"paren", ",", ";", "stop", ".", "break"}):
            return None, at + 1
        parens, here, end = _parens(row, here, row[here - 1].token.end)
        item = Item(label.text, None, None, qualifier, parens, label.start, end, label_first=True, clean=clean)
        return item._replace(linked=True, list_only=label.kind == "list_only"), here
    end = row[here].token.end
    number, upper, here, end = _ranged(row, here, number, end)
    number, here, end = _stray_space(row, here, number, end)
    parens, here, end = _parens(row, here, end)
    if upper:
        qualifier = Qualifier.RANGE
    item = Item(label.text, number, upper, qualifier, parens, label.start, end, label_first=True, clean=clean)
    return item._replace(model=label.kind == "model", linked=linked, list_only=label.kind == "list_only"), here


def _values_first(row: Sequence[Element]) -> Iterator[Item]:
    at = 0
    while at < len(row):
        element = row[at]
        if element.kind != "number" or element.token.number is None or (at and row[at - 1].kind == "/"):
            at += 1
            continue
        number, upper, here, _ = _ranged(row, at, element.token.number, element.token.end)
        parens: tuple[Paren, ...] = ()
        subject = ""
        while here < len(row) and (row[here].kind in _SKIPPED or row[here].kind in {"paren", "break"}):
            held = row[here].paren
            if held:
                parens = (*parens, held)
            if row[here].kind == "subject":
                subject = row[here].token.text
            here += 1
        if here >= len(row) or row[here].kind not in LABELS:
            at += 1
            continue
        label = row[here].token
        more, after, end = _parens(row, here + 1, label.end)
        qualifier = Qualifier.RANGE if upper else _qualifier_before(row, at)
        start = row[at - 1].token.start if qualifier not in {Qualifier.EXACT, Qualifier.RANGE} else element.token.start
        yield Item(
            label.text, number, upper, qualifier, parens + more, start, end, label_first=False,
            model=label.kind == "model", list_only=label.kind == "list_only", part=_part(row, here + 1),
            subject=subject, clean=_clean(row, at),
        )  # fmt: skip
        at = after


def _clean(row: Sequence[Element], at: int) -> bool:
    return all(e.kind in _BULLETS or e.kind in _AHEAD or _is_sign(e) for e in row[:at])


def _is_sign(element: Element) -> bool:
    """Say whether this is an emoji or another mark that carries no meaning here."""
    return len(element.kind) == 1 and element.kind not in {"(", ")", "/", ",", "."}


def _qualifier_before(row: Sequence[Element], at: int) -> Qualifier:
    if at and row[at - 1].kind == "qualifier":
        return Qualifier(row[at - 1].token.text)
    return Qualifier.EXACT


def _ranged(row: Sequence[Element], at: int, number: Number, end: int) -> tuple[Number, Number | None, int, int]:
    """Take "1200-1300" and "200+" as well: (number, upper end, next element, where it ends)."""
    if row[at].token.upper:
        return number, row[at].token.upper, at + 1, end
    if at + 2 < len(row) and row[at + 1].kind == "-" and row[at + 2].kind == "number":
        dash, second = row[at + 1].token, row[at + 2].token
        if dash.start == end and second.start == dash.end:
            return number, second.number or number, at + 3, second.end
    return number, None, at + 1, end


def _stray_space(row: Sequence[Element], at: int, number: Number, end: int) -> tuple[Number, int, int]:
    """Put "10, 328" together: a comma, a space, exactly three digits, and no label of their own."""
    if at + 1 >= len(row) or row[at].kind != "," or row[at + 1].kind != "number" or len(number.pieces) != 1:
        return number, at, end
    rest = row[at + 1].token
    following = row[at + 2].kind if at + 2 < len(row) else "stop"
    alone = following in {"paren", "stop", ",", ".", ";", "unit", "break"}
    if not alone or rest.number is None or rest.number.digits != 3 or len(rest.number.pieces) != 1:  # noqa: PLR2004
        return number, at, end
    first = number.pieces[0]
    if row[at].token.start != end or rest.start == row[at].token.end:
        return number, at, end
    if first.times > 1 or number.digits + rest.number.digits > LARGEST_DIGITS:
        return number, at, end
    return Number((first._replace(times=first.times * 1000), rest.number.pieces[0])), at + 2, rest.end


def _parens(row: Sequence[Element], at: int, end: int) -> tuple[tuple[Paren, ...], int, int]:
    """Take units and parentheses behind a figure: (parentheses, next element, where they end)."""
    found: list[Paren] = []
    here, stop = at, end
    while here < len(row) and row[here].kind in {"paren", "unit", "filler", "subject"}:
        held = row[here].paren
        if held:
            found.append(held)
            stop = held.end
            at = here + 1
        here += 1
    return tuple(found), at, stop


def _part(row: Sequence[Element], at: int) -> bool:
    while at < len(row) and row[at].kind in {"filler", "subject"}:
        at += 1
    return at < len(row) and row[at].kind == "part"
