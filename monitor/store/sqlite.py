"""The store on SQLite: `ports.Store` and `ports.Transaction`, put together from the parts of this folder."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Self

from monitor.errors import StoreCorrupt, StoreError
from monitor.model import Post
from monitor.store.connection import Connection
from monitor.store.ledger import Ledger
from monitor.store.migrations import prepare
from monitor.store.outbox import Outbox
from monitor.store.posts import Posts
from monitor.store.tallies import Numbers
from monitor.store.telling import Telling
from monitor.store.values import moment, moment_text
from monitor.store.whereabouts import Whereabouts

PATIENCE = 5.0  # seconds to wait for another process's lock
_ODD_DAYS = timedelta(days=3)  # how far an order date may lie from the posting, and a day's margin

_CURSOR = "SELECT cursor FROM routes WHERE channel = ? AND route = ?"
_CHECKPOINT = "SELECT cursor FROM checkpoints WHERE run = ?"
_HASHES = """
    SELECT p.post, v.text_hash, p.told = p.version FROM posts p JOIN versions v ON v.id = p.version
    WHERE p.channel = ? AND p.post IN (SELECT value FROM json_each(?))"""
_TALLY_POSTS = """
    SELECT post, published_at, reread_at FROM posts
    WHERE channel = ? AND order_key >= ? AND order_key <> '' AND published_at >= ? ORDER BY order_key"""
_LATEST = """
    SELECT v.text, p.published_at, v.media, p.lang, p.forwarded_from
    FROM posts p JOIN versions v ON v.id = p.version WHERE p.channel = ? AND p.post = ?"""
_STATUSES = """
    SELECT r.status, count(*), min(nullif(p.order_key, '')), max(p.order_key)
    FROM posts p JOIN readings r ON r.id = p.reading
    WHERE p.channel = ? AND p.published_at >= ? AND p.published_at < ? GROUP BY r.status"""
_REREAD = "UPDATE posts SET reread_at = ? WHERE channel = ? AND post = ?"
_BEGIN_RUN = "INSERT INTO runs (kind, started_at) VALUES (?, ?)"
_END_RUN = "UPDATE runs SET ended_at = ?, detail = ? WHERE id = ?"
_ACKNOWLEDGE = """
    INSERT INTO acknowledgements (alert, revision, "by", at)
    SELECT number, revision, ?, ? FROM alerts WHERE number = ? ON CONFLICT DO NOTHING"""


class SqliteTransaction(Ledger, Posts, Telling, Whereabouts):
    """All writes of one post (`ports.Transaction`); each part keeps its statements in its own file."""


class SqliteStore(Outbox):
    """What we know, in one file. Belongs to the thread that opened it.

    Every method raises `errors.StoreError` (busy, full, corrupt, newer) and nothing of SQLite's.
    """

    def __init__(self, db: Connection) -> None:
        super().__init__(db)
        self._numbers = Numbers(db)

    @classmethod
    def open(cls, path: Path, *, read_only: bool = False, patience: float = PATIENCE) -> Self:
        """Open the state, making it if it is not there; `patience` is how many seconds to wait for a lock."""
        db = Connection(path, read_only=read_only, patience=patience)
        try:
            prepare(db, read_only=read_only)
        except StoreError:
            db.close()
            raise
        return cls(db)

    def close(self) -> None:
        self.db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def transaction(self) -> Iterator[SqliteTransaction]:
        """All or nothing. Holds the write lock from the start, so that what is read in it is what is held."""
        with self.db.atomic():
            yield SqliteTransaction(self.db, self._numbers)

    # collecting
    def cursor(self, channel: str, route: str) -> str:
        """Return how far a route has read a channel; "" if never."""
        row = self.db.one(_CURSOR, (channel, route))
        return "" if row is None else str(row[0])

    def checkpoint(self, run: str) -> str:
        """Return how far a run that can be resumed has come; "" if it has not begun."""
        row = self.db.one(_CHECKPOINT, (run,))
        return "" if row is None else str(row[0])

    def known_hashes(self, channel: str, ids: Sequence[str]) -> dict[str, tuple[str, bool]]:
        rows = self.db.all(_HASHES, (channel, json.dumps(list(ids))))
        return {post: (text_hash, bool(told)) for post, text_hash, told in rows}

    def tally_posts_since(self, channel: str, since: datetime) -> list[tuple[str, datetime, datetime]]:
        """Return (id, published_at, last re-read) of posts with claims; never re-read counts from when it was seen."""
        rows = self.db.all(_TALLY_POSTS, (channel, (since - _ODD_DAYS).date().isoformat(), moment_text(since)))
        return [(post, moment(published_at), moment(reread_at)) for post, published_at, reread_at in rows]

    def mark_reread(self, channel: str, ids: Sequence[str], at: datetime) -> None:
        reread_at = moment_text(at)
        with self.db.atomic():
            self.db.many(_REREAD, [(reread_at, channel, post) for post in ids])

    def readings_between(
        self, channel: str, since: datetime | None, until: datetime | None
    ) -> tuple[Mapping[str, int], str, str]:
        begin = moment_text(since) if since else ""
        end = moment_text(until) if until else "9999"
        rows = self.db.all(_STATUSES, (channel, begin, end))
        keys = [(first, last) for _, _, first, last in rows if first]
        statuses = {status: count for status, count, _, _ in rows}
        return statuses, min((first for first, _ in keys), default=""), max((last for _, last in keys), default="")

    # the desk and the operator
    def latest_post(self, channel: str, post: str) -> Post | None:
        """Return the latest version of a stored post, as far as reading it again needs it."""
        row = self.db.one(_LATEST, (channel, post))
        if row is None:
            return None
        text, published_at, media, lang, forwarded_from = row
        return Post(
            channel,
            post,
            text,
            published_at=moment(published_at),
            media=tuple(json.loads(media)),
            lang=lang,
            forwarded_from=forwarded_from,
        )

    def acknowledge(self, alert: int, by: str, at: datetime) -> bool:
        """Note who has seen an alert as it stands now (a later revision is open again); False if known already."""
        return self.db.run(_ACKNOWLEDGE, (by, moment_text(at), alert)).rowcount > 0

    def begin_run(self, kind: str, at: datetime) -> int:
        """Note that a run (run, once, backfill …) began; return its number."""
        return self.db.insert(_BEGIN_RUN, (kind, moment_text(at)))

    def end_run(self, run: int, at: datetime, detail: str) -> None:
        self.db.run(_END_RUN, (moment_text(at), detail, run))

    def faults(self) -> tuple[str, ...]:
        """Return what SQLite finds wrong with the file; nothing when it is sound. Reads all of it."""
        try:
            found = [str(row[0]) for row in self.db.all("PRAGMA quick_check")]
            orphans = self.db.all("PRAGMA foreign_key_check")
        except StoreCorrupt as error:
            return (str(error),)
        found += [f"{table} row {row}: refers to nothing" for table, row, *_ in orphans]
        return tuple(line for line in found if line != "ok")
