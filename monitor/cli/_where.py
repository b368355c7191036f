"""Which settings and which state a command works on: what stood before its name, or the environment."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from monitor.settings import Settings
    from monitor.store.sqlite import SqliteStore

NOTHING_YET = "Nothing has been stored yet; run `monitor once`."


@dataclass(frozen=True, slots=True)
class Where:
    """What was given as --config and --state."""

    config: Path | None = None
    state: Path | None = None


def settings_of(ctx: typer.Context) -> Settings:
    """Read the settings. Raises ConfigError with every fault there is."""
    from monitor.settings import load

    where: Where = ctx.obj or Where()
    environ = dict(os.environ)
    if where.state is not None:
        environ["MONITOR_STATE"] = str(where.state)
    return load(environ, operator=where.config)


@contextmanager
def reading(settings: Settings) -> Iterator[SqliteStore | None]:
    """Open the state to look at it; None, and a word on stderr, where nothing has been stored yet."""
    if not settings.database.exists():
        typer.echo(NOTHING_YET, err=True)
        yield None
        return
    from monitor.store.sqlite import SqliteStore

    with SqliteStore.open(settings.database, read_only=True) as store:
        yield store


@contextmanager
def writing(settings: Settings) -> Iterator[SqliteStore | None]:
    """Open the state to change what is in it, but do not make one that is not there."""
    if not settings.database.exists():
        typer.echo(NOTHING_YET, err=True)
        yield None
        return
    from monitor.store.sqlite import SqliteStore

    with SqliteStore.open(settings.database) as store:
        yield store
