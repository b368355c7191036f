"""The numbers under which tallies are filed, and between which dates each of them has entries."""

from __future__ import annotations

from typing import NamedTuple

from monitor.model import Tally
from monitor.store.connection import Connection

_MOST = 20_000  # tallies that are remembered; each period's window makes a new one
_LAST_DAY = "-31"  # of any month, as far as sorting goes

_FIND = """
    SELECT id, first_date, last_date FROM tallies
    WHERE claimant = ? AND subject = ? AND category = ? AND scope = ? AND place = ? AND window = ?"""
_ADD = """
    INSERT INTO tallies (claimant, subject, category, scope, place, window, first_date, last_date)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)"""
_WIDEN = """
    UPDATE tallies SET first_date = min(first_date, ?), last_date = max(last_date, ?) WHERE id = ?
    RETURNING id, first_date, last_date"""


class _Filed(NamedTuple):
    number: int
    first_date: str
    last_date: str


class Numbers:
    """Remembers what is filed between a connection's transactions; forgets when one was rolled back."""

    def __init__(self, db: Connection) -> None:
        self._db = db
        self._known: dict[Tally, _Filed] = {}
        self._rollbacks = db.rollbacks

    def of(self, tally: Tally, day: str) -> int:
        """Return the number of a tally that has an entry on this day, filing it if it is new."""
        if self._rollbacks != self._db.rollbacks or len(self._known) > _MOST:
            self._known, self._rollbacks = {}, self._db.rollbacks
        filed = self._known.get(tally)
        if filed is None or not filed.first_date <= day <= filed.last_date:
            filed = self._known[tally] = self._filed(tally, day)
        return filed.number

    def _filed(self, tally: Tally, day: str) -> _Filed:
        row = self._db.one(_FIND, tally)
        if row is None:
            return _Filed(self._db.insert(_ADD, (*tally, day, day)), day, day)
        filed = _Filed(*row)
        if filed.first_date <= day <= filed.last_date:
            return filed
        month = day[:7]
        widened = self._db.all(_WIDEN, (month, month + _LAST_DAY, filed.number))
        return _Filed(*widened[0])
