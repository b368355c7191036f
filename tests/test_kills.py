"""The daemon is killed when it matters and when it does not: nothing is lost, and hardly anything comes twice.

The chat has no key by which it could tell a message that it has already, so a kill may repeat one.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from monitor.store.sqlite import SqliteStore
from tests.cli.world import FIRST, World
from tests.daemons import Runner, locked, running, until
from tests.send.fake_bot_api import Accepted

LIVES = 1.5  # seconds that a daemon gets at most once it is at work
BUSY = 0.06  # seconds after a request within which a post is read, stored and sent
FOUND_WITHIN = 150.0  # seconds; an edit that has left the newest page is found by reading the post again each minute


@dataclass
class Script:
    """What the channel publishes while daemons die; every figure stands in one text only."""

    world: World
    figures: dict[int, int] = field(default_factory=dict)  # post → personnel, as the post now says
    _highest: int = FIRST["personnel"]

    def publish(self) -> int:
        self._highest += 10
        post = self.world.publish(personnel=self._highest)
        self.figures[post] = self._highest
        return post

    def edit(self, post: int) -> None:
        self.figures[post] += 1
        self.world.edit(post, personnel=self.figures[post])

    async def go_on(self, chance: random.Random) -> None:
        """Publish and edit until cancelled."""
        while True:
            await asyncio.sleep(chance.uniform(0.1, 0.8))
            if len(self.figures) > 3 and chance.random() < 0.25:
                self.edit(chance.choice(sorted(self.figures)[-3:]))
            else:
                self.publish()


def number(message: Accepted) -> str:
    """Return the alert's number, which ends every message."""
    return message.text.splitlines()[-1].split()[0]


async def settle(runner: Runner, script: Script) -> None:
    """Let one more daemon work everything off, and stop it."""
    if runner.process is None or runner.process.returncode is not None:
        await runner.start()
    with suppress(TimeoutError):  # what is wrong then is shown by what is expected
        await until(lambda: not untold(runner, script), seconds=FOUND_WITHIN)
        await until(lambda: runner.waiting() == 0)
    assert await runner.terminate() == 0


def untold(runner: Runner, script: Script) -> dict[int, int]:
    """Return the posts whose figure, as they now say it, was not told."""
    told = "\n".join(runner.texts())
    return {post: figure for post, figure in script.figures.items() if f"{figure:,}" not in told}


def expect_nothing_lost(runner: Runner, script: Script, *, kills: int) -> None:
    """Hold the chat, the database and the script against each other."""
    new = [message for message in runner.api.accepted if message.method == "sendMessage"]
    copies = Counter(number(message) for message in new)
    recorded = {f"A-{alert:04}" for (alert,) in runner.rows("SELECT number FROM alerts")}
    assert set(copies) == recorded
    assert sum(copies.values()) - len(copies) <= kills
    assert not [text for text in runner.texts() if "does not take our messages" in text]
    assert untold(runner, script) == {}
    with SqliteStore.open(runner.world.database) as store:
        assert store.faults() == ()
    stored = runner.rows("SELECT post, effective FROM ledger WHERE category = 'personnel_losses' ORDER BY order_key")
    assert {int(post): value for post, value in stored} == {101: FIRST["personnel"]} | script.figures
    assert runner.rows("SELECT effective FROM latest_tallies WHERE category = 'personnel_losses'") == [
        (script.figures[max(script.figures)],)
    ]


# ── at named points ───────────────────────────────────────────────────────────────────────


async def test_killed_before_the_commit_it_reads_the_post_again(tmp_path: Path) -> None:
    async with running(tmp_path) as runner:
        script = Script(runner.world)
        await runner.watching()
        while True:  # until the lock was there between the answer to the request and the transaction
            asked, post = len(runner.world.server.requests), script.publish()
            while len(runner.world.server.requests) == asked:  # noqa: ASYNC110  # it is asked in another thread
                await asyncio.sleep(0)
            with locked(runner.world.database):
                await asyncio.sleep(0.3)  # it waits for the lock for 5 s before it gives up
                in_time = not runner.stored(post)
                await runner.kill()
            if in_time:
                break
            await runner.start()
        assert not runner.stored(post)
        await settle(runner, script)
        expect_nothing_lost(runner, script, kills=1)


async def test_killed_after_the_commit_it_sends_what_is_in_the_outbox(tmp_path: Path) -> None:
    async with running(tmp_path) as runner:
        script = Script(runner.world)
        await runner.watching()
        runner.api.always = "drop-before-body"
        post = script.publish()
        await until(lambda: runner.stored(post))
        await runner.kill()
        runner.api.always = None
        assert runner.waiting() == 1
        await settle(runner, script)
        expect_nothing_lost(runner, script, kills=0)


async def test_killed_after_the_service_accepted_it_sends_once_more_and_says_so(tmp_path: Path) -> None:
    async with running(tmp_path) as runner:
        script = Script(runner.world)
        await runner.watching()
        runner.api.always = "hang-after-accept"
        script.publish()
        await until(lambda: len(runner.api.accepted) == 2)
        await runner.kill()
        runner.api.always = None
        await settle(runner, script)
        expect_nothing_lost(runner, script, kills=1)
        assert [number(message) for message in runner.api.accepted] == ["A-0001", "A-0002", "A-0002"]
        assert "Possible duplicate" not in runner.api.accepted[1].text
        assert "Possible duplicate" in runner.api.accepted[2].text


async def test_killed_before_sent_is_written_it_sends_once_more(tmp_path: Path) -> None:
    async with running(tmp_path) as runner:
        script = Script(runner.world)
        await runner.watching()
        with ExitStack() as lock:
            runner.api.before_the_answer = lambda: lock.enter_context(locked(runner.world.database))
            script.publish()
            await until(lambda: runner.said("the outbox cannot be written, trying again"))
            await runner.kill()
        assert runner.rows("SELECT state FROM deliveries ORDER BY id DESC LIMIT 1") == [("sending",)]
        await settle(runner, script)
        expect_nothing_lost(runner, script, kills=1)


async def until_some_moment(runner: Runner, chance: random.Random) -> None:
    """Wait until a daemon that was just started is to be killed: in its start, at work, most often in a busy moment."""
    lot = chance.random()
    if lot < 0.15:
        await asyncio.sleep(chance.uniform(0, LIVES / 2))
        return
    asked = len(runner.world.server.requests)
    await until(lambda: len(runner.world.server.requests) > asked)
    await asyncio.sleep(chance.uniform(0, LIVES if lot < 0.4 else BUSY))


# ── at any moment ─────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("kills", "seed"),
    [
        pytest.param(10, 20220224, id="10 kills", marks=pytest.mark.timeout(300)),
        pytest.param(200, 20230511, id="200 kills", marks=[pytest.mark.slow, pytest.mark.timeout(1800)]),
    ],
)
async def test_killed_at_any_moment_it_loses_nothing_and_repeats_at_most_one_message_a_kill(
    tmp_path: Path, kills: int, seed: int
) -> None:
    chance = random.Random(seed)  # noqa: S311  # no secret
    async with running(tmp_path) as runner:
        script = Script(runner.world)
        await runner.watching()
        publishing = asyncio.create_task(script.go_on(random.Random(seed + 1)))  # noqa: S311
        for _ in range(kills):
            await until_some_moment(runner, chance)
            await runner.kill()
            await runner.start()
        publishing.cancel()
        await settle(runner, script)
        expect_nothing_lost(runner, script, kills=kills)
