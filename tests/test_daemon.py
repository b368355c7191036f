"""The daemon reads on time, tells at once, ends when it is told to, and says when it cannot see."""

from __future__ import annotations

import asyncio
import json
import logging
import signal
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import structlog

from monitor import health
from monitor.cli import _logs
from monitor.clock import SystemClock
from monitor.collect import Budget, telegram_web
from monitor.daemon import Daemon
from monitor.demo.preview import Fault, PreviewChannel, PreviewPost, PreviewServer
from monitor.errors import StoreCorrupt, StoreFull
from monitor.model import Channel
from monitor.ports import Batch
from monitor.settings import load
from monitor.wiring import Application, assemble
from tests.cli.world import SOURCE, losses
from tests.daemons import Runner, locked, running, until
from tests.disks import small_disk
from tests.send.loopback import Loopback, Raw

STOPS_WITHIN = 5.0  # seconds
TICK = 0.02  # seconds; the daemon's own is 15


class ShiftedClock(SystemClock):
    """The clock on the wall, but for what it was put forward."""

    def __init__(self) -> None:
        self._ahead = timedelta()

    def now(self) -> datetime:
        return super().now() + self._ahead

    def pass_by(self, **span: float) -> None:
        self._ahead += timedelta(**span)


@asynccontextmanager
async def assembled(runner: Runner, clock: SystemClock) -> AsyncIterator[Application]:
    """Put the program together in this process, so that something else may stand at its seams."""
    environ = {"MONITOR_STATE": str(runner.world.state)} | runner.environment
    settings = load(environ, operator=runner.world.config, working=runner.world.folder)
    async with assemble(settings, clock) as app:
        yield app


@asynccontextmanager
async def at_work(app: Application) -> AsyncIterator[None]:
    """Let a daemon run for the time of the block; what ended it before its time is raised."""
    daemon = Daemon(app, tick=TICK)
    task = asyncio.create_task(daemon.run())
    try:
        yield
    finally:
        daemon.stop()
        await task


@pytest.fixture(autouse=True)
def _logs_as_in_production() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    _logs.configure([])
    yield
    structlog.reset_defaults()
    root.handlers[:], root.level = handlers, level


# ── ending ────────────────────────────────────────────────────────────────────────────────


async def stops_cleanly(runner: Runner) -> None:
    begun = time.monotonic()
    assert await runner.terminate() == 0
    assert time.monotonic() - begun < STOPS_WITHIN
    assert runner.said("clean stop")
    assert "Traceback" not in runner.log_file.read_text("utf-8")
    with suppress(FileNotFoundError):  # the log is folded into the database, unless somebody else still reads
        assert not runner.world.database.with_name("monitor.sqlite3-wal").stat().st_size
    assert runner.rows("SELECT detail FROM runs ORDER BY id DESC LIMIT 1") == [("stopped",)]


async def test_told_to_stop_while_it_waits_it_ends_cleanly(tmp_path: Path) -> None:
    async with running(tmp_path) as runner:
        await runner.watching()
        await until(lambda: runner.waiting() == 0)
        await stops_cleanly(runner)


async def test_told_to_stop_while_a_host_drips_its_answer_it_ends_cleanly(tmp_path: Path) -> None:
    async with running(tmp_path) as runner:
        await runner.watching()
        asked = len(runner.world.server.requests)
        runner.world.server.break_(Fault.SLOW)
        await until(lambda: len(runner.world.server.requests) > asked)
        await stops_cleanly(runner)


async def test_told_to_stop_while_a_chat_does_not_answer_it_ends_cleanly_and_sends_again_at_the_next_start(
    tmp_path: Path,
) -> None:
    async with running(tmp_path) as runner:
        await runner.watching()
        runner.api.always = "hang-after-accept"
        runner.world.publish(personnel=1_456_700)
        await until(lambda: len(runner.api.accepted) == 2)
        await stops_cleanly(runner)
        runner.api.always = None
        await runner.start()
        await until(lambda: len(runner.api.accepted) == 3)
        assert "1,456,700" in runner.api.accepted[2].text
        assert "Possible duplicate" in runner.api.accepted[2].text


async def test_told_to_stop_while_it_sends_it_still_writes_down_what_the_chat_accepted(tmp_path: Path) -> None:
    async with running(tmp_path) as runner:
        await runner.watching()
        assert runner.process
        runner.api.before_the_answer = lambda: runner.process and runner.process.send_signal(signal.SIGTERM)
        runner.world.publish(personnel=1_456_700)
        assert await asyncio.wait_for(runner.process.wait(), 10) == 0
        assert runner.said("clean stop")
        assert runner.waiting() == 0
        assert len(runner.api.accepted) == 2


async def test_a_second_one_on_the_same_state_is_told_who_holds_it(tmp_path: Path) -> None:
    async with running(tmp_path) as runner:
        await runner.watching()
        first, second = runner.process, await runner.start()
        assert first
        assert await asyncio.wait_for(second.wait(), 10) == 75
        assert f"process {first.pid} " in runner.log_file.read_text("utf-8")
        assert first.returncode is None
        first.kill()
        await first.wait()


async def test_a_task_that_fails_ends_the_daemon_with_its_error(tmp_path: Path) -> None:
    async with running(tmp_path) as runner, assembled(runner, SystemClock()) as app:
        app.collectors["telegram_web"] = Broken()
        with pytest.raises(ZeroDivisionError):
            await asyncio.wait_for(Daemon(app, tick=TICK).run(), 10)


class Broken:
    """A route with a fault in its program."""

    host = "broken.example"

    async def fetch(self, channel: Channel, cursor: str) -> AsyncIterator[Batch]:
        raise ZeroDivisionError
        yield

    async def reread(self, channel: Channel, ids: Sequence[str]) -> Batch:
        raise ZeroDivisionError

    def history(self, channel: Channel, **_: object) -> AsyncIterator[Batch]:
        return self.fetch(channel, "")


# ── signs of life ─────────────────────────────────────────────────────────────────────────


async def test_while_all_is_well_it_says_so_to_the_health_file_and_to_the_outside(tmp_path: Path) -> None:
    async with running(tmp_path) as runner, Loopback(lambda _path, _body: Raw(200)) as outside:
        runner.environment["HEARTBEAT_URL"] = f"{outside.url}/ping/secret-of-ours"
        outside_requests = outside.requests
        await runner.watching()
        await until(lambda: outside_requests)
        well, why = health.verdict(str(runner.world.state), datetime.now(UTC))
        assert well, why
        assert "1 channels" in why
        assert await runner.terminate() == 0
        assert "secret-of-ours" not in runner.log_file.read_text("utf-8")


async def test_a_heartbeat_address_that_fails_is_logged_without_it(tmp_path: Path) -> None:
    async with running(tmp_path) as runner:
        runner.environment["HEARTBEAT_URL"] = "http://127.0.0.1:9/ping/secret-of-ours"
        await runner.watching()
        await until(lambda: runner.said("the heartbeat was not taken"))
        assert await runner.terminate() == 0
        assert "secret-of-ours" not in runner.log_file.read_text("utf-8")


# ── what goes by the clock ────────────────────────────────────────────────────────────────


class FailingTelling:
    """Stands where conflicts are settled."""

    def __init__(self, fault: Exception) -> None:
        self.fault = fault
        self.asked = 0

    def settle_conflicts(self, *_: object) -> list[int]:
        self.asked += 1
        raise self.fault

    def forget(self) -> None:
        pass


def with_telling(app: Application, telling: object) -> Application:
    return replace(app, pipeline=replace(app.pipeline, telling=telling))  # type: ignore[arg-type]


async def test_a_state_that_can_no_longer_be_used_ends_it_whichever_job_finds_out(tmp_path: Path) -> None:
    async with running(tmp_path) as runner, assembled(runner, SystemClock()) as app:
        failing = with_telling(app, FailingTelling(StoreCorrupt("damaged")))
        with pytest.raises(StoreCorrupt, match="damaged"):
            await asyncio.wait_for(Daemon(failing, tick=TICK).run(), 10)


async def test_a_job_with_a_fault_is_told_once_and_everything_else_goes_on(tmp_path: Path) -> None:
    telling = FailingTelling(ZeroDivisionError("made up"))
    async with (
        running(tmp_path) as runner,
        assembled(runner, SystemClock()) as app,
        at_work(with_telling(app, telling)),
    ):
        await until(lambda: telling.asked > 5)
        await until(lambda: any("Watching" in text for text in runner.texts()))
    told = [text for text in runner.texts() if "A regular job of monitor fails (settle: ZeroDivisionError)" in text]
    assert len(told) == 1


async def test_a_job_that_is_not_done_on_time_is_counted(tmp_path: Path) -> None:
    class Slow(FailingTelling):
        def settle_conflicts(self, *_: object) -> list[int]:
            time.sleep(4 * TICK)
            return []

    slow, beat = Slow(ZeroDivisionError()), tmp_path / "state" / "health.json"
    async with running(tmp_path) as runner, assembled(runner, SystemClock()) as app, at_work(with_telling(app, slow)):
        await until(lambda: beat.exists() and "jobs late" in json.loads(beat.read_text())["detail"])


async def test_an_edit_of_a_post_that_the_newest_page_no_longer_shows_is_found_by_reading_it_again(
    tmp_path: Path,
) -> None:
    clock = ShiftedClock()
    async with running(tmp_path) as runner, assembled(runner, clock) as app, at_work(app):
        world = runner.world
        await until(lambda: len(runner.api.accepted) == 1)
        post = world.publish(personnel=1_456_700)
        await until(lambda: len(runner.api.accepted) == 2)
        for _ in range(25):
            world.publish("Слава Україні!")
        await until(lambda: runner.stored(world.last_id))
        world.edit(post, personnel=1_456_703)
        clock.pass_by(minutes=6)
        await until(lambda: any("EDITED" in text and "1,456,703" in text for text in runner.texts()))


# ── hosts ─────────────────────────────────────────────────────────────────────────────────


async def test_a_host_that_asks_to_be_left_alone_is_left_alone_while_another_one_is_read(tmp_path: Path) -> None:
    clock = ShiftedClock()
    async with running(tmp_path) as runner, two_hosts(runner, clock) as (app, other), at_work(app):
        here = runner.world.server
        here.break_(Fault.TOO_MANY, retry_after="3600")
        await until(lambda: here.requests)
        await until(lambda: len(other.requests) >= 3)
        assert len(here.requests) == 1
        clock.pass_by(minutes=59)
        before = len(other.requests)
        await until(lambda: len(other.requests) >= before + 2)
        assert len(here.requests) == 1
        here.heal()
        clock.pass_by(minutes=2)
        await until(lambda: any("Watching Ukraine's General Staff" in text for text in runner.texts()))


async def test_sources_on_a_host_that_is_left_alone_are_out_of_reach_after_ten_minutes_which_is_told_once(
    tmp_path: Path,
) -> None:
    clock = ShiftedClock()
    async with running(tmp_path) as runner:
        runner.world.add_source("second", "SecondChannel")
        async with assembled(runner, clock) as app, at_work(app):
            await until(lambda: len(runner.api.accepted) == 2)
            runner.world.server.break_(Fault.TOO_MANY, retry_after="3600")
            failing = "SELECT count(*) FROM channels WHERE failures > 0"
            await until(lambda: runner.rows(failing) == [(2,)])  # one was refused by the host, one by us
            clock.pass_by(minutes=11)
            await until(lambda: "The same holds for: " in runner.api.accepted[-1].text)
    (told,) = runner.texts()[2:]
    both = runner.api.accepted[-1].text  # the same message, or an edit of it
    assert "UNREACHABLE" in told
    assert both.startswith(told.splitlines()[0])
    assert "second" in both.casefold()
    assert "General Staff" in both


@asynccontextmanager
async def two_hosts(runner: Runner, clock: SystemClock) -> AsyncIterator[tuple[Application, PreviewServer]]:
    """Let a second source be read from a host of its own."""
    runner.world.add_source("second", "SecondChannel")
    day = datetime.now(UTC)
    with PreviewServer(PreviewChannel.of("SecondChannel", PreviewPost(1, losses(day, 5, 4, 3), day))) as other:
        budget = Budget.unlimited(clock)
        async with (
            telegram_web.connect(telegram_web.Options(base_url=other.base_url), clock, budget) as there,
            assembled(runner, clock) as app,
        ):
            places = tuple(
                place if place.source.key == SOURCE else replace(place, route="there") for place in app.places
            )
            yield replace(app, collectors={**app.collectors, "there": there}, places=places), other


# ── the state ─────────────────────────────────────────────────────────────────────────────


async def test_while_another_process_holds_the_state_it_waits_and_loses_nothing(tmp_path: Path) -> None:
    async with running(tmp_path) as runner:
        await runner.watching()
        with locked(runner.world.database):
            runner.world.publish(personnel=1_456_700)
            await until(lambda: runner.said("the state is locked; this channel is read again when it is due"))
        await until(lambda: any("1,456,700" in text for text in runner.texts()))
        assert await runner.terminate() == 0


async def test_on_a_full_disk_it_stops_reading_says_so_once_and_goes_on_when_there_is_room(tmp_path: Path) -> None:
    with small_disk(tmp_path / "state") as disk:
        async with running(tmp_path) as runner:
            runner.inside = disk.inside
            await runner.watching()
            filler = disk.fill()
            post = runner.world.publish(personnel=1_456_700)
            await until(lambda: any("The disk is full" in text for text in runner.texts()))
            asked = len(runner.world.server.requests)
            runner.world.publish(personnel=1_456_800)
            runner.world.edit(post, personnel=1_456_703)
            await asyncio.sleep(3)  # three times as long as it takes to be due
            assert len(runner.world.server.requests) == asked
            filler.unlink()
            await until(lambda: runner.said("there is room again"))
            await until(lambda: any("1,456,800" in text for text in runner.texts()))
            assert any("1,456,703" in text for text in runner.texts())
            assert sum("The disk is full" in text for text in runner.texts()) == 1
            assert await runner.terminate() == 0


async def test_on_a_full_disk_it_gives_no_sign_of_life(tmp_path: Path) -> None:
    full = FailingTelling(StoreFull("No room is left"))
    async with running(tmp_path) as runner, Loopback(lambda _path, _body: Raw(200)) as outside:
        runner.environment["HEARTBEAT_URL"] = f"{outside.url}/ping"
        async with assembled(runner, SystemClock()) as app, at_work(with_telling(app, full)):
            await until(lambda: any("The disk is full" in text for text in runner.texts()))
            beats = len(outside.requests)
            await asyncio.sleep(50 * TICK)  # a dozen beats
            assert len(outside.requests) == beats


async def test_a_backfill_from_a_file_beside_the_daemon_loses_nothing_and_alerts_nobody(tmp_path: Path) -> None:
    async with running(tmp_path) as runner:
        world, days = runner.world, 300
        past = [world.day - timedelta(days=days + 1 - day) for day in range(days)]
        lines = [
            {"id": str(1000 + day), "text": losses(at, 1_400_000 + day, 12_000, 47_000), "published_at": at.isoformat()}
            for day, at in enumerate(past)
        ]
        (tmp_path / "past.jsonl").write_text("\n".join(json.dumps(line) for line in lines), "utf-8")
        await runner.watching()
        beside = world.process("backfill", SOURCE, "--from-file", str(tmp_path / "past.jsonl"))
        figures, done = [], asyncio.create_task(asyncio.to_thread(beside.communicate))
        while not done.done() or len(figures) < 5:
            figures.append(1_456_700 + len(figures))
            world.publish(personnel=figures[-1])
            await asyncio.wait([done], timeout=0.3)
        _, complaints = await done
        assert beside.returncode == 0, complaints
        await until(lambda: all(any(f"{figure:,}" in text for text in runner.texts()) for figure in figures))
        assert await runner.terminate() == 0
        assert runner.rows("SELECT count(*) FROM posts") == [(days + 1 + len(figures),)]
        about_figures = [text for text in runner.texts() if text.startswith("Ukraine's General Staff says")]
        assert len(about_figures) == len(figures)
        assert runner.rows("SELECT count(*) FROM ledger WHERE effective = 1400000") == [(1,)]
