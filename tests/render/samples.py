"""Sources, categories and changes to word. Figures are those of the public record; the lines are our own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from monitor.model import Category, Change, ChangeKind, Channel, Claim, Figure, Post, Qualifier, Source, Tally, Window
from monitor.render import Context

KYIV = ZoneInfo("Europe/Kyiv")
INVASION = date(2022, 2, 24)
LOSSES = ("killed", "dead", "died", "deaths", "liquidated")

CATEGORIES: Mapping[str, Category] = {
    entry.slug: entry
    for entry in (
        Category("personnel_losses", "Personnel", never_say=LOSSES),
        Category("personnel_killed", "Personnel killed", never_say=("losses", "lost"), lost=False, first_is_news=True),
        Category("personnel_wounded", "Personnel wounded", never_say=LOSSES, lost=False, first_is_news=True),
        Category("tanks", "Tanks"),
        Category("tanks_and_afv", "Tanks, armoured vehicles"),
        Category("afv", "Armoured vehicles"),
        Category("artillery", "Artillery", plural="artillery systems"),
        Category("mlrs", "MLRS"),
        Category("anti_air", "Air defence", plural="air-defence systems"),
        Category("aircraft", "Aircraft", rare=True),
        Category("helicopters", "Helicopters", rare=True),
        Category("uav", "UAVs"),
        Category("cruise_missiles", "Cruise missiles"),
        Category("warships_boats", "Warships/boats", plural="warships and boats", rare=True),
        Category("submarines", "Submarines", rare=True),
        Category("vehicles", "Vehicles"),
        Category("fuel_tanks", "Fuel tanks"),
        Category(
            "vehicles_fuel_tanks",
            "Vehicles, tankers",
            plural="vehicles and tankers",
            succeeds=("vehicles", "fuel_tanks"),
        ),
        Category("special_equipment", "Special equipment"),
        Category("ugv", "Ground robots"),
        Category("civilians_killed", "Civilians killed"),
        Category("civilians_injured", "Civilians injured", never_say=("killed", "dead")),
        Category("children_killed", "Children killed", part_of="civilians_killed"),
        Category("refugees", "Refugees", never_say=("displaced", "migrants")),
        Category("drones_launched", "Drones launched", lost=False),
        Category("drones_downed", "Drones downed", part_of="drones_launched", lost=False),
    )
}

TELEGRAM = Channel("t.me/generalstaffzsu", "general-staff-ua", "Telegram", "GeneralStaffZSU", rank=20)
WEBSITE = Channel("mod.gov.ua", "general-staff-ua", "mod.gov.ua", "https://mod.gov.ua/", rank=10)
GENERAL_STAFF = Source(
    "general-staff-ua",
    "Ukraine's General Staff",
    "general-staff-ua",
    about="russia",
    time_zone="Europe/Kyiv",
    window=Window(time(7), time(8, 30)),
    start=INVASION,
    channels=(TELEGRAM, WEBSITE),
)
INTERIOR_MINISTRY = replace(
    GENERAL_STAFF,
    key="interior-ua",
    name="Ukraine's interior ministry",
    claimant="interior-ua",
    about="civilians",
    channels=(),
)
RUSSIAN_MINISTRY = Source(
    "mod-russia",
    "Russia's Defence Ministry",
    "mod-russia",
    about="ukraine",
    time_zone="Europe/Moscow",
    start=INVASION,
)
AIR_FORCE = replace(
    GENERAL_STAFF, key="air-force-ua", name="Ukraine's Air Force", claimant="air-force-ua", start=None, channels=()
)


def context(source: Source = GENERAL_STAFF, channel: Channel = TELEGRAM, zone: ZoneInfo = KYIV) -> Context:
    return Context(source, channel, CATEGORIES, zone)


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type]


def post(published_at: datetime, text: str = "", **fields: Any) -> Post:
    return replace(
        Post(TELEGRAM.key, "41234", text, published_at, url="https://t.me/GeneralStaffZSU/41234"),
        **fields,
    )


def change(
    kind: ChangeKind,
    category: str,
    now: int | None,
    before: int | None = None,
    *,
    day: date = date(2026, 8, 8),
    yesterday: date | None = None,
    qualifier: Qualifier = Qualifier.EXACT,
    was: Qualifier | None = None,
    delta: int | None = None,
    quote: str = "",
    source: Source = GENERAL_STAFF,
    subject: str | None = None,
    since: date | None = INVASION,
    scope: str = "total",
    **fields: Any,
) -> Change:
    """Return a change as the ledger words it; differences follow from the figures unless given."""
    tally = Tally(source.claimant, source.about if subject is None else subject, category, scope)
    claim = Claim(
        category, now, qualifier=qualifier, delta=delta, since=since, as_of=day, subject=tally.subject, quote=quote
    )
    figure = None if now is None else Figure(now, qualifier=qualifier, order_date=day)
    earlier = None if before is None else Figure(before, qualifier=was or qualifier, order_date=yesterday)
    moved = kind in {ChangeKind.RISE, ChangeKind.FALL} and now is not None and before is not None
    computed = now - before if now is not None and before is not None else None
    return replace(
        Change(kind, tally, claim, figure, earlier, computed if moved else None, computed),
        **fields,
    )


def rise(category: str, now: int, before: int, **fields: Any) -> Change:
    fields.setdefault("delta", now - before)
    return change(ChangeKind.RISE, category, now, before, **fields)


def same(category: str, now: int, **fields: Any) -> Change:
    fields.setdefault("delta", 0)
    return change(ChangeKind.UNCHANGED, category, now, now, **fields)
