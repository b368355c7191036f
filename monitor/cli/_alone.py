"""What reads channels and sends alerts is alone on its state: `run` and `once` take the same lock."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from monitor.ports import Clock
    from monitor.settings import Settings

LOCK = "monitor.lock"


@contextmanager
def alone(settings: Settings, clock: Clock) -> Iterator[None]:
    """Hold the state's lock, making the state's folder if it is not there.

    Raises AlreadyRunning if another process holds it, StoreError if the folder cannot be used.
    """
    from monitor.store.faults import translated
    from monitor.store.lock import hold

    try:
        settings.state.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise translated(error, settings.database) from error
    with hold(settings.state / LOCK, "Another monitor", clock.now()):
        yield
