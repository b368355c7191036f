"""`monitor test-alert`: whether a message, a reply and an edit really reach a chat."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli._where import settings_of

if TYPE_CHECKING:
    from monitor.model import Alert
    from monitor.ports import Clock, Outcome, Sender
    from monitor.settings import Destination, Settings

DELIVERY_FAILED = 4


def command(
    ctx: typer.Context,
    to: Annotated[str | None, typer.Option("--to", metavar="NAME", help="A destination of desks.toml.")] = None,
) -> None:
    """Send a real message, a reply and an edit to one destination, and say what worked."""
    import asyncio

    from monitor.cli import _logs
    from monitor.clock import SystemClock

    settings = settings_of(ctx)
    _logs.configure(settings.secrets)
    if not asyncio.run(_try(settings, _chosen(settings, to), SystemClock())):
        raise typer.Exit(DELIVERY_FAILED)


def _chosen(settings: Settings, named: str | None) -> Destination:
    names = ", ".join(settings.destinations)
    if named is None and len(settings.destinations) == 1:
        return next(iter(settings.destinations.values()))
    if named is None:
        raise typer.BadParameter(f"there are several destinations. Name one with --to: {names}")
    if named not in settings.destinations:
        raise typer.BadParameter(f"there is no destination {named!r}. There are: {names}")
    return settings.destinations[named]


async def _try(settings: Settings, destination: Destination, clock: Clock) -> bool:
    from monitor import registry
    from monitor.ports import Sent
    from monitor.send import quiet_http_logs

    quiet_http_logs()
    alert, reply, edited = _messages(settings, clock.now())
    key = f"test-{clock.now():%Y%m%dT%H%M%S%f}"
    service = registry.load("send", destination.service)
    async with service.connect(destination.options, clock) as sender:
        first = await sender.send(alert, key=key, reply_to=None, silent=False)
        _say("message", first, destination)
        if not isinstance(first, Sent):
            return False
        rest = await _reply_and_edit(sender, first.remote_id, key, reply, edited)
    for what, outcome in rest.items():
        _say(what, outcome, destination)
    return all(outcome is None or isinstance(outcome, Sent) for outcome in rest.values())


async def _reply_and_edit(
    sender: Sender, remote_id: str, key: str, reply: Alert, edited: Alert
) -> dict[str, Outcome | None]:
    """Try what the service says it can; None stands for what it cannot."""
    can = sender.capabilities
    return {
        "reply": await sender.send(reply, key=f"{key}-reply", reply_to=remote_id, silent=True) if can.thread else None,
        "edit": await sender.edit(edited, key=f"{key}-edit", remote_id=remote_id) if can.edit else None,
    }


def _messages(settings: Settings, now: datetime) -> tuple[Alert, Alert, Alert]:
    """Render a made-up post and its correction with the words of a real one: message, reply, edited message."""
    from datetime import UTC, timedelta
    from zoneinfo import ZoneInfo

    from monitor import render
    from monitor.model import Category, Change, ChangeKind, Channel, Claim, Figure, Post, Severity, Source, Tally

    source = Source(
        "test", "TEST (no real source)", "test", about="test", caveat="This is a test; the figures are made up."
    )
    channel = Channel("test", "test", "nowhere", "test")
    context = render.Context(
        source, channel, {"test": Category("test", "Test figure")}, ZoneInfo(settings.desk_timezone)
    )
    post, tally, day = Post("test", "1", "Test figure: 12", published_at=now), Tally("test", "test", "test"), now.date()
    before = Figure(11, order_date=day - timedelta(days=1))
    first, second = (Claim("test", value, quote=f"Test figure: {value}") for value in (12, 13))
    rise = Change(ChangeKind.RISE, tally, first, Figure(12, order_date=day), before, difference=1, computed=1)
    edit = Change(
        ChangeKind.EDITED, tally, second, Figure(13, order_date=day), Figure(12, order_date=day), difference=1
    )
    at = now.astimezone(UTC)
    alert = render.tally(post, [rise], Severity.ROUTINE, "test", context, seen_at=at)
    reply = render.correction(post, [edit], Severity.URGENT, "edited", context, root=alert, root_at=at, seen_at=at)
    return alert, reply, render.corrected(alert, [edit], context, at=at)


def _say(what: str, outcome: Outcome | None, destination: Destination) -> None:
    from monitor.ports import Sent

    if outcome is None:
        said = f"not tried, {destination.service} has none"
    elif isinstance(outcome, Sent):
        said = "accepted"
    else:
        said = f"FAILED: {outcome.reason}"
    typer.echo(f"{what:<8} {said}", err=True)
