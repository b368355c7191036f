"""Dates as posts print them: 24.02, 24.02.2022, 2022-02-24, 2 березня 2022, March 2."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from monitor.parse.token import Token

_DIGITS = re.compile(r"\d+")
_LONGEST_DAY = 2
_YEAR = 4
_FAR_AHEAD = timedelta(days=45)  # a date without a year lies in the past, but for a slip of a few days


def with_dates(tokens: Sequence[Token]) -> Iterator[Token]:
    """Put days, names of months and years together as one token whose text is the month's number.

    "2 березня 2022", "2 March 2022", "March 2, 2022", each also without the year.
    """
    at = 0
    while at < len(tokens):
        token = tokens[at]
        last = _last_of_date(tokens, at)
        if last > at:
            month = token.text if token.kind == "month" else tokens[at + 1].text
            token = Token("date", month, token.start, tokens[last].end)
        yield token
        at = last + 1


def _last_of_date(tokens: Sequence[Token], at: int) -> int:
    """Return the index of the last token of the date that begins at `at`; `at` itself if none does."""
    token = tokens[at]
    if token.kind == "month" and _kind(tokens, at + 1) == "." and _last_of_date([token, *tokens[at + 2 : at + 5]], 0):
        return at + 1 + _last_of_date([token, *tokens[at + 2 : at + 5]], 0)  # "Feb. 24, 2022"
    if token.kind == "month" and at + 1 < len(tokens) and _is_day(tokens[at + 1]):
        if _kind(tokens, at + 2) == "," and _is_year(tokens, at + 3):
            return at + 3
        return at + 2 if _is_year(tokens, at + 2) else at + 1
    if _is_day(token) and _kind(tokens, at + 1) == "month":
        return at + 2 if _is_year(tokens, at + 2) else at + 1
    return at


def _kind(tokens: Sequence[Token], at: int) -> str:
    return tokens[at].kind if at < len(tokens) else ""


def _is_day(token: Token) -> bool:
    return token.kind == "number" and token.number is not None and token.end - token.start <= _LONGEST_DAY


def _is_year(tokens: Sequence[Token], at: int) -> bool:
    return _kind(tokens, at) == "number" and tokens[at].end - tokens[at].start == _YEAR


def resolve(token: Token, line: str, near: date | None) -> date | None:
    """Return the day a date token means; without a year the one that suits `near` best, if that is known."""
    parts = [int(digits) for digits in _DIGITS.findall(line[token.start : token.end])]
    if token.text.isdigit():
        day, month = parts[0], int(token.text)
        year = parts[1] if len(parts) > 1 else None
    elif len(parts) == 3 and parts[0] > 999:  # noqa: PLR2004 - the ISO form
        year, month, day = parts
    elif len(parts) >= 2:  # noqa: PLR2004
        day, month = parts[:2]
        year = parts[2] if len(parts) > 2 else None  # noqa: PLR2004
    else:
        return None
    if year is None:
        return _closest(day, month, near)
    return _day(year + 2000 if year < 100 else year, month, day)  # noqa: PLR2004


def _closest(day: int, month: int, near: date | None) -> date | None:
    if near is None:
        return None
    this_year = _day(near.year, month, day)
    if this_year and this_year > near + _FAR_AHEAD:
        return _day(near.year - 1, month, day)
    if this_year and near - this_year > timedelta(days=365 - 45):
        return _day(near.year + 1, month, day)
    return this_year


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
