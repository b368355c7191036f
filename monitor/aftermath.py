"""What a silent run changed, told in one line to those who keep the monitor: nothing of it alerts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from monitor import render
from monitor.ledgers import Ledgers
from monitor.model import Alert, Channel, Scope, Source, Tally
from monitor.ports import Categories, Store, Transaction

_NAMED = 6  # tallies that are named; the rest is counted

Held = Mapping[Tally, int]


class Stored(NamedTuple):
    """What a run stored: how many posts with figures, and the first and last publication among all that it read."""

    filed: int
    began: datetime | None
    reached: datetime | None


@dataclass(frozen=True, slots=True)
class Aftermath:
    """Compares what is held before and after, and queues the sum as one ops alert."""

    categories: Categories
    ledgers: Ledgers
    destinations: Callable[[Alert], tuple[str, ...]]

    def held(self, store: Store, source: Source) -> Held:
        """Return the totals that are held of a source now."""
        with store.transaction() as tx:
            return {tally: figure for tally, (figure, _, _) in self._latest(tx, source).items()}

    def sum_up(
        self, store: Store, what: str, source: Source, channel: Channel, before: Held, stored: Stored, now: datetime
    ) -> int | None:
        """Queue the sum of what a run stored; return its number, or None if it filed nothing.

        A tally that a live route moved meanwhile was told by its own alert and is left out.
        """
        if not stored.filed:
            return None
        with store.transaction() as tx:
            lines = self._lines(tx, source, before)
            posts = "1 tally post" if stored.filed == 1 else f"{stored.filed:,} tally posts"
            headline = f"{what}, {source.name}: {posts} stored in silence"
            alert = render.ops(source.key, headline, (f"Read from {channel.label}{_days(stored, source)}.", *lines))
            number = tx.add_alert(alert, now)
            tx.enqueue(number, "root", 1, self.destinations(alert), number, now)
        return number

    def _lines(self, tx: Transaction, source: Source, before: Held) -> list[str]:
        latest, order = self._latest(tx, source), {slug: place for place, slug in enumerate(self.categories)}
        brought, moved = [], []
        for tally, (figure, channel, post) in sorted(latest.items(), key=lambda one: order.get(one[0].category, -1)):
            if before.get(tally) == figure or self._was_told(tx, channel, post):
                continue
            if tally in before:
                moved.append(f"{self._label(tally)} {before[tally]:,} → {figure:,}")
            else:
                brought.append(f"{self._label(tally)} {figure:,}")
        moved += [f"{self._label(tally)} {before[tally]:,} → nothing" for tally in before if tally not in latest]
        if not brought and not moved:
            return ["No latest figure changed: only earlier days were filled in."]
        return [
            *(_listed("New, and taken as the base line", brought)),
            *(_listed("Latest figures that changed", moved)),
        ]

    def _latest(self, tx: Transaction, source: Source) -> dict[Tally, tuple[int, str, str]]:
        series = self.ledgers.held(tx, source.claimant).series
        return {
            tally: (last.effective, last.channel, last.post)
            for tally, one in series.items()
            if tally.scope == Scope.TOTAL and (last := one.last) is not None and last.effective is not None
        }

    def _was_told(self, tx: Transaction, channel: str, post: str) -> bool:
        kept = tx.find(channel, post)
        return kept is not None and kept.told

    def _label(self, tally: Tally) -> str:
        category = self.categories.get(tally.category)
        return category.label if category is not None else tally.category


def _listed(heading: str, items: list[str]) -> list[str]:
    if not items:
        return []
    more = f", and {len(items) - _NAMED} more" if len(items) > _NAMED else ""
    return [f"{heading}: {', '.join(items[:_NAMED])}{more}."]


def _days(stored: Stored, source: Source) -> str:
    """Return ", posts of 24 Sep 2025 to 2 Oct 2025", days in the source's zone."""
    if stored.began is None or stored.reached is None:
        return ""
    zone = ZoneInfo(source.time_zone)
    first, last = (f"{moment.astimezone(zone):%-d %b %Y}" for moment in (stored.began, stored.reached))
    return f", posts of {first}" + ("" if first == last else f" to {last}")
