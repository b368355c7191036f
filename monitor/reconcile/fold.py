"""One post onto what is held: which entries it leaves, and how each of its claims stands to them.

The fold depends on nothing but the posts before it in order, so that any order of arrival ends in
the same tallies. Claims are never rewritten: what a claim is taken for is in the entry.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from monitor.model import Category, Claim, Doubt, Scope, ScopeBasis, Tally
from monitor.reconcile.compare import Relation, relation
from monitor.reconcile.held import NOTHING, RECALL, Held, Series
from monitor.reconcile.ledger import Decision, Entry, Settlement, Standing
from monitor.reconcile.order import day_of
from monitor.reconcile.plausibility import digit_slip, jumped, out_of_range

_NO_BASE = frozenset({Doubt.DIGIT_SLIP, Doubt.OUT_OF_RANGE})
FALLS_OF_ANOTHER_LIST = 2  # a list that falls below what is held on this many lines counts something else

Decisions = Mapping[tuple[str, str, str, Tally, int | None], Decision]


@dataclass(frozen=True, slots=True)
class Rules:
    """What is expected of one source's tallies."""

    claimant: str
    about: str
    categories: Mapping[str, Category]
    cadence: int = 1  # days
    wholes: Mapping[str, tuple[Category, ...]] = field(init=False)  # part → the categories that combine it
    parts: frozenset[str] = field(init=False)  # the categories that are a part of another ("of them 14 children")

    def __post_init__(self) -> None:
        wholes: dict[str, tuple[Category, ...]] = {}
        for category in self.categories.values():
            for part in category.combines:
                wholes[part] = (*wholes.get(part, ()), category)
        object.__setattr__(self, "wholes", wholes)
        parts = (slug for slug, category in self.categories.items() if category.part_of)
        object.__setattr__(self, "parts", frozenset(parts))


class Stated(NamedTuple):
    """A post in its latest reading, with its place in the order."""

    order_key: str
    channel: str
    post: str
    text_hash: str
    claims: tuple[Claim, ...]
    dated: bool  # its header prints a date
    odd_date: bool = False


class Line(NamedTuple):
    """How one claim stands to what was held before its post."""

    claim: Claim
    tally: Tally
    entry: Entry | None  # None where the post left the number out
    held: Entry | None = None  # what held until now, on the same day or earlier
    preceding: Entry | None = None  # what held on the last earlier order date
    relation: Relation | None = None
    doubts: tuple[Doubt, ...] = ()
    suggestion: int | None = None
    settlement: Settlement | None = None
    decision: Decision | None = None


class Step(NamedTuple):
    """What one post does to the ledger."""

    lines: tuple[Line, ...]
    recalled: bool = False
    odd_date: bool = False

    @property
    def entries(self) -> tuple[Entry, ...]:
        return tuple(line.entry for line in self.lines if line.entry is not None)

    @property
    def settlements(self) -> tuple[Settlement, ...]:
        return tuple(line.settlement for line in self.lines if line.settlement is not None)


def tally_of(claim: Claim, rules: Rules, day: date) -> Tally:
    """Return the series that a claim belongs to, as written."""
    subject = claim.subject or rules.about
    if claim.scope is Scope.TOTAL:
        return _total_tally(rules.claimant, subject, claim.category, claim.place)
    return Tally(rules.claimant, subject, claim.category, Scope.PERIOD.value, claim.place, _window(claim, day))


@lru_cache(maxsize=4096)  # the same few series are named by every list
def _total_tally(claimant: str, subject: str, category: str, place: str) -> Tally:
    return Tally(claimant, subject, category, Scope.TOTAL.value, place)


def fold(stated: Stated, held: Held, rules: Rules, decisions: Decisions) -> Step:
    """Return what a post does to what is held before it; `held` itself stays as it is."""
    day = day_of(stated.order_key)
    named = [(claim, tally_of(claim, rules, day)) for claim in stated.claims]
    if _is_recalled(named, held, day, dated=stated.dated):
        return Step(tuple(_set_aside(stated, claim, tally, Standing.RECALLED) for claim, tally in named), recalled=True)
    unsure = _counts_something_else(named, held)
    categories = frozenset(tally.category for _, tally in named)
    lines = []
    for claim, tally in named:
        if tally.scope == Scope.PERIOD:
            lines.append(_period(stated, claim, tally, held, decisions))
        elif claim.value is None:
            series = held.series.get(tally, NOTHING)
            lines.append(Line(claim, tally, None, series.last))
        elif unsure and claim.scope_basis is ScopeBasis.SHAPE:
            moved = tally._replace(scope=Scope.PERIOD.value, window=day.isoformat())
            line = _period(stated, claim, moved, held, decisions)
            lines.append(line._replace(doubts=(*line.doubts, Doubt.SCOPE_UNSURE)))
        else:
            may_be_whole = tally.category in rules.wholes
            effective = _as_combined(claim.value, tally, held, categories, rules, day) if may_be_whole else tally
            lines.append(_total(stated, claim, effective, held, rules, decisions, day))
    return Step(tuple(_with_parts_checked(lines, held, rules)), odd_date=stated.odd_date)


# ── what a post is ────────────────────────────────────────────────────────────────────────


def _is_recalled(named: Sequence[tuple[Claim, Tally]], held: Held, day: date, *, dated: bool) -> bool:
    """Say whether an undated post repeats all the totals of one earlier day, and not today's."""
    if dated:
        return False
    totals = [(claim.value, held.series.get(tally, NOTHING)) for claim, tally in named if tally.scope == Scope.TOTAL]
    if not totals or any(value is None for value, _ in totals):
        return False
    days = [
        {entry.day for entry in series.holders if entry.effective == value and day - RECALL <= entry.day < day}
        for value, series in totals
    ]
    if not set.intersection(*days):
        return False
    return any(series.last is not None and series.last.effective != value for value, series in totals)


def _counts_something_else(named: Sequence[tuple[Claim, Tally]], held: Held) -> bool:
    """Say whether a list without a header falls below what is held on two lines or more."""
    falls = 0
    for claim, tally in named:
        if claim.scope_basis is ScopeBasis.SHAPE and tally.scope == Scope.TOTAL and claim.value is not None:
            last = held.series.get(tally, NOTHING).last
            falls += last is not None and claim.value < (last.effective or 0)
    return falls >= FALLS_OF_ANOTHER_LIST


def _as_combined(value: int, tally: Tally, held: Held, stated: frozenset[str], rules: Rules, day: date) -> Tally:
    """Return the combined category's tally if the value is the sum of its parts ("61 aircraft" = 30 + 31)."""
    for category in rules.wholes[tally.category]:
        if len(stated.intersection(category.combines)) > 1:
            continue
        parts = [held.series.get(tally._replace(category=part), NOTHING).last for part in category.combines]
        fresh = [part for part in parts if part is not None and abs((day - part.day).days) <= 1]
        if len(fresh) == len(parts) and sum(part.effective or 0 for part in fresh) == value:
            own = held.series[tally].last
            if own is not None and own.effective != value:
                return tally._replace(category=category.slug)
    return tally


# ── one claim ─────────────────────────────────────────────────────────────────────────────


def _total(
    stated: Stated, claim: Claim, tally: Tally, held: Held, rules: Rules, decisions: Decisions, day: date
) -> Line:
    series = held.series.get(tally, NOTHING)
    decision, value = _decided(stated, claim, tally, decisions)
    if value is None:
        return _set_aside(stated, claim, tally, Standing.REJECTED)._replace(held=series.last, decision=decision)
    idle = decision is None and series.pending is not None and _says_no_more(series, claim, value, day)
    settlement = None if idle else _settlement(series, claim, stated.order_key)
    if settlement is not None:
        series = series.settle(settlement)
    from_shape = claim.scope_basis is ScopeBasis.SHAPE
    if not from_shape and series.last and series.last.standing is Standing.FOUNDING:
        series = NOTHING  # a list that only looked like totals is no base for one that says what it is
    earlier = series.before(day)
    last, preceding = _latest(tally, series, held, rules), earlier.last
    stands = _relation(last, value, claim)
    undoubted = idle or decision is not None
    doubts, suggestion = ((), None) if undoubted else _doubts(claim, value, last, earlier, stands, rules, day)
    entry = _entry(stated, claim, tally)
    if not _NO_BASE.isdisjoint(doubts):
        entry = entry._replace(standing=Standing.PROVISIONAL, effective=None, suggestion=suggestion)
    elif idle or _is_echo(stands, last, claim, day):
        entry = entry._replace(standing=Standing.ECHO, effective=None)
    elif from_shape and (last is None or last.standing is Standing.FOUNDING):
        founding = last is None or last.day == day
        entry = entry._replace(standing=Standing.FOUNDING if founding else Standing.HELD)
        doubts = (*doubts, Doubt.SCOPE_UNSURE) if founding else doubts
    if decision is not None:
        entry = entry._replace(effective=value, settled_by="person")
    return Line(claim, tally, entry, last, preceding, stands, doubts, suggestion, settlement, decision)


def _period(stated: Stated, claim: Claim, tally: Tally, held: Held, decisions: Decisions) -> Line:
    if claim.value is None:
        return Line(claim, tally, None)
    last = held.periods.get(tally)
    decision, value = _decided(stated, claim, tally, decisions)
    if value is None:
        return _set_aside(stated, claim, tally, Standing.REJECTED)._replace(held=last, decision=decision)
    entry = _entry(stated, claim, tally)
    if decision is not None:
        entry = entry._replace(effective=value, settled_by="person")
    return Line(claim, tally, entry, last, None, _relation(last, value, claim), decision=decision)


def _decided(stated: Stated, claim: Claim, tally: Tally, decisions: Decisions) -> tuple[Decision | None, int | None]:
    """Return what a person decided about a claim, and the value that counts (None if they rejected it)."""
    if not decisions:
        return None, claim.value
    decision = decisions.get((stated.channel, stated.post, stated.text_hash, tally, claim.value))
    if decision is None or decision.verdict == "accept":
        return decision, claim.value
    return decision, decision.value if decision.verdict == "override" else None


def _entry(stated: Stated, claim: Claim, tally: Tally) -> Entry:
    value = claim.value or 0
    return Entry(
        tally, stated.order_key, stated.channel, stated.post, value, claim.upper, claim.qualifier, claim.delta, value
    )


def _set_aside(stated: Stated, claim: Claim, tally: Tally, standing: Standing) -> Line:
    if claim.value is None:
        return Line(claim, tally, None)
    return Line(claim, tally, _entry(stated, claim, tally)._replace(effective=None, standing=standing))


def _latest(tally: Tally, series: Series, held: Held, rules: Rules) -> Entry | None:
    """Return what holds; of a combined category the sum of its parts, where all of them are newer than its own."""
    category = rules.categories.get(tally.category)
    if category is None or not category.combines:
        return series.last
    parts = [held.series.get(tally._replace(category=part), NOTHING).last for part in category.combines]
    known = [part for part in parts if part is not None]
    own = series.last.order_key if series.last is not None else ""
    if len(known) < len(parts) or min(part.order_key for part in known) <= own:
        return series.last
    total = sum(part.effective or 0 for part in known)
    latest = max(known, key=lambda part: part.order_key)
    return latest._replace(tally=tally, value=total, upper=None, effective=total, delta=None)


def _relation(last: Entry | None, value: int, claim: Claim) -> Relation | None:
    if last is None or last.effective is None:
        return None
    upper = last.upper if last.effective == last.value else None
    return relation((last.effective, upper, last.qualifier), (value, claim.upper, claim.qualifier))


def _is_echo(stands: Relation | None, last: Entry | None, claim: Claim, day: date) -> bool:
    """Say whether a claim repeats what is held in words that say no more.

    A dated list of a later day always holds, whatever its words: it is the source's figure of that day.
    """
    if stands is not Relation.VAGUER or last is None:
        return False
    return last.day == day or claim.scope_basis is not ScopeBasis.HEADER


def _says_no_more(series: Series, claim: Claim, value: int, day: date) -> bool:
    """Say whether a claim but echoes what is held, or copies the figure in doubt: then it settles nothing."""
    pending = series.pending
    if pending is not None and pending.day == day and pending.value == value:
        return True
    doubtful = series.pending._replace(effective=series.pending.value) if series.pending else None
    return any(_is_echo(_relation(one, value, claim), one, claim, day) for one in (series.last, doubtful))


def _settlement(series: Series, claim: Claim, order_key: str) -> Settlement | None:
    """Say what the source's next post makes of a figure that was in doubt."""
    pending, value = series.pending, claim.value
    if pending is None or value is None or pending.order_key >= order_key:
        return None
    effective = None
    if claim.delta is not None:
        before = value - claim.delta
        if before in {pending.value, pending.suggestion}:
            effective = before
    elif series.last is None or abs(value - pending.value) < abs(value - (series.last.effective or 0)):
        effective = pending.value
    standing = Standing.LAPSED if effective is None else Standing.HELD
    return Settlement(pending.tally, pending.order_key, order_key, standing, effective)


def _doubts(
    claim: Claim, value: int, last: Entry | None, earlier: Series, stands: Relation | None, rules: Rules, day: date
) -> tuple[tuple[Doubt, ...], int | None]:
    """Return the reasons to doubt a total, and what a slipped digit would have been."""
    category = rules.categories.get(claim.category)
    bounds = (category.minimum, category.maximum) if category else (None, None)
    if last is not None and stands is Relation.SAME and last.delta == claim.delta and last.day == day:
        return (), None  # it was doubted, or not, when it was first stated that day
    held = last.effective if last is not None else None
    preceding = earlier.last
    doubts: list[Doubt] = []
    suggestion = None
    if out_of_range(value, held, *bounds):
        doubts.append(Doubt.OUT_OF_RANGE)
    if preceding is not None and preceding.effective is not None:
        days = (day - earlier.day).days
        as_printed = claim.delta is None or claim.delta == value - preceding.effective
        checkable = not as_printed and days == rules.cadence and not _adds_up(claim, value, last, day)
        suggestion = _slip(claim, value, preceding, earlier) if checkable else None
        if suggestion is not None:
            doubts.append(Doubt.DIGIT_SLIP)
        elif not doubts:
            doubts += _growth_doubts(claim, value, preceding, earlier, days, stands, checkable=checkable)
    return tuple(doubts), suggestion


def _adds_up(claim: Claim, value: int, last: Entry | None, day: date) -> bool:
    """Say whether a printed delta is the difference to another list of the same day: one under yesterday's date."""
    return last is not None and value - (last.effective or 0) == claim.delta and last.day == day


def _slip(claim: Claim, value: int, preceding: Entry, earlier: Series) -> int | None:
    expected = (preceding.effective or 0) + (claim.delta or 0)
    return expected if digit_slip(value, expected, earlier.growths) else None


def _growth_doubts(
    claim: Claim,
    value: int,
    preceding: Entry,
    earlier: Series,
    days: int,
    stands: Relation | None,
    *,
    checkable: bool,
) -> list[Doubt]:
    if stands is Relation.NARROWER or stands is Relation.VAGUER:
        return []
    growth = value - (preceding.effective or 0)
    doubts = []
    if jumped(growth / max(days, 1), earlier.growths):
        doubts.append(Doubt.JUMPED)
    if checkable and claim.delta != growth:
        doubts.append(Doubt.DELTA_MISMATCH)
    return doubts


def _with_parts_checked(lines: list[Line], held: Held, rules: Rules) -> list[Line]:
    """Mark a part ("of them 14 children") that is larger than its whole."""
    if rules.parts.isdisjoint(line.tally.category for line in lines):
        return lines
    stated = {line.tally: line.claim.value for line in lines}
    checked = []
    for line in lines:
        category = rules.categories.get(line.tally.category)
        if category is not None and category.part_of and line.claim.value is not None:
            whole_tally = line.tally._replace(category=category.part_of)
            last = held.series.get(whole_tally, NOTHING).last
            whole = stated.get(whole_tally) or (last.effective if last is not None else None)
            if whole is not None and line.claim.value > whole:
                line = line._replace(doubts=(*line.doubts, Doubt.PARTS_EXCEED_TOTAL))  # noqa: PLW2901
        checked.append(line)
    return checked


def _window(claim: Claim, day: date) -> str:
    if claim.window_start is not None or claim.window_end is not None:
        start = claim.window_start.strftime("%Y-%m-%dT%H:%MZ") if claim.window_start else ""
        end = claim.window_end.strftime("%Y-%m-%dT%H:%MZ") if claim.window_end else ""
        return f"{start}/{end}"
    return (claim.as_of or day).isoformat()
