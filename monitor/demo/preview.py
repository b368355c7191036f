"""A server on loopback that answers as the public preview does: for the demo, the tests and the benchmarks.

    with PreviewServer(PreviewChannel.of("GeneralStaffZSU", *posts)) as server:
        Options(base_url=server.base_url)

Posts may be added, edited and deleted while it runs; the next answer shows it. Faults can be set for a
channel or for the whole host.
"""

from __future__ import annotations

import asyncio
import threading
import zlib
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from enum import StrEnum
from typing import NamedTuple, Self, final
from urllib.parse import parse_qs, unquote, urlsplit

from monitor.demo.preview_channel import PreviewChannel, empty_page
from monitor.demo.preview_html import PreviewPost

__all__ = ["Fault", "PreviewChannel", "PreviewPost", "PreviewServer"]

_REMEMBERED = 100_000  # requests
_DRIP_SECONDS = 0.02  # between the bytes of a slow body


class Fault(StrEnum):
    """What can be wrong with an answer."""

    NO_PREVIEW = "302 to the channel's own page"
    TOO_MANY = "429"
    SERVER_ERROR = "503"
    FORBIDDEN = "403"
    SLOW = "a body that drips"
    CUT = "a connection that ends in mid-body"
    CUT_PAGE = "a page that ends in mid-post, and says that it is whole"
    GARBAGE = "2.5 MB of noise"
    LAYOUT = "blocks that carry no ids"
    NO_TIME = "blocks whose times have another attribute"
    NO_TEXT = "blocks whose texts have another class"
    MARKER = "the marker for no posts"
    FOREIGN = "a page of something else"


_STATUSES = {
    Fault.NO_PREVIEW: "302 Found",
    Fault.TOO_MANY: "429 Too Many Requests",
    Fault.SERVER_ERROR: "503 Service Unavailable",
    Fault.FORBIDDEN: "403 Forbidden",
}
_SPOILT: Mapping[Fault, Callable[[bytes], bytes]] = {
    Fault.CUT_PAGE: lambda page: page[: len(page) * 2 // 3],
    Fault.GARBAGE: lambda _: bytes(range(256)) * 10_000,
    Fault.LAYOUT: lambda page: page.replace(b"data-post=", b"data-item="),
    Fault.NO_TEXT: lambda page: page.replace(b"js-message_text", b"js-post_body"),
    Fault.NO_TIME: lambda page: page.replace(b" datetime=", b" data-moment="),
    Fault.MARKER: lambda _: empty_page("channel").encode(),
    Fault.FOREIGN: lambda _: b"<html><body>" + b"<p>Please sign in.</p>" * 400 + b"</body></html>",
}


class _Set(NamedTuple):
    fault: Fault
    retry_after: str
    left: int | None  # answers; None until healed


class _Reply(NamedTuple):
    status: str
    body: bytes = b""
    headers: str = ""


@final
class PreviewServer:
    """Serves scripted channels from a thread of its own. `gzip` packs bodies as the real one does."""

    def __init__(self, *channels: PreviewChannel, gzip: bool = False) -> None:
        self.requests: deque[str] = deque(maxlen=_REMEMBERED)  # paths, as they came
        self._channels = {channel.name.lower(): channel for channel in channels}
        self._faults: dict[str, _Set] = {}
        self._gzip = gzip
        self._token = 0
        self._lock = threading.Lock()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="preview", daemon=True)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._port = 0

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(self, *_: object) -> None:
        if self._loop is not None and self._stop is not None:
            self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    # ── the script ────────────────────────────────────────────────────────────────────────

    def add_channel(self, channel: PreviewChannel) -> None:
        with self._lock:
            self._channels[channel.name.lower()] = channel

    def add(self, channel: str, *posts: PreviewPost) -> None:
        with self._lock:
            self._channels[channel.lower()].posts.update({post.id: post for post in posts})

    def edit(self, channel: str, post: int, text: str) -> None:
        with self._lock:
            posts = self._channels[channel.lower()].posts
            posts[post] = replace(posts[post], text=text, edited=True)

    def delete(self, channel: str, post: int) -> None:
        with self._lock:
            del self._channels[channel.lower()].posts[post]

    def break_(self, fault: Fault, channel: str = "", *, retry_after: str = "", times: int | None = None) -> None:
        """Answer with a fault from now on, or so many times; an empty channel means the whole host."""
        with self._lock:
            self._faults[channel.lower()] = _Set(fault, retry_after, times)

    def heal(self, channel: str = "") -> None:
        with self._lock:
            self._faults.pop(channel.lower(), None)

    # ── the network ───────────────────────────────────────────────────────────────────────

    def _run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        self._open: set[asyncio.Task[None]] = set()
        server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self._port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._stop.wait()
        server.close()
        for task in self._open:
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - a callback of the server always runs in a task
        self._open.add(task)
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
                while await self._exchange(reader, writer):
                    pass
        finally:
            self._open.discard(task)
            writer.close()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answer one request; False if the connection is to be closed."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        path = head.split(" ", 2)[1]
        with self._lock:
            self.requests.append(path)
            self._token += 1
            fault = self._fault(_channel_of(path))
            reply = self._faulty(fault, path) if fault else self._answer(path)
        packed = "accept-encoding: gzip" in head.lower() and self._gzip
        body = _gzipped(reply.body) if packed else reply.body
        headers = reply.headers + ("Content-Encoding: gzip\r\n" if packed else "")
        writer.write(
            f"HTTP/1.1 {reply.status}\r\nContent-Type: text/html; charset=utf-8\r\nCache-Control: no-store\r\n"
            f"{headers}Content-Length: {len(body)}\r\n\r\n".encode("latin-1")
        )
        if fault and fault.fault is Fault.CUT:
            writer.write(body[: len(body) // 2])
            await writer.drain()
            return False
        step = 1 if fault and fault.fault is Fault.SLOW else len(body) or 1
        for at in range(0, len(body), step):
            writer.write(body[at : at + step])
            await writer.drain()
            if step < len(body):
                await asyncio.sleep(_DRIP_SECONDS)
        return True

    # ── the answers ───────────────────────────────────────────────────────────────────────

    def _fault(self, channel: str) -> _Set | None:
        for key in ("", channel):
            if (fault := self._faults.get(key)) is None:
                continue
            if fault.left == 1:
                del self._faults[key]
            elif fault.left is not None:
                self._faults[key] = fault._replace(left=fault.left - 1)
            return fault
        return None

    def _faulty(self, fault: _Set, path: str) -> _Reply:
        if status := _STATUSES.get(fault.fault):
            retry_after = f"Retry-After: {fault.retry_after}\r\n" if fault.retry_after else ""
            location = f"Location: https://t.me/{_channel_of(path)}\r\n" if status.startswith("302") else ""
            return _Reply(status, headers=retry_after + location)
        reply = self._answer(path)
        return reply._replace(body=_SPOILT[fault.fault](reply.body)) if fault.fault in _SPOILT else reply

    def _answer(self, path: str) -> _Reply:
        channel = self._channels.get(_channel_of(path))
        if channel is None:
            return _Reply("302 Found", headers=f"Location: https://t.me/{_channel_of(path)}\r\n")
        url = urlsplit(path)
        if url.path.startswith("/s/"):
            query = {name: int(values[0]) for name, values in parse_qs(url.query).items() if values[0].isdigit()}
            return _Reply("200 OK", channel.page(query, self._token).encode())
        return _Reply("200 OK", channel.single(url.path.rpartition("/")[2], self._token).encode())


def _channel_of(path: str) -> str:
    parts = [unquote(part) for part in urlsplit(path).path.split("/") if part]
    return next((part.lower() for part in parts if part != "s"), "")


def _gzipped(body: bytes) -> bytes:
    packer = zlib.compressobj(1, wbits=31)
    return packer.compress(body) + packer.flush()
