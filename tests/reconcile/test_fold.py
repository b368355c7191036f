import pytest

from monitor.model import ChangeKind, Doubt, Qualifier, Scope, ScopeBasis
from monitor.reconcile.ledger import Decision, Standing
from tests.reconcile.ledger_of import claim, desk, only, tally

SHAPE = ScopeBasis.SHAPE
CUE = ScopeBasis.CUE


def steady(office, value=100_000, days=10, growth=400):
    """Ten lists with vehicles growing by 400 a day; returns the last day and value."""
    for day in range(days):
        office.post(day, claim("vehicles", value + growth * day, growth if day else None))
    return days - 1, value + growth * (days - 1)


# ── slips ─────────────────────────────────────────────────────────────────────────────────


def test_a_dropped_digit_is_shown_and_is_not_the_base_of_the_next_day():
    office = desk()
    day, last = steady(office)
    right = last + 430
    slipped = int(str(right)[0] + str(right)[2:])
    _, told = office.post(day + 1, claim("vehicles", slipped, 430))
    change = only(told.changes)
    assert change.doubts == (Doubt.OUT_OF_RANGE, Doubt.DIGIT_SLIP)
    assert (change.provisional, change.suggestion, change.now.value) == (True, right, slipped)
    assert office.value("vehicles") == last


def test_the_sources_next_post_settles_a_slip_as_what_was_suggested():
    office = desk()
    day, last = steady(office)
    right = last + 430
    office.post(day + 1, claim("vehicles", int(str(right)[0] + str(right)[2:]), 430))
    step, told = office.post(day + 2, claim("vehicles", right + 410, 410))
    assert step.settlements[0].effective == right
    change = only(told.changes)
    assert (change.kind, change.difference, change.doubts) == (ChangeKind.RISE, 410, ())
    assert "settled by the source's next post" in change.note


def test_a_value_in_doubt_becomes_the_base_when_the_next_total_less_its_delta_equals_it():
    office = desk()
    day, _ = steady(office)
    office.post(day + 1, claim("vehicles", 20_000, 400))
    step, told = office.post(day + 2, claim("vehicles", 20_400, 400))
    assert step.settlements[0].effective == 20_000
    assert only(told.changes).difference == 400


def test_a_value_in_doubt_becomes_the_base_when_a_next_post_without_delta_lies_closer_to_it():
    office = desk()
    day, _ = steady(office)
    office.post(day + 1, claim("vehicles", 20_000))
    office.post(day + 2, claim("vehicles", 20_300))
    assert office.value("vehicles") == 20_300


def test_a_value_that_nothing_bears_out_lapses_and_the_difference_covers_two_days():
    office = desk()
    day, last = steady(office)
    office.post(day + 1, claim("vehicles", 20_000, 400))
    step, told = office.post(day + 2, claim("vehicles", last + 800, 400))
    assert step.settlements[0].standing is Standing.LAPSED
    change = only(told.changes)
    assert (change.difference, change.covers_days, change.doubts) == (800, 2, ())


@pytest.mark.parametrize(("value", "delta"), [(104_000, None), (104_000, 7), (20_000, None)])
def test_vaguer_words_settle_no_figure_in_doubt(value, delta):
    office = desk()
    day, last = steady(office)
    office.post(day + 1, claim("vehicles", 20_000))
    step, told = office.post(day + 1, claim("vehicles", value, delta, Qualifier.ABOUT, CUE), hour=12, dated=False)
    assert (step.settlements, step.entries[0].standing, told.worth_telling) == ((), Standing.ECHO, False)
    assert office.value("vehicles") == last
    step, _ = office.post(day + 2, claim("vehicles", 20_300))
    assert step.settlements[0].effective == 20_000


def test_a_claim_that_a_person_rejected_settles_no_figure_in_doubt():
    key = ("t.me/gs", "12", "hash", tally("vehicles"), 20_400)
    office = desk({key: Decision("reject", None, "Anna", "a caption", "now")})
    day, _ = steady(office)
    office.post(day + 1, claim("vehicles", 20_000, 400))
    step, _ = office.post(day + 2, claim("vehicles", 20_400, 400))
    assert step.settlements == ()


@pytest.mark.parametrize("delta", [None, 400])
def test_a_copy_of_a_doubtful_figure_on_the_same_day_bears_nothing_out(delta):
    office = desk()
    day, last = steady(office)
    office.post(day + 1, claim("vehicles", 20_000, delta))
    step, told = office.post(day + 1, claim("vehicles", 20_000, delta), channel="mod.gov.ua", rank=20)
    assert step.settlements == ()
    assert not told.worth_telling
    assert office.value("vehicles") == last
    step, _ = office.post(day + 2, claim("vehicles", last + 800, 400))
    assert step.settlements[0].standing is Standing.LAPSED


def test_a_person_accepts_a_doubtful_value_and_it_is_the_base_at_once():
    value, key = 20_000, ("t.me/gs", "11", "hash", tally("vehicles"), 20_000)
    office = desk({key: Decision("accept", None, "Anna", "asked them", "now")})
    day, _ = steady(office)
    _, told = office.post(day + 1, claim("vehicles", value, 400))
    assert office.value("vehicles") == value
    assert only(told.changes).doubts == ()


def test_a_person_overrides_a_value_and_the_published_one_is_still_known():
    key = ("t.me/gs", "11", "hash", tally("vehicles"), 20_000)
    office = desk({key: Decision("override", 104_000, "Anna", "digit", "now")})
    day, _ = steady(office)
    step, _ = office.post(day + 1, claim("vehicles", 20_000, 400))
    assert (step.entries[0].value, step.entries[0].effective) == (20_000, 104_000)


def test_a_decision_lapses_when_the_posts_text_changes():
    key = ("t.me/gs", "11", "another hash", tally("vehicles"), 20_000)
    office = desk({key: Decision("accept", None, "Anna", "", "now")})
    day, last = steady(office)
    office.post(day + 1, claim("vehicles", 20_000, 400))
    assert office.value("vehicles") == last


def test_a_rejected_value_counts_for_nothing():
    key = ("t.me/gs", "11", "hash", tally("vehicles"), 104_000)
    office = desk({key: Decision("reject", None, "Anna", "not a tally", "now")})
    day, last = steady(office)
    office.post(day + 1, claim("vehicles", 104_000))
    assert office.value("vehicles") == last


@pytest.mark.parametrize(("verdict", "counts"), [("accept", 98), ("reject", None), ("override", 89)])
def test_a_person_decides_on_a_periods_figure_too(verdict, counts):
    night = claim("uav", 98, scope=Scope.PERIOD)
    window = tally("uav", "period")._replace(window="2024-01-01")
    office = desk({("t.me/gs", "1", "hash", window, 98): Decision(verdict, 89, "Anna", "misheard", "now")})
    step, _ = office.post(0, night)
    held = office.held.periods.get(window)
    assert (step.entries[0].value, None if held is None else held.effective) == (98, counts)


# ── printed and computed ──────────────────────────────────────────────────────────────────


def test_a_printed_delta_that_does_not_add_up_is_said():
    office = desk()
    office.post(0, claim("artillery", 33_336))
    _, told = office.post(1, claim("artillery", 33_413, 13))
    change = only(told.changes)
    assert (change.difference, change.computed, change.claim.delta) == (77, 77, 13)
    assert change.doubts == (Doubt.DELTA_MISMATCH,)


def test_a_list_under_yesterdays_date_adds_up_against_the_list_that_holds_on_it():
    office = desk()
    office.post(0, claim("tanks", 100))
    office.post(1, claim("tanks", 104, 4))
    _, told = office.post(1, claim("tanks", 110, 6), hour=23)
    change = only(told.changes)
    assert (change.kind, change.difference, change.doubts) == (ChangeKind.RISE, 6, ())


def test_an_unchanged_total_with_a_printed_delta_is_worth_telling():
    office = desk()
    office.post(0, claim("artillery", 675))
    _, told = office.post(1, claim("artillery", 675, 14))
    assert told.worth_telling


def test_with_a_missed_post_nothing_fails_to_add_up():
    office = desk()
    office.post(0, claim("tanks", 100))
    _, told = office.post(2, claim("tanks", 112, 7))
    change = only(told.changes)
    assert (change.doubts, change.covers_days, change.difference) == ((), 2, 12)


def test_a_second_list_after_a_gap_is_compared_with_the_first_and_covers_no_days():
    office = desk()
    office.post(0, claim("tanks", 100))
    office.post(2, claim("tanks", 112, 7))
    _, told = office.post(2, claim("tanks", 114, 9), hour=9)
    change = only(told.changes)
    assert (change.difference, change.covers_days, change.computed) == (2, None, None)


def test_a_sum_of_parts_of_several_days_ago_covers_these_days():
    office = desk()
    office.post(0, claim("aircraft", 30), claim("helicopters", 31))
    _, told = office.post(3, claim("aircraft_and_helicopters", 70))
    assert (only(told.changes).difference, only(told.changes).covers_days) == (9, 3)


def test_a_fall_is_a_fall_and_not_an_error():
    office = desk()
    office.post(0, claim("tanks", 3_799))
    _, told = office.post(1, claim("tanks", 3_797))
    change = only(told.changes)
    assert (change.kind, change.difference, change.doubts) == (ChangeKind.FALL, -2, ())
    assert office.value("tanks") == 3_797


def test_growth_far_above_the_usual_is_a_jump_and_still_counts():
    office = desk()
    for day in range(8):
        office.post(day, claim("aircraft", 300 + day))
    _, told = office.post(8, claim("aircraft", 348))
    assert only(told.changes).doubts == (Doubt.JUMPED,)
    assert office.value("aircraft") == 348


def test_to_and_fro_is_two_changes():
    office = desk()
    office.post(0, claim("tanks", 4_710))
    kinds = [only(office.post(day, claim("tanks", value))[1].changes).kind for day, value in ((1, 4_717), (2, 4_712))]
    assert kinds == [ChangeKind.RISE, ChangeKind.FALL]


# ── words ─────────────────────────────────────────────────────────────────────────────────


def test_an_exact_figure_refines_a_vague_one_and_no_difference_is_printed():
    office = desk()
    office.post(0, claim("tanks", 200, qualifier=Qualifier.OVER))
    _, told = office.post(1, claim("tanks", 211))
    change = only(told.changes)
    assert (change.kind, change.difference) == (ChangeKind.REFINED, None)
    assert office.value("tanks") == 211


def test_the_same_figure_in_vaguer_words_is_no_news_and_does_not_replace_it():
    office = desk()
    office.post(0, claim("tanks", 211))
    _, told = office.post(0, claim("tanks", 200, qualifier=Qualifier.OVER, basis=CUE), hour=12, dated=False)
    assert not told.worth_telling
    assert office.value("tanks") == 211


def test_equal_qualifiers_compare_their_numbers():
    office = desk()
    office.post(0, claim("tanks", 2_000, qualifier=Qualifier.OVER))
    _, told = office.post(1, claim("tanks", 3_000, qualifier=Qualifier.OVER))
    assert only(told.changes).difference == 1_000


# ── what a post is ────────────────────────────────────────────────────────────────────────


def test_sixty_one_aircraft_are_thirty_aeroplanes_and_thirty_one_helicopters():
    office = desk()
    office.post(0, claim("aircraft", 30), claim("helicopters", 31))
    step, told = office.post(0, claim("aircraft", 61, basis=CUE), hour=12, dated=False)
    assert step.entries[0].tally.category == "aircraft_and_helicopters"
    assert not told.worth_telling
    assert office.value("aircraft") == 30


def test_a_sum_is_compared_with_its_parts_where_these_are_newer_than_the_last_sum():
    office = desk()
    office.post(0, claim("aircraft", 30), claim("helicopters", 31))
    office.post(0, claim("aircraft_and_helicopters", 61), hour=9)
    office.post(5, claim("aircraft", 49), claim("helicopters", 37))
    _, told = office.post(5, claim("aircraft_and_helicopters", 86), hour=9)
    assert only(told.changes).kind is ChangeKind.UNCHANGED


def test_a_list_that_names_both_parts_is_never_read_as_their_sum():
    office = desk()
    office.post(0, claim("aircraft", 30), claim("helicopters", 31))
    step, _ = office.post(1, claim("aircraft", 61), claim("helicopters", 33))
    assert step.entries[0].tally.category == "aircraft"


def test_a_list_known_by_its_shape_founds_a_series_only_for_now():
    step, told = desk().post(0, claim("tanks", 3, basis=SHAPE), claim("afv", 5, basis=SHAPE))
    assert {entry.standing for entry in step.entries} == {Standing.FOUNDING}
    assert all(Doubt.SCOPE_UNSURE in change.doubts for change in told.changes)


@pytest.mark.parametrize("value", [200, 12_000])
def test_a_list_that_says_it_is_a_total_is_not_compared_with_one_that_only_looked_like_it(value):
    office = desk()
    office.post(0, claim("tanks", 300, basis=SHAPE))
    _, told = office.post(1, claim("tanks", value))
    change = only(told.changes)
    assert (change.kind, change.difference, change.doubts) == (ChangeKind.NEW, None, ())


def test_a_brigades_daily_list_is_not_fifteen_falls():
    office = desk()
    office.post(0, claim("tanks", 6_000), claim("afv", 11_000), claim("artillery", 9_000))
    lines = [claim(slug, 3, basis=SHAPE) for slug in ("tanks", "afv", "artillery")]
    step, told = office.post(1, *lines)
    assert {line.tally.scope for line in step.lines} == {Scope.PERIOD.value}
    assert {change.kind for change in told.changes} == {ChangeKind.REPORTED}
    assert all(change.doubts == (Doubt.SCOPE_UNSURE,) for change in told.changes)
    assert office.value("tanks") == 6_000


def test_an_older_days_figures_told_again_without_a_date_change_nothing():
    office = desk()
    for day in range(3):
        office.post(day, claim("tanks", 100 + day), claim("afv", 200 + day))
    step, told = office.post(3, claim("tanks", 101, basis=CUE), claim("afv", 201, basis=CUE), dated=False)
    assert step.recalled
    assert not told.worth_telling
    assert office.value("tanks") == 102


def test_a_dated_list_is_never_a_recollection():
    office = desk()
    for day in range(3):
        office.post(day, claim("tanks", 100 + day))
    _, told = office.post(3, claim("tanks", 101))
    assert only(told.changes).kind is ChangeKind.FALL


def test_figures_of_fifteen_days_ago_are_not_recalled_but_a_fall():
    office = desk()
    for day in range(16):
        office.post(day, claim("tanks", 100 + day))
    step, _ = office.post(16, claim("tanks", 101), dated=False)
    assert not step.recalled


def test_a_days_figure_is_never_compared_with_a_total():
    office = desk()
    office.post(0, claim("uav", 44_000))
    _, told = office.post(1, claim("uav", 34, scope=Scope.PERIOD))
    assert only(told.changes).kind is ChangeKind.REPORTED
    assert office.value("uav") == 44_000


def test_more_children_than_civilians_is_doubted():
    _, told = desk().post(0, claim("civilians_killed", 14), claim("children_killed", 352))
    assert told.changes[1].doubts == (Doubt.PARTS_EXCEED_TOTAL,)


@pytest.mark.parametrize("value", [0, 1, 10**9])
def test_a_first_figure_has_nothing_to_be_doubted_against(value):
    _, told = desk().post(0, claim("tanks", value, 5))
    assert (only(told.changes).kind, only(told.changes).doubts) == (ChangeKind.NEW, ())


def test_a_number_that_the_post_left_out_is_not_read_and_nothing_moves():
    office = desk()
    office.post(0, claim("tanks", 100), claim("afv", 200))
    _, told = office.post(1, claim("tanks", None, 2), claim("afv", 201))
    assert told.changes[0].kind is ChangeKind.MISSING
    assert office.value("tanks") == 100
