"""`monitor check` proves words and patterns with the examples beside them."""

from pathlib import Path

import pytest

from monitor.check import check
from monitor.settings import load


def faults(tmp_path: Path, source: str) -> list[str]:
    folder = tmp_path / "config" / "sources"
    folder.mkdir(parents=True, exist_ok=True)
    head = 'name = "Mine"\nabout = "civilians"\nlanguages = ["en"]\nstart = 2026-03-05\n'
    (folder / "mine.toml").write_text(head + source, encoding="utf-8")
    found = check(load({}, working=tmp_path))
    return [str(fault) for fault in found if fault.file == "sources/mine.toml"]


PATTERN = """
[[patterns]]
expression = '(?P<civilians_killed>[0-9]+) souls'
example = "The sea took {} souls."
expect = {{ civilians_killed = 12 }}
"""
WORDS = """
[words]
civilians_killed = ["perished"]
"""
EXAMPLE = """
[[examples]]
text = "Since 5 March 2026 a total of {} people {}."
expect = {{ civilians_killed = 12 }}
"""


def test_every_shipped_example_reads_as_it_says(tmp_path):
    assert [str(fault) for fault in check(load({}, working=tmp_path))] == []


def test_a_pattern_that_reads_its_example_passes_and_one_that_does_not_is_told(tmp_path):
    assert faults(tmp_path, PATTERN.format(12)) == []
    (fault,) = faults(tmp_path, PATTERN.format(13))
    assert fault.startswith(
        "sources/mine.toml: patterns[0].example: civilians_killed should be read as total 12, and is read as 13"
    )


def test_further_words_that_read_their_example_pass(tmp_path):
    assert faults(tmp_path, WORDS + EXAMPLE.format(12, "perished")) == []


@pytest.mark.parametrize("examples", ["", EXAMPLE.format(12, "were killed")])
def test_further_words_without_an_example_that_has_them_are_told(tmp_path, examples):
    (fault,) = faults(tmp_path, WORDS + examples)
    assert "words.civilians_killed: no example shows 'perished' at work" in fault


def test_an_example_that_reads_otherwise_is_told_with_what_was_read(tmp_path):
    (fault,) = faults(tmp_path, EXAMPLE.format(11, "were killed"))
    assert "civilians_killed should be read as total 12, and is read as 11" in fault


def desk_faults(tmp_path: Path, desks: str) -> list[str]:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "desks.toml").write_text(desks, encoding="utf-8")
    return [str(fault) for fault in check(load({}, working=tmp_path))]


def test_alerts_that_nobody_would_get_are_a_fault(tmp_path):
    (fault,) = desk_faults(tmp_path, "[desks.duty]\nurgent = []\n")
    assert fault == 'desks.toml: desks: urgent alerts go nowhere. Name a destination: urgent = ["console"]'


def test_a_watched_source_of_which_no_desk_is_told_is_a_fault(tmp_path):
    shipped = load({}, working=tmp_path).sources.values()
    watched = {
        source.key for source in shipped for channel in source.channels if any(r.enabled for r in channel.routes)
    }
    found = desk_faults(tmp_path, '[desks.duty]\nsources = ["general-staff-ua"]\n')
    assert len(found) == len(watched) - 1
    assert all("no desk is told of it" in fault and "enabled = false" in fault for fault in found)
    assert not any("general-staff-ua" in fault for fault in found)
