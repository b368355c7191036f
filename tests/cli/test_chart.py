from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from monitor.cli._chart import chart

DAY = date(2026, 8, 8)


def series(values: list[int]) -> list[tuple[date, int]]:
    return [(DAY + timedelta(days=day), value) for day, value in enumerate(values)]


def test_a_steady_rise_is_a_staircase() -> None:
    assert chart(series([0, 1, 2, 3]), height=2)[:2] == ["3 ┤  ▃█", "0 ┤▁▆██"]


def test_days_without_a_figure_carry_the_one_before() -> None:
    points = [(DAY, 1), (DAY + timedelta(days=3), 5)]
    assert chart(points, height=1)[0] == "5 ┤▁▁▁█"


def test_a_value_that_never_changes_is_one_line() -> None:
    assert chart(series([7, 7, 7]))[0] == "7 ┤███"


def test_nothing_gives_nothing() -> None:
    assert chart([]) == []


@given(st.lists(st.integers(0, 2_000_000), min_size=1, max_size=400), st.integers(11, 80), st.integers(1, 12))
def test_it_keeps_to_its_width_and_height(values: list[int], width: int, height: int) -> None:
    *rows, axis = chart(series(values), width=width, height=height)
    assert len(rows) in {1, height}
    columns = {len(row.partition("┤")[2]) for row in rows}
    assert columns == {min(width, len(values))}
    assert DAY.isoformat() in axis


@given(st.lists(st.integers(0, 2_000_000), min_size=2, max_size=60))
def test_the_highest_value_reaches_the_top_and_the_last_row_is_never_empty(values: list[int]) -> None:
    rows = [row.partition("┤")[2] for row in chart(series(values))[:-1]]
    highest = [column for column, value in enumerate(values) if value == max(values)]
    assert all(rows[0][column] == "█" for column in highest)
    assert " " not in rows[-1]
