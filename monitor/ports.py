"""The seams: what the pipeline needs of the world, as protocols.

`collect`, `send` and `store` implement these and do not know one another. Tests stand hand-written
fakes here, apart from the store: SQLite is real everywhere.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple, Protocol

from monitor.model import Alert, Category, Change, Channel, Post, Reading, Severity, Sighting, Tally
from monitor.reconcile.ledger import Decision, Entry, Settlement


class Clock(Protocol):
    """The only source of time: tests, the demo and the golden replay bring their own."""

    def now(self) -> datetime:
        """Return the moment in UTC."""

    async def sleep(self, seconds: float) -> None: ...


# ── Collecting ────────────────────────────────────────────────────────────────────────────


class Found(NamedTuple):
    """One post, and the cursor that says it and everything before it is accounted for.

    `post` is None for an id that exists but is no post (a service message).
    """

    post: Post | None
    cursor: str


class Batch(NamedTuple):
    """One answer's worth of posts, oldest first. `note` names a gap that was left behind.

    `gone` holds ids that were asked for and are no longer on the channel (re-reading only).
    """

    found: tuple[Found, ...]
    cursor: str
    note: str = ""
    gone: tuple[str, ...] = ()


class Collector(Protocol):
    """Reads channels by one route. Raises `errors.CollectError` and nothing foreign."""

    @property
    def host(self) -> str:
        """The host whose politeness budget every request counts against."""

    def fetch(self, channel: Channel, cursor: str) -> AsyncIterator[Batch]:
        """Yield what is on the channel now: everything after `cursor`, and what the newest page shows again.

        An empty cursor means the newest page only. Posts at or before the cursor are yielded too
        (they may have been edited); the caller compares hashes.
        """

    async def reread(self, channel: Channel, ids: Sequence[str]) -> Batch:
        """Read single posts again, to see whether they were edited."""

    def history(
        self, channel: Channel, *, since: datetime | None, until: datetime | None, cursor: str
    ) -> AsyncIterator[Batch]:
        """Yield past posts oldest first, resuming after `cursor` if one is given."""


# ── Sending ───────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a service can do; the outbox uses what there is."""

    thread: bool  # a reply stands under its root
    edit: bool
    acknowledge: bool
    idempotent: bool  # it takes a key and refuses to accept twice
    attach: bool
    length: int  # in the service's own unit


@dataclass(frozen=True, slots=True)
class Sent:
    """Accepted. `note` is what a person has to put right all the same; the sender says it once."""

    remote_id: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Retry:
    """Not accepted now. `pause` is True where the whole destination has to wait (a 429)."""

    after: float | None
    reason: str
    pause: bool = False


@dataclass(frozen=True, slots=True)
class Rejected:
    """Will fail the same way again. `destination` is True where nothing else would get through either."""

    reason: str
    destination: bool = False


@dataclass(frozen=True, slots=True)
class Unknown:
    """No answer after the message was handed over: it may or may not stand in the chat."""

    reason: str


Outcome = Sent | Retry | Rejected | Unknown


class Sender(Protocol):
    """Puts alerts into one chat. Never raises for what the service answers: it returns an outcome."""

    @property
    def capabilities(self) -> Capabilities: ...

    async def send(self, alert: Alert, *, key: str, reply_to: str | None, silent: bool) -> Outcome:
        """Send one message; `key` is the idempotency key, `reply_to` the root's remote id."""

    async def edit(self, alert: Alert, *, key: str, remote_id: str) -> Outcome:
        """Replace the text of a message that was sent earlier."""


class Listener(Protocol):
    """Hands over what people answer in chat."""

    def answers(self) -> AsyncIterator[tuple[str, str]]:
        """Yield (who, what they typed or pressed)."""


# ── Storing ───────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Kept:
    """A stored post: its latest version and what was read from it.

    `told` says that a live route handled its latest version (it alerted, or rightly stayed silent);
    `root` is the number of the first alert that told its figures.
    """

    row: int
    version: int
    text_hash: str
    published_at: datetime
    reading: Reading | None
    order_key: str
    told: bool
    root: int | None
    versions: int = 1


class Folded(NamedTuple):
    """One post as the ledger needs it when it folds again."""

    order_key: str
    channel: str
    post: str
    text_hash: str
    reading: Reading


DeliveryKind = Literal["root", "reply", "edit"]
DeliveryState = Literal["pending", "sending", "sent", "unknown", "dead", "dropped"]


@dataclass(frozen=True, slots=True)
class Delivery:
    """One row of the outbox: this alert, to that destination."""

    id: int
    alert: Alert
    kind: DeliveryKind
    revision: int
    destination: str
    thread: int  # number of the root alert
    severity: Severity
    key: str
    state: DeliveryState
    attempts: int
    remote_id: str | None = None
    root_remote_id: str | None = None
    root_state: DeliveryState | None = None


SilenceKind = Literal["overdue", "unreachable", "unreadable", "image_only"]


@dataclass(frozen=True, slots=True)
class Silence:
    """That a source went quiet, in one of four ways, since when, and which alert said so."""

    id: int
    source: str
    kind: SilenceKind
    opened_at: datetime
    alert: int | None
    detail: str
    told_age_hours: int = 0  # the age that the alert in place shows now


@dataclass(frozen=True, slots=True)
class ChannelState:
    """What is known about one channel; moments are UTC."""

    key: str
    switched_on_at: datetime | None  # posts before this never alert
    announced: bool  # "Watching …" went out
    last_ok_at: datetime | None
    last_post_at: datetime | None
    last_tally_at: datetime | None
    last_image_at: datetime | None  # last post with a picture and no text to read
    failing_since: datetime | None
    failures: int
    last_error: str
    retry_at: datetime | None


@dataclass(frozen=True, slots=True)
class PendingConflict:
    """Two channels of one claimant differ on one order date; settled when `due_at` has passed."""

    id: int
    tally: Tally
    order_date: str
    first: tuple[str, str]  # (channel, post) that alerted
    second: tuple[str, str]
    due_at: datetime


class Transaction(Protocol):
    """All writes of one post. Everything read inside it is what is held now (`BEGIN IMMEDIATE`)."""

    # posts
    def find(self, channel: str, post: str) -> Kept | None: ...
    def add_version(
        self, post: Post, source: str, text_hash: str, sighting: Sighting, *, published_at: datetime
    ) -> tuple[Kept, bool]:
        """Store a post or a new version of it; False if an edit time places it before the latest version."""

    def add_sighting(self, kept: Kept, sighting: Sighting) -> None:
        """Record that a route saw the latest version (once for each route and version)."""

    def add_reading(self, version: int, reading: Reading, *, claimant: str, order_key: str) -> None:
        """Store claims, mentions and unread text; `order_key` is empty where there are no claims."""

    def mark_told(self, kept: Kept) -> None:
        """Note that a live route handled the latest version."""

    def told_reading(self, kept: Kept) -> Reading | None:
        """Return the newest reading of a version that a live route handled; versions nobody could read are left out."""

    def handled_up_to(self, claimant: str) -> str:
        """Return the last place in the order that a post handled by a live route has; "" if there is none."""

    # ledger
    def token(self) -> int:
        """A number that changes whenever another connection has written: caches are void then."""

    def entries_before(self, claimant: str, order_key: str | None, *, dates: int) -> list[Entry]:
        """Return each total tally's rows on its last `dates` order dates before the key, oldest first.

        Settlements made at or after the key are undone in what is returned. Period rows come along
        only for the last 14 days.
        """

    def folded_from(self, claimant: str, order_key: str) -> Iterator[Folded]:
        """Yield posts with claims from this key on, in order, each in its latest reading."""

    def entries_at(self, claimant: str, order_key: str) -> list[Entry]:
        """Return what the post at this key left, as first written (later settlements undone), in that order."""

    def settlements_at(self, claimant: str, order_key: str) -> list[Settlement]: ...
    def replace_entries(
        self, claimant: str, order_key: str, entries: Sequence[Entry], settlements: Sequence[Settlement]
    ) -> None:
        """Make these the rows that the post at this key brought, undoing what stood there before."""

    def append_entries(
        self, claimant: str, order_key: str, entries: Sequence[Entry], settlements: Sequence[Settlement]
    ) -> None:
        """Do the same for a post behind all others of its claimant, where there is nothing to undo."""

    def decisions(self, claimant: str) -> Mapping[tuple[str, str, str, Tally, int | None], Decision]:
        """Return people's decisions, keyed by (channel, post, text hash, tally, value as published)."""

    def recent_tally_categories(self, channel: str, before_key: str, posts: int) -> list[frozenset[Tally]]:
        """Return which total tallies each of the channel's last tally posts before the key stated."""

    # telling
    def add_changes(self, post_row: int | None, changes: Sequence[Change], alert: int | None, at: datetime) -> None: ...
    def add_alert(self, alert: Alert, at: datetime) -> int:
        """Store a new alert and return its number."""

    def revise_alert(self, number: int, alert: Alert, at: datetime) -> int:
        """Replace an alert's text (the old one stays as an earlier revision); return the new revision."""

    def alert(self, number: int) -> Alert | None:
        """Return an alert in its newest revision, with its number."""

    def is_waiting(self, number: int) -> bool:
        """Say whether an alert is queued and has not gone out anywhere yet."""

    def queued_at(self, number: int) -> frozenset[str]:
        """Return the destinations at which an alert opens a thread."""

    def alert_at(self, number: int) -> datetime:
        """Return when an alert was raised."""

    def post_url(self, channel: str, post: str) -> str:
        """Return the address of a post's latest version ("" if none is known)."""

    def enqueue(
        self, number: int, kind: DeliveryKind, revision: int, destinations: Iterable[str], thread: int, at: datetime
    ) -> None:
        """Queue one delivery a destination, due from `at` on (which may lie ahead).

        A pending row for the same alert and kind "edit" is coalesced into the newer one. An edit or
        a reply goes only where the thread's root went or will go.
        """

    def add_conflict(
        self, tally: Tally, order_date: str, first: tuple[str, str], second: tuple[str, str], due_at: datetime
    ) -> None: ...
    def due_conflicts(self, now: datetime) -> list[PendingConflict]: ...
    def close_conflict(self, conflict: int, outcome: str, at: datetime) -> None: ...

    # where we are
    def save_cursor(self, channel: str, route: str, cursor: str) -> None: ...
    def save_checkpoint(self, run: str, cursor: str) -> None: ...
    def channel_state(self, channel: str) -> ChannelState: ...
    def switched_on(self) -> list[tuple[str, str]]:
        """Return (channel, source) of every channel that counts as watched."""

    def update_channel(self, channel: str, source: str, **fields: object) -> None:
        """Set fields of `ChannelState`; unknown names are an error."""

    def open_silence(self, source: str, kind: SilenceKind, at: datetime, alert: int, detail: str) -> None: ...
    def age_silence(self, silence: int, told_age_hours: int) -> None: ...
    def close_silence(self, silence: int, at: datetime) -> None: ...
    def silences(self, source: str | None = None) -> list[Silence]:
        """Return the silences that are open."""


class Store(Protocol):
    """What we know. One object belongs to one thread."""

    def transaction(self) -> AbstractContextManager[Transaction]: ...
    def close(self) -> None: ...

    # collecting
    def cursor(self, channel: str, route: str) -> str: ...
    def checkpoint(self, run: str) -> str: ...
    def known_hashes(self, channel: str, ids: Sequence[str]) -> dict[str, tuple[str, bool]]:
        """Return (hash of the latest version, told) for those ids that are stored."""

    def tally_posts_since(self, channel: str, since: datetime) -> list[tuple[str, datetime, datetime]]:
        """Return (id, published_at, last re-read) of tally posts, for the re-reading plan."""

    def mark_reread(self, channel: str, ids: Sequence[str], at: datetime) -> None: ...

    # outbox
    def recover_outbox(self) -> int:
        """After a crash: what was being sent becomes `unknown`; return how many."""

    def next_deliveries(self, now: datetime, busy: Iterable[str] = ()) -> list[Delivery]:
        """Return at most one due delivery a destination, leaving out those in `busy`.

        First in, first out within (destination, thread); between threads urgent first, then oldest.
        A reply or edit waits while its root is pending, sending or unknown. A paused destination has none.
        """

    def next_due_at(self) -> datetime | None: ...
    def mark_sending(self, delivery: int, at: datetime) -> None: ...
    def mark_sent(self, delivery: int, remote_id: str, at: datetime) -> None: ...
    def mark_retry(
        self, delivery: int, not_before: datetime, reason: str, *, state: Literal["pending", "unknown"]
    ) -> None: ...
    def mark_dead(self, delivery: int, reason: str, at: datetime) -> None: ...
    def pause_destination(self, destination: str, until: datetime, reason: str) -> None: ...
    def retry_dead(self, alert: int) -> int: ...
    def drop_deliveries(self, alert: int) -> int: ...
    def outbox_counts(self) -> dict[str, dict[str, int]]:
        """Return destination → state → how many."""

    # the desk and the operator
    def acknowledge(self, alert: int, by: str, at: datetime) -> bool:
        """Note who has seen an alert as it stands now; False if that is known already."""

    def begin_run(self, kind: str, at: datetime) -> int:
        """Note that a run (run, once, backfill …) began; return its number."""

    def end_run(self, run: int, at: datetime, detail: str) -> None: ...
    def readings_between(
        self, channel: str, since: datetime | None, until: datetime | None
    ) -> tuple[Mapping[str, int], str, str]:
        """Return, for a channel's posts published in a range: status → how many, first and last order key."""


Categories = Mapping[str, Category]
