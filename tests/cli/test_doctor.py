from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta

from monitor.demo.preview import Fault
from tests.cli.world import World


def test_all_is_well(world: World) -> None:
    world.run("once")
    result = world.run("doctor")
    assert result.exit_code == 0
    assert "FAULT" not in result.stdout
    assert "1 posts, the newest 23 h old; 1 with a tally" in result.stdout


def test_before_the_first_pass_it_says_what_to_do_and_makes_nothing(world: World) -> None:
    result = world.run("doctor")
    assert result.exit_code == 0
    assert "→ The first pass makes it: monitor once" in result.stdout
    assert not world.state.exists()


def test_a_channel_without_preview_is_a_fault_with_a_next_step(world: World) -> None:
    world.server.break_(Fault.NO_PREVIEW)
    result = world.run("doctor")
    assert result.exit_code == 3
    assert "FAULT  general-staff-ua · t.me/generalstaffzsu" in result.stdout
    assert "→ Open the channel by hand" in result.stdout


def test_a_channel_that_has_been_still_for_days_may_have_moved(world: World) -> None:
    world.day -= timedelta(days=30)
    world.server.delete("GeneralStaffZSU", world.last_id)
    world.publish()
    result = world.run("doctor")
    assert result.exit_code == 0
    assert "has the publisher moved?" in result.stdout


def test_offline_asks_nothing(world: World) -> None:
    assert world.run("doctor", "--offline").exit_code == 0
    assert not world.server.requests


def test_a_damaged_database_gives_status_5(world: World) -> None:
    world.state.mkdir()
    world.database.write_bytes(b"not a database" * 100)
    result = world.run("doctor", "--offline")
    assert result.exit_code == 5
    assert "FAULT  database" in result.stdout


def test_messages_that_wait_are_counted(world: World) -> None:
    world.send_to_telegram("http://127.0.0.1:9")
    world.run("once")
    assert "outbox: chat: 1 waiting" in world.run("doctor", "--offline").stdout


def test_a_clock_that_was_set_back_is_noticed(world: World) -> None:
    world.run("once")
    later = (datetime.now(UTC) + timedelta(hours=2)).timestamp()
    os.utime(world.database, (later, later))
    result = world.run("doctor", "--offline")
    assert result.exit_code == 2
    assert "FAULT  clock" in result.stdout


def test_a_severity_that_reaches_nobody_is_a_fault(world: World) -> None:
    world.write("desks.toml", "[desks.duty]\nops = []\n")
    result = world.run("doctor", "--offline")
    assert result.exit_code == 2
    assert "ops alerts go nowhere" in result.stdout


def test_for_machines_each_finding_is_one_object(world: World) -> None:
    lines = world.run("doctor", "--offline", "--json").stdout.splitlines()
    assert {json.loads(line)["level"] for line in lines} == {"ok", "warning"}
