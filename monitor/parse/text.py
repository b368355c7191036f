"""Text as it is searched: folded, without markup, and still pointing into the original.

Nothing here changes what is quoted. A folded line has one character for each character of the
stripped line, and `Stripped.offsets` leads from there to the original (None where they are equal).
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

# Letters that look alike in Latin and Cyrillic; words are searched in one of the two only, so that
# "тaнкiв" with Latin letters is found. Tables go through the same fold.
_LOOKALIKES = dict(zip("abcehikmoptxyё", "авсенікмортхуе", strict=True))
_DASHES = "‐‑‒–—―−➖﹘﹣－"
_APOSTROPHES = "’‘ʼ`´ʹ′"
_SPACES = "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000\t\r\v\f"
_DIGITS = ("٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹", "０１２３４５６７８９")

_FOLD: dict[int, str] = {ord(odd): plain for odd, plain in _LOOKALIKES.items()}
_FOLD |= {ord(dash): "-" for dash in _DASHES}
_FOLD |= {ord(mark): "'" for mark in _APOSTROPHES}
_FOLD |= {ord(space): " " for space in _SPACES}
_FOLD |= {ord(digit): str(value) for row in _DIGITS for value, digit in enumerate(row)}
_FOLD |= {ord("٬"): ",", ord("،"): ",", ord("，"): ",", ord("、"): ",", ord("："): ":", ord("（"): "(", ord("）"): ")"}

_INVISIBLE = "\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff\u20e3"
KEYCAP = "\U0001f522"  # stands for any digit on a key, which is an ornament and no figure
_MARKUP = re.compile(
    r"(?P<keycap>[0-9]\ufe0f?\u20e3)"
    rf"|[{_INVISIBLE}]+"
    r"|(?P<marks>[\u0300-\u036f]+)"
    r"|\*\*|__|~~|\|\|"
    r"|\[(?=[^\[\]\n]{0,300}\]\()"
    r"|\]\((?:https?|tg|mailto)[^()\s]{0,1000}\)"
    r"|(?P<tag></?[a-zA-Z][^<>\n]{0,1000}>)"
    r"|(?P<entity>&(?:[a-zA-Z]{2,8}|#\d{2,6});)"
)
_MOST_MARKS = 4  # on one letter; no more are put together with it
_COMPATIBLE = re.compile("[\U0001d400-\U0001d7ff\uff01-\uff5e]")
_BREAKS = ("<br", "<p", "</p", "<li", "</li", "<div", "</div")


class Stripped(NamedTuple):
    """A line without markup; `offsets[i]` is where character i stands in the original line."""

    text: str
    offsets: Sequence[int] | None


def strip(line: str) -> Stripped:
    """Take out what is not text: Telethon's markdown, HTML, entities, zero-width characters."""
    if _MARKUP.search(line) is None:
        return Stripped(line, None)
    kept: list[str] = []
    offsets: list[int] = []
    done = 0
    for found in _MARKUP.finditer(line):
        start, end = found.span()
        kept.extend(line[done:start])
        offsets.extend(range(done, start))
        _replace(found, kept, offsets)
        done = end
    kept.extend(line[done:])
    offsets.extend(range(done, len(line) + 1))
    return Stripped("".join(kept), offsets)


def _replace(found: re.Match[str], kept: list[str], offsets: list[int]) -> None:
    group = found.lastgroup
    if group == "marks":
        if kept:
            kept[-1] = unicodedata.normalize("NFC", kept[-1] + found.group()[:_MOST_MARKS])[0]
    elif group == "keycap":
        kept.append(KEYCAP)
        offsets.append(found.start())
    elif group == "entity":
        meant = html.unescape(found.group())
        if len(meant) == 1:
            kept.append(meant)
            offsets.append(found.start())
    elif group == "tag" and found.group().lower().startswith(_BREAKS):
        kept.append(" ")
        offsets.append(found.start())


def fold(text: str) -> str:
    """Return the text in one case, one script and one kind of dash, space and digit; same length."""
    low = text.lower()
    if len(low) != len(text):  # a few capitals become two letters
        low = "".join(c if len(c.lower()) != 1 else c.lower() for c in text)
    if _COMPATIBLE.search(low):
        low = "".join(_compatible(c) for c in low)
    return low.translate(_FOLD)


def _compatible(character: str) -> str:
    plain = unicodedata.normalize("NFKC", character)
    return plain.lower() if len(plain.lower()) == 1 else character
