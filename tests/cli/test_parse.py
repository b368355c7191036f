"""`monitor parse`: a contract for machines, a table and colours for people, and no configuration."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from monitor.cli import app
from tests.cli.world import World

LIST = """Загальні бойові втрати противника з 24.02.22 по 14.06.24 орієнтовно склали:
танків ‒ 7945 (+9) од,
бойових дирижаблів ‒ 2 (+1)"""


def run(*arguments: str, text: str = "") -> Result:
    return CliRunner().invoke(app, ["parse", *arguments], input=text)


def rows(*objects: object) -> str:
    return "".join((one if isinstance(one, str) else json.dumps(one)) + "\n" for one in objects)


def test_it_shows_the_claims_and_what_is_left(tmp_path: Path):
    path = tmp_path / "post.txt"
    path.write_text(LIST, "utf-8")
    shown = run(str(path)).output
    assert "tanks" in shown
    assert "7,945" in shown
    assert "unread: бойових дирижаблів ‒ 2 (+1)" in shown


def test_it_explains_which_rule_took_what():
    shown = run("--explain", text=LIST).output
    assert "tanks = 7,945, total by header: танків ‒ 7945 (+9)" in shown
    assert "ignored (date): Загальні бойові втрати" in shown


def test_a_source_gives_its_name_to_the_claims():
    answer = json.loads(run("--jsonl", "--source", "general-staff-ua", text=rows({"id": 1, "text": LIST})).stdout)
    assert {claim["claimant"] for claim in answer["claims"]} == {"general-staff-ua"}


@pytest.mark.parametrize("channel", ["t.me/generalstaffzsu", "GeneralStaffZSU"])
def test_a_known_channel_gives_its_sources_name_to_the_claims(channel):
    answer = json.loads(run("--jsonl", text=rows({"id": 1, "text": LIST, "channel": channel})).stdout)
    assert {claim["claimant"] for claim in answer["claims"]} == {"general-staff-ua"}


def test_lines_come_back_in_order_and_a_bad_one_ends_with_status_2():
    done = run("--jsonl", "-", text=rows({"id": "a", "text": LIST}, "broken", {"id": "b", "text": "x"}))
    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == ["a", None, "b"]
    assert done.exit_code == 2


def test_an_unknown_source_is_refused_with_the_known_ones():
    done = run("--source", "nobody", text=LIST)
    assert done.exit_code == 2
    assert "general-staff-ua" in done.output


def test_a_file_that_is_not_there_is_a_clear_error():
    done = run("/no/such/file")
    assert done.exit_code == 2
    assert "/no/such/file" in done.output


def test_a_stored_post_is_read_as_it_is_now(world: World):
    post = world.publish()
    assert world.run("once").exit_code == 0
    shown = world.run("parse", "--post", f"t.me/generalstaffzsu/{post}")
    assert "12,251" in shown.output
    missing = world.run("parse", "--post", "t.me/generalstaffzsu/99999")
    assert missing.exit_code == 2
    assert "CHANNEL/ID" in missing.output


def test_each_line_is_answered_before_the_next_one_is_sent():
    command = [sys.executable, "-m", "monitor", "parse", "--jsonl", "-"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin
        assert process.stdout
        for number in range(3):
            process.stdin.write(rows({"id": number, "text": LIST}))
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["id"] == number
        process.stdin.close()
        assert process.wait(10) == 0
