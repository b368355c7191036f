"""Past posts into the state, oldest first and in silence; it can be interrupted and run again at will.

A channel's checkpoint is part of each post's transaction. A file needs none: what is stored already is
recognised by its text, so that a file that has changed meanwhile is read in full. Nothing here alerts;
`rehearsal` says what the desk would have been told.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path

from monitor.collect.files import read_posts
from monitor.errors import InputError, RateLimited
from monitor.model import Post
from monitor.passes import Call
from monitor.pipeline import Pipeline, Place, Report
from monitor.ports import Batch, Clock, Collector, Found

AT_ONCE = 200  # posts of a file between two looks at the terminal; each is its own transaction
RESUME = "backfill"  # a checkpoint's name begins with it


@dataclass(slots=True)
class Progress:
    """How far a backfill is; `waiting` says why nothing moves just now."""

    read: int = 0
    stored: int = 0  # posts and versions that were new
    filed: int = 0  # of these, those whose figures changed the ledger
    began: datetime | None = None  # publication of the earliest post read, UTC
    reached: datetime | None = None  # of the latest one
    waiting: str = ""
    faults: list[str] = field(default_factory=list)  # what could not be read, and where
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Span:
    """Which posts to take, by publication (UTC); None is open."""

    since: datetime | None = None
    until: datetime | None = None

    def covers(self, post: Post) -> bool:
        if post.published_at is None:
            return True
        return (self.since is None or post.published_at >= self.since) and (
            self.until is None or post.published_at < self.until
        )


@dataclass(frozen=True, slots=True)
class Backfill:
    """Takes past posts of one place; `watch` is called after every step.

    It can be cancelled at any time: what is in hand is still stored, and `progress` tells of it.
    """

    call: Call
    pipeline: Pipeline
    place: Place
    span: Span
    clock: Clock
    watch: Callable[[Progress], None]
    progress: Progress = field(default_factory=Progress)

    async def files(self, paths: list[Path], chat: str = "") -> Progress:
        """Take the posts of files in order. What cannot be read is reported and counted, and the rest goes on."""
        for path in paths:
            posts = self._posts(path, chat)
            while chunk := tuple(islice(posts, AT_ONCE)):
                await self._take(Batch(tuple(Found(post, "") for post in chunk), ""))
        return self.progress

    async def channel(self, collector: Collector) -> Progress:
        """Walk a channel's past forward from where an earlier run left off. Raises CollectError.

        A host that asks us to wait is waited for; everything up to there is kept.
        """
        while True:
            try:
                await self._walk(collector)
            except RateLimited as error:
                self.progress.waiting = str(error)
                self.watch(self.progress)
                await self.clock.sleep(error.retry_after)
                self.progress.waiting = ""
            else:
                return self.progress

    async def _walk(self, collector: Collector) -> None:
        run = self.place.checkpoint
        cursor = await self.call(lambda store: store.checkpoint(run))
        span = self.span
        async for batch in collector.history(self.place.channel, since=span.since, until=span.until, cursor=cursor):
            await self._take(batch)

    async def _take(self, batch: Batch) -> None:
        now = self.clock.now()
        taking = asyncio.ensure_future(self.call(lambda store: self.pipeline.take_batch(store, self.place, batch, now)))
        try:
            report = await asyncio.shield(taking)
        except asyncio.CancelledError:
            self._note(batch, await taking)
            raise
        self._note(batch, report)
        self.watch(self.progress)

    def _note(self, batch: Batch, report: Report) -> None:
        progress, posts = self.progress, [found.post for found in batch.found if found.post is not None]
        moments = [post.published_at for post in posts if post.published_at is not None]
        progress.read += len(posts)
        progress.stored += report.versions
        progress.filed += report.filed
        progress.notes += report.notes
        if moments:
            progress.began = min([*moments, progress.began or moments[0]])
            progress.reached = max([*moments, progress.reached or moments[0]])

    def _posts(self, path: Path, chat: str) -> Iterator[Post]:
        try:
            for post in read_posts(path, channel=self.place.channel, chat=chat):
                if isinstance(post, InputError):
                    self.progress.faults.append(str(post))
                elif self.span.covers(post):
                    yield post
        except InputError as error:
            self.progress.faults.append(str(error))


def checkpoint_of(channel: str, route: str, span: Span) -> str:
    """Return the name under which an interrupted walk over a channel's past is resumed."""
    since = span.since.isoformat() if span.since else "the beginning"
    until = span.until.isoformat() if span.until else "now"
    return f"{RESUME} {channel} by {route} from {since} to {until}"
