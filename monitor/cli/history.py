"""`monitor history`: one tally over time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli._output import Json, print_json, print_table, talk
from monitor.cli._where import reading, settings_of
from monitor.cli._words import Since, Until, category_of, claimant_of, label_of, name_of
from monitor.cli.tallies import as_object, note

if TYPE_CHECKING:
    from monitor.cli._asked import TallyRow
    from monitor.model import Tally
    from monitor.settings import Settings


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
        from monitor.cli import _asked

        rows = list(_asked.ledger(store, claimant, slug, since and since.date(), until and until.date()))
    totals = [row for row in rows if row.tally.scope == "total"]
    rows = totals or rows
    if as_json:
        print_json(map(as_object, rows))
    elif not rows:
        talk("Nothing has been read of that tally in these days.")
    else:
        _show(settings, rows, as_chart=as_chart)


def _show(settings: Settings, rows: Sequence[TallyRow], *, as_chart: bool) -> None:
    """Show each series by itself: subjects and places are never mixed."""
    series: dict[Tally, list[TallyRow]] = {}
    for row in rows:
        series.setdefault(row.tally._replace(window=""), []).append(row)
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


def _draw(entries: Sequence[TallyRow]) -> None:
    from monitor.cli._chart import chart

    by_day = {row.order_date: row.effective for row in entries if row.effective is not None}
    for line in chart(sorted(by_day.items())):
        typer.echo(line)


def _list(entries: Sequence[TallyRow]) -> None:
    from monitor.model import Figure
    from monitor.render.figures import day, words

    rows, before = [], None
    for row in entries:
        effective = row.effective
        change = "" if before is None or effective is None else f"{effective - before:+,}"
        published = words(Figure(row.published, row.upper, row.qualifier))
        counts = "–" if effective is None else f"{effective:,}"
        rows.append((day(row.order_date), published, counts, change, f"{row.channel}/{row.post}", note(row)))
        before = effective if row.tally.scope == "total" and effective is not None else before
    print_table(
        ("As of", "Published", "Counts", "Change", "Post", "Note"), rows, right={"Published", "Counts", "Change"}
    )
