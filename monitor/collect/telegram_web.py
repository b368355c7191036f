"""The public preview of Telegram channels, t.me/s/<channel>: no key and no account.

What the preview answers: `/s/<channel>` the newest posts, about 20 ids; `?before=N` the newest below N;
`?after=N` the oldest above N; `/<channel>/<id>?embed=1` a single post. Ids ascend with time; albums,
service messages and deletions leave holes. There is no way to ask for changes only, so an edit shows
by its text. The page is described at https://core.telegram.org/widgets only in part; the rest was
observed by many readers of it.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from http import HTTPStatus
from typing import final
from urllib.parse import quote, urlsplit

from monitor.collect._block import Block
from monitor.collect._budget import Budget
from monitor.collect._http import KEPT, Answer, Http, open_http
from monitor.collect._preview import Page, read_page, read_single
from monitor.errors import NoPreview
from monitor.model import Channel
from monitor.ports import Batch, Clock, Collector, Found

_NAME = re.compile(r"[A-Za-z0-9_]+")


@dataclass(frozen=True, slots=True)
class Options:
    """How the preview is read. Another `base_url` leads to a server of one's own."""

    base_url: str = "https://t.me"
    pages_per_pass: int = 10  # how far one pass walks to catch up; the next one goes on from there
    timeout_seconds: float = 15.0  # for one whole answer
    body_limit: int = 2_000_000  # bytes, decoded


def host_of(options: Options) -> str:
    """Return the host whose politeness budget the route needs."""
    return urlsplit(options.base_url).netloc


def right_address(address: str) -> str:
    """Return how an address has to be written that cannot be read as it stands; "" if it can."""
    if _NAME.fullmatch(address):
        return ""
    names = _NAME.findall(urlsplit(address).path.rpartition("/")[2])
    return f"Write the channel's name alone: {names[0] if len(names) == 1 else 'GeneralStaffZSU'!r}"


@asynccontextmanager
async def connect(options: Options, clock: Clock, budget: Budget) -> AsyncIterator[Collector]:
    """Open the route; `budget` is the host's and is shared with everything else that asks it."""
    async with open_http(
        options.base_url, clock, budget, seconds=options.timeout_seconds, limit=options.body_limit
    ) as http:
        yield TelegramWeb(http, options.pages_per_pass)


@final
class TelegramWeb:
    """Implements `ports.Collector`; cursors are decimal ids.

    It remembers what each channel's newest page looked like and leaves out of `fetch` what has not
    changed since. A page counts as taken when the next batch is asked for: if the caller breaks off while it
    works on a batch, the same posts come again.
    """

    def __init__(self, http: Http, pages_per_pass: int) -> None:
        self._http = http
        self._pages_per_pass = pages_per_pass
        self._taken: dict[str, dict[int, int]] = {}  # channel → id → print of its block, newest page only

    @property
    def host(self) -> str:
        return self._http.host

    async def fetch(self, channel: Channel, cursor: str) -> AsyncIterator[Batch]:
        """Yield everything after `cursor`, and posts of the newest page that look different from last time.

        A backlog is walked oldest first, at most `pages_per_pass` pages at a time; what is beyond is
        left for the next pass, and the batch's `note` says so.
        """
        at = int(cursor or 0)
        taken = {post: seen for post, seen in self._taken.get(channel.key, {}).items() if post <= at}
        newest = await self._page(channel, "", taken)
        if cursor and newest.lowest > at + 1:
            for walked in range(1, self._pages_per_pass + 1):
                page = await self._page(channel, f"?after={at}")
                reached = max(at, page.highest)
                ended = not page.newer or reached == at
                joined = newest.lowest <= reached + 1
                behind = walked == self._pages_per_pass and not ended and not joined
                yield _batch(page, at, _behind(channel, reached, newest.highest, page.note) if behind else page.note)
                at = reached
                if ended or behind:
                    return
                if joined:
                    newest = replace(newest, blocks=tuple(block for block in newest.blocks if block.id > at))
                    break
        yield _batch(newest, at, newest.note)
        self._taken[channel.key] = dict(newest.prints)

    async def reread(self, channel: Channel, ids: Sequence[str]) -> Batch:
        """Read single posts again. The batch moves no cursor: its cursors are empty."""
        found, gone = [], []
        for post in ids:
            block = await self._single(channel, post)
            if block is None:
                gone.append(post)
            else:
                found.append(Found(block.post, ""))
        return Batch(tuple(found), "", gone=tuple(gone))

    async def history(
        self, channel: Channel, *, since: datetime | None, until: datetime | None, cursor: str
    ) -> AsyncIterator[Batch]:
        """Yield posts with since <= published_at < until, oldest first, resuming after `cursor` if one is given.

        The start is found by bisection over the ids (about a dozen requests), the rest is a walk
        forward, so that nothing is held back in memory.
        """
        if cursor:
            at = int(cursor)
        else:
            at = await self._before(channel, since) if since else 0
            if at == 0 and (first := await self._single(channel, "1")) is not None:
                yield _between(_batch_of([first], 0), 0, since, until)
            at = max(at, 1)  # "?after=0" might count as no question at all
        while True:
            page = await self._page(channel, f"?after={at}")
            batch = _between(_batch(page, at, page.note), at, since, until)
            yield batch
            reached = int(batch.cursor)
            if not page.newer or reached < page.highest or reached <= at:
                return
            at = reached

    async def _before(self, channel: Channel, since: datetime) -> int:
        """Return an id such that all posts since that moment have higher ones; 0 if all posts have."""
        newest = await self._page(channel, "")
        low, high = 0, newest.lowest  # posts up to `low` are older; the first that is not lies at or below `high`
        if _times(newest) and min(_times(newest)) < since:
            return newest.lowest - 1
        while high - low > 1:
            middle = (low + high) // 2
            page = await self._page(channel, f"?after={middle}")
            times = _times(page)
            if not times or min(times) >= since:
                high = middle
            elif max(times) < since:
                low = max(middle, page.highest)
            else:
                return page.lowest - 1
        return low

    async def _page(self, channel: Channel, question: str, taken: dict[int, int] | None = None) -> Page:
        answer = await self._http.get(f"/s/{quote(channel.address, safe='')}{question}")
        return read_page(_body(answer, channel), channel, taken)

    async def _single(self, channel: Channel, post: str) -> Block | None:
        answer = await self._http.get(f"/{quote(channel.address, safe='')}/{quote(post, safe='')}?embed=1")
        return read_single(_body(answer, channel), channel, post)


def _body(answer: Answer, channel: Channel) -> bytes:
    if answer.status != HTTPStatus.OK:
        raise NoPreview(
            f"{channel.label} {channel.address}: no public preview, it leads to {answer.location[:200]!r}. The"
            " channel is private, gone, renamed, a group, blocked for this server's country, or its preview is switched"
            f" off. {KEPT} Open https://t.me/{channel.address} in a browser; correct the address or use another route."
        )
    return answer.body


def _batch(page: Page, at: int, note: str) -> Batch:
    """Return a page as a batch; its cursor has everything on the page accounted for."""
    batch = _batch_of(page.blocks, at)
    return Batch(batch.found, str(max(at, page.highest)), note)


def _batch_of(blocks: Sequence[Block], at: int) -> Batch:
    found = tuple(_found(blocks, at))
    return Batch(found, found[-1].cursor if found else str(at))


def _found(blocks: Sequence[Block], at: int) -> Iterator[Found]:
    for block in blocks:
        at = max(at, block.last_id)
        yield Found(block.post, str(at))


def _behind(channel: Channel, reached: int, newest: int, note: str) -> str:
    gap = (
        f"{channel.label} {channel.address} is behind: read up to id {reached}, the newest is {newest};"
        " the next pass goes on from there"
    )
    return f"{gap}; {note}" if note else gap


def _between(batch: Batch, at: int, since: datetime | None, until: datetime | None) -> Batch:
    """Leave out what was posted before the range, and end the batch where the range ends.

    A post without a time stays in. A cursor short of the page's end says that the range ended there.
    """
    found: list[Found] = []
    for each in batch.found:
        posted = each.post.published_at if each.post else None
        if posted is not None and until is not None and posted >= until:
            return Batch(tuple(found), found[-1].cursor if found else str(at), batch.note)
        early = posted is not None and since is not None and posted < since
        found.append(Found(None, each.cursor) if early else each)
    return Batch(tuple(found), batch.cursor, batch.note)


def _times(page: Page) -> list[datetime]:
    return [block.post.published_at for block in page.blocks if block.post and block.post.published_at]
