"""One post, one transaction: what is stored of it, what is base line, and what a backfill brings."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.errors import StoreFull
from monitor.model import Post
from monitor.ports import Batch, Found
from tests.clock import FixedClock
from tests.newsroom import DAY, FIRST, FIRST_KEY, SECOND, WATCHED_SINCE, Elsewhere, daily_list, newsroom, on, watching

# ── the base line ─────────────────────────────────────────────────────────────────────────


async def test_what_stands_on_the_first_page_is_stored_and_silent(tmp_path):
    async with newsroom(tmp_path, FixedClock(on(0, 12))) as room:
        room.publish(daily_list(-1, tanks=95), on(-1))
        post = room.publish(daily_list(0, tanks=100), on(0))
        assert [alert.reason for alert in await room.read()] == ["watching"]
        assert room.held() == {"2026-08-07": 95, "2026-08-08": 100}
        assert room.kinds(post) == []


async def test_a_base_line_post_neither_ticks_nor_conflicts_with_what_was_told(tmp_path):
    async with newsroom(tmp_path) as room:
        await room.read(FIRST)
        (root,) = await room.post(daily_list(0, tanks=100, afv=200), on(0))
        room.publish(daily_list(0, tanks=100, afv=201), on(0), SECOND)
        assert [alert.severity for alert in await room.read(SECOND)] == ["ops"]
        assert room.told(root.number) == [root]
        assert room.rows("SELECT * FROM pending_conflicts") == []


async def test_an_edit_of_a_base_line_post_is_stored_and_silent(tmp_path):
    async with newsroom(tmp_path, FixedClock(on(0, 12))) as room:
        post = room.publish(daily_list(0, tanks=100), on(0))
        await room.read()
        room.edit(post, daily_list(0, tanks=101))
        room.clock.pass_by(minutes=1)
        assert await room.read() == []
        assert room.held() == {"2026-08-08": 101}


async def test_after_a_base_line_the_next_list_tells_the_difference(tmp_path):
    async with newsroom(tmp_path, FixedClock(on(0, 12))) as room:
        room.publish(daily_list(0, tanks=100), on(0))
        await room.read()
        (alert,) = await room.post(daily_list(1, tanks=105), on(1))
        assert alert.reason == "rise"


async def test_posts_without_a_time_on_the_first_page_are_base_line_too(tmp_path):
    async with newsroom(tmp_path) as room:
        pages = Pages(room, batch(undated("a", 100)))
        assert [alert.reason for alert in await pages.read()] == ["watching"]
        assert list(room.held().values()) == [100]


async def test_a_post_without_a_time_that_comes_later_is_told_once(tmp_path):
    async with newsroom(tmp_path) as room:
        pages = Pages(room, batch(undated("a", 100)))
        await pages.read()
        room.clock.pass_by(hours=20)
        pages.batch = batch(undated("a", 100), undated("b", 105))
        (alert,) = await pages.read()
        assert alert.reason == "rise"
        assert "105 (+5)" in alert.text
        assert await pages.read() == []


async def test_an_edit_of_a_base_line_post_without_a_time_is_silent(tmp_path):
    async with newsroom(tmp_path) as room:
        pages = Pages(room, batch(undated("a", 100)))
        await pages.read()
        room.clock.pass_by(hours=2)
        pages.batch = batch(undated("a", 101))
        assert await pages.read() == []
        assert list(room.held().values()) == [101]


def undated(post: str, tanks: int) -> Post:
    return Post(FIRST_KEY, post, daily_list(None, tanks=tanks))


def batch(*posts: Post) -> Batch:
    return Batch(tuple(Found(post, post.id) for post in posts), posts[-1].id)


class Pages:
    """A route that yields what it is given (`ports.Collector` as far as a pass needs it)."""

    host = "nowhere"

    def __init__(self, room, page: Batch) -> None:
        self.room, self.batch = room, page

    async def fetch(self, channel, cursor):
        yield self.batch

    async def read(self):
        report = await self.room.app.passes.read(self.room.place(), self)
        return self.room.told(*report.alerts)


# ── what a backfill stored first ──────────────────────────────────────────────────────────


async def test_a_backfill_never_alerts(tmp_path):
    async with watching(tmp_path) as room:
        for day, tanks in enumerate((100, 90, 105)):
            room.publish(daily_list(day, tanks=tanks), on(day))
        report = await room.backfill()
        assert (report.alerts, report.posts) == ([], 3)
        assert list(room.held().values()) == [100, 90, 105]
        assert {alert.reason for alert in room.everything()} == {"watching", "ops"}


async def test_a_post_that_a_backfill_stored_first_is_told_once_when_the_live_route_sees_it(tmp_path):
    async with watching(tmp_path) as room:
        await room.post(daily_list(0, tanks=100), on(0))
        room.publish(daily_list(1, tanks=105), on(1))
        await room.backfill()
        (alert,) = await room.read()
        assert alert.reason == "rise"
        assert "105 (+5)" in alert.text
        assert await room.read() == []


async def test_several_days_that_a_backfill_stored_first_are_each_told_as_of_their_day(tmp_path):
    async with watching(tmp_path) as room:
        await room.post(daily_list(0, tanks=100), on(0))
        for day, tanks in ((1, 105), (2, 103), (3, 110)):
            room.publish(daily_list(day, tanks=tanks), on(day))
        await room.backfill()
        await room.read()
        told = [alert for alert in room.everything() if alert.post in {"102", "103", "104"}]
        assert [alert.reason for alert in told] == ["rise", "fall", "rise"]
        assert "103 (−2)" in told[1].text.replace("-", "−")


async def test_a_second_channels_post_that_a_backfill_stored_first_is_a_repeat(tmp_path):
    for rank in (20, 90):
        async with watching(tmp_path / str(rank), rank=rank) as room:
            (root,) = await room.post(daily_list(0, tanks=100), on(0))
            room.publish(daily_list(0, tanks=100), on(0, 5), SECOND)
            await room.backfill(SECOND)
            assert await room.read(SECOND) == []
            (root,) = room.told(root.number)
            assert "Same figures: Mirror" in root.text


async def test_a_second_channels_differing_post_that_a_backfill_stored_first_is_a_conflict(tmp_path):
    for rank in (20, 90):
        async with watching(tmp_path / str(rank), rank=rank) as room:
            (root,) = await room.post(daily_list(0, tanks=100), on(0))
            room.publish(daily_list(0, tanks=103), on(0, 5), SECOND)
            await room.backfill(SECOND)
            assert await room.read(SECOND) == []
            room.clock.pass_by(minutes=10)
            (conflict,) = await room.settle()
            assert (conflict.reason, conflict.reply_to) == ("conflict", root.number)


async def test_an_older_post_that_a_backfill_stored_first_stays_an_older_post(tmp_path):
    async with watching(tmp_path) as room:
        await room.post(daily_list(0, tanks=100), on(0))
        room.publish(daily_list(0, tanks=99, afv=200), on(0, 5), SECOND)
        await room.post(daily_list(1, tanks=105), on(1))
        await room.backfill(SECOND)
        assert await room.read(SECOND) == []
        assert set(room.kinds(room.numbers[SECOND], SECOND)) == {"backdated"}


async def test_an_edit_that_a_backfill_stored_first_is_still_told_as_an_edit(tmp_path):
    async with watching(tmp_path) as room:
        (root,) = await room.post(daily_list(0, tanks=100), on(0))
        room.edit(room.numbers[FIRST], daily_list(0, tanks=110))
        await room.backfill()
        (reply,) = await room.read()
        assert (reply.reason, reply.reply_to) == ("edited", root.number)
        assert "was 100 → now 110" in reply.text
        assert await room.read() == []


async def test_a_post_whose_first_version_only_a_backfill_saw_is_told_as_new(tmp_path):
    async with watching(tmp_path) as room:
        await room.post(daily_list(0, tanks=100), on(0))
        post = room.publish(daily_list(1, tanks=105), on(1))
        await room.backfill()
        room.edit(post, daily_list(1, tanks=106))
        (alert,) = await room.read()
        assert alert.reason == "rise"
        assert "106 (+6)" in alert.text


async def test_an_odd_date_is_doubted_though_a_backfill_stored_the_post_first(tmp_path):
    async with watching(tmp_path) as room:
        await room.post(daily_list(0, tanks=100), on(0))
        room.publish(daily_list(-5, tanks=105), on(1))
        await room.backfill()
        await room.read()
        ((doubts,),) = room.rows("SELECT doubts FROM changes WHERE now_value = 105")
        assert "odd_date" in doubts


# ── versions ──────────────────────────────────────────────────────────────────────────────


async def test_an_earlier_edit_that_comes_late_is_kept_and_changes_nothing(tmp_path):
    async with watching(tmp_path) as room:
        post = Post(FIRST_KEY, "7", daily_list(0, tanks=100), on(0))
        pages = Pages(room, batch(post))
        (root,) = await pages.read()
        room.clock.pass_by(hours=1)
        late = replace(post, text=daily_list(0, tanks=120), edited_at=on(0, 5))
        early = replace(post, text=daily_list(0, tanks=110), edited_at=on(0, 4, 30))
        pages.batch = batch(late)
        (reply,) = await pages.read()
        assert reply.reply_to == root.number
        pages.batch = batch(early)
        assert await pages.read() == []
        assert room.held() == {"2026-08-08": 120}
        assert room.rows("SELECT versions FROM posts WHERE post = '7'") == [(3,)]


# ── faults ────────────────────────────────────────────────────────────────────────────────


async def test_a_post_that_breaks_the_parser_is_kept_and_said_and_the_next_one_goes_on(tmp_path):
    async with watching(tmp_path) as room:
        await room.post(daily_list(0, tanks=100), on(0))
        pipeline = replace(room.app.pipeline, read=breaks_on("POISON", room.app.pipeline.read))
        posts = (
            Post(FIRST_KEY, "500", "POISON 12", on(1)),
            Post(FIRST_KEY, "501", daily_list(1, tanks=105), on(1)),
        )
        room.clock.at = on(1, 5)
        take = pipeline.take_batch
        report = await room.app.call(lambda store: take(store, room.place(), batch(*posts), room.clock.now()))
        ops, over, news = room.told(*report.alerts)
        assert (ops.severity, ops.reason) == ("ops", "unreadable")
        assert "RuntimeError: at its worst" in ops.text
        assert (over.reason, news.reason) == ("unreadable_over", "rise")
        ((status, unread),) = room.rows(
            "SELECT r.status, r.unread FROM posts p JOIN readings r ON r.id = p.reading WHERE p.post = '500'"
        )
        assert status == "unreadable"
        assert "at its worst" in unread
        assert room.rows("SELECT cursor FROM routes WHERE channel = ?", FIRST_KEY) == [("501",)]


def breaks_on(word, read):
    def reader(post, source):
        if word in post.text:
            raise RuntimeError("at its worst")
        return read(post, source)

    return reader


class Broken:
    """A transaction whose n-th call fails, as on a full disk; counts the calls."""

    def __init__(self, tx, fails_at: int) -> None:
        self._tx, self.left = tx, fails_at

    def __getattr__(self, name: str):
        method = getattr(self._tx, name)

        def call(*arguments, **named):
            self.left -= 1
            if self.left == 0:
                raise StoreFull(f"no room at {name}")
            return method(*arguments, **named)

        return call


class BrokenStore:
    """The real store, in whose transactions one call fails."""

    def __init__(self, store, fails_at: int) -> None:
        self._store, self._fails_at = store, fails_at

    def __getattr__(self, name: str):
        return getattr(self._store, name)

    @contextmanager
    def transaction(self) -> Iterator[Broken]:
        with self._store.transaction() as tx:
            broken = Broken(tx, self._fails_at)
            yield broken
            self.survived = broken.left > 0


def contents(database) -> dict[str, list]:
    with closing(sqlite3.connect(database)) as db:
        tables = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {table: db.execute(f"SELECT * FROM {table}").fetchall() for table in tables}  # noqa: S608 - its own names


@pytest.mark.parametrize("case", ["news", "edit", "late", "repeat", "conflict", "unreadable"])
async def test_wherever_the_store_fails_nothing_of_a_post_is_left_and_the_next_pass_tells_it(tmp_path, case):
    async with watching(tmp_path) as room:
        await room.post(daily_list(0, tanks=100, afv=200), on(0))
        room.clock.at = on(1, 18) if case == "late" else on(1, 5)
        place, post = room.place(SECOND if case in {"repeat", "conflict"} else FIRST), POSTS[case]
        post = replace(post, channel=place.channel.key)
        take = room.app.pipeline.take_batch
        for fails_at in range(1, 200):
            before = contents(room.settings.database)
            broken = await room.app.call(lambda store, n=fails_at: BrokenStore(store, n))
            try:
                await room.app.call(lambda _, b=broken: take(b, place, batch(post), room.clock.now()))
            except StoreFull:
                assert contents(room.settings.database) == before, f"call {fails_at} left a trace"
            else:
                break
        assert broken.survived
        assert fails_at > 5, "the calls were counted"
        after = contents(room.settings.database)
        assert len(after["posts"]) + len(after["versions"]) > len(before["posts"]) + len(before["versions"])
        assert case == "edit" or after["routes"] != before["routes"], "the cursor is a part of it"
        expected = {"repeat": "alert_revisions", "conflict": "pending_conflicts"}.get(case, "alerts")
        assert len(after[expected]) > len(before[expected])


POSTS = {
    "news": Post(FIRST_KEY, "700", daily_list(1, tanks=105, afv=201), on(1)),
    "edit": Post(FIRST_KEY, "101", daily_list(0, tanks=101, afv=200), on(0)),
    "late": Post(FIRST_KEY, "700", daily_list(1, tanks=105, afv=201), on(1)),
    "repeat": Post(FIRST_KEY, "700", daily_list(0, tanks=100, afv=200), on(0, 5)),
    "conflict": Post(FIRST_KEY, "700", daily_list(0, tanks=100, afv=202), on(0, 5)),
    "unreadable": Post(FIRST_KEY, "700", daily_list(1).splitlines()[0] + "\nт-а-н-к-и 12 з 251", on(1)),
}


async def test_a_pass_that_fails_in_the_middle_keeps_what_came_before_and_tells_the_rest_next_time(tmp_path):
    async with watching(tmp_path) as room:
        posts = [Post(FIRST_KEY, str(700 + day), daily_list(day, tanks=100 + day), on(day)) for day in range(3)]
        room.clock.at = on(2, 5)
        take, place = room.app.pipeline.take_batch, room.place()
        first, rest = batch(posts[0]), batch(*posts)
        await room.app.call(lambda store: take(store, place, first, room.clock.now()))
        with pytest.raises(StoreFull):
            await room.app.call(lambda store: take(BrokenStore(store, 12), place, rest, room.clock.now()))
        assert room.held() == {DAY.isoformat(): 100}
        assert room.rows("SELECT cursor FROM routes WHERE channel = ?", FIRST_KEY) == [("700",)]
        await room.app.call(lambda store: take(store, place, rest, room.clock.now()))
        assert list(room.held().values()) == [100, 101, 102]
        told = [alert.post for alert in room.everything() if alert.post]
        assert sorted(told) == ["700", "701", "702"]


async def test_watching_goes_on_where_another_process_left_off(tmp_path):
    async with watching(tmp_path) as room:
        await room.post(daily_list(0, tanks=100), on(0))
        async with newsroom(tmp_path, room.clock, server=Elsewhere(room.server)) as again:
            again.numbers = room.numbers
            again.clock.at = WATCHED_SINCE + timedelta(days=2)
            (alert,) = await again.post(daily_list(1, tanks=105), on(1))
            assert "105 (+5)" in alert.text
