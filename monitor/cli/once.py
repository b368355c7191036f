"""`monitor once`: one pass over the sources, for cron and for trying things out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli._where import settings_of
from monitor.errors import CollectError, MonitorError

if TYPE_CHECKING:
    from monitor.pipeline import Place, Report
    from monitor.ports import Clock, Store
    from monitor.settings import Settings
    from monitor.wiring import Application

SOURCE_FAILED, DELIVERY_FAILED, CHANGES_FOUND = 3, 4, 10
_OPEN = ("pending", "sending", "unknown")


@dataclass(slots=True)
class _Outcome:
    """What one pass over all places came to."""

    posts: int = 0
    alerts: list[int] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    changes: int = 0
    undelivered: dict[str, int] = field(default_factory=dict)  # destination → messages

    def add(self, report: Report) -> None:
        self.posts += report.versions
        self.alerts += report.alerts

    def exit_code(self, *, changes_count: bool) -> int:
        """What the desk did not get matters more than what we could not read, and that more than news."""
        if self.undelivered:
            return DELIVERY_FAILED
        if self.failed:
            return SOURCE_FAILED
        return CHANGES_FOUND if changes_count and self.changes else 0


def command(
    ctx: typer.Context,
    sources: Annotated[list[str] | None, typer.Argument(metavar="SOURCE", help="Only these; all by default.")] = None,
    exit_code: Annotated[bool, typer.Option("--exit-code", help="End with 10 if anything changed.")] = False,
) -> None:
    """Read every source once, tell the desk what changed, and exit."""
    import asyncio

    from monitor.cli import _logs
    from monitor.cli._alone import alone
    from monitor.clock import SystemClock

    settings, clock = settings_of(ctx), SystemClock()
    chosen = _chosen(settings, sources or [])
    _logs.configure(settings.secrets)
    with alone(settings, clock):
        outcome = asyncio.run(_once(settings, clock, chosen))
    _report(outcome)
    raise typer.Exit(outcome.exit_code(changes_count=exit_code))


def _chosen(settings: Settings, named: list[str]) -> frozenset[str]:
    """Return the keys of the sources to read; one that is unknown or switched off is a mistake in the call."""
    from monitor.wiring import places_of

    watched = {place.source.key for place in places_of(settings.sources.values())}
    wrong = []
    for key in named:
        if key not in settings.sources:
            wrong.append(f"there is no source {key!r}. There are: {', '.join(sorted(watched))}")
        elif key not in watched:
            routes = [route for channel in settings.sources[key].channels for route in channel.routes]
            needs = "; ".join(dict.fromkeys(route.needs for route in routes if route.needs))
            wrong.append(f"every route of {key} is switched off{f' ({needs})' if needs else ''}")
    if wrong:
        raise typer.BadParameter("; ".join(wrong))
    return frozenset(named) or frozenset(watched)


async def _once(settings: Settings, clock: Clock, chosen: frozenset[str]) -> _Outcome:
    from datetime import timedelta

    from monitor.wiring import assemble

    outcome = _Outcome()
    async with assemble(settings, clock, digest_pause=timedelta(0)) as app:
        begun, dead = await app.call(lambda store: _begin(store, settings, app, clock))
        await _read(app, [place for place in app.places if place.source.key in chosen], outcome)
        outcome.alerts += await app.call(lambda store: _settle(store, app, chosen))
        await app.outbox.run_once()
        outcome.undelivered = await app.call(lambda store: _undelivered(store, dead))
        outcome.changes = await app.call(lambda store: _count_news(store, outcome.alerts))
        await app.call(lambda store: store.end_run(begun, clock.now(), _summary(outcome)))
    return outcome


def _begin(store: Store, settings: Settings, app: Application, clock: Clock) -> tuple[int, dict[str, int]]:
    """Note the run; return its number, and how many messages were dead before it."""
    app.passes.journal.switch_off(store, tuple(settings.sources.values()))
    dead = {name: states.get("dead", 0) for name, states in store.outbox_counts().items()}
    return store.begin_run("once", clock.now()), dead


async def _read(app: Application, places: list[Place], outcome: _Outcome) -> None:
    """Read all places, as many at a time as each host may be asked. Raises StoreError."""
    import asyncio

    hosts = {app.collectors[place.route].host for place in places}
    limits = {host: asyncio.Semaphore(app.settings.host(host).in_flight) for host in hosts}

    async def read(place: Place) -> None:
        collector = app.collectors[place.route]
        async with limits[collector.host]:
            try:
                report = await app.passes.read(place, collector)
            except CollectError as error:
                outcome.failed.append(place.channel.key)
                typer.echo(f"{place.source.key}: {error}", err=True)
                return
        outcome.add(report)
        for note in report.notes:
            typer.echo(f"{place.source.key}: {note}", err=True)

    try:
        async with asyncio.TaskGroup() as group:
            for place in places:
                group.create_task(read(place))
    except ExceptionGroup as errors:
        raise next((error for error in errors.exceptions if isinstance(error, MonitorError)), errors) from None


def _settle(store: Store, app: Application, chosen: frozenset[str]) -> list[int]:
    """Settle conflicts that are due, and look whether a source has gone quiet."""
    now = app.clock.now()
    numbers = app.pipeline.telling.settle_conflicts(store, tuple(app.settings.sources.values()), now)
    with store.transaction() as tx:
        for key in sorted(chosen):
            numbers += app.silences.check(tx, app.settings.sources[key], now)
    return numbers


def _count_news(store: Store, numbers: list[int]) -> int:
    """Return how many alerts are about a change, rather than about monitor or a source's state."""
    with store.transaction() as tx:
        alerts = [tx.alert(number) for number in numbers]
    return sum(1 for alert in alerts if alert and alert.severity != "ops" and alert.reason != "watching")


def _undelivered(store: Store, dead_before: dict[str, int]) -> dict[str, int]:
    """Return how many messages each destination did not take, those that had died before left out."""
    counts = {
        name: sum(states.get(state, 0) for state in _OPEN) + states.get("dead", 0) - dead_before.get(name, 0)
        for name, states in store.outbox_counts().items()
    }
    return {name: count for name, count in counts.items() if count > 0}


def _summary(outcome: _Outcome) -> str:
    counts = [
        (outcome.posts, "new or edited posts"),
        (len(outcome.alerts), "alerts"),
        (outcome.changes, "about changes"),
    ]
    said = [f"{count} {what}" for count, what in counts]
    if outcome.failed:
        said.append(f"not readable: {', '.join(sorted(outcome.failed))}")
    return "; ".join(said)


def _report(outcome: _Outcome) -> None:
    typer.echo(_summary(outcome), err=True)
    for name, count in outcome.undelivered.items():
        typer.echo(
            f"{name}: {count} not delivered; kept, and tried again by the next run. See: monitor doctor", err=True
        )
