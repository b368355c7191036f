"""Figures no tally can have: they are kept as text, never claimed, and cost no more time than others."""

from __future__ import annotations

import time

import pytest

from monitor.model import Pattern, Source
from monitor.parse.numbers import LARGEST, words
from tests.parse.conftest import totals

HEADER = "The total combat losses of the enemy from 24.02.22 to 14.06.24 were approximately:\nAPV ‒ 5 (+1)\n"


@pytest.mark.parametrize(
    "line",
    [
        "tanks ‒ 9223372036854775808 (+3)",
        "tanks ‒ 9,223,372,036,854,775,808 (+3)",
        "tanks ‒ 999999999999 million (+3)",
        "tanks ‒ 1000000 million (+3)",
        "tanks ‒ 1234567,5 million (+3)",
        "tanks ‒ 999999999999 million 112 460",
        "tanks ‒ 7 (+9223372036854775808)",
        "tanks ‒ 7 (+999999999999 million)",
        "tanks ‒ 7-9223372036854775808",
        "9223372036854775808 tanks",
        "999999999999 thousand soldiers killed",
    ],
)
def test_a_figure_beyond_any_tally_is_never_claimed_and_its_line_is_kept(reading, line):
    found = reading(HEADER + line)
    figures = [figure for claim in found.claims for figure in (claim.value, claim.upper, claim.delta)]
    assert max(figure for figure in figures if figure is not None) <= LARGEST
    kept = [unread.span for unread in found.unread] + [span for _, span in found.ignored]
    kept += [claim.span for claim in found.claims if claim.value == 7]
    assert any(end > len(HEADER) for _, end in kept)


def test_the_largest_figure_there_can_be_is_read(reading):
    assert totals(reading(HEADER + "tanks ‒ 999999 million (+3)"))["tanks"] == 999_999_000_000
    assert totals(reading(HEADER + "tanks ‒ 999,999,999,999 (+3)"))["tanks"] == LARGEST


def test_a_stray_space_makes_no_figure_beyond_any_tally(reading):
    assert totals(reading(HEADER + "tanks ‒ 10, 328 (+3)"))["tanks"] == 10_328
    assert totals(reading(HEADER + "tanks ‒ 9999999999, 328 (+3)"))["tanks"] == 9_999_999_999


def test_a_stray_space_behind_a_million_adds_no_thousands(reading):
    assert totals(reading(HEADER + "tanks ‒ 5 million, 328 (+3)"))["tanks"] == 5_000_000


def test_the_parts_of_a_sum_beyond_any_tally_are_not_added_up(reading):
    text = "С начала проведения специальной военной операции сбиты 900000000000 Су-27, 900000000000 Су-24."
    assert totals(reading(text)) == {"aircraft": 900_000_000_000}


@pytest.mark.parametrize("written", ["9" * 13, "9" * 5_000, "5 (+" + "9" * 5_000 + ")"])
def test_an_operators_pattern_claims_no_figure_beyond_any_tally(reading, written):
    pattern = Pattern(r"Toll: (?P<tanks>\d+)(?: \((?P<delta_tanks>[+-]\d+)\))?", "Toll: 5", {"tanks": 5})
    found = reading(f"Toll: {written}", Source("own", "Our own", "own", patterns=(pattern,)))
    assert found.claims == ()
    assert found.unread[-1].text in f"Toll: {written}"


def test_scales_in_words_only_fall():
    assert words([3, 1_000_000, 500, 1_000, 7]) == 3_500_007
    assert words([1_000, 1_000]) is None
    assert words([1_000, 1_000_000]) is None


@pytest.mark.parametrize("word", ["млн ", "тис ", "тысяча ", "million ", "двадцать ", "million and thousand "])
def test_number_words_without_end_cost_linear_time(reading, word):
    text = ((word * 1_400)[:6_000] + "\n") * 8
    began = time.process_time()
    reading(text)
    assert time.process_time() - began < 0.4  # 0.1 s on a quiet machine; quadratic, it took 1.5 s
