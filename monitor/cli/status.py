"""`monitor status`: sources, silences, the outbox, the last changes and runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import typer

from monitor.cli._output import Json, flat, print_json, print_table, when
from monitor.cli._where import reading, settings_of
from monitor.cli._words import label_of, name_of

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from monitor.pipeline import Place
    from monitor.ports import ChannelState, Silence
    from monitor.settings import Settings
    from monitor.store.queries import ChangeRow, RunRow, State


def command(ctx: typer.Context, as_json: Json = False) -> None:
    """Show every watched channel, what is silent, what waits to be sent, and what happened last."""
    settings = settings_of(ctx)
    with reading(settings) as store:
        if store is None:
            return
        from monitor.clock import SystemClock
        from monitor.store import queries

        now = SystemClock().now()
        state = queries.state(store, now)
    if as_json:
        print_json([_as_object(state, settings, now)])
    else:
        _show(state, settings, now)


def _show(state: State, settings: Settings, now: datetime) -> None:
    from zoneinfo import ZoneInfo

    from monitor import health

    zone = ZoneInfo(settings.desk_timezone)
    typer.echo(f"{when(now, zone)} {settings.desk_timezone} · daemon: {health.verdict(str(settings.state), now)[1]}\n")
    _channels(state, settings, zone, now)
    _silences(state.silences, zone)
    _outbox(state, zone)
    _changes(state.changes, settings, zone)
    _runs(state.runs, zone)


def _channels(state: State, settings: Settings, zone: ZoneInfo, now: datetime) -> None:
    rows = [
        (
            place.source.key,
            place.channel.key,
            place.route,
            *(when(moment, zone) for moment in _last(known)),
            _condition(known, zone),
        )
        for place, known in _places(state, settings)
    ]
    print_table(("Source", "Channel", "Route", "Last read", "Last post", "Last tally", "State"), rows)
    for line in _paces(settings, now):
        typer.echo(line)


def _last(state: ChannelState | None) -> tuple[datetime | None, datetime | None, datetime | None]:
    return (state.last_ok_at, state.last_post_at, state.last_tally_at) if state else (None, None, None)


def _condition(state: ChannelState | None, zone: ZoneInfo) -> str:
    if state is None or state.switched_on_at is None:
        return "not read yet"
    if state.failing_since is None:
        return "ok"
    return f"failing since {when(state.failing_since, zone)} ({state.failures} times): {state.last_error}"


def _paces(settings: Settings, now: datetime) -> list[str]:
    """Say of each host how often its channels are read at this hour, within its politeness budget."""
    lines = []
    for host, one in _pace_of_hosts(settings, now).items():
        cold = "not until there is room" if one["cold_seconds"] is None else f"every {one['cold_seconds']:.0f} s"
        hot = f"{host}: {one['hot']} in their window, read every {one['hot_seconds']:.0f} s"
        stretched = " (stretched: the host may be asked no more)" if one["stretched"] else ""
        lines.append(f"{hot}; {one['cold']} outside, {cold}{stretched}")
    return lines


def _pace_of_hosts(settings: Settings, now: datetime) -> dict[str, dict[str, float | None]]:
    import math

    from monitor import registry
    from monitor.pace import in_window, stretched
    from monitor.wiring import places_of

    hosts: dict[str, list[Place]] = {}
    for place in places_of(settings.sources.values()):
        host = registry.load("collect", place.route).host_of(settings.routes[place.route])
        hosts.setdefault(host, []).append(place)
    paces: dict[str, dict[str, float | None]] = {}
    for host, places in hosts.items():
        hot = sum(in_window(place.source, now) for place in places)
        cold = len(places) - hot
        seconds = stretched(hot, cold, settings.pace, settings.host(host).per_second)
        wanted = (settings.pace.hot_seconds, settings.pace.cold_seconds)
        paces[host] = {
            "hot": hot,
            "cold": cold,
            "hot_seconds": seconds[0],
            "cold_seconds": seconds[1] if math.isfinite(seconds[1]) else None,
            "stretched": seconds != wanted,
        }
    return paces


def _silences(silences: Sequence[Silence], zone: ZoneInfo) -> None:
    from monitor.model import alert_name

    typer.echo("\nSilences")
    for one in silences:
        told = f", told as {alert_name(one.alert)}" if one.alert is not None else ""
        typer.echo(f"  {one.source}: {one.kind.replace('_', ' ')} since {when(one.opened_at, zone)}{told}")
    if not silences:
        typer.echo("  none")


def _outbox(state: State, zone: ZoneInfo) -> None:
    typer.echo("\nOutbox")
    for name, states in state.outbox.items():
        typer.echo(f"  {name}: " + ", ".join(f"{count} {of}" for of, count in sorted(states.items())))
    for pause in state.pauses:
        typer.echo(f"  {pause.destination} rests until {when(pause.until, zone)}: {pause.reason}")
    if not state.outbox:
        typer.echo("  empty")
    if state.conflicts:
        typer.echo(f"\n{state.conflicts} differences between channels wait to be compared again")


def _changes(changes: Sequence[ChangeRow], settings: Settings, zone: ZoneInfo) -> None:
    if not changes:
        return
    typer.echo()
    rows = [
        (
            when(row.at, zone),
            name_of(settings, row.tally.claimant),
            label_of(settings, row.tally),
            row.kind,
            "" if row.now is None else f"{row.now:,}",
            "" if row.difference is None else f"{row.difference:+,}",
        )
        for row in reversed(changes)
    ]
    print_table(("Last changes", "Claimed by", "Tally", "Kind", "Value", "Change"), rows, right={"Value", "Change"})


def _runs(runs: Sequence[RunRow], zone: ZoneInfo) -> None:
    typer.echo()
    rows = [
        (row.kind, when(row.started_at, zone), when(row.ended_at, zone) if row.ended_at else "not ended", row.detail)
        for row in reversed(runs)
    ]
    print_table(("Last runs", "Began", "Ended", "What came of it"), rows)


def _places(state: State, settings: Settings) -> list[tuple[Place, ChannelState | None]]:
    """Return every channel that is switched on, with what is stored of it."""
    from monitor.wiring import places_of

    known = {channel.state.key: channel.state for channel in state.channels}
    return [(place, known.get(place.channel.key)) for place in places_of(settings.sources.values())]


def _as_object(state: State, settings: Settings, now: datetime) -> dict[str, object]:
    from dataclasses import asdict

    return {
        "at": now,
        "channels": [
            {"source": place.source.key, "channel": place.channel.key, "route": place.route}
            | (asdict(known) if known else {})
            for place, known in _places(state, settings)
        ],
        "pace": _pace_of_hosts(settings, now),
        "silences": [asdict(one) for one in state.silences],
        "outbox": state.outbox,
        "pauses": [row._asdict() for row in state.pauses],
        "conflicts": state.conflicts,
        "changes": [flat(row) for row in state.changes],
        "runs": [row._asdict() for row in state.runs],
    }
