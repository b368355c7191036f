"""`monitor alerts`: what the desk was told, who took it, and what did not get through."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli._output import Json, flat, print_json, print_table, talk, when
from monitor.cli._where import reading, settings_of, writing
from monitor.cli._words import Since, start_of
from monitor.errors import InputError

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from monitor.store.queries import AlertRow, Dossier
    from monitor.store.sqlite import SqliteStore

Number = Annotated[str, typer.Argument(metavar="A-1234", help="The alert's number.")]

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    add_completion=False,
    help="Alerts: list, show, acknowledge, retry, drop.",
)


@app.command("list")
def list_(
    ctx: typer.Context,
    only_open: Annotated[
        bool, typer.Option("--open", help="Only urgent ones that nobody took, and those not delivered everywhere.")
    ] = False,
    since: Since = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many of the newest.")] = 50,
    as_json: Json = False,
) -> None:
    """List alerts, the newest last."""
    settings = settings_of(ctx)
    with reading(settings) as store:
        if store is None:
            return
        from zoneinfo import ZoneInfo

        from monitor.store import queries

        zone = ZoneInfo(settings.desk_timezone)
        rows = queries.alerts(store, only_open=only_open, since=start_of(since, zone), limit=limit)[::-1]
    if as_json:
        print_json({"name": _name(row.number), **row._asdict()} for row in rows)
    elif rows:
        cells = ((_name(row.number), when(row.at, zone), row.severity, row.headline, _state(row)) for row in rows)
        print_table(("Number", f"When ({settings.desk_timezone})", "Severity", "Alert", "State"), cells)
    else:
        talk("No open alert." if only_open else "No alert has been raised yet.")


@app.command()
def show(ctx: typer.Context, number: Number, as_json: Json = False) -> None:
    """Show one alert as it stands now, where it went, and who took it."""
    settings, wanted = settings_of(ctx), _number(number)
    with reading(settings) as store:
        if store is None:
            return
        from zoneinfo import ZoneInfo

        found = _found(store, wanted)
    if as_json:
        print_json([_as_object(wanted, found)])
    else:
        _show(found, ZoneInfo(settings.desk_timezone))


@app.command()
def ack(
    ctx: typer.Context, number: Number, by: Annotated[str, typer.Option("--by", metavar="NAME", help="Who takes it.")]
) -> None:
    """Note who takes an alert; a later correction opens it again."""
    from monitor.clock import SystemClock

    wanted = _number(number)
    if not by.strip():
        raise typer.BadParameter("--by names nobody; say who takes it")
    with writing(settings_of(ctx)) as store:
        if store is None:
            return
        _found(store, wanted)
        new = store.acknowledge(wanted, by.strip(), SystemClock().now())
    talk(f"{_name(wanted)} is taken by {by}" if new else f"{_name(wanted)} was already taken by {by}")


@app.command()
def retry(ctx: typer.Context, number: Number) -> None:
    """Queue again what a chat did not accept; the daemon, or the next `monitor once`, sends it."""
    wanted = _number(number)
    with writing(settings_of(ctx)) as store:
        if store is None:
            return
        _found(store, wanted)
        count = store.retry_dead(wanted)
    talk(f"{_name(wanted)}: {count} queued again" if count else f"{_name(wanted)}: nothing of it was given up")


@app.command()
def drop(ctx: typer.Context, number: Number) -> None:
    """Give up what of an alert has not been delivered."""
    wanted = _number(number)
    with writing(settings_of(ctx)) as store:
        if store is None:
            return
        _found(store, wanted)
        count = store.drop_deliveries(wanted)
    talk(f"{_name(wanted)}: {count} dropped; the alert itself is kept" if count else f"{_name(wanted)}: nothing waits")


def _number(typed: str) -> int:
    """Read "A-0012", "a12" or "12"."""
    digits = typed.strip().upper().removeprefix("A").removeprefix("-")
    if not (digits.isascii() and digits.isdigit()):
        raise typer.BadParameter(f"{typed!r} is no alert's number. They look like A-0012: monitor alerts list")
    return int(digits)


def _name(number: int) -> str:
    from monitor.model import alert_name

    return alert_name(number)


def _found(store: SqliteStore, number: int) -> Dossier:
    from monitor.store import queries

    found = queries.dossier(store, number)
    if found is None:
        raise InputError(
            f"There is no alert {_name(number)}. Nothing was done. See which there are: monitor alerts list"
        )
    return found


def _state(row: AlertRow) -> str:
    parts = (
        "taken" if row.acknowledged else "",
        f"{row.waiting} waiting" if row.waiting else "",
        f"{row.dead} not accepted" if row.dead else "",
    )
    return ", ".join(filter(None, parts))


def _show(found: Dossier, zone: ZoneInfo) -> None:
    from monitor.render import plain

    alert = found.alert
    typer.echo(plain(alert))
    raised = f"Raised {when(found.at, zone)} {zone.key}, {alert.severity} ({alert.reason})"
    typer.echo(f"\n{raised}, revision {found.revision}")
    for number in found.replies:
        typer.echo(f"Corrected or continued by {_name(number)}")
    for one in found.deliveries:
        why = f": {one.reason}" if one.reason else ""
        typer.echo(f"{one.destination}: {one.kind} {one.state} {when(one.done_at or one.tried_at, zone)}{why}")
    for revision, by, at in found.acknowledged:
        later = "" if revision == found.revision else f" (revision {revision}; it was changed since)"
        typer.echo(f"Taken by {by} {when(at, zone)}{later}")


def _as_object(number: int, found: Dossier) -> dict[str, object]:
    alert = found.alert
    return {
        "name": _name(number),
        "number": number,
        "revision": found.revision,
        "at": found.at,
        "revised_at": found.revised_at,
        "severity": alert.severity,
        "reason": alert.reason,
        "source": alert.source,
        "channel": alert.channel,
        "post": alert.post,
        "link": alert.link,
        "reply_to": alert.reply_to,
        "lines": [line.text for line in alert.lines],
        "copy_text": alert.copy_text,
        "replies": found.replies,
        "deliveries": [one._asdict() for one in found.deliveries],
        "changes": [flat(one) for one in found.changes],
        "acknowledgements": [{"by": by, "at": at, "revision": revision} for revision, by, at in found.acknowledged],
    }
