"""The order of the steps, and nothing else knows it: post → reading → ledger → changes → alert → outbox.

One post is one transaction: its version, reading, claims, ledger entries, changes, alert, deliveries
and the cursor are all stored, or none of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from monitor.ledgers import Folding, Ledgers, stated_of
from monitor.model import (
    Channel,
    Post,
    Reading,
    Sighting,
    Source,
    Status,
    Unread,
    text_hash,
)
from monitor.ports import Batch, Kept, Store, Transaction
from monitor.reconcile.order import order_date, order_key
from monitor.silences import Silences
from monitor.telling import Seen, Telling


@dataclass(slots=True)
class Report:
    """What one pass did."""

    posts: int = 0
    versions: int = 0
    filed: int = 0  # versions whose figures changed the ledger, or that took theirs out of it
    alerts: list[int] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add(self, other: Report) -> None:
        self.posts += other.posts
        self.versions += other.versions
        self.filed += other.filed
        self.alerts += other.alerts
        self.notes += other.notes


@dataclass(frozen=True, slots=True)
class Place:
    """Where a batch of posts comes from; `checkpoint` names a backfill, which never tells anybody."""

    source: Source
    channel: Channel
    route: str
    checkpoint: str = ""

    @property
    def live(self) -> bool:
        return not self.checkpoint


@dataclass(frozen=True, slots=True)
class Pipeline:
    """Takes posts, one transaction each. It belongs to the thread that owns the store."""

    read: Callable[[Post, Source], Reading]
    parser: str
    ledgers: Ledgers
    silences: Silences
    telling: Telling

    def forget(self) -> None:
        """Drop what is in memory of the state: a transaction failed, or a person decided something."""
        self.ledgers.forget()
        self.telling.forget()

    # ── a batch ───────────────────────────────────────────────────────────────────────────

    def take_batch(self, store: Store, place: Place, batch: Batch, now: datetime) -> Report:
        """Take what one answer brought. A post that fails the store fails the pass; what came before it is kept.

        A `Found` with an empty cursor (a post read again) leaves the cursor where it is.
        """
        report = Report(notes=[batch.note] if batch.note else [])
        known = store.known_hashes(place.channel.key, [found.post.id for found in batch.found if found.post])
        for post, cursor in batch.found:
            if post is not None and _is_known(known.get(post.id), post, place):
                continue
            report.add(self._take_one(store, place, post, cursor, now))
        if batch.cursor and batch.cursor != self._reached(store, place):  # the last posts were known already
            with store.transaction() as tx:
                self._save(tx, place, batch.cursor)
        return report

    def _take_one(self, store: Store, place: Place, post: Post | None, cursor: str, now: datetime) -> Report:
        reading = self._read(post, place.source) if post is not None else None  # before the lock is held
        try:
            with store.transaction() as tx:
                report = self.take(tx, place, post, reading, now) if post and reading else Report()
                if cursor:
                    self._save(tx, place, cursor)
        except BaseException:
            self.forget()
            raise
        return report

    def _reached(self, store: Store, place: Place) -> str:
        if place.live:
            return store.cursor(place.channel.key, place.route)
        return store.checkpoint(place.checkpoint)

    def _save(self, tx: Transaction, place: Place, cursor: str) -> None:
        if place.live:
            tx.save_cursor(place.channel.key, place.route, cursor)
        else:
            tx.save_checkpoint(place.checkpoint, cursor)

    # ── one post ──────────────────────────────────────────────────────────────────────────

    def take(self, tx: Transaction, place: Place, post: Post, reading: Reading, now: datetime) -> Report:
        """Store a post as this route saw it and read it, fold it, and tell the desk what it says anew."""
        digest = text_hash(post.text)
        before = tx.find(place.channel.key, post.id)
        sighting = Sighting(place.route, now)
        if before is not None and before.text_hash == digest:
            tx.add_sighting(before, sighting)
            if place.live and not before.told:
                return self._tell_stored(tx, place, post, before, now)
            return Report()
        published = post.published_at or (before.published_at if before else _first_seen(tx, place, now))
        kept, is_latest = tx.add_version(post, place.source.key, digest, sighting, published_at=published)
        if not is_latest:
            tx.add_reading(kept.version, reading, claimant=place.source.claimant, order_key="")
            return Report(versions=1)
        key, odd = self._order(place, post, reading, published)
        tx.add_reading(kept.version, reading, claimant=place.source.claimant, order_key=key)
        filed = bool(key or (before and before.order_key))
        report = Report(posts=int(before is None), versions=1, filed=int(filed))
        folding = self._fold(tx, place, post, reading, digest, key, before, odd=odd)
        if place.live:
            report.alerts += self._tell(tx, place, post, reading, replace(kept, order_key=key), folding, now)
        if folding is not None and not (before and before.order_key):
            self.ledgers.advance(place.source, key, folding.step)
        return report

    def _read(self, post: Post, source: Source) -> Reading:
        try:
            return self.read(post, source)
        except Exception as fault:  # noqa: BLE001  # one poisonous post never stops a source
            span = (0, len(post.text))
            what = Unread(f"parser fault: {type(fault).__name__}: {fault}", span)
            return Reading(Status.UNREADABLE, unread=(what,), parser=self.parser)

    def _order(self, place: Place, post: Post, reading: Reading, published: datetime) -> tuple[str, bool]:
        if not reading.claims:
            return "", False
        day, odd = order_date(reading.as_of, published, place.source.time_zone)
        return order_key(day, place.channel.rank, place.channel.key, published, post.id), odd

    def _fold(
        self,
        tx: Transaction,
        place: Place,
        post: Post,
        reading: Reading,
        digest: str,
        key: str,
        before: Kept | None,
        *,
        odd: bool,
    ) -> Folding | None:
        old_key = before.order_key if before else ""
        if key:
            stated = stated_of(post, reading, digest, key, odd=odd)
            return self.ledgers.fold(tx, place.source, stated, old_key)
        if old_key:
            self.ledgers.remove(tx, place.source, old_key)
        return None

    def _tell_stored(self, tx: Transaction, place: Place, post: Post, kept: Kept, now: datetime) -> Report:
        """Tell a version that a backfill stored first, now that the live route sees it."""
        reading = kept.reading or Reading(Status.NO_TALLY)
        folding = None
        if kept.order_key:
            _, odd = self._order(place, post, reading, kept.published_at)
            stated = stated_of(post, reading, kept.text_hash, kept.order_key, odd=odd)
            folding = self.ledgers.fold(tx, place.source, stated, kept.order_key)
        return Report(alerts=self._tell(tx, place, post, reading, kept, folding, now))

    def _tell(
        self,
        tx: Transaction,
        place: Place,
        post: Post,
        reading: Reading,
        kept: Kept,
        folding: Folding | None,
        now: datetime,
    ) -> list[int]:
        """Tell the desk, unless the post is older than our watching its channel and was never told."""
        previous = tx.told_reading(kept) if kept.root is not None else None
        tx.mark_told(kept)
        state = tx.channel_state(place.channel.key)
        is_news = state.switched_on_at is not None and kept.published_at >= state.switched_on_at
        if not is_news and kept.root is None:
            return []
        held = None
        if folding is not None:
            stated = stated_of(post, reading, kept.text_hash, kept.order_key, odd=False)
            held = folding.head or self.ledgers.beside(tx, place.source, stated)
        step = folding.step if folding is not None else None
        seen = Seen(place.source, place.channel, post, reading, kept, previous, step, held, now)
        noticed = self.silences.post_seen(tx, place.source, place.channel, post, reading, state, now)
        return noticed + self.telling.tell(tx, seen)


def _first_seen(tx: Transaction, place: Place, now: datetime) -> datetime:
    """Return the moment that a post without a time counts from: now, or before we watched if this is the first pass."""
    state = tx.channel_state(place.channel.key)
    if not place.live or state.switched_on_at is None:
        return now
    answered = state.last_ok_at is not None and state.last_ok_at >= state.switched_on_at
    return now if answered else state.switched_on_at - timedelta(milliseconds=1)


def _is_known(known: tuple[str, bool] | None, post: Post, place: Place) -> bool:
    """Say whether nothing is left to do for a post: its text is stored, and told if this route tells."""
    if known is None or known[0] != text_hash(post.text):
        return False
    return known[1] or not place.live
