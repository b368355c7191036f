"""`monitor run`: the daemon."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import typer

from monitor.cli._where import settings_of
from monitor.errors import MonitorError, StoreError

if TYPE_CHECKING:
    from monitor.ports import Clock
    from monitor.settings import Settings


def command(ctx: typer.Context) -> None:
    """Watch the channels and tell the desk, until stopped (SIGTERM or Ctrl-C)."""
    import asyncio
    import logging

    from monitor.cli import _logs
    from monitor.cli._alone import alone
    from monitor.clock import SystemClock

    settings, clock = settings_of(ctx), SystemClock()
    _logs.configure(settings.secrets, level=logging.INFO)
    with alone(settings, clock):
        asyncio.run(_run(settings, clock))


async def _run(settings: Settings, clock: Clock) -> None:
    import gc

    from monitor.daemon import Daemon
    from monitor.wiring import assemble

    async with assemble(settings, clock) as app:
        number = await app.call(lambda store: store.begin_run("run", clock.now()))
        came_of_it = "stopped"
        gc.collect()
        gc.freeze()  # what stands now stays: going through all of it again would stop everything for 40 ms
        try:
            await Daemon(app).run()
        except MonitorError as error:
            came_of_it = str(error)
            raise
        finally:
            with suppress(StoreError):  # it may be the store that cannot go on, and says so itself
                await app.call(lambda store: store.end_run(number, clock.now(), came_of_it))
