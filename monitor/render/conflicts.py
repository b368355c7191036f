"""Two channels of one source that differ on one day."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.model import Alert, Change, Channel, Line, Severity, Span, Style, alert_name
from monitor.render import figures
from monitor.render.clean import NAME_LENGTH, clean, web_address
from monitor.render.context import Context
from monitor.render.headlines import first_line
from monitor.render.rows import fold
from monitor.render.wording import claim_line, inside, label, line, verb


def conflict(
    changes: Sequence[Change],
    context: Context,
    *,
    first: tuple[Channel, str],
    second: tuple[Channel, str],
    root: Alert | None,
) -> Alert:
    """Return the reply that says that two channels of one source differ on one day.

    `first` is the channel that was alerted, with the post's address, and stands in `before`; `second` in `now`.
    Without a `root` (nothing went out yet) it stands alone.
    """
    days = [change.now.order_date for change in changes if change.now and change.now.order_date]
    places = [clean(channel.label, NAME_LENGTH) for channel, _ in (first, second)]
    if places[0] == places[1]:
        places = [clean(channel.key, NAME_LENGTH) for channel, _ in (first, second)]
    rows = []
    for change in changes:
        rows += [line("row", part, Style.BOLD) for part in fold([label(change.tally, context)])]
        for place, figure in zip(places, (change.before, change.now), strict=True):
            rows += [line("row", f"  {part}") for part in fold([place, figures.words(figure) if figure else "none"])]
    number = root.number if root is not None else None
    alerted = f"Alert {alert_name(number)} used {places[0]}. " if number is not None else ""
    lines = [
        first_line(
            ["CONFLICT: {} " + verb(context.source)], _sides(changes, context), max(days, default=None), context
        ),
        claim_line(changes, context),
        line("flag", f"{_differ(changes)}: same claimant, same day.", Style.BOLD),
        *rows,
        line("text", f"{alerted}{_holds(first[0], second[0], places, changes)}"),
        *_place_link(places[0], first[1]),
        *_place_link(places[1], second[1]),
    ]
    return Alert(
        Severity.URGENT,
        "conflict",
        context.source.key,
        tuple(lines),
        link=web_address(second[1]),
        channel=second[0].key,
        reply_to=number,
    )


def _sides(changes: Sequence[Change], context: Context) -> list[str]:
    """Return what the first line of a conflict says: the two figures if it is about one tally."""
    several = f"{figures.counted(len(changes), 'figure')} in two ways"
    if len(changes) != 1 or changes[0].before is None or changes[0].now is None:
        return [several]
    change, name = changes[0], inside(label(changes[0].tally, context))
    both = " and ".join(figures.words(figure) for figure in (change.before, change.now) if figure)
    return [f"{name} {both}", several]


def _differ(changes: Sequence[Change]) -> str:
    return "1 figure differs" if len(changes) == 1 else f"{len(changes)} figures differ"


def _holds(first: Channel, second: Channel, places: Sequence[str], changes: Sequence[Change]) -> str:
    """Say which channel's figures hold: as in the ledger, the higher rank, then the later key, if not in doubt."""
    if any(change.provisional for change in changes):
        return "A figure in doubt does not count until it is settled; the other one holds meanwhile."
    holder = places[0] if (first.rank, first.key) >= (second.rank, second.key) else places[1]
    why = "it ranks higher" if first.rank != second.rank else "both rank the same, and one has to"
    return f"{holder} holds meanwhile: {why}."


def _place_link(place: str, link: str) -> list[Line]:
    href = web_address(link)
    return [Line("link", (Span(f"{place}: "), Span(href.split("://", 1)[1], href=href)))] if href else []
