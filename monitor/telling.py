"""What a post, an edit or a conflict becomes for the desk: one alert and its rows in the outbox."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from monitor import render
from monitor.ledgers import rules_of
from monitor.model import Alert, Change, ChangeKind, Channel, Post, Reading, Severity, Source, Status, Tally, alert_name
from monitor.ports import Categories, Kept, Store, Transaction
from monitor.reconcile.conflicts import compare_posts
from monitor.reconcile.fold import Rules, Step, tally_of
from monitor.reconcile.held import Held
from monitor.reconcile.order import day_of, order_date
from monitor.reconcile.tell import MISSING_AFTER, Disagreement, Told, missing, severity, tell, tell_edit

Destinations = Callable[[Alert], tuple[str, ...]]
Named = tuple[str, str]  # a post: (channel, id)
Places = Mapping[str, tuple[Source, Channel]]


@dataclass(frozen=True, slots=True)
class Seen:
    """A post as a live route saw it just now.

    `previous` is the reading that the desk was told of before, if it was. `step` is what the post did to
    the ledger (None if it states nothing), `held` what it is told against.
    """

    source: Source
    channel: Channel
    post: Post
    reading: Reading
    kept: Kept
    previous: Reading | None
    step: Step | None
    held: Held | None
    now: datetime


@dataclass(frozen=True, slots=True)
class Telling:
    """Raises alerts inside the transaction of the post that causes them."""

    categories: Categories
    zone: ZoneInfo
    destinations: Destinations
    conflict_after: timedelta = timedelta(minutes=10)
    digest_after: timedelta = timedelta(hours=12)
    digest_pause: timedelta = timedelta(seconds=20)
    digests: dict[str, tuple[int, list[Alert]]] = field(default_factory=dict)  # source → digest being filled

    def forget(self) -> None:
        """Begin new digests, after a transaction that failed."""
        self.digests.clear()

    def tell(self, tx: Transaction, seen: Seen) -> list[int]:
        """Tell what a post says anew, or how it was edited since it was told; return the alerts' numbers."""
        if seen.kept.root is not None:
            return self._tell_edit(tx, seen, seen.kept.root)
        if seen.step is not None and seen.held is not None:
            return self._tell_new(tx, seen, seen.step, seen.held)
        return []

    def _tell_new(self, tx: Transaction, seen: Seen, step: Step, held: Held) -> list[int]:
        now, channel = seen.now, seen.channel
        told = self._told(tx, seen, step, held)
        self._note_disagreements(tx, seen, told.disagreements)
        if not told.disagreements:
            for other in sorted(told.repeats):
                self._same_figures(tx, other, channel.label, now)
        logged = [change for change in told.changes if change.kind is not ChangeKind.UNCHANGED or change.doubts]
        if not told.worth_telling:
            tx.add_changes(seen.kept.row, logged, None, now)
            return []
        loud, reason = severity(told.changes, self.categories)
        context = self._context(seen.source, channel)
        alert = render.tally(seen.post, told.changes, loud, reason, context, seen_at=now, unread=seen.reading.unread)
        late = loud is Severity.ROUTINE and now - seen.kept.published_at > self.digest_after
        number = self._fold_into_digest(tx, seen.source, alert, now) if late else self._announce(tx, alert, now)
        tx.add_changes(seen.kept.row, logged, number, now)
        return [number]

    def _told(self, tx: Transaction, seen: Seen, step: Step, held: Held) -> Told:
        key, channel, rules = seen.kept.order_key, seen.channel.key, rules_of(seen.source, self.categories)
        told = tell(step, key, channel, held, rules)
        if told.left_out:
            told = told.without(_left_out_by(tx, told.same_day_posts(day_of(key)), day_of(key), rules))
        if not told.speaks_for_itself:
            return told
        recent = tx.recent_tally_categories(channel, key, MISSING_AFTER)
        return told._replace(changes=told.changes + missing(step, recent, day_of(key), rules))

    # ── edits ─────────────────────────────────────────────────────────────────────────────

    def _tell_edit(self, tx: Transaction, seen: Seen, root_number: int) -> list[int]:
        """Answer under the alert that went out, and strike the old figure there."""
        root = tx.alert(root_number)
        if root is None:
            return []
        thread = root.reply_to or root_number
        if seen.reading.status is Status.UNREADABLE:
            return [self._answer(tx, _unreadable_now(seen, root_number), thread, seen.now)]
        rules = rules_of(seen.source, self.categories)
        changes = self._edited(seen, rules)
        if seen.step is not None and seen.held is not None:
            edited = {change.tally for change in changes}
            told = tell(seen.step, seen.kept.order_key, seen.channel.key, seen.held, rules)
            self._note_disagreements(tx, seen, [gap for gap in told.disagreements if gap.tally in edited])
        if not changes:
            return []
        loud, reason = severity(changes, self.categories)
        context, now = self._context(seen.source, seen.channel), seen.now
        root_at = tx.alert_at(root_number)
        reply = render.correction(seen.post, changes, loud, reason, context, root=root, root_at=root_at, seen_at=now)
        number = self._answer(tx, reply, thread, now)
        for told_in in dict.fromkeys((root_number, thread)):
            standing = tx.alert(told_in)
            if standing is not None and (told_in == root_number or standing.reason == "digest"):
                self._revise(tx, told_in, render.corrected(standing, changes, context, at=now), now)
        tx.add_changes(seen.kept.row, changes, number, now)
        return [number]

    def _edited(self, seen: Seen, rules: Rules) -> tuple[Change, ...]:
        previous = seen.previous or Reading(Status.NO_TALLY)
        posted_on, _ = order_date(previous.as_of, seen.kept.published_at, seen.source.time_zone)
        return tell_edit(previous.claims, seen.step or Step(()), seen.kept.order_key or posted_on.isoformat(), rules)

    # ── several channels ──────────────────────────────────────────────────────────────────

    def _same_figures(self, tx: Transaction, first: Named, label: str, now: datetime) -> None:
        kept = tx.find(*first)
        root = tx.alert(kept.root) if kept is not None and kept.root is not None else None
        if root is not None and root.number is not None:
            self._revise(tx, root.number, render.same_figures(root, label), now)

    def _note_disagreements(self, tx: Transaction, seen: Seen, gaps: Iterable[Disagreement]) -> None:
        """Leave the other channel some minutes to say the same."""
        day, second = seen.kept.order_key[:10], (seen.channel.key, seen.post.id)
        for gap in gaps:
            tx.add_conflict(gap.tally, day, gap.first, second, seen.now + self.conflict_after)

    def settle_conflicts(self, store: Store, sources: Iterable[Source], now: datetime) -> list[int]:
        """Compare once more what two channels said of one day, ten minutes after they differed."""
        numbers = []
        places = {channel.key: (source, channel) for source in sources for channel in source.channels}
        with store.transaction() as tx:
            due: dict[tuple[Named, Named], list[int]] = {}
            for conflict in tx.due_conflicts(now):
                due.setdefault((conflict.first, conflict.second), []).append(conflict.id)
            for (first, second), ids in due.items():
                outcome = self._settle(tx, first, second, places, now)
                numbers += [outcome] if isinstance(outcome, int) else []
                said = alert_name(outcome) if isinstance(outcome, int) else outcome
                for conflict_id in ids:
                    tx.close_conflict(conflict_id, said, now)
        return numbers

    def _settle(self, tx: Transaction, first: Named, second: Named, places: Places, now: datetime) -> int | str:
        """Return the number of the alert that tells of a conflict, or why there is none."""
        if first[0] not in places or second[0] not in places:
            return "not settled: a channel is no longer in the settings"
        one, other = tx.find(*first), tx.find(*second)
        if one is None or other is None:
            return "not settled: a post is no longer stored"
        if one.root is None and other.root is not None:  # the alert that went out leads, whoever was first
            first, second, one, other = second, first, other, one
        source, channel = places[first[0]]
        claims = other.reading.claims if other.reading else ()
        theirs, ours = (tx.entries_at(source.claimant, kept.order_key) for kept in (one, other))
        compared = compare_posts(theirs, ours, claims)
        if not compared.tallies:
            return "nothing left to compare"
        if not compared.conflicts and compared.set_aside:
            return "settled by a person"
        if not compared.conflicts:
            self._same_figures(tx, first, places[second[0]][1].label, now)
            return "agree"
        root = tx.alert(one.root) if one.root is not None else None
        links = tuple((places[key][1], tx.post_url(key, post)) for key, post in (first, second))
        context = self._context(source, channel)
        alert = render.conflict(compared.conflicts, context, first=links[0], second=links[1], root=root)
        if root is None or one.root is None:
            number = self._announce(tx, alert, now)
        else:
            number = self._answer(tx, alert, root.reply_to or one.root, now)
        tx.add_changes(other.row, compared.conflicts, number, now)
        return number

    # ── alerts ────────────────────────────────────────────────────────────────────────────

    def _context(self, source: Source, channel: Channel) -> render.Context:
        return render.Context(source, channel, self.categories, self.zone)

    def _announce(self, tx: Transaction, alert: Alert, now: datetime) -> int:
        number = tx.add_alert(alert, now)
        tx.enqueue(number, "root", 1, self.destinations(alert), number, now)
        return number

    def _answer(self, tx: Transaction, alert: Alert, thread: int, now: datetime) -> int:
        """Answer in a thread; where nothing of it went out (a desk that takes only what is urgent) it stands alone."""
        number = tx.add_alert(replace(alert, reply_to=thread), now)
        there = tx.queued_at(thread)
        destinations = self.destinations(alert)
        tx.enqueue(number, "reply", 1, [name for name in destinations if name in there], thread, now)
        tx.enqueue(number, "root", 1, [name for name in destinations if name not in there], number, now)
        return number

    def _revise(self, tx: Transaction, number: int, alert: Alert, now: datetime) -> None:
        revision = tx.revise_alert(number, alert, now)
        tx.enqueue(number, "edit", revision, self.destinations(alert), number, now)

    def _fold_into_digest(self, tx: Transaction, source: Source, alert: Alert, now: datetime) -> int:
        """Keep an old post's alert on record and send it as a part of one digest, which goes out a little later."""
        of, folded = self.digests.get(source.key, (0, []))
        if of and not tx.is_waiting(of):
            of, folded = 0, []  # it went out; an edit of it would make no sound
        folded = [*folded, alert]
        digest = render.digest(folded, source, at=now, zone=self.zone)
        if of:
            self._revise(tx, of, digest, now)
        else:
            of = tx.add_alert(digest, now)
            tx.enqueue(of, "root", 1, self.destinations(digest), of, now + self.digest_pause)
        self.digests[source.key] = (of, folded)
        return tx.add_alert(replace(alert, reply_to=of), now)


def _left_out_by(tx: Transaction, posts: Iterable[Named], day: date, rules: Rules) -> frozenset[Tally]:
    """Return the lines that these posts, which the desk was told of, state without a number."""
    kept = [tx.find(*post) for post in posts]
    claims = [claim for one in kept if one is not None and one.told and one.reading for claim in one.reading.claims]
    return frozenset(tally_of(claim, rules, day) for claim in claims if claim.value is None)


def _unreadable_now(seen: Seen, root: int) -> Alert:
    lines = (
        f"The post behind {alert_name(root)} reads differently now, in a way that is not understood.",
        "What it states is not known: nothing is taken as withdrawn, and nothing as confirmed.",
        f"To do: read it by hand, {seen.post.url}" if seen.post.url else "To do: read it by hand.",
    )
    alert = render.ops(seen.source.key, f"EDITED by {seen.source.name}: cannot be read now", lines)
    return replace(alert, reason="unreadable", channel=seen.channel.key, post=seen.post.id, link=seen.post.url)
