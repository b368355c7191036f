"""A post as sentences: what stands on one line, or runs on over a line break that the markup left behind."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from monitor.parse.casualties import Figure, read_casualties
from monitor.parse.elements import LABELS, Element, Inside, elements
from monitor.parse.items import Item, Votes, people_line, read_items, votes
from monitor.parse.ranges import SINCE
from monitor.parse.token import Token
from monitor.parse.tokens import Shape, Shaper

CUES = frozenset({"gate", "total", "period", "campaign", "as_of"})
FORECAST = "forecast"
DIGITS = frozenset(
    {"number", "date", "time", "percent", "decimal", "ordinal", "name", "link", "long", "age", "endless", "keycap"}
)
_ENDS = frozenset({"stop", ",", ";", ":", ".", "paren"})
_NEEDS_MORE = frozenset({"number", "qualifier", "filler", "subject"})
_MOST_JOINED = 6  # line breaks inside one sentence
_MOST_AGAIN = 12_000  # code points of one post that are read again for the sake of joined lines …
_AT_LEAST = 60  # … of which each counts as so many


class Sheet(NamedTuple):
    """What a sentence states, values aside, once it is known on which side its labels stand.

    `veto` names the rule that forbids claims from it. `bare` says that parentheses hold a number that
    the whole post has to explain.
    """

    items: tuple[Item, ...]
    figures: tuple[Figure, ...]
    veto: str
    listed: bool  # a line of a list: nothing but marks before its first figure
    bare: bool
    people: bool = False  # "524 060 осіб" alone: means something in a list of losses only


NOTHING = Sheet((), (), "", listed=False, bare=False)


class Part:
    """One sentence's shape, and what follows from the shape alone."""

    def __init__(self, tokens: tuple[Token, ...], stop: str) -> None:
        self.tokens, self.stopped, self.asked = tokens, bool(stop), stop == "?"
        self.row = elements(tokens)
        self.kinds = frozenset(token.kind for token in tokens)
        self.cues = tuple(e.token for at, e in enumerate(self.row) if e.kind in CUES or _since(self.row, at))
        self.labelled = not LABELS.isdisjoint(self.kinds)
        counted = votes(self.row) if self.labelled else Votes(0, 0)
        self.lean = counted.label_first - counted.value_first
        self.digits = not DIGITS.isdisjoint(self.kinds)
        self.dangles = not stop and self.row[-1].kind not in _ENDS
        self.start, self.end = tokens[0].start, tokens[-1].end
        self.names_period = any(cue.kind == "period" for cue in self.cues)
        self.names = next((_named(token) for token in tokens if _may_name(token)), "")
        self._sheets: dict[bool, Sheet] = {}

    def sheet(self, *, label_first: bool) -> Sheet:
        known = self._sheets.get(label_first)
        if known is None:
            known = self._sheets[label_first] = self._sheet(label_first=label_first)
        return known

    def _sheet(self, *, label_first: bool) -> Sheet:
        items = read_items(self.row, label_first=label_first) if self.labelled else ()
        items = tuple(item for item in items if not item.list_only or (item.label_first and item.linked))
        people = people_line(self.row) if not self.labelled and "unit" in self.kinds else ()
        figures = read_casualties(self.tokens, [(item.start, item.end) for item in items])
        veto = next((t for t in self.tokens if t.kind == "veto"), None)
        rule = "question" if self.asked else veto.text if veto else ""
        if veto and rule == FORECAST:  # what stands before it is no forecast
            items = tuple(item for item in items if item.start < veto.start)
            figures = tuple(figure for figure in figures if figure.start < veto.start)
            rule = "" if items or figures else FORECAST
        items = tuple(_sent(self.tokens, item) for item in items)
        bare = any(p.inside in {Inside.NUMBER, Inside.TOTAL} for item in items for p in item.parens)
        if people and not items and not rule:
            return Sheet(people, (), "", listed=True, bare=False, people=True)
        return Sheet(items, figures, rule, bool(items) and items[0].clean, bare)


@dataclass(slots=True, eq=False)
class Sentence:
    """A part in its place: offsets of the tokens count from `base` in the post, within `line`."""

    part: Part
    line: str
    base: int
    after_blank: bool
    joined: bool = False  # over line breaks; `line` then has spaces for them
    sheet: Sheet = NOTHING


_SENT = {"uav": "drones_launched", "missiles": "missiles_launched", "cruise_missiles": "missiles_launched"}


def _sent(tokens: Sequence[Token], item: Item) -> Item:
    """Tell what was launched from what was shot down: the nearest verb before the figure says which, else the next."""
    if item.category not in _SENT:
        return item
    verbs = [token for token in tokens if token.kind in {"launch", "fate"}]
    before = [token for token in verbs if token.start < item.start]
    verb = before[-1] if before else next(iter(verbs), None)
    return item._replace(category=_SENT[item.category]) if verb and verb.kind == "launch" else item


def _may_name(token: Token) -> bool:
    return token.kind == "subject" or (token.kind == "gate" and token.text != "sentence")


def _named(token: Token) -> str:
    """Return whom a word names: "russia", "enemy" …; a list's header names nobody, unless it says "enemy"."""
    return token.text if token.kind == "subject" or "enemy" in token.text else ""


def _since(row: Sequence[Element], at: int) -> bool:
    """Say whether "since" with a date stands here; whether it is the right date shows later."""
    element = row[at]
    return element.kind == "range" and element.token.text in SINCE and at + 1 < len(row) and row[at + 1].kind == "date"


def parts(shape: Shape) -> tuple[Part, ...]:
    """Cut a line into sentences (remembered with the shape)."""
    made = shape.memo["parts"] = tuple(_cut(shape.tokens))
    return made


def _cut(tokens: Sequence[Token]) -> Iterator[Part]:
    begin = 0
    for at, token in enumerate(tokens):
        if token.kind == "stop":
            if at > begin:
                yield Part(tuple(tokens[begin:at]), token.text)
            begin = at + 1
    if begin < len(tokens):
        yield Part(tuple(tokens[begin:]), "")


def sentences(text: str, shaper: Shaper) -> tuple[list[Sentence], int]:
    """Return the sentences of a post in order, orientation decided block by block, and how far they reach."""
    lines = shaper.shapes(text)
    found: list[Sentence] = []
    base = 0
    blank = True
    joined = again = 0
    for line, shape in lines:
        cut: tuple[Part, ...] = shape.memo.get("parts") or parts(shape)
        if not cut:
            blank = blank or not line.strip()
        elif (
            found
            and not blank
            and found[-1].part.dangles
            and joined < _MOST_JOINED
            and again < _MOST_AGAIN
            and _runs_on(found[-1].part, cut[0], line)
        ):
            found[-1:] = _joined(text, shaper, found[-1], base + len(line))
            joined += 1
            again += max(len(found[-1].line), _AT_LEAST)
        else:
            for part in cut:
                found.append(Sentence(part, line, base, blank))
                blank = False
            joined = 0
        base += len(line) + 1
    _orient(found)
    return found, min(base, len(text))


def _runs_on(before: Part, part: Part, line: str) -> bool:
    """Say whether a sentence goes on behind a line break.

    It does where the line before ends in a number or a word that needs what follows, or in plain
    prose that the next line takes up in lower case.
    """
    last, first = before.row[-1].kind, part.row[0].kind
    if len(first) == 1:
        return False
    if last in _NEEDS_MORE and first in LABELS | {"filler", "unit", "subject"}:
        return not any(item.end >= before.end for item in before.sheet(label_first=True).items)
    if last in LABELS and first in {"number", "qualifier"}:
        return "number" not in before.kinds and not part.labelled
    takes_up = line[part.start : part.start + 1].islower() or (
        first in {"number", "qualifier"} and "number" not in before.kinds
    )
    if not takes_up or last in CUES or last in {"link", "name"}:
        return False
    return not _starts_list(before) or (last not in {"number", "unit"} and not _starts_list(part))


def _starts_list(part: Part) -> bool:
    return part.sheet(label_first=True).listed or part.sheet(label_first=False).listed


def _joined(text: str, shaper: Shaper, previous: Sentence, end: int) -> list[Sentence]:
    """Read the sentence again together with the line that goes on with it, up to `end`."""
    base = previous.base + previous.part.start
    line = text[base:end].replace("\n", " ")
    cut = parts(shaper.shape(line))
    return [Sentence(part, line, base, previous.after_blank and part is cut[0], joined=True) for part in cut]


def _orient(found: Sequence[Sentence]) -> None:
    """Let each block (no blank line inside) decide on which side its labels stand; clear sentences decide alone."""
    begin = 0
    for end in [*(at for at, sentence in enumerate(found) if sentence.after_blank and at), len(found)]:
        block = found[begin:end]
        leaning = sum([sentence.part.lean for sentence in block])
        for sentence in block:
            own = sentence.part.lean
            sentence.sheet = sentence.part.sheet(label_first=(leaning if leaning and -1 <= own <= 1 else own) > 0)
        begin = end
