from __future__ import annotations

import asyncio
import itertools
import math
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.model import Channel, Source, Window
from monitor.pace import Line, PaceTrigger, Priority, Turn, due_rereads, in_window, stretched
from monitor.pipeline import Place
from monitor.settings import Pace, Reread

PACE = Pace(hot_seconds=10, cold_seconds=60, jitter_seconds=0, rereads=())


@pytest.mark.parametrize(
    ("hot", "cold", "expected"),
    [
        (1, 1, (10, 60)),  # there is room for all
        (5, 30, (10, 60)),  # just
        (5, 60, (10, 120)),  # cold routes stretch first
        (10, 30, (10, math.inf)),  # hot ones take it all
        (20, 0, (20, 60)),  # and share it evenly
    ],
)
def test_one_request_a_second_is_shared_hot_before_cold(hot: int, cold: int, expected: tuple[float, float]) -> None:
    assert stretched(hot, cold, PACE, 1.0) == expected


def test_a_host_without_limit_stretches_nothing() -> None:
    assert stretched(1000, 1000, PACE, math.inf) == (10, 60)


@given(st.integers(0, 500), st.integers(0, 500), st.floats(0.1, 50))
def test_never_is_a_host_asked_more_than_it_may_be(hot: int, cold: int, per_second: float) -> None:
    hot_seconds, cold_seconds = stretched(hot, cold, PACE, per_second)
    assert hot / hot_seconds + cold / cold_seconds <= per_second * (1 + 1e-9)
    assert hot_seconds >= PACE.hot_seconds
    assert cold_seconds >= PACE.cold_seconds


# ── the publication window ────────────────────────────────────────────────────────────────


def source(opens: time, closes: time, zone: str = "Europe/Kyiv") -> Source:
    return Source("staff", "Staff", "staff", time_zone=zone, window=Window(opens, closes, grace_minutes=45))


MORNING = source(time(6), time(8, 30))
MIDNIGHT = source(time(22), time(2))


def utc(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("office", "moment", "expected"),
    [
        (MORNING, utc(8, 8, 2, 59), False),
        (MORNING, utc(8, 8, 3, 0), True),  # 06:00 in Kyiv
        (MORNING, utc(8, 8, 6, 15), True),  # the end of the grace
        (MORNING, utc(8, 8, 6, 16), False),
        (MORNING, utc(1, 8, 3, 59), False),  # winter: an hour later in UTC
        (MORNING, utc(1, 8, 4, 0), True),
        (MIDNIGHT, utc(8, 8, 19, 0), True),
        (MIDNIGHT, utc(8, 8, 23, 45), True),  # 02:45 on the next day
        (MIDNIGHT, utc(8, 8, 23, 46), False),
        (MIDNIGHT, utc(8, 8, 12, 0), False),
    ],
)
def test_a_tally_is_expected_from_the_windows_opening_to_the_end_of_its_grace(
    office: Source, moment: datetime, *, expected: bool
) -> None:
    assert in_window(office, moment) is expected


def test_a_source_without_a_window_is_never_hot() -> None:
    assert not in_window(Source("staff", "Staff", "staff"), utc(8, 8, 4))


@pytest.mark.parametrize("night", [utc(3, 28, 12), utc(10, 24, 12)], ids=["an hour lost", "an hour twice"])
def test_on_the_nights_on_which_clocks_change_the_window_opens_and_closes_once(night: datetime) -> None:
    office = source(time(2, 30), time(3, 30))  # the hour that is lost, or comes twice, in Kyiv
    minutes = [night + timedelta(minutes=minute) for minute in range(24 * 60)]
    hot = [in_window(office, minute) for minute in minutes]
    assert sum(before != after for before, after in itertools.pairwise(hot)) == 2
    assert 46 <= sum(hot) <= 166


def fires(office: Source, since: datetime, minutes: int) -> list[datetime]:
    """Return the moments at which a route of this source is due."""
    trigger, at, due = PaceTrigger(office, PACE), since, []
    while at <= since + timedelta(minutes=minutes):
        due.append(at)
        at = trigger.get_next_fire_time(at, at)
    return due


def test_a_route_is_read_every_ten_seconds_in_the_window_and_every_minute_outside_it() -> None:
    cold, hot = fires(MORNING, utc(8, 8, 12), 5), fires(MORNING, utc(8, 8, 4), 5)
    assert {after - before for before, after in itertools.pairwise(cold)} == {timedelta(seconds=60)}
    assert {after - before for before, after in itertools.pairwise(hot)} == {timedelta(seconds=10)}


def test_the_first_reading_of_a_window_is_at_its_opening_whenever_the_last_one_was() -> None:
    opening = utc(8, 8, 3)
    assert opening in fires(MORNING, opening - timedelta(seconds=95), 3)


@given(st.integers(0, 3 * 86_400), st.sampled_from([MORNING, MIDNIGHT]))
def test_no_two_readings_in_a_window_lie_further_apart_than_the_hot_pace(seconds: int, office: Source) -> None:
    at = utc(3, 27, 0) + timedelta(seconds=seconds)
    after = PaceTrigger(office, PACE).get_next_fire_time(at, at)
    assert timedelta(0) < after - at <= timedelta(seconds=60)
    between = [at + timedelta(seconds=step) for step in range(int((after - at).total_seconds()))]
    assert sum(in_window(office, moment) for moment in between) <= PACE.hot_seconds


def test_jitter_only_ever_adds_and_stays_within_its_bound() -> None:
    trigger = PaceTrigger(MORNING, Pace(hot_seconds=10, cold_seconds=60, jitter_seconds=2, rereads=()))
    at = utc(8, 8, 12)
    waits = {(trigger.get_next_fire_time(at, at) - at).total_seconds() for _ in range(50)}
    assert 60 <= min(waits) <= max(waits) <= 62
    assert len(waits) > 1


# ── posts read again ──────────────────────────────────────────────────────────────────────


PLAN = (Reread(5, 1), Reread(30, 24), Reread(1440, 168))


@pytest.mark.parametrize(
    ("age", "unread_for", "expected"),
    [
        (timedelta(minutes=30), timedelta(minutes=5), True),
        (timedelta(minutes=30), timedelta(minutes=4), False),
        (timedelta(hours=5), timedelta(minutes=29), False),
        (timedelta(hours=5), timedelta(minutes=30), True),
        (timedelta(days=3), timedelta(hours=23), False),
        (timedelta(days=3), timedelta(hours=24), True),
        (timedelta(days=8), timedelta(days=8), False),
    ],
)
def test_a_tally_post_is_read_again_often_while_it_is_young_and_not_at_all_after_a_week(
    age: timedelta, unread_for: timedelta, *, expected: bool
) -> None:
    now = utc(8, 8, 12)
    assert due_rereads([("1", now - age, now - unread_for)], PLAN, now) == (("1",) if expected else ())


def test_without_a_plan_nothing_is_read_again() -> None:
    now = utc(8, 8, 12)
    assert due_rereads([("1", now, now - timedelta(days=1))], (), now) == ()


# ── in which order ────────────────────────────────────────────────────────────────────────


def turn(channel: str, priority: Priority, *ids: str) -> Turn:
    return Turn(
        Place(Source("kyiv", "Kyiv", "kyiv"), Channel(channel, "kyiv", "Telegram", channel), "telegram_web"),
        priority,
        ids,
    )


async def taken(line: Line, count: int) -> list[tuple[str, bool]]:
    turns = [await asyncio.wait_for(line.take(), 1) for _ in range(count)]
    return [(each.place.channel.key, bool(each.ids)) for each in turns]


async def test_hot_goes_before_cold_and_that_before_posts_read_again() -> None:
    line = Line()
    line.put(turn("a", Priority.AGAIN, "1"))
    line.put(turn("b", Priority.COLD))
    line.put(turn("c", Priority.HOT))
    line.put(turn("d", Priority.HOT))
    assert await taken(line, 4) == [("c", False), ("d", False), ("b", False), ("a", True)]


async def test_a_channel_stands_in_line_once() -> None:
    line = Line()
    line.put(turn("a", Priority.HOT))
    line.put(turn("a", Priority.HOT))
    line.put(turn("b", Priority.COLD))
    assert await taken(line, 2) == [("a", False), ("b", False)]


async def test_a_channel_that_becomes_hot_while_it_waits_moves_up_and_still_stands_once() -> None:
    line = Line()
    line.put(turn("a", Priority.COLD))
    line.put(turn("b", Priority.COLD))
    line.put(turn("b", Priority.HOT))
    line.put(turn("c", Priority.COLD))
    assert await taken(line, 3) == [("b", False), ("a", False), ("c", False)]


async def test_a_channel_that_was_taken_may_stand_in_line_again() -> None:
    line = Line()
    line.put(turn("a", Priority.COLD))
    await taken(line, 1)
    line.put(turn("a", Priority.COLD))
    assert await taken(line, 1) == [("a", False)]
