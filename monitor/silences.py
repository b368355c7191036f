"""The four ways a source goes quiet: overdue, unreachable, unreadable, image only.

Each opens once, ages in place (its alert is edited) and closes with a word of how it ended.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from monitor import render
from monitor.model import Alert, Channel, Post, Reading, Source, Status
from monitor.ports import ChannelState, Silence, SilenceKind, Transaction

UNREACHABLE_AFTER = timedelta(minutes=10)
_INSTEAD = frozenset({"unreadable", "image_only"})  # a post is there: the tally is not late


@dataclass(frozen=True, slots=True)
class Silences:
    """Opens, ages and closes silences inside the transaction of whatever noticed them."""

    zone: ZoneInfo
    destinations: Callable[[Alert], tuple[str, ...]]

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
        elif reading.status is Status.UNREADABLE and (not state.last_tally_at or published >= state.last_tally_at):
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

    def _age(self, tx: Transaction, source: Source, silence: Silence, now: datetime) -> None:
        hours = int((now - silence.opened_at) / timedelta(hours=1))
        alert = tx.alert(silence.alert) if silence.alert is not None else None
        if hours <= silence.told_age_hours or alert is None or silence.alert is None:
            return
        aged = render.aged(
            render.silence(silence.kind, source, silence.detail, at=silence.opened_at, zone=self.zone),
            silence.kind,
            hours,
        )
        revision = tx.revise_alert(silence.alert, replace(aged, number=silence.alert), now)
        tx.enqueue(silence.alert, "edit", revision, self.destinations(alert), silence.alert, now)
        tx.age_silence(silence.id, hours)

    def _close(self, tx: Transaction, source: Source, silence: Silence, now: datetime) -> int:
        tx.close_silence(silence.id, now)
        alert = render.recovered(silence.kind, source, since=silence.opened_at, at=now, zone=self.zone)
        alert = replace(alert, reply_to=silence.alert)
        number = tx.add_alert(alert, now)
        if silence.alert is None:
            tx.enqueue(number, "root", 1, self.destinations(alert), number, now)
        else:
            tx.enqueue(number, "reply", 1, self.destinations(alert), silence.alert, now)
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


def _address(channel: Channel, post: Post) -> str:
    return post.url or f"{channel.label}, post {post.id}"


def _unreadable(channel: Channel, post: Post, reading: Reading) -> str:
    first = next((line.strip() for line in post.text.splitlines() if line.strip()), "")
    fault = next((item.text for item in reading.unread if item.text.startswith("parser fault")), "")
    return "\n".join(part for part in (_address(channel, post), f"First line: «{first[:80]}»", fault) if part)
