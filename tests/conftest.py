"""What holds for every test: a clean environment, no call that leaves this machine, a clock of its own."""

from __future__ import annotations

import ipaddress
import os
import sys
from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.clock import FixedClock
from tests.corpus import CORPUS

settings.register_profile("torture", max_examples=1000, deadline=None)

_SPEAKS_TO_THE_PROGRAM = ("MONITOR_", "TELEGRAM_", "SLACK_", "DISCORD_", "MATRIX_", "FACEBOOK_", "SMTP_")
_CHANGES_OUTPUT = {"NO_COLOR", "FORCE_COLOR", "CLICOLOR", "COLUMNS", "LINES", "TERMINAL_WIDTH"}
_REDIRECTS_CALLS = {"http_proxy", "https_proxy", "all_proxy", "no_proxy"}

_attempts: list[str] = []


class LeftTheMachine(BaseException):
    """A test tried to reach another host. No handler for ordinary errors may hide that."""


def _is_local(host: object) -> bool:
    if isinstance(host, bytes):
        host = host.decode("ascii", "replace")
    if host in {None, "", "localhost"}:
        return True
    try:
        return ipaddress.ip_address(str(host).partition("%")[0]).is_loopback
    except ValueError:
        return False


def _guard(event: str, arguments: tuple[object, ...]) -> None:
    if event == "socket.getaddrinfo":
        host = arguments[0]
    elif event in {"socket.connect", "socket.sendto", "socket.sendmsg"}:
        address = arguments[1]
        if not isinstance(address, tuple) or not address:  # a Unix socket, or one that is connected
            return
        host = address[0]
    else:
        return
    if not _is_local(host):
        _attempts.append(f"{event} {host!r}")
        raise LeftTheMachine(_attempts[-1])


sys.addaudithook(_guard)


@pytest.fixture
def outside_calls() -> list[str]:
    """Attempts to leave this machine during the test; whatever is left in it at the end fails the test."""
    return _attempts


@pytest.fixture(autouse=True)
def _stays_on_this_machine() -> Iterator[None]:
    _attempts.clear()
    yield
    left, _attempts[:] = list(_attempts), []
    assert not left, f"the test tried to reach another host: {left}"


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith(_SPEAKS_TO_THE_PROGRAM) or name in _CHANGES_OUTPUT or name.lower() in _REDIRECTS_CALLS:
            monkeypatch.delenv(name)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if CORPUS.is_dir():
        return
    absent = pytest.mark.skip(reason=f"no labelled posts at {CORPUS} (set MONITOR_CORPUS)")
    for item in items:
        if item.get_closest_marker("corpus"):
            item.add_marker(absent)
