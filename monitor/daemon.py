"""`monitor run`: one asyncio process that reads on time, tells at once, and says when it cannot see."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Coroutine, Sequence
from datetime import datetime, timedelta
from typing import Any

import httpx
import structlog
from apscheduler.events import EVENT_JOB_MAX_INSTANCES, EVENT_JOB_MISSED, JobEvent
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from monitor.distress import Distress
from monitor.errors import CollectError, RateLimited, StoreBusy, StoreError, StoreFull
from monitor.pace import Line, PaceTrigger, Priority, Turn, due_rereads, in_window
from monitor.pipeline import Place
from monitor.ports import Store
from monitor.store.health import write as write_health
from monitor.wiring import Application

GRACE = 300  # seconds that a job may start late before it is counted as missed
STOP_SECONDS = 4.0

Job = Callable[[], Coroutine[None, None, None]]

_log = structlog.get_logger(__name__)


class Daemon:
    """Puts what is due into its host's line; one worker a host works it off.

    `tick` is how often conflicts are settled, in seconds; what else goes by the clock is done every fourth time.
    """

    def __init__(self, app: Application, *, tick: float = 15.0) -> None:
        self._app = app
        self._tick = tick
        self._stop = asyncio.Event()
        self._lines = {app.collectors[place.route].host: Line() for place in app.places}
        self._paused: dict[str, datetime] = {}  # host → until when, as far as it was logged
        self._distress = Distress(app.settings, app.senders, app.clock)
        self._missed = 0
        self._failure: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._scheduler = AsyncIOScheduler(
            timezone="UTC",
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": GRACE},
        )
        self._scheduler.add_listener(self._count_missed, EVENT_JOB_MISSED | EVENT_JOB_MAX_INSTANCES)

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
        outbox = asyncio.create_task(self._send())
        workers = [asyncio.create_task(self._work(host, line)) for host, line in self._lines.items()]
        _log.info("watching", channels=len(app.places), sources=len({place.source.key for place in app.places}))
        self._schedule()
        beat = asyncio.create_task(self._do(self._beat))
        try:
            await self._until_stopped([outbox, *workers])
        finally:
            self._scheduler.shutdown(wait=False)
            self._stop.set()
            if self._distress.full:
                outbox.cancel()  # it can write nothing down
            await _end([*workers, beat], outbox)
        _log.info("clean stop")

    async def _until_stopped(self, tasks: Sequence[asyncio.Task[None]]) -> None:
        """Wait for the signal; a task or a scheduled job that fails ends the daemon with its error."""
        stopped = asyncio.ensure_future(self._stop.wait())
        ends: list[asyncio.Future[Any]] = [stopped, self._failure, *tasks]
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        for end in ends:
            if end.done() and (error := end.exception()):
                _log.error("the daemon ends because of a failure", kind=type(error).__name__, detail=str(error))
                raise error

    # ── what is due ───────────────────────────────────────────────────────────────────────

    def _schedule(self) -> None:
        pace = self._app.settings.pace
        for place in self._app.places:
            self._put(place)
            self._scheduler.add_job(
                self._due, PaceTrigger(place.source, pace), args=[place], id=f"{place.channel.key} {place.route}"
            )
        seldom = 4 * self._tick
        jobs = (
            (self._settle, self._tick),
            (self._watch_silences, seldom),
            (self._reread, seldom),
            (self._beat, seldom),
        )
        for job, seconds in jobs:
            self._scheduler.add_job(self._do, IntervalTrigger(seconds=seconds), args=[job], id=job.__name__)
        self._scheduler.start()

    async def _due(self, place: Place) -> None:
        """Put a channel into line (a coroutine, since the scheduler runs anything else in another thread)."""
        self._put(place)

    def _put(self, place: Place, ids: tuple[str, ...] = ()) -> None:
        hot = in_window(place.source, self._app.clock.now())
        priority = Priority.AGAIN if ids else Priority.HOT if hot else Priority.COLD
        self._lines[self._app.collectors[place.route].host].put(Turn(place, priority, ids))

    def _count_missed(self, event: JobEvent) -> None:
        self._missed += 1
        _log.warning("a job was not done on time", job=event.job_id, missed=self._missed)

    # ── working it off ────────────────────────────────────────────────────────────────────

    async def _work(self, host: str, line: Line) -> None:
        while not self._stop.is_set():
            turn = await line.take()
            await self._distress.until_room()
            try:
                await self._take(turn)
            except RateLimited as error:
                self._note_pause(host, error)
            except CollectError as error:
                _log.warning("a channel could not be read", channel=turn.place.channel.key, detail=str(error))
            except StoreFull as error:
                line.put(turn)
                await self._distress.disk_full(error)
            except StoreBusy as error:
                _log.warning("the state is locked; this channel is read again when it is due", detail=str(error))

    async def _take(self, turn: Turn) -> None:
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

    def _note_pause(self, host: str, error: RateLimited) -> None:
        """Log once that a host wants to be left alone.

        Its budget sees to that. Turns go on meanwhile and fail without a request, so that each channel's
        failure is on record and its silence is told.
        """
        now = self._app.clock.now()
        if now >= self._paused.get(host, now):
            self._paused[host] = now + timedelta(seconds=error.retry_after)
            _log.warning("the host asks us to wait", seconds=round(error.retry_after), detail=str(error))

    async def _send(self) -> None:
        """Work off the outbox; what a full disk or a lock interrupts goes on afterwards as it does after a crash."""
        interrupted = False
        while not self._stop.is_set():
            try:
                if interrupted:
                    await self._app.call(lambda store: store.recover_outbox())
                interrupted = True
                await self._app.outbox.drain(self._stop)
            except StoreFull as error:
                await self._distress.disk_full(error)
                await self._distress.until_room()
            except StoreBusy as error:
                _log.error("the state has been locked for long; nothing can be sent", detail=str(error))

    # ── by the clock ──────────────────────────────────────────────────────────────────────

    async def _do(self, job: Job) -> None:
        """Do a scheduled job. A state that cannot be used ends the daemon; another fault is told, and we go on."""
        if self._distress.full:
            return
        try:
            await job()
        except StoreFull as error:
            await self._distress.disk_full(error)
        except StoreBusy as error:
            _log.warning("the state is locked; this is done when it is due again", job=job.__name__, detail=str(error))
        except StoreError as error:
            if not self._failure.done():
                self._failure.set_exception(error)
        except Exception as fault:  # noqa: BLE001  # what a fault in one job breaks must not be the whole daemon
            _log.exception("a scheduled job failed", job=job.__name__)
            what = f"{job.__name__.strip('_').replace('_', ' ')}: {type(fault).__name__}"
            then = "All else goes on. This is a fault in the program: please report it with what the log says of it."
            await self._distress.tell(f"A regular job of monitor fails ({what})", (then,))

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
        detail = f"{len(self._app.places)} channels"
        if self._missed:
            detail += f", {self._missed} jobs late"
        write_health(self._app.settings.state / "health.json", self._app.clock.now(), detail)
        if self._app.settings.heartbeat_url:
            await _ping(self._app.settings.heartbeat_url)


async def _ping(url: str) -> None:
    """Ask the heartbeat address; its failure is logged without the address, which may be a secret."""
    try:
        async with httpx.AsyncClient(timeout=10, follow_redirects=False) as client:
            answer = await client.get(url)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        _log.warning("the heartbeat was not taken", error=type(error).__name__)
        return
    if answer.is_error:
        _log.warning("the heartbeat was not taken", status=answer.status_code)


async def _end(others: Sequence[asyncio.Task[None]], outbox: asyncio.Task[None]) -> None:
    """Break off what reads (the store's thread still finishes its post), and give the outbox a moment."""
    for task in others:
        task.cancel()
    await asyncio.wait([outbox], timeout=STOP_SECONDS)
    outbox.cancel()
    await asyncio.gather(outbox, *others, return_exceptions=True)
