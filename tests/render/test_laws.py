"""What holds for every alert, whatever a post, a name or a figure may be."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor import render
from monitor.model import Change, ChangeKind, Doubt, Figure, Qualifier, Severity, Unread
from monitor.render.clean import clean, columns
from monitor.render.context import Context
from tests.render.samples import CATEGORIES, GENERAL_STAFF, TELEGRAM, change, context, post, utc

HOSTILE = "\u202e\u2066\u200b\u0007\ufeff@channel <b>\u0000\n\r\u2028«»` тест 火 é\u0301"
texts = st.one_of(st.text(max_size=120), st.text(HOSTILE, max_size=120))
names = texts.filter(clean)
figures = st.integers(min_value=0, max_value=10**9)
told = [kind for kind in ChangeKind if kind not in {ChangeKind.WITHDRAWN, ChangeKind.MISSING}]


@st.composite
def changes(draw) -> Change:
    kind = draw(st.sampled_from(told))
    made = change(
        kind,
        draw(st.sampled_from(sorted(CATEGORIES))),
        draw(figures),
        draw(st.none() | figures),
        qualifier=draw(st.sampled_from(Qualifier)),
        delta=draw(st.none() | st.integers(-(10**6), 10**6)),
        quote=draw(texts),
        subject=draw(st.sampled_from(["russia", "ukraine", "civilians", ""])),
        scope="period" if kind is ChangeKind.REPORTED else "total",
        doubts=tuple(draw(st.sets(st.sampled_from(Doubt)))),
        suggestion=draw(st.none() | figures),
        provisional=draw(st.booleans()),
        note=draw(
            st.sampled_from(["", "override: 5 by Anna", "replaces vehicles + fuel tanks, 1,777 when last given"])
        ),
    )
    return replace(made, tally=made.tally._replace(place=draw(texts)))


@st.composite
def alerts(draw):
    source = replace(GENERAL_STAFF, name=draw(names), caveat=draw(texts))
    where = Context(source, replace(TELEGRAM, label=draw(texts)), CATEGORIES, ZoneInfo("America/New_York"))
    published = draw(
        st.none() | st.integers(1_640_000_000, 1_900_000_000).map(lambda at: datetime.fromtimestamp(at, UTC))
    )
    told_post = post(utc(2026, 8, 8), draw(texts), id=draw(texts), url=draw(texts))
    told_post = replace(told_post, published_at=published)
    unread = tuple(Unread(text, (0, 1)) for text in draw(st.lists(texts, max_size=5)))
    found = draw(st.lists(changes(), min_size=1, max_size=8))
    seen = (published or utc(2026, 8, 8)) + draw(st.timedeltas(timedelta(0), timedelta(days=40)))
    alert = render.tally(told_post, found, Severity.URGENT, "x", where, seen_at=seen, unread=unread)
    return alert, source, found, where


@given(alerts())
def test_no_character_from_outside_steers_the_display(made):
    alert, *_ = made
    shown = [part.text for part in alert.lines] + [alert.copy_text]
    bad = {c for text in shown for c in text if unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"}}
    assert not bad
    assert all(span.href == "" or span.href.startswith("http") for part in alert.lines for span in part.spans)


@given(alerts())
def test_the_first_line_fits_and_names_claimant_and_day(made):
    alert, source, found, _ = made
    assert len(alert.headline) <= 80
    assert clean(source.name)[:20] in alert.headline
    days = [part.now.order_date for part in found if part.now]
    assert alert.headline.endswith(f" {max(days).day} Aug 2026")


@given(alerts())
def test_no_row_is_wider_than_a_phone(made):
    alert, *_ = made
    assert all(columns(part.text) <= 34 for part in alert.lines if part.kind == "row")


@given(changes(), st.sampled_from(sorted(CATEGORIES)))
def test_no_word_of_ours_says_more_than_the_source_did(made, slug):
    said = replace(made, tally=made.tally._replace(category=slug, place=""), claim=made.claim._replace(quote=""))
    alert = render.tally(post(utc(2026, 8, 8, 4)), [said], Severity.URGENT, "x", context(), seen_at=utc(2026, 8, 8, 5))
    words = set(re.findall(r"[a-z]+", f"{render.plain(alert)} {alert.copy_text}".lower()))
    assert not words & set(CATEGORIES[slug].never_say)


@given(st.lists(changes(), min_size=1, max_size=8))
def test_a_periods_figure_is_never_shown_with_a_difference(found):
    reported = [replace(part, doubts=(), provisional=False) for part in found if part.kind is ChangeKind.REPORTED]
    if not reported:
        return
    alert = render.tally(post(utc(2026, 8, 8, 4)), reported, Severity.ROUTINE, "x", context(), seen_at=utc(2026, 8, 8))
    assert not [part.text for part in alert.lines if part.kind == "row" and re.search(r"\([+-]\d", part.text)]


@given(st.lists(changes(), min_size=1, max_size=8), texts)
def test_naming_a_place_twice_changes_nothing(found, label):
    alert = render.tally(post(utc(2026, 8, 8, 4)), found, Severity.ROUTINE, "x", context(), seen_at=utc(2026, 8, 8))
    once = render.same_figures(alert, label)
    assert render.same_figures(once, label) == once
    assert "confirm" not in render.plain(once).replace(label, "").lower()


@given(st.lists(changes(), min_size=1, max_size=8), st.lists(changes(), min_size=1, max_size=8))
def test_striking_an_alert_keeps_every_word_of_it(first, edited):
    root = render.tally(post(utc(2026, 8, 8, 4)), first, Severity.URGENT, "x", context(), seen_at=utc(2026, 8, 8, 5))
    after = render.corrected(root, edited, context(), at=utc(2026, 8, 8, 6))
    kept = [part.text for part in after.lines]
    assert all(part.text in kept for part in root.lines if part.kind not in {"headline", "text"})
    assert len(after.headline) <= 80


@pytest.mark.parametrize("kind", ["overdue", "unreachable", "unreadable", "image_only"])
@given(names, texts)
def test_silences_fit_one_line_whatever_the_name(kind, name, detail):
    source = replace(GENERAL_STAFF, name=name)
    zone = ZoneInfo("America/Argentina/Buenos_Aires")
    opened = render.silence(kind, source, detail, at=utc(2026, 12, 28, 6), zone=zone)
    closed = render.recovered(kind, source, since=utc(2026, 12, 27), at=utc(2026, 12, 28), zone=zone, caught_up=2)
    for alert in (opened, closed):
        assert len(alert.headline) <= 80
        assert clean(name)[:12] in alert.headline
        assert alert.severity is Severity.OPS


@given(st.lists(st.tuples(st.sampled_from(sorted(CATEGORIES)), figures, st.sampled_from(Qualifier)), max_size=20))
def test_watching_shows_every_figure_that_is_held(held):
    pairs = [
        (change(ChangeKind.NEW, slug, 1).tally, Figure(value, qualifier=qualifier, order_date=date(2026, 8, 8)))
        for slug, value, qualifier in held
    ]
    alert = render.watching(GENERAL_STAFF, pairs, context(), at=utc(2026, 8, 8, 9))
    shown = " ".join(part.text for part in alert.lines if part.kind == "row")
    assert all(f"{figure.value:,}" in shown for _, figure in pairs)
    assert all(columns(part.text) <= 34 for part in alert.lines if part.kind == "row")
