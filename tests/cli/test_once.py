from __future__ import annotations

import signal
import time
from datetime import UTC, datetime

import pytest

from monitor.cli._alone import LOCK
from monitor.demo.preview import Fault
from monitor.store.lock import hold
from tests.cli.world import CHANNEL, TOKEN, World

NOWHERE = "http://127.0.0.1:9"  # the discard port: nothing listens


def test_the_first_pass_says_what_is_watched_and_the_next_what_changed(world: World) -> None:
    first = world.run("once")
    assert first.exit_code == 0
    assert "Watching Ukraine's General Staff: 3 tallies" in first.stdout
    world.publish(personnel=1_457_800, tanks=12_255)
    second = world.run("once")
    assert second.exit_code == 0
    assert "12,255 (+4)" in second.stdout
    assert "1 about changes" in second.stderr


def test_a_pass_without_news_sends_nothing(world: World) -> None:
    world.run("once")
    assert world.run("once").stdout == ""


def test_changes_give_status_10_only_where_it_is_asked_for(world: World) -> None:
    assert world.run("once", "--exit-code").exit_code == 0
    world.publish(tanks=12_255)
    assert world.run("once", "--exit-code").exit_code == 10
    assert world.run("once", "--exit-code").exit_code == 0


def test_a_source_that_fails_holds_no_other_back(world: World) -> None:
    world.add_source("second", "SecondChannel")
    world.server.break_(Fault.NO_PREVIEW, "SecondChannel")
    result = world.run("once")
    assert result.exit_code == 3
    assert "second: " in result.stderr
    assert "Watching Ukraine's General Staff" in result.stdout


def test_only_the_named_sources_are_read(world: World) -> None:
    world.add_source("second", "SecondChannel")
    assert world.run("once", "second").exit_code == 0
    assert not any(CHANNEL in request for request in world.server.requests)


@pytest.mark.parametrize(
    ("named", "told"),
    [("generalstaff", "There are: general-staff-ua"), ("ohchr", "every route of ohchr is switched off")],
)
def test_a_source_that_cannot_be_read_is_told_before_anything_is_done(world: World, named: str, told: str) -> None:
    result = world.run("once", "general-staff-ua", named)
    assert result.exit_code == 2
    assert told in result.stderr
    assert not world.server.requests


def test_a_message_that_is_not_taken_gives_status_4_and_is_kept_for_the_next_run(world: World) -> None:
    world.send_to_telegram(NOWHERE)
    result = world.run("once")
    assert result.exit_code == 4
    assert "chat: 1 not delivered; kept" in result.stderr
    assert TOKEN not in result.output


@pytest.mark.parametrize("command", ["once", "run"])
def test_beside_another_monitor_it_says_who_holds_the_state(world: World, command: str) -> None:
    world.state.mkdir()
    with hold(world.state / LOCK, "Another monitor", datetime.now(UTC)):
        result = world.run(command)
    assert result.exit_code == 75
    assert "process" in result.stderr
    assert not world.server.requests


def test_a_damaged_database_is_left_as_it_is(world: World) -> None:
    world.state.mkdir()
    world.database.write_bytes(b"not a database" * 100)
    result = world.run("once")
    assert result.exit_code == 5
    assert "damaged" in result.stderr
    assert world.database.read_bytes() == b"not a database" * 100


def test_interrupting_it_is_quiet(world: World) -> None:
    world.server.break_(Fault.SLOW)
    process = world.process("once")
    while not world.server.requests:
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=30)
    assert process.returncode == 130
    assert said == ""


def test_the_daemon_keeps_once_away_and_ends_cleanly_when_it_is_told_to(world: World) -> None:
    daemon = world.process("run")
    assert daemon.stdout
    assert "A-0001" in daemon.stdout.readline()
    beside = world.run("once")
    daemon.send_signal(signal.SIGTERM)
    _, log = daemon.communicate(timeout=30)
    assert beside.exit_code == 75
    assert f"process {daemon.pid} " in beside.stderr
    assert daemon.returncode == 0
    assert "Traceback" not in log
    assert world.run("once").exit_code == 0
