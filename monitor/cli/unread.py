"""`monitor unread`: what the reading left over."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli._output import Json, print_json, print_table, talk
from monitor.cli._where import reading, settings_of
from monitor.cli._words import SourceOption, claimant_of

if TYPE_CHECKING:
    from monitor.cli._asked import UnreadRow

_FIGURE = re.compile(r"\d[\d\s.,]*")
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
        from monitor.cli import _asked

        found: dict[str, tuple[int, UnreadRow]] = {}
        for row in _asked.unread(store, source):
            shape = _FIGURE.sub("#", row.text).strip().casefold()
            found[shape] = (found.get(shape, (0, row))[0] + 1, row)
    ranked = sorted(found.values(), key=lambda each: -each[0])[:limit]
    if as_json:
        print_json({"count": count, **row._asdict()} for count, row in ranked)
    elif ranked:
        shown = ((f"{count:,}", row.text[:_WIDTH], row.url or f"{row.channel}/{row.post}") for count, row in ranked)
        print_table(("Times", "Line (as it stood last)", "Last seen in"), shown, right={"Times"})
        talk("See how one is read: monitor parse --post CHANNEL/ID --explain")
    else:
        talk("Nothing is left over: every line with a figure was read, or ignored by a named rule.")
