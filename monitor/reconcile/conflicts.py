"""Two channels of one claimant on one day: where their figures contradict each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from monitor.model import Change, ChangeKind, Claim, Figure, Qualifier
from monitor.reconcile.compare import Relation, relation
from monitor.reconcile.ledger import Entry, Standing

_IN_DOUBT = frozenset({Standing.PROVISIONAL, Standing.LAPSED})


class Compared(NamedTuple):
    """How many tallies two posts both state, on which of them they differ, and how many a person set aside."""

    tallies: int
    conflicts: tuple[Change, ...]
    set_aside: int


def compare_posts(one: Sequence[Entry], other: Sequence[Entry], claims: Sequence[Claim]) -> Compared:
    """Compare what two posts left in the ledger; `claims` are those of the second one.

    Posts that count for different days are not compared, and neither is what a person rejected.
    """
    theirs = {entry.tally: entry for entry in one}
    shared = [(theirs[entry.tally], entry) for entry in other if entry.tally in theirs]
    same_day = [pair for pair in shared if pair[0].day == pair[1].day]
    counted = [pair for pair in same_day if all(entry.standing is not Standing.REJECTED for entry in pair)]
    conflicts = [
        _conflict(first, second, claims)
        for first, second in counted
        if relation(_stated(first), _stated(second)) is Relation.DIFFERENT
    ]
    return Compared(len(counted), tuple(conflicts), len(same_day) - len(counted))


def _stated(entry: Entry) -> tuple[int, int | None, Qualifier]:
    """Return a figure as published, or as a person put it right."""
    value = entry.value if entry.effective is None else entry.effective
    return value, entry.upper if value == entry.value else None, entry.qualifier


def _conflict(first: Entry, second: Entry, claims: Sequence[Claim]) -> Change:
    before, now = _figure(first), _figure(second)
    return Change(
        ChangeKind.CONFLICT,
        second.tally,
        _claim_of(second, claims),
        now,
        before,
        difference=now.value - before.value,
        provisional=any(one.standing in _IN_DOUBT for one in (first, second)),
    )


def _claim_of(entry: Entry, claims: Sequence[Claim]) -> Claim | None:
    """Return the claim behind an entry; its category may be another one ("aircraft" that count as combined)."""
    likely = [one for one in claims if one.value == entry.value and one.place == entry.tally.place]
    return next((one for one in likely if one.category == entry.tally.category), likely[0] if likely else None)


def _figure(entry: Entry) -> Figure:
    return Figure(*_stated(entry), entry.day, entry.channel, entry.post)
