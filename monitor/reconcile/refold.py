"""Fold again from one place in the order, until nothing differs from what is stored."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from monitor.reconcile.fold import Decisions, Rules, Stated, Step, fold
from monitor.reconcile.held import Held
from monitor.reconcile.ledger import Entry, Settlement


class StoredStep(NamedTuple):
    """What the ledger has at one order key now."""

    entries: Sequence[Entry]
    settlements: Sequence[Settlement]


class Rewritten(NamedTuple):
    order_key: str
    step: Step


def refold(
    base: Held,
    stated: Iterable[Stated],
    stored: Callable[[str], StoredStep],
    gone: str,
    changed_up_to: str,
    rules: Rules,
    decisions: Decisions,
) -> Iterator[Rewritten]:
    """Yield the steps that differ from what is stored, from `base` on.

    `stated` are the posts after `base` in order, in their latest readings. `gone` is the order key
    that a post had before an edit moved it ("" if it did not move). Ends as soon as the new fold and
    the stored one agree, at `changed_up_to` (the last place where a post came, went or changed) or beyond.
    """
    new, old = base, base.copy()
    for post in stated:
        if gone and gone < post.order_key:
            _apply_stored(old, gone, stored(gone))
            yield Rewritten(gone, Step(()))
            gone = ""
        was = stored(post.order_key)
        step = fold(post, new, rules, decisions)
        same = list(was.entries) == list(step.entries) and list(was.settlements) == list(step.settlements)
        _apply_stored(old, post.order_key, was)
        if same:
            _apply_stored(new, post.order_key, was)
        else:
            new.apply(post.order_key, step.entries, step.settlements)
            yield Rewritten(post.order_key, step)
        if not gone and same and post.order_key >= changed_up_to and new.agrees_with(old):
            return
    if gone:
        yield Rewritten(gone, Step(()))


def _apply_stored(held: Held, order_key: str, stored: StoredStep) -> None:
    held.apply(order_key, stored.entries, stored.settlements)
