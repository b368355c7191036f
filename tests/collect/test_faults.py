"""Every fault of the network and of the host, and the one error that each becomes."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from monitor.collect import Budget, telegram_web
from monitor.demo.preview import Fault, PreviewChannel, PreviewServer
from monitor.errors import CollectError, LayoutChanged, MaybeThrottled, NoPreview, RateLimited, Unreachable
from monitor.model import Channel
from monitor.ports import Collector
from tests.clock import FixedClock
from tests.collect.preview import CHANNEL, NAME, hourly, ids_of, taken


async def failure(collector: Collector, cursor: str = "300", channel: Channel = CHANNEL) -> CollectError:
    with pytest.raises(CollectError) as caught:
        await taken(collector.fetch(channel, cursor))
    return caught.value


FAULTS = [
    (Fault.NO_PREVIEW, NoPreview, "no public preview, it leads to 'https://t.me/generalstaffua'"),
    (Fault.TOO_MANY, RateLimited, "asks for fewer requests .status 429."),
    (Fault.SERVER_ERROR, RateLimited, "has a fault of its own .status 503."),
    (Fault.FORBIDDEN, Unreachable, "answered with status 403"),
    (Fault.SLOW, Unreachable, "no whole answer within 0.5 s"),
    (Fault.CUT, Unreachable, "the connection failed"),
    (Fault.CUT_PAGE, Unreachable, "the page was cut off"),
    (Fault.GARBAGE, Unreachable, "larger than 2 MB"),
    (Fault.LAYOUT, LayoutChanged, "20 posts on the page, and none can be told apart"),
    (Fault.NO_TEXT, LayoutChanged, "20 posts on the page, and the text of none can be found"),
    (Fault.NO_TIME, LayoutChanged, "20 posts on the page, and the time of none can be found"),
    (Fault.MARKER, MaybeThrottled, "the answer holds no posts"),
    (Fault.FOREIGN, LayoutChanged, "no page of posts"),
]


def test_every_fault_is_tried():
    assert {fault for fault, _, _ in FAULTS} == set(Fault)


@pytest.mark.parametrize(("fault", "error", "says"), FAULTS, ids=[fault.name for fault, _, _ in FAULTS])
async def test_a_fault_becomes_an_error_that_says_what_happened_and_what_is_kept(
    collector: Collector, server: PreviewServer, fault: Fault, error: type[CollectError], says: str
):
    server.break_(fault, NAME)
    caught = await failure(collector)
    assert type(caught) is error
    assert caught.exit_code == 3
    with pytest.raises(error, match=says):
        raise caught
    assert "kept" in str(caught)


@pytest.mark.parametrize("fault", list(Fault), ids=[fault.name for fault in Fault])
async def test_after_a_fault_everything_that_was_missed_is_read(
    collector: Collector, server: PreviewServer, clock: FixedClock, fault: Fault
):
    await taken(collector.fetch(CHANNEL, "300"))
    server.break_(fault, NAME)
    server.add(NAME, *hourly(range(301, 331)))
    await failure(collector)
    server.heal(NAME)
    clock.pass_by(minutes=1)
    assert ids_of(await taken(collector.fetch(CHANNEL, "300"))) == list(range(301, 331))


@pytest.mark.parametrize("fault", [Fault.TOO_MANY, Fault.MARKER, Fault.CUT_PAGE, Fault.LAYOUT])
async def test_a_fault_in_the_middle_of_a_walk_keeps_what_was_read(
    collector: Collector, server: PreviewServer, clock: FixedClock, fault: Fault
):
    walk = aiter(collector.fetch(CHANNEL, "200"))
    read = await anext(walk)
    server.break_(fault, NAME, times=1)
    with pytest.raises(CollectError):
        await anext(walk)
    assert ids_of([read]) == list(range(201, 221))
    clock.pass_by(minutes=1)
    assert ids_of(await taken(collector.fetch(CHANNEL, read.cursor))) == list(range(221, 301))


@pytest.mark.parametrize("fault", [Fault.NO_PREVIEW, Fault.CUT_PAGE, Fault.LAYOUT, Fault.TOO_MANY, Fault.FOREIGN])
async def test_reading_single_posts_again_fails_in_the_same_words(
    collector: Collector, server: PreviewServer, fault: Fault
):
    server.break_(fault, NAME)
    expected = {each: error for each, error, _ in FAULTS}[fault]
    with pytest.raises(expected):
        await collector.reread(CHANNEL, ["300"])


async def test_an_unknown_channel_has_no_preview(collector: Collector):
    nobody = Channel(key="t.me/nobody", source="s", label="Telegram", address="nobody")
    caught = await failure(collector, channel=nobody)
    assert type(caught) is NoPreview
    assert "https://t.me/nobody" in str(caught)


async def test_a_complaint_rests_the_whole_host(
    collector: Collector, server: PreviewServer, clock: FixedClock, budget: Budget
):
    server.add_channel(PreviewChannel.of("Other", *hourly(range(1, 9))))
    other = Channel(key="t.me/other", source="s", label="Telegram", address="other")
    server.break_(Fault.TOO_MANY, NAME, retry_after="40")
    caught = await failure(collector)
    assert isinstance(caught, RateLimited)
    assert caught.retry_after == 40
    server.requests.clear()
    clock.pass_by(seconds=39)
    caught = await failure(collector, channel=other)
    assert isinstance(caught, RateLimited)
    assert caught.retry_after == pytest.approx(1)
    assert "status 429" in budget.pause_reason
    assert not server.requests
    clock.pass_by(seconds=1)
    assert ids_of(await taken(collector.fetch(other, ""))) == list(range(1, 9))


async def test_a_date_may_say_when_to_come_back(collector: Collector, server: PreviewServer, clock: FixedClock):
    clock.at = datetime(2026, 8, 8, 6, 0, tzinfo=UTC)
    server.break_(Fault.SERVER_ERROR, NAME, retry_after="Sat, 08 Aug 2026 06:02:00 GMT")
    caught = await failure(collector)
    assert isinstance(caught, RateLimited)
    assert caught.retry_after == 120


@pytest.mark.parametrize(
    "retry_after", ["", "soon", "-5", "1e9", "Sat, 99 Aug 2026 06:02:00 GMT", f"Sat, 08 Aug {10**20} 06:02:00 GMT"]
)
async def test_without_a_usable_wish_the_pauses_double(
    collector: Collector, server: PreviewServer, clock: FixedClock, retry_after: str
):
    server.break_(Fault.TOO_MANY, NAME, retry_after=retry_after)
    pauses = []
    for _ in range(3):
        caught = await failure(collector)
        assert isinstance(caught, RateLimited)
        pauses.append(caught.retry_after)
        clock.at += timedelta(seconds=caught.retry_after)
    assert pauses == [30, 60, 120]


async def test_an_answer_in_between_brings_the_shortest_pause_back(
    collector: Collector, server: PreviewServer, clock: FixedClock
):
    pauses = []
    for _ in range(2):
        server.break_(Fault.SERVER_ERROR, NAME, times=1)
        caught = await failure(collector)
        assert isinstance(caught, RateLimited)
        pauses.append(caught.retry_after)
        clock.pass_by(minutes=20)
        await taken(collector.fetch(CHANNEL, "300"))
    assert pauses == [30, 30]


async def test_a_host_that_refuses_the_connection_is_unreachable(clock: FixedClock, budget: Budget):
    with PreviewServer() as server:
        closed = server.base_url
    async with telegram_web.connect(telegram_web.Options(base_url=closed), clock, budget) as connected:
        assert type(await failure(connected)) is Unreachable


async def test_a_slow_channel_keeps_no_other_one_waiting(collector: Collector, server: PreviewServer):
    server.add_channel(PreviewChannel.of("Other", *hourly(range(1, 9))))
    other = Channel(key="t.me/other", source="s", label="Telegram", address="other")
    server.break_(Fault.SLOW, NAME)
    slow = asyncio.create_task(failure(collector))
    assert ids_of(await taken(collector.fetch(other, ""))) == list(range(1, 9))
    assert not slow.done()
    assert type(await slow) is Unreachable


async def test_an_address_cannot_lead_elsewhere_on_the_host(collector: Collector, server: PreviewServer):
    odd = Channel(key="t.me/odd", source="s", label="Telegram", address="../login?x=1#")
    assert type(await failure(collector, channel=odd)) is NoPreview
    assert list(server.requests) == ["/s/..%2Flogin%3Fx%3D1%23"]
