"""Where the labelled posts are. Tests that need them carry `@pytest.mark.corpus`; without them they skip, visibly."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

CORPUS = Path(os.environ.get("MONITOR_CORPUS") or Path(__file__).parents[1] / "../shared/corpus").resolve()


def rows(*parts: str) -> list[dict[str, Any]]:
    """Return the objects of one JSON Lines file of the corpus."""
    lines = CORPUS.joinpath(*parts).read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines if line.strip()]
