"""What holds for every alert, however hostile the post was."""

from __future__ import annotations

import unicodedata
from typing import get_args

from hypothesis import example, given, settings
from hypothesis import strategies as st

from monitor.model import Alert, Line, LineKind, Severity, Span, Style
from monitor.send._entities import compose
from monitor.send._layout import clean
from tests.send.fake_bot_api import check_text, pings, units

NASTY = st.sampled_from(["@all", "/ban", "\u202e", "\u2066", "\ud800", "\udfff", "🛩️", "𝟐", "\r\n", "\0", "  ", "‒"])
WORDS = st.lists(st.text(max_size=12) | NASTY, max_size=6).map("".join)
LONG = st.builds(lambda word, times: word * times, WORDS, st.sampled_from([1, 1, 1, 50, 300]))
HREFS = st.sampled_from(["", "", "https://t.me/x/1", "tg://user?id=1"]) | st.text(max_size=8)
SPANS = st.builds(Span, LONG, st.sampled_from(Style), HREFS)
LINES = st.builds(Line, st.sampled_from(get_args(LineKind)), st.lists(SPANS, max_size=4).map(tuple))
ALERTS = st.builds(
    Alert,
    severity=st.sampled_from(Severity),
    reason=st.just("rise"),
    source=st.just("s"),
    lines=st.lists(LINES, max_size=12).map(tuple),
    number=st.integers(1, 10**6),
    reply_to=st.none() | st.integers(1, 10**6),
)


def row(text: str, *, times: int = 1) -> tuple[Line, ...]:
    return (Line("row", (Span(text),)),) * times


@given(ALERTS)
@example(Alert(Severity.ROUTINE, "r", "s", row("𝟐" * 500, times=40), number=1))
@example(Alert(Severity.ROUTINE, "r", "s", row("𝟐" * 5000), number=1))
@example(Alert(Severity.ROUTINE, "r", "s", row(" \u3000 ", times=3), number=1))
@settings(deadline=None)
def test_the_service_takes_every_message(alert):
    message = compose(alert)
    check_text(message.text, list(message.entities))  # length, bounds, no split character, nesting


@given(ALERTS)
@settings(deadline=None)
def test_no_message_pings_turns_round_or_controls_anything(alert):
    text = compose(alert).text
    assert pings(text) == []
    harmful = [
        each
        for each in text.replace("\n", "")
        if unicodedata.category(each) in {"Cc", "Cs", "Cf"} and each not in "\u200c\u200d\u2060"
    ]
    assert harmful == []


@given(ALERTS)
@settings(deadline=None)
def test_the_first_line_is_kept_whole_where_it_fits_and_the_number_always(alert):
    first = next((line.text for line in alert.lines if clean(line.text).strip()), "")
    lines = compose(alert).text.replace("\u2060", "").split("\n")
    wanted = clean(first).replace("\u2060", "")
    if len(units(wanted)) <= 3000:  # with the joiners and the last line it fits for certain
        assert lines[0] == (wanted or lines[0])
    else:
        assert lines[0] == wanted or (lines[0].endswith("…") and wanted.startswith(lines[0][:-1]))
    assert lines[-1].startswith(f"A-{alert.number:04d}")


@given(ALERTS)
@settings(deadline=None)
def test_every_other_line_is_whole_or_counted_as_left_out(alert):
    given_lines = [clean(line.text).replace("\u2060", "") for line in alert.lines]
    lines = compose(alert).text.replace("\u2060", "").split("\n")[:-1]
    cut = [line for line in lines[1:] if line not in given_lines]
    assert len(cut) <= 1
    assert all(line.startswith("+") and line.endswith(" more") for line in cut)
