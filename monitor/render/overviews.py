"""Messages about many figures at once: what is held when watching begins, and what was missed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from monitor.model import Alert, Change, ChangeKind, Figure, Line, Severity, Source, Span, Style, Tally
from monitor.render import figures
from monitor.render.clean import clean, cut, web_address
from monitor.render.context import Context
from monitor.render.rows import Row, grouped, heading
from monitor.render.wording import HEADLINE, claim_line, claimant, label, line, subjects


def watching(source: Source, held: Sequence[tuple[Tally, Figure]], context: Context, *, at: datetime) -> Alert:
    """Return the first message about a source: what is held of it, so that nobody wonders until tomorrow."""
    changes = [Change(ChangeKind.UNCHANGED, tally, now=figure) for tally, figure in held]
    latest = max((figure.order_date for _, figure in held if figure.order_date), default=None)
    day = latest or at.astimezone(ZoneInfo(source.time_zone)).date()
    count = figures.counted(len(held), "tally", "tallies") if held else ""
    name = cut(claimant(source), 34)
    lines = [
        line(
            "headline",
            f"Watching {name}: {f'{count} as of' if held else 'no tally yet,'} {figures.day(day)}",
            Style.BOLD,
        ),
        *([claim_line(changes, context)] if held else []),
        *_held(changes, day, context),
        line("text", _WATCHED if held else "You are told when it states its first."),
        line("text", f"Read from {clean(context.channel.label)}, {figures.moment(at, context.zone)}."),
    ]
    return Alert(Severity.ROUTINE, "watching", source.key, tuple(lines), channel=context.channel.key)


_WATCHED = "You are told when one of these changes. Nothing in this list is news."


def digest(alerts: Sequence[Alert], source: Source, *, at: datetime, zone: ZoneInfo) -> Alert:
    """Return the posts of an outage as one message, the newest first, each with its age.

    Urgent alerts do not belong here: whoever calls this sends them on their own.
    """
    ordered = sorted(alerts, key=lambda alert: alert.posted_at or at, reverse=True)
    local = at.astimezone(zone)
    when = f", {figures.day(local.date())} {local:%H:%M} {figures.zone_name(zone)}"
    what = f"Caught up – {claimant(source)}: {figures.counted(len(ordered), 'older post')}"
    lines = [
        line("headline", cut(what, HEADLINE - len(when)) + when, Style.BOLD),
        line("text", f"Posted while we could not read the source; the newest comes first. {clean(source.caveat)}"),
        *(part for alert in ordered for part in _digested(alert, at)),
    ]
    newest = ordered[0] if ordered else None
    return Alert(
        Severity.ROUTINE,
        "digest",
        source.key,
        tuple(lines),
        link=newest.link if newest else "",
        channel=newest.channel if newest else "",
        posted_at=newest.posted_at if newest else None,
    )


def _held(changes: Sequence[Change], day: date, context: Context) -> list[Line]:
    several = len(subjects(change.tally for change in changes)) > 1
    rows = [
        (heading(change, context, several=several), _held_row(change, change.now, day, context))
        for change in changes
        if change.now is not None
    ]
    return grouped(rows)


def _held_row(change: Change, held: Figure, day: date, context: Context) -> Row:
    """Return a figure that is held, with its day where that is an earlier one."""
    older = f"({figures.day(held.order_date)})" if held.order_date and held.order_date != day else ""
    return Row(label(change.tally, context), figures.words(held), older)


def _digested(alert: Alert, at: datetime) -> list[Line]:
    """Return one older alert: its age and first line, its flags and its rows."""
    age = f"{figures.lapse(at - alert.posted_at)} old" if alert.posted_at else "age unknown"
    href = web_address(alert.link)
    link = [Line("link", (Span("Source: "), Span(href.split("://", 1)[1], href=href)))] if href else []
    shown = [part for part in alert.lines[1:] if part.kind in {"flag", "quote", "row"}]
    return [line("text", f"[{age}] {alert.headline}", Style.BOLD), *shown, *link]
