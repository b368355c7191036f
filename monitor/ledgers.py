"""The ledger of each claimant, held in memory between posts and written through a transaction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from monitor.model import Post, Reading, Source
from monitor.ports import Categories, Folded, Transaction
from monitor.reconcile.fold import Decisions, Rules, Stated, Step, fold
from monitor.reconcile.held import HISTORY, Held
from monitor.reconcile.refold import StoredStep, refold

DATES = HISTORY + 2  # order dates to load: those that plausibility looks back on, and the figures at both ends


class Folding(NamedTuple):
    """One post in the ledger: what it did there, and what was held at the head before it.

    `head` is None where the post did not come at the head: see `Ledgers.beside`.
    """

    step: Step
    head: Held | None


@dataclass(slots=True)
class _Cached:
    """What is in memory of one claimant; `behind` is the state right after the last post that came late."""

    token: int
    held: Held
    decisions: Decisions
    behind: Held | None = None


def rules_of(source: Source, categories: Categories) -> Rules:
    return Rules(source.claimant, source.about, categories, source.cadence)


class Ledgers:
    """What is held of each claimant. Appending a post at the head costs a constant; others fold again."""

    def __init__(self, categories: Categories) -> None:
        self._categories = categories
        self._cached: dict[str, _Cached] = {}
        self._rules: dict[str, Rules] = {}

    def forget(self) -> None:
        """Drop what is in memory: after a transaction that failed, and after a person's decision."""
        self._cached.clear()

    def rules(self, source: Source) -> Rules:
        """Return what is expected of a source's tallies; made once."""
        if source.key not in self._rules:
            self._rules[source.key] = rules_of(source, self._categories)
        return self._rules[source.key]

    def held(self, tx: Transaction, claimant: str) -> Held:
        """Return what is held at the head now."""
        return self._load(tx, claimant).held

    def fold(self, tx: Transaction, source: Source, stated: Stated, old_key: str) -> Folding:
        """Write what a post does to its claimant's ledger, wherever in the order it stands.

        `old_key` is the order key that the post had so far ("" for a new post). The head in the answer
        is a state of its own only until the next post of that claimant is folded.
        """
        cached = self._load(tx, source.claimant)
        rules = self.rules(source)
        if not old_key and stated.order_key < cached.held.head:
            return Folding(self._fold_between(tx, stated, rules, cached), None)
        if old_key:
            base = Held.of(tx.entries_before(source.claimant, min(old_key, stated.order_key), dates=DATES))
            self._fold_again(tx, base, stated, old_key, rules, cached.decisions)
            del self._cached[source.claimant]
            before = Held.of(tx.entries_before(source.claimant, stated.order_key, dates=DATES))
            return Folding(fold(stated, before, rules, cached.decisions), None)
        step = fold(stated, cached.held, rules, cached.decisions)
        tx.append_entries(source.claimant, stated.order_key, step.entries, step.settlements)
        return Folding(step, cached.held)

    def beside(self, tx: Transaction, source: Source, stated: Stated) -> Held:
        """Return what a post is told against that is in the ledger already or came late.

        That is what other posts say of its own day or earlier, and whatever live routes have handled
        since: later days that only a backfill brought do not make it an old one.
        """
        end = max(tx.handled_up_to(source.claimant), stated.order_key[:10]) + "~"
        entries = tx.entries_before(source.claimant, end, dates=DATES)
        return Held.of(one for one in entries if (one.channel, one.post) != (stated.channel, stated.post))

    def advance(self, source: Source, order_key: str, step: Step) -> None:
        """Move the head in memory on by a post that was appended there."""
        cached = self._cached.get(source.claimant)
        if cached is not None and order_key > cached.held.head:
            cached.held.apply(order_key, step.entries, step.settlements)

    def remove(self, tx: Transaction, source: Source, old_key: str) -> None:
        """Take a post out of the ledger whose latest version states nothing any more."""
        cached = self._load(tx, source.claimant)
        nothing = Stated(old_key, "", "", "", (), dated=True)
        base = Held.of(tx.entries_before(source.claimant, old_key, dates=DATES))
        self._fold_again(tx, base, nothing, old_key, self.rules(source), cached.decisions)
        del self._cached[source.claimant]

    def _load(self, tx: Transaction, claimant: str) -> _Cached:
        token, cached = tx.token(), self._cached.get(claimant)
        if cached is None or cached.token != token:
            held = Held.of(tx.entries_before(claimant, None, dates=DATES))
            cached = self._cached[claimant] = _Cached(token, held, tx.decisions(claimant))
        return cached

    def _fold_between(self, tx: Transaction, stated: Stated, rules: Rules, cached: _Cached) -> Step:
        """Put a new post between those that are there: a walk over the past does nothing else, post after post."""
        base = cached.behind
        if base is None or not _follows(tx, rules.claimant, base, stated.order_key):
            base = Held.of(tx.entries_before(rules.claimant, stated.order_key, dates=DATES))
        step = fold(stated, base, rules, cached.decisions)
        behind = base.copy()
        behind.apply(stated.order_key, step.entries, step.settlements)
        self._fold_again(tx, base, stated, "", rules, cached.decisions)
        cached.behind = behind
        if base.head >= cached.held.head:  # nothing agreed with what was stored, up to the end
            cached.held = base
        return step

    def _fold_again(
        self, tx: Transaction, base: Held, stated: Stated, old_key: str, rules: Rules, decisions: Decisions
    ) -> None:
        """Write anew what a change moves, from `base` on, which is carried along as far as that goes."""
        start = min(key for key in (stated.order_key, old_key) if key)

        def stored(key: str) -> StoredStep:
            return StoredStep(tx.entries_at(rules.claimant, key), tx.settlements_at(rules.claimant, key))

        gone = old_key if old_key != stated.order_key or not stated.claims else ""
        up_to = max(stated.order_key, old_key)
        posts = map(stated_of_folded, tx.folded_from(rules.claimant, start))
        for rewritten in refold(base, posts, stored, gone, up_to, rules, decisions):
            step = rewritten.step
            tx.replace_entries(rules.claimant, rewritten.order_key, step.entries, step.settlements)


def _follows(tx: Transaction, claimant: str, held: Held, order_key: str) -> bool:
    """Say whether the post at this key is the next one after what is held."""
    if order_key <= held.head:
        return False
    later = (one.order_key for one in tx.folded_from(claimant, held.head) if one.order_key > held.head)
    return next(later, "") == order_key


def stated_of(post: Post, reading: Reading, text_hash: str, key: str, *, odd: bool) -> Stated:
    return Stated(key, post.channel, post.id, text_hash, reading.claims, dated=reading.as_of is not None, odd_date=odd)


def stated_of_folded(one: Folded) -> Stated:
    reading = one.reading
    return Stated(one.order_key, one.channel, one.post, one.text_hash, reading.claims, dated=reading.as_of is not None)
