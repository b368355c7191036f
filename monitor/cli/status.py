"""`monitor status`: sources, silences, the outbox, the last changes and runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from monitor.cli._output import Json, print_json, print_table, when
from monitor.cli._where import reading, settings_of
from monitor.cli._words import label_of, name_of

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from monitor.cli._asked import ChangeRow, RunRow
    from monitor.pipeline import Place
    from monitor.ports import ChannelState, Silence
    from monitor.settings import Settings
    from monitor.store.sqlite import SqliteStore

LAST = 8  # changes and runs that are shown


def command(ctx: typer.Context, as_json: Json = False) -> None:
    """Show every watched channel, what is silent, what waits to be sent, and what happened last."""
    settings = settings_of(ctx)
    with reading(settings) as store:
        if store is None:
            return
        if as_json:
            print_json([_as_object(store, settings)])
        else:
            _show(store, settings)


def _show(store: SqliteStore, settings: Settings) -> None:
    from zoneinfo import ZoneInfo

    from monitor import health
    from monitor.cli import _asked
    from monitor.clock import SystemClock

    zone, now = ZoneInfo(settings.desk_timezone), SystemClock().now()
    typer.echo(f"{when(now, zone)} {settings.desk_timezone} · daemon: {health.verdict(str(settings.state), now)[1]}\n")
    _channels(store, settings, zone, now)
    _silences(_open_silences(store), zone)
    typer.echo("\nOutbox")
    counts = store.outbox_counts()
    for name, states in counts.items():
        typer.echo(f"  {name}: " + ", ".join(f"{count} {state}" for state, count in sorted(states.items())))
    if not counts:
        typer.echo("  empty")
    _changes(list(_asked.changes(store, None, None, None, newest=LAST)), settings, zone)
    _runs(_asked.runs(store, LAST), zone)


def _channels(store: SqliteStore, settings: Settings, zone: ZoneInfo, now: datetime) -> None:
    rows = [
        (
            place.source.key,
            place.channel.key,
            place.route,
            when(state.last_ok_at, zone),
            when(state.last_post_at, zone),
            when(state.last_tally_at, zone),
            _condition(state, zone),
        )
        for place, state in _places(store, settings)
    ]
    print_table(("Source", "Channel", "Route", "Last read", "Last post", "Last tally", "State"), rows)
    for line in _paces(settings, now):
        typer.echo(line)


def _condition(state: ChannelState, zone: ZoneInfo) -> str:
    if state.switched_on_at is None:
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


def _silences(silences: list[Silence], zone: ZoneInfo) -> None:
    from monitor.model import alert_name

    typer.echo("\nSilences")
    for one in silences:
        told = f", told as {alert_name(one.alert)}" if one.alert is not None else ""
        typer.echo(f"  {one.source}: {one.kind.replace('_', ' ')} since {when(one.opened_at, zone)}{told}")
    if not silences:
        typer.echo("  none")


def _changes(changes: list[ChangeRow], settings: Settings, zone: ZoneInfo) -> None:
    if not changes:
        return
    typer.echo()
    rows = [
        (
            when(row.at, zone),
            name_of(settings, row.tally.claimant),
            label_of(settings, row.tally),
            row.kind,
            "" if row.effective is None else f"{row.effective:,}",
            "" if row.difference is None else f"{row.difference:+,}",
        )
        for row in reversed(changes)
    ]
    print_table(("Last changes", "Claimed by", "Tally", "Kind", "Value", "Change"), rows, right={"Value", "Change"})


def _runs(runs: list[RunRow], zone: ZoneInfo) -> None:
    typer.echo()
    rows = [
        (row.kind, when(row.started_at, zone), when(row.ended_at, zone) if row.ended_at else "not ended", row.detail)
        for row in reversed(runs)
    ]
    print_table(("Last runs", "Began", "Ended", "What came of it"), rows)


def _places(store: SqliteStore, settings: Settings) -> list[tuple[Place, ChannelState]]:
    from monitor.store.whereabouts import Whereabouts
    from monitor.wiring import places_of

    channels = Whereabouts(store.db)
    return [(place, channels.channel_state(place.channel.key)) for place in places_of(settings.sources.values())]


def _open_silences(store: SqliteStore) -> list[Silence]:
    from monitor.store.whereabouts import Whereabouts

    return Whereabouts(store.db).silences()


def _as_object(store: SqliteStore, settings: Settings) -> dict[str, object]:
    from dataclasses import asdict

    from monitor.cli import _asked
    from monitor.cli.export import change_object
    from monitor.clock import SystemClock

    now = SystemClock().now()
    return {
        "at": now,
        "channels": [
            {"source": place.source.key, "route": place.route, **asdict(state)}
            for place, state in _places(store, settings)
        ],
        "pace": _pace_of_hosts(settings, now),
        "silences": [asdict(one) for one in _open_silences(store)],
        "outbox": store.outbox_counts(),
        "changes": [change_object(row) for row in _asked.changes(store, None, None, None, newest=LAST)],
        "runs": [row._asdict() for row in _asked.runs(store, LAST)],
    }
