"""Posts, readings, entries and alerts as short as a test can say them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from monitor.model import Alert, Claim, Line, Post, Reading, Severity, Sighting, Span, Status, Style, Tally, text_hash
from monitor.reconcile.ledger import Entry, Standing
from monitor.reconcile.order import order_key

NOW = datetime(2026, 8, 8, 4, 12, 31, tzinfo=UTC)
CHANNEL = "t.me/generalstaff"
CLAIMANT = "general-staff"
TANKS = Tally(CLAIMANT, "russia", "tanks")
PLANES = Tally(CLAIMANT, "russia", "aircraft")


def minutes(count: float) -> datetime:
    return NOW + timedelta(minutes=count)


def post(
    post_id: str = "1", text: str = "Tanks 500", *, edited_at: datetime | None = None, channel: str = CHANNEL
) -> Post:
    return Post(channel, post_id, text, NOW, edited_at, f"https://{channel}/{post_id}")


def seen(at: datetime = NOW, route: str = "telegram_web") -> Sighting:
    return Sighting(route, at)


def read(*figures: int) -> Reading:
    claims = tuple(Claim("tanks", figure, delta=3, quote=f"Tanks {figure}", span=(6, 9)) for figure in figures)
    return Reading(Status.TALLY if claims else Status.NO_TALLY, claims, parser="test 1")


def keyed(day: int, post_id: str = "1", *, month: int = 8, rank: int = 1, channel: str = CHANNEL) -> str:
    at = datetime(2026, month, day, 4, tzinfo=UTC)
    return order_key(date(2026, month, day), rank, channel, at, post_id)


def entry(key: str, value: int, tally: Tally = TANKS, *, standing: Standing = Standing.HELD) -> Entry:
    effective = value if standing in {Standing.HELD, Standing.FOUNDING} else None
    native_id = key[-20:].lstrip("0")
    return Entry(tally, key, CHANNEL, native_id, value, effective=effective, standing=standing)


def alert(
    text: str = "Tanks 500 (+3)",
    *,
    severity: Severity = Severity.ROUTINE,
    post_id: str = "",
    reply_to: int | None = None,
) -> Alert:
    lines = (
        Line("headline", (Span(text, Style.BOLD),)),
        Line("link", (Span("Source", href="https://t.me/generalstaff/1"),)),
    )
    return Alert(
        severity,
        "rise",
        "general-staff-ua",
        lines,
        copy_text=text,
        link="https://t.me/generalstaff/1",
        channel=CHANNEL if post_id else "",
        post=post_id,
        reply_to=reply_to,
        posted_at=NOW,
    )


def digest(text: str) -> str:
    return text_hash(text)
