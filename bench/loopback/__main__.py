"""The server as a process of its own, so that it takes no time from what is measured: prints its address."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from loopback import Server


async def main() -> None:
    async with Server(sys.argv[1:]) as server:
        print(server.url, flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
