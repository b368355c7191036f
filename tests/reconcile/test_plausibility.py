import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.reconcile.plausibility import digit_slip, jumped, one_digit_apart, out_of_range

WEEK = (5.0, 0.0, 8.0, 3.0, 0.0, 1.0, 2.0)


@pytest.mark.parametrize(
    ("one", "other"),
    [("11257", "111257"), ("1009", "10009"), ("3002", "3003"), ("6215", "6125"), ("100", "1000"), ("12", "21")],
)
def test_one_digit_dropped_inserted_replaced_or_swapped_is_a_slip(one, other):
    assert one_digit_apart(one, other)
    assert one_digit_apart(other, one)


@pytest.mark.parametrize(("one", "other"), [("500", "500"), ("1234", "4321"), ("12", "1234"), ("135", "531")])
def test_two_wrong_digits_are_no_slip(one, other):
    assert not one_digit_apart(one, other)


@given(st.integers(1, 10**7), st.data())
def test_any_number_with_one_digit_taken_away_is_one_slip_apart(number, data):
    text = str(number)
    place = data.draw(st.integers(0, len(text) - 1))
    assert one_digit_apart(text[:place] + text[place + 1 :], text)


def test_a_slip_is_only_suggested_for_a_value_further_off_than_any_growth_lately():
    assert digit_slip(11_257, 111_257, (430.0,) * 60)
    assert not digit_slip(3_002, 3_003, WEEK), "a difference of one is a restatement, not a slip"


def test_growth_above_three_times_the_largest_of_the_last_days_is_a_jump():
    assert jumped(25, WEEK)
    assert not jumped(24, WEEK)


def test_growth_of_ten_is_never_a_jump():
    assert not jumped(10, (0.0,) * 60)
    assert jumped(11, (0.0,) * 60)


def test_a_week_of_history_is_needed_before_anything_is_called_a_jump():
    assert not jumped(5_000, WEEK[:6])


def test_below_a_third_of_what_is_held_is_out_of_range():
    assert out_of_range(33, 100, None, None)
    assert not out_of_range(34, 100, None, None)


def test_small_totals_may_fall_to_anything():
    assert not out_of_range(1, 99, None, None)


def test_configured_bounds_hold_with_nothing_held():
    assert out_of_range(4, None, 5, None)
    assert out_of_range(901, None, None, 900)
    assert not out_of_range(900, None, 5, 900)
