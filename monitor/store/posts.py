"""Posts, their versions in order, who saw them, and what was read from them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from monitor.model import Post, Reading, Sighting
from monitor.ports import Folded, Kept
from monitor.store import readings
from monitor.store.connection import Connection
from monitor.store.values import Row, moment, moment_or_none, moment_text, storable, words

_PAGE = 64  # posts fetched at once when folding again; the fold mostly stops early

_FIND = """
    SELECT p.id, p.version, v.text_hash, p.published_at, p.reading, p.order_key, p.told, p.alert, p.versions,
           v.ordered_at
    FROM posts p JOIN versions v ON v.id = p.version
    WHERE p.channel = ? AND p.post = ?"""
_URL = "SELECT url FROM posts WHERE channel = ? AND post = ?"
_ADD_POST = """
    INSERT INTO posts (channel, post, source, kind, published_at, seen_at, reread_at, url, lang, forwarded_from,
                       reply_to, album)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""
_ADD_VERSION = """
    INSERT INTO versions (post, text_hash, ordered_at, edited_at, text, title, media, raw)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)"""
_FIRST_VERSION = "UPDATE posts SET version = ? WHERE id = ?"
_NEWER_VERSION = """
    UPDATE posts SET version = ?, reading = NULL, versions = versions + 1, published_at = ?, reread_at = ?,
      url = coalesce(nullif(?, ''), url)
    WHERE id = ?"""
_OLDER_VERSION = "UPDATE posts SET versions = versions + 1 WHERE id = ?"
_EDITED_AGAIN = "UPDATE versions SET ordered_at = max(ordered_at, ?) WHERE id = ?"
_SAME_EDIT = "SELECT id FROM versions WHERE post = ? AND text_hash = ? AND edited_at = ?"
_ADD_SIGHTING = "INSERT OR IGNORE INTO sightings (version, route, seen_at) VALUES (?, ?, ?)"
_LATEST_READING = """
    UPDATE posts SET reading = ?, claimant = ?, order_key = ?
    WHERE id = (SELECT post FROM versions WHERE id = ?) AND version = ?"""
_TOLD = "UPDATE posts SET told = version WHERE id = ?"
_TOLD_READING = """
    SELECT r.id FROM posts p JOIN versions v ON v.post = p.id JOIN readings r ON r.version = v.id
    WHERE p.id = ? AND v.id <= p.told AND r.status <> 'unreadable'
    ORDER BY v.ordered_at DESC, v.id DESC, r.id DESC LIMIT 1"""
_HANDLED = """
    SELECT order_key FROM posts WHERE claimant = ? AND order_key <> '' AND told > 0 ORDER BY order_key DESC LIMIT 1"""
_IN_ORDER = f"""
    SELECT p.order_key, p.channel, p.post, v.text_hash, p.reading
    FROM posts p JOIN versions v ON v.id = p.version
    WHERE p.claimant = ? AND p.order_key {{}} ? AND p.order_key <> '' AND p.reading IS NOT NULL
    ORDER BY p.order_key LIMIT {_PAGE}"""  # noqa: S608
_FROM, _AFTER = _IN_ORDER.format(">="), _IN_ORDER.format(">")


class Posts:
    _absent: tuple[str, str] | None = None  # what this transaction just looked for in vain

    def __init__(self, db: Connection) -> None:
        self.db = db

    def find(self, channel: str, post: str) -> Kept | None:
        row = self.db.one(_FIND, (channel, post))
        self._absent = None if row else (channel, post)
        return None if row is None else self._kept(row)

    def post_url(self, channel: str, post: str) -> str:
        """Return the address of a post; "" if none is known."""
        row = self.db.one(_URL, (channel, post))
        return "" if row is None else str(row[0])

    def add_version(
        self, post: Post, source: str, text_hash: str, sighting: Sighting, *, published_at: datetime
    ) -> tuple[Kept, bool]:
        """Store a post or a new version of it, and say whether that is now its latest.

        Versions are in the order of their edit times, where known, else of their sightings; of two at
        one moment the one stored later is the latest. What is returned describes the version that was
        stored, which has no reading yet; its `order_key` is the one under which the post counted so far.
        A text equal to the latest one, and an edit that is already stored, are only a sighting.
        """
        known_absent = self._absent == (post.channel, post.id)
        row = None if known_absent else self.db.one(_FIND, (post.channel, post.id))
        self._absent = None
        if row is None:
            return self._add_post(post, source, text_hash, sighting, published_at), True
        latest = self._kept(row)
        if text_hash == latest.text_hash:
            self.add_sighting(latest, sighting)
            if post.edited_at is not None:
                self.db.run(_EDITED_AGAIN, (moment_text(post.edited_at), latest.version))
            return latest, True
        known = self._same_edit(latest.row, post, text_hash)
        if known is not None:
            self.db.run(_ADD_SIGHTING, (known, sighting.route, moment_text(sighting.seen_at)))
            return replace(latest, version=known, text_hash=text_hash, reading=None), False
        version = self._add_version(latest.row, post, text_hash, sighting)
        newest = _ordered_at(post, sighting) >= row[9]
        if newest:
            moments = (moment_text(published_at), moment_text(sighting.seen_at))
            self.db.run(_NEWER_VERSION, (version, *moments, post.url, latest.row))
        else:
            self.db.run(_OLDER_VERSION, (latest.row,))
            published_at = latest.published_at
        kept = replace(
            latest,
            version=version,
            text_hash=text_hash,
            published_at=published_at,
            reading=None,
            versions=latest.versions + 1,
        )
        return kept, newest

    def add_sighting(self, kept: Kept, sighting: Sighting) -> None:
        self.db.run(_ADD_SIGHTING, (kept.version, sighting.route, moment_text(sighting.seen_at)))

    def add_reading(self, version: int, reading: Reading, *, claimant: str, order_key: str) -> None:
        number = readings.add(self.db, version, reading)
        self.db.run(_LATEST_READING, (number, claimant, order_key, version, version))

    def mark_told(self, kept: Kept) -> None:
        self.db.run(_TOLD, (kept.row,))

    def told_reading(self, kept: Kept) -> Reading | None:
        """Return the newest reading of a version that a live route handled; versions nobody could read are left out."""
        row = self.db.one(_TOLD_READING, (kept.row,))
        return None if row is None else readings.load(self.db, row[0])

    def handled_up_to(self, claimant: str) -> str:
        """Return the last place in the order that a post handled by a live route has; "" if there is none."""
        row = self.db.one(_HANDLED, (claimant,))
        return "" if row is None else str(row[0])

    def folded_from(self, claimant: str, order_key: str) -> Iterator[Folded]:
        page = self.db.all(_FROM, (claimant, order_key))
        while page:
            for key, channel, post, text_hash, reading in page:
                yield Folded(key, channel, post, text_hash, readings.load(self.db, reading))
            page = self.db.all(_AFTER, (claimant, page[-1][0])) if len(page) == _PAGE else []

    def _add_post(self, post: Post, source: str, text_hash: str, sighting: Sighting, published_at: datetime) -> Kept:
        seen_at = moment_text(sighting.seen_at)
        row = self.db.insert(
            _ADD_POST,
            (
                post.channel,
                post.id,
                source,
                post.kind,
                moment_text(published_at),
                seen_at,
                seen_at,
                post.url,
                post.lang,
                post.forwarded_from,
                post.reply_to,
                words(post.album),
            ),
        )
        version = self._add_version(row, post, text_hash, sighting)
        self.db.run(_FIRST_VERSION, (version, row))
        return Kept(row, version, text_hash, published_at, None, "", told=False, root=None)

    def _add_version(self, row: int, post: Post, text_hash: str, sighting: Sighting) -> int:
        version = self.db.insert(
            _ADD_VERSION,
            (
                row,
                text_hash,
                _ordered_at(post, sighting),
                moment_or_none(post.edited_at),
                storable(post.text),
                storable(post.title),
                words(post.media),
                storable(post.raw),
            ),
        )
        self.db.run(_ADD_SIGHTING, (version, sighting.route, moment_text(sighting.seen_at)))
        return version

    def _same_edit(self, row: int, post: Post, text_hash: str) -> int | None:
        if post.edited_at is None:
            return None
        found = self.db.one(_SAME_EDIT, (row, text_hash, moment_text(post.edited_at)))
        return None if found is None else int(found[0])

    def _kept(self, row: Row) -> Kept:
        number, version, text_hash, published_at, reading, order_key, told, alert, versions, _ = row
        return Kept(
            number,
            version,
            text_hash,
            moment(published_at),
            None if reading is None else readings.load(self.db, reading),
            order_key,
            told=told == version,
            root=alert,
            versions=versions,
        )


def _ordered_at(post: Post, sighting: Sighting) -> str:
    return moment_text(post.edited_at or sighting.seen_at)
