"""One HTTP client a host: polite, bounded, and with every foreign error translated."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from importlib.metadata import version
from typing import NamedTuple, final

import httpx

from monitor.collect._budget import Budget
from monitor.errors import RateLimited, Unreachable
from monitor.ports import Clock

KEPT = "Everything collected so far is kept, and the next pass goes on from there."
_HEADERS = {
    "User-Agent": (
        f"Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0 monitor/{version('monitor')}"
    ),
    "Accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "en",  # the preview says "edited" in the reader's language
    "Accept-Encoding": "gzip",
}


class Answer(NamedTuple):
    """What a host answered: 200 with a body, or a redirect that was not followed."""

    status: int
    body: bytes
    location: str = ""


@final
class Http:
    """Gets pages of one host within its budget."""

    def __init__(self, client: httpx.AsyncClient, clock: Clock, budget: Budget, *, seconds: float, limit: int) -> None:
        self._client = client
        self._clock = clock
        self._budget = budget
        self._seconds = seconds
        self._limit = limit
        self.host = client.base_url.netloc.decode("ascii")

    async def get(self, path: str) -> Answer:
        """Return the answer to one GET.

        Raises `RateLimited` for 429 and 5xx (the whole host pauses then), and `Unreachable` for no
        answer, a cut, slow or oversized one, and any other status than 200 and a redirect.
        """
        async with self._budget.request():
            try:
                async with asyncio.timeout(self._seconds), self._client.stream("GET", path) as response:
                    answer = await self._read(response, path)
            except (TimeoutError, httpx.TimeoutException) as error:
                raise Unreachable(f"{self.host}{path}: no whole answer within {self._seconds:g} s. {KEPT}") from error
            except (httpx.HTTPError, httpx.StreamError, httpx.InvalidURL) as error:
                what = str(error) or type(error).__name__
                raise Unreachable(f"{self.host}{path}: the connection failed ({what}). {KEPT}") from error
        self._budget.answered()
        return answer

    async def _read(self, response: httpx.Response, path: str) -> Answer:
        status = response.status_code
        if status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise self._rate_limited(status, response.headers.get("Retry-After", ""))
        if response.is_redirect:
            return Answer(status, b"", response.headers.get("Location", ""))
        if status != HTTPStatus.OK:
            raise Unreachable(
                f"{self.host}{path}: answered with status {status}, which is not known here. {KEPT}"
                " Open the address in a browser if this lasts."
            )
        parts, size = [], 0
        async for part in response.aiter_bytes():
            size += len(part)
            if size > self._limit:
                raise Unreachable(
                    f"{self.host}{path}: the answer is larger than {self._limit / 1e6:g} MB, which no page of posts is;"
                    f" it was dropped unread. {KEPT} Open the address in a browser if this lasts."
                )
            parts.append(part)
        return Answer(status, b"".join(parts))

    def _rate_limited(self, status: int, retry_after: str) -> RateLimited:
        asks = "asks for fewer requests" if status == HTTPStatus.TOO_MANY_REQUESTS else "has a fault of its own"
        reason = f"{self.host} {asks} (status {status}), so the whole host is left alone."
        seconds = self._budget.pause(_seconds(retry_after, self._clock.now()), reason)
        return RateLimited(f"{reason} {KEPT} The next request goes out in {seconds:.0f} s.", seconds)


@asynccontextmanager
async def open_http(
    base_url: str, clock: Clock, budget: Budget, *, seconds: float = 15.0, limit: int = 2_000_000
) -> AsyncIterator[Http]:
    """Open a client for one host; `seconds` bounds a whole answer, `limit` its decoded bytes."""
    loopback = httpx.URL(base_url).host in {"127.0.0.1", "localhost", "::1"}
    async with httpx.AsyncClient(
        base_url=base_url,
        headers=_HEADERS,
        follow_redirects=False,
        timeout=httpx.Timeout(seconds),
        trust_env=not loopback,  # a proxy of the environment has no way to our own loopback
    ) as client:
        yield Http(client, clock, budget, seconds=seconds, limit=limit)


def _seconds(retry_after: str, now: datetime) -> float | None:
    """Read a Retry-After header, seconds or a date (RFC 9110, section 10.2.3); None if it says nothing."""
    if retry_after.isascii() and retry_after.isdigit():
        return float(retry_after[:9])
    try:
        moment = parsedate_to_datetime(retry_after)
    except (ValueError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now).total_seconds())
