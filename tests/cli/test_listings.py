from __future__ import annotations

import json
import os
import sqlite3
from contextlib import closing
from datetime import timedelta

import pytest

from tests.cli.world import World

LISTINGS = (
    ("tallies",),
    ("history", "general-staff-ua", "tanks"),
    ("unread",),
    ("alerts", "list"),
    ("status",),
    ("export",),
)


def objects(text: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in text.splitlines()]


@pytest.fixture
def told(world: World) -> World:
    """A channel that was read twice: yesterday's list, and a higher one in which a line could not be read."""
    world.run("once")
    world.publish(personnel=1_457_800, tanks=12_255, note="зафіксовано 17 незрозумілих подій у 4 місцях.")
    assert world.run("once").exit_code == 0
    return world


@pytest.mark.parametrize("listing", LISTINGS, ids=" ".join)
def test_before_anything_is_stored_a_listing_says_so_and_makes_no_file(world: World, listing: tuple[str, ...]) -> None:
    result = world.run(*listing)
    assert result.exit_code == 0
    assert result.stdout == ""
    assert "Nothing has been stored yet; run `monitor once`." in result.stderr
    assert not world.state.exists()


@pytest.mark.parametrize("listing", LISTINGS, ids=" ".join)
def test_a_listing_changes_nothing(told: World, listing: tuple[str, ...]) -> None:
    before = told.database.read_bytes()
    assert told.run(*listing).exit_code == 0
    assert told.database.read_bytes() == before


@pytest.mark.parametrize("listing", [listing for listing in LISTINGS if listing[0] != "export"], ids=" ".join)
def test_for_machines_every_line_is_an_object_and_every_moment_is_in_utc(told: World, listing: tuple[str, ...]) -> None:
    told.write("monitor.toml", 'desk_timezone = "Europe/Kyiv"\n' + (told.config / "monitor.toml").read_text())
    result = told.run(*listing, "--json")
    assert objects(result.stdout)
    assert "+0" not in result.stdout.replace("+00:00", "+0")


def test_tallies_name_who_claims_them_about_whom_and_as_of_when(told: World) -> None:
    shown = [line.split("  ") for line in told.run("tallies").stdout.splitlines()]
    tanks = next([cell.strip() for cell in line if cell] for line in shown if "Tanks" in " ".join(line))
    assert tanks[:5] == ["Ukraine's General Staff", "Russia", "Tanks", "total", "12,255"]
    personnel = told.run("tallies", "--category", "personnel_losses", "--json").stdout
    assert [(row["effective"], row["qualifier"]) for row in objects(personnel)] == [(1_457_800, "about")]


def test_tallies_of_another_source_are_left_out(told: World) -> None:
    result = told.run("tallies", "--source", "defence-ministry-ru")
    assert (result.exit_code, result.stdout) == (0, "")


def test_a_category_that_is_misspelt_is_answered_with_the_nearest(told: World) -> None:
    result = told.run("tallies", "--category", "tank")
    assert result.exit_code == 2
    assert "Did you mean 'tanks'?" in result.stderr


def test_history_shows_each_day_and_the_change_since_the_one_before(told: World) -> None:
    lines = told.run("history", "general-staff-ua", "tanks").stdout.splitlines()
    assert lines[0] == "Tanks: claimed by Ukraine's General Staff about Russia, running total"
    assert [line.split()[3:5] for line in lines[2:]] == [["12,251", "12,251"], ["12,255", "12,255"]]
    assert lines[3].split()[5] == "+4"


def test_of_a_days_figures_tallies_show_the_newest_and_history_all(told: World) -> None:
    for days_old, clashes in ((1, 120), (0, 131)):
        told.publish(f"За минулу добу відбулося {clashes} бойових зіткнень.", days_old=days_old)
    told.run("once")
    shown = objects(told.run("tallies", "--category", "combat_clashes", "--json").stdout)
    assert [(row["scope"], row["effective"]) for row in shown] == [("period", 131)]
    rows = objects(told.run("history", "general-staff-ua", "combat_clashes", "--json").stdout)
    assert [row["published"] for row in rows] == [120, 131]


def test_history_keeps_running_totals_and_a_days_figures_apart(told: World) -> None:
    told.publish("За минулу добу знищено 5 танків.")
    told.run("once")
    scopes = {
        row["scope"] for row in objects(told.run("export", "--format", "jsonl").stdout) if row["category"] == "tanks"
    }
    assert scopes == {"total", "period"}
    rows = objects(told.run("history", "general-staff-ua", "tanks", "--json").stdout)
    assert [row["published"] for row in rows] == [12_251, 12_255]


def test_history_keeps_to_the_days_that_were_asked_for(told: World) -> None:
    day = f"{told.day:%Y-%m-%d}"
    rows = objects(told.run("history", "general-staff-ua", "tanks", "--since", day, "--json").stdout)
    assert [row["order_date"] for row in rows] == [day]
    yesterday = f"{told.day - timedelta(days=1):%Y-%m-%d}"
    rows = objects(told.run("history", "general-staff-ua", "tanks", "--until", yesterday, "--json").stdout)
    assert [row["order_date"] for row in rows] == [yesterday]


def test_history_can_be_drawn(told: World) -> None:
    drawn = told.run("history", "general-staff-ua", "tanks", "--chart").stdout
    assert "12,255 ┤" in drawn
    assert "█" in drawn


def test_what_the_reading_left_over_is_counted_by_its_shape(told: World) -> None:
    told.publish(tanks=12_256, note="зафіксовано 9 незрозумілих подій у 12 місцях.")
    told.run("once")
    row = objects(told.run("unread", "--json").stdout)[0]
    assert row["times"] == 2
    assert "9 незрозумілих" in str(row["example"])
    assert "9 незрозумілих" in told.run("unread", "--source", "general-staff-ua").stdout


def test_status_shows_the_channel_the_outbox_the_changes_and_the_runs(told: World) -> None:
    shown = told.run("status").stdout
    assert "t.me/generalstaffzsu" in shown
    assert "console: 2 sent" in shown
    assert "rise" in shown
    assert "2 new" not in shown
    status = objects(told.run("status", "--json").stdout)[0]
    assert [run["kind"] for run in status["runs"]] == ["once", "once"]  # type: ignore[attr-defined]
    assert {change["category"] for change in status["changes"]} == {"personnel_losses", "tanks"}  # type: ignore[attr-defined]


def test_times_are_the_desks(told: World) -> None:
    told.write("monitor.toml", 'desk_timezone = "Asia/Tokyo"\n' + (told.config / "monitor.toml").read_text())
    assert "Asia/Tokyo" in told.run("status").stdout.splitlines()[0]
    assert "When (Asia/Tokyo)" in told.run("alerts", "list").stdout


def test_no_colour_reaches_a_pipe(told: World) -> None:
    assert "\x1b" not in told.run("tallies").stdout


def test_a_control_character_in_a_post_never_reaches_the_terminal(told: World) -> None:
    told.publish(tanks=12_300, note="зафіксовано 5 \x1b[2J невідомих \u202eподій у 3 місцях.")
    told.run("once")
    shown = told.run("unread").stdout
    assert "невідомих" in shown
    assert "\x1b" not in shown
    assert "\u202e" not in shown


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_state_that_may_not_be_read_gives_status_5(told: World) -> None:
    told.database.chmod(0)
    assert told.run("tallies").exit_code == 5


def test_a_database_of_a_later_version_is_left_alone(told: World) -> None:
    with closing(sqlite3.connect(told.database)) as db, db:
        db.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('monitor', '9999_later', '')"
        )
    for command in (("tallies",), ("once",), ("alerts", "ack", "A-1", "--by", "Ana")):
        result = told.run(*command)
        assert result.exit_code == 5, command
        assert "later version" in result.stderr
