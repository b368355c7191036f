from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import structlog
from typer.testing import CliRunner

from monitor import registry
from monitor.cli import _docs, _logs, app
from tests.cli.world import TOKEN, World

HEAVY = {"asyncio", "pydantic", "httpx", "rich", "apscheduler", "sqlite_utils", "structlog", "telethon", "selectolax"}


def test_every_module_of_the_folder_is_a_command_of_its_name() -> None:
    shown = CliRunner().invoke(app, ["--help"]).stdout
    for name in registry.names("cli"):
        assert f"\n  {name.replace('_', '-')} " in shown


def test_help_loads_nothing_heavy() -> None:
    look = (
        "import sys; sys.argv = ['monitor', '--help']\n"
        "from monitor.cli import app\n"
        "try: app()\n"
        "except SystemExit: print(' '.join(sys.modules))"
    )
    loaded = subprocess.run([sys.executable, "-c", look], check=True, capture_output=True, text=True).stdout
    assert "monitor.cli.once" in loaded.split()
    assert not HEAVY & set(loaded.split())


def test_a_mistyped_command_is_answered_with_the_one_that_was_meant() -> None:
    result = CliRunner().invoke(app, ["onze"])
    assert result.exit_code == 2
    assert "Did you mean 'once'" in result.stderr


def test_the_page_of_commands_is_up_to_date() -> None:
    page = Path(__file__).parents[2] / "docs" / "commands.md"
    assert page.read_text("utf-8") == _docs.document(), _docs.__doc__


def test_the_version_is_that_of_the_package() -> None:
    assert CliRunner().invoke(app, ["--version"]).stdout == "monitor 0.1.0\n"


@pytest.mark.parametrize("command", ["run", "once", "check", "doctor", "test-alert"])
def test_every_fault_of_the_settings_is_told_and_nothing_is_stored(world: World, command: str) -> None:
    world.write("monitor.toml", 'desk_timezone = "Europe/Kiew"\n[pace]\nhot_seconds = "often"\n')
    result = world.run(command)
    assert result.exit_code == 2
    assert "desk_timezone" in result.output
    assert "hot_seconds" in result.output
    assert "Traceback" not in result.output
    assert not world.state.exists()


def test_the_state_given_first_wins_over_the_environment(world: World, tmp_path: Path) -> None:
    world.run("once", MONITOR_STATE=str(tmp_path / "elsewhere"))
    assert world.database.exists()
    assert not (tmp_path / "elsewhere").exists()


def test_a_reader_that_goes_away_ends_a_command_quietly(world: World) -> None:
    process = world.process("doctor", "--offline")
    assert process.stdout
    process.stdout.close()
    assert process.wait(timeout=30) == 141
    assert process.stderr
    assert process.stderr.read() == ""
    process.stderr.close()


def test_a_starter_folder_passes_the_check_and_is_never_overwritten(world: World, tmp_path: Path) -> None:
    folder = tmp_path / "fresh"
    assert CliRunner().invoke(app, ["init", str(folder)]).exit_code == 0
    assert (folder / ".env").stat().st_mode & 0o077 == 0
    assert CliRunner().invoke(app, ["--config", str(folder), "check"]).exit_code == 0
    (folder / "desks.toml").write_text("# mine\n")
    again = CliRunner().invoke(app, ["init", str(folder)])
    assert "nothing was written" in again.stdout
    assert (folder / "desks.toml").read_text() == "# mine\n"


def test_check_names_the_example_that_does_not_hold(world: World) -> None:
    world.write(
        "sources/general-staff-ua.toml",
        '[[examples]]\ntext = "танків ‒ 12 од."\nexpect = { tanks = 13 }\nscope = "total"\n',
    )
    result = world.run("check")
    assert result.exit_code == 2
    assert "tanks should be read as total 13" in result.stderr


def test_health_answers_also_behind_the_options(world: World) -> None:
    result = world.run("health")
    assert result.exit_code == 1
    assert str(world.state) in result.stderr


def test_no_secret_reaches_the_log(capfd: pytest.CaptureFixture[str]) -> None:
    _logs.configure({TOKEN})
    structlog.get_logger("monitor").warning(f"asked https://api/bot{TOKEN}/x", why=ValueError(TOKEN), n=1)
    line = capfd.readouterr().err
    assert TOKEN not in line
    assert json.loads(line) | {"at": ""} == {
        "event": "asked https://api/bot[secret]/x",
        "why": "[secret]",
        "n": 1,
        "level": "warning",
        "at": "",
    }
