"""Posts as they are stored: for reading again and for evidence; and what no rule took."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from monitor.model import Post, Status
from monitor.store.sqlite import SqliteStore
from monitor.store.values import moment, moment_or_none, to_moment, to_words

_POST = """p.channel, p.post, v.text, p.published_at, v.edited_at, p.url, v.title, p.lang, v.media, p.forwarded_from,
    p.reply_to, p.album, p.kind, v.raw"""
_POSTS = f"""
    SELECT {_POST}, p.id, p.version, p.versions, p.source, v.text_hash, p.order_key,
           p.told = p.version, p.alert, r.status
    FROM posts p JOIN versions v ON v.id = p.version LEFT JOIN readings r ON r.id = p.reading
    WHERE p.channel = :channel AND (:since IS NULL OR p.published_at >= :since)
      AND (:until IS NULL OR p.published_at < :until) AND (:post IS NULL OR p.post = :post)
    ORDER BY p.published_at, p.id"""  # noqa: S608
_VERSIONS = """
    SELECT v.id, v.text_hash, v.ordered_at, v.edited_at, v.text, v.raw, s.route, s.seen_at, v.id = p.version
    FROM posts p JOIN versions v ON v.post = p.id LEFT JOIN sightings s ON s.version = v.id
    WHERE p.channel = ? AND p.post = ? ORDER BY v.ordered_at, v.id, s.seen_at"""
_UNREAD = """
    SELECT u.text, u.channel, u.post, p.published_at
    FROM unread u JOIN posts p ON p.channel = u.channel AND p.post = u.post
    WHERE u.latest AND (?1 IS NULL OR p.source = ?1) ORDER BY p.published_at"""
_NUMBER = re.compile(r"\d+(?:[\s.,\u00a0\u202f]\d+)*")


class StoredPost(NamedTuple):
    """A post in its latest version. `status` is None while no reading of that version is stored."""

    post: Post
    row: int
    version: int
    versions: int
    source: str
    text_hash: str
    order_key: str
    told: bool
    alert: int | None
    status: Status | None


class VersionRow(NamedTuple):
    """One version of a post, with who saw it and when: ((route, moment), …)."""

    version: int
    text_hash: str
    ordered_at: datetime
    edited_at: datetime | None
    text: str
    raw: str
    sightings: tuple[tuple[str, datetime], ...]
    latest: bool


class UnreadShape(NamedTuple):
    """Lines that no rule took and that differ only in their numbers; the example is the newest."""

    shape: str
    times: int
    example: str
    channel: str
    post: str
    last_at: datetime


def posts_of(
    store: SqliteStore,
    channel: str,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    post: str | None = None,
) -> Iterator[StoredPost]:
    """Yield a channel's posts in the order of publication; `until` is exclusive."""
    asked = {"channel": channel, "since": moment_or_none(since), "until": moment_or_none(until), "post": post}
    for row in store.db.each(_POSTS, asked):
        (key, native, text, published, edited, url, title, lang, media, forwarded, reply, album, kind, raw), rest = (
            row[:14],
            row[14:],
        )
        stored = Post(
            key,
            native,
            text,
            moment(published),
            to_moment(edited),
            url,
            title,
            lang,
            to_words(media),
            forwarded,
            reply,
            to_words(album),
            kind,
            raw,
        )
        number, version, versions, source, text_hash, order_key, told, alert, status = rest
        yield StoredPost(
            stored,
            number,
            version,
            versions,
            source,
            text_hash,
            order_key,
            bool(told),
            alert,
            None if status is None else Status(status),
        )


def versions_of(store: SqliteStore, channel: str, post: str) -> list[VersionRow]:
    """Return every version of a post, the latest last, each with its sightings."""
    found: dict[int, VersionRow] = {}
    for number, digest, ordered, edited, text, raw, route, seen, latest in store.db.all(_VERSIONS, (channel, post)):
        seen_by = () if route is None else ((route, moment(seen)),)
        known = found.get(number)
        found[number] = (
            VersionRow(number, digest, moment(ordered), to_moment(edited), text, raw, seen_by, bool(latest))
            if known is None
            else known._replace(sightings=known.sightings + seen_by)
        )
    return list(found.values())


def unread_shapes(store: SqliteStore, source: str | None = None) -> list[UnreadShape]:
    """Return what no rule took in the latest readings, the most frequent first; each number folded to 0."""
    found: dict[str, UnreadShape] = {}
    for text, channel, post, published in store.db.each(_UNREAD, (source,)):
        shape = _NUMBER.sub("0", text.strip())
        times = found[shape].times if shape in found else 0
        found[shape] = UnreadShape(shape, times + 1, text, channel, post, moment(published))
    return sorted(found.values(), key=lambda one: (-one.times, one.shape))
