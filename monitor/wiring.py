"""Builds the program from the settings: the only place that knows which module stands behind which port."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

import structlog

from monitor import registry, render
from monitor.collect import Budget
from monitor.ledgers import Ledgers
from monitor.model import Alert, Post, Reading, Severity, Source, alert_name
from monitor.parse.reader import compile_grammar, read
from monitor.passes import Journal, Passes
from monitor.pipeline import Pipeline, Place
from monitor.ports import Clock, Collector, Delivery, Sender, Store
from monitor.send import Outbox, quiet_http_logs
from monitor.settings import Settings
from monitor.silences import Silences
from monitor.store.sqlite import SqliteStore
from monitor.telling import Telling

T = TypeVar("T")
DIGEST_PAUSE = timedelta(seconds=20)
UNDELIVERED = "undelivered"  # the reason of an alert that says that another one was not accepted

_log = structlog.get_logger(__name__)


class StoreThread:
    """The one thread that owns the store: a write that waits never stalls the event loop."""

    def __init__(self, settings: Settings) -> None:
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="store")
        self._settings = settings
        self._store: Store | None = None

    async def __call__(self, what: Callable[[Store], T], /) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._pool, self._run, what)

    def _run(self, what: Callable[[Store], T]) -> T:
        if self._store is None:
            self._settings.state.mkdir(parents=True, exist_ok=True)
            self._store = SqliteStore.open(self._settings.database)
        return what(self._store)

    async def close(self) -> None:
        """Finish what is in hand, then close the database."""
        if self._store is not None:
            await self(lambda store: store.close())
        self._pool.shutdown()


@dataclass(frozen=True, slots=True)
class Application:
    """The assembled program; `places` are the channels that are switched on, each by its first route."""

    settings: Settings
    clock: Clock
    call: StoreThread
    pipeline: Pipeline
    passes: Passes
    silences: Silences
    collectors: dict[str, Collector]
    senders: dict[str, Sender]
    outbox: Outbox
    places: tuple[Place, ...]


def destinations_of(settings: Settings) -> Callable[[Alert], tuple[str, ...]]:
    """Return the function that says where an alert goes, each destination once."""

    def destinations(alert: Alert) -> tuple[str, ...]:
        named = [name for desk in settings.desks for name in desk.destinations(alert.severity, alert.source)]
        return tuple(dict.fromkeys(named))

    return destinations


def build_pipeline(settings: Settings, *, digest_pause: timedelta = DIGEST_PAUSE) -> Pipeline:
    """Return the pure part of the program on its adapters to the store; it opens nothing.

    `digest_pause` is how long a digest waits to be filled before it goes out.
    """
    grammar = compile_grammar(settings.languages, settings.categories)
    zone = ZoneInfo(settings.desk_timezone)
    destinations = destinations_of(settings)

    def reader(post: Post, source: Source) -> Reading:
        return read(post, grammar, source)

    telling = Telling(
        settings.categories,
        zone,
        destinations,
        conflict_after=timedelta(minutes=settings.conflict_minutes),
        digest_after=timedelta(hours=settings.digest_after_hours),
        digest_pause=digest_pause,
    )
    return Pipeline(reader, grammar.version, Ledgers(settings.categories), Silences(zone, destinations), telling)


def places_of(sources: Iterable[Source]) -> tuple[Place, ...]:
    """Return every channel that is switched on, by its first route that is."""
    return tuple(
        Place(source, channel, next(route.kind for route in channel.routes if route.enabled))
        for source in sources
        for channel in source.channels
        if any(route.enabled for route in channel.routes)
    )


def connect_route(kind: str, settings: Settings, clock: Clock) -> AbstractAsyncContextManager[Collector]:
    """Open a route of its own host's budget, to be closed by the caller."""
    module, options = registry.load("collect", kind), settings.routes[kind]
    limits = settings.host(module.host_of(options))
    budget = Budget(limits.per_second, limits.ceiling, limits.in_flight, clock)
    opened: AbstractAsyncContextManager[Collector] = module.connect(options, clock, budget)
    return opened


@asynccontextmanager
async def assemble(
    settings: Settings, clock: Clock, *, chance: random.Random | None = None, digest_pause: timedelta = DIGEST_PAUSE
) -> AsyncIterator[Application]:
    """Open everything in order, and close it in reverse."""
    quiet_http_logs()
    async with AsyncExitStack() as stack:
        call = StoreThread(settings)
        stack.push_async_callback(call.close)
        await call(lambda store: store)  # an unusable database is found now, not at the first post
        pipeline = build_pipeline(settings, digest_pause=digest_pause)
        collectors: dict[str, Collector] = {
            kind: await stack.enter_async_context(connect_route(kind, settings, clock)) for kind in settings.routes
        }
        senders = {
            name: await stack.enter_async_context(
                registry.load("send", destination.service).connect(destination.options, clock)
            )
            for name, destination in settings.destinations.items()
        }
        journal = Journal(
            settings.categories,
            ZoneInfo(settings.desk_timezone),
            destinations_of(settings),
            pipeline.ledgers,
            pipeline.silences,
        )
        yield Application(
            settings,
            clock,
            call,
            pipeline,
            Passes(call, clock, pipeline, journal),
            pipeline.silences,
            collectors,
            senders,
            _outbox(settings, call, senders, clock, chance or random.Random()),  # noqa: S311  # jitter is no secret
            places_of(settings.sources.values()),
        )


def _outbox(
    settings: Settings, call: StoreThread, senders: dict[str, Sender], clock: Clock, chance: random.Random
) -> Outbox:
    def silent(delivery: Delivery, now: datetime) -> bool:
        """Routine makes no sound; nothing does in the quiet hours of the desk that it goes to."""
        if delivery.severity is Severity.ROUTINE:
            return True
        desks = [desk for desk in settings.desks if delivery.destination in desk.urgent + desk.ops]
        return any(desk.quiet is not None and desk.quiet.covers(now) for desk in desks)

    async def on_dead(delivery: Delivery, reason: str) -> None:
        await call(lambda store: _tell_of_dead(store, settings, delivery, reason, clock.now()))

    async def on_note(delivery: Delivery, note: str) -> None:
        await call(lambda store: _tell_note(store, settings, delivery, note, clock.now()))

    return Outbox(call, senders, clock, silent=silent, on_dead=on_dead, on_note=on_note, chance=chance)


def _tell_note(store: Store, settings: Settings, delivery: Delivery, note: str, now: datetime) -> None:
    """Say what a service that takes our messages asks to be put right."""
    alert = render.ops("", f"{delivery.destination} takes our messages, and its settings need a change", (note,))
    with store.transaction() as tx:
        number = tx.add_alert(alert, now)
        tx.enqueue(number, "root", 1, destinations_of(settings)(alert), number, now)


def _tell_of_dead(store: Store, settings: Settings, delivery: Delivery, reason: str, now: datetime) -> None:
    """Say elsewhere that a destination no longer takes messages: where ops alerts go, else wherever a desk is.

    That such a message dies in its turn is only logged: two dead destinations would tell of each other for ever.
    """
    name = alert_name(delivery.alert.number or delivery.thread)
    if delivery.alert.reason == UNDELIVERED:
        _log.error("nor was that accepted", destination=delivery.destination, alert=name, reason=reason)
        return
    lines = (f"{name} was not accepted: {reason}", f"It is kept. Put it right, then: monitor alerts retry {name}")
    said = render.ops("", f"{delivery.destination} does not take our messages", lines)
    alert = replace(said, reason=UNDELIVERED)
    desks = [name for desk in settings.desks for name in (*desk.ops, *desk.urgent, *desk.routine)]
    keepers = _without(delivery.destination, destinations_of(settings)(alert))
    others = keepers or _without(delivery.destination, desks)
    with store.transaction() as tx:
        number = tx.add_alert(alert, now)
        tx.enqueue(number, "root", 1, others, number, now)


def _without(destination: str, names: Iterable[str]) -> list[str]:
    return [name for name in dict.fromkeys(names) if name != destination]
