"""Whether two figures differ, and by how much, when they come with qualifiers."""

from __future__ import annotations

from enum import Enum, auto

from monitor.model import Qualifier


class Relation(Enum):
    SAME = auto()
    DIFFERENT = auto()
    NARROWER = auto()  # overlaps, and says more precisely what was said
    VAGUER = auto()  # overlaps, and says no more than was said


def interval(value: int, upper: int | None, qualifier: Qualifier) -> tuple[int, int]:
    """Return the least and the greatest number that the words allow.

    `over` and `at_least` reach up by one unit of the last non-zero digit, `under`, `up_to` and
    `almost` reach down by one, `about` half a unit either way: over 200 is 201 to 299.
    """
    unit = _unit(value)
    reach = {
        Qualifier.EXACT: (0, 0),
        Qualifier.RANGE: (0, (upper or value) - value),
        Qualifier.OVER: (1, max(unit - 1, 1)),
        Qualifier.AT_LEAST: (0, unit - 1),
        Qualifier.UNDER: (-unit, -1),
        Qualifier.ALMOST: (-unit, -1),
        Qualifier.UP_TO: (1 - unit, 0),
        Qualifier.ABOUT: (-(unit // 2), unit // 2),
    }
    low, high = reach[qualifier]
    return value + low, value + high


def relation(
    old: tuple[int, int | None, Qualifier],
    new: tuple[int, int | None, Qualifier],
) -> Relation:
    """Say how a new figure (value, upper, qualifier) stands to an old one.

    Equal qualifiers compare values ("more than 2,000" to "more than 3,000" is a rise of 1,000);
    otherwise both are intervals, and overlapping ones do not contradict each other. The same number
    in other words says no more ("about 5,840", "up to 5,840", "5,840").
    """
    if old[2] is new[2]:
        return Relation.SAME if old == new else Relation.DIFFERENT
    old_low, old_high = interval(*old)
    new_low, new_high = interval(*new)
    if new_low > old_high or new_high < old_low:
        return Relation.DIFFERENT
    if new[0] == old[0]:
        return Relation.VAGUER
    return Relation.NARROWER if new_high - new_low < old_high - old_low else Relation.VAGUER


def _unit(value: int) -> int:
    unit = 1
    while value and value % (unit * 10) == 0:
        unit *= 10
    return unit
