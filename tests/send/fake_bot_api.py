"""A chat server on loopback that keeps to the Bot API's documented rules, and counts what it accepts.

In a test: `async with FakeBotApi() as api:` and give `api.url` as base_url. As a process:
`python -m tests.send.fake_bot_api --port 8081 --journal accepted.jsonl`, which prints its address
once it listens and appends one JSON object an accepted message, flushed before it answers.

Rules: https://core.telegram.org/bots/api (sendMessage, editMessageText, MessageEntity,
ResponseParameters) and https://core.telegram.org/bots/faq (about one message a second and chat).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import math
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from tests.send.loopback import Loopback, Raw

TOKEN = "123456:TEST-token_for_the_fake"
CHAT = -1001

LONGEST_TEXT = 4096
MOST_ENTITIES = 100  # the service ignores what follows; the fake is strict
KINDS = {"bold", "italic", "underline", "strikethrough", "spoiler", "blockquote", "code", "pre", "text_link"}
SOLITARY = {"code", "pre"}  # may share no character with another entity, but for a quote around them

_LIVE = re.compile(r"(?<!\w)@[A-Za-z0-9_]+|(?<![\w/<>])/[A-Za-z0-9_]+")
JSON = {"Content-Type": "application/json"}


class Refused(Exception):
    """An answer with ok = false."""

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters


@dataclass(frozen=True)
class Accepted:
    method: str
    chat: int | str
    text: str
    message_id: int
    payload: Mapping[str, Any]


@dataclass
class Rate:
    """How many messages one chat takes: `burst` at once, then `per_second`."""

    per_second: float
    burst: int = 1
    now: Callable[[], float] = time.monotonic
    _used: dict[object, tuple[float, float]] = field(default_factory=dict)

    def take(self, chat: object) -> None:
        level, at = self._used.get(chat, (0.0, self.now()))
        level = max(0.0, level - (self.now() - at) * self.per_second)
        if level + 1 > self.burst:
            wait = math.ceil((level + 1 - self.burst) / self.per_second)
            raise Refused(429, f"Too Many Requests: retry after {wait}", retry_after=wait)
        self._used[chat] = (level + 1, self.now())


class Chats:
    """What the service would say to each request; knows nothing of sockets."""

    def __init__(self, *, chats: set[int | str], rate: Rate | None) -> None:
        self.chats = chats
        self.rate = rate
        self.kicked: set[int | str] = set()
        self.moved: dict[int | str, int] = {}
        self.formatting_refused = False
        self.messages: dict[tuple[int | str, int], tuple[str, object]] = {}
        self._next_id = 1

    def handle(self, method: str, payload: Mapping[str, Any]) -> Accepted:
        chat = payload.get("chat_id", "")
        if chat in self.moved:
            description = "Bad Request: group chat was upgraded to a supergroup chat"
            raise Refused(400, description, migrate_to_chat_id=self.moved[chat])
        if chat in self.kicked:
            raise Refused(403, "Forbidden: bot was kicked from the supergroup chat")
        if chat not in self.chats:
            raise Refused(400, "Bad Request: chat not found")
        if self.rate:
            self.rate.take(chat)
        text = payload.get("text", "")
        check_text(text, payload.get("entities", []), refuse_all=self.formatting_refused)
        if method == "sendMessage":
            number = self._send(chat, payload)
        elif method == "editMessageText":
            number = self._edit(chat, payload)
        else:
            raise Refused(404, "Not Found: method not found")
        self.messages[chat, number] = (text, payload.get("entities", []))
        return Accepted(method, chat, text, number, payload)

    def _send(self, chat: int | str, payload: Mapping[str, Any]) -> int:
        reply = payload.get("reply_parameters")
        if reply and (chat, reply["message_id"]) not in self.messages and not reply.get("allow_sending_without_reply"):
            raise Refused(400, "Bad Request: message to be replied not found")
        self._next_id += 1
        return self._next_id - 1

    def _edit(self, chat: int | str, payload: Mapping[str, Any]) -> int:
        number = payload.get("message_id", 0)
        held = self.messages.get((chat, number))
        if held is None:
            raise Refused(400, "Bad Request: message to edit not found")
        if held == (payload["text"], payload.get("entities", [])):
            raise Refused(
                400,
                "Bad Request: message is not modified: specified new message content and reply markup are exactly "
                "the same as a current content and reply markup of the message",
            )
        return int(number)


def units(text: str) -> list[int]:
    """Return the text as UTF-16 code units."""
    data = text.encode("utf-16-le", "surrogatepass")
    return [int.from_bytes(data[at : at + 2], "little") for at in range(0, len(data), 2)]


def check_text(text: object, entities: object, *, refuse_all: bool = False) -> None:
    """Raise Refused unless the service would take this text with these entities."""
    if not isinstance(text, str) or not text.strip():
        raise Refused(400, "Bad Request: message text is empty")
    code = units(text)
    if any(0xD800 <= ord(character) <= 0xDFFF for character in text):
        raise Refused(400, "Bad Request: strings must be encoded in UTF-8")
    if len(code) > LONGEST_TEXT:
        raise Refused(400, "Bad Request: message is too long")
    if not isinstance(entities, list) or (refuse_all and entities):
        raise Refused(400, "Bad Request: can't parse entities: the test says so")
    if len(entities) > MOST_ENTITIES:
        raise Refused(400, "Bad Request: can't parse entities: too many")
    taken = [check_entity(entity, code) for entity in entities]
    for index, (start, end, kind) in enumerate(taken):
        for other_start, other_end, other in taken[index + 1 :]:
            together = start < other_end and other_start < end
            nested = (start >= other_start and end <= other_end) or (other_start >= start and other_end <= end)
            if together and (not nested or (SOLITARY & {kind, other} and "blockquote" not in {kind, other})):
                raise Refused(400, f"Bad Request: can't parse entities: {kind} and {other} overlap")


def check_entity(entity: Mapping[str, Any], code: list[int]) -> tuple[int, int, str]:
    kind, start, end = entity["type"], entity["offset"], entity["offset"] + entity["length"]
    if kind not in KINDS:
        raise Refused(400, f"Bad Request: can't parse entities: unsupported type {kind}")
    if start < 0 or entity["length"] <= 0 or end > len(code):
        raise Refused(400, "Bad Request: can't parse entities: ENTITY_BOUNDS_INVALID")
    for edge in (start, end):
        if edge < len(code) and 0xDC00 <= code[edge] <= 0xDFFF:
            raise Refused(400, f"Bad Request: can't parse entities: {edge} is inside a character")
    if not bytes(byte for each in code[start:end] for byte in each.to_bytes(2, "little")).decode("utf-16-le").strip():
        raise Refused(400, "Bad Request: can't parse entities: nothing to see in it")
    if kind == "text_link" and not entity.get("url", "").startswith(("http://", "https://")):
        raise Refused(400, "Bad Request: can't parse entities: no web address")
    return start, end, kind


class FakeBotApi(Loopback):
    """The server. Everything that a test may set or read is a plain attribute."""

    def __init__(
        self,
        *,
        port: int = 0,
        token: str = TOKEN,
        chats: set[int | str] | None = None,
        rate: Rate | None = None,
        journal: Path | None = None,
    ) -> None:
        super().__init__(self._judge, port=port)
        self.rules = Chats(chats={CHAT} if chats is None else chats, rate=rate)
        self.accepted: list[Accepted] = []
        self.token = token
        self._journal_path = journal

    def counts(self) -> Counter[str]:
        """Return how often each text was accepted as a new message."""
        return Counter(each.text for each in self.accepted if each.method == "sendMessage")

    def _judge(self, path: str, payload: Mapping[str, Any]) -> Raw:
        method = path.rpartition("/")[2]
        if path != f"/bot{self.token}/{method}":
            return refusal(401, "Unauthorized")
        try:
            accepted = self.rules.handle(method, payload)
        except Refused as no:
            return refusal(no.code, no.description, **no.parameters)
        self._keep(accepted)
        chat = {"id": accepted.chat, "type": "supergroup"}
        result = {"message_id": accepted.message_id, "date": int(time.time()), "chat": chat, "text": accepted.text}
        return Raw(200, json.dumps({"ok": True, "result": result}), JSON)

    def _keep(self, accepted: Accepted) -> None:
        self.accepted.append(accepted)
        if self._journal_path is not None:
            with self._journal_path.open("a", encoding="utf-8") as journal:
                journal.write(json.dumps({"at": time.time(), **asdict(accepted)}, ensure_ascii=False) + "\n")


def refusal(code: int, description: str, **parameters: int) -> Raw:
    """Return the answer by which the service refuses."""
    answer: dict[str, Any] = {"ok": False, "error_code": code, "description": description}
    if parameters:
        answer["parameters"] = parameters
    return Raw(code, json.dumps(answer), JSON)


def recorded(journal: Path) -> Iterator[dict[str, Any]]:
    """Yield what a server in another process accepted."""
    if journal.exists():
        for line in journal.read_text(encoding="utf-8").splitlines():
            yield json.loads(line)


def pings(text: str) -> list[str]:
    """Return what the service would find in plain text by itself and make live: @names and /commands."""
    return [found.group() for found in _LIVE.finditer(text)]


async def _run(options: argparse.Namespace) -> None:
    rate = Rate(options.rate, options.burst) if options.rate else None
    chats: set[int | str] = {int(chat) if chat.lstrip("-").isdigit() else chat for chat in options.chat}
    api = FakeBotApi(port=options.port, token=options.token, chats=chats, rate=rate, journal=options.journal)
    async with api:
        api.always = options.always
        print(api.url, flush=True)  # noqa: T201 - for whoever started this process
        await asyncio.Event().wait()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.send.fake_bot_api")
    parser.add_argument("--port", type=int, default=0, help="0: any that is free")
    parser.add_argument("--token", default=TOKEN)
    parser.add_argument("--chat", action="append", default=[], help="an id that exists; may be repeated")
    parser.add_argument("--rate", type=float, default=0, help="messages a second and chat; 0: as many as come")
    parser.add_argument("--burst", type=int, default=1)
    parser.add_argument("--journal", type=Path)
    parser.add_argument("--always", choices=["drop-before-body", "hang-after-accept", "drop-after-accept"])
    options = parser.parse_args()
    options.chat = options.chat or [str(CHAT)]
    with suppress(KeyboardInterrupt):
        asyncio.run(_run(options))


if __name__ == "__main__":
    main()
