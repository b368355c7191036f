"""Post → Reading: every line or sentence with a digit ends as claim, mention, ignored by a named rule, or unread."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date
from zoneinfo import ZoneInfo

from monitor.model import (
    Claim,
    Mention,
    Post,
    Qualifier,
    Reading,
    Scope,
    ScopeBasis,
    Source,
    Status,
    Unread,
)
from monitor.parse import patterns
from monitor.parse.blocks import DIGITS, Sentence, sentences
from monitor.parse.casualties import Figure
from monitor.parse.claims import Candidate, settle, summed, unscoped
from monitor.parse.elements import Inside
from monitor.parse.grammar import Grammar, compile_grammar
from monitor.parse.items import Item
from monitor.parse.numbers import Number, ends
from monitor.parse.scope import SIDES, Frame, Framed, Walk
from monitor.parse.shape import inverted, shaped
from monitor.parse.token import IN_WORDS, Token

__all__ = ["LONGEST", "Grammar", "compile_grammar", "read"]

LONGEST = 50_000  # code points that are read of one text; what lies behind is unread
_RECALLED, _UPDATED = -4, 2  # how an old figure and an update rank
_NOT_SHOWN = "the route does not show what this post says"
_CIVIL = ("civilians_", "children_", "civilian_")
UNREAD = frozenset({"number", "endless"})  # what no rule explains away

# Python 3.11 takes longer to find an enum's member than to make a claim's key; these are asked for in every line.
_EXACT, _TOTAL, _HEADER = Qualifier.EXACT, Scope.TOTAL, ScopeBasis.HEADER
_DELTA, _INSIDE, _BARE = Inside.DELTA, Inside.TOTAL, Inside.NUMBER


def read(post: Post, grammar: Grammar, source: Source | None = None) -> Reading:
    """Read one post. Never raises for what a text says; spans count code points in `post.text`."""
    if post.forwarded_from is not None and (source is None or source.forwards == "ignore"):
        whole = (("forwarded", (0, len(post.text))),) if post.text else ()
        return Reading(Status.NO_TALLY, ignored=whole, parser=grammar.version)
    if post.kind == "restricted":
        return Reading(Status.UNREADABLE, unread=(Unread(_NOT_SHOWN, (0, 0)),), parser=grammar.version)
    if not post.text.strip():
        return Reading(Status.IMAGE_ONLY if post.media else Status.NO_TALLY, parser=grammar.version)
    return _Reader(post, grammar, source).reading()


@dataclass(slots=True)
class _Taken:
    """What has become of the sentences so far."""

    candidates: list[Candidate]
    mentions: list[Mention]
    unread: list[Unread]
    ignored: list[tuple[str, tuple[int, int]]]


class _Reader:
    """One post being read."""

    def __init__(self, post: Post, grammar: Grammar, source: Source | None) -> None:
        self._text = post.text[:LONGEST]
        self._post, self._grammar, self._source = post, grammar, source
        self._about = source.about if source else ""
        self._side = self._about if self._about in SIDES else ""  # whose tanks: words seldom say it better
        self._meaning = source.meaning if source else {}
        self._claimant = source.claimant if source else None
        self._start = source.start if source else None
        self._out = _Taken([], [], [], [])
        starts = {source.start} if source and source.start else grammar.starts
        self._walk = Walk(_day_of(post, source), self._about, frozenset(starts))

    def reading(self) -> Reading:
        found, end = sentences(self._text, self._grammar.shaper(self._source))
        if end < len(self._post.text):
            self._out.unread.append(Unread(self._post.text[end:], (end, len(self._post.text))))
        framed = list(self._walk.frames(found))
        bare_totals = inverted(framed)
        lists = shaped(framed)
        for index, one in enumerate(framed):
            sheet = one.sentence.sheet
            if sheet.items or sheet.figures:
                self._stated(index, one, lists.get(index), bare_totals=bare_totals)
            elif one.sentence.part.digits:
                self._left(one.sentence, sheet.veto)
        claims, mentions = settle([*self._patterns(), *summed(self._out.candidates)])
        return Reading(
            self._status(claims),
            tuple(claims),
            tuple(mentions + self._out.mentions),
            tuple(self._out.unread),
            tuple(self._out.ignored),
            self._walk.as_of,
            self._grammar.version,
        )

    def _status(self, claims: Sequence[Claim]) -> Status:
        if claims:
            return Status.TALLY
        if self._walk.gated:
            return Status.IMAGE_ONLY if self._post.media else Status.UNREADABLE
        return Status.NO_TALLY

    # sentences

    def _stated(self, index: int, framed: Framed, shape: Frame | None, *, bare_totals: bool) -> None:
        sentence, sheet = framed.sentence, framed.sentence.sheet
        listed = shape or framed.inherited
        if sheet.people and (listed is None or listed.basis is ScopeBasis.CUE):
            self._left(sentence, "")
            return
        if sheet.veto and not (sheet.items and _gated(framed)):
            self._left(sentence, sheet.veto)
            return
        stated = False
        for item in sheet.items:
            frame = shape or framed.at(item.start)
            if item.number is not None or frame is not None:
                self._item(index, sentence, item, frame, bare_totals=bare_totals)
                stated = True
        for figure in sheet.figures:
            self._people(index, sentence, figure, framed.at(figure.start))
            stated = True
        if not stated:
            self._left(sentence, sheet.veto)
        elif sentence.joined:
            self._other_lines(sentence)

    def _other_lines(self, sentence: Sentence) -> None:
        """File those lines of a sentence over several lines that no figure was taken from."""
        stated = [(item.start, item.end) for item in sentence.sheet.items]
        stated += [(figure.start, figure.end) for figure in sentence.sheet.figures]
        start = 0
        for line in self._text[sentence.base : sentence.base + len(sentence.line)].split("\n"):
            end = start + len(line)
            inside = [t for t in sentence.part.tokens if start <= t.start < end]
            if inside and not any(first < end and last > start for first, last in stated):
                self._file(inside, sentence.base, "")
            start = end + 1

    def _left(self, sentence: Sentence, veto: str) -> None:
        self._file(sentence.part.tokens, sentence.base, veto)

    def _file(self, tokens: Sequence[Token], base: int, veto: str) -> None:
        """File what states nothing: ignored by a rule, or unread."""
        kinds = [t.kind for t in tokens if t.kind in DIGITS and t.text != IN_WORDS]
        if not kinds:
            return
        start, end = base + tokens[0].start, base + tokens[-1].end
        if veto:
            self._out.ignored.append((veto, (start, end)))
        elif not UNREAD.isdisjoint(kinds):
            self._out.unread.append(Unread(self._text[start:end], (start, end)))
        else:
            self._out.ignored.append((kinds[0], (start, end)))

    def _item(self, index: int, sentence: Sentence, item: Item, frame: Frame | None, *, bare_totals: bool) -> None:
        line = sentence.line
        value, upper, qualifier, delta = item.number.value(line) if item.number else None, None, item.qualifier, None
        if item.number and item.upper:
            both = self._ends(item.number, item.upper, sentence, item)
            if both is None:
                return
            value, upper = both
        for paren in item.parens:
            if paren.number is None:
                continue
            inside = paren.number.value(line)
            if paren.inside is _DELTA:
                delta = paren.sign * inside
            elif paren.inside is _INSIDE or (paren.inside is _BARE and bare_totals):
                value, delta = inside, None if upper else value
                qualifier, upper = (_EXACT, None) if upper else (qualifier, None)
                frame = _of_totals(frame, paren.inside)
        subject = self._walk.meant(item.subject) if item.subject else self._side
        place = (sentence.base + item.start, sentence.base + item.end)
        claim = self._claim(sentence, frame, place, subject, item.category, value, upper, qualifier, delta)
        if claim:
            self._out.candidates.append(Candidate(claim, _rank(claim), item.model, item.part, index))

    def _people(self, index: int, sentence: Sentence, figure: Figure, frame: Frame | None) -> None:
        subject = self._walk.meant(figure.subject) or self._walk.subject(sentence)
        place = (sentence.base + figure.start, sentence.base + figure.end)
        value, upper = figure.number.value(sentence.line), None
        if figure.upper:
            both = self._ends(figure.number, figure.upper, sentence, figure)
            if both is None:
                return
            value, upper = both
        claim = self._claim(sentence, frame, place, subject, figure.category, value, upper, figure.qualifier, None)
        if claim:
            rank = _rank(claim) + (_RECALLED if figure.recalled else _UPDATED * ("updated" in sentence.part.kinds))
            self._out.candidates.append(Candidate(claim, rank, sentence=index))

    def _ends(self, lower: Number, upper: Number, sentence: Sentence, at: Item | Figure) -> tuple[int, int] | None:
        """Return both ends of a range; what cannot be one is left unread."""
        both = ends(lower, upper, sentence.line)
        if both is None:
            span = (sentence.base + at.start, sentence.base + at.end)
            self._out.unread.append(Unread(self._text[span[0] : span[1]], span))
        return both

    def _claim(
        self,
        sentence: Sentence,
        frame: Frame | None,
        span: tuple[int, int],
        subject: str,
        category: str,
        value: int | None,
        upper: int | None,
        qualifier: Qualifier,
        delta: int | None,
    ) -> Claim | None:
        """Make a claim of a figure; without a frame it is only mentioned."""
        category = self._meaning.get(category, category)
        quote = self._quote(span) if sentence.joined else sentence.line
        if frame is None or (frame.cue == "campaign" and not category.startswith("personnel_")):
            self._out.mentions.append(unscoped(category, value, quote, span))
            return None
        subject = "civilians" if category.startswith(_CIVIL) else subject or frame.subject or self._about
        since = (frame.since or self._start) if frame.scope is _TOTAL else None
        return Claim(
            category, value, upper, qualifier, delta, frame.scope, frame.basis, since,
            frame.as_of, None, None, "", subject, self._claimant, quote, span,
        )  # fmt: skip

    def _quote(self, span: tuple[int, int]) -> str:
        start = self._text.rfind("\n", 0, span[0]) + 1
        end = self._text.find("\n", span[1])
        return self._text[start : end if end >= 0 else len(self._text)]

    def _patterns(self) -> Iterator[Candidate]:
        if self._source is None or not self._source.patterns:
            return
        for found in patterns.search(self._source.patterns, self._text):
            if isinstance(found, Unread):
                self._out.unread.append(found)
                continue
            claim = Claim(
                found.category, found.value, delta=found.delta, scope=found.scope, scope_basis=ScopeBasis.CUE,
                since=self._start if found.scope is Scope.TOTAL else None, as_of=self._walk.as_of,
                subject=self._about, claimant=self._claimant, quote=self._quote(found.span), span=found.span,
            )  # fmt: skip
            yield Candidate(claim, patterns.RANK)


def _rank(claim: Claim) -> int:
    """Say how good a claim is beside others of its tally: a list beats prose, an exact figure a rounded one."""
    return 2 * (claim.scope_basis is _HEADER) + (claim.qualifier is _EXACT) - 3 * (claim.value is None)


def _of_totals(frame: Frame | None, inside: Inside) -> Frame:
    """Return the frame of a total that stands in parentheses behind a day's figure."""
    if frame is not None and frame.scope is Scope.TOTAL:
        return frame
    basis = ScopeBasis.CUE if inside is Inside.TOTAL else ScopeBasis.SHAPE
    return Frame(Scope.TOTAL, basis, "inside", subject=frame.subject if frame else "")


def _gated(framed: Framed) -> bool:
    """Say whether a list's header stands over these figures, so that no word beside them matters."""
    return framed.inherited is not None or any(frame.basis is ScopeBasis.HEADER for _, frame in framed.frames)


def _day_of(post: Post, source: Source | None) -> date | None:
    if post.published_at is None:
        return None
    if source is None or source.time_zone == "UTC":
        return post.published_at.astimezone(UTC).date()
    return post.published_at.astimezone(ZoneInfo(source.time_zone)).date()
