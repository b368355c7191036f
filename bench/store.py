"""Posts a second through the store, one transaction each, beside a bare sqlite3 loop over the same rows.

    python bench/store.py [--posts 5000] [--claims 15] [--folder /path/on/the/disk]

A post brings itself, a version, a sighting, a reading, its claims, and as many ledger rows.
"""

from __future__ import annotations

import argparse
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from monitor.model import Claim, Post, Reading, Sighting, Status, Tally, text_hash
from monitor.reconcile.ledger import Entry
from monitor.reconcile.order import order_key
from monitor.store.sqlite import SqliteStore

START = datetime(2022, 2, 25, 5, tzinfo=UTC)
CHANNEL = "t.me/bench"


def made(posts: int, claims: int) -> Iterator[tuple[Post, str, Reading, str, list[Entry], Sighting]]:
    for number in range(posts):
        published = START + timedelta(hours=8 * number)
        lines = [f"category {line} - {1000 + number * (line + 1)} (+{line + 1}) units" for line in range(claims)]
        post = Post(CHANNEL, str(1000 + number), "\n".join(lines), published)
        key = order_key(published.date(), 1, CHANNEL, published, post.id)
        read = [
            Claim(f"category_{n}", 1000 + number * (n + 1), delta=n + 1, quote=line, span=(n * 40, n * 40 + 40))
            for n, line in enumerate(lines)
        ]
        entries = [
            Entry(Tally("bench", "subject", one.category), key, CHANNEL, post.id, one.value or 0, effective=one.value)
            for one in read
        ]
        reading = Reading(Status.TALLY, tuple(read), parser="bench 1")
        yield post, text_hash(post.text), reading, key, entries, Sighting("telegram_web", published)


def through_the_store(path: Path, work: list[tuple[Post, str, Reading, str, list[Entry], Sighting]]) -> float:
    with SqliteStore.open(path) as store:
        began = time.perf_counter()
        for post, digest, reading, key, entries, sighting in work:
            with store.transaction() as tx:
                if tx.find(post.channel, post.id) is None:
                    kept, _ = tx.add_version(post, "bench", digest, sighting, published_at=sighting.seen_at)
                    tx.add_reading(kept.version, reading, claimant="bench", order_key=key)
                    tx.replace_entries("bench", key, entries, [])
        return time.perf_counter() - began


def bare(path: Path, work: list[tuple[Post, str, Reading, str, list[Entry], Sighting]], claims: int) -> float:
    """Insert the same texts into two plain tables: what SQLite itself takes for rows of this size."""
    with closing(sqlite3.connect(path, isolation_level=None)) as raw:
        raw.execute("PRAGMA journal_mode = WAL")
        raw.execute("PRAGMA synchronous = NORMAL")
        raw.execute("CREATE TABLE post (id INTEGER PRIMARY KEY, channel, post, text, hash, at, UNIQUE (channel, post))")
        raw.execute("CREATE TABLE claim (id INTEGER PRIMARY KEY, post, category, value, delta, quote, key)")
        raw.execute("CREATE INDEX claim_by_series ON claim (category, key)")
        rows = [
            (
                (post.channel, post.id, post.text, digest, str(post.published_at)),
                [(one.category, one.value, one.delta, one.quote, key) for one in reading.claims[:claims]],
            )
            for post, digest, reading, key, _, _ in work
        ]
        began = time.perf_counter()
        for post_row, claim_rows in rows:
            raw.execute("BEGIN IMMEDIATE")
            number = raw.execute("INSERT INTO post VALUES (NULL, ?, ?, ?, ?, ?)", post_row).lastrowid
            raw.executemany("INSERT INTO claim VALUES (NULL, ?, ?, ?, ?, ?, ?)", [(number, *row) for row in claim_rows])
            raw.execute("COMMIT")
        return time.perf_counter() - began


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--posts", type=int, default=5000)
    parser.add_argument("--claims", type=int, default=15)
    parser.add_argument("--folder", type=Path, default=None)
    chosen = parser.parse_args()
    work = list(made(chosen.posts, chosen.claims))
    with tempfile.TemporaryDirectory(dir=chosen.folder) as folder:
        ours = through_the_store(Path(folder, "ours.sqlite3"), work)
        floor = bare(Path(folder, "bare.sqlite3"), work, chosen.claims)
        size = Path(folder, "ours.sqlite3").stat().st_size / chosen.posts
    print(f"posts of {chosen.claims} claims, one transaction each, SQLite {sqlite3.sqlite_version}")
    print(f"  through the store  {chosen.posts / ours:8,.0f} posts/s  {ours / chosen.posts * 1e6:6.0f} µs a post")
    print(f"  bare sqlite3 loop  {chosen.posts / floor:8,.0f} posts/s  {floor / chosen.posts * 1e6:6.0f} µs a post")
    print(f"  ratio {ours / floor:.2f}; {size / 1024:.1f} KiB a post on disk")


if __name__ == "__main__":
    main()
