"""1,626 days through the whole path: preview server → collect → parse → reconcile → store → render → outbox."""

from __future__ import annotations

import asyncio
import sqlite3
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from monitor.demo.preview import PreviewServer
from monitor.demo.preview_channel import PreviewChannel
from monitor.demo.preview_html import PreviewPost
from monitor.rehearsal import gather, rehearse
from tests.app import CHANNEL, assembled, place_of, read, settings_for
from tests.clock import FixedClock
from tests.golden.posts import GoldenPost, expected_falls, expected_mismatch_dates, golden_posts

pytestmark = pytest.mark.corpus

SEEN_AFTER = timedelta(seconds=38)


@dataclass(frozen=True)
class Replay:
    """A database in which every post has gone through the path, read back as a person would open it."""

    database: Path
    alerts_of_second_run: int
    rehearsed: tuple[int, int]

    def rows(self, sql: str, *arguments: object) -> list[tuple[object, ...]]:
        with closing(sqlite3.connect(self.database)) as db:
            return db.execute(sql, arguments).fetchall()


async def replay(folder: Path, posts: Sequence[GoldenPost], *, rehearse_since: datetime | None = None) -> Replay:
    """Publish the posts day by day, reading the channel after each; then read everything once more."""
    greeting = PreviewPost(1, "Слава Україні!", posts[0].published_at - timedelta(days=1))
    with PreviewServer(PreviewChannel.of(CHANNEL, greeting)) as server:
        clock = FixedClock(posts[0].published_at - timedelta(hours=1))
        settings = settings_for(folder, server.base_url)
        async with assembled(settings, clock) as app:
            await read(app)
            for post in posts:
                clock.at = post.published_at + SEEN_AFTER
                server.add(CHANNEL, PreviewPost(int(post.id), post.text, post.published_at))
                await read(app)
        async with assembled(settings, clock) as again:
            second = await read(again)
            place = place_of(again)
            since = rehearse_since or posts[0].published_at
            material = await again.call(lambda store: gather(store, place.source, place.channel, since, None))
            rehearsed = rehearse(material, place.source, place.channel, settings.categories)
    counts = (rehearsed.routine.total(), rehearsed.urgent.total())
    return Replay(settings.database, len(second.alerts), counts)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Replay:
    posts = golden_posts()
    return asyncio.run(replay(tmp_path_factory.mktemp("golden"), posts, rehearse_since=posts[-365].published_at))


# ── every day ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.timeout(600)
def test_every_days_stored_value_equals_the_data_set(whole: Replay) -> None:
    stored = {
        (day, category): value
        for day, category, value in whole.rows(
            "SELECT order_date, category, effective FROM ledger WHERE claimant = 'general-staff-ua' AND scope = 'total'"
        )
    }
    expected = {(post.date.isoformat(), slug): value for post in golden_posts() for slug, value in post.figures.items()}
    assert stored == expected


def test_printed_and_computed_differ_on_29_dates(whole: Replay) -> None:
    flagged = whole.rows("SELECT DISTINCT now_date FROM changes WHERE doubts LIKE '%delta_mismatch%'")
    assert {date.fromisoformat(str(day)) for (day,) in flagged} == set(expected_mismatch_dates())
    assert len(flagged) == 29


def test_the_13_falls_are_falls(whole: Replay) -> None:
    falls = whole.rows("SELECT now_date, category, before_value, now_value FROM changes WHERE kind = 'fall'")
    assert sorted(falls) == sorted((fall.date.isoformat(), *fall[1:]) for fall in expected_falls())
    assert len(falls) == 13


def test_no_restatement_is_taken_for_a_slip(whole: Replay) -> None:
    assert whole.rows("SELECT * FROM changes WHERE doubts LIKE '%digit_slip%' OR doubts LIKE '%out_of_range%'") == []


def test_each_post_gives_one_alert_and_the_outbox_holds_each_once(whole: Replay) -> None:
    alerts = whole.rows("SELECT post, count(*) FROM alerts WHERE post <> '' GROUP BY post")
    assert len(alerts) == 1626
    assert {count for _, count in alerts} == {1}
    queued = Counter(alert for (alert,) in whole.rows("SELECT alert FROM deliveries WHERE kind = 'root'"))
    assert set(queued.values()) == {1}
    assert len(queued) == 1627, "every post, and the first message that says what is watched"


def test_the_last_365_posts_alert_as_the_rehearsal_says(whole: Replay) -> None:
    severities = whole.rows("SELECT severity FROM alerts WHERE post <> '' ORDER BY CAST(post AS INTEGER)")
    loud = Counter(severity for (severity,) in severities[-365:])
    assert (loud["routine"], loud["urgent"]) == whole.rehearsed == (327, 38)


def test_a_second_run_sends_nothing(whole: Replay) -> None:
    assert whole.alerts_of_second_run == 0


def test_nothing_is_left_unread(whole: Replay) -> None:
    assert whole.rows("SELECT text FROM unread") == []


# ── what the data set does not hold ───────────────────────────────────────────────────────


def with_figure(posts: list[GoldenPost], day: date, right: str, wrong: str) -> list[GoldenPost]:
    """Return the posts with one figure of one day misprinted."""
    index = next(number for number, post in enumerate(posts) if post.date == day)
    text = posts[index].text.replace(right, wrong, 1)
    assert text != posts[index].text, "the figure stands in the post"
    posts[index] = replace(posts[index], text=text)
    return posts


def stretch(last: date, days: int = 75, after: int = 2) -> list[GoldenPost]:
    """Return the posts of the days up to `last`, and a few after it."""
    posts = golden_posts()
    end = next(number for number, post in enumerate(posts) if post.date == last)
    return list(posts[end - days : end + after + 1])


def grouped(value: int, text: str) -> str:
    """Return a number in the grouping that a post prints it in."""
    forms = [f"{value:,}".replace(",", mark) for mark in ("\u00a0", " ", ",", "")]
    return next(form for form in forms if form in text)


@pytest.mark.parametrize(
    ("category", "near", "wrong", "right"),
    [("vehicles_fuel_tanks", 111_257, 11_257, 111_257), ("artillery", 10_009, 1_009, 10_009)],
)
def test_a_dropped_digit_is_suggested_and_settled_by_the_next_days_post(
    tmp_path: Path, category: str, near: int, wrong: int, right: int
) -> None:
    day = next(post.date for post in golden_posts() if post.figures.get(category) == near)
    posts = stretch(day)
    text = next(post.text for post in posts if post.date == day)
    shown = grouped(near, text)
    misprinted = grouped_like(wrong, shown)
    done = asyncio.run(replay(tmp_path, with_figure(posts, day, shown, misprinted)))
    slips = done.rows("SELECT now_date, now_value, suggestion FROM changes WHERE doubts LIKE '%digit_slip%'")
    assert slips == [(day.isoformat(), wrong, right)]
    settled = done.rows(
        "SELECT published, effective, standing FROM ledger WHERE category = ? AND order_date = ?",
        category,
        day.isoformat(),
    )
    assert settled == [(wrong, right, "held")]
    (note,) = done.rows("SELECT note FROM changes WHERE note LIKE '%settled by the source%'")
    assert f"{right:,}" in str(note[0])


def grouped_like(value: int, shown: str) -> str:
    mark = next((sign for sign in shown if not sign.isdigit()), "")
    return f"{value:,}".replace(",", mark)


def test_with_a_missed_post_no_printed_change_fails_to_match(tmp_path: Path) -> None:
    posts = stretch(date(2026, 7, 20), days=20)
    del posts[10]
    done = asyncio.run(replay(tmp_path, posts))
    assert done.rows("SELECT * FROM changes WHERE doubts <> '[]' AND doubts <> ''") == []
    covered = done.rows("SELECT DISTINCT covers_days FROM changes WHERE covers_days IS NOT NULL")
    assert covered == [(2,)]
