"""How far a long walk is: a bar on a terminal, one line a minute otherwise. Always on stderr."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.cli._output import talk

if TYPE_CHECKING:
    from monitor.backfill import Progress, Span
    from monitor.ports import Clock

_EVERY = timedelta(minutes=1)
_LINES = {".jsonl", ".ndjson"}
_BLOCK = 1 << 20  # bytes

Watch = Callable[["Progress"], None]


@contextmanager
def shown(name: str, span: Span, paths: list[Path], clock: Clock) -> Iterator[Watch]:
    """Yield what to call after every step."""
    of = _Whole(span, _count(paths) if paths else None, clock.now())
    if sys.stderr.isatty():
        with _bar(name, of) as watch:
            yield watch
    else:
        yield _lines(name, of, clock)


class _Whole:
    """How much there is to do: posts of files, or the time between two moments."""

    def __init__(self, span: Span, posts: int | None, now: datetime) -> None:
        self._span, self._posts, self._now = span, posts, now

    def share(self, progress: Progress) -> float | None:
        """Return how much is done, from 0 to 1; None where that cannot be known."""
        if self._posts is not None:
            return min(progress.read / self._posts, 1.0) if self._posts else None
        start = self._span.since or progress.began
        end = min(self._span.until or self._now, self._now)
        if start is None or progress.reached is None or end <= start:
            return None
        return min(max((progress.reached - start) / (end - start), 0.0), 1.0)


def _lines(name: str, of: _Whole, clock: Clock) -> Watch:
    began = last = clock.now()
    read = 0

    def watch(progress: Progress) -> None:
        nonlocal last, read
        now = clock.now()
        if now - last < _EVERY and not progress.waiting:
            return
        rate = (progress.read - read) / max((now - last).total_seconds(), 1.0)
        share = of.share(progress)
        left = f", {timedelta(seconds=round((now - began).total_seconds() * (1 / share - 1)))} left" if share else ""
        talk(f"{name}: {_state(progress)}, {rate:,.0f} a second{left}")
        last, read = now, progress.read

    return watch


def _state(progress: Progress) -> str:
    reached = f", reached {progress.reached:%Y-%m-%d}" if progress.reached else ""
    waiting = f", waiting: {progress.waiting}" if progress.waiting else ""
    return f"{progress.read:,} posts{reached}{waiting}"


@contextmanager
def _bar(name: str, of: _Whole) -> Iterator[Watch]:
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
        TextColumn("{task.fields[state]}"),
    )
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(escape(name), total=None, rate="", state="")

        def watch(progress: Progress) -> None:
            share, elapsed = of.share(progress), bar.tasks[0].elapsed or 0.0
            rate = f"{progress.read / elapsed:,.0f} a second" if elapsed else ""
            total, done = (None, 0.0) if share is None else (1.0, share)
            bar.update(task, total=total, completed=done, rate=rate, state=escape(_state(progress)))

        yield watch


def _count(paths: list[Path]) -> int | None:
    """Return how many lines the files have, where each line is a post; None if one is of another kind."""
    if any(path.suffix.lower() not in _LINES or not path.is_file() for path in paths):
        return None
    return sum(_newlines(path) for path in paths)


def _newlines(path: Path) -> int:
    with path.open("rb") as file:
        return sum(block.count(b"\n") for block in iter(lambda: file.read(_BLOCK), b""))
