from __future__ import annotations

from monitor.model import Claim, Qualifier, Tally
from monitor.reconcile.conflicts import compare_posts
from monitor.reconcile.ledger import Entry, Standing


def entry(category, value, *, channel="first", day="2026-08-08", **fields):
    tally = Tally("staff", "russia", category)
    return Entry(
        tally, f"{day}|0010|{channel}", channel, "7", value, effective=fields.pop("effective", value), **fields
    )


def compared(one, other, claims=()):
    found = compare_posts(one, other, claims)
    return found.tallies, [(change.before.value, change.now.value) for change in found.conflicts], found.set_aside


def test_figures_that_differ_are_a_conflict_with_both_of_them():
    one = [entry("tanks", 100), entry("afv", 200)]
    other = [entry("tanks", 103, channel="second"), entry("afv", 200, channel="second")]
    assert compared(one, other) == (2, [(100, 103)], 0)


def test_words_that_overlap_do_not_contradict_each_other():
    other = entry("tanks", 200, qualifier=Qualifier.OVER, effective=None, standing=Standing.ECHO)
    assert compared([entry("tanks", 211)], [other]) == (1, [], 0)


def test_posts_that_share_no_tally_or_count_for_different_days_are_not_compared():
    assert compared([entry("tanks", 100)], [entry("afv", 100)]) == (0, [], 0)
    assert compared([entry("tanks", 100)], [entry("tanks", 103, day="2026-08-09")]) == (0, [], 0)


def test_a_figure_in_doubt_is_compared_as_it_was_published():
    doubtful = entry("tanks", 1_210, effective=None, standing=Standing.PROVISIONAL)
    assert compared([entry("tanks", 12_100)], [doubtful]) == (1, [(12_100, 1_210)], 0)


def test_what_a_person_put_right_is_compared_as_that():
    overridden = entry("tanks", 1_210, effective=12_100, settled_by="person")
    assert compared([entry("tanks", 12_100)], [overridden]) == (1, [], 0)


def test_what_a_person_rejected_is_counted_apart():
    rejected = entry("tanks", 1_210, effective=None, standing=Standing.REJECTED)
    assert compared([entry("tanks", 12_100), entry("afv", 5)], [rejected, entry("afv", 5)]) == (1, [], 1)


def test_a_conflict_quotes_the_second_posts_line():
    claim = Claim("tanks", 103, quote="tanks 103")
    (change,) = compare_posts([entry("tanks", 100)], [entry("tanks", 103)], [claim]).conflicts
    assert (change.claim, change.difference) == (claim, 3)


def test_a_conflict_quotes_the_line_of_its_own_tally_where_two_give_the_same_number():
    claims = [Claim("afv", 103, quote="afv 103"), Claim("tanks", 103, quote="tanks 103")]
    (change,) = compare_posts([entry("tanks", 100)], [entry("tanks", 103)], claims).conflicts
    assert change.claim == claims[1]


def test_a_conflict_says_where_a_figure_in_doubt_is_part_of_it():
    doubtful = entry("tanks", 1_210, effective=None, standing=Standing.LAPSED)
    (change,) = compare_posts([doubtful], [entry("tanks", 12_100)], ()).conflicts
    assert change.provisional
