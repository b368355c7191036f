from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor import health

NOW = datetime(2026, 8, 8, 4, 12, tzinfo=UTC)


def beat(state: Path, at: datetime) -> None:
    content = {"at": at.isoformat(), "pid": 1, "detail": "12 sources"}
    (state / health.FILE).write_text(json.dumps(content), "utf-8")


def test_a_daemon_that_wrote_lately_is_healthy(tmp_path: Path) -> None:
    beat(tmp_path, NOW - timedelta(seconds=179))
    assert health.verdict(str(tmp_path), NOW) == (True, "healthy: 179 s ago, 12 sources")


def test_a_daemon_that_stopped_writing_is_unhealthy(tmp_path: Path) -> None:
    beat(tmp_path, NOW - timedelta(seconds=181))
    well, why = health.verdict(str(tmp_path), NOW)
    assert not well
    assert why == "unhealthy: last sign of life 181 s ago (2026-08-08T04:08:59+00:00), more than 180 s"


def test_a_sign_of_life_from_the_future_is_none(tmp_path: Path) -> None:
    beat(tmp_path, NOW + timedelta(hours=1))
    well, why = health.verdict(str(tmp_path), NOW)
    assert not well
    assert "was the clock set back?" in why


def test_a_daemon_that_never_wrote_is_unhealthy(tmp_path: Path) -> None:
    well, why = health.verdict(str(tmp_path), NOW)
    assert not well
    assert "is not there" in why


@pytest.mark.parametrize(
    "content", ["", "{", "[]", "{}", '{"at": 5}', '{"at": "2026-08-08T04:12:00"}', '{"at": "soon"}']
)
def test_a_damaged_file_is_unhealthy_and_no_traceback(tmp_path: Path, content: str) -> None:
    (tmp_path / health.FILE).write_text(content, "utf-8")
    well, why = health.verdict(str(tmp_path), NOW)
    assert not well
    assert "does not hold what the daemon writes" in why


def test_a_file_that_cannot_be_read_is_unhealthy(tmp_path: Path) -> None:
    (tmp_path / health.FILE).mkdir()
    well, why = health.verdict(str(tmp_path), NOW)
    assert not well
    assert "cannot be read" in why


def test_the_age_that_is_tolerated_comes_from_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    beat(tmp_path, datetime.now(UTC) - timedelta(seconds=500))
    assert health.main([str(tmp_path)]) == 1
    monkeypatch.setenv("MONITOR_HEALTH_MAX_AGE", "900")
    assert health.main([str(tmp_path)]) == 0
    monkeypatch.setenv("MONITOR_HEALTH_MAX_AGE", "often")
    assert health.main([str(tmp_path)]) == 2
    assert "not a number" in capsys.readouterr().err


def test_a_state_folder_that_is_set_to_nothing_is_the_usual_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`docker run --env-file` hands over the empty line of a starter's .env."""
    (tmp_path / "state").mkdir()
    beat(tmp_path / "state", datetime.now(UTC))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MONITOR_STATE", "")
    assert health.main([]) == 0


def test_the_command_answers_without_loading_anything_heavy(tmp_path: Path) -> None:
    beat(tmp_path, datetime.now(UTC))
    asked = [sys.executable, "-X", "importtime", "-m", "monitor", "health", str(tmp_path)]
    done = subprocess.run(asked, capture_output=True, text=True, check=False, env={**os.environ})
    assert (done.returncode, done.stdout[:8]) == (0, "healthy:")
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines() if line.startswith("import time:")}
    assert "monitor.health" in loaded
    assert not loaded & {"typer", "asyncio", "httpx", "pydantic", "sqlite3", "rich", "monitor.cli"}
