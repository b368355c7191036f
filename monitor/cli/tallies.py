"""`monitor tallies`: the latest values."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli._output import Json, print_json, print_table, talk
from monitor.cli._where import reading, settings_of
from monitor.cli._words import SourceOption, category_of, claimant_of, label_of, name_of

if TYPE_CHECKING:
    from monitor.cli._asked import TallyRow
    from monitor.settings import Settings


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
        from monitor.cli import _asked

        rows = [
            row
            for row in _asked.latest(store)
            if claimant in {None, row.tally.claimant} and slug in {None, row.tally.category}
        ]
    rows = _newest_periods(rows)
    if as_json:
        print_json(map(as_object, rows))
    elif rows:
        _show(settings, rows)
    else:
        talk("No tally has been read yet.")


def as_object(row: TallyRow) -> dict[str, object]:
    """Return one entry as machines get it, in JSON and CSV: published and effective side by side."""
    return {
        **row.tally._asdict(),
        "as_of": row.order_date,
        "published": row.published,
        "effective": row.effective,
        "upper": row.upper,
        "qualifier": row.qualifier.value,
        "delta": row.delta,
        "standing": row.standing,
        "channel": row.channel,
        "post": row.post,
        "url": row.url,
    }


def _newest_periods(rows: Iterable[TallyRow]) -> list[TallyRow]:
    """Keep of a period's figures (a day's, a night's) the newest only; each has a window of its own."""
    newest: dict[tuple[str, ...], TallyRow] = {}
    for row in rows:
        key = row.tally._replace(window="")
        if key not in newest or newest[key].order_date <= row.order_date:
            newest[key] = row
    return list(newest.values())


def _show(settings: Settings, rows: Iterable[TallyRow]) -> None:
    from monitor.render.figures import day, words
    from monitor.render.wording import about

    print_table(
        ("Claimed by", "About", "Tally", "Scope", "Value", "As of", "Note"),
        (
            (
                name_of(settings, row.tally.claimant),
                about(row.tally.subject),
                label_of(settings, row.tally),
                row.tally.scope,
                words(row.figure),
                day(row.order_date),
                note(row),
            )
            for row in rows
        ),
        right={"Value"},
    )


def note(row: TallyRow) -> str:
    """Say where what counts is not what was published."""
    if row.effective is None:
        return f"in doubt ({row.standing})"
    return "" if row.effective == row.published else f"published {row.published:,}"
