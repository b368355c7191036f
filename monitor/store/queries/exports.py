"""The public subset, row by row: tallies and changes, nothing of destinations, people or runs."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import datetime

from monitor.store.sqlite import SqliteStore
from monitor.store.values import moment_or_none

_TALLIES = """
    SELECT t.claimant, t.subject, t.category, t.scope, t.place, t.window,
           substr(s.order_key, 1, 10) AS order_date, e.published, e.effective, e.upper, e.qualifier, e.delta,
           e.standing, s.channel, s.post, p.published_at, p.url
    FROM steps s CROSS JOIN entries e ON e.step = s.id CROSS JOIN tallies t ON t.id = e.tally
    LEFT JOIN posts p ON p.channel = s.channel AND p.post = s.post
    WHERE (:claimant IS NULL OR s.claimant = :claimant) AND (:category IS NULL OR t.category = :category)
      AND (:since IS NULL OR s.order_key >= substr(:since, 1, 10))
      AND (:until IS NULL OR s.order_key < substr(:until, 1, 10))
    ORDER BY s.claimant, s.order_key, e.line"""
_CHANGES = """
    SELECT c.at, c.kind, c.claimant, c.subject, c.category, c.scope, c.place, c.window,
           c.published, c.delta, c.now_value AS effective, c.now_qualifier AS qualifier, c.now_date AS order_date,
           c.before_value, c.before_date, c.difference, c.computed, c.covers_days, c.doubts, c.suggestion,
           c.provisional, c.note, c.quote, p.channel, p.post, p.published_at, p.url, c.alert
    FROM changes c LEFT JOIN posts p ON p.id = c.post
    WHERE (:claimant IS NULL OR c.claimant = :claimant) AND (:category IS NULL OR c.category = :category)
      AND (:since IS NULL OR c.at >= :since) AND (:until IS NULL OR c.at < :until)
    ORDER BY c.id"""

Value = str | int | None


def exported_tallies(
    store: SqliteStore,
    *,
    claimant: str | None = None,
    category: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Iterator[dict[str, Value]]:
    """Yield every entry of the ledger as posts count: `published` as the post says it, `effective` what counts.

    `since` and `until` (exclusive) are taken as order dates.
    """
    yield from _dicts(store, _TALLIES, claimant, category, since, until)


def exported_changes(
    store: SqliteStore,
    *,
    claimant: str | None = None,
    category: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Iterator[dict[str, Value]]:
    """Yield the log of changes in the order in which they were found; `since` and `until` are moments of finding."""
    yield from _dicts(store, _CHANGES, claimant, category, since, until)


def _dicts(
    store: SqliteStore,
    sql: str,
    claimant: str | None,
    category: str | None,
    since: datetime | None,
    until: datetime | None,
) -> Iterator[dict[str, Value]]:
    asked = {
        "claimant": claimant,
        "category": category,
        "since": moment_or_none(since),
        "until": moment_or_none(until),
    }
    cursor: sqlite3.Cursor = store.db.run(sql, asked)
    names = [column[0] for column in cursor.description]
    for row in store.db.rest(cursor):
        yield dict(zip(names, row, strict=True))
