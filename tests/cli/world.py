"""A small world for commands: a local preview, an operator's folder that points to it, a state of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from typer.testing import CliRunner, Result

from monitor.cli import app
from monitor.demo.preview import PreviewChannel, PreviewPost, PreviewServer
from monitor.settings.files import defaults_folder

CHANNEL = "GeneralStaffZSU"
SOURCE = "general-staff-ua"
TOKEN = "123456:TEST-made-up-for-this-test"
FIRST = {"personnel": 1_456_610, "tanks": 12_251, "artillery": 47_580}


def losses(day: datetime, personnel: int, tanks: int, artillery: int, note: str = "") -> str:
    """Return a daily list in the shape of 2026."""
    return (
        f"Загальні бойові втрати противника з 24.02.22 по {day:%d.%m.%y} орієнтовно склали:\n"
        f"особового складу ‒ близько {personnel:,} осіб\n".replace(",", " ")
        + f"танків ‒ {tanks} од.\nартилерійських систем – {artillery} од.\n{note}"
    )


@dataclass
class World:
    """What a test drives: the published posts, and the commands."""

    server: PreviewServer
    folder: Path
    day: datetime
    last_id: int = 100

    @property
    def config(self) -> Path:
        return self.folder / "config"

    @property
    def state(self) -> Path:
        return self.folder / "state"

    @property
    def database(self) -> Path:
        return self.state / "monitor.sqlite3"

    def publish(self, text: str | None = None, *, days_old: int = 0, **figures: int) -> int:
        """Put a post on the channel, now unless it is to be older, and return its id."""
        self.last_id += 1
        at = self.day - timedelta(days=days_old)
        body = losses(at, **(FIRST | figures)) if text is None else text
        self.server.add(CHANNEL, PreviewPost(self.last_id, body, at))
        return self.last_id

    def edit(self, post: int, **figures: int) -> None:
        self.server.edit(CHANNEL, post, losses(self.day, **(FIRST | figures)))

    def write(self, name: str, text: str) -> None:
        path = self.config / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")

    def add_source(self, key: str, channel: str) -> None:
        """Watch one more source, whose channel is on the local preview too."""
        self.write(
            f"sources/{key}.toml",
            f'name = "{key}"\nlanguages = ["uk"]\n[channels."t.me/{channel.lower()}"]\nlabel = "Telegram"\n'
            f'address = "{channel}"\n[channels."t.me/{channel.lower()}".routes]\ntelegram_web = {{ enabled = true }}\n',
        )
        self.server.add_channel(PreviewChannel.of(channel, PreviewPost(1, "Слава Україні!", self.day)))

    def send_to_telegram(self, base_url: str) -> None:
        """Let everything go to one chat of a Bot API at this address."""
        self.write(
            "desks.toml",
            f'[destinations.chat]\nservice = "telegram"\ntoken_env = "TELEGRAM_BOT_TOKEN"\nchat_id = -1001\n'
            f'base_url = "{base_url}"\n[desks.duty]\nurgent = ["chat"]\nroutine = ["chat"]\nops = ["chat"]\n',
        )
        self.write(".env", f"TELEGRAM_BOT_TOKEN={TOKEN}\n")

    def run(self, *arguments: str, **environment: str) -> Result:
        """Run a command in this process."""
        given = ("--config", str(self.config), "--state", str(self.state))
        return CliRunner().invoke(app, [*given, *arguments], env=environment)

    def process(self, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        """Start a command as a process of its own."""
        return subprocess.Popen(
            [sys.executable, "-m", "monitor", *arguments],
            env=os.environ
            | {"MONITOR_CONFIG": str(self.config), "MONITOR_STATE": str(self.state), "PYTHONUNBUFFERED": "1"}
            | environment,
            cwd=self.folder,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )


def build(server: PreviewServer, folder: Path) -> World:
    """Make the operator's folder: only the General Staff is watched, on the local preview."""
    soon = datetime.now(UTC) + timedelta(minutes=2)  # later than the moment at which the channel is switched on
    world = World(server, folder, soon.replace(microsecond=0))
    world.write("monitor.toml", f'[routes.telegram_web]\nbase_url = "{server.base_url}"\n')
    for path in (defaults_folder() / "sources").glob("*.toml"):
        if path.stem != SOURCE:
            world.write(f"sources/{path.name}", "enabled = false\n")
    return world


def channel() -> PreviewChannel:
    return PreviewChannel.of(CHANNEL)
