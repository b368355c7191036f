"""Short ways to say what a post states and what is held, for the tests of this room."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from monitor.model import Category, Change, Claim, Qualifier, Scope, ScopeBasis, Tally
from monitor.reconcile.fold import Rules, Stated, Step, fold
from monitor.reconcile.held import Held
from monitor.reconcile.ledger import Decision
from monitor.reconcile.order import order_key
from monitor.reconcile.tell import Told, tell

CATEGORIES = {
    slug: Category(slug, slug.replace("_", " ").capitalize())
    for slug in ("tanks", "afv", "artillery", "mlrs", "personnel_losses", "vehicles", "fuel_tanks", "uav", "aircraft")
}
CATEGORIES |= {
    "helicopters": Category("helicopters", "Helicopters", rare=True),
    "aircraft_and_helicopters": Category(
        "aircraft_and_helicopters", "Aircraft and helicopters", combines=("aircraft", "helicopters")
    ),
    "vehicles_fuel_tanks": Category(
        "vehicles_fuel_tanks", "Vehicles, tankers", succeeds=("vehicles", "fuel_tanks"), start=date(2022, 5, 1)
    ),
    "civilians_killed": Category("civilians_killed", "Civilians killed"),
    "children_killed": Category("children_killed", "Children killed", part_of="civilians_killed"),
    "personnel_killed": Category("personnel_killed", "Personnel killed", first_is_news=True),
    "pows": Category("pows", "Captured", until=date(2022, 4, 27)),
}
RULES = Rules("gs", "russia", CATEGORIES)
FIRST = date(2024, 1, 1)


def tally(category: str, scope: str = "total") -> Tally:
    return Tally("gs", "russia", category, scope)


def claim(
    category: str,
    value: int | None,
    delta: int | None = None,
    qualifier: Qualifier = Qualifier.EXACT,
    basis: ScopeBasis = ScopeBasis.HEADER,
    scope: Scope = Scope.TOTAL,
    upper: int | None = None,
) -> Claim:
    return Claim(category, value, upper, qualifier, delta, scope, basis)


@dataclass
class Desk:
    """Takes posts in order, one ledger, one day after the other."""

    held: Held
    decisions: Mapping[tuple[str, str, str, Tally, int | None], Decision]
    count: int = 0

    def post(
        self,
        day: int,
        *claims: Claim,
        channel: str = "t.me/gs",
        rank: int = 10,
        hour: int = 5,
        dated: bool = True,
        odd: bool = False,
    ) -> tuple[Step, Told]:
        self.count += 1
        stated = stated_on(day, self.count, *claims, channel=channel, rank=rank, hour=hour, dated=dated, odd=odd)
        step = fold(stated, self.held, RULES, self.decisions)
        told = tell(step, stated.order_key, channel, self.held, RULES)
        self.held.apply(stated.order_key, step.entries, step.settlements)
        return step, told

    def value(self, category: str) -> int | None:
        last = self.held.series[tally(category)].last
        return None if last is None else last.effective


def stated_on(
    day: int,
    number: int,
    *claims: Claim,
    channel: str = "t.me/gs",
    rank: int = 10,
    hour: int = 5,
    dated: bool = True,
    odd: bool = False,
) -> Stated:
    on = FIRST + timedelta(days=day)
    posted = datetime(on.year, on.month, on.day, hour, tzinfo=UTC)
    key = order_key(on, rank, channel, posted, str(number))
    return Stated(key, channel, str(number), "hash", claims, dated, odd)


def desk(decisions: Mapping[tuple[str, str, str, Tally, int | None], Decision] | None = None) -> Desk:
    return Desk(Held(), decisions or {})


def only(changes: tuple[Change, ...]) -> Change:
    assert len(changes) == 1, changes
    return changes[0]
