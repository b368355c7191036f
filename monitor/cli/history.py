"""`monitor history`: one tally over time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.cli._output import Json, print_json, print_table, talk
from monitor.cli._where import reading, settings_of
from monitor.cli._words import Since, Until, category_of, claimant_of, days_of, label_of, name_of

if TYPE_CHECKING:
    from monitor.model import Tally
    from monitor.settings import Settings

Row = Mapping[str, Any]


def command(
    ctx: typer.Context,
    source: Annotated[str, typer.Argument(metavar="SOURCE", help="A source, such as general-staff-ua.")],
    category: Annotated[str, typer.Argument(metavar="CATEGORY", help="A category, such as tanks.")],
    since: Since = None,
    until: Until = None,
    as_chart: Annotated[bool, typer.Option("--chart", help="Draw it instead of listing it.")] = False,
    as_json: Json = False,
) -> None:
    """Show one tally over time, as published and as it counts; running totals where there are any."""
    settings = settings_of(ctx)
    claimant, slug = claimant_of(settings, source), category_of(settings, category)
    with reading(settings) as store:
        if store is None:
            return
        from monitor.store import queries

        start, end = days_of(since, until)
        rows = list(queries.exported_tallies(store, claimant=claimant, category=slug, since=start, until=end))
    rows = [row for row in rows if row["scope"] == "total"] or rows
    if as_json:
        print_json(rows)
    elif not rows:
        talk("Nothing has been read of that tally in these days.")
    else:
        _show(settings, rows, as_chart=as_chart)


def _show(settings: Settings, rows: Sequence[Row], *, as_chart: bool) -> None:
    """Show each series by itself: subjects and places are never mixed."""
    from monitor.model import Tally

    series: dict[Tally, list[Row]] = {}
    for row in rows:
        tally = Tally(row["claimant"], row["subject"], row["category"], row["scope"], row["place"])
        series.setdefault(tally, []).append(row)
    for tally, entries in series.items():
        typer.echo(_title(settings, tally))
        if as_chart:
            _draw(entries)
        else:
            _list(entries)


def _title(settings: Settings, tally: Tally) -> str:
    from monitor.render.wording import about

    whom = f" about {about(tally.subject)}" if tally.subject else ""
    scope = "running total" if tally.scope == "total" else "by period"
    return f"{label_of(settings, tally)}: claimed by {name_of(settings, tally.claimant)}{whom}, {scope}"


def _draw(entries: Sequence[Row]) -> None:
    from datetime import date

    from monitor.cli._chart import chart

    by_day = {
        date.fromisoformat(row["order_date"]): row["effective"] for row in entries if row["effective"] is not None
    }
    for line in chart(sorted(by_day.items())):
        typer.echo(line)


def _list(entries: Sequence[Row]) -> None:
    from datetime import date

    from monitor.cli._words import value_of
    from monitor.render.figures import day

    rows, before = [], None
    for row in entries:
        effective = row["effective"]
        rows.append(
            (
                day(date.fromisoformat(row["order_date"])),
                value_of(row["published"], row["upper"], row["qualifier"]),
                "–" if effective is None else f"{effective:,}",
                "" if before is None or effective is None else f"{effective - before:+,}",
                f"{row['channel']}/{row['post']}",
                "" if row["standing"] == "held" else row["standing"],
            )
        )
        before = effective if row["scope"] == "total" and effective is not None else before
    print_table(
        ("As of", "Published", "Counts", "Change", "Post", "Note"), rows, right={"Published", "Counts", "Change"}
    )
