"""One SQLite connection whose errors are ours and whose transactions are all or nothing."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from monitor.errors import StoreBusy, StoreError
from monitor.store.faults import translated
from monitor.store.values import Row

Parameters = Sequence[Any] | Mapping[str, Any]

STATEMENTS = 256  # prepared statements kept; more than there are
ROUND = 0.02  # seconds of SQLite's own waiting, which looks ever more seldom; then it begins anew
WAL_KEPT = 16 << 20  # bytes to which the log is cut back after a checkpoint


class Connection:
    """Runs statements. Belongs to the thread that made it.

    After an error inside a transaction everything is rolled back at once and each further
    statement of that transaction raises the same error, so that nothing is stored by halves.
    """

    def __init__(self, path: Path, *, read_only: bool, patience: float) -> None:
        """Open the file; `patience` is how many seconds to wait for another process's lock.

        SQLite hands the lock to whoever asks at the right moment. Left to itself it would look ten times a
        second, and hardly ever find a gap between the transactions of a backfill.
        """
        self.path = path
        self._rounds = max(round(patience / ROUND), 1)
        self.rollbacks = 0
        self._inside = False
        self._failure: StoreError | None = None
        mode = "ro" if read_only else "rwc"
        try:
            self.raw = sqlite3.connect(
                f"{path.absolute().as_uri()}?mode={mode}",
                uri=True,
                timeout=min(patience, ROUND),
                isolation_level=None,
                cached_statements=STATEMENTS,
            )
        except sqlite3.Error as error:
            raise translated(error, path) from error

    def run(self, sql: str, parameters: Parameters = ()) -> sqlite3.Cursor:
        """Run one statement. A cursor's rows are fetched through `one`, `all` and `each`."""
        if self._failure is not None:
            raise self._failure
        for left in reversed(range(self._rounds)):
            try:
                return self.raw.execute(sql, parameters)
            except (sqlite3.Error, OverflowError) as error:
                ours = self._failed(error)
                if self._inside or not left or not isinstance(ours, StoreBusy):
                    raise ours from error
        raise AssertionError("there is always a last round")

    def many(self, sql: str, rows: Iterable[Row]) -> None:
        if self._failure is not None:
            raise self._failure
        try:
            self.raw.executemany(sql, rows)
        except (sqlite3.Error, OverflowError) as error:
            raise self._failed(error) from error

    def one(self, sql: str, parameters: Parameters = ()) -> Row | None:
        cursor = self.run(sql, parameters)
        try:
            row: Row | None = cursor.fetchone()
        except sqlite3.Error as error:
            raise self._failed(error) from error
        return row

    def all(self, sql: str, parameters: Parameters = ()) -> list[Row]:
        cursor = self.run(sql, parameters)
        try:
            return cursor.fetchall()
        except sqlite3.Error as error:
            raise self._failed(error) from error

    def each(self, sql: str, parameters: Parameters = ()) -> Iterator[Row]:
        """Yield rows one by one, for results that may be large or are left early."""
        yield from self.rest(self.run(sql, parameters))

    def rest(self, cursor: sqlite3.Cursor) -> Iterator[Row]:
        """Yield the rows of a cursor that was just run."""
        try:
            yield from cursor
        except sqlite3.Error as error:
            raise self._failed(error) from error
        finally:
            cursor.close()

    def insert(self, sql: str, parameters: Parameters) -> int:
        """Run one INSERT and return the number of its row."""
        number = self.run(sql, parameters).lastrowid
        assert number is not None  # noqa: S101  # SQLite gives one to every insert
        return number

    @contextmanager
    def atomic(self) -> Iterator[None]:
        """All of it or none of it; inside a transaction, a part of that one."""
        if self._inside:
            yield
            return
        self.run("BEGIN IMMEDIATE")
        self._inside = True  # SQLite ends some failed transactions by itself, so its word on this will not do
        try:
            yield
            self.run("COMMIT")  # raises what went wrong, should the block have passed over it
        except BaseException:
            self._roll_back()
            raise
        finally:
            self._inside, self._failure = False, None

    def close(self) -> None:
        try:
            self.raw.close()
        except sqlite3.Error as error:
            raise translated(error, self.path) from error

    def _failed(self, error: Exception) -> StoreError:
        ours = translated(error, self.path)
        if self._inside:
            self._failure = ours
            self._roll_back()
        return ours

    def _roll_back(self) -> None:
        self.rollbacks += 1
        try:
            self.raw.rollback()
        except sqlite3.Error as error:
            raise translated(error, self.path) from error
