"""The sign of life that `monitor health` reads (its shape is told in `monitor.health`)."""

from __future__ import annotations

import json
import os
from datetime import datetime
from pathlib import Path

from monitor.store.faults import translated
from monitor.store.values import moment_text


def write(path: Path, moment: datetime, detail: str) -> None:
    """Replace the file `path` (state/health.json) in one step; a reader sees the old or the new one, whole.

    Raises StoreError where it cannot be written.
    """
    beat = {"at": moment_text(moment), "pid": os.getpid(), "detail": detail}
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        fresh.write_text(json.dumps(beat, ensure_ascii=False) + "\n", encoding="utf-8")
        fresh.replace(path)
    except OSError as error:
        fresh.unlink(missing_ok=True)
        raise translated(error, path) from error
