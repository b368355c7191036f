"""The ledger: what each post left of each tally, how doubtful entries were settled, and what people decided.

An entry is one row of `tallies`. Where a later post settled it, the row shows how it stands now and
keeps beside that how it was written, so that folding the later post anew can take it back.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta

from monitor.model import Qualifier, Scope, Tally
from monitor.reconcile.ledger import Decision, Entry, Settlement, Standing
from monitor.reconcile.order import day_of
from monitor.store.connection import Connection
from monitor.store.values import Row

PERIODS_BACK = timedelta(days=14)

_QUALIFIERS = {qualifier.value: qualifier for qualifier in Qualifier}
_STANDINGS = {standing.value: standing for standing in Standing}
_END = "~"  # sorts after every order key

ENTRY = """claimant, subject, category, scope, place, window, order_key, channel, post, published, upper, qualifier,
    delta, effective, standing, suggestion, settled_by"""
_ENTRY_AS_WRITTEN = f"{ENTRY}, first_standing, first_effective, first_settled_by"
# The planner knows no statistics of ours: INDEXED BY names the index, a + keeps a column from choosing one.
_SERIES = "claimant = ? AND scope = ? AND subject = ? AND category = ? AND place = ? AND window = ?"

_NEXT_TOTAL = """
    SELECT subject, category, place, window FROM tallies
    WHERE claimant = ? AND scope = 'total' AND (subject, category, place, window) > (?, ?, ?, ?)
    ORDER BY subject, category, place, window LIMIT 1"""
_NEWEST_FIRST = f"""
    SELECT {_ENTRY_AS_WRITTEN} FROM tallies INDEXED BY tallies_by_series
    WHERE {_SERIES} AND order_key < ? ORDER BY order_key DESC"""  # noqa: S608
_PERIODS = f"""
    SELECT {_ENTRY_AS_WRITTEN} FROM tallies
    WHERE claimant = ? AND order_key >= ? AND order_key < ? AND +scope = 'period'
    ORDER BY order_key, line"""  # noqa: S608
_HEAD = "SELECT max(order_key) FROM tallies WHERE claimant = ?"
_AT = f"SELECT {_ENTRY_AS_WRITTEN} FROM tallies WHERE claimant = ? AND order_key = ? ORDER BY line"  # noqa: S608
_REMOVE = "DELETE FROM tallies WHERE claimant = ? AND order_key = ?"
_ADD = f"""
    INSERT INTO tallies (line, {ENTRY})
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""  # noqa: S608

_SETTLEMENT = "claimant, subject, category, scope, place, window, order_key, settled_by, standing, effective"
_SETTLED_AT = f"SELECT {_SETTLEMENT} FROM settlements WHERE claimant = ? AND settled_by = ? ORDER BY line"  # noqa: S608
_SETTLED_LATER = f"""
    SELECT {_SETTLEMENT} FROM settlements INDEXED BY settlements_of_entry
    WHERE claimant = ? AND order_key = ?"""  # noqa: S608
_UNSETTLE = "DELETE FROM settlements WHERE claimant = ? AND settled_by = ?"
_SETTLE = f"INSERT INTO settlements (line, {_SETTLEMENT}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608
_EARLIEST = f"""
    SELECT settled_by, standing, effective FROM settlements INDEXED BY settlements_of_entry
    WHERE claimant = ? AND order_key = ? AND scope = ? AND subject = ? AND category = ? AND place = ? AND window = ?
    ORDER BY settled_by LIMIT 1"""
_SHOW_SETTLED = f"""
    UPDATE tallies SET
      first_effective = iif(first_standing IS NULL, effective, first_effective),
      first_settled_by = iif(first_standing IS NULL, settled_by, first_settled_by),
      first_standing = coalesce(first_standing, standing),
      settled_by = ?, standing = ?, effective = ?
    WHERE {_SERIES} AND order_key = ?"""  # noqa: S608
_SHOW_AS_WRITTEN = f"""
    UPDATE tallies SET
      standing = first_standing, effective = first_effective, settled_by = first_settled_by,
      first_standing = NULL, first_effective = NULL, first_settled_by = NULL
    WHERE {_SERIES} AND order_key = ? AND first_standing IS NOT NULL"""  # noqa: S608

_DECISIONS = """
    SELECT channel, post, text_hash, claimant, subject, category, scope, place, window, published,
           verdict, value, "by", why, at
    FROM decisions WHERE claimant = ? ORDER BY id"""
_DECIDE = """
    INSERT INTO decisions (channel, post, text_hash, claimant, subject, category, scope, place, window, published,
                           verdict, value, "by", why, at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""
_LISTS = """
    SELECT order_key, claimant, subject, category, scope, place, window FROM tallies
    WHERE claimant = ? AND order_key = ? AND +scope = 'total'"""
_KEYS_OF_CHANNEL = """
    SELECT claimant, order_key FROM posts
    WHERE channel = ? AND order_key < ? AND order_key <> '' ORDER BY order_key DESC"""


class Ledger:
    def __init__(self, db: Connection) -> None:
        self.db = db

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
        found = []
        for tally in self._totals(claimant):
            found += self._last_dates(tally, end, dates)
        found += self._periods_before(claimant, end)
        return sorted(found, key=_by_order_key)

    def entries_at(self, claimant: str, order_key: str) -> list[Entry]:
        """Return what the post at this key left, as it was written then, in that order."""
        return [_entry_as_of(row, "") for row in self.db.all(_AT, (claimant, order_key))]

    def settlements_at(self, claimant: str, order_key: str) -> list[Settlement]:
        return [_settlement(row) for row in self.db.all(_SETTLED_AT, (claimant, order_key))]

    def replace_entries(
        self, claimant: str, order_key: str, entries: Sequence[Entry], settlements: Sequence[Settlement]
    ) -> None:
        """Make these the rows that the post at this key brought, undoing what stood there before.

        Where several posts settle one entry (in the midst of folding anew), the earliest holds.
        """
        undone = self.settlements_at(claimant, order_key)
        if undone:
            self.db.run(_UNSETTLE, (claimant, order_key))
        self.db.run(_REMOVE, (claimant, order_key))
        if entries:
            self.db.many(_ADD, [_entry_row(line, entry) for line, entry in enumerate(entries)])
        if settlements:
            self.db.many(_SETTLE, [_settlement_row(line, one) for line, one in enumerate(settlements)])
        later = map(_settlement, self.db.all(_SETTLED_LATER, (claimant, order_key)))
        for tally, key in {(one.tally, one.order_key) for one in (*undone, *settlements, *later)}:
            self._show(tally, key)

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
            stated = frozenset(Tally(*row[1:]) for row in self.db.all(_LISTS, (claimant, order_key)))
            if stated:
                lists.append(stated)
            if len(lists) == posts:
                break
        return lists

    def _totals(self, claimant: str) -> Iterator[Tally]:
        """Yield a claimant's total tallies, jumping from one to the next in the index."""
        row = self.db.one(_NEXT_TOTAL, (claimant, "", "", "", ""))
        while row is not None:
            subject, category, place, window = row
            yield Tally(claimant, subject, category, Scope.TOTAL.value, place, window)
            row = self.db.one(_NEXT_TOTAL, (claimant, *row))

    def _last_dates(self, tally: Tally, end: str, dates: int) -> list[Entry]:
        rows: list[Entry] = []
        days: set[str] = set()
        for row in self.db.each(_NEWEST_FIRST, (*_series(tally), end)):
            entry = _entry_as_of(row, end)
            day = entry.order_key[:10]
            if len(days) == dates and day not in days:
                break
            rows.append(entry)
            if entry.effective is not None:
                days.add(day)
        return rows

    def _periods_before(self, claimant: str, end: str) -> list[Entry]:
        head = end if end != _END else self.db.all(_HEAD, (claimant,))[0][0]
        if head is None:
            return []
        start = (day_of(head) - PERIODS_BACK).isoformat()
        return [_entry_as_of(row, end) for row in self.db.all(_PERIODS, (claimant, start, end))]

    def _show(self, tally: Tally, order_key: str) -> None:
        """Let an entry's row show how it stands: as its earliest settlement says, else as it was written."""
        claimant, *series = _series(tally)
        earliest = self.db.one(_EARLIEST, (claimant, order_key, *series))
        if earliest is None:
            self.db.run(_SHOW_AS_WRITTEN, (claimant, *series, order_key))
        else:
            self.db.run(_SHOW_SETTLED, (*earliest, claimant, *series, order_key))


def _by_order_key(entry: Entry) -> str:
    return entry.order_key


def _series(tally: Tally) -> Row:
    return (tally.claimant, tally.scope, tally.subject, tally.category, tally.place, tally.window)


def entry_of(row: Row) -> Entry:
    """Return an entry from the columns of `ENTRY`, as it stands now."""
    return Entry(
        Tally(*row[:6]),
        *row[6:11],
        qualifier=_QUALIFIERS[row[11]],
        delta=row[12],
        effective=row[13],
        standing=_STANDINGS[row[14]],
        suggestion=row[15],
        settled_by=row[16],
    )


def _entry_as_of(row: Row, key: str) -> Entry:
    """Return an entry as it stood before the post at `key`; "" gives it as it was written."""
    entry = entry_of(row)
    if row[17] is not None and entry.settled_by >= key:
        entry = entry._replace(standing=_STANDINGS[row[17]], effective=row[18], settled_by=row[19])
    return entry


def _entry_row(line: int, entry: Entry) -> Row:
    tally = entry.tally
    return (
        line,
        *tally,
        entry.order_key,
        entry.channel,
        entry.post,
        entry.value,
        entry.upper,
        entry.qualifier.value,
        entry.delta,
        entry.effective,
        entry.standing.value,
        entry.suggestion,
        entry.settled_by,
    )


def _settlement(row: Row) -> Settlement:
    return Settlement(Tally(*row[:6]), row[6], row[7], _STANDINGS[row[8]], row[9])


def _settlement_row(line: int, settlement: Settlement) -> Row:
    tally, order_key, settled_by, standing, effective = settlement
    return (line, *tally, order_key, settled_by, standing.value, effective)
