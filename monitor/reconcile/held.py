"""What is held at one point of the order: each tally's last figures, and what is still in doubt."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from monitor.model import Scope, Tally
from monitor.reconcile.ledger import Entry, Settlement, Standing

HISTORY = 60  # order dates that plausibility looks back on
RECALL = timedelta(days=14)
PERIODS_KEPT = timedelta(days=14)


class Series(NamedTuple):
    """One total tally: the figure that held on each of its last days, and the growth a day between them."""

    holders: tuple[Entry, ...] = ()
    growths: tuple[float, ...] = ()  # one less than holders, oldest first
    pending: Entry | None = None
    day: date = date.min  # of the last holder: every line asks for it

    @property
    def last(self) -> Entry | None:
        return self.holders[-1] if self.holders else None

    def before(self, day: date) -> Series:
        """Return the series as it stood before a day (its last holder is the `preceding` figure)."""
        if self.day < day:
            return self
        holders = self.holders[:-1]
        return Series(holders, self.growths[:-1], self.pending, holders[-1].day if holders else date.min)

    def push(self, entry: Entry) -> Series:
        """Return the series with one more entry, which must not come before those it has."""
        if entry.standing is Standing.PROVISIONAL:
            return self._replace(pending=entry)
        if entry.effective is None:
            return self
        day = entry.day
        earlier = self.before(day)
        if not earlier.holders:
            return Series((entry,), (), self.pending, day)
        base = earlier.holders[-1]
        growth = (entry.effective - (base.effective or 0)) / max((day - earlier.day).days, 1)
        growths = (*earlier.growths[-HISTORY + 1 :], growth)
        return Series((*earlier.holders[-HISTORY:], entry), growths, self.pending, day)

    def settle(self, settlement: Settlement) -> Series:
        """Return the series with its doubtful entry settled one way or the other."""
        if self.pending is None or self.pending.order_key != settlement.order_key:
            return self
        settled = self.pending._replace(standing=settlement.standing, effective=settlement.effective)
        return self._replace(pending=None).push(settled)


NOTHING = Series()


class Held:
    """All that is held of one claimant. `apply` moves it on by one post; the fold itself never changes it."""

    def __init__(self) -> None:
        self.series: dict[Tally, Series] = {}
        self.periods: dict[Tally, Entry] = {}
        self.head = ""

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> Held:
        held = cls()
        for entry in sorted(entries, key=lambda entry: entry.order_key):
            held._push(entry)
        return held

    def copy(self) -> Held:
        other = Held()
        other.series, other.periods, other.head = dict(self.series), dict(self.periods), self.head
        return other

    def apply(self, order_key: str, entries: Sequence[Entry], settlements: Sequence[Settlement]) -> None:
        for settlement in settlements:
            self.series[settlement.tally] = self.series.get(settlement.tally, NOTHING).settle(settlement)
        for entry in entries:
            self._push(entry)
        self.head = max(self.head, order_key)

    def agrees_with(self, other: Held) -> bool:
        """Say whether both would fold whatever comes next to the same result."""
        return self.series == other.series and self.periods == other.periods

    def _push(self, entry: Entry) -> None:
        tally = entry.tally
        if tally.scope == Scope.TOTAL:
            self.series[tally] = self.series.get(tally, NOTHING).push(entry)
        elif entry.effective is not None:
            self.periods[tally] = entry
            self._forget_periods(entry.day - PERIODS_KEPT)
        self.head = max(self.head, entry.order_key)

    def _forget_periods(self, before: date) -> None:
        oldest = next(iter(self.periods.values()))
        if oldest.day < before:
            self.periods = {tally: entry for tally, entry in self.periods.items() if entry.day >= before}
