"""`monitor export`: the figures and their changes, for other programs."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from monitor.cli._output import print_json
from monitor.cli._where import reading, settings_of
from monitor.cli._words import Since, SourceOption, Until, claimant_of
from monitor.errors import InputError

if TYPE_CHECKING:
    from datetime import datetime

    from monitor.settings import Settings
    from monitor.store.sqlite import SqliteStore

TALLY_COLUMNS = (
    *("claimant", "subject", "category", "scope", "place", "window", "order_date", "published", "effective", "upper"),
    *("qualifier", "delta", "standing", "channel", "post", "published_at", "url"),
)
CHANGE_COLUMNS = (
    *("at", "kind", "claimant", "subject", "category", "scope", "place", "window", "published", "delta", "effective"),
    *("qualifier", "order_date", "before_value", "before_date", "difference", "computed", "covers_days", "doubts"),
    *("suggestion", "provisional", "note", "quote", "channel", "post", "published_at", "url", "alert"),
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Format(StrEnum):
    csv = "csv"
    jsonl = "jsonl"


class What(StrEnum):
    tallies = "tallies"
    changes = "changes"


def command(
    ctx: typer.Context,
    form: Annotated[Format, typer.Option("--format", help="CSV with a header, or JSON Lines.")] = Format.csv,
    what: Annotated[What, typer.Option("--what", help="Every value, or the log of what was told.")] = What.tallies,
    source: SourceOption = None,
    since: Since = None,
    until: Until = None,
    output: Annotated[Path | None, typer.Option("--output", metavar="FILE", help="Instead of stdout.")] = None,
) -> None:
    """Write out the stored figures, as published and as they count, without anything that is the desk's own."""
    settings = settings_of(ctx)
    claimant = claimant_of(settings, source)
    with reading(settings) as store:
        if store is None:
            return
        columns = TALLY_COLUMNS if what is What.tallies else CHANGE_COLUMNS
        with _opened(output) as stream:
            rows = _rows(store, settings, what, claimant, since, until)
            if form is Format.csv:
                _write_csv(stream, columns, rows)
            else:
                print_json(rows, stream)


@contextmanager
def _opened(output: Path | None) -> Iterator[TextIO]:
    """Yield stdout, or a new file that takes its name only when it is complete."""
    if output is None:
        yield sys.stdout
        return
    unfinished = output.with_name(f".{output.name}.part")
    try:
        with unfinished.open("w", encoding="utf-8", newline="") as stream:
            yield stream
        unfinished.replace(output)
    except OSError as error:
        raise InputError(
            f"{output} cannot be written: {error.strerror}. Nothing was left there. Name another file."
        ) from error
    finally:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)


def _rows(
    store: SqliteStore,
    settings: Settings,
    what: What,
    claimant: str | None,
    since: datetime | None,
    until: datetime | None,
) -> Iterator[Mapping[str, object]]:
    """Yield one row at a time: days are those that values count for, and the desk's own in the log."""
    from datetime import timedelta
    from zoneinfo import ZoneInfo

    from monitor.cli._words import days_of, start_of
    from monitor.store import queries

    if what is What.tallies:
        start, end = days_of(since, until)
        yield from queries.exported_tallies(store, claimant=claimant, since=start, until=end)
    else:
        zone = ZoneInfo(settings.desk_timezone)
        start, end = start_of(since, zone), start_of(until and until + timedelta(days=1), zone)
        yield from queries.exported_changes(store, claimant=claimant, since=start, until=end)


def _write_csv(stream: TextIO, columns: Iterable[str], rows: Iterable[Mapping[str, object]]) -> None:
    import csv

    writer = csv.writer(stream, lineterminator="\n")
    names = tuple(columns)
    writer.writerow(names)
    for row in rows:
        writer.writerow([_cell(row[name]) for name in names])


def _cell(value: object) -> object:
    """Return a value as a spreadsheet may see it: no text of a post's is taken for a formula."""
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return value
