"""The figures of 1,626 days through the fold alone."""

from collections import Counter
from datetime import date

import pytest

from monitor.model import ChangeKind, Claim, Doubt, Qualifier, Severity
from monitor.reconcile.fold import Rules, Stated, fold
from monitor.reconcile.held import Held
from monitor.reconcile.order import order_key
from monitor.reconcile.tell import severity, tell
from monitor.settings import load_tables
from tests.golden.posts import expected_falls, expected_mismatch_dates, golden_posts

pytestmark = pytest.mark.corpus


@pytest.fixture(scope="module")
def told():
    rules = Rules("general-staff-ua", "russia", load_tables().categories)
    held, days = Held(), {}
    for post in golden_posts():
        claims = tuple(
            Claim(slug, value, delta=post.deltas.get(slug), as_of=post.date, qualifier=_words(slug, post.qualifier))
            for slug, value in post.figures.items()
        )
        key = order_key(post.date, 10, "t.me/gs", post.published_at, post.id)
        step = fold(Stated(key, "t.me/gs", post.id, "hash", claims, dated=True), held, rules, {})
        days[post.date] = tell(step, key, "t.me/gs", held, rules).changes
        held.apply(key, step.entries, step.settlements)
        for slug, value in post.figures.items():
            last = held.series[next(line.tally for line in step.lines if line.claim.category == slug)].last
            assert last is not None
            assert last.effective == value, (post.date, slug)
    return days


def _words(slug, qualifier):
    if slug != "personnel_losses":
        return Qualifier.EXACT
    return Qualifier.OVER if qualifier == "more" else Qualifier.ABOUT


def test_the_printed_deltas_that_do_not_add_up_are_flagged_on_29_dates(told):
    flagged = {day for day, changes in told.items() if any(Doubt.DELTA_MISMATCH in one.doubts for one in changes)}
    assert flagged == set(expected_mismatch_dates())
    assert len(flagged) == 29


def test_the_13_falls_are_falls(told):
    falls = {
        (day, one.tally.category, one.difference)
        for day, changes in told.items()
        for one in changes
        if one.kind is ChangeKind.FALL
    }
    assert falls == {(fall.date, fall.category, fall.now - fall.before) for fall in expected_falls()}
    assert len(falls) == 13


def test_no_restatement_is_taken_for_a_slip_or_out_of_range(told):
    doubts = {doubt for changes in told.values() for one in changes for doubt in one.doubts}
    assert doubts == {Doubt.DELTA_MISMATCH, Doubt.JUMPED}


def test_one_urgent_alert_in_ten_over_the_last_year(told):
    categories = load_tables().categories
    last_year = [changes for day, changes in told.items() if day > date(2025, 8, 8)]
    loud = Counter(severity(changes, categories)[0] for changes in last_year)
    assert len(last_year) == 365
    assert loud == {Severity.ROUTINE: 327, Severity.URGENT: 38}
