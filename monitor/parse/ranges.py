"""Two numbers before one noun: "from 5 to 6 thousand", "between 5,000 and 6,000", "5000 або 6000".

Both ends become one number token. A change ("rose from 4 to 5") is none, and stays as it is. What could
be either becomes a number that cannot be read: neither end may pass for the figure itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from monitor.model import Qualifier
from monitor.parse.numbers import shared_scale
from monitor.parse.token import IN_WORDS, Token

SINCE = frozenset({"from", "between"})  # what "since 24.02" may begin with; only the second always opens a range
_CLAUSE = frozenset({",", ";", ":"})
_NUMBERS = frozenset({"number", "decimal"})


class _Pair(NamedTuple):
    opener: str  # "from", "between", or "" where nothing opens it
    first: int
    joint: str  # "to", "until", "or", "and", "up_to"
    second: int


class _Rising(NamedTuple):
    """Whether a verb of rising stood in this clause, or at least in this sentence."""

    clause: bool = False
    sentence: bool = False

    def past(self, kind: str) -> _Rising:
        if kind == "rising":
            return _Rising(clause=True, sentence=True)
        if kind == "stop":
            return _Rising()
        return self._replace(clause=False) if kind in _CLAUSE else self


def with_ranges(tokens: Sequence[Token]) -> Iterator[Token]:
    """Put the two ends of a range together as one number."""
    if not any(token.kind == "range" or token.text == Qualifier.UP_TO for token in tokens):
        yield from tokens
        return
    at = 0
    rising = _Rising()
    while at < len(tokens):
        rising = rising.past(tokens[at].kind)
        pair = _pair(tokens, at)
        if pair is None:
            yield tokens[at]
            at += 1
            continue
        if _changes(tokens, pair, rising):
            yield from tokens[at : pair.second + 1]
        else:
            chained = _pair(tokens, pair.second)
            doubtful = chained is not None or _doubtful(tokens, at, pair, rising)
            pair = pair._replace(second=chained.second) if chained else pair
            yield _together(tokens, at, pair, doubtful=doubtful)
        at = pair.second + 1


def _pair(tokens: Sequence[Token], at: int) -> _Pair | None:
    """Find two numbers with a word of a range between them, at `at`."""
    opener = tokens[at].text if tokens[at].kind == "range" and tokens[at].text in SINCE else ""
    first = _past_qualifier(tokens, at + 1) if opener else at
    if first + 2 >= len(tokens) or tokens[first].kind not in _NUMBERS:
        return None
    between = tokens[first + 1]
    joint = between.text if between.kind in {"range", "qualifier"} or (opener and between.kind == "joint") else ""
    if joint not in {"to", "until", "or", "and", Qualifier.UP_TO}:
        return None
    second = _past_qualifier(tokens, first + 2)
    if second >= len(tokens) or tokens[second].kind not in _NUMBERS:
        return None
    return _Pair(opener, first, joint, second)


def _past_qualifier(tokens: Sequence[Token], at: int) -> int:
    return at + 1 if at < len(tokens) and tokens[at].kind == "qualifier" else at


def _changes(tokens: Sequence[Token], pair: _Pair, rising: _Rising) -> bool:
    """Say whether something rises from one figure to the next: the verb stands in this clause, or right behind."""
    if not pair.opener or pair.joint in {"and", "or"}:
        return False
    behind = tokens[pair.second + 1].kind if pair.second + 1 < len(tokens) else ""
    return rising.clause or behind == "rising"


def _doubtful(tokens: Sequence[Token], at: int, pair: _Pair, rising: _Rising) -> bool:
    """Say whether these may be something else than the two ends of a range."""
    if pair.opener:
        change = rising.sentence and pair.joint not in {"and", "or"}
        return change or (pair.opener, pair.joint) in {("from", Qualifier.UP_TO), ("from", "and")}
    if pair.joint == "or":  # "5, 6 or 7"
        return at > 1 and tokens[at - 1].kind in {",", "-"} and tokens[at - 2].kind in _NUMBERS
    return pair.joint != "to" or rising.sentence  # "up by 300 to 350"


def _together(tokens: Sequence[Token], at: int, pair: _Pair, *, doubtful: bool) -> Token:
    first, second = tokens[pair.first], tokens[pair.second]
    words = IN_WORDS if first.text == second.text == IN_WORDS else ""
    if doubtful or first.number is None or second.number is None:
        return Token("number", words, tokens[at].start, second.end)
    lower = shared_scale(first.number, second.number)
    return Token("number", words, tokens[at].start, second.end, lower, second.number)
