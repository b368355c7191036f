"""Every day of the data set, written out as the post that the General Staff would have published.

The data set holds totals only. What a list prints in parentheses is worked out from the corrections: change − residual.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

from tests.corpus import rows
from tests.golden.wording import form_of

KYIV = ZoneInfo("Europe/Kyiv")
DELTAS_SINCE = date(2022, 4, 26)  # lists of the first two months print totals only
_FIRST_ID, _IDS_A_DAY = 1001, 3  # a channel has other posts between two lists
_FILED_UNDER = {date(2023, 5, 27): date(2023, 5, 28)}  # that correction shows in the next day's list
_PRINTED_ANYWAY = {(date(2026, 3, 4), "artillery"): 32}  # the total fell by ten that day; no correction tells of it


class Fall(NamedTuple):
    date: date
    category: str
    before: int
    now: int


@dataclass(frozen=True, slots=True)
class GoldenPost:
    """One day's list: its text, and what has to be read from it."""

    date: date
    id: str
    published_at: datetime  # UTC
    text: str
    language: str  # "uk", "en" or "uk+en"
    figures: Mapping[str, int]
    deltas: Mapping[str, int]  # as printed; a category's first list prints none
    qualifier: str  # of the personnel: "about" or "more"


@cache
def golden_posts() -> tuple[GoldenPost, ...]:
    """Return one post a day, oldest first."""
    return tuple(_posts())


def expected_mismatch_dates() -> dict[date, dict[str, tuple[int, int]]]:
    """Return the days whose printed deltas do not add up: category → (printed, computed)."""
    found: dict[date, dict[str, tuple[int, int]]] = {}
    for before, post in _pairs():
        for slug, printed in post.deltas.items():
            computed = post.figures[slug] - before.figures[slug]
            if printed != computed:
                found.setdefault(post.date, {})[slug] = (printed, computed)
    return found


def expected_falls() -> tuple[Fall, ...]:
    """Return every total that is lower than the day before, by day and category."""
    return tuple(
        Fall(post.date, slug, before.figures[slug], value)
        for before, post in _pairs()
        for slug, value in sorted(post.figures.items())
        if value < before.figures.get(slug, 0)
    )


def _pairs() -> Iterator[tuple[GoldenPost, GoldenPost]]:
    return pairwise(golden_posts())


def _posts() -> Iterator[GoldenPost]:
    residuals = _residuals()
    before: Mapping[str, int] = {}
    for place, row in enumerate(rows("general-staff", "daily.jsonl")):
        day, figures = date.fromisoformat(row["date"]), row["figures"]
        deltas = _printed(day, figures, before, residuals.get(day, {})) if day >= DELTAS_SINCE else {}
        form, qualifier = form_of(day), row["personnel_qualifier"]
        yield GoldenPost(
            date=day,
            id=str(_FIRST_ID + _IDS_A_DAY * place),
            published_at=_published_at(day),
            text=form.text(day, figures, deltas, qualifier),
            language=form.language,
            figures=figures,
            deltas=deltas,
            qualifier=qualifier,
        )
        before = figures


def _printed(
    day: date, figures: Mapping[str, int], before: Mapping[str, int], residual: Mapping[str, int]
) -> dict[str, int]:
    return {
        slug: _PRINTED_ANYWAY.get((day, slug), value - before[slug] - residual.get(slug, 0))
        for slug, value in figures.items()
        if slug in before
    }


def _residuals() -> dict[date, dict[str, int]]:
    corrections = (
        (date.fromisoformat(row["date"]), row["residuals"]) for row in rows("general-staff", "corrections.jsonl")
    )
    return {_FILED_UNDER.get(day, day): residuals for day, residuals in corrections}


def _published_at(day: date) -> datetime:
    """Return about 07:12 in Kyiv, a few minutes off, differently every day."""
    offset = timedelta(minutes=day.toordinal() * 7 % 19 - 9, seconds=day.toordinal() * 13 % 60)
    return (datetime.combine(day, time(7, 12), KYIV) + offset).astimezone(UTC)
