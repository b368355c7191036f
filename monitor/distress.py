"""What goes wrong with the daemon itself, and is told past the outbox because that may be what fails."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import structlog

from monitor import render
from monitor.errors import StoreFull
from monitor.ports import Clock, Sender, Sent
from monitor.settings import Settings

LOOK_AGAIN = 10.0  # seconds between two looks whether there is room again
ROOM = 1 << 20  # bytes that have to fit
TELL_AGAIN = timedelta(hours=1)

_log = structlog.get_logger(__name__)


class Distress:
    """Knows whether the disk is full, and tells every destination of ops alerts directly."""

    def __init__(self, settings: Settings, senders: Mapping[str, Sender], clock: Clock) -> None:
        self.full = False
        self._state = settings.state
        self._senders = [senders[name] for name in sorted({name for desk in settings.desks for name in desk.ops})]
        self._clock = clock
        self._told: dict[str, datetime] = {}  # title → when it may be told again

    async def disk_full(self, error: StoreFull) -> None:
        """Note that nothing can be stored, and say so once."""
        if self.full:
            return
        self.full = True
        _log.error("the disk is full", detail=str(error))
        then = "Nothing is read until there is room; then it goes on by itself where it stopped."
        await self.tell("The disk is full: monitor cannot see", (str(error), then))

    async def until_room(self) -> None:
        """Return at once, or when there is room again."""
        while self.full:
            await self._clock.sleep(LOOK_AGAIN)
            if self.full and self._has_room():
                self.full = False
                _log.info("there is room again")

    def _has_room(self) -> bool:
        """Try it out with a file: a quota does not show, and a database may still fit a little into itself."""
        trial = self._state / f".room.{os.getpid()}"
        try:
            trial.write_bytes(bytes(ROOM))
        except OSError:
            return False
        finally:
            trial.unlink(missing_ok=True)
        return True

    async def tell(self, title: str, lines: Sequence[str]) -> None:
        """Send an ops alert that is kept nowhere; the same one at most once an hour."""
        now = self._clock.now()
        if now < self._told.get(title, now):
            return
        self._told[title] = now + TELL_AGAIN
        alert = render.ops("", title, lines)
        for sender in self._senders:
            outcome = await sender.send(alert, key="", reply_to=None, silent=False)
            if not isinstance(outcome, Sent):
                _log.error("that could not be told", what=title, outcome=str(outcome))
