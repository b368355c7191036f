"""Two channels of one claimant on one day: where their figures contradict each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from monitor.model import Change, ChangeKind, Claim, Figure, Qualifier, Tally
from monitor.reconcile.compare import Relation, relation
from monitor.reconcile.ledger import Entry, Standing


class Compared(NamedTuple):
    """How many tallies two posts both state, and on which of them they differ."""

    tallies: int
    conflicts: tuple[Change, ...]


def compare_posts(one: Sequence[Entry], other: Sequence[Entry], claims: Sequence[Claim]) -> Compared:
    """Compare what two posts left in the ledger; `claims` are those of the second one.

    Posts that count for different days are not compared, and neither is what a person rejected.
    """
    theirs = _counted(one)
    shared = [(theirs[tally], entry) for tally, entry in _counted(other).items() if tally in theirs]
    same_day = [(first, second) for first, second in shared if first.day == second.day]
    conflicts = [
        _conflict(first, second, claims)
        for first, second in same_day
        if relation(_stated(first), _stated(second)) is Relation.DIFFERENT
    ]
    return Compared(len(same_day), tuple(conflicts))


def _counted(entries: Sequence[Entry]) -> Mapping[Tally, Entry]:
    return {entry.tally: entry for entry in entries if entry.standing is not Standing.REJECTED}


def _stated(entry: Entry) -> tuple[int, int | None, Qualifier]:
    """Return a figure as published, or as a person put it right."""
    value = entry.value if entry.effective is None else entry.effective
    return value, entry.upper if value == entry.value else None, entry.qualifier


def _conflict(first: Entry, second: Entry, claims: Sequence[Claim]) -> Change:
    claim = next((one for one in claims if one.value == second.value and one.place == second.tally.place), None)
    before, now = _figure(first), _figure(second)
    return Change(ChangeKind.CONFLICT, second.tally, claim, now, before, difference=now.value - before.value)


def _figure(entry: Entry) -> Figure:
    return Figure(*_stated(entry), entry.day, entry.channel, entry.post)
