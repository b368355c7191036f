"""One pass over 100 channels on loopback of which 10 have a new list, beside a bare loop that does the same requests.

    python bench/pass100.py [rounds]

Ours: for each channel its place in the state is looked up, the page is read, the new post is parsed,
compared, stored and its alert queued, and the visit is noted. The bare loop does what no watcher can do
without: httpx gets the page, selectolax finds id, time and text of each post, sqlite3 knows by a hash
which are new and stores them, one transaction a channel. Both go through the channels one by one; the
server is another process, its pages are rendered beforehand; rounds alternate. No alert is sent.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from loopback import configure
from selectolax.lexbor import LexborHTMLParser

from monitor.clock import SystemClock
from monitor.settings import load
from monitor.wiring import Application, assemble

CHANNELS = [f"channel{number}" for number in range(100)]
CHANGED = CHANNELS[::10]


@contextmanager
def server() -> Iterator[str]:
    """Run the server in another process; yield its address."""
    command = [sys.executable, str(Path(__file__).parent / "loopback"), *CHANNELS]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    try:
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        process.communicate()


class Bare:
    """The loop that a watcher cannot be shorter than."""

    def __init__(self, client: httpx.AsyncClient, path: Path) -> None:
        self.client = client
        self.db = sqlite3.connect(path, isolation_level=None)
        self.db.execute("PRAGMA journal_mode = WAL")
        self.db.execute("PRAGMA synchronous = NORMAL")
        self.db.execute(
            "CREATE TABLE posts (channel TEXT, key TEXT, hash TEXT, at TEXT, text TEXT, PRIMARY KEY (channel, key))"
        )

    async def pass_over_all(self) -> None:
        for name in CHANNELS:
            answer = await self.client.get(f"/s/{name}")
            rows = []
            for block in LexborHTMLParser(answer.content).css("div.tgme_widget_message[data-post]"):
                text, at = block.css_first(".js-message_text"), block.css_first("time[datetime]")
                words = text.text() if text else ""
                digest = hashlib.sha256(words.encode()).hexdigest()
                rows.append(
                    (name, block.attributes["data-post"], digest, at.attributes["datetime"] if at else "", words)
                )
            known = dict(self.db.execute("SELECT key, hash FROM posts WHERE channel = ?", (name,)))
            self.db.execute("BEGIN IMMEDIATE")
            new = [row for row in rows if known.get(row[1]) != row[2]]
            self.db.executemany("INSERT OR REPLACE INTO posts VALUES (?, ?, ?, ?, ?)", new)
            self.db.execute("COMMIT")


async def ours(app: Application) -> None:
    for place in app.places:
        await app.passes.read(place, app.collectors[place.route])


async def timed(what: Callable[[], Awaitable[None]]) -> tuple[float, float]:
    """Return seconds on the wall and of our processor."""
    wall, processor = time.perf_counter(), time.process_time()
    await what()
    return time.perf_counter() - wall, time.process_time() - processor


async def measure(rounds: int) -> tuple[list[tuple[float, float]], list[tuple[float, float]]]:
    with tempfile.TemporaryDirectory() as place, server() as url:
        async with httpx.AsyncClient(base_url=url) as client:
            configure(Path(place), CHANNELS, url, pace="")
            settings = load({}, operator=Path(place, "config"), working=Path(place))
            bare = Bare(client, Path(place, "bare.sqlite3"))
            results: tuple[list[tuple[float, float]], list[tuple[float, float]]] = ([], [])
            async with assemble(settings, SystemClock()) as app:
                await ours(app)
                await bare.pass_over_all()
                for _ in range(rounds):
                    await client.get(f"/publish/{','.join(CHANGED)}")
                    results[0].append(await timed(lambda: ours(app)))
                    results[1].append(await timed(bare.pass_over_all))
                queued = await app.call(lambda store: store.outbox_counts())
            assert queued["chat"]["pending"] == len(CHANNELS) + rounds * len(CHANGED), queued
    return results


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    taken, floor = asyncio.run(measure(rounds))
    print(f"one pass over 100 channels, 10 of them with a new list, median of {rounds}, load {os.getloadavg()[0]:.1f}")
    for name, times in (("monitor", taken), ("bare loop", floor)):
        wall, processor = (statistics.median(column) for column in zip(*times, strict=True))
        print(f"  {name:10} {wall * 1e3:6.0f} ms on the wall   {processor * 1e3:6.0f} ms of the processor")
    ratio, spent = (statistics.median(a[i] / b[i] for a, b in zip(taken, floor, strict=True)) for i in (0, 1))
    print(f"  ratio {ratio:.2f} on the wall, {spent:.2f} of the processor")


if __name__ == "__main__":
    main()
