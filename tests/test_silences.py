"""Four ways to go quiet, never confused: each opens once, ages in place and closes with a word."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta

import pytest

from monitor.demo.preview import Fault
from monitor.demo.preview_html import PreviewPost
from monitor.errors import CollectError
from tests.app import GENERAL_STAFF
from tests.newsroom import FIRST, FIRST_KEY, SECOND, UNREADABLE, daily_list, on, watching

# The General Staff's window is 06:00 to 08:30 in Kyiv (03:00 to 05:30 UTC in summer), with 45 minutes of grace.


async def look(room, *channels: str):
    """Read the channels and look for silences, as the daemon does all the time."""
    for channel in channels or (FIRST, SECOND):
        await room.read(channel)
    return await room.watch()


# ── overdue ───────────────────────────────────────────────────────────────────────────────


async def test_a_source_is_overdue_when_its_window_and_the_grace_have_passed(tmp_path):
    async with watching(tmp_path) as room:
        room.clock.at = on(0, 6, 14)
        assert await look(room) == []
        room.clock.pass_by(minutes=1)
        (late,) = await look(room)
        assert (late.severity, late.reason) == ("ops", "overdue")
        assert "LATE" in late.headline


async def test_overdue_opens_once_and_ages_in_place(tmp_path):
    async with watching(tmp_path) as room:
        room.clock.at = on(0, 6, 15)
        (late,) = await look(room)
        for _ in range(5):
            room.clock.pass_by(minutes=30)
            assert await look(room) == []
        (aged,) = room.told(late.number)
        assert "Still late, 2 h" in aged.text
        assert aged.headline == late.headline
        room.clock.pass_by(hours=3)
        assert await look(room) == []
        (aged,) = room.told(late.number)
        assert "Still late, 5 h" in aged.text
        assert "2 h" not in aged.text


async def test_an_overdue_tally_that_comes_closes_the_silence_and_is_told(tmp_path):
    async with watching(tmp_path) as room:
        room.clock.at = on(0, 6, 15)
        (late,) = await look(room)
        over, news = await room.post(daily_list(0, tanks=100), on(0, 8))
        assert (over.reason, over.reply_to) == ("overdue_over", late.number)
        assert "RECOVERED" in over.headline
        assert news.reason == "new"
        assert room.outbox(alert=over.number)[0].kind == "reply"
        assert await look(room) == []


async def test_a_tally_in_time_leaves_no_silence(tmp_path):
    async with watching(tmp_path) as room:
        await room.post(daily_list(0, tanks=100), on(0))
        room.clock.at = on(0, 20)
        assert await look(room) == []


async def test_yesterdays_tally_that_comes_late_does_not_end_todays_wait(tmp_path):
    async with watching(tmp_path) as room:
        room.clock.at = on(1, 6, 15)
        (late,) = await look(room, SECOND)
        assert late.reason == "overdue"
        room.publish(daily_list(0, tanks=100), on(0, 18))
        told = await room.read(FIRST)  # yesterday's post shows only now
        assert "overdue_over" not in [alert.reason for alert in told]
        assert await look(room) == []


async def test_a_source_that_nobody_could_look_at_is_not_called_overdue(tmp_path):
    async with watching(tmp_path) as room:
        room.server.break_(Fault.SERVER_ERROR)
        for minutes in (0, 11, 22):
            room.clock.at = on(0, 6) + timedelta(minutes=minutes)
            for channel in (FIRST, SECOND):
                with pytest.raises(CollectError):
                    await room.read(channel)
        assert await room.watch() == []
        room.server.heal()
        room.clock.pass_by(minutes=5)
        assert [alert.reason for alert in await look(room)] == ["overdue"], "it has been looked at now"


async def test_watching_that_began_inside_the_window_waits_for_the_next_one(tmp_path):
    async with watching(tmp_path) as room:
        await room.app.call(lambda store: _switched_on(store, on(0, 4)))
        room.clock.at = on(0, 7)
        assert await look(room) == []
        room.clock.at = on(1, 7)
        assert [alert.reason for alert in await look(room)] == ["overdue"]


def _switched_on(store, at):
    with store.transaction() as tx:
        for key in (FIRST_KEY, "t.me/staffmirror"):
            tx.update_channel(key, GENERAL_STAFF, switched_on_at=at)


async def test_one_channel_with_a_tally_is_enough(tmp_path):
    async with watching(tmp_path) as room:
        await room.post(daily_list(0, tanks=100), on(0), SECOND)
        room.clock.at = on(0, 9)
        assert await look(room) == []


async def overdue_with(room, **window) -> str:
    """Return what a source with another window and cadence is told of, at the newsroom's time."""
    own = room.settings.sources[GENERAL_STAFF]
    cadence = window.pop("cadence", 1)
    source = replace(own, window=replace(own.window, **window) if window else None, cadence=cadence)

    def check(store):
        with store.transaction() as tx:
            return room.app.silences.check(tx, source, room.clock.now())

    await room.read()
    numbers = await room.app.call(check)
    return " ".join(alert.reason for alert in room.told(*numbers))


async def test_a_source_without_a_window_is_never_overdue(tmp_path):
    async with watching(tmp_path) as room:
        room.clock.at = on(9)
        assert await overdue_with(room) == ""


async def test_a_window_over_midnight_belongs_to_the_day_on_which_it_opens(tmp_path):
    window = {"opens": time(22), "closes": time(2), "grace_minutes": 45}  # Kyiv: 19:00 to 23:00 UTC
    async with watching(tmp_path) as room:
        room.clock.at = on(0, 23, 44)
        assert await overdue_with(room, **window) == ""
        room.clock.at = on(0, 23, 45)
        assert await overdue_with(room, **window) == "overdue"


async def test_a_tally_before_midnight_counts_for_a_window_over_midnight(tmp_path):
    window = {"opens": time(22), "closes": time(2)}
    async with watching(tmp_path) as room:
        await room.post(daily_list(0, tanks=100), on(0, 20))
        room.clock.at = on(1, 12)
        assert await overdue_with(room, **window) == ""


async def test_a_grace_that_ends_after_midnight_is_waited_for_and_then_said(tmp_path):
    window = {"opens": time(22), "closes": time(23, 30)}  # in Kyiv; grace ends 00:15, 21:15 UTC
    async with watching(tmp_path) as room:
        room.clock.at = on(0, 21, 14)
        assert await overdue_with(room, **window) == ""
        room.clock.at = on(0, 21, 16)
        assert await overdue_with(room, **window) == "overdue"


async def test_a_weekly_source_is_not_overdue_on_the_other_days(tmp_path):
    window = {"opens": time(6), "closes": time(8, 30), "cadence": 7}
    async with watching(tmp_path) as room:
        await room.post(daily_list(0, tanks=100), on(0))
        for day in range(1, 7):
            room.clock.at = on(day, 12)
            assert await overdue_with(room, **window) == ""
        room.clock.at = on(7, 12)
        assert await overdue_with(room, **window) == "overdue"


@pytest.mark.parametrize(
    ("day", "deadline"),
    [(231, (7, 15)), (233, (6, 15)), (77, (6, 15)), (79, (7, 15))],  # around 28 March 2027 and 25 October 2026
    ids=["winter, before", "summer, after", "summer, before", "winter, after"],
)
async def test_the_window_is_in_the_sources_own_time_around_the_days_on_which_clocks_change(tmp_path, day, deadline):
    async with watching(tmp_path) as room:
        await room.post(daily_list(day - 1, tanks=100), on(day - 1, 5))
        room.clock.at = on(day, *deadline) - timedelta(minutes=1)
        assert await look(room) == []
        room.clock.pass_by(minutes=1)
        assert [alert.reason for alert in await look(room)] == ["overdue"]


# ── unreachable ───────────────────────────────────────────────────────────────────────────


async def fail(room, *channels: str):
    """Read channels that do not answer; return what was raised as alerts meanwhile."""
    before = len(room.everything())
    for channel in channels:
        with pytest.raises(CollectError):
            await room.read(channel)
    return room.everything()[before:]


async def test_unreachable_opens_when_no_channel_has_answered_for_ten_minutes(tmp_path):
    async with watching(tmp_path) as room:
        room.server.break_(Fault.SERVER_ERROR)
        assert await fail(room, FIRST, SECOND) == []
        room.clock.pass_by(minutes=9)
        assert await fail(room, FIRST, SECOND) == []
        room.clock.pass_by(minutes=1)
        (gone,) = await fail(room, FIRST, SECOND)
        assert (gone.severity, gone.reason) == ("ops", "unreachable")
        room.clock.pass_by(minutes=10)
        assert await fail(room, FIRST, SECOND) == []


async def test_one_channel_that_answers_keeps_the_source_within_reach(tmp_path):
    async with watching(tmp_path) as room:
        room.server.break_(Fault.NO_PREVIEW, FIRST)
        for _ in range(4):
            assert await fail(room, FIRST) == []
            await room.read(SECOND)
            room.clock.pass_by(minutes=10)


async def test_unreachable_ages_and_closes_with_the_first_answer(tmp_path):
    async with watching(tmp_path) as room:
        room.server.break_(Fault.SERVER_ERROR)
        await fail(room, FIRST, SECOND)
        room.clock.pass_by(minutes=10)
        (gone,) = await fail(room, FIRST, SECOND)
        room.clock.pass_by(hours=2)
        await room.watch()
        assert "Still unreachable, 2 h" in room.told(gone.number)[0].text
        room.server.heal()
        (back,) = await room.read(SECOND)
        assert (back.reason, back.reply_to) == ("unreachable_over", gone.number)
        assert await room.read(FIRST) == []


async def test_what_was_posted_while_out_of_reach_is_told_after_the_recovery(tmp_path):
    async with watching(tmp_path) as room:
        await room.post(daily_list(0, tanks=100), on(0))
        room.server.break_(Fault.SERVER_ERROR)
        room.clock.at = on(1, 4)
        await fail(room, FIRST, SECOND)
        room.clock.pass_by(minutes=10)
        await fail(room, FIRST, SECOND)
        room.publish(daily_list(1, tanks=105), on(1))
        room.server.heal()
        room.clock.pass_by(minutes=5)
        assert sorted(alert.reason for alert in await room.read()) == ["rise", "unreachable_over"]


# ── unreadable ────────────────────────────────────────────────────────────────────────────


async def test_unreadable_opens_once_and_closes_with_the_next_tally(tmp_path):
    async with watching(tmp_path) as room:
        (first,) = await room.post(UNREADABLE, on(0))
        assert first.reason == "unreadable"
        assert "t.me/GeneralStaffZSU/101" in first.text
        assert await room.post(UNREADABLE + " 7", on(0, 5)) == []
        over, _ = await room.post(daily_list(0, tanks=100), on(0, 6))
        assert (over.reason, over.reply_to) == ("unreadable_over", first.number)


async def test_unreadable_counts_as_no_tally_for_the_window_and_not_as_nothing_said(tmp_path):
    async with watching(tmp_path) as room:
        (first,) = await room.post(UNREADABLE, on(0))
        room.clock.at = on(0, 6, 15)
        assert await look(room) == [], "the tally is here; that it cannot be read is said already"
        assert first.reason == "unreadable"


async def test_an_older_post_that_an_edit_makes_unreadable_leaves_todays_silence_alone(tmp_path):
    async with watching(tmp_path) as room:
        (root,) = await room.post(daily_list(0, tanks=100), on(0))
        post = room.numbers[FIRST]
        await room.post(daily_list(1, tanks=101), on(1))
        room.clock.at = on(2, 4)
        room.edit(post, UNREADABLE)
        (reply,) = await room.read()
        assert reply.reply_to == root.number, "said where it was told, and once"
        room.clock.at = on(2, 6, 15)
        assert [alert.reason for alert in await look(room)] == ["overdue"]


# ── image only ────────────────────────────────────────────────────────────────────────────


async def test_a_picture_in_the_tallys_place_is_said_to_be_that_and_not_overdue(tmp_path):
    async with watching(tmp_path) as room:
        room.publish("", on(0), media=("photo",))
        assert await room.read() == []
        room.clock.at = on(0, 6, 15)
        (seen,) = await look(room)
        assert seen.reason == "image_only"
        over, _ = await room.post(daily_list(0, tanks=100), on(0, 7))
        assert over.reason == "image_only_over"


async def test_a_picture_on_an_ordinary_day_is_nothing(tmp_path):
    async with watching(tmp_path) as room:
        await room.post(daily_list(0, tanks=100), on(0))
        room.publish("", on(0, 5), media=("photo",))
        assert await room.read() == []
        room.clock.at = on(0, 6, 15)
        assert await look(room) == []


async def test_a_picture_with_the_lists_heading_as_its_caption_is_said_at_once_and_once(tmp_path):
    heading = daily_list(0, tanks=1).splitlines()[0].rstrip(":")
    async with watching(tmp_path) as room:
        room.publish(heading, on(0), media=("photo",))
        (seen,) = await room.read()
        assert (seen.severity, seen.reason) == ("ops", "image_only")
        assert "t.me/GeneralStaffZSU/101" in seen.text
        room.clock.at = on(0, 6, 15)
        assert await look(room) == [], "and it is not called overdue on top"


# ── what the preview does not show ────────────────────────────────────────────────────────


async def hidden(room, at):
    """Publish a post that the preview refuses to show, and read the channel."""
    room.server.add(FIRST, PreviewPost(900 + at.day, "", at, restricted=True))
    room.clock.at = at + timedelta(seconds=30)
    return await room.read()


async def test_a_post_that_is_not_shown_in_the_tallys_hour_is_never_taken_for_nothing_new(tmp_path):
    async with watching(tmp_path) as room:
        (unseen,) = await hidden(room, on(0))
        assert unseen.reason == "unreadable"
        assert "does not show" in unseen.text


async def test_a_post_that_is_not_shown_at_another_hour_or_after_the_tally_is_nothing(tmp_path):
    async with watching(tmp_path) as room:
        assert await hidden(room, on(0, 14)) == []
        await room.post(daily_list(1, tanks=100), on(1))
        assert await hidden(room, on(1, 4, 40)) == []


# ── one outage ────────────────────────────────────────────────────────────────────────────

OTHER = "defence-ministry-ru"


def out_of_reach(room, tx, *sources: str) -> list[int]:
    numbers = []
    for key in sources:
        source = room.settings.sources[key]
        for channel in source.channels:
            tx.update_channel(channel.key, key, failing_since=room.clock.now() - timedelta(minutes=10))
        numbers += room.app.silences.failed(tx, source, "no answer", room.clock.now())
    return numbers


def within_reach(room, tx, *sources: str) -> list[int]:
    reached = room.app.silences.reached
    return [number for key in sources for number in reached(tx, room.settings.sources[key], room.clock.now())]


async def test_one_outage_is_told_once_with_every_source_that_it_hides_and_so_is_its_end(tmp_path):
    async with watching(tmp_path) as room:

        def play(store):
            with store.transaction() as tx:
                (gone,) = out_of_reach(room, tx, GENERAL_STAFF, OTHER)
                room.clock.pass_by(hours=2)
                aged = [room.app.silences.check(tx, room.settings.sources[key], room.clock.now()) for key in (OTHER,)]
                back = within_reach(room, tx, GENERAL_STAFF, OTHER)
            return gone, aged, back

        gone, aged, back = await room.app.call(play)
        assert aged == [[]]
        assert len(set(back)) == 1
        for number in (gone, back[0]):
            (alert,) = room.told(number)
            assert "General Staff" in alert.headline
            assert "The same holds for: Russia's Defence Ministry." in alert.text


async def test_a_source_that_drops_out_much_later_is_told_on_its_own(tmp_path):
    async with watching(tmp_path) as room:

        def play(store):
            with store.transaction() as tx:
                first = out_of_reach(room, tx, GENERAL_STAFF)
                room.clock.pass_by(minutes=30)
                return first + out_of_reach(room, tx, OTHER)

        assert len(set(await room.app.call(play))) == 2
