"""Plays the script: a local preview, the shipped settings, the real program, and a clock that jumps with the script."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from monitor.aftermath import Aftermath, Stored
from monitor.backfill import Backfill, Span, checkpoint_of
from monitor.demo.preview import PreviewChannel, PreviewPost, PreviewServer
from monitor.demo.script import ACTS, CHANNELS, GENERAL_STAFF, Act, Beat, Edited, Posted
from monitor.model import Severity, Source
from monitor.pipeline import Place
from monitor.ports import Store
from monitor.rehearsal import gather, rehearse
from monitor.settings import Settings, load
from monitor.wiring import Application, assemble, destinations_of

SEEN_AFTER = timedelta(seconds=38)  # how long after its publication a post is read
_FIRST_ID, _IDS_APART = 101, 3  # a channel has other posts between two lists


class DemoClock:
    """Stands where the script says; sleeping moves it on at once."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    async def sleep(self, seconds: float) -> None:
        self.at += timedelta(seconds=max(seconds, 0))
        await asyncio.sleep(0)


@dataclass(slots=True)
class Summary:
    """What the play came to: first reasons of the alerts, by severity."""

    posts: int = 0
    alerts: Counter[tuple[Severity, str]] = field(default_factory=Counter)
    replies: int = 0
    undelivered: int = 0

    def of(self, severity: Severity) -> int:
        return sum(count for (loud, _), count in self.alerts.items() if loud is severity)

    @property
    def silences(self) -> int:
        return sum(self.alerts[Severity.OPS, kind] for kind in ("overdue", "unreadable", "unreachable", "image_only"))


class Channels:
    """The channels on stage, and the ids that their posts get."""

    def __init__(self, server: PreviewServer) -> None:
        self._server = server
        self._next = dict.fromkeys(CHANNELS, _FIRST_ID)
        self._named: dict[str, tuple[str, int]] = {}

    def happen(self, event: Posted | Edited, at: datetime) -> None:
        if isinstance(event, Edited):
            self._server.edit(*self._named[event.name], event.text)
            return
        number = self._next[event.channel]
        self._next[event.channel] += _IDS_APART
        self._server.add(event.channel, PreviewPost(number, event.text, at, event.media))
        if event.name:
            self._named[event.name] = (event.channel, number)


@dataclass(frozen=True, slots=True)
class Stage:
    """One performance; `say` is given what a narrator says, `pause` lets a person read along."""

    app: Application
    clock: DemoClock
    channels: Channels
    say: Callable[[str], None]
    summary: Summary = field(default_factory=Summary)

    async def play(self) -> Summary:
        """Play all acts and return what they came to. Raises MonitorError."""
        for number, act in enumerate(ACTS):
            self.say(f"\n━━ {act.title} ━━\n{act.says}\n")
            for at, event in act.before:
                self.channels.happen(event, at)
            self.clock.at = act.opens
            if number:
                await self._catch_up(act)
            await self._look()
            for beat in act.beats:
                await self._play(beat)
        self.summary.undelivered = await self.app.call(_undelivered)
        return self.summary

    async def _play(self, beat: Beat) -> None:
        self.clock.at = beat.at
        self.say(f"┄┄ {beat.at:%-d %b %Y, %H:%M} UTC ┄┄ {beat.says}\n")
        if beat.event is not None:
            self.channels.happen(beat.event, beat.at)
        self.clock.at += SEEN_AFTER
        await self._look()

    async def _look(self) -> None:
        """Do once what the daemon does all the time: read, settle, watch for silence, send."""
        app, numbers = self.app, []
        for place in self._places:
            report = await app.passes.read(place, app.collectors[place.route])
            self.summary.posts += report.posts
            numbers += report.alerts
        numbers += await app.call(self._settle)
        await self._send(numbers)

    def _settle(self, store: Store) -> list[int]:
        sources, now = [place.source for place in self._places], self.clock.now()
        numbers = self.app.pipeline.telling.settle_conflicts(store, sources, now)
        with store.transaction() as tx:
            for source in sources:
                numbers += self.app.silences.check(tx, source, now)
        return numbers

    async def _send(self, numbers: list[int]) -> None:
        await self.app.call(lambda store: self._count(store, numbers))
        while await self.app.outbox.run_once():
            pass

    def _count(self, store: Store, numbers: list[int]) -> None:
        with store.transaction() as tx:
            for alert in filter(None, map(tx.alert, numbers)):
                self.summary.alerts[alert.severity, alert.reason] += 1
                self.summary.replies += alert.reply_to is not None

    # ── between two acts ──────────────────────────────────────────────────────────────────

    async def _catch_up(self, act: Act) -> None:
        """Read the days before an act as a backfill does, while nobody watches."""
        app, place = self.app, next(place for place in self._places if place.channel.address == GENERAL_STAFF)
        await app.call(lambda store: app.passes.journal.switch_off(store, [_unwatched(p.source) for p in self._places]))
        span = Span(act.before[0][0], None)
        silent = replace(place, checkpoint=checkpoint_of(place.channel.key, place.route, span))
        aftermath = Aftermath(app.settings.categories, app.pipeline.ledgers, destinations_of(app.settings))
        held = await app.call(lambda store: aftermath.held(store, place.source))
        backfill = Backfill(app.call, app.pipeline, silent, span, self.clock, lambda _: None)
        progress = await backfill.channel(app.collectors[place.route])
        self.summary.posts += progress.stored
        stored = Stored(progress.filed, progress.began, progress.reached)
        number = await app.call(
            lambda store: aftermath.sum_up(
                store, "Backfill", place.source, place.channel, held, stored, self.clock.now()
            )
        )
        material = await app.call(lambda store: gather(store, place.source, place.channel, span.since, None))
        self.say(f"{rehearse(material, place.source, place.channel, app.settings.categories)}\n")
        await self._send([] if number is None else [number])

    @property
    def _places(self) -> list[Place]:
        on_stage = [place for place in self.app.places if place.channel.address in CHANNELS]
        return sorted(on_stage, key=lambda place: CHANNELS.index(place.channel.address))


def _unwatched(source: Source) -> Source:
    channels = (replace(channel, routes=()) for channel in source.channels)
    return replace(source, channels=tuple(channels))


def _undelivered(store: Store) -> int:
    return sum(count for states in store.outbox_counts().values() for state, count in states.items() if state != "sent")


async def perform(folder: Path, state: Path, say: Callable[[str], None]) -> Summary:
    """Play everything in this process: settings are written into `folder`, what is read is kept in `state`."""
    with _theatre(folder, state) as (server, settings):
        clock = DemoClock(ACTS[0].opens)
        async with assemble(settings, clock) as app:
            return await Stage(app, clock, Channels(server), say).play()


@contextmanager
def _theatre(folder: Path, state: Path) -> Iterator[tuple[PreviewServer, Settings]]:
    """Open the local preview, and settings that differ from the shipped ones only in leading there."""
    with PreviewServer(*(PreviewChannel.of(name) for name in CHANNELS)) as server:
        config = folder / "config"
        config.mkdir()
        (config / "monitor.toml").write_text(f'[routes.telegram_web]\nbase_url = "{server.base_url}"\n', "utf-8")
        yield server, load({"MONITOR_STATE": str(state)}, operator=config, working=folder)
