"""What the desk is told when a source says nothing, or nothing that can be read: four kinds, never confused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from monitor.model import Alert, Line, Severity, Source, Style
from monitor.render import figures
from monitor.render.clean import clean, cut
from monitor.render.wording import HEADLINE, claimant, line

Kind = Literal["overdue", "unreachable", "unreadable", "image_only"]


class _Words(NamedTuple):
    marker: str
    happened: str  # after the source's name
    still: str
    not_assumed: str
    to_do: str
    over: str  # after the source's name


_KINDS: dict[Kind, _Words] = {
    "overdue": _Words(
        "LATE",
        "no tally yet",
        "Still late",
        "The earlier figures are not repeated as today's, and nothing is taken as zero.",
        "open the channel; if the tally stands there, run monitor doctor",
        "tally is here",
    ),
    "unreachable": _Words(
        "UNREACHABLE",
        "cannot be read",
        "Still unreachable",
        "This says nothing about whether it has posted: there may be new figures that we have not seen.",
        "open the channel by hand; for the reason run monitor doctor",
        "can be read again",
    ),
    "unreadable": _Words(
        "UNREADABLE",
        "tally not read",
        "Still unreadable",
        "The earlier figures are not repeated as today's, and nothing is taken as zero.",
        "read the post by hand; what was not understood is shown by monitor unread",
        "tally is read again",
    ),
    "image_only": _Words(
        "IMAGE ONLY",
        "no text to read",
        "Still only a picture",
        "Whatever figures the picture shows were not read: none is repeated, and none is taken as zero.",
        "open the post and read the picture",
        "now as text",
    ),
}


_ALSO = "The same holds for: "
_TOLD = "What has changed meanwhile is told in messages of its own."


def silence(kind: Kind, source: Source, detail: str, *, at: datetime, zone: ZoneInfo) -> Alert:
    """Return the message that a source went quiet in this way; `detail` says what was seen."""
    words = _KINDS[kind]
    lines = [
        _headline(f"{words.marker} – {claimant(source)}: {words.happened}", at, zone),
        *([line("text", clean(detail))] if clean(detail) else []),
        *(_usual(source) if kind == "overdue" else []),
        line("text", words.not_assumed),
        line("text", f"To do: {words.to_do}."),
    ]
    return Alert(Severity.OPS, kind, source.key, tuple(lines))


def aged(alert: Alert, kind: Kind, hours: int) -> Alert:
    """Return the message with its age; a later age takes the place of an earlier one."""
    still = f"{_KINDS[kind].still}, "
    lines = [old for old in alert.lines if not old.text.startswith(still)]
    lines.insert(1, line("flag", f"{still}{figures.lapse(timedelta(hours=hours))}", Style.BOLD))
    return replace(alert, lines=tuple(lines))


def joined(alert: Alert, source: Source) -> Alert:
    """Return the message with one more source of which the same holds: one outage is told once."""
    lines = list(alert.lines)
    for index, old in enumerate(lines):
        if old.text.startswith(_ALSO):
            lines[index] = line("text", f"{old.text.removesuffix('.')}, {claimant(source)}.")
            return replace(alert, lines=tuple(lines))
    return replace(alert, lines=(*lines, line("text", f"{_ALSO}{claimant(source)}.")))


def recovered(
    kind: Kind, source: Source, *, since: datetime, at: datetime, zone: ZoneInfo, caught_up: int = 0
) -> Alert:
    """Return the message that a silence is over; `caught_up` counts the posts that were read after it, if known."""
    words = _KINDS[kind]
    lasted = f"It was {words.marker.lower()} for {figures.lapse(at - since)}"
    dated = since.astimezone(zone).date() != at.astimezone(zone).date()
    lines = (
        _headline(f"RECOVERED – {claimant(source)}: {words.over}", at, zone),
        line("text", f"{lasted}, since {figures.moment(since, zone, dated=dated)}."),
        line("text", (f"{figures.counted(caught_up, 'post')} caught up. " if caught_up else "") + _TOLD),
    )
    return Alert(Severity.OPS, f"{kind}_over", source.key, lines)


def ops(source_key: str, headline: str, lines: Sequence[str]) -> Alert:
    """Return a message about the monitor's own work: sums, faults, a line that has no place."""
    texts = [line("text", text) for text in map(clean, lines) if text]
    return Alert(Severity.OPS, "ops", source_key, (line("headline", clean(headline, HEADLINE), Style.BOLD), *texts))


def _headline(text: str, at: datetime, zone: ZoneInfo) -> Line:
    local = at.astimezone(zone)
    when = f", {figures.day(local.date())} {local:%H:%M} {figures.zone_name(zone)}"
    return line("headline", cut(text, HEADLINE - len(when)) + when, Style.BOLD)


def _usual(source: Source) -> list[Line]:
    if source.window is None:
        return []
    hours = f"{source.window.opens:%H:%M} to {source.window.closes:%H:%M}"
    return [line("text", f"Usually seen {hours} {figures.zone_name(ZoneInfo(source.time_zone))}.")]
