"""Posts a second through backfill from a JSON Lines file, beside a bare loop over the same lines.

    python bench/backfill.py [posts]

The bare loop does what no program can do without: json, and one sqlite3 transaction a post with its
text and ten rows. Both are given by
the processor's time of this one process, which runs on one core; the rehearsal is not timed.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from monitor.backfill import Backfill, Span
from monitor.clock import SystemClock
from monitor.demo.lists import UKRAINIAN, written
from monitor.pipeline import Place
from monitor.settings import Settings, load
from monitor.wiring import StoreThread, build_pipeline

FIRST = date(2022, 2, 25)
STARTS_AT = {"personnel_losses": 2800, "tanks": 80, "afv": 516, "artillery": 49, "mlrs": 4, "anti_air": 5}
GROWTH = {"personnel_losses": 900, "tanks": 7, "afv": 15, "artillery": 30, "mlrs": 2, "anti_air": 1}
RARER = {"aircraft": 10, "helicopters": 7, "warships_boats": 2, "special_equipment": 8}


def posts(count: int) -> Iterator[dict[str, Any]]:
    """Yield one list a day; totals grow by a pattern of their own."""
    figures = STARTS_AT | RARER
    for number in range(count):
        day = FIRST + timedelta(days=number)
        growth = {slug: (number * 7919 + step) % (2 * step + 1) for slug, step in GROWTH.items()}
        growth |= {slug: int(number % (start * 5) == 0) for slug, start in RARER.items()}
        figures = {slug: value + growth[slug] for slug, value in figures.items()}
        at = datetime(day.year, day.month, day.day, 4, 12, tzinfo=UTC)
        text = written(day, UKRAINIAN, figures, growth)
        yield {"id": str(100 + 3 * number), "text": text, "published_at": at.isoformat()}


def bare(path: Path, database: Path) -> float:
    db = sqlite3.connect(database, isolation_level=None)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = NORMAL")
    db.execute("CREATE TABLE posts (id TEXT PRIMARY KEY, published_at TEXT, text TEXT)")
    db.execute("CREATE TABLE claims (post TEXT, line INT, category TEXT, value INT, delta INT, qualifier TEXT)")
    begun = time.process_time()
    with path.open(encoding="utf-8") as file:
        for line in file:
            post = json.loads(line)
            db.execute("BEGIN IMMEDIATE")
            db.execute("INSERT INTO posts VALUES (?, ?, ?)", (post["id"], post["published_at"], post["text"]))
            rows = [(post["id"], number, "tanks", number, 1, "exact") for number in range(10)]
            db.executemany("INSERT INTO claims VALUES (?, ?, ?, ?, ?, ?)", rows)
            db.execute("COMMIT")
    return time.process_time() - begun


async def ours(settings: Settings, path: Path) -> float:
    source = settings.sources["general-staff-ua"]
    call, pipeline, clock = StoreThread(settings), build_pipeline(settings), SystemClock()
    await call(lambda store: store.checkpoint(""))  # the database is there
    place = Place(source, source.channels[0], "files", checkpoint="bench")
    backfill = Backfill(call, pipeline, place, Span(), clock, lambda _: None)
    begun = time.process_time()
    await backfill.files([path])
    seconds = time.process_time() - begun
    assert backfill.progress.stored == backfill.progress.filed == backfill.progress.read
    await call.close()
    return seconds


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = folder / "posts.jsonl"
        path.write_text("".join(json.dumps(post, ensure_ascii=False) + "\n" for post in posts(count)), "utf-8")
        floor = bare(path, folder / "bare.sqlite3")
        seconds = asyncio.run(ours(load({}, working=folder), path))
    print(f"backfill from a file: {count / seconds:,.0f} posts a second ({count:,} lists of ten lines)")
    print(f"json + one sqlite3 transaction a post: {count / floor:,.0f} a second; ratio {seconds / floor:.1f}")


if __name__ == "__main__":
    main()
