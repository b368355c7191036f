"""When a route is asked: often inside its source's publication window, seldom outside it; and in which order."""

from __future__ import annotations

import asyncio
import itertools
import math
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import IntEnum

from apscheduler.triggers.base import BaseTrigger

from monitor.model import Source
from monitor.pipeline import Place
from monitor.settings import Pace, Reread


def in_window(source: Source, now: datetime) -> bool:
    """Say whether a source's tally may be expected now: from its window's opening to the end of its grace."""
    return source.window is not None and now <= source.window.last(now, source.time_zone)[1]


def stretched(hot: int, cold: int, pace: Pace, per_second: float) -> tuple[float, float]:
    """Return how many seconds lie between two readings of a hot and of a cold route on one host.

    `per_second` is what the host may be asked. Where that is not enough for all, the hot ones share
    it evenly and the cold ones get what is left (infinite seconds: nothing is).
    """
    hot_seconds = max(pace.hot_seconds, hot / per_second)
    left = per_second - hot / hot_seconds
    if not cold:
        return hot_seconds, pace.cold_seconds
    return hot_seconds, max(pace.cold_seconds, cold / left if left > 0 else math.inf)


def due_rereads(
    posts: Iterable[tuple[str, datetime, datetime]], plan: Sequence[Reread], now: datetime
) -> tuple[str, ...]:
    """Return the tally posts to read again now: (id, published_at, last read) by the youngest age that fits."""
    due = []
    for post, published, last_read in posts:
        age = now - published
        steps = [step for step in plan if age <= timedelta(hours=step.until_hours)]
        if steps and now - last_read >= timedelta(minutes=min(steps, key=lambda step: step.until_hours).every_minutes):
            due.append(post)
    return tuple(due)


class PaceTrigger(BaseTrigger):  # type: ignore[misc]
    """Fires every `hot_seconds` inside the window and every `cold_seconds` outside it, with jitter."""

    def __init__(self, source: Source, pace: Pace) -> None:
        self._source = source
        self._pace = pace

    def get_next_fire_time(self, previous: datetime | None, now: datetime) -> datetime:
        """Return the next moment (UTC) at which the route is due; a window that opens before then is not missed."""
        pace, window, last = self._pace, self._source.window, (previous or now).astimezone(UTC)
        jitter = timedelta(seconds=random.uniform(0, pace.jitter_seconds))  # noqa: S311  # spreads requests; no secret
        if in_window(self._source, now):
            return last + timedelta(seconds=pace.hot_seconds) + jitter
        due = last + timedelta(seconds=pace.cold_seconds)
        opens = window.last(due, self._source.time_zone)[0] if window is not None else last
        return (opens if opens > last else due) + jitter


class Priority(IntEnum):
    HOT = 0
    COLD = 1
    AGAIN = 2  # posts read again, to see whether they were edited


@dataclass(frozen=True, slots=True)
class Turn:
    """One thing to ask of a host: what is new on a channel, or single posts again."""

    place: Place
    priority: Priority
    ids: tuple[str, ...] = ()


class Line:
    """The turns that wait for one host: hot before cold before posts read again, else first come first served.

    A channel waits once; if it becomes due with a better priority, it moves up.
    """

    def __init__(self) -> None:
        self._queue: asyncio.PriorityQueue[tuple[Priority, int, Turn]] = asyncio.PriorityQueue()
        self._waiting: dict[tuple[str, str, bool], tuple[Priority, int]] = {}
        self._numbers = itertools.count()

    def put(self, turn: Turn) -> None:
        """Let a turn wait, unless it does already with no worse a priority. Call it from the event loop."""
        standing = self._waiting.get(_key(turn))
        if standing is None or turn.priority < standing[0]:
            place = (turn.priority, next(self._numbers))
            self._waiting[_key(turn)] = place
            self._queue.put_nowait((*place, turn))

    async def take(self) -> Turn:
        """Wait for a turn and return the one that is next."""
        while True:
            priority, number, turn = await self._queue.get()
            if self._waiting.get(_key(turn)) == (priority, number):  # else it moved up and was taken there
                del self._waiting[_key(turn)]
                return turn


def _key(turn: Turn) -> tuple[str, str, bool]:
    return turn.place.channel.key, turn.place.route, bool(turn.ids)


__all__ = ["Line", "PaceTrigger", "Priority", "Turn", "due_rereads", "in_window", "stretched"]
