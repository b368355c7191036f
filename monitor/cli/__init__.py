"""The commands: one module each. This file only holds what stands before the command's name.

Nothing heavy is imported here or at the top of a command's module: `monitor --help` loads them all.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from monitor.cli._commands import Commands
from monitor.cli._where import Where

app = typer.Typer(
    name="monitor",
    cls=Commands,
    no_args_is_help=True,
    rich_markup_mode=None,  # the plain help is twice as fast
    pretty_exceptions_enable=False,  # a pretty one shows local variables, and with them secrets
)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"monitor {version('monitor')}")
        raise typer.Exit


@app.callback()
def _before_the_command(
    ctx: typer.Context,
    config: Annotated[
        Path | None, typer.Option("--config", metavar="DIR", help="Folder of your settings (or MONITOR_CONFIG).")
    ] = None,
    state: Annotated[
        Path | None, typer.Option("--state", metavar="DIR", help="Folder of the database (or MONITOR_STATE).")
    ] = None,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Watches official channels, reads the tallies they publish, and tells the duty desk what changed.

    Exit status: 0 done; 2 usage or configuration; 3 a source failed; 4 a delivery failed; 5 the
    database is unusable; 10 changes found (only with --exit-code); 75 try again later.
    """
    del version
    ctx.obj = Where(config, state)
