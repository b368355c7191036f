"""One message to one destination: send it, and write down what became of it and what follows."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal

import structlog

from monitor.model import Alert, Line, Span, alert_name
from monitor.ports import Clock, Delivery, Outcome, Rejected, Retry, Sender, Sent, Store, Unknown
from monitor.send._patience import Call

TRIES = 12  # then a message is dead, until a person says "retry"; what a service asks us to wait is not counted
UNKNOWN_TRIES = 4  # the same for one whose fate is unknown, since each try may put it into the chat once more
_LONGEST_BACKOFF = 300.0  # seconds
_DUPLICATE = "Possible duplicate: the chat did not confirm the first copy."

_log = structlog.get_logger(__name__)


class Courier:
    """Knows all destinations, and which of them refuse everything."""

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
    ) -> None:
        self._call = call
        self._senders = senders
        self._clock = clock
        self._silent = silent
        self._on_dead = on_dead
        self._on_note = on_note
        self._chance = chance
        self._closed: set[str] = set()

    async def deliver(self, delivery: Delivery) -> None:
        """Send one message that is due. Raises StoreError where its fate cannot be written down."""
        sender = self._senders.get(delivery.destination)
        if sender is None:
            first = delivery.destination not in self._closed
            await self._bury(delivery, "the settings name no such destination", tell=first)
            self._closed.add(delivery.destination)
            return
        if delivery.kind == "edit" and not (sender.capabilities.edit and delivery.remote_id):
            await self._bury(delivery, "there is no message that could be edited", tell=False)
            return
        now = self._clock.now()
        await self._call(lambda store: store.mark_sending(delivery.id, now))
        await self._record(delivery, sender, await self._send(delivery, sender))

    async def _send(self, delivery: Delivery, sender: Sender) -> Outcome:
        try:
            if delivery.kind == "edit":
                return await sender.edit(delivery.alert, key=delivery.key, remote_id=delivery.remote_id or "")
            doubtful = delivery.state == "unknown" and not sender.capabilities.idempotent
            root = delivery.root_remote_id if delivery.kind == "reply" and sender.capabilities.thread else None
            return await sender.send(
                _marked(delivery.alert) if doubtful else delivery.alert,
                key=delivery.key,
                reply_to=root or None,
                silent=self._silent(delivery, self._clock.now()),
            )
        except Exception as error:  # noqa: BLE001 - a fault in one service must stop neither the others nor this row
            return Unknown(f"the sender failed with {type(error).__name__}")  # its text might hold a secret

    async def _record(self, delivery: Delivery, sender: Sender, outcome: Outcome) -> None:
        tried = delivery.attempts + 1
        match outcome:
            case Sent(remote_id, note):
                await self._sent(delivery, remote_id)
                if note:
                    await self._on_note(delivery, note)
            case Retry(after, reason, pause):
                if tried >= TRIES and not pause:
                    await self._bury(delivery, f"{reason} (tried {tried} times)")
                else:
                    await self._retry(delivery, self._backoff(tried) if after is None else after, reason, pause=pause)
            case Rejected(reason, destination):
                if tried >= TRIES or not destination:
                    await self._bury(delivery, reason, tell=delivery.kind != "edit")  # its reply says the same
                else:
                    await self._close(delivery, reason)
                    await self._retry(delivery, _LONGEST_BACKOFF, reason, pause=True)
            case Unknown(reason):
                harmless = delivery.kind == "edit" or sender.capabilities.idempotent
                again = delivery.state == "unknown"  # at least one more try is always due
                if tried >= TRIES or (again and tried >= UNKNOWN_TRIES and not harmless):
                    await self._bury(delivery, f"{reason}; it may or may not stand in the chat (tried {tried} times)")
                else:
                    wait = 0.0 if harmless and not again else self._backoff(tried)
                    await self._retry(replace(delivery, state="unknown"), wait, reason)

    async def _sent(self, delivery: Delivery, remote_id: str) -> None:
        now = self._clock.now()
        await self._call(lambda store: store.mark_sent(delivery.id, remote_id, now))
        self._closed.discard(delivery.destination)
        _log.info("sent", **_about(delivery))

    async def _retry(self, delivery: Delivery, after: float, reason: str, *, pause: bool = False) -> None:
        """Try again later. Once a copy's fate is unknown it stays so, whatever becomes of further ones."""
        until = self._clock.now() + timedelta(seconds=after)
        state: Literal["unknown", "pending"] = "unknown" if delivery.state == "unknown" else "pending"

        def write(store: Store) -> None:
            store.mark_retry(delivery.id, until, reason, state=state)
            if pause:
                store.pause_destination(delivery.destination, until, reason)

        await self._call(write)
        _log.warning("not sent yet", **_about(delivery), reason=reason, again_in_s=round(after, 1), pause=pause)

    async def _bury(self, delivery: Delivery, reason: str, *, tell: bool = True) -> None:
        if tell:
            await self._on_dead(delivery, reason)  # before it is dead: after a crash rather told twice than never
        now = self._clock.now()
        await self._call(lambda store: store.mark_dead(delivery.id, reason, now))
        _log.error("not sent, given up", **_about(delivery), reason=reason)

    async def _close(self, delivery: Delivery, reason: str) -> None:
        """Tell once that a destination refuses everything; what waits for it is kept."""
        if delivery.destination not in self._closed:
            self._closed.add(delivery.destination)
            await self._on_dead(delivery, reason)

    def _backoff(self, tried: int) -> float:
        """Return 2, 4, 8 … 300 seconds, up to a fifth less, so that destinations do not return in step."""
        return min(2.0**tried, _LONGEST_BACKOFF) * self._chance.uniform(0.8, 1.0)


def _marked(alert: Alert) -> Alert:
    """Return the alert with a second line that says it may be in the chat already."""
    return replace(alert, lines=(*alert.lines[:1], Line("flag", (Span(_DUPLICATE),)), *alert.lines[1:]))


def _about(delivery: Delivery) -> dict[str, object]:
    number = delivery.alert.number
    return {
        "alert": None if number is None else alert_name(number),
        "kind": delivery.kind,
        "destination": delivery.destination,
        "tried": delivery.attempts + 1,
    }
