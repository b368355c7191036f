"""How things stand: channels, silences, the outbox, the last changes, the last runs."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from monitor.ports import ChannelState, Silence
from monitor.store.queries.alerts import LAST_CHANGES, ChangeRow, change_of
from monitor.store.sqlite import SqliteStore
from monitor.store.values import moment, moment_text, to_moment
from monitor.store.whereabouts import CHANNEL_FIELDS, channel_state_of, open_silences

_CHANNELS = f"""
    SELECT source, (SELECT count(*) FROM posts p WHERE p.channel = c.key), {", ".join(CHANNEL_FIELDS)}
    FROM channels c ORDER BY source, key"""  # noqa: S608
_PAUSES = "SELECT name, paused_until, reason FROM destinations WHERE paused_until > ? ORDER BY name"
_RUNS = "SELECT id, kind, started_at, ended_at, detail FROM runs ORDER BY id DESC LIMIT ?"
_CONFLICTS = "SELECT count(*) FROM pending_conflicts WHERE closed_at IS NULL"


class ChannelRow(NamedTuple):
    source: str
    posts: int
    state: ChannelState


class PauseRow(NamedTuple):
    destination: str
    until: datetime
    reason: str


class RunRow(NamedTuple):
    """A run; `ended_at` is None while it goes on, and for good if it was killed."""

    id: int
    kind: str
    started_at: datetime
    ended_at: datetime | None
    detail: str


class State(NamedTuple):
    """What `status` shows; the outbox is destination → state → how many."""

    channels: tuple[ChannelRow, ...]
    silences: tuple[Silence, ...]
    outbox: dict[str, dict[str, int]]
    next_due_at: datetime | None
    pauses: tuple[PauseRow, ...]
    conflicts: int
    changes: tuple[ChangeRow, ...]
    runs: tuple[RunRow, ...]


def state(store: SqliteStore, now: datetime, *, changes: int = 10, runs: int = 5) -> State:
    """Return how things stand now, with the last so many changes and runs, the newest first."""
    db = store.db
    return State(
        tuple(ChannelRow(row[0], row[1], channel_state_of(row[2:])) for row in db.all(_CHANNELS)),
        tuple(open_silences(db, None)),
        store.outbox_counts(),
        store.next_due_at(),
        tuple(PauseRow(name, moment(until), why) for name, until, why in db.all(_PAUSES, (moment_text(now),))),
        db.all(_CONFLICTS)[0][0],
        tuple(change_of(row) for row in db.all(LAST_CHANGES, (changes,))),
        tuple(
            RunRow(number, kind, moment(began), to_moment(ended), detail)
            for number, kind, began, ended, detail in db.all(_RUNS, (runs,))
        ),
    )
