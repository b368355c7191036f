"""How listings look: aligned columns for people, one JSON object a line for machines."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Annotated, Any, Protocol, TextIO

import typer

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from monitor.model import Tally

Json = Annotated[bool, typer.Option("--json", help="One JSON object a line on stdout; moments in UTC.")]


class OfATally(Protocol):
    """A named row that says which tally it is about."""

    @property
    def tally(self) -> Tally: ...
    def _asdict(self) -> dict[str, Any]: ...


_WIDE = 10_000  # columns; what is piped or kept in a file is never wrapped


def print_json(rows: Iterable[Mapping[str, object]], stream: TextIO | None = None) -> None:
    """Print one object a line; moments as ISO text in UTC, days as ISO text."""
    out = stream or sys.stdout
    for row in rows:
        out.write(json.dumps(row, ensure_ascii=False, default=_plain) + "\n")


def flat(row: OfATally) -> dict[str, object]:
    """Return a row as one object, the parts of its tally beside its own fields."""
    own = row._asdict()
    del own["tally"]
    return row.tally._asdict() | own


def print_table(headings: Sequence[str], rows: Iterable[Sequence[str]], *, right: Iterable[str] = ()) -> None:
    """Print aligned columns; those whose headings are in `right` are numbers.

    Cells may hold what a post says: control characters are taken out, and nothing is read as markup.
    """
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from monitor.render.clean import clean

    table = Table(box=None, pad_edge=False, header_style="bold")
    numbers = frozenset(right)
    for heading in headings:
        table.add_column(heading, justify="right" if heading in numbers else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(clean(cell)) for cell in row))
    console = Console(file=sys.stdout, width=None if sys.stdout.isatty() else _WIDE)
    with console.capture() as captured:
        console.print(table)
    for line in captured.get().splitlines():
        typer.echo(line.rstrip())


def when(moment: datetime | None, zone: ZoneInfo) -> str:
    """Return a moment as the desk's clock shows it, "–" for never: "22 Nov 2026 18:05"."""
    from monitor.render.figures import day

    if moment is None:
        return "–"
    local = moment.astimezone(zone)
    return f"{day(local.date())} {local:%H:%M}"


def utc(moment: datetime) -> str:
    """Return a moment as machines get it: "2026-11-22T16:05:00.000Z"."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def talk(text: str) -> None:
    """Say something beside the data."""
    typer.echo(text, err=True)


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return utc(value)
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no place in JSON")
