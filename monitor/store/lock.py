"""What has to be alone takes a lock; who comes second is told who holds it."""

from __future__ import annotations

import fcntl
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from monitor.errors import AlreadyRunning
from monitor.store.faults import translated
from monitor.store.values import moment_text

_LONGEST = 500  # bytes of a lock file that are shown


@contextmanager
def hold(path: Path, what: str, at: datetime) -> Iterator[None]:
    """Hold the lock on `path` for the time of the block; `at` is now.

    The system lets go of it when the process ends, however it ends; the file stays and says nothing.
    Raises AlreadyRunning, naming process, host and since when, if another holds it.
    """
    try:
        file = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise translated(error, path) from error
    try:
        _take(file, path, what)
        _sign(file, path, at)
        yield
        os.ftruncate(file, 0)
    finally:
        os.close(file)


def _sign(file: int, path: Path, at: datetime) -> None:
    """Write down who holds the lock. Raises StoreFull where there is no room for even that."""
    try:
        os.ftruncate(file, 0)
        os.pwrite(file, f"process {os.getpid()} on {socket.gethostname()} since {moment_text(at)}\n".encode(), 0)
    except OSError as error:
        raise translated(error, path) from error


def _take(file: int, path: Path, what: str) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        holder = os.pread(file, _LONGEST, 0).decode(errors="replace").strip() or "another process"
        raise AlreadyRunning(
            f"{what} is already running: {holder} holds {path}. Nothing was done. "
            "Stop that one first, or try again later."
        ) from error
    except OSError as error:
        raise translated(error, path) from error
