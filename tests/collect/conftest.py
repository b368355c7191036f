from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from monitor.collect import Budget, telegram_web
from monitor.demo.preview import PreviewChannel, PreviewServer
from monitor.ports import Collector
from tests.clock import FixedClock
from tests.collect.preview import NAME, hourly


@pytest.fixture
def server() -> Iterator[PreviewServer]:
    """Serves a channel with the posts 1 to 300."""
    with PreviewServer(PreviewChannel.of(NAME, *hourly(range(1, 301)))) as running:
        yield running


@pytest.fixture
def budget(clock: FixedClock) -> Budget:
    return Budget.unlimited(clock)


@pytest.fixture
async def collector(server: PreviewServer, clock: FixedClock, budget: Budget) -> AsyncIterator[Collector]:
    options = telegram_web.Options(base_url=server.base_url, timeout_seconds=0.5)
    async with telegram_web.connect(options, clock, budget) as connected:
        yield connected
