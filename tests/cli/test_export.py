from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from monitor.cli.export import CHANGE_COLUMNS, TALLY_COLUMNS, _cell, _opened
from monitor.errors import InputError
from tests.cli.world import World


@pytest.fixture
def told(world: World) -> World:
    world.run("once")
    world.publish(tanks=12_255)
    world.run("once")
    return world


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_every_value_is_written_as_published_and_as_it_counts(told: World) -> None:
    rows = table(told.run("export").stdout)
    assert tuple(rows[0]) == TALLY_COLUMNS
    tanks = [(row["published"], row["effective"], row["url"]) for row in rows if row["category"] == "tanks"]
    assert tanks == [
        ("12251", "12251", "https://t.me/GeneralStaffZSU/101"),
        ("12255", "12255", "https://t.me/GeneralStaffZSU/102"),
    ]


def test_json_lines_say_the_same_as_csv(told: World) -> None:
    rows = [json.loads(line) for line in told.run("export", "--format", "jsonl").stdout.splitlines()]
    assert [{name: "" if value is None else str(value) for name, value in row.items()} for row in rows] == table(
        told.run("export").stdout
    )


def test_the_log_of_changes_has_only_what_is_public(told: World) -> None:
    rows = table(told.run("export", "--what", "changes").stdout)
    assert tuple(rows[0]) == CHANGE_COLUMNS
    assert [(row["kind"], row["before_value"], row["difference"]) for row in rows] == [("rise", "12251", "4")]
    assert not {"destination", "by"} & set(rows[0])


def test_days_limit_what_is_written(told: World) -> None:
    day = f"{told.day:%Y-%m-%d}"
    assert {row["order_date"] for row in table(told.run("export", "--since", day).stdout)} == {day}
    assert day not in told.run("export", "--until", "2026-01-01").stdout
    assert table(told.run("export", "--what", "changes", "--until", "2026-01-01").stdout) == []


def test_another_sources_figures_are_left_out(told: World) -> None:
    assert table(told.run("export", "--source", "defence-ministry-ru").stdout) == []


def test_a_file_appears_only_when_it_is_whole(told: World, tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    assert told.run("export", "--output", str(target)).stdout == ""
    assert len(table(target.read_text("utf-8"))) == 6
    refused = told.run("export", "--output", str(tmp_path / "nowhere" / "out.csv"))
    assert refused.exit_code == 2
    assert "Nothing was left there" in refused.stderr
    assert {path.name for path in tmp_path.iterdir()} == {"config", "state", "out.csv"}


def test_an_export_that_fails_half_way_leaves_the_earlier_file(tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    target.write_text("what was there")

    def write_until_the_disk_is_full() -> None:
        with _opened(target) as stream:
            stream.write("half a line")
            stream.flush()
            raise OSError(28, "No space left on device")

    with pytest.raises(InputError, match="No space left"):
        write_until_the_disk_is_full()
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"out.csv": "what was there"}


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx"])
def test_no_text_of_a_post_becomes_a_formula(text: str) -> None:
    assert _cell(text) == f"'{text}"


def test_numbers_stay_numbers() -> None:
    assert _cell(-4) == -4
    assert _cell("Маріуполь") == "Маріуполь"
