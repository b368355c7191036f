"""`monitor init`: a folder to start from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def command(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="Folder to write into; made if it is not there.")],
) -> None:
    """Write a small starter folder and a .env; nothing is ever overwritten."""
    from monitor import starter

    written = starter.write(directory)
    for path in written:
        typer.echo(f"wrote {path}")
    if not written:
        typer.echo(f"{directory} has all of it already; nothing was written")
    typer.echo(f"Next: edit {directory / 'desks.toml'}, then: monitor --config {directory} check", err=True)
