"""Every format as a person reads it. `python -m tests.render.cases` writes the files anew."""

from __future__ import annotations

import pytest

from tests.render.cases import ALERTS, GOLDEN, projection


@pytest.mark.parametrize("name", ALERTS)
def test_every_format_reads_as_it_was_agreed(name):
    assert projection(ALERTS[name]()) == GOLDEN.joinpath(f"{name}.txt").read_text("utf-8")


def test_every_golden_file_has_its_alert():
    assert {path.stem for path in GOLDEN.glob("*.txt")} == set(ALERTS)
