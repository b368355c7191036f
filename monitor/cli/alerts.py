"""`monitor alerts`: what the desk was told, who took it, and what did not get through."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli._output import Json, print_json, print_table, talk, when
from monitor.cli._where import reading, settings_of, writing
from monitor.cli._words import Since, start_of
from monitor.errors import InputError

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from monitor.cli._asked import AlertRow
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

        from monitor.cli import _asked

        zone = ZoneInfo(settings.desk_timezone)
        rows = _asked.alerts(store, only_open=only_open, since=start_of(since, zone), limit=limit)[::-1]
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

        row = _found(store, wanted)
        if as_json:
            print_json([_as_object(store, row)])
        else:
            _show(store, row, ZoneInfo(settings.desk_timezone))


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
        row = _found(store, wanted)
        new = store.acknowledge(wanted, by.strip(), SystemClock().now())
    talk(f"{_name(row.number)} is taken by {by}" if new else f"{_name(row.number)} was already taken by {by}")


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


def _found(store: SqliteStore, number: int) -> AlertRow:
    from monitor.cli import _asked

    row = _asked.alert(store, number)
    if row is None:
        raise InputError(
            f"There is no alert {_name(number)}. Nothing was done. See which there are: monitor alerts list"
        )
    return row


def _state(row: AlertRow) -> str:
    taken = f"taken by {row.acknowledged_by}" if row.acknowledged_by else ""
    waiting = f"{row.undelivered} not delivered" if row.undelivered else ""
    return ", ".join(part for part in (taken, waiting) if part)


def _show(store: SqliteStore, row: AlertRow, zone: ZoneInfo) -> None:
    from monitor.cli import _asked
    from monitor.render import plain
    from monitor.store.telling import Telling

    alert = Telling(store.db).alert(row.number)
    if alert is not None:
        typer.echo(plain(alert))
    typer.echo(f"\nRaised {when(row.at, zone)} {zone.key}, {row.severity} ({row.reason}), revision {row.revision}")
    for number in _asked.replies(store, row.number):
        typer.echo(f"Corrected or continued by {_name(number)}")
    for one in _asked.deliveries(store, row.number):
        why = f": {one.reason}" if one.reason else ""
        typer.echo(f"{one.destination}: {one.kind} {one.state} {when(one.done_at or one.tried_at, zone)}{why}")
    for by, at, revision in _asked.acknowledgements(store, row.number):
        later = "" if revision == row.revision else f" (revision {revision}; it was corrected since)"
        typer.echo(f"Taken by {by} {when(at, zone)}{later}")


def _as_object(store: SqliteStore, row: AlertRow) -> dict[str, object]:
    from monitor.cli import _asked
    from monitor.store.telling import Telling

    alert = Telling(store.db).alert(row.number)
    taken = _asked.acknowledgements(store, row.number)
    return {
        "name": _name(row.number),
        **row._asdict(),
        "lines": [line.text for line in alert.lines] if alert else [],
        "copy_text": alert.copy_text if alert else "",
        "replies": _asked.replies(store, row.number),
        "deliveries": [one._asdict() for one in _asked.deliveries(store, row.number)],
        "acknowledgements": [{"by": by, "at": at, "revision": revision} for by, at, revision in taken],
    }
