"""The ledger: what each post left of each tally, and how doubtful entries were settled.

Where a later post settled an entry, its row shows how it stands now and keeps beside that how it
was written, so that folding the later post anew can take it back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from monitor.model import Qualifier, Scope, Tally
from monitor.reconcile.ledger import Decision, Entry, Settlement, Standing
from monitor.reconcile.order import day_of
from monitor.store.connection import Connection
from monitor.store.tallies import Numbers
from monitor.store.values import Row

PERIODS_BACK = timedelta(days=14)

_QUALIFIERS = {qualifier.value: qualifier for qualifier in Qualifier}
_STANDINGS = {standing.value: standing for standing in Standing}
_END = "~"  # sorts after every order key

TALLY = "t.claimant, t.subject, t.category, t.scope, t.place, t.window"
ENTRY = f"""{TALLY}, s.order_key, s.channel, s.post, e.published, e.upper, e.qualifier, e.delta, e.effective,
    e.standing, e.suggestion, e.settled_by"""
_AS_WRITTEN = f"{ENTRY}, e.first_standing, e.first_effective, e.first_settled_by"

_TOTALS = "SELECT id, first_date, last_date FROM tallies WHERE claimant = ? AND scope = ?"

# SQLite has no statistics of ours: CROSS JOIN keeps the order in which the tables are gone through.
_NEWEST_FIRST = f"""
    SELECT {_AS_WRITTEN}, e.tally
    FROM steps s CROSS JOIN entries e ON e.step = s.id CROSS JOIN tallies t ON t.id = e.tally
    WHERE s.claimant = ? AND s.order_key >= ? AND s.order_key < ? AND t.scope = ?
    ORDER BY s.order_key DESC, e.line DESC"""  # noqa: S608
_PERIODS = f"""
    SELECT {_AS_WRITTEN}
    FROM steps s CROSS JOIN entries e ON e.step = s.id CROSS JOIN tallies t ON t.id = e.tally
    WHERE s.claimant = ? AND s.order_key >= ? AND s.order_key < ? AND t.scope = ?"""  # noqa: S608
_HEAD = "SELECT max(order_key) FROM steps WHERE claimant = ?"
_STEP = "SELECT id FROM steps WHERE claimant = ? AND order_key = ?"
_AT = f"""
    SELECT {_AS_WRITTEN}
    FROM steps s CROSS JOIN entries e ON e.step = s.id CROSS JOIN tallies t ON t.id = e.tally
    WHERE s.claimant = ? AND s.order_key = ? ORDER BY e.line"""  # noqa: S608
_SETTLED_AT = f"""
    SELECT {TALLY}, x.order_key, s.order_key, x.standing, x.effective
    FROM steps s CROSS JOIN settlements x ON x.step = s.id CROSS JOIN tallies t ON t.id = x.tally
    WHERE s.claimant = ? AND s.order_key = ? ORDER BY x.line"""  # noqa: S608
_TARGETS = "SELECT tally, order_key FROM settlements WHERE step = ?"
_SETTLED_LATER = """
    SELECT x.tally FROM settlements x JOIN tallies t ON t.id = x.tally WHERE x.order_key = ? AND t.claimant = ?"""

_ADD_STEP = "INSERT INTO steps (claimant, order_key, channel, post) VALUES (?, ?, ?, ?)"
_ADD_ENTRY = """
    INSERT INTO entries (step, line, tally, published, upper, qualifier, delta, effective, standing, suggestion,
                         settled_by)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""
_SETTLE = "INSERT INTO settlements (step, line, tally, order_key, standing, effective) VALUES (?, ?, ?, ?, ?, ?)"
_REMOVE = (
    "DELETE FROM entries WHERE step = ?",
    "DELETE FROM settlements WHERE step = ?",
    "DELETE FROM steps WHERE id = ?",
)
_EARLIEST = """
    SELECT s.order_key, x.standing, x.effective FROM settlements x JOIN steps s ON s.id = x.step
    WHERE x.order_key = ? AND x.tally = ? ORDER BY s.order_key LIMIT 1"""
_THE_ENTRY = "step = (SELECT id FROM steps WHERE claimant = ? AND order_key = ?) AND tally = ?"
_SHOW_SETTLED = f"""
    UPDATE entries SET
      first_effective = iif(first_standing IS NULL, effective, first_effective),
      first_settled_by = iif(first_standing IS NULL, settled_by, first_settled_by),
      first_standing = coalesce(first_standing, standing),
      settled_by = ?, standing = ?, effective = ?
    WHERE {_THE_ENTRY}"""  # noqa: S608
_SHOW_AS_WRITTEN = f"""
    UPDATE entries SET
      standing = first_standing, effective = first_effective, settled_by = first_settled_by,
      first_standing = NULL, first_effective = NULL, first_settled_by = NULL
    WHERE {_THE_ENTRY} AND first_standing IS NOT NULL"""  # noqa: S608

_DECISIONS = """
    SELECT channel, post, text_hash, claimant, subject, category, scope, place, window, published,
           verdict, value, "by", why, at
    FROM decisions WHERE claimant = ? ORDER BY id"""
_DECIDE = """
    INSERT INTO decisions (channel, post, text_hash, claimant, subject, category, scope, place, window, published,
                           verdict, value, "by", why, at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""
_KEYS_OF_CHANNEL = """
    SELECT claimant, order_key FROM posts
    WHERE channel = ? AND order_key < ? AND order_key <> '' ORDER BY order_key DESC"""
_LIST = f"""
    SELECT {TALLY} FROM steps s CROSS JOIN entries e ON e.step = s.id CROSS JOIN tallies t ON t.id = e.tally
    WHERE s.claimant = ? AND s.order_key = ? AND t.scope = ?"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class _Wanting:
    """A tally whose rows are being gathered, newest first, and the dates on which a figure held so far."""

    first_date: str
    last_date: str
    days: set[str]

    def takes(self, entry: Entry, dates: int) -> bool:
        """Say whether this row is still wanted; one date too many marks that nothing more is."""
        if len(self.days) > dates:
            return False
        day = entry.order_key[:10]
        if len(self.days) == dates and day not in self.days:
            self.days.add(day)
            return False
        if entry.effective is not None:
            self.days.add(day)
        return True


class Ledger:
    def __init__(self, db: Connection, numbers: Numbers) -> None:
        self.db = db
        self._numbers = numbers

    def token(self) -> int:
        """A number that changes whenever another connection has written, or this one has rolled back."""
        version: int = self.db.all("PRAGMA data_version")[0][0]
        return version + (self.db.rollbacks << 32)

    def entries_before(self, claimant: str, order_key: str | None, *, dates: int) -> list[Entry]:
        """Return each total tally's rows on its last `dates` order dates before the key, oldest first.

        Only dates on which a figure held are counted; what lies between them comes along. Settlements
        made at or after the key are undone. Period rows come along for the last 14 days.
        """
        end = order_key or _END
        found = self._totals_before(claimant, end, dates) + self._periods_before(claimant, end)
        return sorted(found, key=_by_order_key)

    def entries_at(self, claimant: str, order_key: str) -> list[Entry]:
        """Return what the post at this key left, as it was written then, in that order."""
        return [_entry_as_of(row, "") for row in self.db.all(_AT, (claimant, order_key))]

    def settlements_at(self, claimant: str, order_key: str) -> list[Settlement]:
        return [
            Settlement(Tally(*row[:6]), row[6], row[7], _STANDINGS[row[8]], row[9])
            for row in self.db.all(_SETTLED_AT, (claimant, order_key))
        ]

    def replace_entries(
        self, claimant: str, order_key: str, entries: Sequence[Entry], settlements: Sequence[Settlement]
    ) -> None:
        """Make these the rows that the post at this key brought, undoing what stood there before.

        Where several posts settle one entry (in the midst of folding anew), the earliest holds.
        """
        touched = self._remove(claimant, order_key)
        if entries or settlements:
            self._add(claimant, order_key, entries, settlements)
        touched.update((self._numbers.of(one.tally, one.order_key[:10]), one.order_key) for one in settlements)
        touched.update((tally, order_key) for (tally,) in self.db.all(_SETTLED_LATER, (order_key, claimant)))
        for tally, key in touched:
            self._show(claimant, tally, key)

    def append_entries(
        self, claimant: str, order_key: str, entries: Sequence[Entry], settlements: Sequence[Settlement]
    ) -> None:
        """Add the rows of a post behind all others of its claimant: nothing stands there or settles it later."""
        if entries or settlements:
            self._add(claimant, order_key, entries, settlements)
        for one in settlements:
            self._show(claimant, self._numbers.of(one.tally, one.order_key[:10]), one.order_key)

    def decisions(self, claimant: str) -> Mapping[tuple[str, str, str, Tally, int | None], Decision]:
        """Return the last decision on each published value."""
        return {
            (row[0], row[1], row[2], Tally(*row[3:9]), row[9]): Decision(*row[10:])
            for row in self.db.all(_DECISIONS, (claimant,))
        }

    def add_decision(
        self, channel: str, post: str, text_hash: str, tally: Tally, published: int | None, decision: Decision
    ) -> None:
        """Store what a person decided; earlier decisions stay on record, the last one counts."""
        self.db.run(_DECIDE, (channel, post, text_hash, *tally, published, *decision))

    def recent_tally_categories(self, channel: str, before_key: str, posts: int) -> list[frozenset[Tally]]:
        """Return which total tallies each of the channel's last posts with totals stated, newest first."""
        lists: list[frozenset[Tally]] = []
        for claimant, order_key in self.db.each(_KEYS_OF_CHANNEL, (channel, before_key)):
            rows = self.db.all(_LIST, (claimant, order_key, Scope.TOTAL.value))
            if rows:
                lists.append(frozenset(Tally(*row) for row in rows))
            if len(lists) == posts:
                break
        return lists

    def _totals_before(self, claimant: str, end: str, dates: int) -> list[Entry]:
        """Go back month by month until every tally has its dates, past the months in which none is wanting."""
        wanting = {
            tally: _Wanting(first, last, set())
            for tally, first, last in self.db.all(_TOTALS, (claimant, Scope.TOTAL.value))
            if first < end
        }
        found: list[Entry] = []
        month = end[:7]
        while wanting:
            month = min(month, max(one.last_date for one in wanting.values())[:7])
            rows = self.db.all(_NEWEST_FIRST, (claimant, month, min(end, month + _END), Scope.TOTAL.value))
            for row in rows:
                one = wanting.get(row[-1])
                entry = _entry_as_of(row, end)
                if one is not None and one.takes(entry, dates):
                    found.append(entry)
            wanting = {
                tally: one for tally, one in wanting.items() if one.first_date < month and len(one.days) <= dates
            }
            month = _month_before(month)
        return found

    def _periods_before(self, claimant: str, end: str) -> list[Entry]:
        head = end if end != _END else self.db.all(_HEAD, (claimant,))[0][0]
        if head is None:
            return []
        start = (day_of(head) - PERIODS_BACK).isoformat()
        rows = self.db.all(_PERIODS, (claimant, start, end, Scope.PERIOD.value))
        return [_entry_as_of(row, end) for row in rows]

    def _remove(self, claimant: str, order_key: str) -> set[tuple[int, str]]:
        """Remove a step and return (tally, order key) of the entries that it had settled."""
        row = self.db.one(_STEP, (claimant, order_key))
        if row is None:
            return set()
        settled = {(tally, key) for tally, key in self.db.all(_TARGETS, row)}
        for statement in _REMOVE:
            self.db.run(statement, row)
        return settled

    def _add(self, claimant: str, order_key: str, entries: Sequence[Entry], settlements: Sequence[Settlement]) -> None:
        channel, post = (entries[0].channel, entries[0].post) if entries else ("", "")
        step = self.db.insert(_ADD_STEP, (claimant, order_key, channel, post))
        number, day = self._numbers.of, order_key[:10]
        if entries:
            rows = [_entry_row(step, line, number(entry.tally, day), entry) for line, entry in enumerate(entries)]
            self.db.many(_ADD_ENTRY, rows)
        if settlements:
            self.db.many(
                _SETTLE,
                [
                    (
                        step,
                        line,
                        number(one.tally, one.order_key[:10]),
                        one.order_key,
                        one.standing.value,
                        one.effective,
                    )
                    for line, one in enumerate(settlements)
                ],
            )

    def _show(self, claimant: str, tally: int, order_key: str) -> None:
        """Let an entry's row show how it stands: as its earliest settlement says, else as it was written."""
        earliest = self.db.one(_EARLIEST, (order_key, tally))
        if earliest is None:
            self.db.run(_SHOW_AS_WRITTEN, (claimant, order_key, tally))
        else:
            self.db.run(_SHOW_SETTLED, (*earliest, claimant, order_key, tally))


def entry_of(row: Row) -> Entry:
    """Return an entry from the columns of `ENTRY`, as it stands now."""
    key, channel, post, value, upper, qualifier, delta, effective, standing, suggestion, settled_by = row[6:17]
    return Entry(
        Tally(*row[:6]),
        key,
        channel,
        post,
        value,
        upper,
        _QUALIFIERS[qualifier],
        delta,
        effective,
        _STANDINGS[standing],
        suggestion,
        settled_by,
    )


def _month_before(month: str) -> str:
    return (date.fromisoformat(f"{month}-01") - timedelta(days=1)).isoformat()[:7]


def _by_order_key(entry: Entry) -> str:
    return entry.order_key


def _entry_as_of(row: Row, key: str) -> Entry:
    """Return an entry as it stood before the post at `key`; "" gives it as it was written."""
    entry = entry_of(row)
    if row[17] is not None and entry.settled_by >= key:
        entry = entry._replace(standing=_STANDINGS[row[17]], effective=row[18], settled_by=row[19])
    return entry


def _entry_row(step: int, line: int, tally: int, entry: Entry) -> Row:
    return (
        step,
        line,
        tally,
        entry.value,
        entry.upper,
        str(entry.qualifier),
        entry.delta,
        entry.effective,
        str(entry.standing),
        entry.suggestion,
        entry.settled_by,
    )
