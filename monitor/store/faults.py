"""What SQLite and the file system complain of, in our own words: what happened, what was kept, what to do next."""

from __future__ import annotations

import errno
import sqlite3
import tempfile
from pathlib import Path

from monitor.errors import StoreBusy, StoreCorrupt, StoreError, StoreFull, StoreNewer

_PRIMARY = 0xFF  # the low byte of an extended result code
_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_CORRUPT = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_CLOSED = {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH}
_NO_SPACE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_PROBE = 1 << 16  # bytes


def translated(error: Exception, path: Path) -> StoreError:
    """Return our error for a foreign one."""
    if isinstance(error, OSError):
        return _of_the_file_system(error, path)
    return _of_sqlite(error, path)


def _of_sqlite(error: Exception, path: Path) -> StoreError:
    code = getattr(error, "sqlite_errorcode", None)
    primary = None if code is None else code & _PRIMARY
    if primary in _BUSY:
        return busy(path)
    if primary in _CORRUPT:
        return corrupt(path, str(error))
    if primary in _CLOSED:
        return closed(path, str(error))
    if primary == sqlite3.SQLITE_FULL or (primary == sqlite3.SQLITE_IOERR and _no_room(path)):
        return full(path)
    if primary == sqlite3.SQLITE_IOERR:
        return broken(path, f"{error}, {getattr(error, 'sqlite_errorname', '')}")
    return refused(path, str(error))


def busy(path: Path) -> StoreBusy:
    return StoreBusy(
        f"{path} is locked by another process for longer than we wait. Nothing of this step was stored, everything "
        "before it is kept. Try again; if it lasts, see which process holds the file open."
    )


def full(path: Path) -> StoreFull:
    return StoreFull(
        f"No room is left for {path}. Nothing of this step was stored, everything before it is kept. "
        "Free some space on that disk and start again: what was not stored is read again."
    )


def corrupt(path: Path, detail: str) -> StoreCorrupt:
    return StoreCorrupt(
        f"{path} is damaged, or no database ({detail}). It was left as it is. Move it aside together with its -wal "
        "and -shm files and put a backup in its place, or start with an empty one and backfill."
    )


def foreign(path: Path) -> StoreCorrupt:
    return StoreCorrupt(
        f"{path} is a database of another program. It was left as it is. Point the state at another file."
    )


def newer(path: Path, steps: list[str]) -> StoreNewer:
    return StoreNewer(
        f"{path} was written by a later version of this program (it has {', '.join(steps)}). It was left as it is. "
        "Install that version again, or put back the backup from before the upgrade."
    )


def older(path: Path) -> StoreError:
    return StoreError(
        f"{path} was written by an earlier version of this program and is opened for reading only. It was left as it "
        "is. Start the daemon or any command that writes once: it brings the file up to date."
    )


def closed(path: Path, detail: str) -> StoreError:
    """Return the error for a file that cannot be opened or written, naming the likely reason."""
    if not path.parent.is_dir():
        why, then = f"there is no folder {path.parent}", "Create it, or point the state elsewhere"
    elif not path.exists() and "readonly" not in detail:
        why = "there is no such file, or it cannot be made in this folder"
        then = "Run the daemon, a pass or a backfill first, or give its user the right to write there"
    else:
        why, then = f"it may not be written ({detail})", f"Give the program's user the right to write in {path.parent}"
    return StoreError(f"{path} cannot be used: {why}. Nothing was stored and nothing was changed. {then}.")


def broken(path: Path, detail: str) -> StoreError:
    return StoreError(
        f"The disk gave an error while {path} was used ({detail}). What was being written was taken back, everything "
        "before it is kept. Check the disk, then start again."
    )


def refused(path: Path, detail: str) -> StoreError:
    return StoreError(
        f"The database refused what it was given ({detail}). What was being written was taken back, everything "
        f"before it is kept in {path}. This is a fault in the program: please report it with this text."
    )


def _of_the_file_system(error: OSError, path: Path) -> StoreError:
    if error.errno in _NO_SPACE:
        return full(path)
    return closed(path, error.strerror or str(error))


def _no_room(path: Path) -> bool:
    """Say whether the folder takes no more: SQLite reports a quota or a limit on files as a failed disk."""
    try:
        longest = max(file.stat().st_size for file in path.parent.glob(f"{path.name}*"))
        with tempfile.TemporaryFile(dir=path.parent, buffering=0) as probe:
            probe.seek(longest)
            probe.write(bytes(_PROBE))
    except OSError as error:
        return error.errno in _NO_SPACE
    return False
