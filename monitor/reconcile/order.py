"""The order in which posts count, whatever the order in which they arrived."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from monitor.model import id_order

EARLIEST = timedelta(hours=-36)
LATEST = timedelta(hours=12)
_HIGHEST_RANK = 9_999


def order_date(header: date | None, published_at: datetime, time_zone: str) -> tuple[date, bool]:
    """Return the day a post counts for, and whether its header's date is odd.

    The header's date, taken as midnight in the source's zone, holds if it lies within 36 hours
    before and 12 hours after the posting; otherwise the posting date in that zone does.
    """
    zone = ZoneInfo(time_zone)
    posted_on = published_at.astimezone(zone).date()
    if header is None:
        return posted_on, False
    midnight = datetime.combine(header, time.min, zone).astimezone(UTC)
    if EARLIEST <= midnight - published_at <= LATEST:
        return header, False
    return posted_on, True


def order_key(day: date, rank: int, channel: str, published_at: datetime, post: str) -> str:
    """Return a text that sorts as posts count.

    Days first; within a day the higher rank later (the last one holds); posting time and id only
    between posts of one channel. Numeric ids sort by value and before text ids.
    """
    kind, number, text = id_order(post)
    posted = published_at.astimezone(UTC).isoformat()[:19]
    return f"{day.isoformat()}|{min(rank, _HIGHEST_RANK):04d}|{channel}|{posted}|{kind}{number:020d}{text}"


def day_of(key: str) -> date:
    """Return the order date inside an order key."""
    return date.fromisoformat(key[:10])
