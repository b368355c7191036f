"""Alerts: the list, and everything that is known about one."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from monitor.model import Alert, Line, Tally
from monitor.store.sqlite import SqliteStore
from monitor.store.telling import ALERT, alert_of, lines_of
from monitor.store.values import Row, moment, moment_text, to_day, to_moment, to_words

_COUNTS = """
    (SELECT count(*) FROM deliveries d WHERE d.alert = a.number AND d.state = 'sent'),
    (SELECT count(*) FROM deliveries d WHERE d.alert = a.number AND d.state IN ('pending', 'sending', 'unknown')),
    (SELECT count(*) FROM deliveries d WHERE d.alert = a.number AND d.state = 'dead'),
    EXISTS (SELECT 1 FROM acknowledgements k WHERE k.alert = a.number AND k.revision = a.revision)"""
_LIST = f"""
    SELECT a.number, a.revision, a.at, a.severity, a.reason, a.source, a.channel, a.post, a.reply_to, a.headline,
           a.link, {_COUNTS}
    FROM alerts a
    WHERE (:severity IS NULL OR a.severity = :severity) AND (:source IS NULL OR a.source = :source)
      AND (:since IS NULL OR a.at >= :since) AND (NOT :open OR a.number IN (SELECT number FROM open_alerts))
    ORDER BY a.number DESC LIMIT :limit"""  # noqa: S608
_ONE = f"SELECT {ALERT}, revision, at, revised_at FROM alerts WHERE number = ?"  # noqa: S608
_REVISIONS = """
    SELECT revision, at, headline, copy_text, lines FROM alert_revisions WHERE alert = ? ORDER BY revision"""
_DELIVERIES = """
    SELECT id, kind, revision, destination, thread, state, attempts, not_before, queued_at, tried_at, done_at,
           remote_id, reason
    FROM deliveries WHERE alert = ? ORDER BY id"""
_CHANGE = """
    SELECT c.id, c.at, c.kind, c.claimant, c.subject, c.category, c.scope, c.place, c.window, c.published, c.delta,
           c.now_value, c.before_value, c.before_date, c.difference, c.computed, c.covers_days, c.doubts, c.suggestion,
           c.provisional, c.note, c.quote, p.channel, p.post
    FROM changes c LEFT JOIN posts p ON p.id = c.post"""
_CHANGES_OF_ALERT = f"{_CHANGE} WHERE c.alert = ? ORDER BY c.id"
LAST_CHANGES = f"{_CHANGE} ORDER BY c.id DESC LIMIT ?"
_ACKNOWLEDGED = 'SELECT revision, "by", at FROM acknowledgements WHERE alert = ? ORDER BY at'
_REPLIES = "SELECT number FROM alerts WHERE reply_to = ? ORDER BY number"


class AlertRow(NamedTuple):
    """One line of the list; sent, waiting and dead count deliveries."""

    number: int
    revision: int
    at: datetime
    severity: str
    reason: str
    source: str
    channel: str
    post: str
    reply_to: int | None
    headline: str
    link: str
    sent: int
    waiting: int
    dead: int
    acknowledged: bool


class RevisionRow(NamedTuple):
    """An earlier text of an alert."""

    revision: int
    at: datetime
    headline: str
    copy_text: str
    lines: tuple[Line, ...]


class DeliveryRow(NamedTuple):
    id: int
    kind: str
    revision: int
    destination: str
    thread: int
    state: str
    attempts: int
    not_before: datetime
    queued_at: datetime
    tried_at: datetime | None
    done_at: datetime | None
    remote_id: str | None
    reason: str


class ChangeRow(NamedTuple):
    """A change as it was found; `published` is as the post says it, `now` what counted."""

    id: int
    at: datetime
    kind: str
    tally: Tally
    published: int | None
    delta: int | None
    now: int | None
    before: int | None
    before_date: date | None
    difference: int | None
    computed: int | None
    covers_days: int | None
    doubts: tuple[str, ...]
    suggestion: int | None
    provisional: bool
    note: str
    quote: str
    channel: str
    post: str


class Dossier(NamedTuple):
    """Everything about one alert; acknowledgements are (revision, who, when)."""

    alert: Alert
    revision: int
    at: datetime
    revised_at: datetime | None
    earlier: tuple[RevisionRow, ...]
    deliveries: tuple[DeliveryRow, ...]
    changes: tuple[ChangeRow, ...]
    acknowledged: tuple[tuple[int, str, datetime], ...]
    replies: tuple[int, ...]


def alerts(
    store: SqliteStore,
    *,
    severity: str | None = None,
    source: str | None = None,
    since: datetime | None = None,
    only_open: bool = False,
    limit: int = 50,
) -> list[AlertRow]:
    """Return alerts, the newest first; open are urgent ones nobody acknowledged and those not delivered everywhere."""
    from_moment = None if since is None else moment_text(since)
    asked = {"severity": severity, "source": source, "since": from_moment, "open": only_open, "limit": limit}
    return [AlertRow._make((*row[:2], moment(row[2]), *row[3:14], bool(row[14]))) for row in store.db.all(_LIST, asked)]


def dossier(store: SqliteStore, number: int) -> Dossier | None:
    """Return everything that is known about one alert."""
    row = store.db.one(_ONE, (number,))
    if row is None:
        return None
    alert, (revision, at, revised_at) = alert_of(row[:-3]), row[-3:]
    return Dossier(
        alert,
        revision,
        moment(at),
        to_moment(revised_at),
        tuple(_revision(one) for one in store.db.all(_REVISIONS, (number,))),
        tuple(_delivery(one) for one in store.db.all(_DELIVERIES, (number,))),
        tuple(change_of(one) for one in store.db.all(_CHANGES_OF_ALERT, (number,))),
        tuple((of, by, moment(when)) for of, by, when in store.db.all(_ACKNOWLEDGED, (number,))),
        tuple(reply for (reply,) in store.db.all(_REPLIES, (number,))),
    )


def change_of(row: Row) -> ChangeRow:
    """Return a change from the columns of `LAST_CHANGES`."""
    number, at, kind, *tally = row[:9]
    doubts, suggestion, provisional, note, quote, channel, post = row[17:]
    return ChangeRow._make(
        (
            number,
            moment(at),
            kind,
            Tally(*tally),
            *row[9:13],
            to_day(row[13]),
            *row[14:17],
            to_words(doubts),
            suggestion,
            bool(provisional),
            note,
            quote,
            channel or "",
            post or "",
        )
    )


def _revision(row: Row) -> RevisionRow:
    revision, at, headline, copy_text, lines = row
    return RevisionRow(revision, moment(at), headline, copy_text, lines_of(lines))


def _delivery(row: Row) -> DeliveryRow:
    not_before, queued_at, tried_at, done_at = row[7:11]
    moments = (moment(not_before), moment(queued_at), to_moment(tried_at), to_moment(done_at))
    return DeliveryRow._make((*row[:7], *moments, *row[11:]))
