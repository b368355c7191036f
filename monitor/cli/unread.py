"""`monitor unread`: what the reading left over."""

from __future__ import annotations

from typing import Annotated

import typer

from monitor.cli._output import Json, print_json, print_table, talk
from monitor.cli._where import reading, settings_of
from monitor.cli._words import SourceOption, claimant_of

_WIDTH = 100  # characters of a line that are shown


def command(
    ctx: typer.Context,
    source: SourceOption = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many lines at most.")] = 50,
    as_json: Json = False,
) -> None:
    """List the lines with a figure that no rule took, the most frequent first; equal but for figures is equal."""
    settings = settings_of(ctx)
    claimant_of(settings, source)
    with reading(settings) as store:
        if store is None:
            return
        from monitor.store import queries

        shapes = queries.unread_shapes(store, source)
    if as_json:
        print_json(row._asdict() for row in shapes[:limit])
    elif shapes:
        shown = ((f"{row.times:,}", row.example[:_WIDTH], f"{row.channel}/{row.post}") for row in shapes[:limit])
        print_table(("Times", "Line (as it stood last)", "Last seen in"), shown, right={"Times"})
        talk("See how one is read: monitor parse --post CHANNEL/ID --explain")
    else:
        talk("Nothing is left over: every line with a figure was read, or ignored by a named rule.")
