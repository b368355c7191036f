"""The ledger through the real store: any order of arrival ends the same, and a person's decision holds."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.ledgers import stated_of_folded
from monitor.model import Post, Tally, text_hash
from monitor.pipeline import Pipeline, Place
from monitor.ports import Batch, Found
from monitor.reconcile.ledger import Decision
from monitor.store.sqlite import SqliteStore
from monitor.wiring import build_pipeline, places_of
from tests.app import GENERAL_STAFF
from tests.newsroom import FIRST, FIRST_KEY, SECOND, SECOND_KEY, WATCHED_SINCE, daily_list, on, settings_of, watching

TANKS = Tally(GENERAL_STAFF, "russia", "tanks")


# ── any order of arrival ──────────────────────────────────────────────────────────────────


class Version(NamedTuple):
    """One text of a post, as some route saw it."""

    post: Post
    live: bool


@cache
def office() -> tuple[Pipeline, dict[str, Place]]:
    """Return the real reader and reconciler, and the two channels."""
    with TemporaryDirectory() as folder:
        chosen = settings_of(Path(folder), "http://127.0.0.1:9")
    places = {place.channel.key: place for place in places_of([chosen.sources[GENERAL_STAFF]])}
    return build_pipeline(chosen), places


@st.composite
def texts(draw: st.DrawFn, day: int) -> str:
    """Draw a list of that day, its header dated, undated or of the day before; sometimes with a slip in it."""
    if draw(st.integers(0, 9)) == 0:
        return "Слава Україні!"
    figures = {
        "tanks": 12_000 + 10 * day + draw(st.sampled_from([0, 0, 0, 1, -5, -10_800, 99_000])),
        "afv": 24_000 + draw(st.sampled_from([0, 20 * day, 20 * day + 1])),
    }
    deltas = {"tanks": draw(st.sampled_from([10, 10, 4]))} if draw(st.booleans()) else {}
    header = draw(st.sampled_from([day, day, day, day - 1, None]))
    return daily_list(header, deltas, **dict(draw(st.permutations(sorted(figures.items())))))


@st.composite
def histories(draw: st.DrawFn) -> list[list[Version]]:
    """Draw posts of two channels over some days, each with its versions in order."""
    posts = []
    for number, day in enumerate(sorted(draw(st.lists(st.integers(0, 2), min_size=2, max_size=6)))):
        channel = draw(st.sampled_from([FIRST_KEY, SECOND_KEY]))
        hour = draw(st.integers(3, 20))
        wordings = draw(st.lists(texts(day), min_size=1, max_size=2))
        posts.append(
            [
                Version(Post(channel, str(100 + number), text, on(day, hour), url=f"https://t.me/x/{number}"), live)
                for text, live in zip(wordings, draw(st.tuples(st.booleans(), st.booleans())), strict=False)
            ]
        )
    return posts


def ledger_after(arrivals: Sequence[Version]) -> list[tuple]:
    """Take posts in this order and return the whole ledger, as a person would open it."""
    pipeline, places = office()
    pipeline.forget()
    with TemporaryDirectory() as folder, SqliteStore.open(Path(folder) / "state.sqlite3") as store:
        with store.transaction() as tx:
            for key in places:
                tx.update_channel(key, GENERAL_STAFF, switched_on_at=WATCHED_SINCE)
        for seconds, (post, live) in enumerate(arrivals):
            place = places[post.channel] if live else replace(places[post.channel], checkpoint="past")
            now = on(5) + timedelta(seconds=seconds)
            pipeline.take_batch(store, place, Batch((Found(post, ""),), ""), now)
        return store.db.all("SELECT * FROM ledger ORDER BY order_key, category, scope, window")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(posts=histories(), chance=st.randoms(use_true_random=False))
def test_any_order_of_arrival_by_any_route_ends_in_the_same_ledger(posts, chance):
    in_order = list(itertools.chain.from_iterable(posts))
    assert ledger_after(shuffled(posts, chance)) == ledger_after(in_order)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(posts=histories(), chance=st.randoms(use_true_random=False))
def test_only_the_latest_versions_count_and_seeing_a_post_twice_changes_nothing(posts, chance):
    latest = [versions[-1] for versions in posts]
    arrivals = shuffled(posts, chance)
    twice = [*arrivals, *(version for version in latest if chance.random() < 0.5)]
    assert ledger_after(twice) == ledger_after(latest)


def shuffled(posts: Sequence[Sequence[Version]], chance) -> list[Version]:
    """Return all versions in a random order in which each post's own versions stay in theirs."""
    turns = [number for number, versions in enumerate(posts) for _ in versions]
    chance.shuffle(turns)
    waiting = [iter(versions) for versions in posts]
    return [next(waiting[turn]) for turn in turns]


async def test_a_post_that_held_nothing_is_filed_anew_where_an_edit_of_its_date_moves_it(tmp_path):
    async with watching(tmp_path) as room:
        await room.post(daily_list(0, tanks=100), on(0))
        await room.post(daily_list(1, tanks=105), on(1))
        await room.post(daily_list(0, tanks=100), on(1, 5), SECOND)
        filed = "SELECT order_date, published FROM ledger WHERE channel = ?"
        assert room.rows(filed, SECOND_KEY) == [("2026-08-08", 100)]
        room.edit(room.numbers[SECOND], daily_list(1, tanks=105), SECOND)
        await room.read(SECOND)
        assert room.rows(filed, SECOND_KEY) == [("2026-08-09", 105)]


# ── a person's decision ───────────────────────────────────────────────────────────────────


async def slipped(room) -> tuple[int, str]:
    """Publish ten steady days and one with a digit dropped; return that post's id and text."""
    for day in range(10):
        await room.post(daily_list(day, {"tanks": 10}, tanks=12_000 + 10 * day, afv=24_000 + day), on(day))
    text = daily_list(10, {"tanks": 10}, tanks=1_210, afv=24_010)  # 12,100 with a nought left out
    (alert,) = await room.post(text, on(10))
    assert alert.reason == "digit_slip"
    return room.numbers[FIRST], text


async def decide(room, post: int, text: str, decision: Decision, channel: str = FIRST_KEY) -> None:
    """Let a person decide about the tanks of a post, and fold that post again."""
    source = room.settings.sources[GENERAL_STAFF]
    pipeline = room.app.pipeline

    def write(store) -> None:
        with store.transaction() as tx:
            tx.add_decision(channel, str(post), text_hash(text), TANKS, 1_210, decision)
            pipeline.forget()
            kept = tx.find(channel, str(post))
            stated = stated_of_folded(next(iter(tx.folded_from(source.claimant, kept.order_key))))
            pipeline.ledgers.fold(tx, source, stated, kept.order_key)

    await room.app.call(write)


def entry(room, day: int = 10) -> tuple:
    date = str(on(day).date())
    sql = "SELECT published, effective, standing FROM ledger WHERE category = 'tanks' AND order_date = ?"
    ((published, effective, standing),) = room.rows(sql, date)
    return published, effective, standing


ACCEPT = Decision("accept", None, "Olena", "the source stands by it", "2026-08-18T06:00:00Z")
OVERRIDE = Decision("override", 12_100, "Olena", "a nought was left out", "2026-08-18T06:00:00Z")
REJECT = Decision("reject", None, "Olena", "not a count of tanks", "2026-08-18T06:00:00Z")


async def test_a_slip_is_shown_and_does_not_count_until_somebody_settles_it(tmp_path):
    async with watching(tmp_path) as room:
        await slipped(room)
        assert entry(room) == (1_210, None, "provisional")


async def test_an_accepted_figure_counts_and_the_next_day_is_compared_with_it(tmp_path):
    async with watching(tmp_path) as room:
        post, text = await slipped(room)
        await decide(room, post, text, ACCEPT)
        assert entry(room)[:2] == (1_210, 1_210)
        (alert,) = await room.post(daily_list(11, tanks=1_220, afv=24_011), on(11))
        assert "1,220 (+10)" in alert.text


async def test_an_overridden_figure_counts_as_the_person_says_and_the_published_one_is_still_known(tmp_path):
    async with watching(tmp_path) as room:
        post, text = await slipped(room)
        await decide(room, post, text, OVERRIDE)
        assert entry(room)[:2] == (1_210, 12_100)
        (alert,) = await room.post(daily_list(11, tanks=12_110, afv=24_011), on(11))
        assert "12,110 (+10)" in alert.text


async def test_a_rejected_figure_counts_for_nothing(tmp_path):
    async with watching(tmp_path) as room:
        post, text = await slipped(room)
        await decide(room, post, text, REJECT)
        assert entry(room)[1:] == (None, "rejected")
        (alert,) = await room.post(daily_list(11, tanks=12_110, afv=24_011), on(11))
        assert "12,110 (+20)" in alert.text


async def test_a_decision_survives_that_the_post_comes_again_and_older_posts_are_filled_in(tmp_path):
    async with watching(tmp_path) as room:
        post, text = await slipped(room)
        await decide(room, post, text, OVERRIDE)
        room.app.pipeline.forget()
        await room.read()
        await room.backfill()
        room.edit(post - 3, daily_list(7, {"tanks": 10}, tanks=12_071, afv=24_007))
        await room.read()
        assert entry(room, 7)[1] == 12_071
        assert entry(room)[:2] == (1_210, 12_100)


async def test_a_decision_lapses_when_the_post_is_edited_and_stays_on_record(tmp_path):
    async with watching(tmp_path) as room:
        post, text = await slipped(room)
        await decide(room, post, text, OVERRIDE)
        room.edit(post, text + "\nДані уточнюються")
        await room.read()
        assert entry(room) == (1_210, None, "provisional")
        assert room.rows('SELECT verdict, "by" FROM decisions') == [("override", "Olena")]


async def test_a_conflict_over_a_figure_that_a_person_rejected_is_not_told_and_not_called_the_same(tmp_path):
    async with watching(tmp_path) as room:
        (root,) = await room.post(daily_list(0, tanks=12_100, afv=24_000), on(0))
        text = daily_list(0, tanks=1_210, afv=24_000)
        await room.post(text, on(0, 5), SECOND)
        await decide(room, room.numbers[SECOND], text, REJECT, SECOND_KEY)
        room.clock.pass_by(minutes=10)
        assert await room.settle() == []
        assert room.told(root.number) == [root]
        assert room.rows("SELECT DISTINCT outcome FROM pending_conflicts") == [("settled by a person",)]


async def test_what_another_process_wrote_is_held_at_once(tmp_path):
    async with watching(tmp_path) as room:
        await room.post(daily_list(0, tanks=100), on(0))
        pipeline, places = office()
        pipeline.forget()
        past = replace(places[SECOND_KEY], checkpoint="past")
        post = Post(SECOND_KEY, "900", daily_list(1, tanks=104), on(1))
        with SqliteStore.open(room.settings.database) as other:
            pipeline.take_batch(other, past, Batch((Found(post, ""),), ""), on(1))
        (alert,) = await room.post(daily_list(2, tanks=105), on(2))
        assert "105 (+1)" in alert.text
