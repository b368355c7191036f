"""The outbox worker: takes what is due, lets the services send it, writes down what came of it.

The senders say whether, the outbox decides when. "Sent" is written after the service accepted, so
that a crash may repeat a message (marked as such, where the service has no key) and never loses one.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime

import structlog

from monitor.ports import Clock, Delivery, Sender
from monitor.send._courier import Courier
from monitor.send._patience import Call, PatientCall

_POLL = 5.0  # seconds between two looks for what other processes have queued
_SHORTEST_REST = 0.5  # seconds; what is due may have to wait for its root, and nothing would tell us
_GRACE = 3.0  # seconds that the messages in hand get when the program stops

_log = structlog.get_logger(__name__)


class Outbox:
    """Works off all destinations at the same time, each one message by one.

    Only who holds the daemon's lock may run an outbox: on its first pass it takes what is marked as
    being sent for the remains of a crash. `silent` says whether a delivery makes no sound at a moment.
    `on_dead` tells the desk elsewhere: it is awaited for each message that is given up, and once when
    a destination begins to refuse everything (its queue is kept and tried again). `on_note` passes on
    what a sender says with an accepted message.
    """

    def __init__(
        self,
        call: Call,
        senders: Mapping[str, Sender],
        clock: Clock,
        *,
        silent: Callable[[Delivery, datetime], bool],
        on_dead: Callable[[Delivery, str], Awaitable[None]],
        on_note: Callable[[Delivery, str], Awaitable[None]],
        chance: random.Random,
        grace: float = _GRACE,
    ) -> None:
        self._call = PatientCall(call, clock)
        self._courier = Courier(
            self._call, senders, clock, silent=silent, on_dead=on_dead, on_note=on_note, chance=chance
        )
        self._clock = clock
        self._grace = grace
        self._woken = asyncio.Event()
        self._in_hand: dict[str, asyncio.Task[None]] = {}
        self._recovered = False

    def wake(self) -> None:
        """Say, from the event loop, that something was queued."""
        self._woken.set()

    async def run_once(self) -> bool:
        """Send all that is due now; return whether there was anything. Raises StoreError."""
        anything = False
        try:
            while await self._take():
                anything = True
                await asyncio.wait(list(self._in_hand.values()), return_when=asyncio.FIRST_COMPLETED)
        finally:
            await self._let_go()
        return anything

    async def drain(self, stop: asyncio.Event) -> None:
        """Send what is due and what becomes due, until `stop` is set. Raises StoreError.

        Stopping begins no further message and gives those in hand a few seconds; one that is cut off
        is treated like one in a crash: it is sent again at the next start.
        """
        stopping = asyncio.create_task(self._wake_after(stop))
        try:
            while not stop.is_set():
                self._woken.clear()
                await self._take()
                await self._rest()
        finally:
            stopping.cancel()
            await self._let_go()

    async def _take(self) -> bool:
        """Begin what is due at destinations that are free; return whether anything is in hand."""
        self._reap()
        if not self._recovered:
            if count := await self._call(lambda store: store.recover_outbox()):
                _log.warning("the last run ended while sending: these go out again", messages=count)
            self._recovered = True
        busy = tuple(self._in_hand)
        now = self._clock.now()
        for delivery in await self._call(lambda store: store.next_deliveries(now, busy)):
            task = asyncio.create_task(self._courier.deliver(delivery))
            task.add_done_callback(lambda _: self._woken.set())
            self._in_hand[delivery.destination] = task
        return bool(self._in_hand)

    def _reap(self) -> None:
        """Free the destinations whose message is done; raise what a task could not deal with."""
        for destination, task in list(self._in_hand.items()):
            if task.done():
                del self._in_hand[destination]
                task.result()

    async def _rest(self) -> None:
        """Wait for the next thing to do: woken, or a delivery's time, or a look at what others queued."""
        due = await self._call(lambda store: store.next_due_at())
        seconds = _POLL if due is None else (due - self._clock.now()).total_seconds()
        waits = (
            asyncio.create_task(self._clock.sleep(min(max(seconds, _SHORTEST_REST), _POLL))),
            asyncio.create_task(self._woken.wait()),
        )
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()

    async def _wake_after(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self._woken.set()

    async def _let_go(self) -> None:
        """Give what is in hand a last moment, then cut it off."""
        tasks = list(self._in_hand.values())
        self._in_hand.clear()
        if not tasks:
            return
        _, unfinished = await asyncio.wait(tasks, timeout=self._grace)
        for task in unfinished:
            task.cancel()
        for result in await asyncio.gather(*tasks, return_exceptions=True):
            if isinstance(result, Exception):
                _log.error("a message's fate could not be written down", error=str(result))
        if unfinished:
            _log.warning("stopped while sending: these go out again at the next start", messages=len(unfinished))
