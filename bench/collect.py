"""How fast the preview is read, beside the barest loop that could do it.

    python bench/collect.py [runs]

Three figures: one page of 20 posts; one pass over 100 channels on loopback of which 10 changed; a file.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path

import httpx
from selectolax.lexbor import LexborHTMLParser

from monitor.collect import Budget, telegram_web
from monitor.collect._preview import read_page
from monitor.collect.files import read_posts
from monitor.demo.preview import PreviewChannel, PreviewPost, PreviewServer
from monitor.demo.preview_html import message, page, wrapped
from monitor.model import Channel, Post

CHANNELS, CHANGED = 100, 10
START = datetime(2022, 3, 1, 5, 0, tzinfo=UTC)
ROWS = (
    "танків",
    "бойових броньованих машин",
    "артилерійських систем",
    "РСЗВ",
    "засобів ППО",
    "літаків",
    "гелікоптерів",
)
TEXT = (
    "**Загальні бойові втрати противника орієнтовно склали:**\n\n"
    + "\n".join(f"{row} ‒ {1000 + 7 * at} (+{at}) од" for at, row in enumerate(ROWS * 2))
    + "\n\nДані уточнюються.\n🇺🇦 [Підписатися](https://t.me/example) #втрати"
)


class RealClock:
    def now(self) -> datetime:
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


def posts(count: int) -> list[PreviewPost]:
    return [
        PreviewPost(at, TEXT, START + timedelta(hours=at), media=("photo",) if at % 3 == 0 else ())
        for at in range(1, count + 1)
    ]


def channel(number: int) -> Channel:
    return Channel(key=f"t.me/channel{number}", source="s", label="Telegram", address=f"Channel{number}")


def bare_walk(body: bytes) -> list[tuple[str, str, str]]:
    found = []
    for node in LexborHTMLParser(body).css("div.tgme_widget_message"):
        moment = node.css_first("time[datetime]").attributes["datetime"]
        found.append((node.attributes["data-post"], moment, node.css_first(".js-message_text").text()))
    return found


def timed(runs: int, *works: Callable[[], object]) -> list[float]:
    """Return the median milliseconds of each, taken in turns."""
    times: list[list[float]] = [[] for _ in works]
    for _ in range(runs):
        for work, mine in zip(works, times, strict=True):
            began = time.perf_counter()
            work()
            mine.append((time.perf_counter() - began) * 1e3)
    return [statistics.median(mine) for mine in times]


def one_page(runs: int) -> None:
    where = channel(1)
    blocks = [wrapped(message(where.address, "Штаб", post, "", token=post.id)) for post in posts(20)]
    body = page(where.address, "Штаб", blocks, before=1, after=None, canonical=21).encode()
    known = read_page(body, where).prints
    assert len(bare_walk(body)) == len(read_page(body, where).blocks) == 20
    assert read_page(body, where, known).blocks == ()
    bare, new, same = timed(
        runs, lambda: bare_walk(body), lambda: read_page(body, where), lambda: read_page(body, where, known)
    )
    print(f"one page, 20 posts, {len(body) / 1e3:.0f} kB: bare selectolax walk {bare:.2f} ms")
    print(f"  all posts new   {new:.2f} ms = {new / bare:.2f} x")
    print(f"  nothing changed {same:.2f} ms = {same / bare:.2f} x")


def serve(pipe: Connection) -> None:
    """Serve the channels in a process of its own; on each word, edit one post in so many of them."""
    channels = [PreviewChannel.of(channel(number).address, *posts(20)) for number in range(CHANNELS)]
    with PreviewServer(*channels) as server:
        pipe.send(server.base_url)
        while (turn := pipe.recv()) is not None:
            for number in range(CHANGED):
                server.edit(channel(number).address, 20, f"{TEXT}\n{turn}")
            pipe.send(turn)


async def bare_pass(client: httpx.AsyncClient, texts: dict[str, str]) -> int:
    changed = 0
    for number in range(CHANNELS):
        answer = await client.get(f"/s/{channel(number).address}")
        for post, _, text in bare_walk(answer.content):
            changed += texts.get(post) != text
            texts[post] = text
    return changed


async def own_pass(collector: telegram_web.TelegramWeb, texts: dict[tuple[str, str], str]) -> int:
    changed = 0
    for number in range(CHANNELS):
        async for batch in collector.fetch(channel(number), "20"):
            for found in batch.found:
                if found.post is not None:
                    key = (found.post.channel, found.post.id)
                    changed += texts.get(key) != found.post.text
                    texts[key] = found.post.text
    return changed


async def one_pass(runs: int, pipe: Connection, base_url: str) -> None:
    clock = RealClock()
    options = telegram_web.Options(base_url=base_url)
    async with (
        httpx.AsyncClient(base_url=base_url, trust_env=False) as client,
        telegram_web.connect(options, clock, Budget.unlimited(clock)) as collector,
    ):
        bare_texts: dict[str, str] = {}
        own_texts: dict[tuple[str, str], str] = {}
        passes: list[Callable[[], Awaitable[int]]] = [
            lambda: bare_pass(client, bare_texts),
            lambda: own_pass(collector, own_texts),
        ]
        times: list[list[float]] = [[], []]
        for turn in range(runs + 1):
            pipe.send(turn)
            pipe.recv()
            for work, mine in zip(passes, times, strict=True):
                began = time.perf_counter()
                changed = await work()
                mine.append((time.perf_counter() - began) * 1e3)
                assert changed == (CHANGED if turn else CHANNELS * 20)
        bare, own = (statistics.median(mine[1:]) for mine in times)
    print(f"one pass over {CHANNELS} channels, {CHANGED} changed, no store: bare httpx + selectolax {bare:.0f} ms")
    print(f"  telegram_web {own:.0f} ms = {own / bare:.2f} x")


def files(runs: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        lines, export = Path(folder, "posts.jsonl"), Path(folder, "result.json")
        moments = [START + timedelta(hours=at) for at in range(5_000)]
        lines.write_text(
            "".join(
                json.dumps({"id": at, "text": TEXT, "published_at": moment.isoformat()}) + "\n"
                for at, moment in enumerate(moments)
            )
        )
        messages = [
            {"id": at, "type": "message", "date_unixtime": str(int(moment.timestamp())), "text": TEXT}
            for at, moment in enumerate(moments)
        ]
        export.write_text(json.dumps({"name": "x", "type": "public_channel", "id": 1, "messages": messages}, indent=1))
        for path in (lines, export):
            assert sum(isinstance(item, Post) for item in read_posts(path, channel=channel(1))) == len(moments)
            (took,) = timed(max(1, runs // 20), lambda path=path: list(read_posts(path, channel=channel(1))))
            print(f"{path.name}: {len(moments) / took * 1e3:,.0f} posts/s, {path.stat().st_size / took / 1e3:.0f} MB/s")


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    one_page(runs)
    here, there = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(target=serve, args=(there,))
    server.start()
    asyncio.run(one_pass(max(3, runs // 10), here, here.recv()))
    here.send(None)
    server.join()
    files(runs)


if __name__ == "__main__":
    main()
