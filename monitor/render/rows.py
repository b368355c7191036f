"""The table of an alert: one width, at most 34 columns, aligned where that fits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from monitor.model import Change, ChangeKind, Doubt, Line, Scope, Style
from monitor.render import figures
from monitor.render.clean import columns, cut_columns
from monitor.render.context import Context
from monitor.render.wording import about, has, is_loss, label, line, period

WIDTH = 34  # what a phone shows in one width without breaking
_INDENT = "  "
_CHANGED = (ChangeKind.NEW, ChangeKind.RISE, ChangeKind.FALL, ChangeKind.REFINED, ChangeKind.REPORTED)


class Row(NamedTuple):
    """One line of the table before it is laid out: what is aligned, and what follows below it."""

    label: str
    value: str
    tail: str = ""
    below: tuple[str, ...] = ()
    free: bool = False  # never aligned: "old → new" has columns of its own


def table(changes: Sequence[Change], context: Context, *, several: bool) -> list[Line]:
    """Return the rows of what changed, under a heading for each period, and for each subject where `several`."""
    shown = sorted(filter(is_shown, changes), key=lambda change: not is_restated(change))  # the last rows are cut first
    all_new = all(change.kind is ChangeKind.NEW for change in shown)
    return grouped(
        [(heading(change, context, several=several), row(change, context, all_new=all_new)) for change in shown]
    )


def grouped(rows: Sequence[tuple[str, Row]]) -> list[Line]:
    """Return (heading, row) pairs as lines: each heading once, with its rows below it."""
    groups: dict[str, list[Row]] = {}
    for title, entry in rows:
        groups.setdefault(title, []).append(entry)
    lines: list[Line] = []
    for title, entries in groups.items():
        lines += [line("row", part, Style.BOLD) for part in fold(title.split(" "), indent="")]
        lines += laid_out(entries)
    return lines


def is_shown(change: Change) -> bool:
    """Say whether a change has a row: it is news, or the post prints a change that did not happen."""
    news = change.kind in _CHANGED or (change.kind is ChangeKind.UNCHANGED and has(change, Doubt.DELTA_MISMATCH))
    return news and figures.stated(change) is not None


def heading(change: Change, context: Context, *, several: bool) -> str:
    """Return what stands over a group of rows: the subject where there are several, the period of a period's figure."""
    whose = ""
    if several:
        whose = about(change.tally.subject) or "No side named"
        if is_loss(change.tally, context):
            whose = f"Losses of {whose}"
    when = period(change, context) if change.tally.scope == Scope.PERIOD else ""
    title = ", ".join(filter(None, (whose, when)))
    return title[:1].upper() + title[1:]


def row(change: Change, context: Context, *, all_new: bool = False) -> Row:
    """Return one changed line; a fall or a mismatch shows old → new and what the post prints."""
    name, now = label(change.tally, context), figures.stated(change)
    value = figures.words(now) if now else ""
    if is_restated(change) and change.before is not None:
        return restated(change, name, value)
    if change.kind in {ChangeKind.REFINED, ChangeKind.REPORTED} and change.before is not None:
        return Row(name, value, f"(earlier {figures.words(change.before)})", free=True)
    if change.kind is ChangeKind.NEW:
        return Row(name, value, "" if all_new else "first figure")
    return Row(name, value, "" if change.difference is None else figures.signed(change.difference))


def is_restated(change: Change) -> bool:
    """Say whether old and new are both shown: a total went down, or does not fit what the post prints."""
    return change.kind is ChangeKind.FALL or has(change, Doubt.DELTA_MISMATCH)


def restated(change: Change, name: str, value: str) -> Row:
    same = change.kind is ChangeKind.UNCHANGED
    before = f"{figures.words(change.before)} →" if change.before and not same else ""
    tail = f"{value} {figures.signed(change.difference)}" if change.difference is not None else value
    tail += " (no change)" if same else ""
    printed = change.claim.delta if change.claim else None
    below = () if printed is None else (f"post prints {figures.signed(printed)}",)
    return Row(name, before, tail, below, free=True)


# ── layout ────────────────────────────────────────────────────────────────────────────────


def laid_out(rows: Sequence[Row]) -> list[Line]:
    """Return the rows as lines; those that fit together are aligned, the others stand as they are."""
    aligned = _alignable(rows)
    widths = [max((columns(cell) for cell in cells), default=0) for cells in zip(*map(_cells, aligned), strict=True)]
    chosen = set(aligned)
    lines: list[Line] = []
    for entry in rows:
        texts = [_aligned(entry, widths)] if entry in chosen else fold(_cells(entry))
        texts += [_INDENT + cut_columns(extra, WIDTH - len(_INDENT)) for extra in entry.below]
        lines += [line("row", text) for text in texts]
    return lines


def fold(cells: Iterable[str], indent: str = _INDENT) -> list[str]:
    """Return the cells on as few lines as their width allows; further lines are indented."""
    lines: list[str] = []
    current = ""
    for cell in filter(None, cells):
        if current and columns(f"{current} {cell}") <= WIDTH:
            current = f"{current} {cell}"
            continue
        if current:
            lines.append(current)
        current = cut_columns(f"{indent if lines else ''}{cell}", WIDTH)
    return [*lines, current] if current else lines


def _alignable(rows: Sequence[Row]) -> list[Row]:
    """Leave out the widest rows until the others fit side by side."""
    left = sorted((entry for entry in rows if not entry.free), key=lambda entry: columns(" ".join(_cells(entry))))
    while left and sum(max(map(columns, cells)) for cells in zip(*map(_cells, left), strict=True)) + 2 > WIDTH:
        left.pop()
    return left if len(left) > 1 else []


def _cells(entry: Row) -> tuple[str, str, str]:
    return entry.label, entry.value, entry.tail


def _aligned(entry: Row, widths: Sequence[int]) -> str:
    name = entry.label + " " * (widths[0] - columns(entry.label))
    value = " " * (widths[1] - columns(entry.value)) + entry.value
    return f"{name} {value} {entry.tail}".rstrip()
