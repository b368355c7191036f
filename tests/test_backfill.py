"""Past posts: in silence, beside whatever else runs, and as often as one likes."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import sys
import textwrap
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from monitor.backfill import Backfill, Span
from monitor.demo.preview import Fault, PreviewChannel, PreviewPost, PreviewServer
from monitor.errors import StoreFull
from monitor.model import Severity
from tests import history
from tests.app import CHANNEL, assembled, place_of, read, settings_for
from tests.cli import world as small
from tests.clock import FixedClock

ENTRIES = """
    SELECT s.order_key, t.category, t.scope, e.published, e.effective, e.standing
    FROM entries e JOIN steps s ON s.id = e.step JOIN tallies t ON t.id = e.tally
    ORDER BY s.order_key, t.category"""
# A child that is killed while it reads a post, in the middle of that post's transaction.
KILLED = """
    import asyncio, os, signal, sys
    from dataclasses import replace
    from pathlib import Path
    from monitor.backfill import Backfill, Span
    from monitor.clock import SystemClock
    from monitor.pipeline import Place
    from monitor.settings import load
    from monitor.wiring import StoreThread, build_pipeline

    file, at = Path(sys.argv[1]), int(sys.argv[2])
    settings = load({}, operator=Path(sys.argv[3]), working=file.parent)
    source, pipeline, seen = settings.sources["general-staff-ua"], build_pipeline(settings), []

    def read(post, source, reader=pipeline.read):
        seen.append(post.id)
        if len(seen) == at:
            os.kill(os.getpid(), signal.SIGKILL)
        return reader(post, source)

    place = Place(source, source.channels[0], "files", checkpoint="backfill")
    walk = Backfill(StoreThread(settings), replace(pipeline, read=read), place, Span(), SystemClock(), lambda _: None)
    asyncio.run(walk.files([file]))
"""


@pytest.fixture
def world(tmp_path):
    with PreviewServer(small.channel()) as server:
        yield small.build(server, tmp_path)


def rows(database: Path, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(database)) as db:
        return db.execute(query).fetchall()


def backfill(world, *arguments, **environment):
    return world.run("backfill", small.SOURCE, *map(str, arguments), **environment)


# ── what it brings, and what it never does ────────────────────────────────────────────────


def test_a_file_fills_the_tallies_and_alerts_nobody(world, tmp_path):
    past = history.days(30)
    done = backfill(world, "--from-file", history.write(tmp_path / "past.jsonl", past))
    assert done.exit_code == 0, done.output
    assert rows(world.database, "SELECT count(*) FROM posts WHERE told = 0") == [(30,)]
    held = dict(rows(world.database, "SELECT category, effective FROM latest_tallies"))
    assert held == past[-1].figures
    assert rows(world.database, "SELECT DISTINCT severity FROM alerts") == [("ops",)]


def test_one_line_to_the_keepers_sums_up_what_changed_and_a_second_run_says_nothing(world, tmp_path):
    path = history.write(tmp_path / "past.jsonl", history.days(30))
    backfill(world, "--from-file", path)
    again = backfill(world, "--from-file", path)
    assert again.exit_code == 0, again.output
    (told,) = rows(world.database, "SELECT severity, headline FROM alerts")
    assert told == ("ops", "Backfill, Ukraine's General Staff: 30 tally posts stored in silence")
    assert rows(world.database, "SELECT kind, destination FROM deliveries") == [("root", "console")]


def test_days_are_those_of_the_sources_zone_and_the_last_one_belongs_to_it(world, tmp_path):
    kyiv_midnight = datetime(2022, 3, 9, 22, tzinfo=UTC)  # the tenth begins
    moments = [kyiv_midnight + timedelta(seconds=shift) for shift in (-1, 0, 86_399, 86_400)]
    posts = [replace(day, published_at=at) for day, at in zip(history.days(4), moments, strict=True)]
    path = history.write(tmp_path / "past.jsonl", posts)
    done = backfill(world, "--from-file", path, "--since", "2022-03-10", "--until", "2022-03-10")
    assert done.exit_code == 0, done.output
    assert rows(world.database, "SELECT post FROM posts ORDER BY id") == [("103",), ("106",)]


def test_any_order_of_arrival_ends_in_the_same_tallies(tmp_path):
    past = history.days(60)
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    with PreviewServer(small.channel()) as server:
        one, other = (small.build(server, tmp_path / name) for name in "ab")
        assert backfill(one, "--from-file", history.write(tmp_path / "past.jsonl", past)).exit_code == 0
        for piece in history.in_pieces(tmp_path, past, 7):
            assert backfill(other, "--from-file", piece).exit_code == 0
    assert rows(other.database, ENTRIES) == rows(one.database, ENTRIES) != []


async def test_a_post_that_was_backfilled_first_is_still_told_when_the_live_route_sees_it(tmp_path):
    yesterday, today = history.days(2)
    clock = FixedClock(today.published_at - timedelta(hours=3))
    with PreviewServer(PreviewChannel.of(CHANNEL, yesterday.preview())) as server:
        async with assembled(settings_for(tmp_path, server.base_url), clock) as app:
            await read(app)  # watching begins
            clock.at = today.published_at + timedelta(seconds=20)
            silent = replace(place_of(app), route="files", checkpoint="backfill")
            walk = Backfill(app.call, app.pipeline, silent, Span(), clock, lambda _: None)
            await walk.files([history.write(tmp_path / "past.jsonl", [today])])
            assert walk.progress.filed == 1
            server.add(CHANNEL, today.preview())
            numbers = (await read(app)).alerts

            def alerts(store):
                with store.transaction() as tx:
                    return [tx.alert(number) for number in numbers]

            (alert,) = await app.call(alerts)
            assert alert.severity is Severity.ROUTINE
            assert any("Tanks" in line.text for line in alert.lines)
            assert (await read(app)).alerts == []


async def test_what_a_backfill_brings_is_what_the_next_live_post_is_held_against(tmp_path):
    *past, yesterday, today = history.days(14)
    leap = today.text.replace(str(today.figures["afv"]), str(today.figures["afv"] + 300))
    clock = FixedClock(yesterday.published_at + timedelta(hours=1))
    with PreviewServer(PreviewChannel.of(CHANNEL, yesterday.preview())) as server:
        async with assembled(settings_for(tmp_path, server.base_url), clock) as app:
            await read(app)
            silent = replace(place_of(app), route="files", checkpoint="backfill")
            walk = Backfill(app.call, app.pipeline, silent, Span(), clock, lambda _: None)
            await walk.files([history.write(tmp_path / "past.jsonl", past)])
            clock.at = today.published_at + timedelta(seconds=20)
            server.add(CHANNEL, replace(today, text=leap).preview())
            (number,) = (await read(app)).alerts

            def reason(store):
                with store.transaction() as tx:
                    return tx.alert(number).reason

            assert await app.call(reason) == "jumped"


# ── beside the daemon, killed, interrupted ────────────────────────────────────────────────


class Screen:
    """What a child has printed so far."""

    def __init__(self, stream) -> None:
        self._stream = stream
        self._text = ""

    def until(self, words: str) -> str:
        """Read on until these words have been printed, now or earlier; return the last line."""
        while words not in self._text:
            line = self._stream.readline()
            assert line, f"it ended without {words!r}: {self._text}"
            self._text += line
        return self._text.splitlines()[-1]


def test_beside_the_daemon_both_finish_and_nothing_is_lost_or_told_twice(world, tmp_path):
    pace = "[pace]\nhot_seconds = 1\ncold_seconds = 1\njitter_seconds = 0\n"
    world.write("monitor.toml", f'{pace}[routes.telegram_web]\nbase_url = "{world.server.base_url}"\n')
    world.publish(days_old=1)
    past = history.days(400, first=world.day.date() - timedelta(days=402), first_id=1_000)
    daemon = world.process("run")
    try:
        screen = Screen(daemon.stdout)
        screen.until("Watching")
        work = world.process("backfill", small.SOURCE, "--from-file", str(history.write(tmp_path / "p.jsonl", past)))
        live = []
        while work.poll() is None or len(live) < 2:
            tanks = small.FIRST["tanks"] + 3 * (len(live) + 1)
            live.append(world.publish(tanks=tanks))
            screen.until(f"tanks {tanks:,}")
        assert work.wait() == 0, work.stderr.read()
        work.communicate()
        screen.until("400 tally posts stored in silence")
        daemon.send_signal(signal.SIGTERM)
        assert daemon.wait() == 0
    finally:
        daemon.kill()
        daemon.communicate()
    posts = {post for (post,) in rows(world.database, "SELECT post FROM posts")}
    assert posts == {str(day.id) for day in past} | {str(post) for post in (101, *live)}
    told = rows(world.database, "SELECT post FROM alerts WHERE severity <> 'ops' AND reason <> 'watching'")
    assert sorted(told) == sorted((str(post),) for post in live)
    assert rows(world.database, "SELECT DISTINCT state FROM deliveries") == [("sent",)]


@pytest.mark.parametrize("at", [1, 2, 57, 230])
def test_killed_in_the_middle_of_a_post_and_run_again_it_ends_the_same(world, tmp_path, at):
    path = history.write(tmp_path / "past.jsonl", history.days(240))
    script = textwrap.dedent(KILLED)
    child = subprocess.run([sys.executable, "-c", script, str(path), str(at), str(world.config)], check=False)
    assert child.returncode == -signal.SIGKILL
    kept = rows(tmp_path / "state" / "monitor.sqlite3", "SELECT count(*) FROM posts")
    assert kept == [(at - 1,)]
    assert backfill(world, "--from-file", path).exit_code == 0
    whole = small.build(world.server, tmp_path / "whole") if (tmp_path / "whole").mkdir() is None else None
    assert backfill(whole, "--from-file", path).exit_code == 0
    assert rows(world.database, ENTRIES) == rows(whole.database, ENTRIES)
    assert rows(world.database, "SELECT count(*) FROM posts") == [(240,)]


def test_interrupted_it_says_what_is_kept_and_goes_on_from_there(world):
    past = history.days(50)
    world.server.add(small.CHANNEL, *(day.preview() for day in past))
    world.server.break_(Fault.TOO_MANY, retry_after="600")
    child = world.process("backfill", small.SOURCE, "--since", "2022-03-01")
    waiting = Screen(child.stderr).until("waiting")
    child.send_signal(signal.SIGINT)
    _, said = child.communicate()
    assert child.returncode == 130
    assert "600" in waiting
    assert "run the same command again to go on" in said
    world.server.heal()
    done = backfill(world, "--since", "2022-03-01")
    assert done.exit_code == 0, done.output
    assert rows(world.database, "SELECT count(*) FROM posts") == [(50,)]


async def test_a_walk_that_failed_goes_on_where_it_stopped(tmp_path):
    past = history.days(50)
    with PreviewServer(PreviewChannel.of(CHANNEL, *(day.preview() for day in past))) as server:
        settings, clock = settings_for(tmp_path, server.base_url), FixedClock(past[-1].published_at)
        async with assembled(settings, clock) as app:
            place = replace(place_of(app), checkpoint="backfill")
            collector = app.collectors[place.route]

            def full_after_two_pages(progress):
                if progress.read == 40 and not broken:
                    broken.append(progress.read)
                    raise StoreFull("no room")

            broken: list[int] = []
            walk = Backfill(app.call, app.pipeline, place, Span(), clock, full_after_two_pages)
            with pytest.raises(StoreFull):
                await walk.channel(collector)
            server.requests.clear()
            again = Backfill(app.call, app.pipeline, place, Span(), clock, lambda _: None)
            assert (await again.channel(collector)).read == 10
            assert list(server.requests) == [f"/s/{CHANNEL}?after={past[39].id}"]


# ── what cannot be read ───────────────────────────────────────────────────────────────────


def test_lines_that_are_no_posts_are_counted_and_named_and_the_rest_is_kept(world, tmp_path):
    path = tmp_path / "past.jsonl"
    good = [day.line() for day in history.days(3)]
    path.write_text("\n".join([good[0], "{", good[1], '{"id": 7}', good[2]]), "utf-8")
    done = backfill(world, "--from-file", path)
    assert done.exit_code == 2
    assert "line 2" in done.stderr
    assert "line 4" in done.stderr
    assert "2 faults" in done.stderr
    assert rows(world.database, "SELECT count(*) FROM posts") == [(3,)]


def test_of_many_faults_twenty_are_shown(world, tmp_path):
    path = tmp_path / "past.jsonl"
    path.write_text(history.days(1)[0].line() + "\n" + "{\n" * 30, "utf-8")
    done = backfill(world, "--from-file", path)
    assert done.stderr.count("This line was left out") == 20
    assert "… and 10 more faults" in done.stderr


def test_a_file_that_is_nothing_known_does_not_keep_the_others_from_being_read(world, tmp_path):
    wrong = tmp_path / "picture.png"
    wrong.write_bytes(b"\x89PNG")
    done = backfill(world, "--from-file", wrong, "--from-file", history.write(tmp_path / "p.jsonl", history.days(3)))
    assert done.exit_code == 2
    assert "picture.png" in done.stderr
    assert rows(world.database, "SELECT count(*) FROM posts") == [(3,)]


def test_a_channel_that_cannot_be_read_ends_with_3_and_what_to_do(world):
    world.server.break_(Fault.NO_PREVIEW)
    done = backfill(world)
    assert done.exit_code == 3
    assert "no public preview" in done.stderr
    assert "run the same command again" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nobody",), "There are: "),
        ((small.SOURCE, "--channel", "t.me/elsewhere"), "It has: t.me/generalstaffzsu"),
        ((small.SOURCE, "--route", "telegram_api"), "an account"),
        ((small.SOURCE, "--since", "2022-03-02", "--until", "2022-03-01"), "Name the earlier day first"),
        (("unhcr",), "--from-file"),
    ],
)
def test_what_cannot_be_done_is_said_before_anything_is(world, arguments, said):
    world.write("sources/unhcr.toml", "enabled = true\n")
    done = world.run("backfill", *arguments)
    assert done.exit_code == 2, done.output
    assert said in done.stderr
    assert not world.database.exists()


def test_machines_are_given_one_object(world, tmp_path):
    path = history.write(tmp_path / "past.jsonl", history.days(3, first=date(2026, 1, 1)))
    done = backfill(world, "--from-file", path, "--json")
    found = json.loads(done.stdout)
    assert (found["read"], found["stored"], found["faults"], found["interrupted"]) == (3, 3, 0, False)
    assert found["rehearsal"]["posts"] == 3
    assert found["reached"] == "2026-01-03T04:12:00.000Z"


def test_a_post_that_cannot_be_understood_is_counted_in_the_rehearsal(world, tmp_path):
    text = "Загальні бойові втрати противника з 24.02.22 по 05.03.22 орієнтовно склали:\nтанчики ‒ 211\nлітачки – 30"
    odd = replace(history.days(1)[0], id=1, text=text, figures={})
    done = backfill(world, "--from-file", history.write(tmp_path / "p.jsonl", [odd]))
    assert done.exit_code == 0
    assert done.stdout.startswith("1 post read; ")
    assert "1 unreadable" in done.stdout


def test_a_picture_is_no_tally(world):
    world.server.add(small.CHANNEL, PreviewPost(5, "", world.day - timedelta(days=3), ("photo",)))
    done = backfill(world, "--json")
    assert json.loads(done.stdout)["rehearsal"]["image_only"] == 1
