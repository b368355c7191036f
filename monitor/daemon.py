"""`monitor run`: one asyncio process that reads on time, tells at once, and says when it cannot see."""

from __future__ import annotations

import asyncio
import itertools
import signal
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import httpx
import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from monitor import render
from monitor.errors import CollectError, RateLimited, StoreBusy, StoreFull
from monitor.pace import PaceTrigger, due_rereads, in_window
from monitor.pipeline import Place
from monitor.ports import Sent, Store
from monitor.store.health import write as write_health
from monitor.wiring import Application

GRACE = 300  # seconds that a job may start late before it is counted as missed
STOP_SECONDS = 4.0
FULL_RETRY = 60.0

_log = structlog.get_logger(__name__)


@dataclass(order=True, slots=True)
class _Turn:
    """One thing to ask of a host: what is hot goes first, then cold, then posts read again."""

    priority: int
    number: int
    place: Place = field(compare=False)
    ids: tuple[str, ...] = field(compare=False, default=())


class Daemon:
    """Puts what is due into its host's queue, once each; one worker a host works it off."""

    def __init__(self, app: Application) -> None:
        self._app = app
        self._stop = asyncio.Event()
        self._queues: dict[str, asyncio.PriorityQueue[_Turn]] = {}
        self._queued: set[tuple[str, bool]] = set()
        self._numbers = itertools.count()
        self._full = False
        self._scheduler = AsyncIOScheduler(
            timezone="UTC",
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": GRACE},
        )

    def stop(self) -> None:
        """Finish the post in hand and end."""
        self._stop.set()

    async def run(self) -> None:
        """Run until `stop` is called or the process gets SIGTERM or SIGINT. Raises StoreError."""
        app = self._app
        loop = asyncio.get_running_loop()
        for name in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(name, self.stop)
        sources = tuple(app.settings.sources.values())
        await app.call(lambda store: app.passes.journal.switch_off(store, sources))
        tasks = [asyncio.create_task(app.outbox.drain(self._stop)), *self._start_workers()]
        self._schedule()
        _log.info("watching", channels=len(app.places), sources=len({place.source.key for place in app.places}))
        await self._beat()
        try:
            await self._until_stopped(tasks)
        finally:
            self._scheduler.shutdown(wait=False)
            self._stop.set()
            await _end(tasks)
            _log.info("clean stop")

    async def _until_stopped(self, tasks: Sequence[asyncio.Task[None]]) -> None:
        """Wait for the signal; a task that fails ends the daemon with its error."""
        stopped = asyncio.create_task(self._stop.wait())
        done, _ = await asyncio.wait([stopped, *tasks], return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        for task in done:
            if task is not stopped:
                task.result()

    # ── what is due ───────────────────────────────────────────────────────────────────────

    def _schedule(self) -> None:
        pace = self._app.settings.pace
        for place in self._app.places:
            self._scheduler.add_job(
                self._put, PaceTrigger(place.source, pace), args=[place], id=f"{place.channel.key} {place.route}"
            )
        for job, seconds in ((self._beat, 60), (self._settle, 15), (self._watch_silences, 60), (self._reread, 60)):
            self._scheduler.add_job(job, IntervalTrigger(seconds=seconds))
        self._scheduler.start()
        for place in self._app.places:
            self._put(place)

    def _put(self, place: Place, ids: tuple[str, ...] = ()) -> None:
        key = (f"{place.channel.key} {place.route}", bool(ids))
        if key in self._queued:
            return
        self._queued.add(key)
        hot = in_window(place.source, self._app.clock.now())
        priority = 2 if ids else 0 if hot else 1
        host = self._app.collectors[place.route].host
        self._queues[host].put_nowait(_Turn(priority, next(self._numbers), place, ids))

    def _start_workers(self) -> list[asyncio.Task[None]]:
        hosts = {self._app.collectors[place.route].host for place in self._app.places}
        self._queues = {host: asyncio.PriorityQueue() for host in hosts}
        return [asyncio.create_task(self._work(queue)) for queue in self._queues.values()]

    # ── working it off ────────────────────────────────────────────────────────────────────

    async def _work(self, queue: asyncio.PriorityQueue[_Turn]) -> None:
        while not self._stop.is_set():
            turn = await queue.get()
            self._queued.discard((f"{turn.place.channel.key} {turn.place.route}", bool(turn.ids)))
            try:
                await self._take(turn)
            except RateLimited as error:
                _log.warning("the host asks us to wait", seconds=round(error.retry_after), detail=str(error))
                await self._rest(error.retry_after)
            except CollectError as error:
                _log.warning("a channel could not be read", channel=turn.place.channel.key, detail=str(error))
            except StoreFull as error:
                await self._disk_full(error)
            except StoreBusy as error:
                _log.warning("the state is locked; this channel is read again when it is due", detail=str(error))

    async def _take(self, turn: _Turn) -> None:
        collector = self._app.collectors[turn.place.route]
        if turn.ids:
            report = await self._app.passes.reread(turn.place, collector, turn.ids)
        else:
            report = await self._app.passes.read(turn.place, collector)
        for note in report.notes:
            _log.warning("a gap was left", channel=turn.place.channel.key, detail=note)
        if report.versions:
            _log.info("read", channel=turn.place.channel.key, posts=report.posts, alerts=report.alerts)
        if report.alerts or report.versions:
            self._app.outbox.wake()

    async def _rest(self, seconds: float) -> None:
        """Leave a host alone, but not beyond the daemon's own end."""
        sleep = asyncio.create_task(self._app.clock.sleep(seconds))
        stop = asyncio.create_task(self._stop.wait())
        await asyncio.wait((sleep, stop), return_when=asyncio.FIRST_COMPLETED)
        sleep.cancel()
        stop.cancel()

    async def _disk_full(self, error: StoreFull) -> None:
        """Stop reading, say so once past the outbox (it cannot be written to), and look again each minute."""
        if not self._full:
            self._full = True
            _log.error("the disk is full", detail=str(error))
            lines = (str(error), "Nothing is read until there is room; then it goes on where it stopped.")
            alert = render.ops("", "The disk is full: monitor cannot see", lines)
            names = {name for desk in self._app.settings.desks for name in desk.ops}
            for name in sorted(names):
                outcome = await self._app.senders[name].send(alert, key="", reply_to=None, silent=False)
                if not isinstance(outcome, Sent):
                    _log.error("that could not be told", destination=name, outcome=str(outcome))
        await self._rest(FULL_RETRY)

    # ── by the clock ──────────────────────────────────────────────────────────────────────

    async def _settle(self) -> None:
        app, sources = self._app, tuple(self._app.settings.sources.values())
        if await app.call(lambda store: app.pipeline.telling.settle_conflicts(store, sources, app.clock.now())):
            app.outbox.wake()

    async def _watch_silences(self) -> None:
        app = self._app
        watched = {place.source.key: place.source for place in app.places}

        def check(store: Store) -> list[int]:
            with store.transaction() as tx:
                return [
                    number for source in watched.values() for number in app.silences.check(tx, source, app.clock.now())
                ]

        await app.call(check)
        app.outbox.wake()

    async def _reread(self) -> None:
        plan, now = self._app.settings.pace.rereads, self._app.clock.now()
        since = now - timedelta(hours=max((reread.until_hours for reread in plan), default=0))
        for place in self._app.places:
            key = place.channel.key
            posts = await self._app.call(lambda store, key=key: store.tally_posts_since(key, since))  # type: ignore[misc]
            if ids := due_rereads(posts, plan, now):
                self._put(place, ids)

    async def _beat(self) -> None:
        """Say that we are alive: to the health file, and to the outside address if there is one."""
        if self._full and not await self._has_room():
            return
        now = self._app.clock.now()
        write_health(self._app.settings.state / "health.json", now, f"{len(self._app.places)} channels")
        if self._app.settings.heartbeat_url:
            await _ping(self._app.settings.heartbeat_url)

    async def _has_room(self) -> bool:
        try:
            now = self._app.clock.now()
            await self._app.call(lambda store: store.end_run(store.begin_run("room again", now), now, ""))
        except StoreFull:
            return False
        self._full = False
        _log.info("there is room again")
        return True


async def _ping(url: str) -> None:
    """Ask the heartbeat address; its failure is logged without the address, which may be a secret."""
    try:
        async with httpx.AsyncClient(timeout=10, follow_redirects=False) as client:
            answer = await client.get(url)
    except httpx.HTTPError as error:
        _log.warning("the heartbeat was not taken", error=type(error).__name__)
        return
    if answer.is_error:
        _log.warning("the heartbeat was not taken", status=answer.status_code)


async def _end(tasks: Sequence[asyncio.Task[None]]) -> None:
    """Give what is in hand a moment, then cut it off: the store's thread still finishes its transaction."""
    await asyncio.wait(tasks, timeout=STOP_SECONDS / 4)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
