"""A newsroom on one machine: two channels of the General Staff, the whole path behind them, and what the desk got.

Posts go through a local preview server and the real collector, reader, ledger and SQLite; what comes of
them is read back from the database, as a person would open it.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from monitor.demo.preview import PreviewServer
from monitor.demo.preview_channel import PreviewChannel
from monitor.demo.preview_html import PreviewPost
from monitor.pipeline import Place, Report
from monitor.settings import Settings
from monitor.wiring import Application
from tests.app import CHANNEL, GENERAL_STAFF, assembled, settings_for
from tests.clock import FixedClock

FIRST, SECOND = CHANNEL, "StaffMirror"
FIRST_KEY, SECOND_KEY = "t.me/generalstaffzsu", "t.me/staffmirror"
DAY = date(2026, 8, 8)
WATCHED_SINCE = datetime(2026, 8, 7, 12, 0, tzinfo=UTC)

LABELS = {
    "personnel_losses": "особового складу ‒ близько",
    "tanks": "танків ‒",
    "afv": "бойових броньованих машин ‒",
    "artillery": "артилерійських систем ‒",
    "mlrs": "РСЗВ ‒",
    "anti_air": "засоби ППО ‒",
    "aircraft": "літаків ‒",
}

UNREADABLE = """Загальні бойові втрати противника з 24.02.22 по 08.08.26 орієнтовно склали:
т-а-н-к-і-в: сто дванадцять 12 з 251"""


def on(day: int, hour: int = 4, minute: int = 12) -> datetime:
    """Return a moment (UTC) so many days after the first; lists are posted about 04:12."""
    midnight = datetime(DAY.year, DAY.month, DAY.day, tzinfo=UTC)
    return midnight + timedelta(days=day, hours=hour, minutes=minute)


def daily_list(day: int | None, deltas: Mapping[str, int] | None = None, **figures: int) -> str:
    """Return the General Staff's list of that day; with None as a day its header prints no date."""
    dated = f" по {DAY + timedelta(days=day):%d.%m.%y}" if day is not None else ""
    printed = {slug: f" (+{delta})" for slug, delta in (deltas or {}).items()}
    rows = (f"{LABELS[slug]} {value}{printed.get(slug, '')} од." for slug, value in figures.items())
    return "\n".join((f"Загальні бойові втрати противника з 24.02.22{dated} орієнтовно склали:", *rows))


SECOND_CHANNEL = f"""
[channels."{SECOND_KEY}"]
label = "Mirror"
address = "{SECOND}"
rank = {{rank}}

[channels."{SECOND_KEY}".routes]
telegram_web = {{{{ enabled = {{enabled}} }}}}
"""


def settings_of(
    folder: Path,
    base_url: str,
    *,
    rank: int = 20,
    enabled: bool = True,
    desks: str = "",
    environ: Mapping[str, str] | None = None,
) -> Settings:
    """Return an operator's settings: the General Staff has a second channel of that rank."""
    sources = folder / "config" / "sources"
    sources.mkdir(parents=True, exist_ok=True)
    second = SECOND_CHANNEL.format(rank=rank, enabled=str(enabled).lower())
    (sources / f"{GENERAL_STAFF}.toml").write_text(second, "utf-8")
    return settings_for(folder, base_url, desks=desks, environ=environ)


class Told(NamedTuple):
    """One alert as it stands now; `text` is all its lines, `struck` what is struck through in them."""

    number: int
    severity: str
    reason: str
    post: str
    reply_to: int | None
    headline: str
    text: str
    struck: tuple[str, ...]


class Sent(NamedTuple):
    """One row of the outbox."""

    alert: int
    kind: str
    destination: str
    thread: int


@dataclass
class Newsroom:
    """Publishes, reads, and looks into the database."""

    server: PreviewServer
    clock: FixedClock
    settings: Settings
    app: Application
    numbers: dict[str, int] = field(default_factory=dict)

    # ── the channels ──────────────────────────────────────────────────────────────────────

    def publish(self, text: str, at: datetime, channel: str = FIRST, *, media: tuple[str, ...] = ()) -> int:
        """Put a post on a channel and return its id; the clock moves on to half a minute after it."""
        number = self.numbers[channel] = self.numbers.get(channel, 100) + 1
        self.server.add(channel, PreviewPost(number, text, at, media=media))
        self.clock.at = max(self.clock.at, at + timedelta(seconds=30))
        return number

    def edit(self, post: int, text: str, channel: str = FIRST) -> None:
        self.server.edit(channel, post, text)

    # ── the monitor ───────────────────────────────────────────────────────────────────────

    def place(self, channel: str = FIRST) -> Place:
        return next(place for place in self.app.places if place.channel.address == channel)

    async def read(self, channel: str = FIRST) -> list[Told]:
        """Make one pass over a channel and return the alerts that it raised."""
        place = self.place(channel)
        report = await self.app.passes.read(place, self.app.collectors[place.route])
        return self.told(*report.alerts)

    async def post(self, text: str, at: datetime, channel: str = FIRST) -> list[Told]:
        """Publish, read, and return the alerts of this pass."""
        self.publish(text, at, channel)
        return await self.read(channel)

    async def backfill(self, channel: str = FIRST) -> Report:
        """Take what the channel has by a backfill, which is silent."""
        place, total = self.place(channel), Report()
        silent = Place(place.source, place.channel, "telegram_web", checkpoint="backfill of a test")
        collector = self.app.collectors[place.route]
        async for batch in collector.history(place.channel, since=None, until=None, cursor=""):
            total.add(await self.app.call(lambda store, b=batch: self.take(store, silent, b)))
        return total

    def take(self, store, place, batch) -> Report:
        return self.app.pipeline.take_batch(store, place, batch, self.clock.now())

    async def settle(self) -> list[Told]:
        """Settle the conflicts that are due."""
        sources = tuple(self.app.settings.sources.values())
        settle = self.app.pipeline.telling.settle_conflicts
        return self.told(*await self.app.call(lambda store: settle(store, sources, self.clock.now())))

    async def watch(self) -> list[Told]:
        """Look whether the source has gone quiet."""
        source = self.settings.sources[GENERAL_STAFF]

        def check(store):
            with store.transaction() as tx:
                return self.app.silences.check(tx, source, self.clock.now())

        return self.told(*await self.app.call(check))

    # ── the desk ──────────────────────────────────────────────────────────────────────────

    def rows(self, sql: str, *values: object) -> list[tuple]:
        with closing(sqlite3.connect(self.settings.database)) as db:
            return db.execute(sql, values).fetchall()

    def told(self, *numbers: int) -> list[Told]:
        """Return these alerts as they stand now; without numbers all of them."""
        rows = self.rows("SELECT number, severity, reason, post, reply_to, headline, lines FROM alerts ORDER BY number")
        return [_told(row) for row in rows if row[0] in numbers]

    def everything(self) -> list[Told]:
        return self.told(*(number for (number,) in self.rows("SELECT number FROM alerts")))

    def outbox(self, *, alert: int | None = None) -> list[Sent]:
        rows = self.rows("SELECT alert, kind, destination, thread FROM deliveries ORDER BY id")
        return [Sent(*row) for row in rows if alert is None or row[0] == alert]

    def held(self, category: str = "tanks") -> dict[str, int]:
        """Return order date → what holds on it."""
        return dict(
            self.rows(
                "SELECT order_date, effective FROM ledger WHERE category = ? AND scope = 'total'"
                " AND effective IS NOT NULL ORDER BY order_key",
                category,
            )
        )

    def kinds(self, post: int, channel: str = FIRST) -> list[str]:
        """Return what was logged of a post: the kinds of its changes, in the order of its lines."""
        return [
            kind
            for (kind,) in self.rows(
                "SELECT c.kind FROM changes c JOIN posts p ON p.id = c.post WHERE p.post = ? AND p.channel = ?"
                " ORDER BY c.id",
                str(post),
                f"t.me/{channel.lower()}",
            )
        ]


def _told(row: tuple) -> Told:
    lines = [(kind, spans) for kind, spans in json.loads(row[6])]
    text = "\n".join("".join(span[0] for span in spans) for _, spans in lines)
    struck = tuple(span[0] for _, spans in lines for span in spans if span[1] == "strike")
    return Told(*row[:6], text, struck)


class Elsewhere:
    """A server that somebody else has started and will stop."""

    def __init__(self, server: PreviewServer) -> None:
        self._server = server

    def __enter__(self) -> PreviewServer:
        return self._server

    def __exit__(self, *_: object) -> None:
        pass


@asynccontextmanager
async def newsroom(
    folder: Path,
    clock: FixedClock | None = None,
    *,
    server: Elsewhere | None = None,
    **chosen: object,
) -> AsyncIterator[Newsroom]:
    """Open a newsroom that has not read anything yet; the channels each have one old post."""
    clock = clock or FixedClock(WATCHED_SINCE)
    greeting = PreviewPost(1, "Слава Україні!", WATCHED_SINCE - timedelta(days=9))
    own = server or PreviewServer(PreviewChannel.of(FIRST, greeting), PreviewChannel.of(SECOND, greeting))
    with own as running:
        settings = settings_of(folder, running.base_url, **chosen)  # type: ignore[arg-type]
        async with assembled(settings, clock) as app:
            yield Newsroom(running, clock, settings, app)


@asynccontextmanager
async def watching(folder: Path, clock: FixedClock | None = None, **chosen: object) -> AsyncIterator[Newsroom]:
    """Open a newsroom that watches both channels already; what is posted from now on is news."""
    async with newsroom(folder, clock, **chosen) as room:
        await room.read(FIRST)
        if any(place.channel.address == SECOND for place in room.app.places):
            await room.read(SECOND)
        yield room
