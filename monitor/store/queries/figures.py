"""Tallies: what holds now, one tally over time, what is in doubt, what people decided."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from monitor.model import Scope, Tally
from monitor.reconcile.ledger import Decision, Entry, Standing
from monitor.store.ledger import ENTRY, entry_of
from monitor.store.sqlite import SqliteStore
from monitor.store.values import Row, moment, to_moment

_LATEST = """
    SELECT l.claimant, l.subject, l.category, l.scope, l.place, l.window, l.order_date, l.published, l.effective,
           l.upper, l.qualifier, l.delta, l.standing, l.channel, l.post, p.url, p.published_at
    FROM latest_tallies l LEFT JOIN posts p ON p.channel = l.channel AND p.post = l.post
    WHERE (?1 IS NULL OR l.claimant = ?1) AND (?2 IS NULL OR l.category = ?2) AND (?3 IS NULL OR l.scope = ?3)
    ORDER BY l.claimant, l.scope DESC, l.subject, l.category, l.place, l.window"""
_ONE_TALLY = f"""
    SELECT {ENTRY}, p.url, p.published_at
    FROM tallies t
    CROSS JOIN steps s ON s.claimant = t.claimant AND s.order_key >= t.first_date AND s.order_key < t.last_date || '~'
    CROSS JOIN entries e ON e.step = s.id AND e.tally = t.id
    LEFT JOIN posts p ON p.channel = s.channel AND p.post = s.post
    WHERE t.claimant = ? AND t.subject = ? AND t.category = ? AND t.scope = ? AND t.place = ? AND t.window = ?
    ORDER BY s.order_key, e.line"""  # noqa: S608
_DOUBTFUL = f"""
    SELECT {ENTRY}, p.url, p.published_at, v.text_hash
    FROM entries e JOIN steps s ON s.id = e.step JOIN tallies t ON t.id = e.tally
    LEFT JOIN posts p ON p.channel = s.channel AND p.post = s.post LEFT JOIN versions v ON v.id = p.version
    WHERE e.standing IN (?, ?) AND (?3 IS NULL OR t.claimant = ?3)
    ORDER BY s.order_key, e.line"""  # noqa: S608
_DECISIONS = """
    SELECT d.claimant, d.subject, d.category, d.scope, d.place, d.window, d.channel, d.post, d.published,
           d.verdict, d.value, d."by", d.why, d.at,
           d.id = (SELECT max(o.id) FROM decisions o
                   WHERE (o.channel, o.post, o.text_hash, o.published) IS (d.channel, d.post, d.text_hash, d.published)
                     AND (o.claimant, o.subject, o.category, o.scope, o.place, o.window)
                       = (d.claimant, d.subject, d.category, d.scope, d.place, d.window))
           AND EXISTS (SELECT 1 FROM posts p JOIN versions v ON v.id = p.version AND v.text_hash = d.text_hash
                       JOIN steps s ON s.claimant = p.claimant AND s.order_key = p.order_key
                       JOIN entries e ON e.step = s.id AND e.published IS d.published
                       JOIN tallies t ON t.id = e.tally
                         AND (t.claimant, t.subject, t.category, t.scope, t.place, t.window)
                           = (d.claimant, d.subject, d.category, d.scope, d.place, d.window)
                       WHERE p.channel = d.channel AND p.post = d.post)
    FROM decisions d WHERE ?1 IS NULL OR d.claimant = ?1 ORDER BY d.id"""


class Latest(NamedTuple):
    """What a tally stands at; `effective` is what counts, `published` what the post says."""

    tally: Tally
    order_date: date
    published: int
    effective: int
    upper: int | None
    qualifier: str
    delta: int | None
    standing: str
    channel: str
    post: str
    url: str
    published_at: datetime | None


class Figure(NamedTuple):
    """One entry of one tally, with its post. `effective` is None while it is in doubt, or was set aside."""

    entry: Entry
    url: str
    published_at: datetime | None

    @property
    def order_date(self) -> date:
        return self.entry.day


class Doubtful(NamedTuple):
    """An entry that waits to be settled; `text_hash` is what a decision about it is keyed by."""

    entry: Entry
    url: str
    published_at: datetime | None
    text_hash: str


class DecisionRow(NamedTuple):
    """A decision; no longer in force when a later one was made, or the post or its figure has changed."""

    tally: Tally
    channel: str
    post: str
    published: int | None
    decision: Decision
    in_force: bool


def latest_tallies(
    store: SqliteStore, *, claimant: str | None = None, category: str | None = None, scope: Scope | None = Scope.TOTAL
) -> list[Latest]:
    """Return what holds now of each tally; `scope=None` gives the periods too."""
    return [
        Latest._make((Tally(*row[:6]), date.fromisoformat(row[6]), *row[7:15], row[15] or "", to_moment(row[16])))
        for row in store.db.all(_LATEST, (claimant, category, scope))
    ]


def history(store: SqliteStore, tally: Tally) -> list[Figure]:
    """Return all entries of one tally, oldest first."""
    return [_figure(row) for row in store.db.all(_ONE_TALLY, tally)]


def doubtful(store: SqliteStore, claimant: str | None = None) -> list[Doubtful]:
    """Return the entries that are shown and do not count yet, oldest first."""
    rows = store.db.all(_DOUBTFUL, (Standing.PROVISIONAL.value, Standing.FOUNDING.value, claimant))
    return [Doubtful(*_figure(row), row[-1] or "") for row in rows]


def decisions(store: SqliteStore, claimant: str | None = None) -> list[DecisionRow]:
    """Return what people decided, oldest first."""
    return [
        DecisionRow(Tally(*row[:6]), row[6], row[7], row[8], Decision(*row[9:14]), bool(row[14]))
        for row in store.db.all(_DECISIONS, (claimant,))
    ]


def _figure(row: Row) -> Figure:
    return Figure(entry_of(row), row[17] or "", None if row[18] is None else moment(row[18]))
