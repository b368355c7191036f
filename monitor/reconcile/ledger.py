"""What the fold over all posts leaves behind: one entry a tally and post, and how doubtful ones were settled."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Literal, NamedTuple

from monitor.model import Qualifier, Tally

_day = lru_cache(maxsize=4096)(date.fromisoformat)  # asked many times for each of a few days


class Standing(StrEnum):
    """How much an entry counts."""

    HELD = "held"  # the base for what comes next
    PROVISIONAL = "provisional"  # shown, not yet the base (a slip, or out of range)
    FOUNDING = "founding"  # first list of a series whose scope is known from its shape alone
    REJECTED = "rejected"  # a person said it does not count
    RECALLED = "recalled"  # an older day's figures told again
    ECHO = "echo"  # what is held, in vaguer words
    LAPSED = "lapsed"  # was provisional, and nothing bore it out


class Entry(NamedTuple):
    """One line of the ledger. `tally` is the effective one; `value` is as published.

    `effective` is what counts: None while it is provisional, and after it lapsed or was rejected.
    """

    tally: Tally
    order_key: str
    channel: str
    post: str
    value: int
    upper: int | None = None
    qualifier: Qualifier = Qualifier.EXACT
    delta: int | None = None
    effective: int | None = None
    standing: Standing = Standing.HELD
    suggestion: int | None = None
    settled_by: str = ""  # order key of the post that settled it, "person" for a decision

    @property
    def day(self) -> date:
        return _day(self.order_key[:10])


class Settlement(NamedTuple):
    """That a later post settled an earlier, doubtful entry; undone when that later post is folded anew."""

    tally: Tally
    order_key: str  # of the entry that is settled
    settled_by: str  # order key of the post that settles it
    standing: Standing
    effective: int | None


class Decision(NamedTuple):
    """What a person decided about one published value; it lapses when any part of its key changes."""

    verdict: Literal["accept", "reject", "override"]
    value: int | None  # for an override
    by: str
    why: str
    at: str
