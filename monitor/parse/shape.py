"""What the figures of a whole post say together, where no word says it."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.model import Scope, ScopeBasis
from monitor.parse.elements import Inside
from monitor.parse.items import Item
from monitor.parse.scope import Frame, Framed

_FAR_LARGER = 10  # a running total beside its change of one day
_WITH_CHANGES, _WITHOUT = 3, 5  # distinct categories that make a list a tally without any header


def shaped(framed: Sequence[Framed]) -> dict[int, Frame]:
    """Find a list that has the shape of the tally though nothing says so; return its frame by sentence.

    Changes in parentheses far below their figures make it one even where a word nearby names a day.
    """
    rows = [(index, one) for index, one in enumerate(framed) if _unclaimed(one)]
    if not rows:
        return {}
    items = [(item, one.sentence.line) for _, one in rows for item in one.sentence.sheet.items]
    distinct = len({item.category for item, _ in items})
    if distinct != len(items):
        return {}
    frame = Frame(Scope.TOTAL, ScopeBasis.SHAPE, "shape")
    cumulative = sum(_grows_slowly(item, line) for item, line in items)
    if distinct >= _WITH_CHANGES and 2 * cumulative >= distinct:
        return {index: frame for index, _ in rows}
    named = any(f.scope is Scope.PERIOD for one in framed[: rows[-1][0]] for _, f in one.frames)
    labelled = all(item.label_first and item.linked for item, _ in items)
    if named or not labelled or distinct < _WITHOUT:
        return {}
    return {index: frame for index, _ in rows}


def _unclaimed(framed: Framed) -> bool:
    """Say whether this is a line of a list that no word makes a total."""
    if framed.frames or (framed.inherited is not None and framed.inherited.scope is not Scope.PERIOD):
        return False
    sheet = framed.sentence.sheet
    told = sheet.items and all(any(p.inside is Inside.DELTA for p in item.parens) for item in sheet.items)
    return bool(sheet.listed or told)


def _grows_slowly(item: Item, line: str) -> bool:
    """Say whether a figure has its change beside it, and is far larger: a running total."""
    if item.number is None:
        return False
    value = item.number.value(line)
    changes = [p.number.value(line) for p in item.parens if p.inside is Inside.DELTA and p.number]
    return bool(changes) and value >= _FAR_LARGER * changes[0]


def inverted(framed: Sequence[Framed]) -> bool:
    """Say whether bare parentheses hold the totals of this post: mostly larger than the figure outside."""
    larger = smaller = 0
    for one in framed:
        if not one.sentence.sheet.bare:
            continue
        line = one.sentence.line
        for item in one.sentence.sheet.items:
            for paren in item.parens:
                if paren.inside in {Inside.NUMBER, Inside.TOTAL} and paren.number and item.number:
                    if paren.number.value(line) > item.number.value(line):
                        larger += 1
                    else:
                        smaller += 1
    return larger >= 2 and larger > 2 * smaller  # noqa: PLR2004
