"""Reasons to doubt a figure. Nothing here repairs one: a doubt is shown, and a person decides."""

from __future__ import annotations

from collections.abc import Iterable

GATE = 10  # growth up to this is never conspicuous
FACTOR = 3
LEAST_HISTORY = 7
OUT_OF_RANGE_FROM = 100


def largest_growth(growths: Iterable[float]) -> float:
    """Return the largest daily growth among those of the last order dates (0 if none grew)."""
    return max(0.0, *growths, 0.0)


def jumped(growth_per_day: float, growths: tuple[float, ...]) -> bool:
    """Say whether a total grew far more than it does: above 3 × the largest of 60 days, and above 10."""
    if growth_per_day <= GATE or len(growths) < LEAST_HISTORY:
        return False
    return growth_per_day > FACTOR * largest_growth(growths)


def out_of_range(value: int, held: int | None, minimum: int | None, maximum: int | None) -> bool:
    """Say whether a value cannot well be this total: below a third of what is held, or outside set bounds."""
    if held is not None and held >= OUT_OF_RANGE_FROM and FACTOR * value < held:
        return True
    return (minimum is not None and value < minimum) or (maximum is not None and value > maximum)


def digit_slip(value: int, expected: int, growths: tuple[float, ...]) -> bool:
    """Say whether one wrong digit explains why a value is not `expected` (preceding + printed delta).

    One digit inserted, dropped, swapped with its neighbour or replaced makes them equal, and the
    value is further off than any growth lately seen: without that, true restatements look like slips.
    """
    off = abs(value - expected)
    if off <= GATE or off <= FACTOR * largest_growth(growths):
        return False
    return one_digit_apart(str(value), str(expected))


def one_digit_apart(one: str, other: str) -> bool:
    """Say whether two different numbers are one typing slip apart."""
    if one == other:
        return False
    if len(one) == len(other):
        wrong = [place for place, (a, b) in enumerate(zip(one, other, strict=True)) if a != b]
        if len(wrong) == 1:
            return True
        if len(wrong) != 2 or wrong[1] != wrong[0] + 1:  # noqa: PLR2004  # two neighbours swapped
            return False
        first, second = wrong
        return one[first] == other[second] and one[second] == other[first]
    short, long = sorted((one, other), key=len)
    if len(long) != len(short) + 1:
        return False
    return any(long[:place] + long[place + 1 :] == short for place in range(len(long)))
