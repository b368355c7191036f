"""A small chart in the terminal, of block characters."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

_BLOCKS = " ▁▂▃▄▅▆▇█"
_LEVELS = len(_BLOCKS) - 1


def chart(points: Sequence[tuple[date, int]], *, width: int = 60, height: int = 8) -> list[str]:
    """Return lines that show the points (in the order of their days) from their lowest to their highest value.

    Each column is a span of days and shows the last value known in it; days without a point carry
    the value before them on.
    """
    if not points:
        return []
    first, last = points[0][0], points[-1][0]
    columns = _resampled(points, min(width, (last - first).days + 1))
    low, high = min(columns), max(columns)
    step = (high - low) / (height * _LEVELS - 1) or 1
    filled = [1 + round((value - low) / step) if high > low else _LEVELS for value in columns]
    rows = ["".join(_block(level, row) for level in filled) for row in reversed(range(height if high > low else 1))]
    axis = max(len(f"{low:,}"), len(f"{high:,}"))
    labels = [f"{high:,}", *([""] * (len(rows) - 2)), f"{low:,}"][: len(rows)]
    lines = [f"{label:>{axis}} ┤{row}" for label, row in zip(labels, rows, strict=True)]
    return [*lines, f"{'':>{axis}}  {first.isoformat()}{last.isoformat():>{max(len(columns) - 10, 11)}}"]


def _block(level: int, row: int) -> str:
    return _BLOCKS[max(0, min(_LEVELS, level - row * _LEVELS))]


def _resampled(points: Sequence[tuple[date, int]], columns: int) -> list[int]:
    first, days = points[0][0], (points[-1][0] - points[0][0]).days + 1
    values, at = [], 0
    for column in range(columns):
        end = (column + 1) * days // columns  # days before this one belong to the column
        while at + 1 < len(points) and (points[at + 1][0] - first).days < end:
            at += 1
        values.append(points[at][1])
    return values
