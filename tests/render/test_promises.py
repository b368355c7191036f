"""What a duty editor may rely on, one promise a test."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import jinja2
import pytest

from monitor import render
from monitor.model import ChangeKind, Doubt, Scope, Severity, Style
from monitor.render import figures
from monitor.render.sentences import COPY, copy_sentence
from tests.render import cases
from tests.render.samples import GENERAL_STAFF, change, context, post, rise, same, utc

AT = utc(2026, 8, 8, 4, 12)


def told(*found, seen_at=AT, **fields):
    return render.tally(post(AT, **fields), found, Severity.ROUTINE, "rise", context(), seen_at=seen_at)


def answer(*found):
    """Return the reply to an alert whose post was edited."""
    where = {"root": cases.routine_alert(), "root_at": AT, "seen_at": AT}
    return render.correction(post(AT), found, Severity.URGENT, "edited", context(), **where)


def rows(alert):
    return [part.text for part in alert.lines if part.kind == "row"]


def struck(alert):
    return [span.text for part in alert.lines for span in part.spans if span.style is Style.STRIKE]


@pytest.mark.parametrize("name", [name for name in cases.ALERTS if not name.startswith("h-")])
def test_every_alert_says_whose_claim_it_is(name):
    alert = cases.ALERTS[name]()
    assert re.search(r"(Ukraine|Russia)'s [A-Za-z ]+", alert.headline)


@pytest.mark.parametrize("name", cases.ALERTS)
def test_every_sentence_to_paste_that_holds_a_figure_names_its_claimant(name):
    text = cases.ALERTS[name]().copy_text
    sentences = re.split(r"(?<=[a-z0-9)])\. (?=[A-Z])", re.sub(r"\b(Aug|Feb|Oct|Sept|Jan|Nov|Dec)\.", r"\1", text))
    assert all(
        re.search(r"'s (General Staff|Air Force|interior ministry|Defence)", s)
        for s in sentences
        if re.search(r"\d", s)
    )


def test_one_changed_tally_puts_its_figure_into_the_first_line():
    assert "tanks 251 (+4)" in told(rise("tanks", 251, 247), same("uav", 5)).headline
    assert "tanks 12,251" in told(rise("tanks", 12_251, 12_247), same("uav", 5)).headline


def test_a_doubtful_figure_is_shown_and_never_offered_for_pasting():
    alert = cases.slip_alert()
    assert "11,257" in render.plain(alert)
    assert "11,257" not in alert.copy_text
    assert "11,257" not in " ".join(rows(alert))


def test_an_alert_with_nothing_but_doubt_offers_nothing_to_paste():
    slip = rise("tanks", 99_999, 12_247, provisional=True, doubts=(Doubt.OUT_OF_RANGE,))
    assert not told(slip).copy_text


def test_a_printed_change_that_did_not_happen_is_told_although_the_total_stands():
    alert = told(same("tanks", 12_247, delta=5, doubts=(Doubt.DELTA_MISMATCH,)))
    assert rows(alert) == ["Tanks 12,247 (no change)", "  post prints (+5)"]
    assert "1 printed change does not match" in render.plain(alert)


def test_over_a_gap_nothing_is_said_about_printed_changes():
    text = render.plain(cases.after_a_gap_alert())
    assert "covers 3 days" in text
    assert "match" not in text


def test_a_difference_to_an_earlier_post_of_the_day_is_never_called_the_days_change():
    day = date(2026, 8, 8)
    alert = told(rise("tanks", 12_253, 12_251, yesterday=day, delta=6))
    assert "The difference is to an earlier post of the same day." in render.plain(alert)
    assert "from an earlier post of the same day" in alert.copy_text
    assert "a day earlier" not in alert.copy_text


def test_a_list_taken_for_a_period_is_not_headed_by_what_totals_count_from():
    found = change(ChangeKind.REPORTED, "tanks", 3, scope="period", doubts=(Doubt.SCOPE_UNSURE,))
    found = replace(found, tally=found.tally._replace(window="2026-08-08"))
    assert found.claim.since
    text = render.plain(told(found))
    assert "On 8 Aug 2026" in text
    assert "ince 24 Feb" not in text


def test_an_edit_of_the_printed_change_alone_says_that_the_figure_stands():
    tanks = change(ChangeKind.EDITED, "tanks", 12_036, 12_036, delta=4, quote="tanks 12036 (+4)")
    alert = answer(tanks)
    assert rows(alert) == ["Tanks still 12,036,", "  post now prints (+4)"]


def test_an_edit_never_looks_like_a_days_change():
    guns = change(ChangeKind.EDITED, "artillery", 47_450, 7_450, difference=40_000, delta=50)
    assert " ".join(" ".join(rows(answer(guns))).split()) == "Artillery was 7,450 → now 47,450 post prints (+50)"


def test_an_edit_repeats_no_printed_change_that_stands_as_it_stood():
    guns = change(ChangeKind.EDITED, "artillery", 47_450, 7_450, delta=50, printed_before=50)
    assert rows(answer(guns)) == ["Artillery was 7,450 → now 47,450"]


def test_an_edit_quotes_a_line_once():
    tanks = change(ChangeKind.EDITED, "tanks", 12_040, 12_036, delta=4, quote="tanks 12040 (+4)")
    alert = answer(replace(tanks, doubts=(Doubt.DELTA_MISMATCH,)))
    assert render.plain(alert).count("«tanks 12040 (+4)»") == 1


def test_a_withdrawn_line_does_not_give_its_old_date_as_the_odd_one():
    gone = change(ChangeKind.WITHDRAWN, "tanks", 251, day=date(2026, 8, 7), doubts=(Doubt.ODD_DATE,))
    text = render.plain(answer(gone))
    assert "CHECK: the post's own date does not fit" in text


def test_a_days_figures_name_their_day_once_in_the_first_line():
    day = date(2026, 8, 8)
    night = [change(ChangeKind.REPORTED, slug, 7, scope="period", since=None) for slug in ("uav", "tanks")]
    for found in (night, night[:1]):
        first = told(*found, seen_at=AT).headline
        assert first.endswith(", on 8 Aug 2026"), first
        assert first.count(figures.day(day)) == 1


def test_a_period_of_another_day_still_says_when_it_was_given():
    found = change(ChangeKind.REPORTED, "uav", 7, scope="period", since=None)
    found = replace(found, tally=found.tally._replace(window="2026-08-07"))
    assert re.search(r", on 7 Aug 2026, (as of )?8 Aug 2026$", told(found).headline)


def test_a_periods_figure_that_is_put_right_shows_the_earlier_one():
    day = date(2026, 8, 8)
    alert = told(change(ChangeKind.REPORTED, "uav", 101, 98, scope="period", yesterday=day))
    assert "UAVs 101 (earlier 98)" in rows(alert)


def test_several_figures_of_a_period_are_not_totals():
    night = [change(ChangeKind.REPORTED, slug, 7, scope="period") for slug in ("uav", "drones_launched")]
    assert "(not totals)" in told(*night).headline


def test_a_refined_figure_shows_no_difference():
    refined = change(ChangeKind.REFINED, "tanks", 211, 200, computed=11)
    assert rows(told(refined)) == ["Tanks 211 (earlier 200)"]


def test_an_absent_line_is_named_and_not_taken_as_zero():
    text = render.plain(cases.merged_alert())
    assert "Absent: special equipment" in text
    assert "not taken as zero" in text


def test_a_line_without_its_number_is_quoted():
    empty = change(ChangeKind.MISSING, "tanks", None, 12_247, quote="Танків – (+2) од", note="number left out")
    text = render.plain(told(rise("uav", 10, 9), empty))
    assert "Not read: tanks" in text
    assert "«Танків – (+2) од»" in text


def test_lines_that_no_rule_took_are_quoted_and_the_rest_counted():
    found = [cases.Unread(f"рядок {number}", (0, 1)) for number in range(5)]
    alert = render.tally(post(AT), [rise("uav", 10, 9)], Severity.ROUTINE, "rise", context(), seen_at=AT, unread=found)
    text = render.plain(alert)
    assert "Not understood: 5 lines with a figure" in text
    assert "«рядок 2»" in text
    assert "and 2 more" in text


def test_an_edit_strikes_only_the_figure_that_changed():
    root = told(rise("tanks", 12_251, 12_247), rise("tanks_and_afv", 12_251, 12_200), rise("uav", 10, 9))
    edited = change(ChangeKind.EDITED, "tanks", 12_215, 12_251)
    after = render.corrected(root, (edited,), context(), at=AT)
    assert len(struck(after)) == 1
    assert struck(after)[0].startswith("Tanks ")
    assert "Tanks 12,215" in rows(after)


def test_an_edit_of_a_doubtful_figure_strikes_all_that_was_said_of_the_doubt():
    edited = change(ChangeKind.EDITED, "vehicles_fuel_tanks", 111_257, 11_257, day=date(2026, 6, 24), delta=430)
    after = render.corrected(cases.slip_alert(), (edited,), context(), at=AT)
    gone = struck(after)
    assert [text[:9] for text in gone] == ["CHECK: Ve", "«Автотехн", "111,257 w", "Shown, no"]
    assert rows(after)[0] == "Vehicles, tankers 111,257"


def test_an_edit_of_one_doubtful_figure_leaves_the_doubt_about_another():
    held, doubt = 12_247, (Doubt.OUT_OF_RANGE,)
    two = [rise(slug, 99_999, held, provisional=True, doubts=doubt, quote=slug) for slug in ("tanks", "uav")]
    after = render.corrected(told(*two), (change(ChangeKind.EDITED, "tanks", 12_251, 99_999),), context(), at=AT)
    assert "«uav»" not in struck(after)
    assert [text for text in struck(after) if text.startswith("Shown, ")] == struck(after)[-1:]


def test_a_second_edit_strikes_the_figure_of_the_first():
    root = told(rise("tanks", 12_251, 12_247), rise("uav", 10, 9))
    once = render.corrected(root, (change(ChangeKind.EDITED, "tanks", 12_215, 12_251),), context(), at=AT)
    twice = render.corrected(once, (change(ChangeKind.EDITED, "tanks", 12_216, 12_215),), context(), at=AT)
    assert [text.split()[-1] for text in rows(twice)[:3]] == ["(+4)", "12,215", "12,216"]
    assert len(struck(twice)) == 2


def test_a_figure_that_only_stood_among_the_unchanged_is_struck_there():
    root = told(rise("uav", 10, 9), same("aircraft", 439), same("tanks", 5))
    after = render.corrected(root, (change(ChangeKind.EDITED, "aircraft", 440, 439),), context(), at=AT)
    assert "439" in struck(after)
    assert "Aircraft 440" in rows(after)


def test_the_first_line_of_an_edited_alert_shows_the_old_figure_struck_and_the_new_one():
    root = told(rise("tanks", 251, 247))
    after = render.corrected(root, (change(ChangeKind.EDITED, "tanks", 215, 251),), context(), at=AT)
    assert render.plain(after).startswith(
        "Ukraine's General Staff says: Russian losses: tanks ~251~ 215, as of 8 Aug 2026"
    )


def test_an_edited_alert_no_longer_offers_the_old_figure_for_pasting():
    assert "1,457,330" in cases.edited_root().copy_text
    assert "an increase of 1,190" not in cases.edited_root().copy_text


def test_an_edited_alert_keeps_its_number_and_severity():
    root, after = cases.routine_alert(), cases.edited_root()
    assert (after.number, after.severity, after.reason) == (root.number, root.severity, root.reason)


def test_further_places_join_the_line_of_the_same_figures():
    alert = render.same_figures(render.same_figures(told(rise("uav", 10, 9)), "mod.gov.ua"), "Facebook")
    assert "Same figures: mod.gov.ua, Facebook" in render.plain(alert)


def test_a_conflict_says_which_channel_holds():
    assert "Telegram holds meanwhile" in render.plain(cases.conflict_reply())


def test_a_conflict_with_a_figure_in_doubt_does_not_say_that_its_channel_holds():
    tanks = change(ChangeKind.CONFLICT, "tanks", 12_215, 1_225, provisional=True)
    text = render.plain(
        render.conflict((tanks,), context(), first=(cases.TELEGRAM, ""), second=(cases.WEBSITE, ""), root=None)
    )
    assert "it ranks higher" not in text
    assert "A figure in doubt does not count until it is settled" in text


def test_a_conflict_before_any_alert_stands_alone():
    tanks = change(ChangeKind.CONFLICT, "tanks", 12_215, 12_251)
    places = {"first": (cases.WEBSITE, ""), "second": (cases.TELEGRAM, "javascript:alert(1)")}
    alert = render.conflict((tanks,), context(), **places, root=None)
    assert alert.reply_to is None
    assert not alert.link
    assert "Telegram holds meanwhile" in render.plain(alert)


def test_a_later_age_takes_the_place_of_an_earlier_one():
    assert render.plain(cases.aged_alert()).count("Still late") == 1


def test_a_periods_line_names_its_day_in_the_sources_zone():
    reported = change(ChangeKind.REPORTED, "uav", 40, scope=Scope.PERIOD, since=None)
    day = reported.claim._replace(window_start=utc(2026, 8, 6, 21), window_end=utc(2026, 8, 7, 21))
    assert rows(told(replace(reported, claim=day)))[0] == "On 7 Aug 2026"


def test_figures_of_two_sides_stand_under_their_own_heading():
    ours = change(ChangeKind.RISE, "tanks", 20, 10)
    theirs = change(ChangeKind.RISE, "tanks", 30, 20, subject="ukraine")
    assert rows(told(ours, theirs))[::2] == ["Losses of Russia", "Losses of Ukraine"]


def test_a_category_that_forbids_the_word_loss_is_never_called_one():
    killed = change(ChangeKind.NEW, "personnel_killed", 498)
    assert "loss" not in render.plain(told(killed, change(ChangeKind.NEW, "drones_launched", 5))).lower()


def test_an_unknown_category_is_still_told():
    assert "Hovercraft" in render.plain(told(rise("hovercraft", 3, 2)))


def test_a_first_list_says_that_there_is_nothing_to_compare_with():
    alert = told(change(ChangeKind.NEW, "uav", 10), change(ChangeKind.NEW, "tanks", 20))
    assert "First figures: nothing to compare with." in render.plain(alert)
    assert rows(alert) == ["UAVs  10", "Tanks 20"]


def test_an_unknown_name_in_a_template_is_an_error():
    with pytest.raises(jinja2.UndefinedError):
        copy_sentence("{{ claimnat }} said", {"claimant": "A"})


def test_a_template_cannot_reach_into_the_program():
    with pytest.raises(jinja2.exceptions.SecurityError):
        copy_sentence("{{ claimant.__class__.__mro__ }}", {"claimant": "A"})


def test_hostile_words_are_data_to_the_template():
    source = replace(GENERAL_STAFF, name="{{ 7 * 7 }} Staff")
    alert = render.tally(post(AT), [rise("uav", 10, 9)], Severity.ROUTINE, "rise", context(source), seen_at=AT)
    assert alert.copy_text.startswith("{{ 7 * 7 }} Staff said on Saturday")
    assert "{{ 7 * 7 }}" not in COPY


def test_an_old_post_is_dated_and_not_called_by_its_weekday():
    alert = told(rise("uav", 10, 9), seen_at=utc(2026, 9, 1, 4))
    assert "said on Aug. 8, 2026 that" in alert.copy_text


def test_watching_with_nothing_held_says_so():
    alert = render.watching(GENERAL_STAFF, (), context(), at=AT)
    assert alert.headline == "Watching Ukraine's General Staff: no tally yet, 8 Aug 2026"
