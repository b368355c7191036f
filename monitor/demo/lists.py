"""The General Staff's list as it was laid out over the years, filled in with the figures of a day.

The figures are those of its own lists, as collected by PetroIvaniuk (MIT) at
https://github.com/PetroIvaniuk/2022-Ukraine-Russia-War-Dataset; `figures.csv` holds the days on stage.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import NamedTuple

START = date(2022, 2, 24)

_UK = {
    "personnel_losses": "особового складу",
    "tanks": "танків",
    "afv": "бойових броньованих машин",
    "artillery": "артилерійських систем",
    "mlrs": "РСЗВ",
    "anti_air": "засоби ППО",
    "aircraft": "літаків",
    "helicopters": "гелікоптерів",
    "vehicles": "автомобільної техніки",
    "warships_boats": "кораблі /катери",
    "fuel_tanks": "цистерн з ПММ",
    "ugv": "наземні робототехнічні комплекси",
    "uav": "БПЛА оперативно-тактичного рівня",
    "cruise_missiles": "крилаті ракети",
    "submarines": "підводні човни",
    "vehicles_fuel_tanks": "автомобільної техніки та автоцистерн",
    "special_equipment": "спеціальна техніка",
}
_EN = {
    "personnel_losses": "personnel",
    "tanks": "tanks",
    "afv": "APV",
    "artillery": "artillery systems",
    "mlrs": "MLRS",
    "anti_air": "Anti-aircraft warfare systems",
    "aircraft": "aircraft",
    "helicopters": "helicopters",
    "vehicles": "vehicles",
    "warships_boats": "warships / boats",
    "fuel_tanks": "fuel tanks",
    "ugv": "ground robotic systems",
    "uav": "UAV operational-tactical level",
    "cruise_missiles": "cruise missiles",
    "submarines": "submarines",
    "vehicles_fuel_tanks": "vehicles and fuel tanks",
    "special_equipment": "special equipment",
}


class Layout(NamedTuple):
    """How one year's list is worded; `dates` is the header's date format."""

    labels: Mapping[str, str]
    header: str
    dates: str
    about: str
    persons: str
    unit: str
    closing: str


UKRAINIAN_2022 = Layout(
    _UK | {"warships_boats": "легких швидкісних катери"},
    "Загальні бойові втрати противника з {since} по {until} орієнтовно склали:",
    "%d.%m",
    "близько",
    "осіб",
    " од",
    "Дані уточнюються.",
)
ENGLISH_2022 = Layout(
    _EN,
    "The total combat losses of the enemy from {since} to {until} were approximately:",
    "%d.%m",
    "about",
    "persons were liquidated",
    "",
    "Data are being updated.",
)
BILINGUAL = Layout(
    {slug: f"{_UK[slug]} / {_EN[slug]}" for slug in _UK},
    "Загальні бойові втрати противника з {since} по {until} (орієнтовно) /\n"
    "The total combat losses of the enemy from {since} to {until} (approximately)",
    "%d.%m.%y",
    "близько/ about",
    "осіб / persons",
    " од",
    "Дані уточнюються / Data are being updated",
)
UKRAINIAN = Layout(
    _UK,
    "Загальні бойові втрати противника з {since} по {until} орієнтовно склали:",
    "%d.%m.%y",
    "близько",
    "осіб",
    " од.",
    "Дані уточнюються.",
)


def losses(
    day: date,
    layout: Layout,
    *,
    deltas: bool = True,
    printed: Mapping[str, int] | None = None,
    mistyped: Mapping[str, int] | None = None,
) -> str:
    """Return the list of a day.

    `deltas` says whether the day's growth is printed; `printed` holds those that were printed
    otherwise than they add up, `mistyped` the totals that the post had wrong.
    """
    before = _figures().get(day - timedelta(days=1), {}) if deltas else {}
    figures = _figures()[day]
    growth = {slug: value - before[slug] for slug, value in figures.items() if slug in before}
    return written(day, layout, {**figures, **(mistyped or {})}, {**growth, **(printed or {})})


def written(day: date, layout: Layout, figures: Mapping[str, int], growth: Mapping[str, int]) -> str:
    """Return a list with these totals and printed deltas, one line a category."""
    since, until = START.strftime(layout.dates), day.strftime(layout.dates)
    lines = [_line(layout, slug, value, growth.get(slug)) for slug, value in figures.items()]
    return "\n".join([layout.header.format(since=since, until=until), ",\n".join(lines) + ".", layout.closing])


def _line(layout: Layout, slug: str, value: int, delta: int | None) -> str:
    figure = f"{value}" if delta is None else f"{value} ({delta:+})"
    if slug == "personnel_losses":
        return f"{layout.labels[slug]} ‒ {layout.about} {figure} {layout.persons}"
    return f"{layout.labels[slug]} ‒ {figure}{layout.unit}"


@cache
def _figures() -> dict[date, dict[str, int]]:
    text = (files("monitor.demo") / "figures.csv").read_text("utf-8")
    return {
        date.fromisoformat(row.pop("date")): {slug: int(value) for slug, value in row.items() if value}
        for row in csv.DictReader(text.splitlines())
    }
