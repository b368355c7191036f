r"""JSON read value by value from files of any size, also where it is broken.

Only the buffer is in memory: one chunk, or the largest single value. A value that is no valid JSON is
first repaired in the two ways in which Telegram Desktop is known to write it (`\xNN` for control
characters, https://github.com/telegramdesktop/tdesktop/issues/27571; a `document_id` without quotes,
https://github.com/telegramdesktop/tdesktop/issues/24961); if that does not help, it is reported and
passed over by its brackets.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import TextIO, final

CHUNK = 1 << 18  # characters
_SPACE = " \t\r\n"
_DECODER = json.JSONDecoder(strict=False)
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]]|"', re.DOTALL)
_SCALAR = re.compile(r"[^\s,\]}]+")
_CONTROL = re.compile(r"(?<!\\)((?:\\\\)*)\\x([0-9A-Fa-f]{2})")
_UNQUOTED = re.compile(r'("document_id"\s*:\s*)([^"\s,}][^,}\n]*)')


class Broken(ValueError):
    """One value is no valid JSON; reading goes on behind it."""


class CutOff(ValueError):
    """The text ends inside a value, or is not what was expected at this place: nothing more can be read."""


@final
class JsonStream:
    """A cursor over a JSON text. `line` is the line it stands on, counted from 1."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._buffer = ""
        self._at = 0
        self._lines_behind = 1
        self._ended = False

    @property
    def line(self) -> int:
        return self._lines_behind + self._buffer.count("\n", 0, self._at)

    def members(self) -> Iterator[str]:
        """Step into an object and yield its keys; the caller takes or skips each value before the next."""
        self._expect("{")
        if self._peek() == "}":
            self._at += 1
            return
        while True:
            key = self.value()
            self._expect(":")
            yield str(key)
            if self._next_or_end("}"):
                return

    def elements(self) -> Iterator[None]:
        """Step into an array; the caller takes or skips the element each time."""
        self._expect("[")
        if self._peek() == "]":
            self._at += 1
            return
        while True:
            yield
            if self._next_or_end("]"):
                return

    def at_object(self) -> bool:
        return self._peek() == "{"

    def at_array(self) -> bool:
        return self._peek() == "["

    def value(self) -> object:
        """Take the value that comes next. Raises `Broken` (and stands behind it) or `CutOff`."""
        self._peek()
        while True:
            try:
                found, end = _DECODER.raw_decode(self._buffer, self._at)
            except (ValueError, RecursionError):
                extent = self._extent()
                if extent is not None:
                    return self._repaired(extent)
            else:
                if end < len(self._buffer) or self._ended:  # a number might go on in the next chunk
                    self._at = end
                    return found
            self._more_or_fail()

    def skip(self) -> None:
        """Pass over the value that comes next, valid or not."""
        self._peek()
        while (extent := self._extent()) is None:
            self._more_or_fail()
        self._at = extent

    def _repaired(self, extent: int) -> object:
        text = self._buffer[self._at : extent]
        self._at = extent
        text = _CONTROL.sub(r"\1\\u00\2", text)
        text = _UNQUOTED.sub(lambda m: m[1] + json.dumps(m[2].strip()), text)
        try:
            return _DECODER.decode(text)
        except (ValueError, RecursionError) as error:
            raise Broken(str(error)) from error

    def _extent(self) -> int | None:
        """Return where the value ends, by its quotes and brackets; None if that is not in the buffer yet."""
        if self._buffer[self._at : self._at + 1] not in {"{", "[", '"'}:
            scalar = _SCALAR.match(self._buffer, self._at)
            if scalar is None:
                raise CutOff(f"a value was expected, {self._buffer[self._at : self._at + 1]!r} stands there")
            return scalar.end() if scalar.end() < len(self._buffer) or self._ended else None
        depth = 0
        for token in _TOKEN.finditer(self._buffer, self._at):
            match token[0]:
                case "{" | "[":
                    depth += 1
                case "}" | "]":
                    depth -= 1
                case '"':  # opens a string that does not close within the buffer
                    return None
            if depth <= 0:
                return token.end()
        return None

    def _peek(self) -> str:
        while True:
            while self._at < len(self._buffer) and self._buffer[self._at] in _SPACE:
                self._at += 1
            if self._at < len(self._buffer):
                return self._buffer[self._at]
            self._more_or_fail()

    def _expect(self, char: str) -> None:
        if (there := self._peek()) != char:
            raise CutOff(f"{char!r} was expected, {there!r} stands there")
        self._at += 1

    def _next_or_end(self, end: str) -> bool:
        """Step over a comma, or over the end of what was stepped into; True for the latter."""
        there = self._peek()
        if there not in {",", end}:
            raise CutOff(f"',' or {end!r} was expected, {there!r} stands there")
        self._at += 1
        return there == end

    def _more_or_fail(self) -> None:
        """Read on, dropping what was taken. Doubles what is kept, so that a large value costs linear time."""
        if self._ended:
            raise CutOff("the file ends in the middle")
        chunk = self._file.read(max(CHUNK, len(self._buffer) - self._at))
        self._lines_behind += self._buffer.count("\n", 0, self._at)
        self._buffer = self._buffer[self._at :] + chunk
        self._at = 0
        self._ended = not chunk
