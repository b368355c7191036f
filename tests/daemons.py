"""The real daemon as a process of its own, between a local preview and a chat that is counted."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from monitor.demo.preview import PreviewServer
from tests.cli.world import World, build, channel
from tests.send.fake_bot_api import TOKEN, Accepted, FakeBotApi

QUICK = """
[pace]
hot_seconds = 1.0
cold_seconds = 1.0
jitter_seconds = 0.0
rereads = [{ every_minutes = 1, until_hours = 1 }]
"""
PATIENCE = 30.0  # seconds until a test gives up on what it waits for


async def until(what: Callable[[], object], *, seconds: float = PATIENCE) -> None:
    """Wait until something has come true."""
    async with asyncio.timeout(seconds):
        while not what():  # noqa: ASYNC110  # it comes true in another process
            await asyncio.sleep(0.005)


class Chat(FakeBotApi):
    """A chat in which something can be made to happen once, between its accepting a message and its answer."""

    before_the_answer: Callable[[], object] | None = None

    def _keep(self, accepted: Accepted) -> None:
        super()._keep(accepted)
        do, self.before_the_answer = self.before_the_answer, None
        if do:
            do()


@dataclass
class Runner:
    """Starts and stops `monitor run` on one world; `log` is what all of its runs have said so far."""

    world: World
    api: Chat
    inside: tuple[str, ...] = ()  # begins the command, for a daemon that is to see another disk
    environment: dict[str, str] = field(default_factory=dict)
    process: asyncio.subprocess.Process | None = None

    def __post_init__(self) -> None:
        self.world.send_to_telegram(self.api.url)
        self.world.write(".env", f"TELEGRAM_BOT_TOKEN={TOKEN}\n")
        self.world.write("monitor.toml", f'{QUICK}[routes.telegram_web]\nbase_url = "{self.world.server.base_url}"\n')

    @property
    def log_file(self) -> Path:
        return self.world.folder / "daemon.log"

    def log(self) -> list[dict[str, Any]]:
        """Return the lines of the log; the last one may not be written to its end yet."""
        lines = self.log_file.read_text("utf-8").splitlines() if self.log_file.exists() else []
        return [json.loads(line) for line in lines if line.startswith("{") and line.endswith("}")]

    def said(self, event: str) -> list[dict[str, Any]]:
        return [line for line in self.log() if line["event"] == event]

    async def start(self) -> asyncio.subprocess.Process:
        with self.log_file.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                *(*self.inside, sys.executable, "-m", "monitor", "run"),
                env={name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
                | {"MONITOR_CONFIG": str(self.world.config), "MONITOR_STATE": str(self.world.state)}
                | self.environment,
                cwd=self.world.folder,
                stdout=log,
                stderr=log,
            )
        return self.process

    async def watching(self) -> None:
        """Start it, and wait until the channel was read for the first time and the desk was told so."""
        before = len(self.api.accepted)
        await self.start()
        await until(lambda: len(self.api.accepted) > before)

    async def terminate(self) -> int:
        assert self.process
        self.process.send_signal(signal.SIGTERM)
        return await asyncio.wait_for(self.process.wait(), PATIENCE)

    async def kill(self) -> None:
        assert self.process
        self.process.kill()
        await self.process.wait()

    # ── what it left ──────────────────────────────────────────────────────────────────────

    def rows(self, sql: str, *arguments: object) -> list[tuple[Any, ...]]:
        """Look into the state as any other program may; nothing before there is one."""
        try:
            with closing(sqlite3.connect(f"file:{self.world.database}?mode=ro", uri=True)) as db:
                return db.execute(sql, arguments).fetchall()
        except sqlite3.OperationalError:
            return []

    def stored(self, post: int) -> bool:
        return bool(self.rows("SELECT 1 FROM posts WHERE post = ?", str(post)))

    def waiting(self) -> int:
        """Return how many messages are not in the chat yet."""
        return int(self.rows("SELECT count(*) FROM deliveries WHERE state NOT IN ('sent', 'dead', 'dropped')")[0][0])

    def texts(self) -> list[str]:
        """Return what was accepted as a new message."""
        return [each.text for each in self.api.accepted if each.method == "sendMessage"]


@asynccontextmanager
async def running(folder: Path) -> AsyncIterator[Runner]:
    """Open a channel with yesterday's list and the chat; whatever daemon is left at the end is killed."""
    with PreviewServer(channel()) as server:
        world = build(server, folder)
        world.publish(days_old=1)
        async with Chat() as api:
            runner = Runner(world, api)
            try:
                yield runner
            finally:
                if runner.process and runner.process.returncode is None:
                    await runner.kill()


@contextmanager
def locked(database: Path) -> Iterator[None]:
    """Hold the database's one write lock, as another process would."""
    with closing(sqlite3.connect(database, isolation_level=None, timeout=PATIENCE)) as db:
        db.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            db.execute("ROLLBACK")
