"""The terminal as a chat: what a person reads who runs the program by hand.

Styles come from Rich, which honours NO_COLOR and says nothing but text where nobody looks (a pipe,
a file); there a struck figure is set between tildes and a link's address is written out.
"""

from __future__ import annotations

import io
import os
import select
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Literal, TextIO

from rich.console import Console
from rich.style import Style as Look
from rich.text import Text

from monitor.model import Alert, Line, Severity, Span, Style, alert_name
from monitor.ports import Capabilities, Clock, Outcome, Rejected, Retry, Sender, Sent, Unknown
from monitor.send._layout import name_line, prepare

_COLOURS = {Severity.URGENT: "red", Severity.ROUTINE: "green", Severity.OPS: "yellow"}
_INDENT = 4
_PIECE = 4096  # bytes that a pipe takes at once when it takes any (POSIX: PIPE_BUF)
_PATIENCE = 50  # looks, a tenth of a second apart, at a terminal that is stopped


@dataclass(frozen=True, slots=True)
class Options:
    """Which of the two: commands that print for machines keep alerts on "stderr"."""

    stream: Literal["stdout", "stderr"] = "stdout"


@asynccontextmanager
async def connect(options: Options, clock: Clock) -> AsyncIterator[Sender]:
    """Yield a sender that writes to this process's terminal."""
    yield ConsoleSender(getattr(sys, options.stream), clock)


class ConsoleSender:
    """Writes alerts one below the other. What is printed cannot be unprinted: an edit is printed again."""

    capabilities = Capabilities(
        thread=True, edit=True, acknowledge=False, idempotent=False, attach=False, length=1_000_000
    )

    def __init__(self, stream: TextIO, clock: Clock) -> None:
        self._stream = stream
        self._file = _file_number(stream)
        self._clock = clock
        self._page = _Page(stream)
        self._console = Console(file=self._page, highlight=False, emoji=False, markup=False, soft_wrap=True)

    async def send(self, alert: Alert, *, key: str, reply_to: str | None, silent: bool) -> Outcome:  # noqa: ARG002 - no key, no sound
        name = "unnumbered" if alert.number is None else alert_name(alert.number)
        if reply_to:
            return await self._write(self._rendered(alert, f"↳ {reply_to}  {name}", indent=_INDENT), name)
        title = name_line(alert)
        return await self._write(self._rendered(alert, title.text if title else name), name)

    async def edit(self, alert: Alert, *, key: str, remote_id: str) -> Outcome:  # noqa: ARG002 - no key
        return await self._write(self._rendered(alert, f"edited {remote_id}", indent=_INDENT), remote_id)

    def _rendered(self, alert: Alert, title: str, *, indent: int = 0) -> str:
        moment = f"{self._clock.now():%Y-%m-%d %H:%M} UTC"
        lines = [
            Text.assemble((title, "bold"), " · ", (alert.severity.value, _COLOURS[alert.severity]), f" · {moment}"),
            *(self._line(line) for line in prepare(alert)),
        ]
        for line in lines:
            self._console.print(Text(" " * indent).append_text(line) if indent else line)
        self._console.print()
        return self._page.take()

    def _line(self, line: Line) -> Text:
        text = Text(style="bold" if line.kind in {"headline", "flag"} else "")
        for span in line.spans:
            text.append_text(self._span(span))
        return text

    def _span(self, span: Span) -> Text:
        if self._console.color_system is None:
            plain = f"~{span.text}~" if span.style is Style.STRIKE else span.text
            shown = span.href.partition("://")[2].rstrip("/") in plain
            return Text(plain if shown else f"{plain} <{span.href}>")
        bold, strike = (span.style is wanted or None for wanted in (Style.BOLD, Style.STRIKE))
        return Text(span.text, style=Look(bold=bold, strike=strike, link=span.href or None))

    async def _write(self, text: str, remote_id: str) -> Outcome:
        """Write without ever waiting inside the system: a stopped terminal must not stop the program."""
        begun = False
        try:
            self._stream.flush()
            if self._file is None:
                self._stream.write(text)
                return Sent(remote_id)
            data = text.encode(self._stream.encoding, "replace")
            while data:
                if not await self._takes_more(self._file):
                    stopped = "nobody reads the terminal's output"
                    return Unknown(stopped) if begun else Retry(None, stopped)
                data = data[os.write(self._file, data[:_PIECE]) :]
                begun = True
        except (OSError, ValueError) as error:  # ValueError: the stream object itself is closed
            return Rejected(f"the terminal is gone ({error})", destination=True)
        return Sent(remote_id)

    async def _takes_more(self, file: int) -> bool:
        for _ in range(_PATIENCE):
            if select.select([], [file], [], 0)[1]:
                return True
            await self._clock.sleep(0.1)
        return False


class _Page(io.StringIO):
    """Takes what Rich writes, which leaves the program when it meets a closed pipe; styled as the stream would be."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__()
        self._terminal = not stream.closed and stream.isatty()

    def isatty(self) -> bool:
        return self._terminal

    def take(self) -> str:
        text = self.getvalue()
        self.seek(0)
        self.truncate()
        return text


def _file_number(stream: TextIO) -> int | None:
    """Return the file behind the stream; None where it only collects text."""
    try:
        return stream.fileno()
    except (OSError, ValueError):
        return None
