from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.pace import stretched
from monitor.settings import Pace

PACE = Pace(hot_seconds=10, cold_seconds=60, jitter_seconds=0, rereads=())


@pytest.mark.parametrize(
    ("hot", "cold", "expected"),
    [
        (1, 1, (10, 60)),  # there is room for all
        (5, 30, (10, 60)),  # just
        (5, 60, (10, 120)),  # cold routes stretch first
        (10, 30, (10, math.inf)),  # hot ones take it all
        (20, 0, (20, 60)),  # and share it evenly
    ],
)
def test_one_request_a_second_is_shared_hot_before_cold(hot: int, cold: int, expected: tuple[float, float]) -> None:
    assert stretched(hot, cold, PACE, 1.0) == expected


def test_a_host_without_limit_stretches_nothing() -> None:
    assert stretched(1000, 1000, PACE, math.inf) == (10, 60)


@given(st.integers(0, 500), st.integers(0, 500), st.floats(0.1, 50))
def test_never_is_a_host_asked_more_than_it_may_be(hot: int, cold: int, per_second: float) -> None:
    hot_seconds, cold_seconds = stretched(hot, cold, PACE, per_second)
    assert hot / hot_seconds + cold / cold_seconds <= per_second * (1 + 1e-9)
    assert hot_seconds >= PACE.hot_seconds
    assert cold_seconds >= PACE.cold_seconds
