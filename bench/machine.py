"""The machine that was measured on: a figure without one says nothing."""

from __future__ import annotations

import os
import platform
import sqlite3
from datetime import UTC, datetime
from pathlib import Path


def processor() -> str:
    lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown")


print(f"measured {datetime.now(UTC):%Y-%m-%d} on {os.cpu_count()} cores, {processor()}")
print(f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {platform.system()} {platform.machine()}")
print(f"load average {os.getloadavg()[0]:.1f}")
