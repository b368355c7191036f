"""`monitor doctor`: whether everything is reachable, readable and fresh, and if not, what to do next."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli import _findings
from monitor.cli._findings import Finding
from monitor.cli._output import Json, print_json
from monitor.cli._where import settings_of
from monitor.errors import CollectError, ConfigError

if TYPE_CHECKING:
    from monitor.model import Post, Reading, Source
    from monitor.ports import Clock
    from monitor.settings import Settings

QUIET_CADENCES = 3  # a channel that has not posted for this many of its cadences may have moved
Tell = Callable[[Finding], None]
_MARKS = {"ok": "ok     ", "warning": "note   ", "fault": "FAULT  "}


def command(
    ctx: typer.Context,
    offline: Annotated[bool, typer.Option("--offline", help="Ask nothing of the network.")] = False,
    as_json: Json = False,
) -> None:
    """Look whether everything is reachable, readable and fresh, and say what to do next."""
    worst = 0

    def tell(finding: Finding) -> None:
        nonlocal worst
        worst = worst or finding.code
        if as_json:
            print_json([finding._asdict()])
        else:
            _show(finding)

    _examine(ctx, tell, offline=offline)
    raise typer.Exit(worst)


def _show(finding: Finding) -> None:
    typer.echo(f"{_MARKS[finding.level]}{finding.what}: {finding.detail}")
    if finding.todo:
        typer.echo(f"       → {finding.todo}")


def _examine(ctx: typer.Context, tell: Tell, *, offline: bool) -> None:
    """Tell findings as they come, the cheap ones first; broken settings end it, for all else depends on them."""
    import asyncio

    from monitor.cli import _logs
    from monitor.clock import SystemClock

    clock = SystemClock()
    try:
        settings = settings_of(ctx)
    except ConfigError as error:
        for fault in error.faults:
            tell(Finding("fault", "settings", str(fault), "Correct it, then: monitor check", error.exit_code))
        return
    _logs.configure(settings.secrets)
    for finding in (
        *_findings.of_the_examples(settings),
        _findings.of_the_clock(settings, clock),
        _findings.of_the_disk(settings),
        *_findings.of_the_database(settings, clock),
        _findings.of_the_daemon(settings, clock),
        *_findings.of_the_desks(settings),
    ):
        tell(finding)
    if not offline:
        asyncio.run(_reach(settings, clock, tell))


async def _reach(settings: Settings, clock: Clock, tell: Tell) -> None:
    """Read the newest page of each channel that is switched on, as politely as always, and keep nothing of it."""
    from contextlib import AsyncExitStack

    from monitor.send import quiet_http_logs
    from monitor.wiring import build_pipeline, connect_route, places_of

    quiet_http_logs()
    read = build_pipeline(settings).read
    async with AsyncExitStack() as stack:
        routes = {
            kind: await stack.enter_async_context(connect_route(kind, settings, clock)) for kind in settings.routes
        }
        for place in places_of(settings.sources.values()):
            what = f"{place.source.key} · {place.channel.key} by {place.route}"
            try:
                batches = routes[place.route].fetch(place.channel, "")
                posts = [found.post async for batch in batches for found in batch.found if found.post is not None]
            except CollectError as error:
                todo = "Open the channel by hand; if it moved, change its address in the source's file"
                tell(Finding("fault", what, str(error), todo, error.exit_code))
            else:
                tell(_judge(place.source, what, posts, [read(post, place.source) for post in posts], clock.now()))


def _judge(source: Source, what: str, posts: list[Post], readings: list[Reading], now: datetime) -> Finding:
    from monitor.model import Status
    from monitor.render.figures import lapse

    published = [post.published_at for post in posts if post.published_at is not None]
    if not published:
        return Finding("warning", what, "answers, and shows no post", "Open the channel by hand")
    tallies = sum(reading.status is Status.TALLY for reading in readings)
    unreadable = sum(reading.status is Status.UNREADABLE for reading in readings)
    age = now - max(published)
    detail = f"{len(posts)} posts, the newest {lapse(age)} old; {tallies} with a tally, {unreadable} unreadable"
    if unreadable:
        return Finding("fault", what, detail, f"See what is left over: monitor unread --source {source.key}", 3)
    if age > timedelta(days=QUIET_CADENCES * source.cadence):
        return Finding("warning", what, detail, "Open the channel by hand: has the publisher moved?")
    if not tallies:
        return Finding("warning", what, detail, "No figure on its newest page; that may be right for this source")
    return Finding("ok", what, detail)
