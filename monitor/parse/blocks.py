"""A post as sentences: what stands on one line, or runs on over a line break that the markup left behind."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from monitor.parse.items import LABELS, Element, Item, Votes, elements, read_items, votes
from monitor.parse.token import Token
from monitor.parse.tokens import Shape

CUES = frozenset({"gate", "total", "period", "campaign", "as_of"})
FIGURES = frozenset({"number", "range"})
DIGITS = frozenset({"number", "date", "time", "percent", "decimal", "ordinal", "name", "link", "long", "age"})
_ENDS = frozenset({"stop", ",", ";", ":", ".", "paren"})


@dataclass(eq=False)
class Part:
    """One sentence's shape, and what follows from the shape alone."""

    tokens: tuple[Token, ...]
    stopped: bool
    row: list[Element] = field(init=False)
    votes: Votes = field(init=False)
    kinds: frozenset[str] = field(init=False)
    cues: tuple[Token, ...] = field(init=False)
    _items: dict[bool, tuple[Item, ...]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.row = elements(self.tokens)
        self.kinds = frozenset(token.kind for token in self.tokens)
        self.cues = tuple(e.token for at, e in enumerate(self.row) if e.kind in CUES or _since(self.row, at))
        self.votes = votes(self.row) if not LABELS.isdisjoint(self.kinds) else Votes(0, 0)

    def items(self, *, label_first: bool) -> tuple[Item, ...]:
        known = self._items.get(label_first)
        if known is None:
            known = read_items(self.row, label_first=label_first) if not LABELS.isdisjoint(self.kinds) else ()
            self._items[label_first] = known
        return known

    @property
    def start(self) -> int:
        return self.tokens[0].start

    @property
    def end(self) -> int:
        return self.tokens[-1].end


@dataclass(slots=True, eq=False)
class Sentence:
    """A part in its place: offsets of the tokens count from `base` in the post, within `line`."""

    part: Part
    line: str
    base: int
    row: int  # number of the line
    after_blank: bool
    label_first: bool = True

    @property
    def items(self) -> tuple[Item, ...]:
        return self.part.items(label_first=self.label_first)


def _since(row: Sequence[Element], at: int) -> bool:
    """Say whether "since" with a date stands here; whether it is the right date shows later."""
    element = row[at]
    return element.kind == "range" and element.token.text == "from" and at + 1 < len(row) and row[at + 1].kind == "date"


def parts(shape: Shape) -> tuple[Part, ...]:
    """Cut a line into sentences (remembered with the shape)."""
    known: tuple[Part, ...] | None = shape.memo.get("parts")
    if known is None:
        known = shape.memo["parts"] = tuple(_cut(shape.tokens))
    return known


def _cut(tokens: Sequence[Token]) -> Iterator[Part]:
    begin = 0
    for at, token in enumerate(tokens):
        if token.kind == "stop":
            if at > begin:
                yield Part(tuple(tokens[begin:at]), stopped=True)
            begin = at + 1
    if begin < len(tokens):
        yield Part(tuple(tokens[begin:]), stopped=False)


def sentences(text: str, lines: Sequence[tuple[str, Shape]]) -> list[Sentence]:
    """Return the sentences of a post in order, orientation decided block by block."""
    found: list[Sentence] = []
    base = 0
    blank = True
    for number, (line, shape) in enumerate(lines):
        cut = parts(shape)
        for at, part in enumerate(cut):
            previous = found[-1] if found and at == 0 and not blank else None
            if previous is not None and _runs_on(previous, part, line):
                found[-1] = _joined(text, previous, part, base, number)
            else:
                found.append(Sentence(part, line, base, number, after_blank=blank and at == 0))
            blank = False
        if not cut and not line.strip():
            blank = True
        base += len(line) + 1
    _orient(found)
    return found


def _runs_on(previous: Sentence, part: Part, line: str) -> bool:
    """Say whether a sentence goes on behind a line break.

    It does where the line before ends in a number or a word that needs what follows, or in plain
    prose that the next line takes up in lower case.
    """
    before = previous.part
    if before.stopped:
        return False
    last, first = before.row[-1].kind, part.row[0].kind
    if last in _ENDS or len(first) == 1:
        return False
    if last in {"number", "qualifier", "filler", "subject"} and first in LABELS | {"filler", "unit", "subject"}:
        return not any(item.end >= before.end for item in before.items(label_first=True))
    if last in LABELS and first in {"number", "qualifier"}:
        return "number" not in before.kinds and LABELS.isdisjoint(part.kinds)
    opening = line[part.start : part.start + 1]
    listed = before.items(label_first=True) + before.items(label_first=False)
    return (opening.islower() or first in {"number", "qualifier"} and LABELS.isdisjoint(before.kinds)) and not (
        listed and listed[0].clean
    ) and last not in CUES | {"link", "name"}


def _joined(text: str, previous: Sentence, part: Part, base: int, row: int) -> Sentence:
    head = _shifted(previous.part.tokens, previous.base) if previous.base else previous.part.tokens
    tail = _shifted(part.tokens, base)
    glue = Token("break", "", head[-1].end, tail[0].start)
    whole = Part((*head, glue, *tail), stopped=part.stopped)
    return Sentence(whole, text, 0, row, previous.after_blank)


def _shifted(tokens: Sequence[Token], by: int) -> tuple[Token, ...]:
    return tuple(
        Token(t.kind, t.text, t.start + by, t.end + by, t.number.shifted(by) if t.number else None) for t in tokens
    )


def _orient(found: Sequence[Sentence]) -> None:
    """Let each block (no blank line inside) decide on which side its labels stand; clear sentences decide alone."""
    begin = 0
    for at in range(1, len(found) + 1):
        if at < len(found) and not found[at].after_blank:
            continue
        block = found[begin:at]
        leaning = sum(s.part.votes.label_first - s.part.votes.value_first for s in block)
        for sentence in block:
            own = sentence.part.votes.label_first - sentence.part.votes.value_first
            sentence.label_first = (own if own and abs(own) > 1 or not leaning else leaning) > 0
        begin = at
