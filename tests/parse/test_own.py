"""What an operator adds for one publisher: words, what they mean there, patterns."""

from __future__ import annotations

import time

import pytest

from monitor.model import Pattern, Source
from monitor.parse.patterns import compiled
from monitor.parse.reader import compile_grammar
from tests.parse.conftest import claim_of, totals

LIST = "Загальні бойові втрати противника:\nтанків ‒ 7945 (+9)\n"


def source(**fields: object) -> Source:
    return Source(key="own", name="Our own", claimant="own", about="russia", **fields)


def test_further_words_count_for_their_source_only(reading):
    text = LIST + "залізних звірів ‒ 12 (+1)"
    assert totals(reading(text)) == {"tanks": 7945}
    assert totals(reading(text, source(words={"ugv": ("залізних звірів",)}))) == {"tanks": 7945, "ugv": 12}


def test_words_of_two_sources_do_not_mix(reading):
    one, two = source(words={"ugv": ("звірів",)}), source(words={"uav": ("звірів",)})
    text = LIST + "звірів ‒ 12 (+1)"
    assert [totals(reading(text, own)).keys() - {"tanks"} for own in (one, two, one)] == [{"ugv"}, {"uav"}, {"ugv"}]


def test_a_word_means_what_its_publisher_means(reading):
    text = "З початку вторгнення вбито 5840 російських військових."
    assert totals(reading(text)) == {"personnel_killed": 5840}
    meant = source(meaning={"personnel_killed": "personnel_losses"})
    assert totals(reading(text, meant)) == {"personnel_losses": 5840}


def test_a_channel_may_own_what_it_forwards(reading):
    assert totals(reading(LIST, source(forwards="own"), forwarded_from="Somebody")) == {"tanks": 7945}
    assert totals(reading(LIST, source(), forwarded_from="Somebody")) == {}


def test_a_pattern_with_named_groups_reads_what_the_grammar_does_not(reading):
    pattern = Pattern(
        expression=r"Death toll: (?P<civilians_killed>[\d,]+) \((?P<delta_civilians_killed>[+-]\d+)\)",
        example="Death toll: 1,234 (+5)",
        expect={"civilians_killed": 1234},
    )
    found = reading("Earthquake bulletin 7\nDeath toll: 1,234 (+5)", source(patterns=(pattern,)))
    claim = claim_of(found, "civilians_killed")
    assert (claim.value, claim.delta, claim.claimant) == (1234, 5, "own")
    assert claim.quote == "Death toll: 1,234 (+5)"


def test_a_pattern_that_would_run_for_ever_is_stopped_and_the_post_is_kept(reading):
    pattern = Pattern(expression=r"(?P<tanks>(?:\d|\d\d)+)(?=\W\W)", example="5, ", expect={"tanks": 5})
    began = time.process_time()
    found = reading(LIST + "1" * 80, source(patterns=(pattern,)))
    assert time.process_time() - began < 5
    assert totals(found)["tanks"] == 7945
    assert "time limit of the pattern" in found.unread[-1].text


def test_a_mistake_in_a_pattern_is_a_value_error():
    with pytest.raises(ValueError, match="missing"):
        compiled("(?P<tanks>")


def test_a_table_that_the_grammar_does_not_know_is_refused():
    with pytest.raises(ValueError, match="xx: no such table: colours"):
        compile_grammar({"xx": {"colours": {"red": ["red"]}}}, {})


def test_words_for_a_category_that_does_not_exist_are_refused(tables):
    with pytest.raises(ValueError, match="zeppelins"):
        compile_grammar({"xx": {"category": {"zeppelins": ["zeppelin"]}}}, tables.categories)


def test_the_version_changes_with_the_words(tables, grammar):
    other = compile_grammar({"en": tables.languages["en"]}, tables.categories)
    assert other.version != grammar.version
    assert compile_grammar(tables.languages, tables.categories).version == grammar.version


def test_a_reading_names_the_parser_that_made_it(reading, grammar):
    assert reading(LIST).parser == grammar.version


def test_categories_may_be_left_out(tables):
    assert compile_grammar(tables.languages, {}).version
