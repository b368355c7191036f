"""One pass over a channel: since when it is watched, what is said first, and where the next pass goes on."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.demo.preview import Fault
from monitor.errors import CollectError, RateLimited
from tests.newsroom import (
    FIRST,
    FIRST_KEY,
    SECOND,
    SECOND_KEY,
    WATCHED_SINCE,
    Elsewhere,
    daily_list,
    newsroom,
    on,
    watching,
)

# ── the first words ───────────────────────────────────────────────────────────────────────


async def test_after_the_first_pass_the_desk_is_told_what_is_watched_with_the_figures(tmp_path):
    async with newsroom(tmp_path) as room:
        room.publish(daily_list(-1, tanks=100, afv=200), WATCHED_SINCE - timedelta(hours=8))
        (watched,) = await room.read()
        assert (watched.severity, watched.reason) == ("routine", "watching")
        assert "2 tallies as of 7 Aug 2026" in watched.headline
        assert "100" in watched.text
        assert await room.read() == [], "it is said once"


async def test_a_second_channel_of_a_known_source_is_one_line_about_monitor_itself(tmp_path):
    async with newsroom(tmp_path) as room:
        await room.read(FIRST)
        room.publish(daily_list(-1, tanks=100), WATCHED_SINCE - timedelta(hours=8), SECOND)
        (line,) = await room.read(SECOND)
        assert (line.severity, line.text) == ("ops", "Also reading Ukraine's General Staff on Mirror")
        assert await room.read(SECOND) == []


async def test_a_restart_says_nothing_again(tmp_path):
    async with watching(tmp_path) as room, newsroom(tmp_path, room.clock, server=Elsewhere(room.server)) as again:
        assert await again.read(FIRST) == []
        assert await again.read(SECOND) == []


async def test_nothing_is_announced_before_a_pass_succeeded(tmp_path):
    async with newsroom(tmp_path) as room:
        room.server.break_(Fault.NO_PREVIEW, FIRST)
        with pytest.raises(CollectError):
            await room.read()
        assert room.everything() == []
        room.server.heal(FIRST)
        assert [alert.reason for alert in await room.read()] == ["watching"]


# ── off and on again ──────────────────────────────────────────────────────────────────────


@asynccontextmanager
async def restarted(folder, room, **chosen):
    """Start the monitor anew on the same state, with other settings."""
    async with newsroom(folder, room.clock, server=Elsewhere(room.server), **chosen) as again:
        again.numbers = room.numbers
        sources = tuple(again.settings.sources.values())
        await again.app.call(lambda store: again.app.passes.journal.switch_off(store, sources))
        yield again


async def test_what_a_channel_posts_while_it_is_off_never_alerts_and_what_follows_does(tmp_path):
    async with watching(tmp_path) as room:
        await room.post(daily_list(0, mlrs=30), on(0), SECOND)
        async with watching_again(tmp_path, room) as again:
            assert await again.read(SECOND) == [], "neither the posts meanwhile nor another first word"
            assert list(again.held("mlrs").values()) == [30, 25]
            (news,) = await again.post(daily_list(3, mlrs=31), on(3), SECOND)
            assert news.reason == "rise"


@asynccontextmanager
async def watching_again(folder, room):
    """Switch the second channel off, let it post, and switch it on again two days later."""
    async with restarted(folder, room, enabled=False) as off:
        off.publish(daily_list(1, mlrs=25), on(1), SECOND)
        await off.read(FIRST)
    room.clock.at = on(2, 12)
    async with restarted(folder, room) as again:
        yield again


async def test_a_channel_that_the_settings_no_longer_name_counts_as_off(tmp_path):
    async with watching(tmp_path) as room:
        sources = tuple(room.settings.sources.values())
        own = [replace(one, channels=tuple(c for c in one.channels if c.key != SECOND_KEY)) for one in sources]
        await room.app.call(lambda store: room.app.passes.journal.switch_off(store, own))
        watched = dict(room.rows("SELECT key, switched_on_at IS NOT NULL FROM channels"))
        assert watched == {FIRST_KEY: 1, SECOND_KEY: 0}


async def test_an_edit_of_a_post_that_was_told_before_a_channel_was_off_is_still_an_edit(tmp_path):
    async with watching(tmp_path) as room:
        (root,) = await room.post(daily_list(0, mlrs=30), on(0), SECOND)
        room.edit(room.numbers[SECOND], daily_list(0, mlrs=33), SECOND)
        async with watching_again(tmp_path, room) as again:
            (reply,) = await again.read(SECOND)
            assert (reply.reason, reply.reply_to) == ("edited", root.number)


# ── where it goes on ──────────────────────────────────────────────────────────────────────


async def test_a_backlog_of_more_than_a_page_is_told_from_the_oldest_on_without_a_gap(tmp_path):
    async with watching(tmp_path) as room:
        for hour in range(45):
            room.publish(daily_list(None, tanks=100 + hour), on(0) + timedelta(minutes=hour))
        alerts = await room.read()
        assert [alert.post for alert in alerts] == [str(101 + hour) for hour in range(45)]
        assert room.rows("SELECT cursor FROM routes WHERE channel = ?", FIRST_KEY) == [("145",)]


async def test_what_was_taken_before_a_channel_broke_off_is_kept(tmp_path):
    async with watching(tmp_path) as room:
        for hour in range(45):
            room.publish(daily_list(None, tanks=100 + hour), on(0) + timedelta(minutes=hour))
        collector = BreaksOff(room.app.collectors["telegram_web"])
        with pytest.raises(CollectError, match="no further"):
            await room.app.passes.read(room.place(), collector)
        told = [alert.post for alert in room.everything() if alert.post]
        assert told, "the first page was taken"
        await room.read()
        told = [alert.post for alert in room.everything() if alert.post]
        assert told == [str(101 + hour) for hour in range(45)]


class BreaksOff:
    """A route that fails after its first batch (`ports.Collector` as far as a pass needs it)."""

    def __init__(self, collector) -> None:
        self._collector, self.host = collector, collector.host

    async def fetch(self, channel, cursor):
        async for batch in self._collector.fetch(channel, cursor):
            yield batch
            raise CollectError("no further")


async def test_a_failed_pass_is_noted_with_its_reason_and_a_good_one_clears_it(tmp_path):
    async with watching(tmp_path) as room:
        room.server.break_(Fault.TOO_MANY, retry_after="120")
        with pytest.raises(RateLimited):
            await room.read()
        noted = "SELECT failures, failing_since, retry_at, last_error FROM channels WHERE key = ?"
        ((failures, since, retry_at, error),) = room.rows(noted, FIRST_KEY)
        assert (failures, since[:19]) == (1, "2026-08-07T12:00:00")
        assert retry_at >= "2026-08-07T12:02"
        assert error
        room.server.heal()
        room.clock.pass_by(minutes=3)
        await room.read()
        assert room.rows(noted, FIRST_KEY) == [(0, None, None, "")]


# ── posts read again ──────────────────────────────────────────────────────────────────────


async def test_an_edit_that_only_a_second_reading_shows_is_told_and_the_cursor_stays(tmp_path):
    async with watching(tmp_path) as room:
        (root,) = await room.post(daily_list(0, tanks=100), on(0))
        post, place = room.numbers[FIRST], room.place()
        for minute in range(30):
            room.publish("Слава Україні!", on(0, 6, minute))
        await room.read()
        cursor = room.rows("SELECT cursor FROM routes WHERE channel = ?", FIRST_KEY)
        room.edit(post, daily_list(0, tanks=110))
        assert await room.read() == [], "it is no longer on the newest page"
        report = await room.app.passes.reread(place, room.app.collectors[place.route], [str(post)])
        (reply,) = room.told(*report.alerts)
        assert (reply.reason, reply.reply_to) == ("edited", root.number)
        assert room.rows("SELECT cursor FROM routes WHERE channel = ?", FIRST_KEY) == cursor
        reread = await room.app.call(lambda store: store.tally_posts_since(FIRST_KEY, on(0)))
        assert [(name, last) for name, _, last in reread] == [(str(post), room.clock.now())]
