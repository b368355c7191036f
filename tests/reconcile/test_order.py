from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.reconcile.order import day_of, order_date, order_key

POSTED = datetime(2024, 1, 15, 5, 0, tzinfo=UTC)


@pytest.mark.parametrize("header", [date(2024, 1, 14), date(2024, 1, 15)])
def test_the_headers_date_holds_where_it_lies_near_the_posting(header):
    assert order_date(header, POSTED, "Europe/Kyiv") == (header, False)


@pytest.mark.parametrize("header", [date(2023, 1, 15), date(2024, 1, 17), date(2024, 1, 12), date(2024, 10, 15)])
def test_a_header_with_the_wrong_year_month_or_day_counts_for_the_posting_day_and_is_odd(header):
    assert order_date(header, POSTED, "Europe/Kyiv") == (date(2024, 1, 15), True)


def test_a_post_without_a_date_counts_for_the_day_in_the_sources_own_zone():
    late = datetime(2024, 1, 15, 22, 30, tzinfo=UTC)
    assert order_date(None, late, "Europe/Kyiv") == (date(2024, 1, 16), False)


def test_new_years_eve_and_new_years_day_are_two_days_in_the_sources_zone():
    posted = datetime(2024, 1, 1, 5, 0, tzinfo=UTC)
    assert order_date(date(2023, 12, 31), posted, "Europe/Kyiv") == (date(2023, 12, 31), False)


def key(day=15, rank=10, channel="a", hour=5, post="7"):
    return order_key(date(2024, 1, day), rank, channel, POSTED.replace(hour=hour), post)


def test_days_come_first_then_rank_then_channel_then_time_then_id():
    rising = [
        key(14, rank=99, channel="z", hour=23, post="99"),
        key(15, rank=1, channel="z", hour=23),
        key(15, rank=10, channel="a", hour=23),
        key(15, rank=10, channel="b", hour=5, post="9"),
        key(15, rank=10, channel="b", hour=6, post="8"),
    ]
    assert rising == sorted(rising)


def test_ids_sort_by_value_and_before_text_ids():
    rising = [key(post="9"), key(post="10"), key(post="110"), key(post="a9"), key(post="b1")]
    assert rising == sorted(rising)


def test_an_id_of_any_length_has_a_place_and_no_two_share_one():
    rising = [key(post="7"), key(post="007"), key(post="9" * 30), key(post="9" * 5_000)]
    assert rising == sorted(set(rising))


@given(st.dates(date(2014, 1, 1), date(2040, 1, 1)), st.integers(0, 9999), st.text(max_size=5), st.integers(0, 50_000))
def test_a_key_carries_its_day(day, rank, post, minutes):
    assert day_of(order_key(day, rank, "t.me/x", POSTED + timedelta(minutes=minutes), post or "1")) == day
