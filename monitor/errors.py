"""Everything that can go wrong, as one tree. Foreign errors are translated at the edge that meets them.

MonitorError
├── ConfigError            settings are wrong; lists every fault with file, key and what would be right
├── CollectError           a channel could not be read
│   ├── RateLimited        .retry_after seconds; the whole host waits
│   ├── Unreachable        no answer, a cut one, a server error; worth another try
│   ├── MaybeThrottled     an empty answer where posts are expected: unknown, never "nothing new"
│   ├── NoPreview          the channel has no public preview (switched off, private, gone, renamed)
│   └── LayoutChanged      an answer with posts that cannot be told apart; needs a person
├── InputError             a file or a pasted text is not what it should be; says which line
├── StoreError             the state cannot be used; says what was kept and what to do
│   ├── StoreBusy          locked by another process for longer than the time-out
│   ├── StoreFull          the disk is full
│   ├── StoreCorrupt       the file is damaged or not a database
│   └── StoreNewer         written by a later version of this program
└── AlreadyRunning         what needs to be alone is running elsewhere; says who holds it

A post that cannot be understood is no error (it is `unreadable`), and neither is a message that a
chat service refuses (see `ports.Outcome`).
"""

from __future__ import annotations

from dataclasses import dataclass


class MonitorError(Exception):
    """The root: its text is for a person and never holds a secret."""

    exit_code = 1


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong in the settings."""

    file: str
    key: str
    wrong: str
    right: str

    def __str__(self) -> str:
        return f"{self.file}: {self.key}: {self.wrong}. {self.right}"


class ConfigError(MonitorError):
    exit_code = 2

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        self.faults = faults
        count = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
        super().__init__("\n".join([f"{count} in the configuration:", *(f"  {fault}" for fault in faults)]))


class CollectError(MonitorError):
    exit_code = 3


class RateLimited(CollectError):
    def __init__(self, message: str, retry_after: float) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Unreachable(CollectError):
    pass


class MaybeThrottled(CollectError):
    pass


class NoPreview(CollectError):
    pass


class LayoutChanged(CollectError):
    pass


class InputError(MonitorError):
    exit_code = 2


class StoreError(MonitorError):
    exit_code = 5


class StoreBusy(StoreError):
    pass


class StoreFull(StoreError):
    pass


class StoreCorrupt(StoreError):
    pass


class StoreNewer(StoreError):
    pass


class AlreadyRunning(MonitorError):
    exit_code = 75
