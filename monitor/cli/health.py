"""`monitor health`: whether the daemon is alive (usually answered before the command line is loaded)."""

from __future__ import annotations

import os

import typer


def command(ctx: typer.Context) -> None:
    """Say whether the daemon is alive, for HEALTHCHECK; exit status 1 if it is not."""
    from monitor import health

    state = ctx.obj.state or os.environ.get("MONITOR_STATE") or "state"
    raise typer.Exit(health.main([str(state)]))
