"""What the listings ask of the state, over the views and tables that are meant to be read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from monitor.model import Figure, Qualifier, Tally
from monitor.store.values import moment, to_day, to_moment

if TYPE_CHECKING:
    from monitor.store.sqlite import SqliteStore

_ENTRY = """l.claimant, l.subject, l.category, l.scope, l.place, l.window, l.order_date, l.published, l.upper,
    l.qualifier, l.delta, l.effective, l.standing, l.channel, l.post, coalesce(p.url, '')"""
_WITH_POST = "LEFT JOIN posts p ON p.channel = l.channel AND p.post = l.post"
_LATEST = f"SELECT {_ENTRY} FROM latest_tallies l {_WITH_POST} ORDER BY l.claimant, l.subject, l.order_key"  # noqa: S608
_LEDGER = f"""
    SELECT {_ENTRY} FROM ledger l {_WITH_POST}
    WHERE (?1 IS NULL OR l.claimant = ?1) AND (?2 IS NULL OR l.category = ?2)
      AND (?3 IS NULL OR l.order_date >= ?3) AND (?4 IS NULL OR l.order_date <= ?4)
    ORDER BY l.order_key, l.claimant"""  # noqa: S608
_CHANGES = """
    SELECT c.at, c.kind, c.claimant, c.subject, c.category, c.scope, c.place, c.window, c.published,
           c.now_value, c.now_qualifier, c.before_value, c.difference, c.delta, c.doubts, c.note,
           coalesce(c.now_date, c.before_date), coalesce(p.channel, c.now_channel), coalesce(p.post, c.now_post),
           coalesce(p.url, '')
    FROM changes c LEFT JOIN posts p ON p.id = c.post
    WHERE (?1 IS NULL OR c.claimant = ?1) AND (?2 IS NULL OR c.at >= ?2) AND (?3 IS NULL OR c.at < ?3)
    ORDER BY c.id {} LIMIT ?4"""
_ALERTS = """
    SELECT a.number, a.revision, a.at, a.severity, a.reason, a.source, a.headline, a.link, a.reply_to,
           (SELECT group_concat("by", ', ') FROM acknowledgements k
              WHERE k.alert = a.number AND k.revision = a.revision),
           (SELECT count(*) FROM deliveries d WHERE d.alert = a.number
              AND d.state IN ('pending', 'sending', 'unknown', 'dead'))
    FROM alerts a
    WHERE (?1 = 0 OR a.number IN (SELECT number FROM open_alerts)) AND (?2 IS NULL OR a.at >= ?2)
      AND (?3 IS NULL OR a.number = ?3)
    ORDER BY a.number DESC LIMIT ?4"""
_DELIVERIES = """
    SELECT destination, kind, revision, state, attempts, tried_at, done_at, reason FROM deliveries
    WHERE alert = ? ORDER BY id"""
_ACKNOWLEDGED = 'SELECT "by", at, revision FROM acknowledgements WHERE alert = ? ORDER BY at'
_REPLIES = "SELECT number FROM alerts WHERE reply_to = ? ORDER BY number"
_RUNS = "SELECT kind, started_at, ended_at, detail FROM runs ORDER BY id DESC LIMIT ?"
_UNREAD = """
    SELECT u.text, u.channel, u.post, p.source, p.published_at, p.url
    FROM unread u JOIN posts p ON p.channel = u.channel AND p.post = u.post
    WHERE u.latest AND (?1 IS NULL OR p.source = ?1) ORDER BY p.published_at"""
EVERYTHING = -1  # as a limit


class TallyRow(NamedTuple):
    """One entry of the ledger: what a post says of one tally, and what of it counts."""

    tally: Tally
    order_date: date
    published: int
    upper: int | None
    qualifier: Qualifier
    delta: int | None
    effective: int | None
    standing: str
    channel: str
    post: str
    url: str

    @property
    def figure(self) -> Figure:
        """What counts: as published, unless something else was decided or borne out."""
        if self.effective is None or self.effective == self.published:
            return Figure(self.published, self.upper, self.qualifier, self.order_date)
        return Figure(self.effective, order_date=self.order_date)


class ChangeRow(NamedTuple):
    """One line of the log of changes; it says what was told at the time."""

    at: datetime
    kind: str
    tally: Tally
    published: int | None
    effective: int | None
    qualifier: str
    before: int | None
    difference: int | None
    delta: int | None
    doubts: str
    note: str
    order_date: date | None
    channel: str
    post: str
    url: str


class AlertRow(NamedTuple):
    number: int
    revision: int
    at: datetime
    severity: str
    reason: str
    source: str
    headline: str
    link: str
    reply_to: int | None
    acknowledged_by: str
    undelivered: int


class DeliveryRow(NamedTuple):
    destination: str
    kind: str
    revision: int
    state: str
    attempts: int
    tried_at: datetime | None
    done_at: datetime | None
    reason: str


class RunRow(NamedTuple):
    kind: str
    started_at: datetime
    ended_at: datetime | None
    detail: str


class UnreadRow(NamedTuple):
    text: str
    channel: str
    post: str
    source: str
    published_at: datetime
    url: str


def latest(store: SqliteStore) -> list[TallyRow]:
    """Return the value that holds now of every tally."""
    return [_tally(row) for row in store.db.all(_LATEST)]


def ledger(
    store: SqliteStore, claimant: str | None, category: str | None, since: date | None, until: date | None
) -> Iterator[TallyRow]:
    """Yield every entry in the order in which posts count; `until` is included."""
    for row in store.db.each(_LEDGER, (claimant, category, since and since.isoformat(), until and until.isoformat())):
        yield _tally(row)


def changes(
    store: SqliteStore,
    claimant: str | None,
    since: datetime | None,
    until: datetime | None,
    *,
    newest: int | None = None,
) -> Iterator[ChangeRow]:
    """Yield the log in order, or so many of its newest lines backwards; `until` is excluded."""
    span = tuple(at and at.isoformat(timespec="milliseconds")[:23] + "Z" for at in (since, until))
    order, limit = ("ASC", EVERYTHING) if newest is None else ("DESC", newest)
    for row in store.db.each(_CHANGES.format(order), (claimant, *span, limit)):
        yield _change(row)


def alerts(
    store: SqliteStore, *, only_open: bool = False, since: datetime | None = None, limit: int = EVERYTHING
) -> list[AlertRow]:
    """Return alerts, the newest first."""
    start = since and since.isoformat(timespec="milliseconds")[:23] + "Z"
    return [_alert(row) for row in store.db.all(_ALERTS, (int(only_open), start, None, limit))]


def alert(store: SqliteStore, number: int) -> AlertRow | None:
    rows = store.db.all(_ALERTS, (0, None, number, 1))
    return _alert(rows[0]) if rows else None


def deliveries(store: SqliteStore, number: int) -> list[DeliveryRow]:
    return [
        DeliveryRow(name, kind, revision, state, attempts, to_moment(tried), to_moment(done), reason)
        for name, kind, revision, state, attempts, tried, done, reason in store.db.all(_DELIVERIES, (number,))
    ]


def acknowledgements(store: SqliteStore, number: int) -> list[tuple[str, datetime, int]]:
    """Return who took an alert, when, and in which revision."""
    return [(by, moment(at), revision) for by, at, revision in store.db.all(_ACKNOWLEDGED, (number,))]


def replies(store: SqliteStore, number: int) -> list[int]:
    return [int(row[0]) for row in store.db.all(_REPLIES, (number,))]


def runs(store: SqliteStore, limit: int) -> list[RunRow]:
    """Return what ran last, the newest first."""
    return [RunRow(kind, moment(a), to_moment(b), detail) for kind, a, b, detail in store.db.all(_RUNS, (limit,))]


def unread(store: SqliteStore, source: str | None) -> Iterator[UnreadRow]:
    """Yield the lines with a digit that no rule took, of every post's latest reading, oldest post first."""
    for text, channel, post, of, published, url in store.db.each(_UNREAD, (source,)):
        yield UnreadRow(text, channel, post, of, moment(published), url)


def _tally(row: tuple[Any, ...]) -> TallyRow:
    return TallyRow(Tally(*row[:6]), date.fromisoformat(row[6]), row[7], row[8], Qualifier(row[9]), *row[10:])


def _change(row: tuple[Any, ...]) -> ChangeRow:
    at, kind, *rest = row
    published, value, qualifier, before, difference, delta, doubts, note, day, channel, post, url = rest[6:]
    return ChangeRow(
        moment(at),
        kind,
        Tally(*rest[:6]),
        published,
        value,
        qualifier or "",
        before,
        difference,
        delta,
        doubts,
        note,
        to_day(day),
        channel or "",
        post or "",
        url,
    )


def _alert(row: tuple[Any, ...]) -> AlertRow:
    number, revision, at, severity, reason, source, headline, link, reply_to, by, undelivered = row
    told = (severity, reason, source, headline, link, reply_to)
    return AlertRow(number, revision, moment(at), *told, by or "", undelivered)
