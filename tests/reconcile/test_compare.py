import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.model import Qualifier
from monitor.reconcile.compare import Relation, interval, relation


@pytest.mark.parametrize(
    ("value", "qualifier", "least", "greatest"),
    [
        (200, Qualifier.OVER, 201, 299),
        (2000, Qualifier.OVER, 2001, 2999),
        (211, Qualifier.OVER, 212, 212),
        (500, Qualifier.ALMOST, 400, 499),
        (5840, Qualifier.UP_TO, 5831, 5840),
        (30, Qualifier.AT_LEAST, 30, 39),
        (1000, Qualifier.UNDER, 0, 999),
        (14000, Qualifier.ABOUT, 13500, 14500),
        (7, Qualifier.EXACT, 7, 7),
        (0, Qualifier.ABOUT, 0, 0),
    ],
)
def test_a_qualifier_reaches_one_unit_of_the_last_digit_that_is_not_zero(value, qualifier, least, greatest):
    assert interval(value, None, qualifier) == (least, greatest)


def test_a_range_reaches_from_end_to_end():
    assert interval(10, 15, Qualifier.RANGE) == (10, 15)


def test_over_200_and_then_211_says_the_same_more_precisely():
    assert relation((200, None, Qualifier.OVER), (211, None, Qualifier.EXACT)) is Relation.NARROWER


def test_nearly_500_and_then_498_says_the_same_more_precisely():
    assert relation((500, None, Qualifier.ALMOST), (498, None, Qualifier.EXACT)) is Relation.NARROWER


def test_211_and_then_over_200_says_no_more_than_was_said():
    assert relation((211, None, Qualifier.EXACT), (200, None, Qualifier.OVER)) is Relation.VAGUER


def test_more_than_2000_and_then_more_than_3000_is_a_difference():
    assert relation((2000, None, Qualifier.OVER), (3000, None, Qualifier.OVER)) is Relation.DIFFERENT


def test_over_200_and_then_311_is_a_difference():
    assert relation((200, None, Qualifier.OVER), (311, None, Qualifier.EXACT)) is Relation.DIFFERENT


figures = st.tuples(
    st.integers(0, 10**7), st.none(), st.sampled_from([q for q in Qualifier if q is not Qualifier.RANGE])
)


@given(figures)
def test_every_figure_is_the_same_as_itself(figure):
    assert relation(figure, figure) is Relation.SAME


@given(figures, figures)
def test_whether_two_figures_contradict_does_not_depend_on_which_came_first(one, other):
    apart = relation(one, other) is Relation.DIFFERENT
    assert apart is (relation(other, one) is Relation.DIFFERENT)
