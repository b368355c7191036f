"""`monitor run`: the daemon."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from monitor.cli._where import settings_of

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
    from monitor.daemon import Daemon
    from monitor.wiring import assemble

    async with assemble(settings, clock) as app:
        number = await app.call(lambda store: store.begin_run("run", clock.now()))
        try:
            await Daemon(app).run()
        except Exception as error:
            detail = f"{type(error).__name__}: {error}"
            await app.call(lambda store: store.end_run(number, clock.now(), detail))
            raise
        await app.call(lambda store: store.end_run(number, clock.now(), "stopped"))
