"""The four ways a source goes quiet: overdue, unreachable, unreadable, image only.

Each opens once, ages in place (its alert is edited) and closes with a word of how it ended.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from monitor import render
from monitor.model import Alert, Channel, Post, Reading, Source, Status
from monitor.ports import ChannelState, Silence, SilenceKind, Transaction

UNREACHABLE_AFTER = timedelta(minutes=10)
ONE_OUTAGE = timedelta(minutes=30)  # sources that drop out within this time of each other share one alert
_INSTEAD = frozenset({"unreadable", "image_only"})  # a post is there: the tally is not late


@dataclass(frozen=True, slots=True)
class Silences:
    """Opens, ages and closes silences inside the transaction of whatever noticed them."""

    zone: ZoneInfo
    destinations: Callable[[Alert], tuple[str, ...]]
    recovered: dict[int, tuple[int, datetime]] = field(default_factory=dict)  # alert → the one that ended it, and when

    # ── noticed with a post ───────────────────────────────────────────────────────────────

    def post_seen(
        self,
        tx: Transaction,
        source: Source,
        channel: Channel,
        post: Post,
        reading: Reading,
        state: ChannelState,
        now: datetime,
    ) -> list[int]:
        """Note what kind of post a live route saw; open or close what that means."""
        published = post.published_at or now
        fields: dict[str, object] = {"last_post_at": max(filter(None, (state.last_post_at, published)))}
        numbers: list[int] = []
        if reading.status is Status.TALLY:
            fields["last_tally_at"] = max(filter(None, (state.last_tally_at, published)))
            ended = [silence for silence in tx.silences(source.key) if _is_ended(source, silence, published)]
            numbers += [self._close(tx, source, silence, now) for silence in ended]
        elif reading.status is Status.UNREADABLE and _may_be_the_tally(source, post, state, published):
            numbers += self._open(tx, source, "unreadable", _unreadable(channel, post, reading), now)
        elif reading.status is Status.IMAGE_ONLY:
            fields["last_image_at"] = max(filter(None, (state.last_image_at, published)))
            if post.text.strip():
                numbers += self._open(tx, source, "image_only", _address(channel, post), now)
        tx.update_channel(channel.key, source.key, **fields)
        return numbers

    # ── noticed by reading, or failing to ─────────────────────────────────────────────────

    def reached(self, tx: Transaction, source: Source, now: datetime) -> list[int]:
        """Close `unreachable`, if it is open: a channel of the source has answered."""
        return [
            self._close(tx, source, silence, now)
            for silence in tx.silences(source.key)
            if silence.kind == "unreachable"
        ]

    def failed(self, tx: Transaction, source: Source, detail: str, now: datetime) -> list[int]:
        """Open `unreachable` once none of the source's channels has answered for ten minutes."""
        states = [tx.channel_state(channel.key) for channel in _watched(source)]
        for state in states:
            if state.failing_since is None or now - state.failing_since < UNREACHABLE_AFTER:
                return []
        for other in tx.silences():
            shared = other.kind == "unreachable" and other.source != source.key
            if shared and other.alert is not None and now - other.opened_at < ONE_OUTAGE:
                return self._join(tx, source, other.alert, detail, now)
        return self._open(tx, source, "unreachable", detail, now)

    # ── noticed by the clock ──────────────────────────────────────────────────────────────

    def check(self, tx: Transaction, source: Source, now: datetime) -> list[int]:
        """Open `overdue` when a publication window passed without a tally; let open silences age.

        Only what was watched all the while, and looked at since the grace ended, can be called overdue.
        """
        silences = tx.silences(source.key)
        for silence in silences:
            self._age(tx, source, silence, now)
        if source.window is None:
            return []
        opens, deadline = source.window.last(now, source.time_zone)
        states = [tx.channel_state(channel.key) for channel in _watched(source)]
        began = opens - _between_tallies(source)
        watched = any(state.switched_on_at is not None and state.switched_on_at <= began for state in states)
        looked = now >= deadline and any(
            state.last_ok_at is not None and state.last_ok_at >= deadline for state in states
        )
        here = any(state.last_tally_at is not None and state.last_tally_at >= began for state in states)
        said = any(silence.kind in _INSTEAD and silence.opened_at >= opens for silence in silences)
        if not watched or not looked or here or said:
            return []
        images = [state for state in states if state.last_image_at and state.last_image_at >= opens]
        kind: SilenceKind = "image_only" if images else "overdue"
        return self._open(tx, source, kind, _last_seen(states, self.zone), now)

    # ── one silence ───────────────────────────────────────────────────────────────────────

    def _open(self, tx: Transaction, source: Source, kind: SilenceKind, detail: str, now: datetime) -> list[int]:
        if any(silence.kind == kind for silence in tx.silences(source.key)):
            return []
        alert = render.silence(kind, source, detail, at=now, zone=self.zone)
        number = tx.add_alert(alert, now)
        tx.enqueue(number, "root", 1, self.destinations(alert), number, now)
        tx.open_silence(source.key, kind, now, number, detail)
        return [number]

    def _join(self, tx: Transaction, source: Source, number: int, detail: str, now: datetime) -> list[int]:
        """Name one more source in the alert of an outage that is being told already."""
        if any(silence.kind == "unreachable" for silence in tx.silences(source.key)):
            return []
        self._add_name(tx, source, number, now)
        tx.open_silence(source.key, "unreachable", now, number, detail)
        return []

    def _add_name(self, tx: Transaction, source: Source, number: int, now: datetime) -> None:
        alert = tx.alert(number)
        if alert is not None:
            self._revise(tx, render.joined(alert, source), number, now)

    def _revise(self, tx: Transaction, alert: Alert, number: int, now: datetime) -> None:
        revision = tx.revise_alert(number, alert, now)
        tx.enqueue(number, "edit", revision, self.destinations(alert), number, now)

    def _age(self, tx: Transaction, source: Source, silence: Silence, now: datetime) -> None:
        hours = int((now - silence.opened_at) / timedelta(hours=1))
        alert = tx.alert(silence.alert) if silence.alert is not None else None
        if hours <= silence.told_age_hours or alert is None or silence.alert is None:
            return
        if alert.source == source.key:  # the first source of an outage ages for all of them
            self._revise(tx, render.aged(alert, silence.kind, hours), silence.alert, now)
        tx.age_silence(silence.id, hours)

    def _close(self, tx: Transaction, source: Source, silence: Silence, now: datetime) -> int:
        tx.close_silence(silence.id, now)
        back = self.recovered.get(silence.alert or 0)
        if back is not None and now - back[1] < ONE_OUTAGE:
            self._add_name(tx, source, back[0], now)
            return back[0]
        alert = render.recovered(silence.kind, source, since=silence.opened_at, at=now, zone=self.zone)
        alert = replace(alert, reply_to=silence.alert)
        number = tx.add_alert(alert, now)
        if silence.alert is None:
            tx.enqueue(number, "root", 1, self.destinations(alert), number, now)
        else:
            tx.enqueue(number, "reply", 1, self.destinations(alert), silence.alert, now)
            self.recovered[silence.alert] = (number, now)
        return number


def _watched(source: Source) -> list[Channel]:
    return [channel for channel in source.channels if any(route.enabled for route in channel.routes)]


def _between_tallies(source: Source) -> timedelta:
    """Return how far before a window the tally may have come that it waits for (none, for a daily one)."""
    return timedelta(days=source.cadence - 1)


def _is_ended(source: Source, silence: Silence, published: datetime) -> bool:
    """Say whether a tally ends a silence; one from before the window that was missed does not."""
    if silence.kind != "overdue" or source.window is None:
        return silence.kind != "unreachable"
    opened, _ = source.window.last(silence.opened_at, source.time_zone)
    return published >= opened - _between_tallies(source)


def _last_seen(states: list[ChannelState], zone: ZoneInfo) -> str:
    posts = [state.last_post_at for state in states if state.last_post_at]
    if not posts:
        return "No post of any kind has been seen since watching began."
    last = max(posts).astimezone(zone)
    return f"The channel's last post of any kind was at {last:%H:%M} on {last:%-d %b}."


def _may_be_the_tally(source: Source, post: Post, state: ChannelState, published: datetime) -> bool:
    """Say whether an unreadable post may stand for the tally that is waited for.

    A post that the preview does not show at all (kind "restricted") is one only where a tally is due.
    """
    if state.last_tally_at and published < state.last_tally_at:
        return False
    if post.kind != "restricted":
        return True
    if source.window is None:
        return False
    opens, deadline = source.window.last(published, source.time_zone)
    return opens <= published <= deadline and not (state.last_tally_at and state.last_tally_at >= opens)


def _address(channel: Channel, post: Post) -> str:
    return post.url or f"{channel.label}, post {post.id}"


def _unreadable(channel: Channel, post: Post, reading: Reading) -> str:
    first = next((line.strip() for line in post.text.splitlines() if line.strip()), "")
    quoted = f"First line: «{first[:80]}»" if first else ""
    fault = next((item.text for item in reading.unread if not first or item.text.startswith("parser fault")), "")
    return "\n".join(part for part in (_address(channel, post), quoted, fault) if part)
