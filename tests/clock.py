"""A clock that moves only when it is told to."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta


class FixedClock:
    """Stands at one moment; sleeping moves it on at once, so that nothing ever waits."""

    def __init__(self, at: datetime = datetime(2022, 3, 2, 4, 12, tzinfo=UTC)) -> None:
        self.at = at
        self.slept: list[float] = []

    def now(self) -> datetime:
        return self.at

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.pass_by(seconds=seconds)
        await asyncio.sleep(0)

    def pass_by(self, **span: float) -> datetime:
        """Move on by `timedelta(**span)` and return the new moment."""
        self.at += timedelta(**span)
        return self.at
