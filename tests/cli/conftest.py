from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

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
