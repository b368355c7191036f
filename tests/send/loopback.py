"""An HTTP server on loopback that answers as it is told, and can fail in the ways in which servers fail."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Literal, Self

Fault = Literal["drop-before-body", "hang-after-accept", "drop-after-accept", "cut-answer"]


@dataclass(frozen=True)
class Raw:
    """An answer word for word."""

    status: int
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


Handler = Callable[[str, Mapping[str, Any]], Raw]


class Loopback:
    """`script` holds a fault or an answer for each of the next requests, `always` one for all others."""

    def __init__(self, handle: Handler, *, port: int = 0) -> None:
        self.script: deque[Fault | Raw | None] = deque()
        self.always: Fault | Raw | None = None
        self.requests: list[tuple[str, Mapping[str, Any]]] = []  # (path, body), of those that came in whole
        self.came_in = asyncio.Event()
        self._handle = handle
        self._port = port
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()

    @property
    def url(self) -> str:
        assert self._server is not None
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    def answer_with(self, answer: Raw) -> None:
        """Answer all requests like this; faults still happen on top of it."""
        self._handle = lambda _path, _body: answer

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self._port)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        for writer in self._open:
            writer.transport.abort()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._server.wait_closed(), 1)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            while await self._answer(reader, writer):
                pass
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self._open.discard(writer)
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answer one request; return whether the connection stays open."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        path = head[0].split(" ")[1]
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])}
        told = self.script.popleft() if self.script else self.always
        if told == "drop-before-body":
            writer.transport.abort()
            return False
        body = json.loads(await reader.readexactly(int(headers.get("content-length", "0"))) or b"{}")
        self.requests.append((path, body))
        self.came_in.set()
        answer = told if isinstance(told, Raw) else self._handle(path, body)
        if told == "hang-after-accept":
            await reader.read()  # until the client gives up
            return False
        if told == "drop-after-accept":
            writer.transport.abort()
            return False
        data = answer.body.encode()
        more = "".join(f"{name}: {value}\r\n" for name, value in answer.headers.items())
        writer.write(f"HTTP/1.1 {answer.status} -\r\nContent-Length: {len(data)}\r\n{more}\r\n".encode())
        writer.write(data[: len(data) // 2] if told == "cut-answer" else data)
        await writer.drain()
        return told != "cut-answer"
