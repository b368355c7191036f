from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

import pytest

from monitor.errors import StoreBusy, StoreCorrupt
from monitor.model import Alert, Severity
from monitor.ports import Capabilities, Delivery, Outcome, Rejected, Retry, Sent, Store, Unknown
from monitor.send import Outbox, telegram
from monitor.send._courier import TRIES, UNKNOWN_TRIES
from monitor.store.sqlite import SqliteStore
from tests.clock import FixedClock
from tests.send.fake_bot_api import CHAT, TOKEN, FakeBotApi, refusal
from tests.send.loopback import Raw
from tests.send.samples import an_alert

T = TypeVar("T")

CAPABILITIES = Capabilities(thread=True, edit=True, acknowledge=False, idempotent=False, attach=False, length=4096)
DUPLICATE = "Possible duplicate: the chat did not confirm the first copy."


@dataclass
class Message:
    kind: str
    alert: Alert
    key: str
    to: str | None  # the root, or the message that is edited
    silent: bool = False

    @property
    def number(self) -> int | None:
        return self.alert.number

    @property
    def marked(self) -> bool:
        return DUPLICATE in [line.text for line in self.alert.lines]


@dataclass
class FakeSender:
    """Answers as scripted, then accepts everything. While `gate` is closed it does not answer at all."""

    script: list[Outcome | Exception] = field(default_factory=list)
    always: Outcome | None = None
    capabilities: Capabilities = CAPABILITIES
    messages: list[Message] = field(default_factory=list)
    gate: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.gate.set()

    async def send(self, alert: Alert, *, key: str, reply_to: str | None, silent: bool) -> Outcome:
        return await self._take(Message("send", alert, key, reply_to, silent))

    async def edit(self, alert: Alert, *, key: str, remote_id: str) -> Outcome:
        return await self._take(Message("edit", alert, key, remote_id))

    async def _take(self, message: Message) -> Outcome:
        self.messages.append(message)
        await self.gate.wait()
        told = self.script.pop(0) if self.script else self.always
        if isinstance(told, Exception):
            raise told
        return told or Sent(f"r{len(self.messages)}")


class StandingClock(FixedClock):
    """Nobody who sleeps on it ever wakes: what goes on is woken by something else."""

    asleep = False

    async def sleep(self, seconds: float) -> None:
        self.asleep = True
        try:
            await asyncio.Event().wait()
        finally:
            self.asleep = False


class Desk:
    """An outbox over a real store, and what the tests want to know of it."""

    def __init__(self, path: Path, senders: dict[str, FakeSender], clock: FixedClock | None = None) -> None:
        self.store = SqliteStore.open(path / "state.sqlite3")
        self.senders = senders
        self.clock = clock or FixedClock()
        self.dead: list[tuple[str, int | None, str]] = []
        self.store_says: list[Exception] = []  # raised by the next calls
        self.start()

    def start(self, *, grace: float = 3.0) -> None:
        """Begin anew, as after a crash."""
        self.outbox = Outbox(
            self.call,
            self.senders,
            self.clock,
            silent=lambda delivery, _: delivery.severity is Severity.ROUTINE,
            on_dead=self.on_dead,
            on_note=self.on_note,
            chance=random.Random(1),  # noqa: S311 - jitter
            grace=grace,
        )

    async def call(self, work: Callable[[Store], T], /) -> T:
        if self.store_says:
            raise self.store_says.pop(0)
        return work(self.store)

    async def on_dead(self, delivery: Delivery, reason: str) -> None:
        self.dead.append((delivery.destination, delivery.alert.number, reason))

    async def on_note(self, delivery: Delivery, note: str) -> None:
        raise AssertionError((delivery.destination, note))

    def tell(self, *destinations: str, severity: Severity = Severity.ROUTINE, reply_to: int | None = None) -> int:
        """Queue an alert for all (or these) destinations and return its number."""
        with self.store.transaction() as transaction:
            at = self.clock.now()
            number = transaction.add_alert(an_alert(number=None, severity=severity, reply_to=reply_to), at)
            kind, thread = ("reply", reply_to) if reply_to else ("root", number)
            transaction.enqueue(number, kind, 1, destinations or tuple(self.senders), thread, at)
        return number

    def edit(self, number: int) -> None:
        with self.store.transaction() as transaction:
            alert = transaction.alert(number)
            assert alert
            revision = transaction.revise_alert(number, replace(alert, lines=alert.lines[:2]), self.clock.now())
            transaction.enqueue(number, "edit", revision, tuple(self.senders), number, self.clock.now())

    def counts(self, destination: str = "desk") -> dict[str, int]:
        return self.store.outbox_counts()[destination]

    async def pass_and_run(self, seconds: float) -> bool:
        self.clock.pass_by(seconds=seconds)
        return await self.outbox.run_once()

    def states(self) -> list[tuple[str, str, int]]:
        return [tuple(row) for row in self.store.db.all("SELECT kind, state, attempts FROM deliveries ORDER BY id")]


@pytest.fixture
def sender() -> FakeSender:
    return FakeSender()


@pytest.fixture
def desk(tmp_path: Path, sender: FakeSender) -> Iterator[Desk]:
    made = Desk(tmp_path, {"desk": sender})
    yield made
    made.store.close()


async def until(condition: Callable[[], object]) -> None:
    for _ in range(10_000):
        if condition():
            return
        await asyncio.sleep(0)
    raise AssertionError("it never happened")


async def test_what_is_queued_is_sent_once_and_noted_with_its_remote_id(desk, sender):
    number = desk.tell()
    assert await desk.outbox.run_once()
    assert not await desk.outbox.run_once()
    assert [(each.kind, each.number, each.to, each.marked) for each in sender.messages] == [
        ("send", number, None, False)
    ]
    assert desk.states() == [("root", "sent", 1)]


async def test_everything_that_is_due_goes_out_in_one_run_urgent_first_then_in_order(desk, sender):
    routine = [desk.tell(), desk.tell()]
    urgent = desk.tell(severity=Severity.URGENT)
    await desk.outbox.run_once()
    assert [each.number for each in sender.messages] == [urgent, *routine]


async def test_the_wiring_says_what_makes_no_sound(desk, sender):
    desk.tell()
    desk.tell(severity=Severity.URGENT)
    await desk.outbox.run_once()
    assert [each.silent for each in sender.messages] == [False, True]


async def test_a_reply_waits_for_its_root_and_stands_under_it(desk, sender):
    sender.script = [Retry(None, "502"), Sent("root-id"), Sent("reply-id")]
    root = desk.tell()
    desk.tell(reply_to=root)
    await desk.outbox.run_once()
    assert len(sender.messages) == 1
    await desk.pass_and_run(2)
    assert [each.to for each in sender.messages] == [None, None, "root-id"]


async def test_a_reply_whose_root_was_rejected_goes_as_a_root_of_its_own(desk, sender):
    sender.script = [Rejected("400: message is too long")]
    root = desk.tell()
    reply = desk.tell(reply_to=root)
    await desk.outbox.run_once()
    assert [(each.number, each.to) for each in sender.messages] == [(root, None), (reply, None)]
    assert desk.states() == [("root", "dead", 1), ("reply", "sent", 1)]


async def test_where_nothing_is_threaded_a_reply_goes_as_a_new_message(desk, sender):
    sender.capabilities = replace(sender.capabilities, thread=False)
    root = desk.tell()
    desk.tell(reply_to=root)
    await desk.outbox.run_once()
    assert [each.to for each in sender.messages] == [None, None]


async def test_an_edit_changes_the_message_that_went_out(desk, sender):
    number = desk.tell()
    await desk.outbox.run_once()
    desk.edit(number)
    await desk.outbox.run_once()
    assert [(each.kind, each.to) for each in sender.messages] == [("send", None), ("edit", "r1")]


async def test_an_edit_that_cannot_be_made_is_given_up_without_crying_for_help(desk, sender):
    number = desk.tell()
    await desk.outbox.run_once()
    sender.capabilities = replace(sender.capabilities, edit=False)
    desk.edit(number)
    await desk.outbox.run_once()
    assert len(sender.messages) == 1
    sender.capabilities = replace(sender.capabilities, edit=True)
    sender.script = [Rejected("400: message to edit not found")]
    desk.edit(number)
    await desk.outbox.run_once()
    assert desk.counts() == {"sent": 1, "dead": 2}
    assert desk.dead == []


async def test_it_tries_again_after_2_4_8_up_to_300_seconds_and_gives_up_after_twelve_tries(desk, sender):
    sender.always = Retry(None, "502: Bad Gateway")
    desk.tell()
    waits = []
    await desk.outbox.run_once()
    while due := desk.store.next_due_at():
        waits.append((due - desk.clock.now()).total_seconds())
        await desk.pass_and_run(waits[-1])
    longest = [2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]
    assert all(0.8 * most <= wait <= most for wait, most in zip(waits, longest, strict=True))
    assert len(set(waits[-3:])) == 3  # not in step
    assert len(sender.messages) == TRIES == 12
    assert desk.counts() == {"dead": 1}
    assert desk.dead == [("desk", 1, "502: Bad Gateway (tried 12 times)")]


async def test_a_hint_of_the_service_replaces_the_back_off(desk, sender):
    sender.script = [Retry(77.0, "503")]
    desk.tell()
    await desk.outbox.run_once()
    assert (desk.store.next_due_at() - desk.clock.now()).total_seconds() == 77


async def test_a_429_pauses_its_destination_however_often_and_no_other(tmp_path):
    busy, free = FakeSender(always=Retry(30.0, "429", pause=True)), FakeSender()
    desk = Desk(tmp_path, {"busy": busy, "free": free})
    desk.tell()
    desk.tell()
    await desk.outbox.run_once()
    assert (len(busy.messages), len(free.messages)) == (1, 2)
    assert not await desk.pass_and_run(29)
    for _ in range(20):
        await desk.pass_and_run(30)
    busy.always = None
    await desk.pass_and_run(30)
    assert desk.counts("busy") == {"sent": 2}
    assert desk.dead == []
    desk.store.close()


async def test_a_slow_destination_delays_no_other(tmp_path):
    slow, fast = FakeSender(), FakeSender()
    desk = Desk(tmp_path, {"slow": slow, "fast": fast})
    slow.gate.clear()
    for _ in range(5):
        desk.tell()
    running = asyncio.create_task(desk.outbox.run_once())
    await until(lambda: len(fast.messages) == 5)
    assert len(slow.messages) == 1
    slow.gate.set()
    await running
    assert [each.number for each in slow.messages] == [1, 2, 3, 4, 5]
    desk.store.close()


async def test_a_dead_destination_delays_no_other(tmp_path):
    dead, alive = FakeSender(always=Rejected("403: kicked", destination=True)), FakeSender()
    desk = Desk(tmp_path, {"dead": dead, "alive": alive})
    for _ in range(5):
        desk.tell()
    await desk.outbox.run_once()
    assert (len(dead.messages), len(alive.messages)) == (1, 5)
    desk.store.close()


async def test_a_closed_destination_is_told_once_keeps_its_queue_and_works_it_off_when_it_is_open_again(desk, sender):
    sender.always = Rejected("403: kicked", destination=True)
    desk.tell()
    desk.tell()
    await desk.outbox.run_once()
    await desk.pass_and_run(300)
    assert (desk.counts(), desk.dead) == ({"pending": 2}, [("desk", 1, "403: kicked")])
    sender.always = None
    await desk.pass_and_run(300)
    assert desk.counts() == {"sent": 2}
    sender.always = Rejected("403: kicked again", destination=True)
    desk.tell()
    await desk.outbox.run_once()
    assert [reason for *_, reason in desk.dead] == ["403: kicked", "403: kicked again"]


async def test_a_message_that_is_refused_for_itself_dies_at_once_and_the_desk_hears_of_it(desk, sender):
    sender.script = [Rejected("400: no")]
    desk.tell()
    desk.tell()
    await desk.outbox.run_once()
    assert desk.counts() == {"dead": 1, "sent": 1}
    assert desk.dead == [("desk", 1, "400: no")]


async def test_a_destination_that_the_settings_do_not_name_any_more_is_reported(desk):
    desk.tell("gone")
    await desk.outbox.run_once()
    assert desk.counts("gone") == {"dead": 1}
    assert desk.dead == [("gone", 1, "the settings name no such destination")]


async def test_many_messages_for_a_destination_that_is_gone_are_reported_once(desk):
    for _ in range(3):
        desk.tell("gone")
    await desk.outbox.run_once()
    assert desk.counts("gone") == {"dead": 3}
    assert desk.dead == [("gone", 1, "the settings name no such destination")]


async def test_a_message_of_unknown_fate_is_sent_again_and_says_so(desk, sender):
    sender.script = [Unknown("time-out")]
    desk.tell()
    await desk.outbox.run_once()
    assert desk.counts() == {"unknown": 1}
    await desk.pass_and_run(2)
    assert [each.marked for each in sender.messages] == [False, True]
    assert sender.messages[1].alert.lines[0] == sender.messages[0].alert.lines[0]
    assert desk.counts() == {"sent": 1}


async def test_what_may_stand_in_the_chat_is_marked_in_every_further_copy(desk, sender):
    sender.script = [Unknown("time-out"), Retry(None, "502"), Sent("r")]
    desk.tell()
    for _ in range(3):
        await desk.pass_and_run(10)
    assert [each.marked for each in sender.messages] == [False, True, True]


async def test_where_the_service_takes_a_key_it_is_sent_again_at_once_with_the_same_key(desk, sender):
    sender.capabilities = replace(sender.capabilities, idempotent=True)
    sender.script = [Unknown("time-out")]
    desk.tell()
    await desk.outbox.run_once()
    assert [each.marked for each in sender.messages] == [False, False]
    assert len({each.key for each in sender.messages}) == 1
    assert desk.counts() == {"sent": 1}


async def test_an_edit_of_unknown_fate_is_made_again_at_once(desk, sender):
    number = desk.tell()
    await desk.outbox.run_once()
    desk.edit(number)
    sender.script = [Unknown("time-out")]
    await desk.outbox.run_once()
    assert [each.kind for each in sender.messages] == ["send", "edit", "edit"]
    assert not any(each.marked for each in sender.messages)


async def test_a_service_that_never_confirms_gets_few_copies_and_the_desk_is_told_elsewhere(desk, sender):
    sender.always = Unknown("time-out")
    desk.tell()
    for _ in range(20):
        await desk.pass_and_run(300)
    assert len(sender.messages) == UNKNOWN_TRIES
    ((_, _, reason),) = desk.dead
    assert "may or may not stand in the chat" in reason


async def test_a_message_in_hand_at_a_crash_goes_out_again_marked(desk, sender):
    desk.tell()
    (delivery,) = desk.store.next_deliveries(desk.clock.now())
    desk.store.mark_sending(delivery.id, desk.clock.now())
    desk.start()
    await desk.outbox.run_once()
    assert [each.marked for each in sender.messages] == [True]
    assert desk.counts() == {"sent": 1}


async def test_a_fault_in_a_sender_stops_nothing_and_tells_no_secret(tmp_path):
    broken, sound = FakeSender(script=[KeyError("123456:SECRET")]), FakeSender()
    desk = Desk(tmp_path, {"broken": broken, "sound": sound})
    desk.tell()
    await desk.outbox.run_once()
    assert (desk.counts("broken"), desk.counts("sound")) == ({"unknown": 1}, {"sent": 1})
    assert desk.store.db.all("SELECT reason FROM deliveries WHERE state = 'unknown'") == [
        ("the sender failed with KeyError",)
    ]
    await desk.pass_and_run(2)
    assert desk.counts("broken") == {"sent": 1}
    desk.store.close()


async def test_a_store_that_is_busy_while_a_fate_is_written_down_costs_time_and_no_duplicate(desk, sender):
    desk.tell()
    sender.gate.clear()
    running = asyncio.create_task(desk.outbox.run_once())
    await until(lambda: sender.messages)
    desk.store_says = [StoreBusy("locked")] * 5
    sender.gate.set()
    await running
    assert len(sender.messages) == 1
    assert desk.clock.slept == [1] * 5
    assert desk.counts() == {"sent": 1}


async def test_a_store_that_cannot_be_used_is_not_hidden(desk):
    desk.store_says = [StoreCorrupt("not a database")]
    with pytest.raises(StoreCorrupt):
        await desk.outbox.run_once()


async def test_a_fate_that_cannot_be_written_down_is_not_hidden_either(desk, sender):
    desk.tell()
    sender.gate.clear()
    running = asyncio.create_task(desk.outbox.run_once())
    await until(lambda: sender.messages)
    desk.store_says = [StoreCorrupt("not a database")]
    sender.gate.set()
    with pytest.raises(StoreCorrupt):
        await running
    assert desk.counts() == {"sending": 1}  # so the next start sends it again


async def test_draining_sends_what_becomes_due_and_ends_when_it_is_told_to(desk, sender):
    sender.script = [Retry(None, "502"), Retry(40.0, "429", pause=True)]
    desk.tell()
    stop = asyncio.Event()
    draining = asyncio.create_task(desk.outbox.drain(stop))
    await until(lambda: desk.counts() == {"sent": 1})
    desk.tell()  # by another process: nobody wakes the worker
    await until(lambda: desk.counts() == {"sent": 2})
    stop.set()
    await draining


async def test_the_worker_wakes_at_once_and_goes_on_until_nothing_is_due(tmp_path, sender):
    clock = StandingClock()
    desk = Desk(tmp_path, {"desk": sender}, clock)
    stop = asyncio.Event()
    draining = asyncio.create_task(desk.outbox.drain(stop))
    for count in (3, 6):
        await until(lambda: clock.asleep)
        for _ in range(3):
            desk.tell()
        desk.outbox.wake()
        await until(lambda count=count: desk.counts() == {"sent": count})
    stop.set()
    await draining
    desk.store.close()


async def test_stopping_finishes_the_message_in_hand_and_leaves_the_others_pending(tmp_path, sender):
    desk = Desk(tmp_path, {"desk": sender}, StandingClock())
    sender.gate.clear()
    desk.tell()
    desk.tell()
    stop = asyncio.Event()
    draining = asyncio.create_task(desk.outbox.drain(stop))
    await until(lambda: sender.messages)
    stop.set()
    await asyncio.sleep(0)
    sender.gate.set()
    await draining
    assert desk.counts() == {"sent": 1, "pending": 1}
    desk.store.close()


async def test_stopping_does_not_wait_for_a_service_that_does_not_answer(tmp_path, sender):
    desk = Desk(tmp_path, {"desk": sender}, StandingClock())
    desk.start(grace=0.01)
    sender.gate.clear()
    desk.tell()
    desk.tell()
    stop = asyncio.Event()
    draining = asyncio.create_task(desk.outbox.drain(stop))
    await until(lambda: sender.messages)
    stop.set()
    await draining
    assert desk.counts() == {"sending": 1, "pending": 1}
    sender.gate.set()
    desk.start()
    await desk.outbox.run_once()
    assert desk.counts() == {"sent": 2}
    assert [each.marked for each in sender.messages] == [False, True, False]
    desk.store.close()


TROUBLES = [
    None,
    None,
    "drop-before-body",
    "drop-after-accept",
    "cut-answer",
    Raw(502, "<html>"),
    refusal(429, "Too Many Requests: retry after 3", retry_after=3),
    refusal(403, "Forbidden: bot was kicked from the group chat"),
    refusal(400, "Bad Request: can't parse entities: no"),
]


@pytest.mark.parametrize("seed", range(25))
async def test_through_any_trouble_nothing_is_lost_and_every_second_copy_is_marked(tmp_path, seed):
    dice = random.Random(seed)  # noqa: S311 - which troubles come, repeatably
    async with (
        FakeBotApi() as api,
        telegram.connect(telegram.Options(CHAT, TOKEN, base_url=api.url), FixedClock()) as sender,
    ):
        desk = Desk(tmp_path, {"desk": sender})
        numbers = [desk.tell() for _ in range(8)]
        api.script.extend(dice.choice(TROUBLES) for _ in range(40))
        while desk.store.next_due_at() is not None:
            await desk.pass_and_run(300)
            if dice.random() < 0.2:
                desk.start()
        desk.store.close()
    for number in numbers:
        copies = [each.text for each in api.accepted if f"A-{number:04d}" in each.text]
        assert copies or any(number == told for _, told, _ in desk.dead)
        assert sum(DUPLICATE not in copy for copy in copies) <= 1
