"""What a post, an edit or a conflict becomes for the desk: one alert and its rows in the outbox."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from monitor import render
from monitor.ledgers import Folding, rules_of
from monitor.model import Alert, Change, ChangeKind, Channel, Figure, Post, Reading, Severity, Source
from monitor.ports import Categories, Kept, Store, Transaction
from monitor.reconcile.compare import Relation, relation
from monitor.reconcile.fold import Rules, Step, tally_of
from monitor.reconcile.order import day_of
from monitor.reconcile.tell import MISSING_AFTER, missing, severity, tell, tell_edit

Destinations = Callable[[Alert], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Seen:
    """A post as a live route saw it just now: what it says, and what was stored of it before."""

    source: Source
    channel: Channel
    post: Post
    reading: Reading
    kept: Kept
    before: Kept | None
    folding: Folding | None
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
        """Begin new digests: after a pass, and after a transaction that failed."""
        self.digests.clear()

    def tell(self, tx: Transaction, seen: Seen) -> list[int]:
        """Tell what a post says anew, or how it was edited since it was told; return the alerts' numbers."""
        if seen.before is not None and seen.before.root is not None:
            return self._tell_edit(tx, seen, seen.before, seen.before.root)
        return self._tell_new(tx, seen, seen.folding) if seen.folding is not None else []

    def _tell_new(self, tx: Transaction, seen: Seen, folding: Folding) -> list[int]:
        key, now, channel = seen.kept.order_key, seen.now, seen.channel
        rules = rules_of(seen.source, self.categories)
        told = tell(folding.step, key, channel.key, folding.head, rules)
        if told.worth_telling:
            recent = tx.recent_tally_categories(channel.key, key, MISSING_AFTER)
            told = told._replace(changes=told.changes + missing(folding.step, recent, day_of(key), rules))
        for gap in told.disagreements:
            second = (channel.key, seen.post.id)
            tx.add_conflict(gap.tally, day_of(key).isoformat(), gap.first, second, now + self.conflict_after)
        if not told.disagreements:
            for other, post in sorted(told.repeats):
                self._same_figures(tx, other, post, channel.label, now)
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

    def _tell_edit(self, tx: Transaction, seen: Seen, before: Kept, root_number: int) -> list[int]:
        """Answer under the alert that went out, and strike the old figure there."""
        previous = before.reading.claims if before.reading else ()
        step = seen.folding.step if seen.folding else Step(())
        rules = rules_of(seen.source, self.categories)
        changes = tell_edit(previous, step, seen.kept.order_key or before.order_key, rules)
        root = tx.alert(root_number)
        if not changes or root is None:
            return []
        loud, reason = severity(changes, self.categories)
        context, now = self._context(seen.source, seen.channel), seen.now
        root_at = tx.alert_at(root_number)
        reply = render.correction(seen.post, changes, loud, reason, context, root=root, root_at=root_at, seen_at=now)
        number = self._answer(tx, reply, root.reply_to or root_number, now)
        self._revise(tx, root_number, render.corrected(root, changes, context, at=now), now)
        tx.add_changes(seen.kept.row, changes, number, now)
        return [number]

    def _same_figures(self, tx: Transaction, channel: str, post: str, label: str, now: datetime) -> None:
        first = tx.find(channel, post)
        root = tx.alert(first.root) if first is not None and first.root is not None else None
        if first is not None and first.root is not None and root is not None:
            self._revise(tx, first.root, render.same_figures(root, label), now)

    # ── conflicts ─────────────────────────────────────────────────────────────────────────

    def settle_conflicts(self, store: Store, sources: Iterable[Source], now: datetime) -> list[int]:
        """Compare once more what two channels said of one day, ten minutes after they differed."""
        numbers = []
        by_channel = {channel.key: (source, channel) for source in sources for channel in source.channels}
        with store.transaction() as tx:
            due: dict[tuple[tuple[str, str], tuple[str, str]], list[int]] = {}
            for conflict in tx.due_conflicts(now):
                due.setdefault((conflict.first, conflict.second), []).append(conflict.id)
            for (first, second), ids in due.items():
                number = self._settle_conflict(tx, first, second, by_channel, now)
                numbers += [number] if number is not None else []
                for conflict_id in ids:
                    tx.close_conflict(conflict_id, "agree" if number is None else f"alert {number}", now)
        return numbers

    def _settle_conflict(
        self,
        tx: Transaction,
        first: tuple[str, str],
        second: tuple[str, str],
        by_channel: dict[str, tuple[Source, Channel]],
        now: datetime,
    ) -> int | None:
        one, other = tx.find(*first), tx.find(*second)
        if one is None or other is None or first[0] not in by_channel or second[0] not in by_channel:
            return None
        source, channel = by_channel[first[0]]
        rules = rules_of(source, self.categories)
        changes = _differences(one, other, first, second, rules)
        root = tx.alert(one.root) if one.root is not None else None
        if not changes:
            self._same_figures(tx, *first, by_channel[second[0]][1].label, now)
            return None
        links = tuple((by_channel[key][1], tx.post_url(key, post)) for key, post in (first, second))
        alert = render.conflict(changes, self._context(source, channel), first=links[0], second=links[1], root=root)
        number = (
            self._announce(tx, alert, now)
            if one.root is None
            else self._answer(tx, alert, (root and root.reply_to) or one.root, now)
        )
        tx.add_changes(other.row, changes, number, now)
        return number

    # ── alerts ────────────────────────────────────────────────────────────────────────────

    def _context(self, source: Source, channel: Channel) -> render.Context:
        return render.Context(source, channel, self.categories, self.zone)

    def _announce(self, tx: Transaction, alert: Alert, now: datetime) -> int:
        number = tx.add_alert(alert, now)
        tx.enqueue(number, "root", 1, self.destinations(alert), number, now)
        return number

    def _answer(self, tx: Transaction, alert: Alert, root: int, now: datetime) -> int:
        number = tx.add_alert(replace(alert, reply_to=root), now)
        tx.enqueue(number, "reply", 1, self.destinations(alert), root, now)
        return number

    def _revise(self, tx: Transaction, number: int, alert: Alert, now: datetime) -> None:
        revision = tx.revise_alert(number, alert, now)
        tx.enqueue(number, "edit", revision, self.destinations(alert), number, now)

    def _fold_into_digest(self, tx: Transaction, source: Source, alert: Alert, now: datetime) -> int:
        """Keep an old post's alert on record and send it as a part of one digest, which goes out a little later."""
        open_digest = self.digests.get(source.key)
        folded = [*(open_digest[1] if open_digest else []), alert]
        digest = render.digest(folded, source, at=now, zone=self.zone)
        if open_digest is None:
            of = tx.add_alert(digest, now)
            tx.enqueue(of, "root", 1, self.destinations(digest), of, now + self.digest_pause)
        else:
            of = open_digest[0]
            self._revise(tx, of, digest, now)
        self.digests[source.key] = (of, folded)
        return tx.add_alert(replace(alert, reply_to=of), now)


def _differences(
    one: Kept, other: Kept, first: tuple[str, str], second: tuple[str, str], rules: Rules
) -> tuple[Change, ...]:
    """Return the tallies on which the latest readings of two posts contradict each other."""
    if one.reading is None or other.reading is None or not one.order_key or not other.order_key:
        return ()
    day = day_of(other.order_key)
    theirs = {tally_of(claim, rules, day_of(one.order_key)): claim for claim in one.reading.claims}
    changes = []
    for claim in other.reading.claims:
        tally = tally_of(claim, rules, day)
        was = theirs.get(tally)
        if was is None or was.value is None or claim.value is None:
            continue
        if (
            relation((was.value, was.upper, was.qualifier), (claim.value, claim.upper, claim.qualifier))
            is Relation.DIFFERENT
        ):
            before = Figure(was.value, was.upper, was.qualifier, day_of(one.order_key), *first)
            after = Figure(claim.value, claim.upper, claim.qualifier, day, *second)
            changes.append(Change(ChangeKind.CONFLICT, tally, claim, after, before, difference=claim.value - was.value))
    return tuple(changes)
