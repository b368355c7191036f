"""Alerts as `render` makes them, with made-up figures."""

from __future__ import annotations

from monitor.model import Alert, Line, LineKind, Severity, Span, Style

LINK = "https://t.me/GeneralStaffZSU/77"


def line(kind: LineKind, *spans: Span | str) -> Line:
    return Line(kind, tuple(Span(each) if isinstance(each, str) else each for each in spans))


def an_alert(
    *,
    number: int | None = 12,
    rows: tuple[str, ...] = ("Tanks           251 (+14)", "Aircraft         31 (+1)"),
    severity: Severity = Severity.ROUTINE,
    reply_to: int | None = None,
    more: tuple[Line, ...] = (),
) -> Alert:
    lines = (
        line("headline", "Ukraine's General Staff says: Russian losses, as of 3 Mar 2022"),
        line("text", "Total since 24 Feb 2022. Not independently verified."),
        *(line("row", row) for row in rows),
        *more,
        line("link", "Source: ", Span("t.me/GeneralStaffZSU/77", href=LINK)),
    )
    return Alert(severity, "rise", "general-staff-ua", lines, link=LINK, number=number, reply_to=reply_to)


def struck_alert(number: int | None = 12) -> Alert:
    """An alert that went out, edited: the old figure struck."""
    lines = (
        line("headline", "Ukraine's General Staff says: Russian losses, as of 3 Mar 2022"),
        line("row", "Tanks           ", Span("251", Style.STRIKE), " 215 (+14)"),
        line("row", "Aircraft         31 (+1)"),
    )
    return Alert(Severity.URGENT, "edited", "general-staff-ua", lines, link=LINK, number=number)
