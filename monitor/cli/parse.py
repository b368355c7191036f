"""`monitor parse`: what is read from a text, and what is not. Needs no configuration."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli._where import Where, reading, settings_of
from monitor.errors import ConfigError, Fault, InputError

if TYPE_CHECKING:
    from monitor.model import Post, Source
    from monitor.settings import Settings, Tables


def command(
    ctx: typer.Context,
    file: Annotated[str, typer.Argument(metavar="[FILE|-]", help="A text; - or nothing is standard input.")] = "-",
    jsonl: Annotated[
        bool, typer.Option("--jsonl", help="One JSON object a line in (id, text, …), one a line out.")
    ] = False,
    post: Annotated[str, typer.Option("--post", metavar="CHANNEL/ID", help="A stored post, as it is now.")] = "",
    source: Annotated[str, typer.Option("--source", metavar="S", help="Read as this source's post.")] = "",
    explain: Annotated[bool, typer.Option("--explain", help="Show which rule took what, and what is left.")] = False,
) -> None:
    """Show what is read from a text, and what is not."""
    from monitor.parse.reader import compile_grammar, read

    tables = _tables(ctx)
    if source and source not in tables.sources:
        raise ConfigError((_unknown(source, tables.sources),))
    grammar = compile_grammar(tables.languages, tables.categories)
    if jsonl:
        from monitor.parse.contract import stream

        forced = tables.sources.get(source)
        failed = stream(_lines(file), grammar, _names(tables.sources), sys.stdout, forced)
        raise typer.Exit(2 if failed else 0)
    from monitor.cli import _readings

    given = _stored(settings_of(ctx), post) if post else _typed(file)
    known = tables.sources.get(source) or _names(tables.sources).get(given.channel)
    found = read(given, grammar, known)
    if explain:
        _readings.explain(given.text, found)
    _readings.show(found)


def _tables(ctx: typer.Context) -> Tables | Settings:
    """Return the operator's tables where a configuration is named, else what is shipped."""
    where: Where = ctx.obj or Where()
    if where.config is not None or os.environ.get("MONITOR_CONFIG"):
        return settings_of(ctx)
    from monitor.settings import load_tables

    return load_tables()


def _unknown(source: str, sources: Mapping[str, Source]) -> Fault:
    return Fault("command line", "--source", f"there is no source {source!r}", f"There are: {', '.join(sources)}")


def _names(sources: Mapping[str, Source]) -> dict[str, Source]:
    """Return the sources by their keys and by the keys and addresses of their channels."""
    named = dict(sources)
    for source in sources.values():
        for channel in source.channels:
            named[channel.key] = named[channel.address] = source
    return named


def _lines(file: str) -> Iterator[str]:
    """Yield the lines of a file or of standard input as they come; bytes that are no text are shown as such."""
    if file == "-":
        sys.stdin.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
        yield from sys.stdin
        return
    try:
        with Path(file).open(encoding="utf-8", errors="replace") as lines:
            yield from lines
    except OSError as error:
        raise InputError(f"{file}: {error.strerror or error}") from error


def _typed(file: str) -> Post:
    from monitor.model import Post

    return Post(channel="", id=file, text="".join(_lines(file)).rstrip("\n"))


def _stored(settings: Settings, key: str) -> Post:
    """Return a stored post by "channel/id", as alerts and `monitor unread` name it."""
    channel, _, post = key.rpartition("/")
    with reading(settings) as store:
        found = store.latest_post(channel, post) if store else None
    if found is None:
        raise InputError(f"{key}: no such post is stored. Give it as CHANNEL/ID, such as t.me/generalstaffzsu/1234")
    return found
