"""Text from outside, made fit to be shown: one line, no control or bidirectional characters, a sensible length."""

from __future__ import annotations

import unicodedata

QUOTE_LENGTH = 240
NAME_LENGTH = 60
_DROPPED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})  # controls, bidi and zero-width, surrogates, nobody's characters
_SPACES = frozenset({"Zs", "Zl", "Zp"})
_MARKS = frozenset({"Mn", "Me"})
_MARKS_IN_A_ROW = 2  # stacked accents climb over neighbouring lines


def clean(text: str, limit: int = QUOTE_LENGTH) -> str:
    """Return the text on one line of at most `limit` characters, without anything that steers a display."""
    kept: list[str] = []
    marks = 0
    for character in text[: 20 * limit]:
        category = unicodedata.category(character)
        marks = marks + 1 if category in _MARKS else 0
        if character in "\t\n\r\v\f" or category in _SPACES:
            kept.append(" ")
        elif category not in _DROPPED and marks <= _MARKS_IN_A_ROW:
            kept.append(character)
    return cut(" ".join("".join(kept).split()), limit)


def cut(text: str, limit: int) -> str:
    """Shorten to `limit` characters, saying so with an ellipsis."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def columns(text: str) -> int:
    """Return how many columns the text takes in one width: wide letters two, combining marks none."""
    return sum(
        0 if unicodedata.combining(character) else 2 if unicodedata.east_asian_width(character) in "WF" else 1
        for character in text
    )


def cut_columns(text: str, limit: int) -> str:
    """Shorten to `limit` columns, saying so with an ellipsis."""
    if columns(text) <= limit:
        return text
    while columns(text) > limit - 1:
        text = text[:-1]
    return text.rstrip() + "…"


def web_address(url: str) -> str:
    """Return the address if a link may lead there (http or https, no odd characters), else nothing."""
    plain = url.isprintable() and not any(character.isspace() or character in "<>\"'`" for character in url)
    return url if plain and url.isascii() and url.lower().startswith(("https://", "http://")) else ""
