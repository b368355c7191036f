"""Where we are: cursors, checkpoints, the state of channels, open silences, conflicts that wait to be settled."""

from __future__ import annotations

from dataclasses import fields as fields_of
from datetime import datetime

from monitor.model import Tally
from monitor.ports import ChannelState, PendingConflict, Silence, SilenceKind
from monitor.store.connection import Connection
from monitor.store.values import Row, moment, moment_text, to_moment

CHANNEL_FIELDS = tuple(field.name for field in fields_of(ChannelState))

_CHANNEL = f"SELECT {', '.join(CHANNEL_FIELDS)} FROM channels WHERE key = ?"  # noqa: S608
_SWITCHED_ON = "SELECT key, source FROM channels WHERE switched_on_at IS NOT NULL ORDER BY key"
_SAVE_CURSOR = """
    INSERT INTO routes (channel, route, cursor) VALUES (?, ?, ?)
    ON CONFLICT DO UPDATE SET cursor = excluded.cursor"""
_SAVE_CHECKPOINT = """
    INSERT INTO checkpoints (run, cursor) VALUES (?, ?)
    ON CONFLICT DO UPDATE SET cursor = excluded.cursor"""
_OPEN_SILENCE = "INSERT INTO silences (source, kind, opened_at, alert, detail) VALUES (?, ?, ?, ?, ?)"
_AGE_SILENCE = "UPDATE silences SET told_age_hours = ? WHERE id = ?"
_CLOSE_SILENCE = "UPDATE silences SET closed_at = ? WHERE id = ?"
_SILENCES = """
    SELECT id, source, kind, opened_at, alert, detail, told_age_hours FROM silences
    WHERE closed_at IS NULL AND (?1 IS NULL OR source = ?1) ORDER BY id"""
_ADD_CONFLICT = """
    INSERT INTO pending_conflicts (claimant, subject, category, scope, place, window, order_date,
                                   first_channel, first_post, second_channel, second_post, due_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"""
_DUE_CONFLICTS = """
    SELECT id, claimant, subject, category, scope, place, window, order_date,
           first_channel, first_post, second_channel, second_post, due_at
    FROM pending_conflicts WHERE closed_at IS NULL AND due_at <= ? ORDER BY due_at, id"""
_CLOSE_CONFLICT = "UPDATE pending_conflicts SET closed_at = ?, outcome = ? WHERE id = ?"


class Whereabouts:
    def __init__(self, db: Connection) -> None:
        self.db = db

    def save_cursor(self, channel: str, route: str, cursor: str) -> None:
        self.db.run(_SAVE_CURSOR, (channel, route, cursor))

    def save_checkpoint(self, run: str, cursor: str) -> None:
        self.db.run(_SAVE_CHECKPOINT, (run, cursor))

    def channel_state(self, channel: str) -> ChannelState:
        row = self.db.one(_CHANNEL, (channel,))
        return channel_state_of(row or (channel, None, 0, None, None, None, None, None, 0, "", None))

    def switched_on(self) -> list[tuple[str, str]]:
        """Return (channel, source) of every channel that counts as watched."""
        return [(key, source) for key, source in self.db.all(_SWITCHED_ON)]

    def update_channel(self, channel: str, source: str, **fields: object) -> None:
        """Set fields of `ChannelState`. Raises TypeError for a name that it does not have."""
        unknown = fields.keys() - set(CHANNEL_FIELDS[1:])
        if unknown:
            raise TypeError(f"a channel's state has no {', '.join(sorted(unknown))}")
        names = ["source", *fields]
        marks = ", ".join("?" for _ in names)
        updates = ", ".join(f"{name} = excluded.{name}" for name in names)
        values = [moment_text(value) if isinstance(value, datetime) else value for value in fields.values()]
        self.db.run(
            f"INSERT INTO channels (key, {', '.join(names)}) VALUES (?, {marks}) ON CONFLICT DO UPDATE SET {updates}",  # noqa: S608
            (channel, source, *values),
        )

    def open_silence(self, source: str, kind: SilenceKind, at: datetime, alert: int, detail: str) -> None:
        """Open a silence. A source has at most one open silence of a kind: look with `silences` first."""
        self.db.run(_OPEN_SILENCE, (source, kind, moment_text(at), alert, detail))

    def age_silence(self, silence: int, told_age_hours: int) -> None:
        self.db.run(_AGE_SILENCE, (told_age_hours, silence))

    def close_silence(self, silence: int, at: datetime) -> None:
        self.db.run(_CLOSE_SILENCE, (moment_text(at), silence))

    def silences(self, source: str | None = None) -> list[Silence]:
        return open_silences(self.db, source)

    def add_conflict(
        self, tally: Tally, order_date: str, first: tuple[str, str], second: tuple[str, str], due_at: datetime
    ) -> None:
        """Note that two posts differ; noted again, the first moment stays."""
        self.db.run(_ADD_CONFLICT, (*tally, order_date, *first, *second, moment_text(due_at)))

    def due_conflicts(self, now: datetime) -> list[PendingConflict]:
        return [_conflict(row) for row in self.db.all(_DUE_CONFLICTS, (moment_text(now),))]

    def close_conflict(self, conflict: int, outcome: str, at: datetime) -> None:
        self.db.run(_CLOSE_CONFLICT, (moment_text(at), outcome, conflict))


def open_silences(db: Connection, source: str | None) -> list[Silence]:
    return [
        Silence(number, of, kind, moment(opened_at), alert, detail, hours)
        for number, of, kind, opened_at, alert, detail, hours in db.all(_SILENCES, (source,))
    ]


def channel_state_of(row: Row) -> ChannelState:
    """Return a channel's state from the columns of `CHANNEL_FIELDS`."""
    key, switched_on, announced, ok, post, tally, image, failing, failures, error, retry = row
    return ChannelState(
        key,
        to_moment(switched_on),
        announced=bool(announced),
        last_ok_at=to_moment(ok),
        last_post_at=to_moment(post),
        last_tally_at=to_moment(tally),
        last_image_at=to_moment(image),
        failing_since=to_moment(failing),
        failures=failures,
        last_error=error,
        retry_at=to_moment(retry),
    )


def _conflict(row: Row) -> PendingConflict:
    number, *tally, order_date, channel, post, other_channel, other_post, due_at = row
    return PendingConflict(
        number, Tally(*tally), order_date, (channel, post), (other_channel, other_post), moment(due_at)
    )
