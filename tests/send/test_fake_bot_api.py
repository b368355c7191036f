"""The fake is used as a process of its own by tests that kill the program."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from tests.send.fake_bot_api import CHAT, TOKEN, recorded


@contextmanager
def running(*options: str) -> Iterator[str]:
    """Yield the address of a server in a process of its own."""
    command = [sys.executable, "-m", "tests.send.fake_bot_api", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        yield f"{server.stdout.readline().strip()}/bot{TOKEN}/sendMessage"
        server.terminate()


def test_as_a_process_it_keeps_a_journal_of_what_it_accepted_and_keeps_to_its_rate(tmp_path):
    journal = tmp_path / "accepted.jsonl"
    with running("--journal", str(journal), "--rate", "0.001") as url:
        first, second = (httpx.post(url, json={"chat_id": CHAT, "text": text}) for text in ("one", "two"))
    assert first.json()["result"]["message_id"] == 1
    assert second.json()["parameters"] == {"retry_after": 1000}
    (line,) = recorded(journal)
    assert (line["method"], line["text"]) == ("sendMessage", "one")


def test_a_process_told_to_drop_its_answers_accepts_and_says_nothing(tmp_path):
    journal = tmp_path / "accepted.jsonl"
    with running("--journal", str(journal), "--always", "drop-after-accept") as url:
        with pytest.raises(httpx.RemoteProtocolError):
            httpx.post(url, json={"chat_id": CHAT, "text": "one"})
        assert len(list(recorded(journal))) == 1
