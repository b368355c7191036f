"""One pass over one channel by one route: collect, take, and note how it went."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, TypeVar
from zoneinfo import ZoneInfo

from monitor import render
from monitor.errors import CollectError, RateLimited
from monitor.ledgers import Ledgers
from monitor.model import Alert, Figure, Scope, Source, Tally
from monitor.pipeline import Pipeline, Place, Report
from monitor.ports import Batch, Categories, Clock, Collector, Store, Transaction
from monitor.silences import Silences

T = TypeVar("T")
Destinations = Callable[[Alert], tuple[str, ...]]


class Call(Protocol):
    """Runs a function with the store, on the thread that owns it."""

    def __call__(self, what: Callable[[Store], T], /) -> Awaitable[T]: ...


@dataclass(frozen=True, slots=True)
class Passes:
    """Reads channels; everything that touches the store happens on the store's own thread."""

    call: Call
    clock: Clock
    pipeline: Pipeline
    journal: Journal

    async def read(self, place: Place, collector: Collector) -> Report:
        """Take everything that is new on a channel. Raises CollectError after noting it; what was taken is kept."""
        report = Report()
        cursor = await self.call(lambda store: self.journal.begin(store, place, self.clock.now()))
        try:
            async for batch in collector.fetch(place.channel, cursor):
                report.add(await self._take(place, batch))
        except CollectError as error:
            failure = error
            await self.call(lambda store: self.journal.failed(store, place, failure, self.clock.now()))
            raise
        report.alerts += await self.call(lambda store: self.journal.finish(store, place, self.clock.now()))
        return report

    async def reread(self, place: Place, collector: Collector, ids: Sequence[str]) -> Report:
        """Read single posts again, to see whether they were edited."""
        batch = await collector.reread(place.channel, ids)
        kept = Batch(tuple(found._replace(cursor="") for found in batch.found), "", batch.note)
        report = await self._take(place, kept)
        await self.call(lambda store: store.mark_reread(place.channel.key, ids, self.clock.now()))
        return report

    async def _take(self, place: Place, batch: Batch) -> Report:
        return await self.call(lambda store: self.pipeline.take_batch(store, place, batch, self.clock.now()))


@dataclass(frozen=True, slots=True)
class Journal:
    """What is noted of a channel around its passes: since when it is watched, whether it answers."""

    categories: Categories
    zone: ZoneInfo
    destinations: Destinations
    ledgers: Ledgers
    silences: Silences

    def switch_off(self, store: Store, sources: Sequence[Source]) -> None:
        """Note which channels are not watched now, so that what they publish meanwhile never alerts.

        Those that the settings no longer name are among them.
        """
        channels = [channel for source in sources for channel in source.channels]
        watched = {channel.key for channel in channels if any(route.enabled for route in channel.routes)}
        with store.transaction() as tx:
            for channel, source_key in tx.switched_on():
                if channel not in watched:
                    tx.update_channel(channel, source_key, switched_on_at=None)

    def begin(self, store: Store, place: Place, now: datetime) -> str:
        """Switch a channel on at its first pass; return where the route left off."""
        with store.transaction() as tx:
            if tx.channel_state(place.channel.key).switched_on_at is None:
                tx.update_channel(place.channel.key, place.source.key, switched_on_at=now)
        return store.cursor(place.channel.key, place.route)

    def finish(self, store: Store, place: Place, now: datetime) -> list[int]:
        """Note that a channel answered; after its first pass say what is watched now."""
        with store.transaction() as tx:
            state = tx.channel_state(place.channel.key)
            numbers = self.silences.reached(tx, place.source, now) if state.failures else []
            fields: dict[str, object] = {"last_ok_at": now}
            if state.failures:
                fields |= {"failing_since": None, "failures": 0, "last_error": "", "retry_at": None}
            if not state.announced:
                numbers.append(self._announce(tx, place, now))
                fields["announced"] = True
            tx.update_channel(place.channel.key, place.source.key, **fields)
        return numbers

    def failed(self, store: Store, place: Place, error: CollectError, now: datetime) -> list[int]:
        """Note that a channel could not be read, and say so once its source is out of reach."""
        with store.transaction() as tx:
            state = tx.channel_state(place.channel.key)
            retry_at = now + timedelta(seconds=error.retry_after) if isinstance(error, RateLimited) else None
            tx.update_channel(
                place.channel.key,
                place.source.key,
                failing_since=state.failing_since or now,
                failures=state.failures + 1,
                last_error=str(error),
                retry_at=retry_at,
            )
            return self.silences.failed(tx, place.source, str(error), now)

    def _announce(self, tx: Transaction, place: Place, now: datetime) -> int:
        source, channel = place.source, place.channel
        others = [other.key for other in source.channels if other.key != channel.key]
        if any(tx.channel_state(key).announced for key in others):
            alert = render.ops(source.key, f"Also reading {source.name} on {channel.label}", ())
        else:
            context = render.Context(source, channel, self.categories, self.zone)
            alert = render.watching(source, self._figures(tx, source), context, at=now)
        number = tx.add_alert(alert, now)
        tx.enqueue(number, "root", 1, self.destinations(alert), number, now)
        return number

    def _figures(self, tx: Transaction, source: Source) -> list[tuple[Tally, Figure]]:
        held = self.ledgers.held(tx, source.claimant)
        figures = []
        for tally, series in held.series.items():
            last = series.last
            if last is not None and last.effective is not None and tally.scope == Scope.TOTAL:
                upper = last.upper if last.effective == last.value else None
                figures.append(
                    (tally, Figure(last.effective, upper, last.qualifier, last.day, last.channel, last.post))
                )
        return figures
