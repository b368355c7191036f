"""`monitor init` gives a desk something to write into, and never takes anything away."""

import re
import stat
from pathlib import Path

import pytest
from typer.main import get_command

from monitor import starter
from monitor.check import check
from monitor.cli import app
from monitor.errors import ConfigError
from monitor.settings import load


def uncommented(path: Path) -> None:
    """Take the marks off every line that is a setting, as a person would."""
    setting = re.compile(r"^# (?=\[|[a-z_]+ = )", re.MULTILINE)
    path.write_text(setting.sub("", path.read_text("utf-8")), encoding="utf-8")


def test_the_starter_folder_changes_nothing_until_somebody_does(tmp_path):
    starter.write(tmp_path / "desk")
    with_it = load({"MONITOR_CONFIG": "desk"}, working=tmp_path)
    without = load({}, working=tmp_path)
    assert with_it.sources == without.sources
    assert with_it.desks == without.desks
    assert with_it.pace == without.pace


def test_every_commented_line_is_a_setting_that_works(tmp_path):
    for path in starter.write(tmp_path / "desk"):
        if path.suffix == ".toml":
            uncommented(path)
    settings = load({"MONITOR_CONFIG": "desk", "TELEGRAM_BOT_TOKEN": "123456:made-up"}, working=tmp_path)
    assert settings.desk_timezone == "Europe/Kyiv"
    assert settings.sources["example"].words["civilians_killed"] == ("perished",)
    assert check(settings) == []
    duty = next(desk for desk in settings.desks if desk.name == "duty")
    assert duty.urgent == ("newsroom",)
    assert duty.quiet is not None


def test_every_name_in_the_env_file_is_read(tmp_path):
    folder = tmp_path / "desk"
    for path in starter.write(folder):
        if path.suffix == ".toml":
            uncommented(path)
    names = re.findall(r"^([A-Z_]+)=$", (folder / ".env").read_text("utf-8"), re.MULTILINE)
    values = {
        "TELEGRAM_BOT_TOKEN": "123456:made-up",
        "HEARTBEAT_URL": "https://ping.example/1",
        "MONITOR_STATE": "kept",
    }
    assert sorted(names) == sorted(values)
    (folder / ".env").write_text("".join(f"{name}={value}\n" for name, value in values.items()))
    settings = load({"MONITOR_CONFIG": "desk"}, working=tmp_path)
    assert settings.destinations["newsroom"].options.token == values["TELEGRAM_BOT_TOKEN"]
    assert settings.heartbeat_url == values["HEARTBEAT_URL"]
    assert settings.state == tmp_path / "kept"


def test_nobody_else_can_read_the_secrets(tmp_path):
    starter.write(tmp_path)
    assert stat.S_IMODE((tmp_path / ".env").stat().st_mode) == 0o600


def test_nothing_is_ever_overwritten(tmp_path):
    (tmp_path / "desks.toml").write_text("# mine\n")
    written = starter.write(tmp_path)
    assert tmp_path / "desks.toml" not in written
    assert (tmp_path / "desks.toml").read_text() == "# mine\n"
    assert tmp_path / ".env" in written
    assert starter.write(tmp_path) == []


def test_a_folder_that_cannot_be_written_to_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="cannot be written to"):
        starter.write(tmp_path / "file" / "desk")


def test_every_command_that_the_starter_names_is_taken_as_it_stands(tmp_path):
    texts = "\n".join(path.read_text("utf-8") for path in starter.write(tmp_path))
    commands = re.findall(r"`monitor --config DIR ([^`]+)`", texts)
    assert len(commands) >= 2
    for name, *arguments in map(str.split, commands):
        command = get_command(app).get_command(None, name)
        command.make_context(name, list(arguments))  # raises what a person would be told
