"""The five nouns, in the order in which they flow: Source, Post, Claim, Change, Alert.

Everything here is frozen and knows nothing of networks, files or clocks. All moments are
aware datetimes in UTC; a `date` is a calendar day in the source's own zone.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

# ── Source ────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Route:
    """One way to read a channel; `kind` is a module of `monitor.collect`."""

    kind: str
    enabled: bool = True
    needs: str = ""  # why it is switched off, and what it would take


@dataclass(frozen=True, slots=True)
class Channel:
    """One place where a source publishes.

    `key` is what the state is filed under (`t.me/generalstaffzsu`, lower case), `address` is what
    a route needs (`GeneralStaffZSU`), `label` what people read ("Telegram"). A higher `rank` wins
    when two channels of one source differ on the same day.
    """

    key: str
    source: str
    label: str
    address: str
    rank: int = 0
    routes: tuple[Route, ...] = ()


@dataclass(frozen=True, slots=True)
class Window:
    """When a source usually publishes its tally, local time in the source's zone."""

    opens: time
    closes: time
    grace_minutes: int = 45

    def last(self, at: datetime, time_zone: str) -> tuple[datetime, datetime]:
        """Return the last window that opened by a moment: when it opened, and when its grace ends (both UTC).

        A window over midnight belongs to the day on which it opens.
        """
        zone = ZoneInfo(time_zone)
        day = at.astimezone(zone).date()
        if datetime.combine(day, self.opens, zone).astimezone(UTC) > at:
            day -= timedelta(days=1)
        closing_day = day if self.closes > self.opens else day + timedelta(days=1)
        ends = datetime.combine(closing_day, self.closes, zone).astimezone(UTC) + timedelta(minutes=self.grace_minutes)
        return datetime.combine(day, self.opens, zone).astimezone(UTC), ends


@dataclass(frozen=True, slots=True)
class Pattern:
    """An operator's own regular expression with named groups, and the example that proves it."""

    expression: str
    example: str
    expect: Mapping[str, int]
    scope: str = "total"


@dataclass(frozen=True, slots=True)
class Example:
    """A sample post with the figures that must be read from it; it proves a source's further words."""

    text: str
    expect: Mapping[str, int]
    scope: str = "total"


@dataclass(frozen=True, slots=True)
class Source:
    """One official publisher as the desk knows it."""

    key: str
    name: str  # "Ukraine's General Staff"
    claimant: str  # slug the series are filed under; usually the key
    about: str = ""  # subject when the words name none: "russia", "ukraine", "civilians"
    verb: str = "says"
    caveat: str = "Not independently verified."
    time_zone: str = "UTC"
    window: Window | None = None
    cadence: int = 1  # days between two tallies
    languages: tuple[str, ...] = ()
    meaning: Mapping[str, str] = field(default_factory=dict)  # slug the words say → slug meant here
    forwards: Literal["ignore", "own"] = "ignore"
    start: date | None = None  # what "total" counts from, unless a category says otherwise
    channels: tuple[Channel, ...] = ()
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # category → further wordings
    patterns: tuple[Pattern, ...] = ()
    examples: tuple[Example, ...] = ()


@dataclass(frozen=True, slots=True)
class Category:
    """One entry of `tallies.toml`: what a line of a list is called and how it behaves."""

    slug: str
    label: str  # "Armoured vehicles"
    plural: str = ""  # how a sentence counts them, where the label will not do: "artillery systems"
    definition: str = ""
    never_say: tuple[str, ...] = ()  # words that would say more than the source did
    combines: tuple[str, ...] = ()  # aircraft_and_helicopters = aircraft + helicopters
    part_of: str = ""  # children_killed is a part of civilians_killed
    succeeds: tuple[str, ...] = ()  # vehicles_fuel_tanks took over from vehicles and fuel_tanks
    rare: bool = False
    first_is_news: bool = False
    start: date | None = None
    until: date | None = None
    minimum: int | None = None
    maximum: int | None = None
    lost: bool = True  # of a side's line: the figure counts its losses; False for launches, clashes, persons killed


# ── Post ──────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Post:
    """One message on a channel as one route saw it. Its key is (channel, id)."""

    channel: str
    id: str
    text: str
    published_at: datetime | None = None
    edited_at: datetime | None = None  # None also when only a flag is known
    url: str = ""
    title: str = ""  # repeats the first line; never read again
    lang: str = ""
    media: tuple[str, ...] = ()  # "photo", "video", "document" …
    forwarded_from: str | None = None
    reply_to: str | None = None
    album: tuple[str, ...] = ()  # further ids that belong to this post
    kind: Literal["message", "service", "restricted"] = "message"
    raw: str = ""  # the block as it was served, for replays


@dataclass(frozen=True, slots=True)
class Sighting:
    """That a route saw a post, and when."""

    route: str
    seen_at: datetime


_NUMERIC_ID = re.compile(r"0|[1-9][0-9]{0,19}")


def text_hash(text: str) -> str:
    """Return the SHA-256 of the text as every route would give it (trimmed, NFC, no odd spaces)."""
    plain = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")
    plain = plain.replace("\u00a0", " ")
    plain = "\n".join(line.rstrip() for line in plain.strip().split("\n"))
    return hashlib.sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()


def id_order(native_id: str) -> tuple[int, int, str]:
    """Sort key for native ids: numbers of up to 20 digits by value, then everything else ("007") as text."""
    if _NUMERIC_ID.fullmatch(native_id):
        return (0, int(native_id), "")
    return (1, 0, native_id)


# ── Claim ─────────────────────────────────────────────────────────────────────────────────


class Qualifier(StrEnum):
    EXACT = "exact"
    ABOUT = "about"
    OVER = "over"
    AT_LEAST = "at_least"
    UNDER = "under"
    UP_TO = "up_to"
    ALMOST = "almost"
    RANGE = "range"


class Scope(StrEnum):
    TOTAL = "total"  # since the series' configured start
    PERIOD = "period"  # a day, a night, a week, an event, since 1 January


class ScopeBasis(StrEnum):
    HEADER = "header"
    CUE = "cue"
    SHAPE = "shape"


class Claim(NamedTuple):
    """One number that a post states, exactly as written, even when the post is wrong.

    A tuple, because there are thousands of them a second: a frozen dataclass takes ten times as long to make.
    `value` is None when the post left the number out. `span` counts code points in the post's
    original text; `quote` is the original line. `window_start` and `window_end` are UTC.
    """

    category: str
    value: int | None
    upper: int | None = None  # for ranges
    qualifier: Qualifier = Qualifier.EXACT
    delta: int | None = None  # as printed
    scope: Scope = Scope.TOTAL
    scope_basis: ScopeBasis = ScopeBasis.HEADER
    since: date | None = None
    as_of: date | None = None
    window_start: datetime | None = None
    window_end: datetime | None = None
    place: str = ""
    subject: str = ""
    claimant: str | None = None
    quote: str = ""
    span: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True)
class Mention:
    """A figure that lost to a better one in the same post, and why."""

    category: str
    value: int | None
    why: str
    quote: str
    span: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Unread:
    """A line or sentence with a digit that no rule took."""

    text: str
    span: tuple[int, int]


class Status(StrEnum):
    TALLY = "tally"
    NO_TALLY = "no_tally"
    UNREADABLE = "unreadable"  # looks like the tally, and yields nothing
    IMAGE_ONLY = "image_only"


@dataclass(frozen=True, slots=True)
class Reading:
    """What one parser version made of one version of a post."""

    status: Status
    claims: tuple[Claim, ...] = ()
    mentions: tuple[Mention, ...] = ()
    unread: tuple[Unread, ...] = ()
    ignored: tuple[tuple[str, tuple[int, int]], ...] = ()  # (name of the rule, span)
    as_of: date | None = None  # the date that the header prints
    parser: str = ""


class Tally(NamedTuple):
    """The series a claim belongs to. Only claims of one tally are ever compared."""

    claimant: str
    subject: str
    category: str
    scope: str = Scope.TOTAL.value
    place: str = ""
    window: str = ""  # periods only: "2026-08-07T17:00Z/2026-08-08T04:00Z" or a date


# ── Change ────────────────────────────────────────────────────────────────────────────────


class ChangeKind(StrEnum):
    NEW = "new"
    RISE = "rise"
    FALL = "fall"
    REFINED = "refined"
    REPORTED = "reported"  # a period's figure
    EDITED = "edited"
    WITHDRAWN = "withdrawn"
    MISSING = "missing"
    REPEATED = "repeated"  # the same figure from another channel
    CONFLICT = "conflict"
    BACKDATED = "backdated"
    RECALLED = "recalled"
    REREAD = "reread"  # we misread
    UNCHANGED = "unchanged"  # stated again with the same value; only ever counted


class Doubt(StrEnum):
    OUT_OF_RANGE = "out_of_range"
    DIGIT_SLIP = "digit_slip"
    JUMPED = "jumped"
    DELTA_MISMATCH = "delta_mismatch"
    PARTS_EXCEED_TOTAL = "parts_exceed_total"
    ODD_DATE = "odd_date"
    SCOPE_UNSURE = "scope_unsure"


@dataclass(frozen=True, slots=True)
class Figure:
    """A value with its qualifier, where it stood, and since when it holds."""

    value: int
    upper: int | None = None
    qualifier: Qualifier = Qualifier.EXACT
    order_date: date | None = None
    channel: str = ""
    post: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """How one claim of a post differs from what was held before it.

    `tally` carries the effective category and scope; `claim` is as written. `difference` is None
    where none may be printed (refined, first figures, merged lines). `computed` is the value less
    the value at the last earlier order date, to hold against the printed delta.
    """

    kind: ChangeKind
    tally: Tally
    claim: Claim | None = None
    now: Figure | None = None
    before: Figure | None = None
    difference: int | None = None
    computed: int | None = None
    covers_days: int | None = None  # set when the preceding figure is not one cadence back
    doubts: tuple[Doubt, ...] = ()
    suggestion: int | None = None  # for a digit slip
    printed_before: int | None = None  # the delta that the post printed before it was edited
    provisional: bool = False  # shown, but not the base until it is settled
    note: str = ""  # "settled by the source's next post", "replaces vehicles + fuel tanks, 1,872"


# ── Alert ─────────────────────────────────────────────────────────────────────────────────


class Severity(StrEnum):
    URGENT = "urgent"
    ROUTINE = "routine"
    OPS = "ops"


class Style(StrEnum):
    PLAIN = "plain"
    BOLD = "bold"
    STRIKE = "strike"


class Span(NamedTuple):
    """A run of plain text in one style; `href` makes it a link. Never escaped here."""

    text: str
    style: Style = Style.PLAIN
    href: str = ""


LineKind = Literal["headline", "flag", "text", "row", "quote", "link"]


class Line(NamedTuple):
    """One line of an alert. Rows are set in one width and may be dropped from the bottom."""

    kind: LineKind
    spans: tuple[Span, ...]

    @property
    def text(self) -> str:
        return "".join(span.text for span in self.spans)


@dataclass(frozen=True, slots=True)
class Alert:
    """What the desk is told about one post, one conflict, one source's state or one digest.

    `number` is None until the store has given one (shown as A-1234). A `reply_to` is the number of
    the alert that this one corrects. `reason` is the first reason for its severity.
    """

    severity: Severity
    reason: str
    source: str
    lines: tuple[Line, ...]
    copy_text: str = ""
    link: str = ""
    channel: str = ""
    post: str = ""
    number: int | None = None
    reply_to: int | None = None
    posted_at: datetime | None = None  # when the post was published; a digest marks its age

    @property
    def headline(self) -> str:
        return self.lines[0].text


def alert_name(number: int) -> str:
    """Return the number as people say it: A-0012."""
    return f"A-{number:04d}"
