"""The pieces that figures are read from: tokens, and parentheses as one piece with what they hold."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from itertools import pairwise
from typing import NamedTuple

from monitor.parse.numbers import Number
from monitor.parse.token import Token

LABELS = frozenset({"category", "list_only", "model"})


class Inside(StrEnum):
    """What a pair of parentheses holds, as far as its shape tells."""

    DELTA = "delta"
    TOTAL = "total"  # says so: "(загалом 11 261)"
    NUMBER = "number"  # bare; the block's vote decides
    OTHER = "other"


class Paren(NamedTuple):
    inside: Inside
    number: Number | None
    sign: int
    start: int
    end: int


class Element(NamedTuple):
    """A token, or a pair of parentheses with what is in it."""

    kind: str
    token: Token
    paren: Paren | None = None


def elements(tokens: Sequence[Token]) -> list[Element]:
    """Fold parentheses, and labels said twice in two languages, into one element each."""
    folded: list[Element] = []
    at = 0
    while at < len(tokens):
        token = tokens[at]
        if token.kind == "(":
            close = _closing(tokens, at)
            inner = tokens[at + 1 : close]
            end = tokens[close].end if close < len(tokens) else tokens[-1].end
            folded.append(Element("paren", token, _paren(inner, token.start, end)))
            at = close + 1
            continue
        if token.kind == "/" and folded and at + 1 < len(tokens):
            following = tokens[at + 1]
            while len(folded) > 1 and folded[-1].kind == "filler" and following.kind in LABELS:
                folded.pop()  # "БПЛА оперативно-тактичного рівня / UAV"
            if _same(folded[-1].token, following):
                folded[-1] = Element(folded[-1].kind, folded[-1].token._replace(end=following.end))
                at += 2
                continue
        abbreviated = token.kind == "." and bool(folded) and folded[-1].kind == "unit"  # "од. (+9)"
        if not abbreviated:
            folded.append(Element(token.kind, token))
        at += 1
    return folded


def _closing(tokens: Sequence[Token], at: int) -> int:
    for close in range(at + 1, len(tokens)):
        if tokens[close].kind == ")":
            return close
        if tokens[close].kind == "(":
            return close - 1
    return len(tokens)


def _same(left: Token, right: Token) -> bool:
    if left.kind in LABELS and right.kind in LABELS:
        return left.text == right.text
    return left.kind == right.kind and left.kind in {"qualifier", "unit", "filler"}


def _paren(inner: Sequence[Token], start: int, end: int) -> Paren:
    kinds = [token.kind for token in inner]
    figures = [token for token in inner if token.kind == "number"]
    number = figures[0].number if len(figures) == 1 else None
    sign = 0
    for before, token in pairwise(inner):
        if token.kind == "number" and before.kind in {"+", "-"}:
            sign = 1 if before.kind == "+" else -1
    if number is None or "recalled" in kinds or not LABELS.isdisjoint(kinds) or "group" in kinds:
        return Paren(Inside.OTHER, None, 0, start, end)
    if "inside" in kinds:
        return Paren(Inside.TOTAL, number, sign, start, end)
    if sign and kinds[0] in {"+", "-"}:
        return Paren(Inside.DELTA, number, sign, start, end)
    bare = all(kind in {"number", "unit", "qualifier"} for kind in kinds)
    return Paren(Inside.NUMBER if bare else Inside.OTHER, number, 0, start, end)
