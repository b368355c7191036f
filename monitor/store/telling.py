"""Changes as they were found, alerts with their revisions, and the deliveries that an alert asks for."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import datetime

from monitor.model import Alert, Change, Figure, Line, Severity, Span, Style
from monitor.ports import DeliveryKind
from monitor.store.connection import Connection
from monitor.store.values import Row, day_or_none, moment, moment_or_none, moment_text, storable, to_moment, words

_SEVERITIES = {severity.value: severity for severity in Severity}
_STYLES = {style.value: style for style in Style}

_ADD_CHANGE = """
    INSERT INTO changes (post, alert, at, kind, claimant, subject, category, scope, place, window,
      published, delta, quote, now_value, now_upper, now_qualifier, now_date, now_channel, now_post,
      before_value, before_upper, before_qualifier, before_date, before_channel, before_post,
      difference, computed, covers_days, doubts, suggestion, provisional, note)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""
_ADD_ALERT = """
    INSERT INTO alerts (revision, at, severity, reason, source, channel, post, posted_at, reply_to, link,
                        headline, copy_text, lines)
    VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""
_ROOT_OF_POST = "UPDATE posts SET alert = ? WHERE channel = ? AND post = ? AND alert IS NULL"
_ROOT_OF_CHANGES = """
    UPDATE posts SET alert = (SELECT number FROM alerts WHERE number = ? AND severity <> 'ops')
    WHERE id = ? AND alert IS NULL"""
_KEEP_REVISION = """
    INSERT INTO alert_revisions (alert, revision, at, headline, copy_text, lines)
    SELECT number, revision, coalesce(revised_at, at), headline, copy_text, lines FROM alerts WHERE number = ?"""
_REVISE = """
    UPDATE alerts SET revision = revision + 1, revised_at = ?, headline = ?, copy_text = ?, lines = ?, link = ?
    WHERE number = ? RETURNING revision"""
ALERT = "number, severity, reason, source, lines, copy_text, link, channel, post, reply_to, posted_at"
_ALERT = f"SELECT {ALERT} FROM alerts WHERE number = ?"  # noqa: S608
_RAISED_AT = "SELECT at FROM alerts WHERE number = ?"

_QUEUE = """
    INSERT INTO deliveries (alert, kind, revision, destination, thread, severity, key, not_before, queued_at)
    SELECT number, ?, ?, ?, ?, severity, ?, ?, ? FROM alerts WHERE number = ?
    ON CONFLICT (key) DO NOTHING"""
_HAS_ROOT = "SELECT destination FROM deliveries WHERE alert = ? AND kind = 'root'"
_STATES = "SELECT DISTINCT state FROM deliveries WHERE alert = ? AND kind = 'root'"
_CAN_BE_EDITED = """
    SELECT destination FROM deliveries
    WHERE alert = ? AND kind <> 'edit' AND state IN ('sending', 'sent', 'unknown')"""
_COALESCE = """
    UPDATE OR IGNORE deliveries SET revision = ?, key = ?
    WHERE alert = ? AND kind = 'edit' AND destination = ? AND state = 'pending'"""


class Telling:
    def __init__(self, db: Connection) -> None:
        self.db = db

    def add_changes(self, post_row: int | None, changes: Sequence[Change], alert: int | None, at: datetime) -> None:
        """Log what was found. If it is the first alert that told of this post, it is the post's alert from now on."""
        if changes:
            found_at = moment_text(at)
            self.db.many(_ADD_CHANGE, [(post_row, alert, found_at, *_change_row(change)) for change in changes])
        if alert is not None and post_row is not None:
            self.db.run(_ROOT_OF_CHANGES, (alert, post_row))

    def add_alert(self, alert: Alert, at: datetime) -> int:
        """Store a new alert, as its revision 1, and return its number.

        It becomes the root of its post, if it names one and is neither a reply nor an ops alert.
        """
        number = self.db.insert(
            _ADD_ALERT,
            (
                moment_text(at),
                alert.severity.value,
                alert.reason,
                alert.source,
                alert.channel,
                alert.post,
                moment_or_none(alert.posted_at),
                alert.reply_to,
                alert.link,
                *_text_of(alert),
            ),
        )
        if alert.post and alert.reply_to is None and alert.severity is not Severity.OPS:
            self.db.run(_ROOT_OF_POST, (number, alert.channel, alert.post))
        return number

    def revise_alert(self, number: int, alert: Alert, at: datetime) -> int:
        """Replace an alert's text; the old one stays as an earlier revision. Return the new revision.

        Raises KeyError if there is no such alert.
        """
        self.db.run(_KEEP_REVISION, (number,))
        row = self.db.one(_REVISE, (moment_text(at), *_text_of(alert), alert.link, number))
        if row is None:
            raise KeyError(number)
        return int(row[0])

    def alert(self, number: int) -> Alert | None:
        row = self.db.one(_ALERT, (number,))
        return None if row is None else alert_of(row)

    def is_waiting(self, number: int) -> bool:
        """Say whether an alert is queued and has not gone out anywhere yet."""
        return {row[0] for row in self.db.all(_STATES, (number,))} == {"pending"}

    def queued_at(self, number: int) -> frozenset[str]:
        """Return the destinations at which an alert opens a thread."""
        return frozenset(row[0] for row in self.db.all(_HAS_ROOT, (number,)))

    def alert_at(self, number: int) -> datetime:
        """Return when an alert was raised. Raises KeyError if there is no such alert."""
        row = self.db.one(_RAISED_AT, (number,))
        if row is None:
            raise KeyError(number)
        return moment(row[0])

    def enqueue(
        self, number: int, kind: DeliveryKind, revision: int, destinations: Iterable[str], thread: int, at: datetime
    ) -> None:
        """Queue one delivery a destination, due from `at` on; queued twice, it is queued once.

        A reply goes only where the thread's root was queued. An edit goes only where the message went
        or may have gone; one that still waits simply carries the newest text when it is sent. An edit
        that still waits takes over the newer revision.
        """
        due_at = moment_text(at)
        for destination in self._reachable(number, kind, destinations, thread):
            key = delivery_key(number, kind, revision, destination)
            if kind == "edit" and self.db.run(_COALESCE, (revision, key, number, destination)).rowcount:
                continue
            self.db.run(_QUEUE, (kind, revision, destination, thread, key, due_at, due_at, number))

    def _reachable(self, number: int, kind: DeliveryKind, destinations: Iterable[str], thread: int) -> list[str]:
        wanted = list(dict.fromkeys(destinations))
        if kind == "root":
            return wanted
        rows = self.db.all(_HAS_ROOT, (thread,)) if kind == "reply" else self.db.all(_CAN_BE_EDITED, (number,))
        standing = {row[0] for row in rows}
        return [destination for destination in wanted if destination in standing]


def delivery_key(alert: int, kind: DeliveryKind, revision: int, destination: str) -> str:
    """Return the idempotency key of one delivery: 64 hexadecimal digits."""
    return hashlib.sha256(f"{alert}|{kind}|{revision}|{destination}".encode()).hexdigest()


def lines_text(lines: Sequence[Line]) -> str:
    """Return an alert's lines as JSON: [[kind, [[text, style, href], …]], …]."""
    listed = [[line.kind, [[span.text, span.style.value, span.href] for span in line.spans]] for line in lines]
    return storable(json.dumps(listed, ensure_ascii=False))


def lines_of(text: str) -> tuple[Line, ...]:
    return tuple(
        Line(kind, tuple(Span(words_, _STYLES[style], href) for words_, style, href in spans))
        for kind, spans in json.loads(text)
    )


def alert_of(row: Row) -> Alert:
    """Return an alert from the columns of `ALERT`."""
    number, severity, reason, source, lines, copy_text, link, channel, post, reply_to, posted_at = row
    return Alert(
        _SEVERITIES[severity],
        reason,
        source,
        lines_of(lines),
        copy_text,
        link,
        channel,
        post,
        number,
        reply_to,
        to_moment(posted_at),
    )


def _text_of(alert: Alert) -> tuple[str, str, str]:
    return storable(alert.headline), storable(alert.copy_text), lines_text(alert.lines)


def _change_row(change: Change) -> Row:
    claim = change.claim
    return (
        change.kind.value,
        *change.tally,
        None if claim is None else claim.value,
        None if claim is None else claim.delta,
        "" if claim is None else storable(claim.quote),
        *_figure_row(change.now),
        *_figure_row(change.before),
        change.difference,
        change.computed,
        change.covers_days,
        words(doubt.value for doubt in change.doubts),
        change.suggestion,
        int(change.provisional),
        storable(change.note),
    )


def _figure_row(figure: Figure | None) -> Row:
    if figure is None:
        return (None, None, None, None, None, None)
    day = day_or_none(figure.order_date)
    return (figure.value, figure.upper, figure.qualifier.value, day, figure.channel, figure.post)
