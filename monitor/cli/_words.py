"""What people type and read for sources, tallies and days."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from monitor.model import Tally
    from monitor.settings import Settings

SourceOption = Annotated[str | None, typer.Option("--source", metavar="S", help="Only this source.")]
Since = Annotated[datetime | None, typer.Option("--since", formats=["%Y-%m-%d"], metavar="DATE", help="From this day.")]
Until = Annotated[
    datetime | None, typer.Option("--until", formats=["%Y-%m-%d"], metavar="DATE", help="Up to this day, included.")
]


def claimant_of(settings: Settings, source: str | None) -> str | None:
    """Return whom a source's series are filed under, None for all; an unknown one is a mistake in the call."""
    if source is None:
        return None
    if source not in settings.sources:
        raise typer.BadParameter(f"there is no source {source!r}. There are: {', '.join(settings.sources)}")
    return settings.sources[source].claimant


def category_of(settings: Settings, category: str | None) -> str | None:
    """Return the slug, None for all; an unknown one is answered with the nearest."""
    if category is None or category in settings.categories:
        return category
    from monitor.settings.explain import nearest

    raise typer.BadParameter(f"there is no category {category!r}. {nearest(category, tuple(settings.categories))}")


def name_of(settings: Settings, claimant: str) -> str:
    """Return the publisher's name, or the slug where the settings know it no longer."""
    return next((source.name for source in settings.sources.values() if source.claimant == claimant), claimant)


def label_of(settings: Settings, tally: Tally) -> str:
    known = settings.categories.get(tally.category)
    label = known.label if known else tally.category
    return f"{label}, {tally.place}" if tally.place else label


def start_of(day: datetime | None, zone: ZoneInfo) -> datetime | None:
    """Return when a day that was typed begins on the desk's clock."""
    return None if day is None else day.replace(tzinfo=zone).astimezone(UTC)


def value_of(value: int, upper: int | None, qualifier: str) -> str:
    """Return a stored figure as people write it: "about 1,456,610"."""
    from monitor.model import Figure, Qualifier
    from monitor.render.figures import words

    return words(Figure(value, upper, Qualifier(qualifier)))


def days_of(since: datetime | None, until: datetime | None) -> tuple[datetime | None, datetime | None]:
    """Return order dates as typed, the last one included, as the store takes them: in UTC, the end excluded."""
    end = None if until is None else until + timedelta(days=1)
    return since and since.replace(tzinfo=UTC), end and end.replace(tzinfo=UTC)
