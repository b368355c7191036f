"""`monitor export`: the figures and their changes, for other programs."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from monitor.cli._output import print_json
from monitor.cli._where import reading, settings_of
from monitor.cli._words import Since, SourceOption, Until, claimant_of
from monitor.cli.tallies import as_object
from monitor.errors import InputError

if TYPE_CHECKING:
    from datetime import datetime

    from monitor.cli._asked import ChangeRow
    from monitor.settings import Settings
    from monitor.store.sqlite import SqliteStore

TALLY_COLUMNS = (
    *("claimant", "subject", "category", "scope", "place", "window", "as_of", "published", "effective", "upper"),
    *("qualifier", "delta", "standing", "channel", "post", "url"),
)
CHANGE_COLUMNS = (
    *("at", "kind", "claimant", "subject", "category", "scope", "place", "window", "as_of", "published", "effective"),
    *("qualifier", "before", "difference", "delta", "doubts", "note", "channel", "post", "url"),
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
        unfinished.unlink(missing_ok=True)
        raise InputError(
            f"{output} cannot be written: {error.strerror}. Nothing was left there. Name another file."
        ) from error


def _rows(
    store: SqliteStore,
    settings: Settings,
    what: What,
    claimant: str | None,
    since: datetime | None,
    until: datetime | None,
) -> Iterator[Mapping[str, object]]:
    """Yield one row at a time: days are the source's for values, and the desk's for the log."""
    from datetime import timedelta
    from zoneinfo import ZoneInfo

    from monitor.cli import _asked
    from monitor.cli._words import start_of

    if what is What.tallies:
        days = (since and since.date(), until and until.date())
        yield from map(as_object, _asked.ledger(store, claimant, None, *days))
    else:
        zone = ZoneInfo(settings.desk_timezone)
        end = start_of(until and until + timedelta(days=1), zone)
        yield from map(change_object, _asked.changes(store, claimant, start_of(since, zone), end))


def change_object(row: ChangeRow) -> dict[str, object]:
    import json

    values = {**row.tally._asdict(), **row._asdict(), "as_of": row.order_date, "doubts": json.loads(row.doubts)}
    return {name: values[name] for name in CHANGE_COLUMNS}


def _write_csv(stream: TextIO, columns: Iterable[str], rows: Iterable[Mapping[str, object]]) -> None:
    import csv

    writer = csv.writer(stream, lineterminator="\n")
    names = tuple(columns)
    writer.writerow(names)
    for row in rows:
        writer.writerow([_cell(row[name]) for name in names])


def _cell(value: object) -> object:
    """Return a value as a spreadsheet may see it: no text of a post's is taken for a formula."""
    from datetime import datetime

    from monitor.cli._output import utc

    if isinstance(value, datetime):
        return utc(value)
    if isinstance(value, list):
        return " ".join(map(str, value))
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return value
