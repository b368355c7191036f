"""What every service does with an alert's lines: clean them, name the alert, cut by whole lines.

Post text is hostile and comes from a public page. It reaches a service only through `prepare`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

from monitor.model import Alert, Line, LineKind, Span, alert_name

_JOINERS = "\u200c\u200d"  # needed inside emoji and in Persian words; they hide nothing
_BREAKS = "\n\r\t\v\f\x1c\x1d\x1e\x85\u2028\u2029"
_REMOVED_CATEGORIES = frozenset({"Cc", "Cf", "Cs"})  # control, format (bidi, tags), lone surrogates
_DROPPED_FIRST: tuple[LineKind, ...] = ("row", "quote", "text", "link", "flag", "headline")


def clean(text: str) -> str:
    """Return the text on one line, without control and bidirectional characters and lone surrogates."""
    return "".join(
        " " if character in _BREAKS else character
        for character in text
        if character in _BREAKS or character in _JOINERS or unicodedata.category(character) not in _REMOVED_CATEGORIES
    )


def safe_href(href: str) -> str:
    """Return a web address, or nothing: `tg://user?id=1` would be a mention, `javascript:` worse."""
    if clean(href) != href or any(character.isspace() for character in href):
        return ""
    try:
        parts = urlsplit(href)
    except ValueError:
        return ""
    return href if parts.scheme in {"http", "https"} and parts.netloc else ""


def prepare(alert: Alert, escape: Callable[[str], str] = str) -> tuple[Line, ...]:
    """Return the alert's lines with each run of text cleaned, then escaped; no blank ends."""
    lines = [
        line._replace(
            spans=tuple(Span(escape(clean(span.text)), span.style, safe_href(span.href)) for span in line.spans)
        )
        for line in alert.lines
    ]
    while lines and not lines[0].text.strip():
        lines.pop(0)
    while lines and not lines[-1].text.strip():
        lines.pop()
    return tuple(lines)


def name_line(alert: Alert) -> Line | None:
    """Return "A-0013" or "A-0013 · corrects A-0012": what people refer to, also where nothing is threaded."""
    if alert.number is None:
        return None
    name = alert_name(alert.number)
    if alert.reply_to is not None:
        name += f" · corrects {alert_name(alert.reply_to)}"
    return Line("text", (Span(name),))


def utf16_units(text: str) -> int:
    """Return the length in UTF-16 code units, in which some services count."""
    return len(text) + sum(character > "\uffff" for character in text)


def shorten(
    lines: Sequence[Line], limit: int, size: Callable[[str], int], *, last: Line | None = None
) -> tuple[Line, ...]:
    """Return lines that fit `limit` when joined by newlines, with `last` (always kept) at the end.

    Whole lines go, from the bottom, rows first; "+3 more" stands where the first of them stood. Only
    a first line that is too long by itself is cut inside. `size` is additive over characters.
    """
    room = limit - (size(last.text) + 1 if last else 0)
    kept = _fitting(lines, room, size)
    if lines and not kept:
        kept = (_cut(lines[0], room, size),)
    return (*kept, last) if last else tuple(kept)


def _fitting(lines: Sequence[Line], room: int, size: Callable[[str], int]) -> tuple[Line, ...]:
    """Return what is left after dropping enough lines below the first; empty if the first one does not fit."""
    sizes = [size(line.text) + 1 for line in lines]
    total = sum(sizes) - 1
    if total <= room:
        return tuple(lines)
    total += size(_more(len(lines)).text) + 1
    order = [index for kind in _DROPPED_FIRST for index in range(len(lines) - 1, 0, -1) if lines[index].kind == kind]
    dropped: set[int] = set()
    for index in order:
        if total <= room:
            break
        dropped.add(index)
        total -= sizes[index]
    if total > room:
        return ()
    kept: list[Line] = []
    for index, line in enumerate(lines):
        if index not in dropped:
            kept.append(line)
        elif index == min(dropped):
            kept.append(_more(sum(1 for each in dropped if lines[each].text.strip())))
    return tuple(kept)


def _more(count: int) -> Line:
    return Line("text", (Span(f"+{count} more"),))


def _cut(line: Line, room: int, size: Callable[[str], int]) -> Line:
    """Return the line cut between two characters, with an ellipsis."""
    left = room - size("…")
    spans: list[Span] = []
    for span in line.spans:
        end = 0
        for character in span.text:
            left -= size(character)
            if left < 0:
                break
            end += 1
        spans.append(span._replace(text=span.text[:end]))
        if left < 0:
            break
    return line._replace(spans=(*spans, Span("…")))
