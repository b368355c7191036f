from __future__ import annotations

from monitor.model import Line
from monitor.send._layout import clean, prepare, shorten
from tests.send.samples import an_alert, line

LINES = (line("headline", "HEAD"), line("flag", "FLAG"), line("row", "one"), line("row", "two"), line("row", "six"))


def texts(lines: tuple[Line, ...]) -> list[str]:
    return [each.text for each in lines]


def test_what_fits_stays_as_it_is():
    assert shorten(LINES, 21, len) == LINES


def test_whole_rows_go_from_the_bottom_and_are_counted():
    assert texts(shorten(LINES, 20, len)) == ["HEAD", "FLAG", "+3 more"]
    longer = (*LINES[:2], *(line("row", f"row {number:02}") for number in range(20)))
    assert texts(shorten(longer, 60, len)) == ["HEAD", "FLAG", *(f"row {n:02}" for n in range(6)), "+14 more"]


def test_rows_go_before_quotations_and_those_before_text_and_links():
    lines = (*LINES, line("quote", "quote"), line("link", "link"), line("text", "text"))
    assert texts(shorten(lines, 35, len)) == ["HEAD", "FLAG", "+3 more", "quote", "link", "text"]
    assert texts(shorten(lines, 29, len)) == ["HEAD", "FLAG", "+4 more", "link", "text"]
    assert texts(shorten(lines, 23, len)) == ["HEAD", "FLAG", "+5 more", "link"]


def test_only_a_first_line_that_is_too_long_by_itself_is_cut_inside():
    assert texts(shorten((line("headline", "x" * 30), *LINES), 10, len)) == ["xxxxxxxxx…"]
    assert texts(shorten((line("headline", "x" * 30),), 14, len, last=line("text", "A-1"))) == ["xxxxxxxxx…", "A-1"]


def test_the_limit_counts_in_the_unit_of_the_service():
    def size(text: str) -> int:
        return len(text.encode())

    assert texts(shorten((line("headline", "é" * 10),), 10, size)) == ["ééé…"]


def test_blank_lines_around_an_alert_are_left_out_and_those_within_stay():
    alert = an_alert(rows=(), more=(line("text", ""), line("text", "end"), line("text", " ")))
    inside = texts(prepare(alert))
    assert inside[2:4] == ["", "end"]
    assert inside[-1].startswith("Source")


def test_what_a_person_cannot_see_is_removed_and_what_an_emoji_needs_stays():
    assert clean("a\x00b\u202ec\u2066d\u200be\ufefff\u00adg") == "abcdefg"
    assert clean("👩\u200d✈️ خانه\u200cها") == "👩\u200d✈️ خانه\u200cها"
    assert clean("one\ntwo\r\nthree\u2028four") == "one two  three four"
    assert clean("\ud83d lone") == " lone"
