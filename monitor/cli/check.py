"""`monitor check`: whether the configuration is right, and words and patterns read what their examples say."""

from __future__ import annotations

import typer

from monitor.cli._where import settings_of


def command(ctx: typer.Context) -> None:
    """Check the configuration, and the words and patterns of every source with their examples."""
    from monitor.check import check
    from monitor.errors import ConfigError

    settings = settings_of(ctx)
    faults = check(settings)
    if faults:
        raise ConfigError(tuple(faults))
    sources = settings.sources.values()
    watched = sum(any(route.enabled for route in channel.routes) for source in sources for channel in source.channels)
    proofs = sum(len(source.examples) + len(source.patterns) for source in sources)
    typer.echo(
        f"All in order: {len(sources)} sources, {watched} channels switched on, {len(settings.categories)} categories, "
        f"{proofs} examples read as they should, {len(settings.destinations)} destinations."
    )
    for folder in settings.config:
        typer.echo(f"read: {folder}", err=True)
