"""How often one host may be asked, and how long it is left alone after it complained."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import final

from monitor.errors import RateLimited
from monitor.ports import Clock

FIRST_PAUSE = 30.0
LONGEST_PAUSE = 15 * 60.0
LONGEST_ASKED_PAUSE = 24 * 3600.0  # a server's wish beyond a day is taken for a mistake
_NEGLIGIBLE = 0.001  # seconds; less is rounding, and a wait of nothing would never end


@final
class Budget:
    """The politeness budget of one host, shared by everything that asks it.

    On average `per_second` requests go out. Turns that were not used are saved, up to one second's
    worth of `ceiling`, and are spent no faster than `ceiling` a second. `math.inf` for both means no
    limit (loopback). At most `in_flight` requests are under way. While the host is paused no request
    is sent at all: asking for a turn raises `RateLimited` with the seconds that are left.
    """

    def __init__(self, per_second: float, ceiling: float, in_flight: int, clock: Clock) -> None:
        self._per_second = per_second
        self._ceiling = max(per_second, ceiling)
        self._clock = clock
        self._line = asyncio.Lock()
        self._in_flight = asyncio.Semaphore(in_flight)
        self._saved = 1.0
        self._counted_at: datetime | None = None
        self._last_turn: datetime | None = None
        self._paused_at: datetime | None = None
        self._pause_seconds = 0.0
        self._pause_reason = ""
        self._strikes = 0

    @classmethod
    def unlimited(cls, clock: Clock, *, in_flight: int = 16) -> Budget:
        """Return a budget for a server of one's own (loopback); it still pauses when told to."""
        return cls(math.inf, math.inf, in_flight, clock)

    @property
    def pause_left(self) -> float:
        """Seconds for which the host is still left alone; 0 if it may be asked."""
        if self._paused_at is None:
            return 0.0
        now = self._clock.now()
        self._paused_at = min(self._paused_at, now)  # a clock set back must not lengthen the pause
        left = self._pause_seconds - (now - self._paused_at).total_seconds()
        return left if left > _NEGLIGIBLE else 0.0

    @property
    def pause_reason(self) -> str:
        """Why the host is left alone; empty if it is not."""
        return self._pause_reason if self.pause_left else ""

    def pause(self, asked: float | None, reason: str) -> float:
        """Leave the whole host alone and return for how many seconds.

        `asked` is what the server wants; without it the pauses double from 30 s to 15 min until it
        answers again. Complaints that arrive during a pause belong to the same strike.
        """
        left = self.pause_left
        if asked is None and left:
            return left
        if asked is None:
            asked = min(FIRST_PAUSE * 2**self._strikes, LONGEST_PAUSE)
            self._strikes = min(self._strikes + 1, 10)
        seconds = max(left, min(max(asked, 1.0), LONGEST_ASKED_PAUSE))
        self._paused_at, self._pause_seconds, self._pause_reason = self._clock.now(), seconds, reason
        return seconds

    def answered(self) -> None:
        """Note a proper answer: the next complaint starts from the shortest pause."""
        self._strikes = 0

    async def turn(self) -> None:
        """Wait for one request's turn, first come first served. Raises `RateLimited` during a pause."""
        async with self._line:
            self._refuse_during_pause()
            if math.isinf(self._per_second):
                return
            while (wait := self._wait()) > _NEGLIGIBLE:
                await self._clock.sleep(wait)
                self._refuse_during_pause()
            self._saved -= 1.0
            self._last_turn = self._clock.now()

    @asynccontextmanager
    async def request(self) -> AsyncIterator[None]:
        """Hold one of the places for requests under way, after waiting for a turn."""
        async with self._in_flight:
            await self.turn()
            yield

    def _refuse_during_pause(self) -> None:
        if left := self.pause_left:
            raise RateLimited(
                f"{self._pause_reason} Nothing is asked for another {left:.0f} s; it goes on by itself.", left
            )

    def _wait(self) -> float:
        now = self._clock.now()
        elapsed = 0.0 if self._counted_at is None else max(0.0, (now - self._counted_at).total_seconds())
        self._counted_at = now
        self._saved = min(max(1.0, self._ceiling), self._saved + elapsed * self._per_second)
        missing = (1.0 - self._saved) / self._per_second
        if self._last_turn is None:
            return missing
        self._last_turn = min(self._last_turn, now)
        return max(missing, 1.0 / self._ceiling - (now - self._last_turn).total_seconds())
