"""How much memory the idle daemon takes with 100 routes, and which imports it goes to.

    python bench/memory.py [seconds]

The daemon runs in a process of its own against a server on loopback; its resident memory is read from
/proc when all channels were read once, and again after so many seconds.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from loopback import Server, configure
from path import start

CHANNELS = [f"channel{number}" for number in range(100)]
STEPS = (
    ("python with asyncio and sqlite3", "asyncio, sqlite3"),
    ("httpx", "httpx"),
    ("apscheduler", "apscheduler.schedulers.asyncio"),
    ("typer", "typer, typer.main"),
    ("structlog", "structlog, structlog.stdlib"),
    ("pydantic", "pydantic"),
    ("sqlite-utils", "sqlite_utils"),
    ("selectolax, jinja2, regex, pyahocorasick", "selectolax.lexbor, jinja2, regex, ahocorasick"),
    ("monitor itself", "monitor.cli, monitor.daemon, monitor.collect.telegram_web, monitor.send.telegram"),
)
_RESIDENT = "print([l.split()[1] for l in open('/proc/self/status') if l.startswith('VmRSS')][0])"


def resident(process: int, field: str = "VmRSS") -> float:
    """Return a process's memory in MiB."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(field)) / 1024


def imports() -> None:
    """Print what each import adds to those before it."""
    before, modules = 0.0, ""
    for name, more in STEPS:
        modules += f"import {more}\n"
        done = subprocess.run([sys.executable, "-c", modules + _RESIDENT], capture_output=True, text=True, check=True)
        now = int(done.stdout) / 1024
        print(f"  {name:42} {now - before:+6.1f} → {now:5.1f} MiB")
        before = now


async def daemon(seconds: float) -> None:
    with tempfile.TemporaryDirectory() as place:
        async with Server(CHANNELS) as server:
            configure(Path(place), CHANNELS, server.url, pace="")
            process = await start(Path(place))
            try:
                while server.messages < len(CHANNELS):  # noqa: ASYNC110  # each says once what it watches
                    await asyncio.sleep(0.1)
                print(f"  when 100 channels were read and announced  {resident(process.pid):12.1f} MiB")
                await asyncio.sleep(seconds)
                peak = resident(process.pid, "VmHWM")
                print(f"  idle, {seconds:.0f} s later  {resident(process.pid):34.1f} MiB, at most {peak:.1f}")
            finally:
                process.terminate()
                await process.wait()


def main() -> None:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 70.0
    print(
        f"resident memory of the daemon with 100 routes, Python {sys.version.split()[0]}, load {os.getloadavg()[0]:.1f}"
    )
    asyncio.run(daemon(seconds))
    print("resident memory after these imports, one upon the other")
    imports()


if __name__ == "__main__":
    main()
