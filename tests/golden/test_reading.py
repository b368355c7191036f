from __future__ import annotations

from functools import cache

import pytest

from monitor.model import Post, Qualifier, Reading, Scope, Status
from monitor.parse.reader import compile_grammar, read
from monitor.settings import load_tables
from tests.golden.posts import GoldenPost, golden_posts

pytestmark = pytest.mark.corpus

QUALIFIERS = {"about": Qualifier.ABOUT, "more": Qualifier.OVER}


@cache
def readings() -> tuple[tuple[GoldenPost, Reading], ...]:
    tables = load_tables()
    grammar = compile_grammar(tables.languages, tables.categories)
    source = tables.sources["general-staff-ua"]
    channel = source.channels[0].key
    return tuple(
        (golden, read(Post(channel, golden.id, golden.text, golden.published_at), grammar, source))
        for golden in golden_posts()
    )


def test_every_days_list_reads_back_to_exactly_its_figures_and_printed_deltas() -> None:
    for golden, reading in readings():
        claims = reading.claims
        assert reading.status is Status.TALLY, golden.text
        assert len(claims) == len(golden.figures), golden.text
        assert {claim.category: claim.value for claim in claims} == dict(golden.figures), golden.text
        printed = {claim.category: claim.delta for claim in claims if claim.delta is not None}
        assert printed == dict(golden.deltas), golden.text


def test_every_figure_is_a_total_about_russia() -> None:
    assert {(c.scope, c.subject) for _, reading in readings() for c in reading.claims} == {(Scope.TOTAL, "russia")}


def test_only_the_personnel_is_qualified() -> None:
    for golden, reading in readings():
        qualified = {c.category: c.qualifier for c in reading.claims if c.qualifier is not Qualifier.EXACT}
        assert qualified == {"personnel_losses": QUALIFIERS[golden.qualifier]}, golden.text


def test_the_date_of_the_header_is_the_day() -> None:
    for golden, reading in readings():
        assert reading.as_of == golden.date, golden.text.split("\n")[0]


def test_nothing_with_a_digit_is_left_unread() -> None:
    for golden, reading in readings():
        assert not reading.unread, golden.text
