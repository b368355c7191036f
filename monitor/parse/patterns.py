"""An operator's own regular expressions, each search under a time limit."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from monitor.model import Pattern, Scope, Unread
from monitor.parse.numbers import LARGEST_DIGITS

if TYPE_CHECKING:
    import regex

RANK = 5  # an operator's pattern beats what the grammar makes of the same figure
SECONDS = 0.05  # for one search
_DIGITS = re.compile(r"\d+")


class Found(NamedTuple):
    category: str
    value: int
    delta: int | None
    scope: Scope
    span: tuple[int, int]


@lru_cache(maxsize=256)
def compiled(expression: str) -> regex.Pattern[str]:
    """Compile an expression. Raises ValueError with the place of the mistake."""
    import regex  # noqa: PLC0415 - loaded for an operator's patterns only: it takes as long as half of this package

    try:
        return regex.compile(expression)
    except regex.error as error:
        raise ValueError(str(error)) from error


def search(patterns: Sequence[Pattern], text: str) -> Iterator[Found | Unread]:
    """Yield what each pattern finds; a search that takes too long leaves its text unread."""
    for pattern in patterns:
        try:
            for match in compiled(pattern.expression).finditer(text, timeout=SECONDS):
                yield from _groups(pattern, match)
        except TimeoutError:
            yield Unread(f"time limit of the pattern {pattern.expression}", (0, len(text)))


def _groups(pattern: Pattern, match: regex.Match[str]) -> Iterator[Found | Unread]:
    groups = match.groupdict()
    for name, written in groups.items():
        if name.startswith("delta_") or written is None:
            continue
        value, change = _digits(written), groups.get(f"delta_{name}") or ""
        if max(len(value), len(_digits(change))) > LARGEST_DIGITS:
            yield Unread(match.group(), match.span())
        elif value:
            yield Found(name, int(value), _signed(change), Scope(pattern.scope), match.span(name))


def _digits(written: str) -> str:
    return "".join(_DIGITS.findall(written))


def _signed(written: str) -> int | None:
    digits = _digits(written)
    if not digits:
        return None
    return -int(digits) if written.strip().startswith(("-", "−", "–")) else int(digits)
