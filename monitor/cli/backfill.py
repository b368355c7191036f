"""`monitor backfill`: past posts into the state, oldest first and in silence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.cli._output import Json, print_json, talk
from monitor.cli._where import settings_of
from monitor.errors import CollectError, ConfigError, Fault

if TYPE_CHECKING:
    from monitor.aftermath import Aftermath
    from monitor.backfill import Backfill, Progress, Span
    from monitor.model import Channel, Source
    from monitor.pipeline import Place
    from monitor.ports import Clock, Store
    from monitor.rehearsal import Rehearsal
    from monitor.settings import Settings
    from monitor.wiring import StoreThread

UNUSABLE_INPUT, SOURCE_FAILED, INTERRUPTED = 2, 3, 130
_SHOWN = 20  # faults
_FILES = "files"


@dataclass(frozen=True, slots=True)
class _Work:
    """What was asked for."""

    settings: Settings
    place: Place
    span: Span
    paths: list[Path]
    chat: str


@dataclass(slots=True)
class _Outcome:
    """What it came to."""

    progress: Progress
    rehearsal: Rehearsal | None = None
    alert: int | None = None
    failure: str = ""
    interrupted: bool = False

    def exit_code(self) -> int:
        if self.interrupted:
            return INTERRUPTED
        if self.failure:
            return SOURCE_FAILED
        return UNUSABLE_INPUT if self.progress.faults else 0


def command(
    ctx: typer.Context,
    source: Annotated[str, typer.Argument(metavar="SOURCE", help="Whose past posts.")],
    channel: Annotated[
        str | None, typer.Option("--channel", metavar="C", help="Which of its channels, where it has several.")
    ] = None,
    route: Annotated[
        str | None, typer.Option("--route", metavar="R", help="By which route; its first one by default.")
    ] = None,
    since: Annotated[
        datetime | None, typer.Option("--since", metavar="D", formats=["%Y-%m-%d"], help="First day, source's zone.")
    ] = None,
    until: Annotated[
        datetime | None, typer.Option("--until", metavar="D", formats=["%Y-%m-%d"], help="Last day, source's zone.")
    ] = None,
    from_file: Annotated[
        list[Path] | None,
        typer.Option("--from-file", metavar="F", help="JSON Lines, a Telegram export, or a folder of saved pages."),
    ] = None,
    chat: Annotated[str, typer.Option("--chat", metavar="NAME", help="The chat in an export of a whole account.")] = "",
    as_json: Json = False,
) -> None:
    """Read past posts into the state, oldest first; nobody is alerted.

    It may run beside the daemon, be interrupted and run again at will. At the end it says what the desk
    would have been told, had it watched.
    """
    import asyncio

    from monitor.cli import _logs
    from monitor.clock import SystemClock

    settings = settings_of(ctx)
    _logs.configure(settings.secrets)
    work = _work(settings, source, channel, route, (since, until), from_file or [], chat)
    outcome = asyncio.run(_backfill(work, SystemClock()))
    _report(work, outcome, as_json=as_json)
    raise typer.Exit(outcome.exit_code())


# ── what was asked for ────────────────────────────────────────────────────────────────────


def _work(
    settings: Settings,
    key: str,
    channel: str | None,
    route: str | None,
    days: tuple[datetime | None, datetime | None],
    paths: list[Path],
    chat: str,
) -> _Work:
    from monitor.backfill import checkpoint_of
    from monitor.pipeline import Place

    source = settings.sources.get(key)
    if source is None:
        raise _wrong(key, "there is no such source", f"There are: {', '.join(settings.sources)}")
    span = _span(source, *days)
    where = _channel(source, channel, reading_files=bool(paths))
    kind = _FILES if paths else _route(settings, source, where, route)
    place = Place(source, where, kind, checkpoint=checkpoint_of(where.key, kind, span))
    return _Work(settings, place, span, paths, chat)


def _span(source: Source, since: datetime | None, until: datetime | None) -> Span:
    from monitor.backfill import Span

    span = Span(
        _midnight(since.date(), source) if since else None,
        _midnight(until.date() + timedelta(days=1), source) if until else None,
    )
    if span.since is not None and span.until is not None and span.since >= span.until:
        raise _wrong("--since", "lies after --until", "Name the earlier day first")
    return span


def _midnight(day: date, source: Source) -> datetime:
    from zoneinfo import ZoneInfo

    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(source.time_zone)).astimezone(UTC)


def _channel(source: Source, named: str | None, *, reading_files: bool) -> Channel:
    """Return the channel that was named, or the only one that can be meant."""
    names = ", ".join(channel.key for channel in source.channels)
    if named is not None:
        for channel in source.channels:
            if named.casefold() in {channel.key, channel.address.casefold(), channel.label.casefold()}:
                return channel
        raise _wrong("--channel", f"{source.key} has no channel {named}", f"It has: {names}")
    on = [channel for channel in source.channels if any(route.enabled for route in channel.routes)]
    meant = on if on or not reading_files else list(source.channels)
    if len(meant) == 1:
        return meant[0]
    if meant:
        raise _wrong("--channel", f"{source.key} has several channels", f"Name one of: {names}")
    raise _wrong(source.key, "every route is switched off", "Read its posts with --from-file, or switch a route on")


def _route(settings: Settings, source: Source, channel: Channel, named: str | None) -> str:
    """Return the route to read by. Raises ConfigError, with what it needs, for one that is switched off."""
    found = next((route for route in channel.routes if route.kind == named or (named is None and route.enabled)), None)
    kinds = ", ".join(route.kind for route in channel.routes)
    if found is None:
        wrong = f"{channel.key} has no route {named}" if named else f"{channel.key} has no route that is switched on"
        raise _wrong("--route", wrong, f"It has: {kinds}; or read a file with --from-file")
    if not found.enabled or found.kind not in settings.routes:
        raise _wrong(
            f"sources/{source.key}.toml", f"{found.kind} is switched off", f"It needs {found.needs or 'enabled = true'}"
        )
    return found.kind


def _wrong(key: str, wrong: str, right: str) -> ConfigError:
    return ConfigError((Fault("command line", key, wrong, right),))


# ── doing it ──────────────────────────────────────────────────────────────────────────────


async def _backfill(work: _Work, clock: Clock) -> _Outcome:
    import asyncio
    import signal

    from monitor.aftermath import Aftermath
    from monitor.backfill import Backfill
    from monitor.cli._progress import shown
    from monitor.wiring import StoreThread, build_pipeline, destinations_of

    settings, task = work.settings, asyncio.current_task()
    assert task is not None  # noqa: S101  # it runs in one
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    call, pipeline = StoreThread(settings), build_pipeline(settings)
    aftermath = Aftermath(settings.categories, pipeline.ledgers, destinations_of(settings))
    try:
        with shown(work.place.channel.key, work.span, work.paths, clock) as watch:
            backfill = Backfill(call, pipeline, work.place, work.span, clock, watch)
            outcome = await _walk(backfill, work, call, aftermath, clock)
        outcome.rehearsal = await call(lambda store: _rehearse(store, work, outcome.progress))
    finally:
        await call.close()
    return outcome


async def _walk(backfill: Backfill, work: _Work, call: StoreThread, aftermath: Aftermath, clock: Clock) -> _Outcome:
    """Take the posts, and sum up what they changed however it ends."""
    import asyncio

    from monitor.aftermath import Stored

    source, channel = work.place.source, work.place.channel
    outcome = _Outcome(backfill.progress)
    run = await call(lambda store: store.begin_run("backfill", clock.now()))
    before = await call(lambda store: aftermath.held(store, source))
    try:
        await _read(backfill, work)
    except asyncio.CancelledError:
        outcome.interrupted = True
    except CollectError as error:
        outcome.failure = str(error)
    stored = Stored(outcome.progress.filed, outcome.progress.began, outcome.progress.reached)
    outcome.alert = await call(
        lambda store: aftermath.sum_up(store, "Backfill", source, channel, before, stored, clock.now())
    )
    await call(lambda store: store.end_run(run, clock.now(), _counts(outcome)))
    return outcome


async def _read(backfill: Backfill, work: _Work) -> None:
    from monitor.wiring import connect_route

    if work.paths:
        await backfill.files(work.paths, work.chat)
        return
    async with connect_route(work.place.route, work.settings, backfill.clock) as collector:
        await backfill.channel(collector)


def _rehearse(store: Store, work: _Work, progress: Progress) -> Rehearsal:
    """Look back over the range that was asked for, or else over what the files hold."""
    from monitor.rehearsal import gather, rehearse

    span, place = work.span, work.place
    since, until = span.since, span.until
    if work.paths:
        since = since or progress.began
        until = until or (progress.reached + timedelta(microseconds=1000) if progress.reached else None)
    material = gather(store, place.source, place.channel, since, until)
    return rehearse(material, place.source, place.channel, work.settings.categories)


# ── saying it ─────────────────────────────────────────────────────────────────────────────


def _counts(outcome: _Outcome) -> str:
    progress = outcome.progress
    ended = "; interrupted" if outcome.interrupted else f"; {outcome.failure}" if outcome.failure else ""
    return f"{progress.read:,} posts read, {progress.stored:,} new or edited, {len(progress.faults)} faults{ended}"


def _report(work: _Work, outcome: _Outcome, *, as_json: bool) -> None:
    progress = outcome.progress
    for fault in progress.faults[:_SHOWN]:
        talk(fault)
    if len(progress.faults) > _SHOWN:
        talk(f"… and {len(progress.faults) - _SHOWN} more faults")
    for note in progress.notes:
        talk(note)
    talk(f"{work.place.channel.key}: {_counts(outcome)}")
    if outcome.interrupted:
        reached = f" up to {progress.reached:%Y-%m-%d %H:%M} UTC" if progress.reached else ""
        talk(f"Stopped. Everything read{reached} is kept; run the same command again to go on.")
    elif outcome.failure:
        talk("Everything read before is kept; run the same command again to go on.")
    if as_json:
        print_json([_row(work, outcome)])
    elif outcome.rehearsal is not None:
        typer.echo(str(outcome.rehearsal))


def _row(work: _Work, outcome: _Outcome) -> dict[str, Any]:
    progress, rehearsal = outcome.progress, outcome.rehearsal
    return {
        "source": work.place.source.key,
        "channel": work.place.channel.key,
        "route": work.place.route,
        "read": progress.read,
        "stored": progress.stored,
        "filed": progress.filed,
        "began": progress.began,
        "reached": progress.reached,
        "faults": len(progress.faults),
        "failure": outcome.failure,
        "interrupted": outcome.interrupted,
        "alert": outcome.alert,
        "rehearsal": None
        if rehearsal is None
        else {
            "posts": rehearsal.posts,
            "routine": dict(rehearsal.routine),
            "urgent": dict(rehearsal.urgent),
            "unreadable": rehearsal.unreadable,
            "image_only": rehearsal.image_only,
            "conflicts": rehearsal.conflicts,
        },
    }
