from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from monitor.demo.preview import PreviewServer
from tests.cli import world as small
from tests.cli.world import World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A channel with yesterday's list, which nobody has read yet."""
    with PreviewServer(small.channel()) as server:
        made = small.build(server, tmp_path)
        made.publish(days_old=1)
        yield made


@pytest.fixture(autouse=True)
def _logs_as_they_were() -> Iterator[None]:
    """Commands that run in this process set up its log; take that back."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    structlog.reset_defaults()
    root.handlers[:], root.level = handlers, level
    logging.getLogger("monitor").setLevel(logging.NOTSET)
