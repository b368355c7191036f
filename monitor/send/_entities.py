"""Alert → Telegram's plain text and entities. No markup, so nothing to escape and nothing to inject.

Entities: https://core.telegram.org/bots/api#messageentity (offsets and lengths in UTF-16 code units).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from monitor.model import Alert, Line, Span, Style
from monitor.send._layout import name_line, prepare, shorten, utf16_units

LONGEST_TEXT = 4096  # UTF-16 units, the strict reading of "1-4096 characters after entities parsing"
_MOST_ENTITIES = 100  # those after the hundredth are ignored by the service
_JOINER = "\u2060"  # word joiner: invisible, no break
_COMMAND = re.compile(r"(?<![\w/<>])/(?=[A-Za-z0-9_])")
_STYLES = {Style.BOLD: "bold", Style.STRIKE: "strikethrough"}


class Message(NamedTuple):
    text: str
    entities: tuple[dict[str, object], ...]


def compose(alert: Alert) -> Message:
    """Return the alert as one message of at most 4096 units; rows in one width, the headline bold."""
    lines = shorten(prepare(alert, defuse), LONGEST_TEXT, utf16_units, last=name_line(alert))
    composer = _Composer()
    for kind, group in groupby(lines, key=lambda line: line.kind):
        block = tuple(group)
        if kind == "row":
            composer.add_rows(block)
        elif kind == "headline":
            composer.add_block(block, "bold")
        else:
            composer.add_block(block, "blockquote" if kind == "quote" else "")
    return Message("\n".join(composer.lines), tuple(composer.entities[:_MOST_ENTITIES]))


def defuse(text: str) -> str:
    """Return the text with nothing in it that pings a person or can be tapped to command a bot.

    Telegram finds @names and /commands in plain text by itself; an invisible joiner behind the sign
    prevents it. Hashtags stay: tapping one only searches, and tells nobody.
    """
    return _COMMAND.sub("/" + _JOINER, text.replace("@", "@" + _JOINER))


class _Composer:
    """Joins lines and keeps count of where each begins, in UTF-16 units."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.entities: list[dict[str, object]] = []
        self._end = 0  # of the text so far, with the newline that the next line needs

    def add_block(self, lines: Sequence[Line], kind: str) -> None:
        start = self._end
        place = len(self.entities)
        for line in lines:
            for span, offset in self._add(line):
                self._mark_span(span, offset)
        if kind:
            self._mark(kind, start, self._end - 1 - start, "".join(line.text for line in lines), place=place)

    def add_rows(self, rows: Sequence[Line]) -> None:
        """Set rows as one block; where one carries a style, which no block may, run by run instead."""
        if all(span.style is Style.PLAIN and not span.href for row in rows for span in row.spans):
            self.add_block(rows, "pre")
            return
        for row in rows:
            for span, offset in self._add(row):
                if span.style is Style.PLAIN and not span.href:
                    self._mark("code", offset, utf16_units(span.text), span.text)
                else:
                    self._mark_span(span, offset)

    def _add(self, line: Line) -> Iterator[tuple[Span, int]]:
        """Add the line's text, and yield each of its runs with its offset."""
        offset = self._end
        self.lines.append(line.text)
        self._end += utf16_units(line.text) + 1
        for span in line.spans:
            yield span, offset
            offset += utf16_units(span.text)

    def _mark_span(self, span: Span, offset: int) -> None:
        length = utf16_units(span.text)
        if span.style in _STYLES:
            self._mark(_STYLES[span.style], offset, length, span.text)
        if span.href:
            self._mark("text_link", offset, length, span.text, url=span.href)

    def _mark(self, kind: str, offset: int, length: int, text: str, *, place: int | None = None, url: str = "") -> None:
        if not text.strip():
            return  # nothing to see in it; the service drops or refuses such an entity
        entity: dict[str, object] = {"type": kind, "offset": offset, "length": length}
        if url:
            entity["url"] = url
        self.entities.insert(len(self.entities) if place is None else place, entity)
