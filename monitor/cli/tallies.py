"""`monitor tallies`: the latest values."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli._output import Json, flat, print_json, print_table, talk
from monitor.cli._where import reading, settings_of
from monitor.cli._words import SourceOption, category_of, claimant_of, label_of, name_of

if TYPE_CHECKING:
    from monitor.settings import Settings
    from monitor.store.queries import Latest


def command(
    ctx: typer.Context,
    source: SourceOption = None,
    category: Annotated[
        str | None, typer.Option("--category", metavar="C", help="Only this category, such as tanks.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Show the latest value of every tally: who claims it, about whom, as of when."""
    settings = settings_of(ctx)
    claimant, slug = claimant_of(settings, source), category_of(settings, category)
    with reading(settings) as store:
        if store is None:
            return
        from monitor.store import queries

        rows = _newest_periods(queries.latest_tallies(store, claimant=claimant, category=slug, scope=None))
    if as_json:
        print_json(flat(row) for row in rows)
    elif rows:
        _show(settings, rows)
    else:
        talk("No such tally has been read yet.")


def _newest_periods(rows: Iterable[Latest]) -> list[Latest]:
    """Keep of a period's figures (a day's, a night's) the newest only; each has a window of its own."""
    newest: dict[tuple[str, ...], Latest] = {}
    for row in rows:
        key = row.tally._replace(window="")
        if key not in newest or newest[key].order_date <= row.order_date:
            newest[key] = row
    return list(newest.values())


def _show(settings: Settings, rows: Iterable[Latest]) -> None:
    from monitor.cli._words import value_of
    from monitor.render.figures import day
    from monitor.render.wording import about

    print_table(
        ("Claimed by", "About", "Tally", "Scope", "Value", "As of", "Note"),
        (
            (
                name_of(settings, row.tally.claimant),
                about(row.tally.subject),
                label_of(settings, row.tally),
                row.tally.scope,
                value_of(row.effective, row.upper, row.qualifier)
                if row.effective == row.published
                else f"{row.effective:,}",
                day(row.order_date),
                "" if row.effective == row.published else f"published {row.published:,}",
            )
            for row in rows
        ),
        right={"Value"},
    )
