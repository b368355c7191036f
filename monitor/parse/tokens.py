"""One line as tokens: numbers, dates, words with a meaning, words without, marks.

Lines that differ in their digits only have one shape (`Shaper`): lists repeat the same few dozen
lines for years, so that nearly every line of a list is looked up rather than read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from typing import Any

from monitor.parse import numbers
from monitor.parse.dates import with_dates
from monitor.parse.lexicon import TOKEN, Hit, Lexicon, spelling
from monitor.parse.numbers import Number
from monitor.parse.ranges import with_ranges
from monitor.parse.text import KEYCAP, fold, strip
from monitor.parse.token import IN_WORDS, Token

MOST_TOKENS = 1_500  # of one line: nobody writes more, and what is longer stays unread as a whole
MOST_IN_TEXT = 3_000  # of one text: 20,000 characters of prose; the lines behind stay unread
_MASK = bytes.maketrans(b"123456789", b"000000000")
_MOST_SHAPES = 2_048  # some 5 kB each; four years of one publisher's lists have 1,400
_LONGEST_SHAPE = 200  # characters of a line whose shape is worth keeping: longer ones are prose, and never come again
_AGREE = 3  # a thousand is followed by three digits, "8 тис. 815"


@dataclass(frozen=True)
class Shape:
    """What a line is made of, whatever its digits are."""

    tokens: tuple[Token, ...]
    effort: int  # how many tokens there were before ranges became one
    memo: dict[str, Any] = field(default_factory=dict, compare=False)  # what later steps worked out for this shape

    @cached_property
    def kinds(self) -> frozenset[str]:
        return frozenset(token.kind for token in self.tokens)


@dataclass(frozen=True)
class Rules:
    """What the grammar needs of the languages besides their words."""

    endings: frozenset[str]  # of cardinals: 16-ма, 30-ти
    abbreviations: frozenset[str]  # a full stop behind these ends no sentence


class Shaper:
    """Turns lines into shapes and keeps the shapes of short ones."""

    def __init__(self, lexicon: Lexicon, rules: Rules) -> None:
        self._lexicon = lexicon
        self._rules = rules
        self._known: dict[bytes, Shape] = {}

    def shapes(self, text: str) -> list[tuple[str, Shape]]:
        """Return the lines of a text with their shapes, up to a number of tokens that only an attack needs."""
        lines = text.split("\n")
        keys = text.encode("utf-8", "surrogatepass").translate(_MASK).split(b"\n")
        found: list[tuple[str, Shape]] = []
        left = MOST_IN_TEXT
        for line, key in zip(lines, keys, strict=True):
            shape = self._known.get(key) or self._learn(line, key)
            left -= shape.effort
            if left < 0:
                break
            found.append((line, shape))
        return found

    def shape(self, line: str) -> Shape:
        """Return the shape of a line that is not worth keeping."""
        return self._learn(line, b"")

    def _learn(self, line: str, key: bytes) -> Shape:
        plain, offsets = strip(line)
        folded = fold(plain)
        found = list(islice(TOKEN.finditer(folded), MOST_TOKENS + 1))
        if len(found) > MOST_TOKENS:
            return Shape((Token("endless", "", 0, len(line)),), 1)
        single = list(self._tokens(folded, plain, found))
        tokens = tuple(with_ranges(single))
        fixed = offsets is not None or not _ascii_digits(plain)
        if fixed:
            tokens = tuple(_placed(token, plain, offsets) for token in tokens)
        shape = Shape(tokens, len(single))
        if key and not fixed and len(line) <= _LONGEST_SHAPE:
            if len(self._known) >= _MOST_SHAPES:
                self._known.clear()
            self._known[key] = shape
        return shape

    def _tokens(self, folded: str, plain: str, found: Sequence[re.Match[str]]) -> Iterator[Token]:
        hits = self._lexicon.find([spelling(match) for match in found])
        reader = _Reader(folded, plain, found, hits, self._rules)
        return with_dates(_numbered(list(reader.tokens())))


def _numbered(tokens: list[Token]) -> list[Token]:
    """Take "1." and "2)" at the head of a line as the number of the line."""
    if len(tokens) > 2 and tokens[0].kind == "number" and tokens[1].text in {".", ")"} and tokens[0].end < _HEAD:  # noqa: PLR2004
        return [tokens[0]._replace(kind="ordinal"), *tokens[2:]]
    return tokens


_HEAD = 4  # where the number of a line ends at the latest
_DIGIT = re.compile(r"\d")
_PLAIN_DIGIT = re.compile(r"[0-9]")


def _ascii_digits(plain: str) -> bool:
    return plain.isascii() or len(_DIGIT.findall(plain)) == len(_PLAIN_DIGIT.findall(plain))


def _placed(token: Token, plain: str, offsets: Sequence[int] | None) -> Token:
    """Move a token from the stripped line to the original, its number worked out."""
    number = token.number.fixed(plain) if token.number else None
    upper = token.upper.fixed(plain) if token.upper else None
    if offsets is None:
        return token._replace(number=number, upper=upper)
    return token._replace(start=offsets[token.start], end=offsets[token.end - 1] + 1, number=number, upper=upper)


_MARKS = {"!": "stop", "?": "stop", "…": "stop", KEYCAP: "keycap"}
_QUOTES = frozenset('«»„“”"')  # they stand around words and change nothing


class _Reader:
    """Walks once over one line's matches."""

    def __init__(
        self,
        folded: str,
        plain: str,
        found: Sequence[re.Match[str]],
        hits: Mapping[int, Hit],
        rules: Rules,
    ) -> None:
        self._folded, self._plain, self._found, self._hits, self._rules = folded, plain, found, hits, rules
        self._at = 0

    def tokens(self) -> Iterator[Token]:
        while self._at < len(self._found):
            hit = self._hits.get(self._at)
            match = self._found[self._at]
            group = match.lastgroup or ""
            if hit and hit.entry.kind in {"number", "scale"}:
                yield self._number_in_words()
            elif hit:
                last = self._found[hit.first + hit.length - 1]
                self._at += hit.length
                yield Token(hit.entry.kind, hit.entry.means, match.start(), last.end())
            elif group in {"number", "grouped", "decimal", "date"}:
                yield self._figure(group, match)
            elif group == "punct":
                self._at += 1
                if match.group() in _QUOTES:
                    continue
                yield Token(self._mark(match), match.group(), *match.span())
            else:
                self._at += 1
                kind = "word" if group in {"word", "other"} else group
                yield Token(kind, match.group(), *match.span())

    # numbers

    def _figure(self, group: str, match: re.Match[str]) -> Token:
        start, end = match.span()
        self._at += 1
        scale = self._scale()
        if scale:
            number = numbers.scaled(self._folded, start, end, scale[0])
            if number is None:
                return Token("decimal", match.group(), start, scale[1])
            return self._tail(number, start, scale[1], scale[0], decimal=group != "number")
        if group in {"date", "decimal"}:
            return Token(group, match.group(), start, end)
        number = numbers.whole(self._folded, start, end)
        if number is None:
            return Token("long", match.group(), start, end)
        ending = self._ending(end)
        if ending is None:
            return Token("number", "", start, end, number)
        return Token("number" if ending[1] else "ordinal", "", start, ending[0], number)

    def _scale(self) -> tuple[int, int] | None:
        """Take a scale word at the place where we are: (its value, where it ends)."""
        hit = self._hits.get(self._at)
        if hit is None or hit.entry.kind != "scale":
            return None
        end = self._found[self._at + hit.length - 1].end()
        self._at += hit.length
        if self._at < len(self._found) and self._found[self._at].group() == "." and self._more_follows():
            end = self._found[self._at].end()
            self._at += 1
        return int(hit.entry.means), end

    def _more_follows(self) -> bool:
        """Say whether the full stop here belongs to the abbreviation before it ("тис. 815", "тис. осіб")."""
        if self._at + 1 >= len(self._found):
            return False
        following = self._plain[self._found[self._at + 1].start()]
        return not following.isupper()

    def _tail(self, number: Number, start: int, end: int, scale: int, *, decimal: bool) -> Token:
        """Add what stands behind the scale: "8 тис. 815", "1 мільйона 112 460"."""
        if not decimal and self._at < len(self._found) and self._at not in self._hits:
            match = self._found[self._at]
            glued = self._folded[end : match.start()].strip(" ") == ""
            length = len(str(scale)) - 1
            if glued and match.lastgroup in {"number", "grouped"}:
                rest = numbers.whole(self._folded, *match.span())
                if rest and (rest.digits == length if scale > 1000 else rest.digits == _AGREE):  # noqa: PLR2004
                    self._at += 1
                    return Token("number", "", start, match.end(), Number(number.pieces + rest.pieces))
        return Token("number", "", start, end, number)

    def _ending(self, end: int) -> tuple[int, bool] | None:
        """Take "-ти" behind digits: (where it ends, whether it is a cardinal's); None if there is none."""
        if self._at + 1 >= len(self._found):
            return None
        dash, word = self._found[self._at], self._found[self._at + 1]
        if dash.group() != "-" or dash.start() != end or word.start() != dash.end() or word.lastgroup != "word":
            return None
        hit = self._hits.get(self._at + 1)
        if hit and hit.entry.kind in {"category", "list_only"}:
            return None
        self._at += 2
        return word.end(), word.group() in self._rules.endings

    def _number_in_words(self) -> Token:
        start = self._found[self._at].start()
        values: list[int] = []
        value = 0
        end, kept = start, self._at
        while (hit := self._hits.get(self._at)) and hit.entry.kind in {"number", "scale", "joint"}:
            if hit.entry.kind == "joint":
                if not values or values[-1] < 100:  # noqa: PLR2004 - "two hundred and five"
                    break
                self._at += hit.length
                continue
            tried = [*values, int(hit.entry.means)]
            together = numbers.words(tried)
            if together is None:
                break
            values, value = tried, together
            self._at += hit.length
            end, kept = self._found[self._at - 1].end(), self._at
            if self._at < len(self._found) and self._found[self._at].group() == "-":  # twenty - five
                following = self._hits.get(self._at + 1)
                if following and following.entry.kind == "number" and values[-1] >= 20:  # noqa: PLR2004
                    self._at += 1
        self._at = kept
        return Token("number", IN_WORDS, start, end, Number((), value))

    # marks

    def _mark(self, match: re.Match[str]) -> str:
        mark = match.group()
        if mark != ".":
            return _MARKS.get(mark, mark)
        if match.end() >= len(self._folded):
            return "stop"
        if not self._folded[match.end()].isspace():
            return "."
        before = self._found[self._at - 2].group() if self._at >= 2 else ""  # noqa: PLR2004
        following = self._folded_rest(match.end())
        if before in self._rules.abbreviations or (len(before) == 1 and before.isalpha()):
            return "."
        return "stop" if following and not following.islower() else "."

    def _folded_rest(self, end: int) -> str:
        while end < len(self._plain) and self._plain[end] == " ":
            end += 1
        return self._plain[end : end + 1]
