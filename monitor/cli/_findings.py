"""What the doctor looks at, apart from the network: each part returns findings, none raises for what it finds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Literal, NamedTuple

from monitor.errors import StoreError

if TYPE_CHECKING:
    from monitor.ports import Clock
    from monitor.settings import Settings
    from monitor.store.sqlite import SqliteStore

Level = Literal["ok", "warning", "fault"]

ROOM_NEEDED, ROOM_WANTED = 50 << 20, 500 << 20  # bytes
OLDEST_CLOCK = datetime(2026, 1, 1, tzinfo=UTC)  # this program is younger
CLOCK_SLACK = timedelta(minutes=5)


class Finding(NamedTuple):
    """One thing that was looked at; `code` is the exit status that a fault of this kind gives."""

    level: Level
    what: str
    detail: str
    todo: str = ""
    code: int = 0


def of_the_examples(settings: Settings) -> Iterator[Finding]:
    from monitor.check import check

    faults = check(settings)
    for fault in faults:
        yield Finding("fault", "settings", str(fault), "Correct it, then: monitor check", 2)
    if not faults:
        channels = sum(len(source.channels) for source in settings.sources.values())
        yield Finding("ok", "settings", f"{len(settings.sources)} sources, {channels} channels, all examples hold")


def of_the_clock(settings: Settings, clock: Clock) -> Finding:
    """Hold the machine's clock against when this program was written and when the state was written to last."""
    now, earliest = clock.now(), OLDEST_CLOCK
    if settings.database.exists():
        earliest = max(earliest, datetime.fromtimestamp(settings.database.stat().st_mtime, UTC))
    if now < earliest - CLOCK_SLACK:
        detail = f"{now:%Y-%m-%d %H:%M} UTC is before {earliest:%Y-%m-%d %H:%M} UTC, which has already been"
        return Finding("fault", "clock", detail, "Set the machine's clock (NTP): windows and silences depend on it", 2)
    return Finding("ok", "clock", f"{now:%Y-%m-%d %H:%M} UTC")


def of_the_disk(settings: Settings) -> Finding:
    import os
    import shutil

    folder = settings.state
    if not folder.is_dir():
        return Finding("warning", "disk", f"{folder} is not there yet", "The first pass makes it: monitor once")
    if not os.access(folder, os.W_OK):
        return Finding("fault", "disk", f"{folder} may not be written to", "Give it to the user that runs monitor", 5)
    free = shutil.disk_usage(folder).free
    detail = f"{_size(free)} free for {folder}"
    if free < ROOM_NEEDED:
        return Finding("fault", "disk", detail, "Free some space: with a full disk nothing is read", 5)
    return Finding("ok" if free >= ROOM_WANTED else "warning", "disk", detail)


def of_the_database(settings: Settings, clock: Clock) -> Iterator[Finding]:
    """Open the file, check all of it, and tell what is in it about sources and messages."""
    from monitor.store.sqlite import SqliteStore

    path = settings.database
    if not path.exists():
        yield Finding("warning", "database", f"{path} is not there yet", "The first pass makes it: monitor once")
        return
    try:
        with SqliteStore.open(path, read_only=True) as store:
            faults = store.faults()
            for fault in faults:
                yield Finding("fault", "database", fault, "Put a backup in its place, or begin anew and backfill", 5)
            if not faults:
                yield Finding("ok", "database", f"{path} is sound, {_size(path.stat().st_size)}")
            yield from of_the_outbox(store)
            yield from _of_the_channels(store, settings, clock)
    except StoreError as error:
        yield Finding("fault", "database", str(error), code=5)


def of_the_daemon(settings: Settings, clock: Clock) -> Finding:
    from monitor import health

    well, why = health.verdict(str(settings.state), clock.now())
    if well:
        return Finding("ok", "daemon", why)
    return Finding("warning", "daemon", why, "If it should be running: monitor run")


def of_the_desks(settings: Settings) -> Iterator[Finding]:
    """Say who would be told; tokens were checked when the settings were read, alerts that go nowhere by the check."""
    told = {name for desk in settings.desks for name in (*desk.urgent, *desk.routine, *desk.ops)}
    for name, destination in settings.destinations.items():
        if name in told:
            detail = f"{name} ({destination.service}) has all that its settings need"
            yield Finding("ok", "destination", detail, f"See it work: monitor test-alert --to {name}")
        else:
            yield Finding("warning", "destination", f"no desk sends anything to {name}", "Name it in desks.toml")


def of_the_outbox(store: SqliteStore) -> Iterator[Finding]:
    for name, states in store.outbox_counts().items():
        waiting = states.get("pending", 0) + states.get("sending", 0) + states.get("unknown", 0)
        if dead := states.get("dead", 0):
            todo = "Put the destination right, then: monitor alerts list --open, monitor alerts retry A-…"
            yield Finding("fault", "outbox", f"{name}: {dead} not accepted, {waiting} waiting", todo, 4)
        elif waiting:
            yield Finding("warning", "outbox", f"{name}: {waiting} waiting", "The daemon or monitor once sends them")
        else:
            yield Finding("ok", "outbox", f"{name}: {states.get('sent', 0)} sent, nothing waits")


def _of_the_channels(store: SqliteStore, settings: Settings, clock: Clock) -> Iterator[Finding]:
    from zoneinfo import ZoneInfo

    from monitor.cli._output import when
    from monitor.store import queries
    from monitor.wiring import places_of

    zone = ZoneInfo(settings.desk_timezone)
    known = {channel.state.key: channel.state for channel in queries.state(store, clock.now()).channels}
    for place in places_of(settings.sources.values()):
        state, what = known.get(place.channel.key), f"{place.source.key} · {place.channel.key}"
        if state is None or state.switched_on_at is None:
            yield Finding("warning", what, "never read", "Read it now: monitor once")
        elif state.failing_since is not None:
            detail = f"failing since {when(state.failing_since, zone)}: {state.last_error}"
            yield Finding("fault", what, detail, "See what the network says above or below", 3)
        else:
            last = f"last read {when(state.last_ok_at, zone)}, last tally posted {when(state.last_tally_at, zone)}"
            yield Finding("ok", what, f"{last} ({settings.desk_timezone})")


def _size(count: int) -> str:
    for unit, name in ((10**9, "GB"), (10**6, "MB")):
        if count >= unit:
            return f"{count / unit:.1f} {name}"
    return f"{count / 1000:.0f} kB"
