"""Past posts into the state, oldest first and in silence; it can be interrupted and run again at will.

A channel's checkpoint is part of each post's transaction. A file needs none: what is stored already is
recognised by its text, so that a file that has changed meanwhile is read in full. Nothing here alerts;
`rehearsal` says what the desk would have been told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path

from monitor.collect.files import read_posts
from monitor.errors import InputError, RateLimited
from monitor.model import Post
from monitor.passes import Call
from monitor.pipeline import Pipeline, Place
from monitor.ports import Batch, Clock, Collector, Found

AT_ONCE = 200  # posts of a file between two looks at the terminal; each is its own transaction
RESUME = "backfill"  # a checkpoint's name begins with it


@dataclass(slots=True)
class Progress:
    """How far a backfill is; `waiting` says why nothing moves just now."""

    read: int = 0
    stored: int = 0  # posts and versions that were new
    reached: datetime | None = None  # publication of the last post read, UTC
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
    """Takes past posts of one place; `watch` is called after every step."""

    call: Call
    pipeline: Pipeline
    place: Place
    span: Span
    clock: Clock
    watch: Callable[[Progress], None]

    async def files(self, paths: list[Path], chat: str = "") -> Progress:
        """Take the posts of files in order. What cannot be read is reported and counted, and the rest goes on."""
        progress = Progress()
        for path in paths:
            posts = self._posts(path, chat, progress)
            while chunk := tuple(islice(posts, AT_ONCE)):
                await self._take(Batch(tuple(Found(post, "") for post in chunk), ""), progress)
        return progress

    async def channel(self, collector: Collector) -> Progress:
        """Walk a channel's past forward from where an earlier run left off. Raises CollectError.

        A host that asks us to wait is waited for; everything up to there is kept.
        """
        progress = Progress()
        while True:
            try:
                await self._walk(collector, progress)
            except RateLimited as error:
                progress.waiting = str(error)
                self.watch(progress)
                await self.clock.sleep(error.retry_after)
                progress.waiting = ""
            else:
                return progress

    async def _walk(self, collector: Collector, progress: Progress) -> None:
        run = self.place.checkpoint
        cursor = await self.call(lambda store: store.checkpoint(run))
        span = self.span
        async for batch in collector.history(self.place.channel, since=span.since, until=span.until, cursor=cursor):
            await self._take(batch, progress)

    async def _take(self, batch: Batch, progress: Progress) -> None:
        now = self.clock.now()
        report = await self.call(lambda store: self.pipeline.take_batch(store, self.place, batch, now))
        posts = [found.post for found in batch.found if found.post is not None]
        progress.read += len(posts)
        progress.stored += report.versions
        progress.notes += report.notes
        if posts:
            progress.reached = posts[-1].published_at
        self.watch(progress)

    def _posts(self, path: Path, chat: str, progress: Progress) -> Iterator[Post]:
        for post in read_posts(path, channel=self.place.channel, chat=chat):
            if isinstance(post, InputError):
                progress.faults.append(str(post))
            elif self.span.covers(post):
                yield post


def checkpoint_of(channel: str, route: str, span: Span) -> str:
    """Return the name under which an interrupted walk over a channel's past is resumed."""
    since = span.since.isoformat() if span.since else "the beginning"
    until = span.until.isoformat() if span.until else "now"
    return f"{RESUME} {channel} by {route} from {since} to {until}"
