"""Which figures are running totals, and which belong to a day, a night, a week, an event.

A total needs a reason: the header of a list, a sentence that counts from the start, or (weakest) the
shape of the list. Everything else stays without a scope and becomes no claim.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple

from monitor.model import Scope, ScopeBasis
from monitor.parse.blocks import Sentence
from monitor.parse.dates import resolve
from monitor.parse.ranges import SINCE
from monitor.parse.token import Token


class Frame(NamedTuple):
    """What the words around a figure say about it."""

    scope: Scope
    basis: ScopeBasis
    cue: str  # the entry that said so: "list", "since", "day", "night" …
    since: date | None = None
    as_of: date | None = None
    subject: str = ""


class Framed(NamedTuple):
    """A sentence and the frames that hold from given places on; `inherited` where none was found in it."""

    sentence: Sentence
    frames: tuple[tuple[int, Frame], ...]
    inherited: Frame | None

    def at(self, place: int) -> Frame | None:
        """Return the frame of a figure at `place`: the last cue before it, else the first one behind it."""
        chosen = self.inherited
        if not self.frames:
            return chosen
        for start, frame in self.frames:
            if start > place and chosen is not None:
                break
            chosen = frame
        return chosen


SIDES = frozenset({"russia", "ukraine"})
_MOST_WORDS = 6  # without a meaning; with more of them a line with a figure is prose, and the list is over
_Reach = Literal["list", "sentence", "continue", "paragraph"]


@dataclass(slots=True)
class Walk:
    """Goes through a post's sentences and remembers which frame is still open."""

    near: date | None  # the day of posting, for dates without a year
    about: str  # whom the source is about
    starts: frozenset[date]  # days from which a total counts
    open: Frame | None = None
    reach: _Reach = "list"
    as_of: date | None = None
    gated: bool = False
    tolls: bool = False  # figures are running tolls: the source counts people, and no word names a period

    def frames(self, found: Sequence[Sentence]) -> Iterator[Framed]:
        people = self.about in {"civilians", "refugees"}
        self.tolls = people and not any(sentence.part.names_period for sentence in found)
        for sentence in found:
            own = tuple(self._own(sentence)) if sentence.part.cues else ()
            if own:
                framed = Framed(sentence, own, None)
                self._open_after(framed)
                yield framed
            else:
                yield Framed(sentence, (), self._inherited(sentence))

    # cues

    def _own(self, sentence: Sentence) -> Iterator[tuple[int, Frame]]:
        since, as_of = self._dates(sentence)
        subject = self.subject(sentence)
        for cue in sentence.part.cues:
            if cue.kind == "as_of":
                if self.tolls:
                    yield cue.start, Frame(Scope.TOTAL, ScopeBasis.CUE, "as of", None, as_of, subject)
            elif cue.kind == "range":
                if since in self.starts and "gate" not in sentence.part.kinds:
                    yield cue.start, Frame(Scope.TOTAL, ScopeBasis.CUE, "since", since, as_of, subject)
            elif cue.kind == "period":
                yield cue.start, Frame(Scope.PERIOD, ScopeBasis.CUE, cue.text, None, as_of, subject)
            else:
                basis = ScopeBasis.HEADER if cue.kind == "gate" else ScopeBasis.CUE
                self.gated = self.gated or cue.kind == "gate"
                self.as_of = self.as_of or as_of
                text = cue.kind if cue.kind == "campaign" else cue.text
                yield cue.start, Frame(Scope.TOTAL, basis, text, since, as_of, subject)

    def _dates(self, sentence: Sentence) -> tuple[date | None, date | None]:
        """Return (since, as of): two dates in that order, or one that the word before it decides."""
        tokens = sentence.part.tokens
        if "date" not in sentence.part.kinds:
            return None, None
        days = [(at, self._day(sentence, token)) for at, token in enumerate(tokens) if token.kind == "date"]
        known = [(at, day) for at, day in days if day]
        if len(known) >= 2:  # noqa: PLR2004 - from … to …
            first, last = known[0][1], known[1][1]
            return (first, last) if first <= last else (None, last)
        if not known:
            return None, None
        at, day = known[0]
        before = tokens[at - 1] if at else None
        if before is not None and before.kind == "range" and before.text in SINCE:
            return day, None
        return None, day

    def _day(self, sentence: Sentence, token: Token) -> date | None:
        """Return the day of a date; without a year "24.02" is the start, if totals count from such a day."""
        with_year = resolve(token, sentence.line, None)
        if with_year is not None:
            return with_year
        day = resolve(token, sentence.line, self.near or max(self.starts, default=None))
        if day is not None:
            day = next((start for start in self.starts if (start.month, start.day) == (day.month, day.day)), day)
        return day if self.near or day in self.starts else None

    def subject(self, sentence: Sentence) -> str:
        """Return whom the sentence is about, as far as its words tell."""
        return self.meant(sentence.part.names)

    def meant(self, word: str) -> str:
        """Return who "enemy" is: whom the source is about, else whom the language's speakers fight."""
        if not word.startswith("enemy"):
            return word
        return self.about if self.about in SIDES else word.removeprefix("enemy").lstrip("-")

    # reach

    def _open_after(self, framed: Framed) -> None:
        sentence = framed.sentence
        where, last = framed.frames[-1]
        part = sentence.part
        figures_follow = any(t.kind == "number" and t.start > where for t in part.tokens)
        aside = part.stopped and ("number" not in part.kinds or part.tokens[0].kind == "breakdown")
        if last.scope is Scope.PERIOD and aside and self.open is not None:
            return  # prose that happens to name a day or a place, or "this number includes …"
        self.open = last
        if not figures_follow and (not part.stopped or last.basis is ScopeBasis.HEADER):
            self.reach = "list"
        elif not part.stopped:
            self.reach = "list" if last.basis is ScopeBasis.HEADER and last.cue != "sentence" else "sentence"
        elif last.scope is Scope.TOTAL and last.cue != "campaign" and not self.tolls:
            self.reach = "continue"
        else:
            self.reach = "paragraph"

    def _inherited(self, sentence: Sentence) -> Frame | None:
        frame, part = self.open, sentence.part
        if frame is None:
            return None
        if self.reach == "sentence":
            if part.stopped:
                self.reach = "continue" if frame.scope is Scope.TOTAL else "paragraph"
            return frame
        if self.reach == "continue":
            return self._continued(frame, sentence)
        if self.reach == "paragraph" and (not sentence.after_blank or frame.cue in {"event", "night"}):
            return frame
        if sentence.sheet.listed:
            return frame
        if "number" in part.kinds and sum(token.kind == "word" for token in part.tokens) > _MOST_WORDS:
            self.open = None
        return None

    def _continued(self, frame: Frame, sentence: Sentence) -> Frame | None:
        """Let a total go on into a sentence that says so: "Среди них …", "Уничтожено …"."""
        part = sentence.part
        first = part.tokens[0].kind
        also = any((token.kind, token.text) == ("continue", "also") for token in part.tokens)
        if first in {"continue", "breakdown"} or also:
            self.reach = "continue" if part.stopped else "sentence"
            return frame
        if first != "fate" and "number" in part.kinds:  # "Сбито: …" may stand between the two
            self.open = None
        return None
