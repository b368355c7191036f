"""What the desk is told about one post: its changes, and how loudly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from monitor.model import Category, Change, ChangeKind, Claim, Doubt, Figure, Scope, Severity, Tally
from monitor.reconcile.compare import Relation, relation
from monitor.reconcile.fold import Line, Rules, Step, tally_of
from monitor.reconcile.held import Held, Series
from monitor.reconcile.ledger import Entry, Standing
from monitor.reconcile.order import day_of

MISSING_AFTER = 7  # tally posts of a channel that all had a line

SILENT = frozenset({ChangeKind.UNCHANGED, ChangeKind.REPEATED, ChangeKind.RECALLED, ChangeKind.BACKDATED})


class Disagreement(NamedTuple):
    """Another channel of the same claimant stated another figure for the same day."""

    tally: Tally
    first: tuple[str, str]  # (channel, post) that holds or was told
    now: Change


class Told(NamedTuple):
    """What one new post amounts to."""

    changes: tuple[Change, ...] = ()
    repeats: frozenset[tuple[str, str]] = frozenset()  # posts of other channels with the same figures
    disagreements: tuple[Disagreement, ...] = ()

    @property
    def worth_telling(self) -> bool:
        return any(
            change.kind not in SILENT or (change.doubts and change.kind is ChangeKind.UNCHANGED)
            for change in self.changes
        )

    @property
    def speaks_for_itself(self) -> bool:
        """Whether the post is more than a repeat, a recollection or a word on an earlier day."""
        aside = {ChangeKind.REPEATED, ChangeKind.RECALLED, ChangeKind.BACKDATED}
        return any(change.kind not in aside for change in self.changes)

    @property
    def left_out(self) -> frozenset[Tally]:
        """The lines that stand in the post without their number."""
        return frozenset(one.tally for one in self.changes if one.kind is ChangeKind.MISSING and one.claim is not None)

    def same_day_posts(self, day: date) -> set[tuple[str, str]]:
        """Return the posts whose figures of this day this one's were held against."""
        befores = [change.before for change in self.changes if change.before is not None]
        return {(before.channel, before.post) for before in befores if before.order_date == day}

    def without(self, said: frozenset[Tally]) -> Told:
        """Return the same less the numbers that an earlier list of the day left out too, which were told then."""
        gone = self.left_out & said
        return self._replace(changes=tuple(change for change in self.changes if change.tally not in gone))


def tell(step: Step, order_key: str, channel: str, head: Held, rules: Rules) -> Told:
    """Return what a post seen for the first time says anew, against what was held at the head before it."""
    day = day_of(order_key)
    if step.recalled:
        return Told(tuple(_change(line, ChangeKind.RECALLED, day, rules) for line in step.lines))
    if head.head and day < day_of(head.head):
        return Told(tuple(_change(line, ChangeKind.BACKDATED, day, rules) for line in step.lines))
    changes, repeats, disagreements = [], set(), []
    for line in step.lines:
        other = _stated_already(line, head, channel, day)
        if other is None or line.claim.value is None:
            changes.append(_ordinary(line, head, day, rules))
        elif _agrees(other, line.claim):
            repeats |= {(other.channel, other.post)} if other.channel != channel else set()
            changes.append(_change(line._replace(held=other, doubts=()), ChangeKind.REPEATED, day, rules))
        else:
            change = _change(line._replace(held=other), ChangeKind.CONFLICT, day, rules)
            disagreements.append(Disagreement(line.tally, (other.channel, other.post), change))
    changes = _with_date_doubted(changes) if step.odd_date else changes
    return Told(tuple(changes), frozenset(repeats), tuple(disagreements))


def _with_date_doubted(changes: Sequence[Change]) -> list[Change]:
    """Return the changes with the doubt about the post's own date on the first of them."""
    return [replace(change, doubts=(*change.doubts, Doubt.ODD_DATE)) for change in changes[:1]] + list(changes[1:])


def tell_edit(previous: Sequence[Claim], step: Step, order_key: str, rules: Rules) -> tuple[Change, ...]:
    """Return how a new version of a post differs from its previous reading. Equal claims are silent."""
    day = day_of(order_key)
    before = {tally_of(claim, rules, day): claim for claim in previous}
    changes = []
    for line in step.lines:
        old = before.pop(tally_of(line.claim, rules, day), None)
        if old is not None and _same_claim(old, line.claim):
            continue
        change = _change(line, ChangeKind.EDITED, day, rules)
        was = None if old is None or old.value is None else Figure(old.value, old.upper, old.qualifier, day)
        changes.append(replace(_against(change, was), printed_before=old.delta if old is not None else None))
    for tally, old in before.items():
        if old.value is not None:
            was = Figure(old.value, old.upper, old.qualifier, day)
            changes.append(Change(ChangeKind.WITHDRAWN, tally, old, before=was))
    return tuple(_with_date_doubted(changes) if step.odd_date else changes)


def missing(step: Step, recent: Sequence[frozenset[Tally]], day: date, rules: Rules) -> tuple[Change, ...]:
    """Return the lines that each of the channel's last tally posts had and this one has not.

    Said only if at least half of the usual list is there: otherwise it is another kind of post.
    """
    if len(recent) < MISSING_AFTER:
        return ()
    usual = frozenset.intersection(*recent)
    stated = {line.tally for line in step.lines}
    absent = [tally for tally in sorted(usual - stated) if not _has_ended(tally, day, rules)]
    if not absent or 2 * len(usual & stated) < len(usual):
        return ()
    return tuple(Change(ChangeKind.MISSING, tally, note="not in this post") for tally in absent)


def severity(changes: Sequence[Change], categories: Mapping[str, Category]) -> tuple[Severity, str]:
    """Return how loudly an alert goes out and its first reason. An alert has one severity."""
    for reason in _URGENT:
        if any(_gives(change, reason, categories) for change in changes):
            return Severity.URGENT, reason
    kinds = [change.kind for change in changes if change.kind not in SILENT]
    doubts = [doubt for change in changes for doubt in change.doubts]
    return Severity.ROUTINE, str(kinds[0]) if kinds else str(doubts[0]) if doubts else "nothing"


_URGENT = (
    "fall",
    "edited",
    "withdrawn",
    "conflict",
    "override",
    "reread",
    "jumped",
    "delta_mismatch",
    "digit_slip",
    "out_of_range",
    "rare",
    "first_is_news",
)


def _gives(change: Change, reason: str, categories: Mapping[str, Category]) -> bool:
    category = categories.get(change.tally.category)
    match reason:
        case "fall":
            return change.kind is ChangeKind.FALL and not change.provisional
        case "override":
            return change.note.startswith("override")
        case "rare":
            moved = change.kind in {ChangeKind.RISE, ChangeKind.FALL, ChangeKind.NEW}
            return moved and category is not None and category.rare
        case "first_is_news":
            return change.kind is ChangeKind.NEW and category is not None and category.first_is_news
        case "edited" | "withdrawn" | "conflict" | "reread":
            return change.kind == reason
        case _:
            return reason in change.doubts


# ── one line ──────────────────────────────────────────────────────────────────────────────


def _ordinary(line: Line, head: Held, day: date, rules: Rules) -> Change:
    if line.claim.value is None:
        return Change(ChangeKind.MISSING, line.tally, line.claim, before=_figure(line.held), note="number left out")
    if line.entry is not None and line.entry.standing in {Standing.ECHO, Standing.REJECTED}:
        return _change(line, ChangeKind.REPEATED, day, rules)
    if line.relation is Relation.SAME and line.held and (line.held.day, line.held.delta) == (day, line.claim.delta):
        return _change(line._replace(doubts=()), ChangeKind.UNCHANGED, day, rules)  # doubted that day already
    if line.tally.scope == Scope.PERIOD:
        kind = ChangeKind.UNCHANGED if line.relation is Relation.SAME else ChangeKind.REPORTED
        return _change(line, kind, day, rules)
    change = _change(line, _kind(line), day, rules)
    if change.kind is ChangeKind.NEW:
        return _succeeding(change, head, rules)
    return change


def _kind(line: Line) -> ChangeKind:
    held = line.held.effective if line.held else None
    match line.relation:
        case None:
            return ChangeKind.NEW
        case Relation.SAME:
            return ChangeKind.UNCHANGED
        case Relation.DIFFERENT if held is not None and _value(line) != held:
            return ChangeKind.RISE if _value(line) > held else ChangeKind.FALL
        case _:
            return ChangeKind.REFINED


def _change(line: Line, kind: ChangeKind, day: date, rules: Rules) -> Change:
    """Return a line as a change; differences only between totals that moved."""
    value, before, preceding = _value(line), _figure(line.held), line.preceding
    moved = kind in {ChangeKind.RISE, ChangeKind.FALL, ChangeKind.CONFLICT}
    in_doubt = line.entry is not None and line.entry.standing is Standing.PROVISIONAL
    days = (day - line.held.day).days if line.held is not None else 0
    odd_days = days if days not in {rules.cadence, 0} else None
    checkable = preceding is not None and (day - preceding.day).days == rules.cadence
    return Change(
        kind,
        line.tally,
        line.claim,
        now=_figure(line.entry, value),
        before=before,
        difference=value - before.value if moved and before is not None else None,
        computed=value - (preceding.effective or 0) if preceding is not None and checkable else None,
        covers_days=odd_days if kind in {ChangeKind.RISE, ChangeKind.FALL, ChangeKind.REFINED} else None,
        doubts=line.doubts,
        suggestion=line.suggestion,
        provisional=in_doubt and kind is not ChangeKind.REPEATED,
        note=_settled(line, day),
    )


def _value(line: Line) -> int:
    """Return the value that counts: a person's where there is one, else as published."""
    if line.entry is not None and line.entry.effective is not None:
        return line.entry.effective
    return line.claim.value or 0


def _figure(entry: Entry | None, value: int | None = None) -> Figure | None:
    if entry is None:
        return None
    shown = value if value is not None else entry.effective if entry.effective is not None else entry.value
    upper = entry.upper if shown == entry.value else None
    return Figure(shown, upper, entry.qualifier, entry.day, entry.channel, entry.post)


def _settled(line: Line, day: date) -> str:
    settlement = line.settlement
    if settlement is None:
        return ""
    if day == day_of(settlement.order_key) and line.entry is not None and line.entry.standing is Standing.PROVISIONAL:
        return ""  # the day's figure is still in doubt
    on = f"{day_of(settlement.order_key):%-d %b}"
    if settlement.standing is Standing.LAPSED:
        return f"the doubtful figure of {on} is not borne out"
    return f"{on} counts as {settlement.effective:,}, settled by the source's next post"


def _succeeding(change: Change, head: Held, rules: Rules) -> Change:
    """Say which lines a new one took over from, with their sum; no difference is printed for it."""
    category = rules.categories.get(change.tally.category)
    if category is None or not category.succeeds:
        return change
    parts = [head.series.get(change.tally._replace(category=slug), Series()).last for slug in category.succeeds]
    known = [part for part in parts if part is not None]
    if not known:
        return change
    labels = [rules.categories[slug].label for slug in category.succeeds if slug in rules.categories]
    total = sum(part.effective or 0 for part in known)
    return replace(change, note=f"replaces {' + '.join(labels).lower()}, {total:,} when last given")


def _stated_already(line: Line, head: Held, channel: str, day: date) -> Entry | None:
    """Return what is known of the same tally and day already: from another channel, or in doubt and said again."""
    if line.tally.scope == Scope.PERIOD:
        held = head.periods.get(line.tally)
        return held if held is not None and held.channel != channel else None
    series = head.series.get(line.tally, Series())
    pending, last = (one if one is not None and one.day == day else None for one in (series.pending, series.last))
    if pending is not None and _agrees(pending, line.claim):
        return pending
    return next((one for one in (last, pending) if one is not None and one.channel != channel), None)


def _agrees(other: Entry, claim: Claim) -> bool:
    figure = _figure(other)
    if claim.value is None or figure is None:
        return False
    stands = relation((figure.value, figure.upper, figure.qualifier), (claim.value, claim.upper, claim.qualifier))
    return stands is not Relation.DIFFERENT


# ── edits ─────────────────────────────────────────────────────────────────────────────────


def _same_claim(old: Claim, new: Claim) -> bool:
    return (old.value, old.upper, old.qualifier, old.delta) == (new.value, new.upper, new.qualifier, new.delta)


def _against(change: Change, was: Figure | None) -> Change:
    difference = None
    if was is not None and change.now is not None and was.value != change.now.value:
        difference = change.now.value - was.value
    return replace(change, before=was, difference=difference, covers_days=None)


def _has_ended(tally: Tally, day: date, rules: Rules) -> bool:
    category = rules.categories.get(tally.category)
    return category is not None and category.until is not None and day > category.until
