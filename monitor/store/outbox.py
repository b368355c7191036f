"""The outbox: which delivery goes next, and what became of it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Literal

from monitor.model import Severity
from monitor.ports import Delivery
from monitor.store.connection import Connection
from monitor.store.telling import ALERT, alert_of
from monitor.store.values import Row, moment, moment_text

_HEADS = """
    WITH waiting AS (
      SELECT id, destination, thread, state, not_before, severity,
             row_number() OVER (PARTITION BY destination, thread ORDER BY id) AS place
      FROM deliveries WHERE state IN ('pending', 'sending', 'unknown')
    ), heads AS (
      SELECT * FROM waiting WHERE place = 1 AND state <> 'sending'
    )"""
_NEXT = f"""{_HEADS}, ready AS (
      SELECT id, row_number() OVER (PARTITION BY destination ORDER BY severity <> 'urgent', id) AS turn
      FROM heads
      WHERE not_before <= :now
        AND destination NOT IN (SELECT value FROM json_each(:busy))
        AND destination NOT IN (SELECT name FROM destinations WHERE paused_until > :now)
    )
    SELECT d.id, d.kind, a.revision, d.destination, d.thread, d.severity, d.key, d.state, d.attempts,
           CASE d.kind WHEN 'edit' THEN message.remote_id ELSE d.remote_id END, root.remote_id, root.state,
           {", ".join(f"a.{name}" for name in ALERT.split(", "))}
    FROM ready
    JOIN deliveries d ON d.id = ready.id
    JOIN alerts a ON a.number = d.alert
    LEFT JOIN deliveries root ON root.alert = d.thread AND root.destination = d.destination AND root.kind = 'root'
    LEFT JOIN deliveries message
      ON message.alert = d.alert AND message.destination = d.destination AND message.kind <> 'edit'
    WHERE ready.turn = 1
    ORDER BY d.severity <> 'urgent', d.id"""  # noqa: S608
_NEXT_DUE = f"""{_HEADS}
    SELECT min(max(not_before, coalesce((SELECT paused_until FROM destinations WHERE name = destination), '')))
    FROM heads"""  # noqa: S608
_RECOVER = """
    UPDATE deliveries SET state = 'unknown', reason = 'stopped before the service had answered'
    WHERE state = 'sending'"""
_SENDING = """
    UPDATE deliveries SET state = 'sending', attempts = attempts + 1, tried_at = ?, carried = coalesce(?, revision)
    WHERE id = ?"""
_SENT = """
    UPDATE deliveries SET state = 'sent', remote_id = ?, done_at = ?, reason = ''
    WHERE id = ? RETURNING alert, destination, coalesce(carried, revision)"""
_CARRIED = """
    UPDATE deliveries SET state = 'sent', done_at = ?, reason = 'the message carried this text already'
    WHERE alert = ? AND destination = ? AND kind = 'edit' AND state = 'pending' AND revision <= ?"""
_RETRY = "UPDATE deliveries SET state = ?, not_before = ?, reason = ? WHERE id = ?"
_DEAD = "UPDATE deliveries SET state = 'dead', done_at = ?, reason = ? WHERE id = ?"
_PAUSE = """
    INSERT INTO destinations (name, paused_until, reason) VALUES (?, ?, ?)
    ON CONFLICT DO UPDATE SET paused_until = excluded.paused_until, reason = excluded.reason"""
_RETRY_DEAD = """
    UPDATE deliveries SET state = 'pending', attempts = 0, not_before = queued_at, done_at = NULL
    WHERE alert = ? AND state = 'dead'"""
_DROP = "UPDATE deliveries SET state = 'dropped' WHERE alert = ? AND state IN ('pending', 'unknown', 'dead')"
_COUNTS = "SELECT destination, state, count(*) FROM deliveries GROUP BY destination, state ORDER BY destination"


class Outbox:
    def __init__(self, db: Connection) -> None:
        self.db = db
        self._handed_out: dict[int, int] = {}  # delivery → the revision whose text the worker was given

    def recover_outbox(self) -> int:
        """After a crash: what was being sent becomes `unknown`; return how many."""
        return self.db.run(_RECOVER).rowcount

    def next_deliveries(self, now: datetime, busy: Iterable[str] = ()) -> list[Delivery]:
        """Return at most one due delivery a destination, leaving out those in `busy`.

        First in, first out within (destination, thread): while a message is pending, sending or unknown,
        what follows it in its thread waits. Between threads urgent first, then oldest. A paused
        destination has none. `alert` and `revision` are those of the newest text. For an edit,
        `remote_id` is that of the message to be edited.
        """
        rows = self.db.all(_NEXT, {"now": moment_text(now), "busy": json.dumps(list(busy))})
        deliveries = [_delivery(row) for row in rows]
        self._handed_out.update({delivery.id: delivery.revision for delivery in deliveries})
        return deliveries

    def next_due_at(self) -> datetime | None:
        """Return when the next delivery is due (it may be past), pauses counted in; None if none waits."""
        due = self.db.all(_NEXT_DUE)[0][0]
        return None if due is None else moment(due)

    def mark_sending(self, delivery: int, at: datetime) -> None:
        self.db.run(_SENDING, (moment_text(at), self._handed_out.pop(delivery, None), delivery))

    def mark_sent(self, delivery: int, remote_id: str, at: datetime) -> None:
        """Note that the service accepted. Edits that wait with no newer text than it got are done with it."""
        done = moment_text(at)
        with self.db.atomic():
            for alert, destination, revision in self.db.all(_SENT, (remote_id, done, delivery)):
                self.db.run(_CARRIED, (done, alert, destination, revision))

    def mark_retry(
        self, delivery: int, not_before: datetime, reason: str, *, state: Literal["pending", "unknown"]
    ) -> None:
        self.db.run(_RETRY, (state, moment_text(not_before), reason, delivery))

    def mark_dead(self, delivery: int, reason: str, at: datetime) -> None:
        self.db.run(_DEAD, (moment_text(at), reason, delivery))

    def pause_destination(self, destination: str, until: datetime, reason: str) -> None:
        self.db.run(_PAUSE, (destination, moment_text(until), reason))

    def retry_dead(self, alert: int) -> int:
        """Queue an alert's dead deliveries again; return how many."""
        return self.db.run(_RETRY_DEAD, (alert,)).rowcount

    def drop_deliveries(self, alert: int) -> int:
        """Give up what of an alert was not sent; return how many. What is being sent right now is left."""
        return self.db.run(_DROP, (alert,)).rowcount

    def outbox_counts(self) -> dict[str, dict[str, int]]:
        """Return destination → state → how many."""
        counts: dict[str, dict[str, int]] = {}
        for destination, state, count in self.db.all(_COUNTS):
            counts.setdefault(destination, {})[state] = count
        return counts


def _delivery(row: Row) -> Delivery:
    number, kind, revision, destination, thread, severity, key, state, attempts, remote, root, root_state = row[:12]
    return Delivery(
        number,
        alert_of(row[12:]),
        kind,
        revision,
        destination,
        thread,
        Severity(severity),
        key,
        state,
        attempts,
        remote,
        root,
        root_state,
    )
