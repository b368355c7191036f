from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.cli.world import TOKEN, World


def test_a_message_a_reply_and_an_edit_arrive_and_say_that_they_are_a_test(world: World) -> None:
    result = world.run("test-alert")
    assert result.exit_code == 0
    assert "TEST (no real source) says: 12 test figure (+1)" in result.stdout
    assert "EDITED by TEST (no real source): 13" in result.stdout
    assert "~12~ 13" in result.stdout
    assert [line.split() for line in result.stderr.splitlines()] == [
        ["message", "accepted"],
        ["reply", "accepted"],
        ["edit", "accepted"],
    ]
    assert not world.database.exists()


def test_a_chat_that_does_not_answer_gives_status_4_without_the_token(world: World) -> None:
    world.send_to_telegram("http://127.0.0.1:9")
    result = world.run("test-alert", "--to", "chat")
    assert result.exit_code == 4
    assert "message  FAILED: " in result.stderr
    assert TOKEN not in result.output


@pytest.mark.parametrize("arguments", [(), ("--to", "newsroom")])
def test_of_several_destinations_one_has_to_be_named(world: World, arguments: tuple[str, ...]) -> None:
    world.send_to_telegram("http://127.0.0.1:9")
    result = world.run("test-alert", *arguments)
    assert result.exit_code == 2
    assert "console, chat" in result.stderr


class _TakesNoEdit(BaseHTTPRequestHandler):
    """A chat that takes messages, and refuses to change them afterwards."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        edits = self.path.endswith("/editMessageText")
        body = b'{"ok":false,"error_code":400,"description":"Bad Request: message can\'t be edited"}'
        self.send_response(400 if edits else 200)
        self.end_headers()
        self.wfile.write(body if edits else b'{"ok":true,"result":{"message_id":7}}')

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


@pytest.fixture
def chat() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _TakesNoEdit) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_a_chat_that_takes_messages_but_no_edit_is_found_out(world: World, chat: str) -> None:
    world.send_to_telegram(chat)
    result = world.run("test-alert", "--to", "chat")
    assert result.exit_code == 4
    message, reply, edit = result.stderr.splitlines()
    assert message.split() == ["message", "accepted"]
    assert reply.split() == ["reply", "accepted"]
    assert edit.startswith("edit     FAILED: ")
