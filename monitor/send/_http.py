"""What services over HTTP share: one client each, and the translation of answers into outcomes."""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from urllib.parse import quote

import httpx

from monitor.ports import Clock, Rejected, Retry, Unknown
from monitor.send._quiet import quiet_http_logs

_TIMEOUT = httpx.Timeout(15.0, connect=5.0)  # seconds; the first is for each read, write and wait for the pool
_DEADLINE = 30.0  # seconds for one exchange: a server that drips a byte a second ends here
_LONGEST_ANSWER = 1 << 20  # bytes
_SHORTEST_WAIT, _LONGEST_WAIT = 1.0, 900.0  # seconds that we let a service ask for
_LONGEST_REASON = 300
_DEAD_END = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND, HTTPStatus.GONE})


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that was read. `body` is empty unless it was a JSON object; `wait` is the Retry-After in seconds."""

    status: int
    body: Mapping[str, object]
    wait: float | None


class Api:
    """One chat service over HTTP: posts JSON and says in our words what came of it. Never raises for the network."""

    def __init__(self, client: httpx.AsyncClient, clock: Clock, secrets: Iterable[str]) -> None:
        self._client = client
        self._clock = clock
        self._secrets = tuple(form for secret in secrets if secret for form in (secret, quote(secret, safe="")))

    async def post(self, url: str, payload: Mapping[str, object]) -> Answer | Retry | Unknown:
        """Return the answer; Retry if the request did not go out whole, Unknown if its answer was lost."""
        request = _Request()
        try:
            async with asyncio.timeout(_DEADLINE):
                return await self._exchange(url, payload, request)
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, TimeoutError) as error:
            reason = self.scrub(f"{type(error).__name__}: {error}".removesuffix(": "))
        if request.status is not None and request.status >= HTTPStatus.BAD_REQUEST:
            return Answer(request.status, {}, None)  # it said no; only the explanation was lost
        if request.handed_over:
            return Unknown(f"no answer after the message was handed over ({reason})")
        return Retry(None, f"no connection ({reason})")

    async def _exchange(self, url: str, payload: Mapping[str, object], request: _Request) -> Answer:
        async with self._client.stream("POST", url, json=payload, extensions={"trace": request.trace}) as response:
            request.status = response.status_code
            body = bytearray()
            async for chunk in response.aiter_bytes():
                body += chunk
                if len(body) > _LONGEST_ANSWER:
                    break
        return Answer(response.status_code, _json_object(bytes(body)), self._wait(response.headers))

    def _wait(self, headers: httpx.Headers) -> float | None:
        """Return the seconds of a Retry-After header, which may be a number or a date (RFC 9110, 10.2.3)."""
        text = headers.get("Retry-After", "").strip()
        seconds = clamp_wait(text)
        if seconds is not None or not text:
            return seconds
        try:
            moment = parsedate_to_datetime(text)
        except (ValueError, OverflowError):
            return None
        if moment.tzinfo is None:
            return None
        return clamp_wait((moment - self._clock.now()).total_seconds())

    def scrub(self, text: str) -> str:
        """Return the text without secrets, on one line and of a bearable length."""
        for secret in self._secrets:
            text = text.replace(secret, "***")
        return " ".join(text.split())[:_LONGEST_REASON]


class _Request:
    """How far a request got. Only a request that went out whole can have been accepted."""

    def __init__(self) -> None:
        self.handed_over = False
        self.status: int | None = None

    async def trace(self, event: str, info: Mapping[str, object]) -> None:
        """Take httpcore's trace events (https://www.encode.io/httpcore/extensions/#trace)."""
        method = getattr(info.get("request"), "method", b"")  # a proxy's CONNECT is traced as well
        if event.endswith(".send_request_body.complete") and method != b"CONNECT":
            self.handed_over = True


@asynccontextmanager
async def open_api(clock: Clock, *, secrets: Iterable[str]) -> AsyncIterator[Api]:
    """Open the one client of a sender: no redirects (the host is the configured one), no chatty logs."""
    quiet_http_logs()
    async with httpx.AsyncClient(timeout=_TIMEOUT, follow_redirects=False) as client:
        yield Api(client, clock, secrets)


def refused(status: int, reason: str, wait: float | None) -> Retry | Rejected:
    """Return what an answer that is no success means; services add what their bodies say."""
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return Retry(wait, reason, pause=True)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.REQUEST_TIMEOUT:
        return Retry(wait, reason)
    redirected = HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST
    return Rejected(reason, destination=redirected or status in _DEAD_END)


def clamp_wait(hint: object) -> float | None:
    """Return a service's waiting hint in seconds, between 1 and 900; None if it is no number."""
    if not isinstance(hint, int | float | str) or isinstance(hint, bool):
        return None
    try:
        seconds = float(hint)
    except (ValueError, OverflowError):
        return None
    return None if math.isnan(seconds) else min(max(seconds, _SHORTEST_WAIT), _LONGEST_WAIT)


def _json_object(body: bytes) -> Mapping[str, object]:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}
