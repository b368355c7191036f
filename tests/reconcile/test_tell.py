from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from monitor.model import ChangeKind, Doubt, Qualifier, Scope, ScopeBasis, Severity
from monitor.reconcile.ledger import Decision
from monitor.reconcile.tell import missing, severity, tell_edit
from tests.reconcile.ledger_of import CATEGORIES, FIRST, RULES, claim, desk, only, stated_on, tally


def test_the_same_figures_on_another_channel_are_a_repeat_of_the_post_that_was_told():
    office = desk()
    office.post(0, claim("tanks", 100))
    _, told = office.post(0, claim("tanks", 100), channel="mod.gov.ua", rank=20)
    assert not told.worth_telling
    assert told.repeats == {("t.me/gs", "1")}


def test_another_figure_on_another_channel_waits_to_be_settled_and_is_not_told_yet():
    office = desk()
    office.post(0, claim("tanks", 100))
    _, told = office.post(0, claim("tanks", 110), channel="mod.gov.ua", rank=20)
    assert told.disagreements[0].first == ("t.me/gs", "1")
    assert not told.worth_telling


def test_the_higher_rank_holds_meanwhile_whichever_came_first():
    office = desk()
    office.post(0, claim("tanks", 110), channel="mod.gov.ua", rank=20)
    _, told = office.post(0, claim("tanks", 100), rank=10)
    assert told.disagreements
    # the lower rank sorts before the higher one, so a ledger in order keeps 110
    ordered = desk()
    ordered.post(0, claim("tanks", 100), rank=10)
    ordered.post(0, claim("tanks", 110), channel="mod.gov.ua", rank=20)
    assert ordered.value("tanks") == 110


def test_a_second_post_on_the_same_channel_is_a_fall_and_not_a_conflict():
    office = desk()
    office.post(0, claim("tanks", 314))
    _, told = office.post(0, claim("tanks", 311), hour=18)
    assert (only(told.changes).kind, only(told.changes).difference) == (ChangeKind.FALL, -3)
    assert not told.disagreements


def slipped(office):
    """Ten days of artillery, then a list with a dropped digit; returns what its line says."""
    for day in range(10):
        office.post(day, claim("artillery", 47_000 + 50 * day, 50))
    line = claim("artillery", 7_500, 50)
    office.post(10, line)
    return line


def test_a_slip_that_stands_on_another_channel_too_is_a_repeat_and_told_once():
    office = desk()
    line = slipped(office)
    _, told = office.post(10, line, channel="mod.gov.ua", rank=20)
    assert not told.worth_telling
    assert told.repeats == {("t.me/gs", "11")}


def test_another_channel_that_puts_a_slip_right_waits_to_be_settled():
    office = desk()
    slipped(office)
    _, told = office.post(10, claim("artillery", 47_500, 50), channel="mod.gov.ua", rank=20)
    assert told.disagreements[0].first == ("t.me/gs", "11")


def test_a_slip_posted_again_the_same_day_is_told_once_and_stays_in_doubt():
    office = desk()
    line = slipped(office)
    _, told = office.post(10, line, hour=7)
    assert not told.worth_telling
    step, _ = office.post(11, claim("artillery", 47_550, 50))
    assert step.settlements[0].effective == 47_500


def test_a_printed_delta_that_does_not_add_up_is_told_once_however_often_it_is_posted_that_day():
    office = desk()
    office.post(0, claim("artillery", 675))
    office.post(1, claim("artillery", 675, 14))
    _, told = office.post(1, claim("artillery", 675, 14), hour=7)
    assert not told.worth_telling


def test_lines_that_only_the_second_channel_has_are_told_as_its_own():
    office = desk()
    office.post(0, claim("tanks", 100), claim("afv", 50))
    office.post(1, claim("tanks", 101))
    _, told = office.post(1, claim("tanks", 101), claim("afv", 52), channel="mod.gov.ua", rank=20)
    assert [change.kind for change in told.changes] == [ChangeKind.REPEATED, ChangeKind.RISE]


def test_a_figure_that_a_person_rejected_before_the_post_was_told_is_no_news():
    key = ("t.me/gs", "1", "hash", tally("tanks"), 104_000)
    _, told = desk({key: Decision("reject", None, "Anna", "no tally", "now")}).post(0, claim("tanks", 104_000))
    assert not told.worth_telling


def test_an_older_post_than_what_is_held_is_never_a_fall():
    office = desk()
    office.post(5, claim("tanks", 120))
    _, told = office.post(2, claim("tanks", 100))
    assert only(told.changes).kind is ChangeKind.BACKDATED
    assert not told.worth_telling


def test_the_merged_line_names_the_two_it_replaces_and_prints_no_difference():
    office = desk()
    office.post(0, claim("vehicles", 1_796), claim("fuel_tanks", 76))
    _, told = office.post(1, claim("vehicles_fuel_tanks", 1_824))
    change = only(told.changes)
    assert (change.kind, change.difference) == (ChangeKind.NEW, None)
    assert "1,872" in change.note


def test_an_odd_header_date_is_a_doubt_of_the_post():
    _, told = desk().post(0, claim("tanks", 100), claim("afv", 50), odd=True)
    assert [change.doubts for change in told.changes] == [(Doubt.ODD_DATE,), ()]


# ── edits ─────────────────────────────────────────────────────────────────────────────────


def edit(before, after, day=1, *, odd=False):
    office = desk()
    office.post(0, claim("tanks", 95), claim("afv", 45))
    step, _ = office.post(day, *after, odd=odd)
    return tell_edit(before, step, stated_on(day, 9).order_key, RULES)


def test_an_edit_is_compared_with_the_same_post_and_not_with_yesterday():
    change = only(edit([claim("tanks", 100)], [claim("tanks", 98)]))
    assert (change.kind, change.before.value, change.now.value) == (ChangeKind.EDITED, 100, 98)
    assert change.difference == -2


def test_equal_claims_in_a_new_text_are_silent():
    assert edit([claim("tanks", 100)], [claim("tanks", 100)]) == ()


def test_a_figure_that_an_edit_removes_is_withdrawn():
    changes = edit([claim("tanks", 100), claim("afv", 50)], [claim("afv", 50)])
    assert (only(changes).kind, only(changes).before.value) == (ChangeKind.WITHDRAWN, 100)


def test_a_figure_that_an_edit_adds_has_nothing_before_it():
    changes = edit([claim("afv", 50)], [claim("tanks", 100), claim("afv", 50)])
    assert (only(changes).kind, only(changes).before) == (ChangeKind.EDITED, None)


def test_only_the_printed_delta_was_edited_and_that_is_said():
    changes = edit([claim("tanks", 100, 5)], [claim("tanks", 100, 50)])
    assert only(changes).difference is None
    assert (only(changes).claim.delta, only(changes).printed_before) == (50, 5)


def test_an_edit_that_gives_the_post_an_odd_date_raises_that_doubt_once():
    changes = edit([], [claim("tanks", 100), claim("afv", 50)], odd=True)
    assert [change.doubts for change in changes] == [(Doubt.ODD_DATE,), ()]


# ── missing ───────────────────────────────────────────────────────────────────────────────

USUAL = frozenset(tally(slug) for slug in ("tanks", "afv", "artillery"))
DAY = FIRST + timedelta(days=9)


def absent(stated, recent):
    step, _ = desk().post(9, *[claim(slug, 1) for slug in stated])
    return [change.tally.category for change in missing(step, recent, DAY, RULES)]


def test_a_line_of_the_last_seven_lists_that_is_not_there_is_missing():
    assert absent(["tanks", "afv"], [USUAL] * 7) == ["artillery"]


def test_six_lists_are_too_few_to_call_a_line_missing():
    assert absent(["tanks", "afv"], [USUAL] * 6) == []


def test_a_line_that_was_not_in_every_list_is_not_missing():
    assert absent(["tanks", "afv"], [USUAL] * 6 + [USUAL - {tally("artillery")}]) == []


def test_a_post_with_less_than_half_of_the_list_is_another_kind_of_post():
    assert absent(["tanks"], [USUAL] * 7) == []


def test_a_line_whose_series_has_ended_is_not_missing():
    assert absent(["tanks", "afv", "artillery"], [USUAL | {tally("pows")}] * 7) == []


# ── severity ──────────────────────────────────────────────────────────────────────────────


def loudness(*posts):
    office = desk()
    for day, claims in enumerate(posts):
        _, told = office.post(day, *claims)
    return severity(told.changes, CATEGORIES)


def test_an_ordinary_day_is_routine():
    assert loudness([claim("tanks", 100)], [claim("tanks", 104, 4)]) == (Severity.ROUTINE, "rise")


def test_a_fall_is_urgent():
    assert loudness([claim("tanks", 100)], [claim("tanks", 99)]) == (Severity.URGENT, "fall")


def test_a_rare_category_that_moved_is_urgent():
    assert loudness([claim("helicopters", 30)], [claim("helicopters", 31)]) == (Severity.URGENT, "rare")


def test_a_rare_category_that_stayed_is_not():
    day = [claim("helicopters", 30), claim("tanks", 1)]
    assert loudness(day, [claim("helicopters", 30), claim("tanks", 2)]) == (Severity.ROUTINE, "rise")


def test_a_first_figure_that_is_news_is_urgent():
    assert loudness([claim("personnel_killed", 498)]) == (Severity.URGENT, "first_is_news")


def test_an_alert_has_one_reason_and_a_fall_comes_before_a_mismatch():
    before = [claim("tanks", 100), claim("afv", 50)]
    assert loudness(before, [claim("tanks", 99), claim("afv", 51, 9)]) == (Severity.URGENT, "fall")


def test_a_value_out_of_range_is_that_and_not_a_fall():
    assert loudness([claim("tanks", 9_000)], [claim("tanks", 900)]) == (Severity.URGENT, "out_of_range")


# ── laws ──────────────────────────────────────────────────────────────────────────────────


@st.composite
def lists(draw):
    """Return what one post states: lines of one kind, each tally once."""
    basis, scope = draw(st.sampled_from(ScopeBasis)), draw(st.sampled_from(Scope))
    deltas, qualifiers = st.none() | st.integers(-5, 400), st.sampled_from(Qualifier)
    categories = draw(st.lists(st.sampled_from(["tanks", "afv", "aircraft", "helicopters"]), min_size=1, unique=True))
    return [
        claim(slug, draw(st.integers(0, 3_000)), draw(deltas), draw(qualifiers), basis, scope) for slug in categories
    ]


@given(st.lists(lists(), min_size=1, max_size=9), st.booleans(), st.booleans())
def test_the_same_list_again_on_its_day_is_no_news_on_any_channel(days, dated, elsewhere):
    office = desk()
    for day, lines in enumerate(days):
        office.post(day, *lines, dated=dated)
    where = {"channel": "mod.gov.ua", "rank": 20} if elsewhere else {"hour": 9}
    _, told = office.post(len(days) - 1, *days[-1], dated=dated, **where)
    assert not told.worth_telling
    assert not told.disagreements
