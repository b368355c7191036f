"""Whatever goes wrong outside, one pass says what happened, what is kept and what to do, and the next loses nothing."""

from __future__ import annotations

import json
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from monitor.demo.preview import Fault, PreviewServer
from tests.cli import world as small
from tests.cli.conftest import _logs_as_they_were  # noqa: F401  # commands run in this process
from tests.cli.world import CHANNEL, TOKEN, World
from tests.daemons import locked
from tests.disks import small_disk

# What each fault is called, and what a person is told to do.
FAULTS = {
    Fault.NO_PREVIEW: ("no public preview, it leads to", "Open https://t.me/GeneralStaffZSU in a browser"),
    Fault.TOO_MANY: (r"asks for fewer requests \(status 429\)", "The next request goes out in 30 s"),
    Fault.SERVER_ERROR: (r"has a fault of its own \(status 503\)", "The next request goes out in 30 s"),
    Fault.FORBIDDEN: ("answered with status 403", "Open the address in a browser if this lasts"),
    Fault.SLOW: ("no whole answer within 0.3 s", "the next pass goes on from there"),
    Fault.CUT: ("the connection failed", "the next pass goes on from there"),
    Fault.CUT_PAGE: ("the page was cut off", "the next pass"),
    Fault.GARBAGE: ("larger than 2 MB", "Open the address in a browser if this lasts"),
    Fault.LAYOUT: ("none can be told apart", "this route needs an update"),
    Fault.NO_TIME: ("the time of none can be found", "this route needs an update"),
    Fault.NO_TEXT: ("the text of none can be found", "this route needs an update"),
    Fault.MARKER: ("the answer holds no posts", "the next pass"),
    Fault.FOREIGN: ("no page of posts", "this route needs an update"),
}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A channel whose list of yesterday was read by a first pass."""
    with PreviewServer(small.channel()) as server:
        made = small.build(server, tmp_path)
        for _ in range(19):
            made.publish("Слава Україні!", days_old=2)
        made.write("monitor.toml", f'[routes.telegram_web]\nbase_url = "{server.base_url}"\ntimeout_seconds = 0.3\n')
        made.publish(days_old=1)
        assert made.run("once").exit_code == 0
        yield made


def rows(world: World, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(world.database)) as db:
        return db.execute(sql).fetchall()


def expect_nothing_lost(world: World) -> None:
    """The post of today, which the pass before could not take, is told now."""
    after = world.run("once")
    assert after.exit_code == 0, after.stderr
    assert "1,457,800 (+1,190)" in after.stdout


# ── the channel ───────────────────────────────────────────────────────────────────────────


def test_every_fault_is_tried() -> None:
    assert set(FAULTS) == set(Fault)


@pytest.mark.parametrize("fault", FAULTS, ids=[fault.name for fault in FAULTS])
def test_a_channel_that_cannot_be_read_is_told_and_read_again(world: World, fault: Fault) -> None:
    happened, do = FAULTS[fault]
    world.publish(personnel=1_457_800)
    world.server.break_(fault, CHANNEL)
    result = world.run("once")
    assert result.exit_code == 3
    assert re.search(f"general-staff-ua: .*{happened}", result.stderr)
    assert "kept" in result.stderr
    assert do in result.stderr
    assert result.stdout == ""
    assert rows(world, "SELECT count(*) FROM posts") == [(20,)]
    world.server.heal(CHANNEL)
    expect_nothing_lost(world)


def test_a_channel_that_does_not_exist_is_told(world: World) -> None:
    world.write("sources/general-staff-ua.toml", '[channels."t.me/generalstaffzsu"]\naddress = "NobodyAtAll"\n')
    result = world.run("once")
    assert result.exit_code == 3
    assert "no public preview, it leads to 'https://t.me/nobodyatall'" in result.stderr
    assert "correct the address or use another route" in result.stderr


# ── the chat ──────────────────────────────────────────────────────────────────────────────


@contextmanager
def refusing(status: int) -> Iterator[str]:
    """Run a Bot API that knows no such bot (401), or takes the token for no token at all (404); yield its address."""

    class Refusal(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            body = json.dumps({"ok": False, "error_code": status, "description": HTTPStatus(status).phrase}).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Refusal) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize("status", [401, 404])
def test_a_wrong_token_keeps_the_message_and_says_so_without_it(world: World, status: int) -> None:
    world.publish(personnel=1_457_800)
    with refusing(status) as address:
        world.send_to_telegram(address)
        result = world.run("once")
        shown = world.run("status")
    assert result.exit_code == 4
    assert "chat: 1 not delivered; kept, and tried again by the next run. See: monitor doctor" in result.stderr
    assert f"{status}: {HTTPStatus(status).phrase}" in shown.stdout
    assert TOKEN not in result.output + shown.output
    assert rows(world, "SELECT state, destination FROM deliveries WHERE state <> 'sent'") == [("pending", "chat")]


# ── the state ─────────────────────────────────────────────────────────────────────────────


def test_a_locked_state_is_told_and_nothing_is_lost(world: World) -> None:
    world.publish(personnel=1_457_800)
    with locked(world.database):
        result = world.run("once")
    assert result.exit_code == 5
    assert "locked by another process" in result.stderr
    assert "everything before it is kept" in result.stderr
    assert "Try again" in result.stderr
    expect_nothing_lost(world)


def test_a_state_of_a_later_version_is_told_and_left_alone(world: World) -> None:
    world.publish(personnel=1_457_800)
    with closing(sqlite3.connect(world.database)) as db, db:
        db.execute("INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('monitor', '9999_x', '')")
    result = world.run("once")
    assert result.exit_code == 5
    assert "was written by a later version" in result.stderr
    assert "It was left as it is" in result.stderr
    assert "Install that version again" in result.stderr
    assert rows(world, "SELECT count(*) FROM posts") == [(20,)]


def test_a_damaged_state_is_told_and_left_alone(world: World) -> None:
    whole = world.database.read_bytes()
    world.database.write_bytes(whole[: len(whole) // 2])
    result = world.run("once")
    assert result.exit_code == 5
    assert "is damaged" in result.stderr
    assert "It was left as it is" in result.stderr
    assert "put a backup in its place" in result.stderr
    assert world.database.read_bytes() == whole[: len(whole) // 2]


def test_a_full_disk_is_told_and_nothing_is_lost(tmp_path: Path) -> None:
    with small_disk(tmp_path / "state") as disk, PreviewServer(small.channel()) as server:
        world = small.build(server, tmp_path)
        world.publish(days_old=1)

        def once() -> subprocess.CompletedProcess[str]:
            given = ("--config", str(world.config), "--state", str(world.state))
            command = [*disk.inside, sys.executable, "-m", "monitor", *given, "once"]
            return subprocess.run(command, capture_output=True, text=True, check=False)

        assert once().returncode == 0
        world.publish(personnel=1_457_800)
        filler = disk.fill()
        result = once()
        assert result.returncode == 5
        assert "No room is left" in result.stderr
        assert "everything before it is kept" in result.stderr
        assert "Free some space on that disk and start again" in result.stderr
        filler.unlink()
        assert "1,457,800 (+1,190)" in once().stdout


# ── the settings ──────────────────────────────────────────────────────────────────────────


def test_malformed_settings_are_told_all_at_once_and_nothing_is_asked(world: World) -> None:
    asked = len(world.server.requests)
    world.write("monitor.toml", 'desk_timezone = "Europe/Kiew"\n[pace\n')
    world.write("desks.toml", '[desks.duty]\nurgent = ["nobody"]\n')
    result = world.run("once")
    assert result.exit_code == 2
    assert "monitor.toml" in result.stderr
    assert "desks.toml" in result.stderr
    assert len(world.server.requests) == asked
