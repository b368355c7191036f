"""Servers for the benchmarks: pages that are rendered beforehand, and a chat that accepts everything at once."""

from __future__ import annotations

import asyncio
import json
import re
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self
from urllib.parse import parse_qs, urlsplit

from monitor.demo.preview import PreviewChannel, PreviewPost
from monitor.settings.files import defaults_folder

FIGURES = {"personnel": 1_456_610, "tanks": 12_251}
BEGINNING = datetime.now(UTC).replace(microsecond=0)
_LINK = re.compile(r"Source: t\.me/(\w+)/(\d+)")


def text_of(number: int, day: datetime) -> str:
    """Return a day's list, whose figures rise with the number."""
    tanks, troops = FIGURES["tanks"] + number, FIGURES["personnel"] + 10 * number
    rest = "\n".join(f"{name} – {amount + number} од." for name, amount in _OTHERS.items())
    return (
        f"Загальні бойові втрати противника з 24.02.22 по {day:%d.%m.%y} орієнтовно склали:\n"
        f"особового складу ‒ близько {troops} осіб\nтанків ‒ {tanks} од.\n{rest}"
    )


_OTHERS = {
    "бойових броньованих машин": 25_012,
    "артилерійських систем": 47_580,
    "РСЗВ": 1_990,
    "засоби ППО": 1_410,
    "літаків": 436,
    "гелікоптерів": 352,
    "крилаті ракети": 4_630,
    "кораблі / катери": 33,
    "підводні човни": 2,
    "спеціальна техніка": 4_160,
}


class Server:
    """Answers requests on loopback; `answered` and `accepted` hold when (perf_counter) by (channel, post)."""

    def __init__(self, channels: list[str]) -> None:
        self.channels = {name: PreviewChannel.of(name, *_filling()) for name in channels}
        self.pages: dict[str, bytes] = {}
        self.answered: dict[tuple[str, int], float] = {}
        self.accepted: dict[tuple[str, int], float] = {}
        self.requests = 0
        self.messages = 0

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()

    def publish(self, name: str) -> int:
        """Put the next day's list on a channel and return its id."""
        channel = self.channels[name]
        newest = channel.posts[max(channel.posts)]
        post, day = newest.id + 1, newest.published_at + timedelta(days=1)  # later than the watching began
        channel.posts[post] = PreviewPost(post, text_of(post, day), day)
        self.pages = {path: page for path, page in self.pages.items() if not path.startswith(f"/s/{name}")}
        self._page(f"/s/{name}")
        return post

    def _page(self, path: str) -> bytes:
        if path not in self.pages:
            url = urlsplit(path)
            query = {name: int(values[0]) for name, values in parse_qs(url.query).items()}
            self.pages[path] = self.channels[url.path.rpartition("/")[2]].page(query, 1).encode()
        return self.pages[path]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                size = re.search(r"content-length: (\d+)", head, re.IGNORECASE)
                body = await reader.readexactly(int(size[1])) if size else b""
                answer = self._answer(head.split(" ", 2)[1], body)
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(answer) + answer)
        writer.close()

    def _answer(self, path: str, body: bytes) -> bytes:
        if path.startswith("/bot"):
            return self._accept(body)
        if path.startswith("/publish/"):
            for name in path.removeprefix("/publish/").split(","):
                self.publish(name)
            return b""
        self.requests += 1
        name = path.partition("?")[0].rpartition("/")[2]
        newest = max(self.channels[name].posts)
        page = self._page(path)
        self.answered.setdefault((name, newest), time.perf_counter())
        return page

    def _accept(self, body: bytes) -> bytes:
        self.messages += 1
        link = _LINK.search(json.loads(body)["text"])
        if link:
            self.accepted.setdefault((link[1], int(link[2])), time.perf_counter())
        return json.dumps({"ok": True, "result": {"message_id": self.messages}}).encode()


def _filling() -> list[PreviewPost]:
    """Return a page of posts, most of which hold no figures."""
    chatter = "Оперативна інформація станом на ранок. Сили оборони тримають лінію та завдають ударів у відповідь. " * 4
    hours = [BEGINNING - timedelta(hours=20 - hour) for hour in range(20)]
    return [PreviewPost(100 + hour, chatter if hour else text_of(0, at), at) for hour, at in enumerate(hours)]


def configure(folder: Path, channels: list[str], base_url: str, *, pace: str) -> None:
    """Write an operator's folder that watches only these channels; alerts go to a chat on the same server."""
    config = folder / "config"
    (config / "sources").mkdir(parents=True)
    for path in (defaults_folder() / "sources").glob("*.toml"):
        (config / "sources" / path.name).write_text("enabled = false\n")
    (config / "monitor.toml").write_text(f'{pace}[routes.telegram_web]\nbase_url = "{base_url}"\n')
    (config / "desks.toml").write_text(
        '[destinations.chat]\nservice = "telegram"\ntoken_env = "TELEGRAM_BOT_TOKEN"\nchat_id = -1\n'
        f'base_url = "{base_url}"\n[desks.duty]\nurgent = ["chat"]\nroutine = ["chat"]\nops = ["chat"]\n'
    )
    (config / ".env").write_text("TELEGRAM_BOT_TOKEN=123456:made-up\n")
    for name in channels:
        (config / "sources" / f"{name}.toml").write_text(
            f'name = "{name}"\nabout = "russia"\nlanguages = ["uk"]\nstart = 2022-02-24\n'
            f'[channels."t.me/{name}"]\nlabel = "Telegram"\naddress = "{name}"\n'
            f'[channels."t.me/{name}".routes]\ntelegram_web = {{ enabled = true }}\n'
        )
