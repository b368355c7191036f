"""One JSON object a line in, one a line out."""

from __future__ import annotations

import io
import json

import pytest

from monitor.errors import InputError
from monitor.parse.contract import parse_line, stream

TEXT = "Total combat losses of the enemy from 24.02.22 to 14.06.24:\ntanks ‒ about 7945 (+9)"


def test_an_answer_has_every_field_of_the_contract(grammar):
    answer = parse_line(json.dumps({"id": "7", "text": TEXT}), grammar)
    assert answer == {
        "id": "7",
        "status": "tally",
        "claims": [
            {
                "category": "tanks", "value": 7945, "upper": None, "qualifier": "about", "delta": 9, "scope": "total",
                "scope_basis": "header", "since": "2022-02-24", "as_of": "2024-06-14", "window_start": None,
                "window_end": None, "place": "", "subject": "russia", "claimant": None,
                "quote": "tanks ‒ about 7945 (+9)", "span": [60, 83],
            }
        ],
        "mentions": [],
        "unread": [],
    }  # fmt: skip


def test_the_claimant_is_known_where_the_source_or_the_channel_is(grammar, tables):
    sources = {"general-staff-ua": tables.sources["general-staff-ua"], "t.me/x": tables.sources["defence-ministry-ru"]}
    by_source = parse_line(json.dumps({"id": 1, "text": TEXT, "source": "general-staff-ua"}), grammar, sources)
    by_channel = parse_line(json.dumps({"id": 1, "text": TEXT, "channel": "t.me/x"}), grammar, sources)
    unknown = parse_line(json.dumps({"id": 1, "text": TEXT, "channel": "else"}), grammar, sources)
    assert [answer["claims"][0]["claimant"] for answer in (by_source, by_channel, unknown)] == [
        "general-staff-ua", "defence-ministry-ru", None
    ]  # fmt: skip


def test_the_title_is_not_read_again(grammar):
    answer = parse_line(json.dumps({"id": 1, "text": "Добрий день", "title": TEXT}), grammar)
    assert answer["claims"] == []


def test_media_alone_is_a_picture(grammar):
    answer = parse_line(json.dumps({"id": 1, "text": "", "media": ["photo"]}), grammar)
    assert (answer["status"], answer["claims"]) == ("image_only", [])


@pytest.mark.parametrize(
    "line",
    ["", "no json", "[]", '"text"', "{}", '{"id": 1}', '{"text": "x"}', '{"id": null, "text": "x"}',
     '{"id": 1, "text": 5}', '{"id": 1, "text": "x", "published_at": "soon"}', '{"id": 1, "text": "x", "media": 5}',
     '{"id": 1, "text": "x", "published_at": 5}', '{"id": true, "text": "x"}'],
)  # fmt: skip
def test_a_line_that_is_no_such_object_is_refused(grammar, line):
    with pytest.raises(InputError):
        parse_line(line, grammar)


def test_a_bad_line_is_answered_in_its_place_and_stops_nothing(grammar):
    out = io.StringIO()
    lines = [json.dumps({"id": "a", "text": TEXT}) + "\n", "{broken\n", json.dumps({"id": "b", "text": "x"}) + "\n"]
    assert stream(lines, grammar, {}, out) == 1
    answers = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [answer["id"] for answer in answers] == ["a", None, "b"]
    assert set(answers[1]) == {"id", "error"}


def test_text_that_no_terminal_could_show_is_answered_all_the_same(grammar):
    out = io.StringIO()
    assert stream(['{"id": "a", "text": "5 \\ud83d танків"}'], grammar, {}, out) == 0
    assert json.loads(out.getvalue())["id"] == "a"
