"""The ground every other test stands on."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from collections.abc import Iterator

import httpx
import pytest

from tests.clock import FixedClock

ELSEWHERE = "192.0.2.1"  # reserved for documentation: answers nowhere


def refused(outside_calls: list[str]) -> list[str]:
    """Take note of what was refused, and forget it, so that this test may pass."""
    calls, outside_calls[:] = list(outside_calls), []
    return calls


def test_a_connection_to_another_host_is_refused(outside_calls: list[str]) -> None:
    with pytest.raises(BaseException, match=ELSEWHERE):
        socket.create_connection((ELSEWHERE, 9), timeout=1)
    assert refused(outside_calls)


def test_a_name_is_not_even_looked_up(outside_calls: list[str]) -> None:
    with pytest.raises(BaseException, match=r"chat\.example"):
        socket.getaddrinfo("chat.example", 443)
    assert refused(outside_calls) == ["socket.getaddrinfo 'chat.example'"]


async def test_what_swallows_errors_cannot_hide_the_attempt(outside_calls: list[str]) -> None:
    async with httpx.AsyncClient() as client:
        await asyncio.gather(client.get("http://chat.example/"), return_exceptions=True)
    assert refused(outside_calls)


async def test_loopback_is_open() -> None:
    server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
    async with server:
        reader, writer = await asyncio.open_connection("localhost", server.sockets[0].getsockname()[1])
        assert await reader.read() == b""
        writer.close()
        await writer.wait_closed()


@pytest.fixture(scope="module")
def planted() -> Iterator[dict[str, str]]:
    """Stand in for the shell of whoever runs the tests: set before the environment is cleaned for one test."""
    variables = {
        "MONITOR_PLANTED": "1",
        "TELEGRAM_BOT_TOKEN": "1",
        "NO_COLOR": "1",
        "https_proxy": "http://proxy.example",
    }
    before = dict(os.environ)
    os.environ.update(variables)
    yield variables
    os.environ.clear()
    os.environ.update(before)


def test_the_environment_of_whoever_runs_the_tests_is_not_seen(planted: dict[str, str]) -> None:
    assert not set(planted) & set(os.environ)


def test_the_guard_stands_once() -> None:
    assert [
        name for name in sys.modules if name.endswith("conftest") and hasattr(sys.modules[name], "LeftTheMachine")
    ] == ["tests.conftest"]


async def test_sleeping_on_the_tests_clock_takes_no_time_and_moves_it_on(clock: FixedClock) -> None:
    before = clock.now()
    await clock.sleep(3600)
    assert (clock.now() - before).total_seconds() == 3600
    assert clock.slept == [3600]
