"""The store as the outbox calls it: on the thread that owns it, and again when it is busy."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar

import structlog

from monitor.errors import StoreBusy, StoreFull
from monitor.ports import Clock, Store

T = TypeVar("T")

_TRIES = 30  # one a second

_log = structlog.get_logger(__name__)


class Call(Protocol):
    """Runs a function with the store, on the one thread that owns it."""

    def __call__(self, work: Callable[[Store], T], /) -> Awaitable[T]: ...


class PatientCall:
    """Waits half a minute for a store that is busy or full: the fate of a message hangs on it. Raises StoreError."""

    def __init__(self, call: Call, clock: Clock) -> None:
        self._call = call
        self._clock = clock

    async def __call__(self, work: Callable[[Store], T], /) -> T:
        for _ in range(_TRIES - 1):
            try:
                return await self._call(work)
            except (StoreBusy, StoreFull) as error:
                _log.warning("the outbox cannot be written, trying again", error=str(error))
                await self._clock.sleep(1)
        return await self._call(work)
