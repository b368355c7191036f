"""One token: a piece of a line and what it is."""

from __future__ import annotations

from typing import NamedTuple

from monitor.parse.numbers import Number

IN_WORDS = "in words"  # the text of a number without digits


class Token(NamedTuple):
    """A piece of a line. `start` and `end` count code points in the original line.

    Kinds: the tables of a language (`lexicon.KINDS`), and `number`, `date` (text is as written),
    `time`, `percent`, `decimal`, `ordinal`, `name`, `link`, `long`, `endless`, `word`, `stop`, or a mark
    itself (`(`, `)`, `-`, `/`, `,` …).
    """

    kind: str
    text: str
    start: int
    end: int
    number: Number | None = None  # None too where two numbers leave open what is meant
    upper: Number | None = None  # of a range
