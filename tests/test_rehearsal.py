"""What the desk would have been told: the same as it was told, and nothing is written for it."""

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

from monitor.backfill import Backfill, Span
from monitor.demo.preview import PreviewServer
from monitor.model import Post, Severity
from monitor.ports import Batch, Found
from monitor.rehearsal import Rehearsal, gather, rehearse
from tests import history
from tests.app import assembled, place_of, settings_for
from tests.clock import FixedClock

DAYS = history.days(130)
SAID_AGAIN = replace(DAYS[50], id=DAYS[50].id + 1, published_at=DAYS[50].published_at + timedelta(hours=1))
PAST = [*DAYS[:51], SAID_AGAIN, *DAYS[51:]]


def post_of(place, day) -> Post:
    return Post(place.channel.key, str(day.id), day.text, day.published_at, url=f"https://t.me/x/{day.id}")


async def lived(folder, base_url: str, past) -> Counter[tuple[Severity, str]]:
    """Watch the days go by; return what was told, by severity and first reason."""
    clock, told = FixedClock(past[0].published_at - timedelta(hours=1)), Counter[tuple[Severity, str]]()
    async with assembled(settings_for(folder, base_url), clock) as app:
        place = place_of(app)
        await app.call(lambda store: app.passes.journal.begin(store, place, clock.now()))
        for day in past:
            clock.at = day.published_at + timedelta(seconds=20)
            batch = Batch((Found(post_of(place, day), str(day.id)),), str(day.id))
            report = await app.call(
                lambda store, batch=batch: app.pipeline.take_batch(store, place, batch, clock.now())
            )
            told.update(await app.call(lambda store, numbers=report.alerts: reasons(store, numbers)))
    return told


def reasons(store, numbers) -> list[tuple[Severity, str]]:
    with store.transaction() as tx:
        return [(alert.severity, alert.reason) for alert in map(tx.alert, numbers)]


async def rehearsed(folder, base_url: str, past, span: Span) -> Rehearsal:
    """Read the days from a file, and look back on some of them."""
    clock = FixedClock(past[-1].published_at)
    async with assembled(settings_for(folder, base_url), clock) as app:
        place = replace(place_of(app), route="files", checkpoint="backfill")
        walk = Backfill(app.call, app.pipeline, place, Span(), clock, lambda _: None)
        await walk.files([history.write(folder / "past.jsonl", past)])
        material = await app.call(lambda store: gather(store, place.source, place.channel, span.since, span.until))
        return rehearse(material, place.source, place.channel, app.settings.categories)


def counted(rehearsal: Rehearsal) -> Counter[tuple[Severity, str]]:
    routine = Counter({(Severity.ROUTINE, reason): count for reason, count in rehearsal.routine.items()})
    return routine + Counter({(Severity.URGENT, reason): count for reason, count in rehearsal.urgent.items()})


async def test_it_counts_what_the_desk_was_told_of_the_same_posts(tmp_path):
    (tmp_path / "live").mkdir()
    (tmp_path / "past").mkdir()
    with PreviewServer() as server:
        told = await lived(tmp_path / "live", server.base_url, PAST)
        looked_back = await rehearsed(tmp_path / "past", server.base_url, PAST, Span())
    assert counted(looked_back) == told
    assert looked_back.posts == len(PAST)
    assert {reason for _, reason in told} >= {"rise", "fall", "rare", "jumped", "delta_mismatch"}


async def test_a_range_is_told_against_what_was_held_before_it(tmp_path):
    since = PAST[91].published_at - timedelta(hours=1)
    for name in ("live", "early", "past"):
        (tmp_path / name).mkdir()
    with PreviewServer() as server:
        whole = await lived(tmp_path / "live", server.base_url, PAST)
        early = await rehearsed(tmp_path / "early", server.base_url, PAST, Span(None, since))
        part = await rehearsed(tmp_path / "past", server.base_url, PAST, Span(since, None))
    assert (early.posts, part.posts) == (91, 40)
    assert counted(early) + counted(part) == whole


async def test_a_number_that_was_left_out_counts_once_however_often_the_list_was_posted(tmp_path):
    last = replace(DAYS[9], text=re.sub(r"танків ‒ \d+", "танків ‒", DAYS[9].text))
    past = [*DAYS[:9], last, replace(last, id=last.id + 1, published_at=last.published_at + timedelta(hours=1))]
    for name in ("live", "past"):
        (tmp_path / name).mkdir()
    with PreviewServer() as server:
        told = await lived(tmp_path / "live", server.base_url, past)
        looked_back = await rehearsed(tmp_path / "past", server.base_url, past, Span())
    assert counted(looked_back) == told
    assert looked_back.posts == len(past)


async def test_it_writes_nothing(tmp_path):
    database = tmp_path / "state" / "monitor.sqlite3"
    with PreviewServer() as server:
        first = await rehearsed(tmp_path, server.base_url, PAST[:20], Span())
        before = dump(database)
        async with assembled(settings_for(tmp_path, server.base_url), FixedClock(PAST[20].published_at)) as app:
            place = place_of(app)
            material = await app.call(lambda store: gather(store, place.source, place.channel, None, None))
            assert rehearse(material, place.source, place.channel, app.settings.categories) == first
    assert dump(database) == before


def dump(database) -> list[str]:
    with closing(sqlite3.connect(database)) as db:
        return list(db.iterdump())


def test_the_sentence_names_every_first_reason():
    rehearsal = Rehearsal(365, Counter(rise=327), Counter(rare=33, fall=3, digit_slip=2))
    assert str(rehearsal) == (
        "365 posts read; live you would have had 327 routine and 38 urgent alerts"
        " (first reasons: rare 33, fall 3, digit_slip 2); 0 unreadable"
    )
