"""How long the desk waits: from the preview's answer with a new list to the chat's accepting the alert.

    python bench/path.py [posts]

The daemon runs as it does in production, in a process of its own; both servers are this process. The
clock starts before the page is written to the socket and stops when the message was read from it: two
trips over loopback, reading the page, the figures, one transaction, and sending are in between. All five
channels publish all the time, so that a few lists at once are part of it. Beside it stands how long a
piece of work of always the same size takes on this machine: what that wobbles is not ours.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

from loopback import Server, configure

CHANNELS = [f"channel{number}" for number in range(5)]
PACE = "[pace]\nhot_seconds = 1.0\ncold_seconds = 1.0\njitter_seconds = 1.0\n"


async def measure(posts: int) -> list[float]:
    """Return the seconds that each post took."""
    with tempfile.TemporaryDirectory() as place:
        async with Server(CHANNELS) as server:
            configure(Path(place), CHANNELS, server.url, pace=PACE)
            daemon = await start(Path(place))
            try:
                while server.messages < len(CHANNELS):  # noqa: ASYNC110  # each says once what it watches
                    await asyncio.sleep(0.05)
                while len(server.accepted) < posts:
                    for name in CHANNELS:
                        newest = max(server.channels[name].posts)
                        if newest == 119 or (name, newest) in server.accepted:
                            server.publish(name)
                    await asyncio.sleep(0.01)
            finally:
                daemon.terminate()
                await daemon.wait()
    return [server.accepted[key] - server.answered[key] for key in server.accepted]


async def start(folder: Path) -> asyncio.subprocess.Process:
    environment = os.environ | {"MONITOR_CONFIG": str(folder / "config"), "MONITOR_STATE": str(folder / "state")}
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "monitor", "run"),
        env=environment,
        cwd=folder,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )


def wobble() -> list[float]:
    """Return how long the same work took again and again, with pauses as a daemon has them."""
    taken = []
    for _ in range(200):
        begun = time.perf_counter()
        sum(number * number for number in range(100_000))
        taken.append(time.perf_counter() - begun)
        time.sleep(0.03)
    return taken


def told(taken: list[float]) -> str:
    worst = statistics.quantiles(taken, n=100)[98]
    return (
        f"median {statistics.median(taken) * 1e3:.1f} ms   99th percentile {worst * 1e3:.1f} ms   "
        f"longest {max(taken) * 1e3:.1f} ms"
    )


def main() -> None:
    posts = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    taken = asyncio.run(measure(posts))
    print(f"from the preview's answer to the chat's accept, {posts} lists of 12 figures, load {os.getloadavg()[0]:.1f}")
    print(f"  monitor         {told(taken)}")
    print(f"  the same work   {told(wobble())}")


if __name__ == "__main__":
    main()
