"""Numbers, days and times as people write them. Month names are fixed: the host's language must not matter."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from monitor.model import Change, ChangeKind, Figure, Qualifier

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_STYLE_BOOK_MONTHS = (
    "Jan.", "Feb.", "March", "April", "May", "June", "July", "Aug.", "Sept.", "Oct.", "Nov.", "Dec.",
)  # fmt: skip
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_QUALIFIERS = {
    Qualifier.ABOUT: "about ",
    Qualifier.OVER: "over ",
    Qualifier.AT_LEAST: "at least ",
    Qualifier.UNDER: "under ",
    Qualifier.UP_TO: "up to ",
    Qualifier.ALMOST: "almost ",
}


def words(figure: Figure) -> str:
    """Return the figure with its qualifier: "about 1,456,610", "100-200"."""
    if figure.upper is not None:
        return f"{figure.value:,}-{figure.upper:,}"
    return f"{_QUALIFIERS.get(figure.qualifier, '')}{figure.value:,}"


def signed(difference: int) -> str:
    return f"({difference:+,})"


def stated(change: Change) -> Figure | None:
    """Return the figure that a change states now, from the claim where the ledger kept none."""
    if change.kind is ChangeKind.WITHDRAWN:
        return None
    if change.now is not None:
        return change.now
    claim = change.claim
    if claim is None or claim.value is None:
        return None
    return Figure(claim.value, claim.upper, claim.qualifier, claim.as_of)


def day(moment: date) -> str:
    """Return "8 Aug 2026"."""
    return f"{moment.day} {_MONTHS[moment.month - 1]} {moment.year}"


def style_book_day(moment: date) -> str:
    """Return "Aug. 8, 2026", as American agencies write it."""
    return f"{_STYLE_BOOK_MONTHS[moment.month - 1]} {moment.day}, {moment.year}"


def zone_name(zone: ZoneInfo) -> str:
    """Return the city of a zone: "Kyiv" for Europe/Kyiv."""
    return (zone.key or "local time").rsplit("/", 1)[-1].replace("_", " ")


def moment(at: datetime, zone: ZoneInfo, *, dated: bool = False) -> str:
    """Return "07:12 Kyiv (04:12 UTC)", with the days where asked for or where they differ."""
    local, utc = at.astimezone(zone), at.astimezone(UTC)
    here = f"{local:%H:%M} {zone_name(zone)}"
    if dated:
        here = f"{day(local.date())} {here}"
    if zone_name(zone) == "UTC":
        return here
    there = f"{utc:%H:%M} UTC"
    if utc.date() != local.date():
        there = f"{utc.day} {_MONTHS[utc.month - 1]} {there}"
    return f"{here} ({there})"


def short_moment(at: datetime, zone: ZoneInfo) -> str:
    """Return "7 Aug 20:00"."""
    local = at.astimezone(zone)
    return f"{local.day} {_MONTHS[local.month - 1]} {local:%H:%M}"


def lapse(time: timedelta) -> str:
    """Return how long something took or lasted, in the unit people would use."""
    seconds = max(0, round(time.total_seconds()))
    if seconds < 120:  # noqa: PLR2004 - below two minutes, two hours and two days the smaller unit says more
        return f"{seconds} s"
    if seconds < 2 * 3600:
        return f"{seconds // 60} min"
    if seconds < 48 * 3600:
        return f"{seconds // 3600} h"
    return f"{seconds // 86400} days"


def counted(count: int, one: str, many: str = "") -> str:
    """Return "1 post", "2 posts"."""
    return f"{count:,} {one}" if count == 1 else f"{count:,} {many or one + 's'}"
