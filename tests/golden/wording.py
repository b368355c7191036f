"""How a day's list was worded, from 2022 to 2026: labels, headers, numbers, and which form a day takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

START = date(2022, 2, 24)
LIQUIDATED_SINCE, LIQUIDATED_UNTIL = date(2022, 4, 20), date(2023, 8, 31)
NO_BREAK = "\u00a0"

UK_2022 = {
    "personnel_losses": "особового складу",
    "tanks": "танків",
    "afv": "бойових броньованих машин",
    "artillery": "артилерійських систем",
    "mlrs": "РСЗВ",
    "anti_air": "засоби ППО",
    "aircraft": "літаків",
    "helicopters": "гелікоптерів",
    "vehicles": "автомобільної техніки",
    "warships_boats": "легких швидкісних катери",
    "fuel_tanks": "цистерн з ПММ",
    "uav": "БПЛА оперативно-тактичного рівня",
    "cruise_missiles": "крилаті ракети",
    "submarines": "підводні човни",
    "vehicles_fuel_tanks": "автомобільної техніки та автоцистерн",
    "special_equipment": "спеціальна техніка",
    "mobile_srbm": "ОТРК",
    "ugv": "наземні робототехнічні комплекси",
    "personnel_captured": "полонених",
}
UK = UK_2022 | {"warships_boats": "кораблі /катери"}
UK_2026 = UK | {
    "personnel_losses": "Військовослужбовці",
    "tanks": "Танки",
    "afv": "Бойові броньовані машини",
    "artillery": "Артилерійські системи",
    "anti_air": "Засоби ППО",
    "aircraft": "Літаки",
    "helicopters": "Гелікоптери",
    "uav": "БпЛА оперативно-тактичного рівня",
    "cruise_missiles": "Крилаті ракети",
    "warships_boats": "Кораблі/катери",
    "submarines": "Підводні човни",
    "vehicles_fuel_tanks": "Автомобільна техніка та автоцистерни",
    "special_equipment": "Спеціальна техніка",
    "ugv": "Наземні робототехнічні комплекси",
}
EN_2022 = {
    "personnel_losses": "personnel",
    "tanks": "tanks",
    "afv": "APV",
    "artillery": "artillery systems",
    "mlrs": "MLRS",
    "anti_air": "Anti-aircraft warfare systems",
    "aircraft": "aircraft",
    "helicopters": "helicopters",
    "vehicles": "vehicles",
    "warships_boats": "boats / cutters",
    "fuel_tanks": "fuel tanks",
    "uav": "UAV operational-tactical level",
    "cruise_missiles": "cruise missiles",
    "submarines": "submarines",
    "vehicles_fuel_tanks": "vehicles and fuel tanks",
    "special_equipment": "special equipment",
    "mobile_srbm": "mobile SRBM system",
    "ugv": "ground robotic systems",
    "personnel_captured": "POW",
}
EN = EN_2022 | {"warships_boats": "warships / boats"}
EN_2023 = EN | {"anti_air": "anti-aircraft warfare systems"}
BOTH = {slug: f"{UK[slug]} / {EN[slug]}" for slug in UK} | {
    "vehicles_fuel_tanks": f"{UK['vehicles_fuel_tanks']}/ {EN['vehicles_fuel_tanks']}",  # the space is not there
}

_HEAD = ("personnel_losses", "tanks", "afv", "artillery", "mlrs", "anti_air", "aircraft", "helicopters")
_ORDER_2022 = (
    *_HEAD,
    *("vehicles", "warships_boats", "fuel_tanks", "uav", "special_equipment", "mobile_srbm", "personnel_captured"),
)
_ORDER = (
    *_HEAD,
    *("ugv", "uav", "cruise_missiles", "warships_boats", "submarines", "vehicles_fuel_tanks", "special_equipment"),
)

_HEADERS = {
    "uk": "Загальні бойові втрати противника {uk} орієнтовно {verb}:",
    "en": "The total combat losses of the enemy {en} were approximately:",
    "uk+en": "Загальні бойові втрати противника {uk} (орієнтовно) /\n"
    "The total combat losses of the enemy {en} (approximately)",
}
_BETWEEN = (("з", "по"), ("з", "до"), ("від", "до"))
_CLOSINGS = {
    "uk": "Дані уточнюються.",
    "en": "Data are being updated.",
    "uk+en": "Дані уточнюються / Data are being updated",
}
_ROUGHLY = {
    "uk": {"about": "близько", "more": "понад"},
    "en": {"about": "about", "more": "more than"},
    "uk+en": {"about": "близько/ about", "more": "понад/ more than"},
}
_PERSONS = {"uk": "осіб", "en": "persons", "uk+en": "осіб / persons"}
_LIQUIDATED = {"uk": "осіб ліквідовано", "en": "persons were liquidated", "uk+en": "осіб / persons"}
_BARE = frozenset({"uav", "cruise_missiles", "special_equipment", "mobile_srbm"})  # these lines never say "од"
_PEOPLE = frozenset({"personnel_losses", "personnel_captured"})


@dataclass(frozen=True, slots=True)
class Form:
    """One template. Of several dashes and units, days and lines take turns."""

    language: str
    labels: Mapping[str, str]
    dates: str = "%d.%m.%y"
    order: Sequence[str] = _ORDER
    dashes: tuple[str, ...] = (" ‒ ", " – ")
    units: tuple[str, ...] = ("", " од")
    before_delta: str = " "
    thousands: str = ""
    about: str = ""  # this form's own word for it

    def text(self, day: date, figures: Mapping[str, int], deltas: Mapping[str, int], qualifier: str) -> str:
        """Return the whole post: header, one line a category, closing line."""
        slugs = [slug for slug in self.order if slug in figures]
        turn = day.toordinal()
        lines = [
            self._line(slug, figures[slug], deltas.get(slug), day, turn + place, qualifier)
            for place, slug in enumerate(slugs)
        ]
        end = f",{NO_BREAK}\n" if turn % 7 == 0 else ",\n"
        body = end.join(lines) + ("." if turn % 2 else "")
        return f"{self._header(day)}\n{body}\n{_CLOSINGS[self.language]}"

    def _header(self, day: date) -> str:
        since, until = START.strftime(self.dates), day.strftime(self.dates)
        first, last = _BETWEEN[day.toordinal() % len(_BETWEEN)]
        verb = "становлять" if day.toordinal() % 4 == 0 else "склали"
        return _HEADERS[self.language].format(
            uk=f"{first} {since} {last} {until}", en=f"from {since} to {until}", verb=verb
        )

    def _line(self, slug: str, value: int, delta: int | None, day: date, turn: int, qualifier: str) -> str:
        figure = self._number(value)
        if delta is not None:
            figure += f"{self.before_delta}({'-' if delta < 0 else '+'}{self._number(abs(delta))})"
        dash = self.dashes[turn % len(self.dashes)]
        if slug == "personnel_losses":
            word = self.about if self.about and qualifier == "about" else _ROUGHLY[self.language][qualifier]
            persons = (_LIQUIDATED if LIQUIDATED_SINCE <= day <= LIQUIDATED_UNTIL else _PERSONS)[self.language]
            return f"{self.labels[slug]}{dash}{word} {figure} {persons}"
        if slug in _PEOPLE:
            return f"{self.labels[slug]}{dash}{figure} {_PERSONS[self.language]}"
        unit = "" if slug in _BARE else self.units[turn % len(self.units)]
        return f"{self.labels[slug]}{dash}{figure}{unit}"

    def _number(self, value: int) -> str:
        return f"{value:,}".replace(",", self.thousands)


_EARLY_UK = Form("uk", UK_2022, "%d.%m", _ORDER_2022, (" ‒ ", " – ", " - "), (" од", " од.", ""))
_EARLY_EN = Form("en", EN_2022, "%d.%m", _ORDER_2022, (" ‒ ", " – "), (" од", ""))
_SUMMER_UK = Form("uk", UK, "%d.%m", dashes=(" ‒ ", " – ", " - "), units=(" од", " од", ""))
_SUMMER_EN = Form("en", EN, "%d.%m", units=("", " од"))
_PLAIN_UK = Form("uk", UK, units=(" од", ""))
_PAGE_EN = Form("en", EN_2023, "%d.%m.%Y", dashes=(" ‒ ", " – ", " - "), units=("",))
_BOTH = Form("uk+en", BOTH, units=(" од",))
_BOTH_GLUED = Form("uk+en", BOTH, dashes=(" ‒ ", " ‒", " – "), units=(" од",), before_delta="")
_GLUED_UK = Form("uk", UK, "%d.%m.%Y", dashes=(" ‒ ", " ‒", " – "), units=("од.", ". од"), before_delta="")
_MINISTRY_UK = Form("uk", UK_2026, dashes=(" — ",), units=("",), thousands=NO_BREAK)
_MINISTRY_UK_LONG = Form("uk", UK_2026, "%d.%m.%Y", dashes=(" — ", " —"), units=("",), thousands=" ")
_MINISTRY_EN = Form("en", EN_2023, "%d.%m.%Y", dashes=(" — ", " – "), units=("",), thousands=" ", about="approximately")

_ERAS = (  # from this day on, these take turns
    (date(2022, 2, 25), (_EARLY_UK, _EARLY_UK, _EARLY_EN)),
    (date(2022, 5, 1), (_SUMMER_UK, _SUMMER_EN)),
    (date(2023, 1, 1), (_PAGE_EN, _PLAIN_UK, _PLAIN_UK)),
    (date(2024, 1, 25), (_BOTH, _BOTH, _BOTH_GLUED, _PLAIN_UK)),
    (date(2025, 1, 1), (_PLAIN_UK, _BOTH_GLUED, _GLUED_UK, _PAGE_EN)),
    (date(2026, 1, 1), (_MINISTRY_UK, _MINISTRY_UK_LONG, _MINISTRY_EN)),
)


def form_of(day: date) -> Form:
    """Return the template that this day's list is written in."""
    forms = next(forms for since, forms in reversed(_ERAS) if day >= since)
    return forms[day.toordinal() % len(forms)]
