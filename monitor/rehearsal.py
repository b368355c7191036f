"""What the desk would have been told, had it watched: a second, pure pass over stored readings. Writes nothing."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from monitor.ledgers import DATES, rules_of, stated_of_folded
from monitor.model import Channel, Severity, Source, Tally
from monitor.ports import Categories, Store
from monitor.reconcile.fold import Decisions, Stated, fold
from monitor.reconcile.held import Held
from monitor.reconcile.ledger import Entry
from monitor.reconcile.order import day_of
from monitor.reconcile.tell import MISSING_AFTER, missing, severity, tell


@dataclass(slots=True)
class Rehearsal:
    """How many alerts there would have been, and for which first reasons."""

    posts: int = 0
    routine: Counter[str] = field(default_factory=Counter)
    urgent: Counter[str] = field(default_factory=Counter)
    unreadable: int = 0
    image_only: int = 0
    conflicts: int = 0

    def __str__(self) -> str:
        reasons = ", ".join(f"{reason} {count}" for reason, count in self.urgent.most_common()) or "none"
        told = f"{self.routine.total()} routine and {self.urgent.total()} urgent alerts (first reasons: {reasons})"
        posts = "1 post" if self.posts == 1 else f"{self.posts:,} posts"
        return f"{posts} read; live you would have had {told}; {self.unreadable} unreadable"


@dataclass(frozen=True, slots=True)
class Material:
    """Everything a rehearsal needs, taken from the store at one moment."""

    base: Sequence[Entry]
    posts: Sequence[Stated]
    decisions: Decisions
    statuses: Counter[str]


def gather(store: Store, source: Source, channel: Channel, since: datetime | None, until: datetime | None) -> Material:
    """Return the stored readings of a channel's posts published in a range, and what was held before the first."""
    counts, first, last = store.readings_between(channel.key, since, until)
    statuses = Counter(counts)
    with store.transaction() as tx:
        if not first:
            return Material((), (), {}, statuses)
        folded = [post for post in tx.folded_from(source.claimant, first) if post.order_key <= last]
        base = tx.entries_before(source.claimant, first, dates=DATES)
        return Material(base, [stated_of_folded(post) for post in folded], tx.decisions(source.claimant), statuses)


def rehearse(material: Material, source: Source, channel: Channel, categories: Categories) -> Rehearsal:
    """Tell every post as if it had just come in, in order, and count."""
    rules, held = rules_of(source, categories), Held.of(material.base)
    recent: deque[frozenset[Tally]] = deque(maxlen=MISSING_AFTER)
    left_out: dict[tuple[str, str], frozenset[Tally]] = {}
    result = Rehearsal(
        posts=material.statuses.total(),
        unreadable=material.statuses["unreadable"],
        image_only=material.statuses["image_only"],
    )
    for stated in material.posts:
        step = fold(stated, held, rules, material.decisions)
        told = tell(step, stated.order_key, stated.channel, held, rules)
        if told.left_out:
            left_out[stated.channel, stated.post] = told.left_out
            earlier = told.same_day_posts(day_of(stated.order_key))
            told = told.without(frozenset[Tally]().union(*(left_out.get(post, ()) for post in earlier)))
        if told.speaks_for_itself and stated.channel == channel.key:
            absent = missing(step, tuple(recent), day_of(stated.order_key), rules)
            told = told._replace(changes=told.changes + absent)
        if told.worth_telling:
            loud, reason = severity(told.changes, categories)
            (result.urgent if loud is Severity.URGENT else result.routine)[reason] += 1
        result.conflicts += bool(told.disagreements)
        held.apply(stated.order_key, step.entries, step.settlements)
        if stated.channel == channel.key:
            recent.append(frozenset(line.tally for line in step.lines))
    return result
