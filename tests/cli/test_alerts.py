from __future__ import annotations

import json
import sqlite3
from contextlib import closing

import pytest

from tests.cli.world import World


@pytest.fixture
def corrected(world: World) -> World:
    """An alert that went out, and the correction under it, which is urgent."""
    world.run("once")
    post = world.publish(tanks=12_255)
    world.run("once")
    world.edit(post, tanks=12_254)
    world.run("once")
    return world


def numbers(result: str) -> list[str]:
    return [json.loads(line)["name"] for line in result.splitlines()]


def test_alerts_are_listed_with_the_newest_last(corrected: World) -> None:
    assert numbers(corrected.run("alerts", "list", "--json").stdout) == ["A-0001", "A-0002", "A-0003"]
    assert numbers(corrected.run("alerts", "list", "--limit", "1", "--json").stdout) == ["A-0003"]


def test_an_urgent_alert_is_open_until_somebody_takes_it(corrected: World) -> None:
    assert numbers(corrected.run("alerts", "list", "--open", "--json").stdout) == ["A-0003"]
    assert corrected.run("alerts", "ack", "A-0003", "--by", "Ana").exit_code == 0
    assert corrected.run("alerts", "list", "--open").stdout == ""
    assert corrected.run("alerts", "list").stdout.splitlines()[-1].endswith("taken")
    assert "Taken by Ana" in corrected.run("alerts", "show", "A-0003").stdout


def test_taking_it_twice_is_told(corrected: World) -> None:
    corrected.run("alerts", "ack", "a3", "--by", "Ana")
    assert "was already taken by Ana" in corrected.run("alerts", "ack", "3", "--by", "Ana").stderr


def test_one_alert_is_shown_with_its_lines_its_correction_and_where_it_went(corrected: World) -> None:
    shown = corrected.run("alerts", "show", "A-0002").stdout
    assert "12,254" in shown
    assert "~" in shown
    assert "Corrected or continued by A-0003" in shown
    assert "console: root sent" in shown
    whole = json.loads(corrected.run("alerts", "show", "A-0002", "--json").stdout)
    assert whole["replies"] == [3]
    assert [one["kind"] for one in whole["deliveries"]] == ["root", "edit"]


@pytest.mark.parametrize("command", [("show",), ("retry",), ("drop",), ("ack", "--by", "Ana")])
def test_a_number_that_there_is_not_changes_nothing(corrected: World, command: tuple[str, ...]) -> None:
    missing = corrected.run("alerts", command[0], "A-0099", *command[1:])
    assert missing.exit_code == 2
    assert "There is no alert A-0099" in missing.stderr
    assert corrected.run("alerts", command[0], "yesterday", *command[1:]).exit_code == 2


def test_nobody_cannot_take_an_alert(corrected: World) -> None:
    assert corrected.run("alerts", "ack", "A-0003", "--by", " ").exit_code == 2
    assert numbers(corrected.run("alerts", "list", "--open", "--json").stdout) == ["A-0003"]


def test_what_waits_can_be_dropped_and_what_was_given_up_only_then_retried(world: World) -> None:
    world.send_to_telegram("http://127.0.0.1:9")
    world.run("once")
    assert "nothing of it was given up" in world.run("alerts", "retry", "A-0001").stderr
    assert "1 dropped; the alert itself is kept" in world.run("alerts", "drop", "A-0001").stderr
    assert "nothing waits" in world.run("alerts", "drop", "A-0001").stderr
    assert numbers(world.run("alerts", "list", "--json").stdout) == ["A-0001"]


def test_what_a_chat_refused_is_queued_again(world: World) -> None:
    world.run("once")
    with closing(sqlite3.connect(world.database)) as db, db:
        db.execute("UPDATE deliveries SET state = 'dead', reason = 'chat not found'")
    assert "1 not accepted" in world.run("doctor", "--offline").stdout
    assert "1 queued again" in world.run("alerts", "retry", "A-0001").stderr
    assert "Watching" in world.run("once").stdout
