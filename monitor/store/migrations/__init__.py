"""The steps that bring a state file up to date, one module each, in the order in which they are applied.

A step is never changed once it was released; what it made is changed by a later step.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlite_utils import Database, Migrations

from monitor.store import faults
from monitor.store.connection import WAL_KEPT, Connection
from monitor.store.migrations.m0001_first import first

APPLICATION = int.from_bytes(b"MNTR")  # marks the file as ours (PRAGMA application_id)

steps = Migrations("monitor")
steps(name="0001_first")(first)


def prepare(db: Connection, *, read_only: bool) -> None:
    """Check that the file is ours and of a version that we know, and bring it up to date.

    Raises StoreCorrupt for a damaged or foreign file, StoreNewer for one of a later version, and
    StoreError for one of an earlier version that may only be read.
    """
    _set_up(db)
    if _is_current(db):
        return
    if read_only:
        raise faults.older(db.path)
    with _alone(db.path):
        _write_ahead(db)
        with db.atomic():
            steps.apply(_tools(db))
            db.run(f"PRAGMA application_id = {APPLICATION}")


def _set_up(db: Connection) -> None:
    db.run("PRAGMA foreign_keys = ON")
    db.run("PRAGMA synchronous = NORMAL")
    db.run(f"PRAGMA journal_size_limit = {WAL_KEPT}")


def _is_current(db: Connection) -> bool:
    """Say whether every step was applied; raise for a file that is not ours, or newer."""
    application = db.all("PRAGMA application_id")[0][0]
    tables = db.all("SELECT count(*) FROM sqlite_master")[0][0]
    if not tables:
        return False
    if application != APPLICATION:
        raise faults.foreign(db.path)
    applied = {step.name for step in steps.applied(_tools(db))}
    unknown = applied - {step.name for step in steps.pending(_tools(db))} - _known()
    if unknown:
        raise faults.newer(db.path, sorted(unknown))
    return applied >= _known()


def _known() -> set[str]:
    return {step.name for step in steps._migrations}  # noqa: SLF001  # the library lists them nowhere else


def _tools(db: Connection) -> Database:
    return Database(db.raw, recursive_triggers=False, execute_plugins=False)


def _write_ahead(db: Connection) -> None:
    """Turn the write-ahead log on; the file remembers it, and it cannot be done inside a transaction."""
    if db.all("PRAGMA journal_mode")[0][0] != "wal":
        db.run("PRAGMA journal_mode = WAL")


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Let one process at a time set a file up: switching the log on does not wait for others.

    The lock is on the folder; one on the database file itself would undo SQLite's own locks.
    """
    try:
        folder = os.open(path.parent, os.O_RDONLY)
    except OSError as error:
        raise faults.translated(error, path) from error
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)
