"""A disk of a few megabytes, to be filled."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

_MOUNT = 'mount -t tmpfs -o size="$1" tmpfs "$2" && echo mounted && exec cat'


@dataclass(frozen=True)
class SmallDisk:
    """`inside` begins the command of a process that is to see the disk; `folder` is where others find it."""

    inside: tuple[str, ...]
    folder: Path

    def fill(self) -> Path:
        """Write a file until there is no room left; return it."""
        filler = self.folder / "filler"
        with suppress(OSError), filler.open("wb", buffering=0) as file:
            while file.write(bytes(4096)):
                pass
        return filler


@contextmanager
def small_disk(at: Path, size: str = "3m") -> Iterator[SmallDisk]:
    """Mount a small disk at a folder, in a view of the file system of its own. It needs no rights."""
    at.mkdir()
    command = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", _MOUNT, "sh", size, str(at)]
    pipe = subprocess.PIPE
    try:
        holder = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True)
    except FileNotFoundError:
        pytest.skip("this machine has no unshare, with which a small disk could be mounted")
    assert holder.stdout
    try:
        if holder.stdout.readline() != "mounted\n":
            pytest.skip("this machine lets nobody mount a disk of their own (unshare --user --mount)")
        inside = ("nsenter", "--target", str(holder.pid), "--user", "--mount", "--preserve-credentials", "--wdns=/")
        yield SmallDisk(inside, Path(f"/proc/{holder.pid}/root{at}"))
    finally:
        holder.communicate("")
