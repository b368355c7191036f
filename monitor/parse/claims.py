"""From figures to claims: one for each tally and post; what loses is a mention that says why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from operator import attrgetter
from typing import NamedTuple

from monitor.model import Claim, Mention, Scope, ScopeBasis
from monitor.parse.numbers import LARGEST

_UNSCOPED = "no word says whether this is a total or a period"


class Candidate(NamedTuple):
    """A claim that may lose to a better one of the same post."""

    claim: Claim
    rank: int
    model: bool = False
    part: bool = False
    sentence: int = 0


def unscoped(category: str, value: int | None, quote: str, span: tuple[int, int]) -> Mention:
    return Mention(category, value, _UNSCOPED, quote, span)


def summed(candidates: Iterable[Candidate]) -> Iterator[Candidate]:
    """Add up what one sentence counts in parts: "47 on the ground and 11 in the air", "two Su-27, two Su-24"."""
    held: Candidate | None = None
    for candidate in candidates:
        if held is not None and _adds_up(held, candidate):
            first, second = held.claim, candidate.claim
            value, span = (first.value or 0) + (second.value or 0), (first.span[0], second.span[1])
            together = first._replace(value=value, span=span)
            held = held._replace(claim=together)
            continue
        if held is not None:
            yield held
        held = candidate
    if held is not None:
        yield held


def _adds_up(first: Candidate, second: Candidate) -> bool:
    counted = (first.model and second.model) or (first.part and second.part)
    if not counted or first.sentence != second.sentence or first.claim.category != second.claim.category:
        return False
    one, other = first.claim.value, second.claim.value
    return one is not None and other is not None and one + other <= LARGEST


def settle(candidates: Iterable[Candidate]) -> tuple[list[Claim], list[Mention]]:
    """Keep the best candidate of each tally, in the order of the text."""
    best: dict[tuple[str, Scope, str, str], Candidate] = {}
    lost: list[tuple[Candidate, str]] = []
    for candidate in candidates:
        claim = candidate.claim
        key = (claim.category, claim.scope, claim.subject, claim.place)
        known = best.get(key)
        if known is None:
            best[key] = candidate
        elif candidate.rank > known.rank:
            best[key] = candidate
            lost.append((known, _why(known, candidate)))
        else:
            lost.append((candidate, _why(candidate, known)))
    claims = [candidate.claim for candidate in best.values()]
    claims.sort(key=attrgetter("span"))
    mentions = [
        Mention(loser.claim.category, loser.claim.value, why, loser.claim.quote, loser.claim.span)
        for loser, why in lost
    ]
    return claims, mentions


def _why(loser: Candidate, winner: Candidate) -> str:
    if loser.claim.value == winner.claim.value:
        return "said again"
    if winner.claim.scope_basis is ScopeBasis.HEADER and loser.claim.scope_basis is not ScopeBasis.HEADER:
        return "the list has another figure"
    return "a better figure stands in the same post"
