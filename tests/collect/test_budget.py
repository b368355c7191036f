from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.collect import Budget
from monitor.errors import RateLimited
from tests.clock import FixedClock


async def turns(budget: Budget, clock: FixedClock, count: int) -> list[float]:
    """Take turns one after the other and return when each came, in seconds from now."""
    start, moments = clock.now(), []
    for _ in range(count):
        await budget.turn()
        moments.append((clock.now() - start).total_seconds())
    return moments


async def test_requests_go_out_at_the_pace_that_was_set(clock: FixedClock):
    budget = Budget(per_second=1, ceiling=3, in_flight=2, clock=clock)
    assert await turns(budget, clock, 4) == pytest.approx([0, 1, 2, 3], abs=0.01)


async def test_turns_saved_while_idle_are_spent_no_faster_than_the_ceiling(clock: FixedClock):
    budget = Budget(per_second=1, ceiling=4, in_flight=2, clock=clock)
    await budget.turn()
    clock.pass_by(hours=1)
    assert await turns(budget, clock, 7) == pytest.approx([0, 0.25, 0.5, 0.75, 1, 2, 3], abs=0.01)


@given(
    idle=st.lists(st.floats(0, 20), min_size=1, max_size=30),
    per_second=st.sampled_from([0.2, 1.0, 2.5]),
    ceiling=st.sampled_from([1.0, 3.0, 10.0]),
)
def test_no_stretch_of_time_ever_holds_more_requests_than_the_pace_allows(
    idle: list[float], per_second: float, ceiling: float
):
    clock = FixedClock()

    async def ask() -> list[float]:
        budget = Budget(per_second, ceiling, 4, clock)
        start, moments = clock.now(), []
        for seconds in idle:
            clock.pass_by(seconds=seconds)
            await budget.turn()
            moments.append((clock.now() - start).total_seconds())
        return moments

    moments = asyncio.run(ask())
    fastest = max(ceiling, per_second)
    for first in range(len(moments)):
        for last in range(first + 1, len(moments)):
            span, requests = moments[last] - moments[first], last - first
            assert requests <= span * fastest + 0.02
            assert requests <= span * per_second + max(1, fastest) + 0.02


async def test_loopback_may_be_asked_without_a_wait(clock: FixedClock):
    assert await turns(Budget.unlimited(clock), clock, 50) == [0] * 50


async def test_only_so_many_requests_are_under_way(clock: FixedClock):
    budget, under_way, most = Budget.unlimited(clock, in_flight=2), 0, 0

    async def ask() -> None:
        nonlocal under_way, most
        async with budget.request():
            under_way += 1
            most = max(most, under_way)
            await asyncio.sleep(0)
            under_way -= 1

    await asyncio.gather(*(ask() for _ in range(10)))
    assert most == 2


async def test_pauses_double_from_half_a_minute_to_a_quarter_of_an_hour(clock: FixedClock):
    budget, pauses = Budget.unlimited(clock), []
    for _ in range(7):
        pauses.append(budget.pause(None, "busy."))
        clock.pass_by(seconds=pauses[-1])
    assert pauses == [30, 60, 120, 240, 480, 900, 900]


async def test_an_answer_brings_the_shortest_pause_back(clock: FixedClock):
    budget = Budget.unlimited(clock)
    clock.pass_by(seconds=budget.pause(None, "busy."))
    clock.pass_by(seconds=budget.pause(None, "busy."))
    budget.answered()
    assert budget.pause(None, "busy.") == 30


async def test_complaints_in_one_pause_count_once(clock: FixedClock):
    budget = Budget.unlimited(clock)
    assert [budget.pause(None, "busy.") for _ in range(4)] == [30] * 4
    clock.pass_by(seconds=30)
    assert budget.pause(None, "busy.") == 60


async def test_nothing_is_asked_during_a_pause_and_the_error_says_for_how_long(clock: FixedClock):
    budget = Budget.unlimited(clock)
    budget.pause(90, "t.me asks for fewer requests (status 429).")
    clock.pass_by(seconds=20)
    with pytest.raises(RateLimited, match=r"status 429.*70 s") as caught:
        await budget.turn()
    assert caught.value.retry_after == 70
    assert budget.pause_left == 70
    clock.pass_by(seconds=70)
    await budget.turn()
    assert budget.pause_reason == ""


async def test_who_waits_for_a_turn_learns_of_a_pause(clock: FixedClock):
    budget = Budget(per_second=0.1, ceiling=0.1, in_flight=4, clock=clock)
    await budget.turn()
    waiting = asyncio.create_task(budget.turn())
    await asyncio.sleep(0)
    budget.pause(60, "busy.")
    with pytest.raises(RateLimited):
        await waiting


async def test_a_clock_that_is_set_back_lengthens_neither_a_pause_nor_a_wait(clock: FixedClock):
    budget = Budget(per_second=1, ceiling=1, in_flight=1, clock=clock)
    await budget.turn()
    budget.pause(30, "busy.")
    clock.at -= timedelta(hours=2)
    assert budget.pause_left == 30
    clock.pass_by(seconds=30)
    assert await turns(budget, clock, 2) == pytest.approx([1, 2], abs=0.01)


@pytest.mark.parametrize(("asked", "given_"), [(0, 1), (10**9, 24 * 3600)])
async def test_absurd_wishes_of_a_server_are_bounded(clock: FixedClock, asked: float, given_: float):
    assert Budget.unlimited(clock).pause(asked, "busy.") == given_
