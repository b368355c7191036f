"""One grammar of numbers for all languages: how digits, groups, decimals, scales and words make a value.

A `Number` is a shape: it says which digits of its line count how much. So the shape of
"танків - 6300 (+10)" can be worked out once and used for every line that differs in its digits only.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

_GROUP = re.compile(r"[0-9]+")
LARGEST_DIGITS = 12  # with more than any tally has it is a card, a telephone, an id
LARGEST = 10**LARGEST_DIGITS - 1
_SCALES = (1_000_000, 1_000)
_YEARS = range(1990, 2040)


class Piece(NamedTuple):
    """Digits at [start:end) of the line, each worth `times`."""

    start: int
    end: int
    times: int


class Number(NamedTuple):
    """A value as the sum of its pieces and a constant (what was written in words)."""

    pieces: tuple[Piece, ...] = ()
    constant: int = 0

    def value(self, line: str) -> int:
        if len(self.pieces) == 1:  # nearly all
            start, end, times = self.pieces[0]
            return self.constant + int(line[start:end]) * times
        total = self.constant
        for start, end, times in self.pieces:
            total += int(line[start:end]) * times
        return total

    def fixed(self, line: str) -> Number:
        return Number((), self.value(line))

    @property
    def digits(self) -> int:
        """Return how many digits are written, 0 for words."""
        return sum(end - start for start, end, _ in self.pieces)


def whole(folded: str, start: int, end: int) -> Number | None:
    """Read "6300", "1 276 810", "1,276,810" or "31'000" at [start:end); None if it is too long to be a figure."""
    groups = [found.span() for found in _GROUP.finditer(folded, start, end)]
    if sum(stop - begin for begin, stop in groups) > LARGEST_DIGITS:
        return None
    times = 1
    pieces: list[Piece] = []
    for begin, stop in reversed(groups):
        pieces.append(Piece(begin, stop, times))
        times *= 10 ** (stop - begin)
    return Number(tuple(reversed(pieces)))


def scaled(folded: str, start: int, end: int, scale: int) -> Number | None:
    """Read "24,7" with a scale word behind it (24,7 тис.).

    None where the decimals do not come out whole, or where it is too large to be a figure.
    """
    groups = [found.span() for found in _GROUP.finditer(folded, start, end)]
    begin, stop = groups[0]
    zeros = len(str(scale)) - 1
    if len(groups) > 2 or stop - begin + zeros > LARGEST_DIGITS:  # noqa: PLR2004 - a whole part and decimals
        return None
    if len(groups) == 1:
        return Number((Piece(begin, stop, scale),))
    tail, last = groups[1]
    if last - tail > zeros:
        return None
    unit = 10 ** (last - tail)
    return Number((Piece(begin, stop, scale), Piece(tail, last, scale // unit)))


def shared_scale(lower: Number, upper: Number) -> Number:
    """Return the lower end of a range with the scale that only the upper end names: "5 to 6 thousand".

    Not where the lower end has more digits than the upper one: "900 to 1 thousand".
    """
    if not lower.pieces and not upper.pieces:
        for scale in _SCALES:
            if upper.constant % scale == 0 and 0 < lower.constant < upper.constant // scale:
                return Number((), lower.constant * scale)
        return lower
    if len(lower.pieces) != 1 or not upper.pieces or lower.pieces[0].times > 1 or upper.pieces[-1].times == 1:
        return lower
    first, last = lower.pieces[0], upper.pieces[0]
    if first.end - first.start > last.end - last.start:
        return lower
    return lower._replace(pieces=(first._replace(times=last.times),))


def ends(lower: Number, upper: Number, line: str) -> tuple[int, int] | None:
    """Return both ends of a range; None if they are in the wrong order, or a span of years."""
    first, last = lower.value(line), upper.value(line)
    if first >= last or (first in _YEARS and last in _YEARS):
        return None
    return first, last


def words(values: Sequence[int]) -> int | None:
    """Add up number words: [2, 100, 30, 5] → 235, [3, 1000, 500] → 3,500; None if they do not fit together."""
    total = current = 0
    last = 0
    scale = LARGEST
    for value in values:
        if value in (1_000, 1_000_000):
            if value >= scale:
                return None
            total += (current or 1) * value
            current, last, scale = 0, 0, value
        elif value == 100 and 0 < current < 10:  # noqa: PLR2004 - "two hundred"
            current, last = current * 100, 100
        elif last and not (value < last and _fits(last, value)):
            return None
        else:
            current, last = current + value, value
    return total + current


def _fits(before: int, value: int) -> bool:
    """Say whether `value` may follow: tens after hundreds, ones after tens (not after eleven)."""
    if before >= 100:  # noqa: PLR2004
        return value < 100  # noqa: PLR2004
    return before >= 20 and before % 10 == 0 and value < 10  # noqa: PLR2004
