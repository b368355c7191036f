"""Between Python's values and the columns: moments, days, words and text.

A moment is kept as ISO text in UTC with milliseconds and a `Z` ("2026-08-08T04:12:31.000Z"): one
width, so that it sorts, and SQLite's own date functions read it. A day is "2026-08-08".
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

Row = tuple[Any, ...]

as_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode

_SURROGATE = re.compile("[\ud800-\udfff]")


def moment_text(moment: datetime) -> str:
    """Return a moment as it is kept. Raises ValueError for one without a zone."""
    if moment.tzinfo is not UTC:
        if moment.tzinfo is None:
            raise ValueError(f"{moment} carries no zone")
        moment = moment.astimezone(UTC)
    return moment.isoformat(timespec="milliseconds")[:23] + "Z"


def moment_or_none(moment: datetime | None) -> str | None:
    return None if moment is None else moment_text(moment)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def to_moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def day_or_none(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def to_day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def words(texts: Iterable[str]) -> str:
    """Return a JSON list of short texts (media, album ids, doubts)."""
    listed = list(texts)
    return storable(as_json(listed)) if listed else "[]"


def to_words(text: str) -> tuple[str, ...]:
    return () if text == "[]" else tuple(json.loads(text))


def storable(text: str) -> str:
    """Return text that UTF-8 can hold: a lone surrogate (half a character) becomes U+FFFD, lengths stay."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return _SURROGATE.sub("\N{REPLACEMENT CHARACTER}", text)
    return text
