"""Who claims what about whom, since when: names, labels, periods, headlines and the lines around the figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from monitor.model import Category, Change, Claim, Doubt, Line, LineKind, Post, Scope, Source, Span, Style, Tally
from monitor.render import figures
from monitor.render.clean import NAME_LENGTH, clean, web_address
from monitor.render.context import Context

HEADLINE = 80  # characters in the first line
_SIDES = {"russia": ("Russia", "Russian"), "ukraine": ("Ukraine", "Ukrainian")}
_WORDS_OF_LOSS = frozenset({"lost", "loss", "losses"})


def line(kind: LineKind, text: str, style: Style = Style.PLAIN) -> Line:
    return Line(kind, (Span(text, style),))


# ── names ─────────────────────────────────────────────────────────────────────────────────


def claimant(source: Source) -> str:
    return clean(source.name, NAME_LENGTH) or clean(source.key, NAME_LENGTH)


def verb(source: Source) -> str:
    return clean(source.verb, 20) or "says"


def about(subject: str) -> str:
    """Return whom a figure is about: "Russia", "civilians"."""
    return _SIDES[subject][0] if subject in _SIDES else clean(subject.replace("_", " "), 30)


def adjective(subject: str) -> str:
    return _SIDES[subject][1] if subject in _SIDES else ""


def category(slug: str, context: Context) -> Category:
    known = context.categories.get(slug)
    return known if known is not None else Category(slug, slug.replace("_", " ").capitalize())


def label(tally: Tally, context: Context) -> str:
    """Return what a row is called: the category, and the place where there is one."""
    name = clean(category(tally.category, context).label, NAME_LENGTH)
    place = clean(tally.place, 24)
    return f"{name}, {place}" if place else name


def noun(tally: Tally, context: Context) -> str:
    """Return what a sentence counts: "tanks", "artillery systems"."""
    known, place = category(tally.category, context), clean(tally.place, 24)
    name = clean(known.plural, NAME_LENGTH) or inside(clean(known.label, NAME_LENGTH))
    return f"{name} in {place}" if place else name


def inside(name: str) -> str:
    """Return a label as it stands inside a sentence: "tanks", but "MLRS" and "UAVs"."""
    return name if name[1:2].isupper() else name[:1].lower() + name[1:]


def is_loss(tally: Tally, context: Context) -> bool:
    """Say whether the figure may be called a loss: a side's, of a category that counts losses."""
    known = category(tally.category, context)
    said_too_much = {word.lower() for word in known.never_say} & _WORDS_OF_LOSS
    return tally.subject in _SIDES and known.lost and not said_too_much


def subjects(tallies: Iterable[Tally]) -> list[str]:
    return list(dict.fromkeys(tally.subject for tally in tallies))


# ── when ──────────────────────────────────────────────────────────────────────────────────


def as_of(changes: Sequence[Change], post: Post, seen_at: datetime, context: Context) -> date:
    """Return the day the figures count for; without one, the day of posting in the source's zone."""
    days = [change.now.order_date for change in changes if change.now and change.now.order_date]
    if days:
        return max(days)
    if post.published_at is None:
        printed = [change.claim.as_of for change in changes if change.claim and change.claim.as_of]
        if printed:
            return printed[0]
    return (post.published_at or seen_at).astimezone(ZoneInfo(context.source.time_zone)).date()


def since(change: Change, context: Context) -> date | None:
    """Return what a total counts from: as printed, else as the category or the source is configured."""
    printed = change.claim.since if change.claim else None
    return printed or category(change.tally.category, context).start or context.source.start


def period(change: Change, context: Context) -> str:
    """Return the name of the period that a figure covers; times are in the desk's zone."""
    claim = change.claim
    if claim and claim.window_start and claim.window_end:
        return _window(claim.window_start, claim.window_end, context)
    if claim and claim.since and claim.scope is Scope.PERIOD:  # a list taken for a period was read as a total
        return f"since {figures.day(claim.since)}"
    on = _date(change.tally.window) or (claim.as_of if claim else None)
    return f"on {figures.day(on)}" if on else "in a period not named"


def _window(opens: datetime, closes: datetime, context: Context) -> str:
    theirs = ZoneInfo(context.source.time_zone)
    first, last = opens.astimezone(theirs), closes.astimezone(theirs)
    if first.time() == last.time() == time.min and last > first:
        final = (last - timedelta(days=1)).date()
        if final == first.date():
            return f"on {figures.day(final)}"
        return f"{figures.day(first.date())} to {figures.day(final)}"
    zone = context.zone
    return f"{figures.short_moment(opens, zone)} to {figures.short_moment(closes, zone)} {figures.zone_name(zone)}"


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


# ── the lines around the figures ──────────────────────────────────────────────────────────


def claim_line(changes: Sequence[Change], context: Context) -> Line:
    """Return whose claim it is, about whom, since when totals count, and the caveat."""
    whom = " and ".join(filter(None, map(about, subjects(change.tally for change in changes))))
    parts = [f"Claim by {claimant(context.source)}{f' about {whom}' if whom else ''}."]
    totals = [change for change in changes if change.tally.scope == Scope.TOTAL]
    starts = Counter(start for change in totals if (start := since(change, context)))
    if totals:
        parts.append(f"Total since {figures.day(starts.most_common(1)[0][0])}." if starts else "Running total.")
    if len(totals) < len(changes):
        parts.append("Figures for a period are no totals.")
    parts.append(clean(context.source.caveat))
    return line("text", " ".join(filter(None, parts)))


def other_starts(changes: Sequence[Change], context: Context) -> list[Line]:
    """Return which totals count from another day than most of the list does."""
    totals = [change for change in changes if change.tally.scope == Scope.TOTAL]
    starts = [(change, start) for change in totals if (start := since(change, context))]
    if not starts:
        return []
    usual = Counter(start for _, start in starts).most_common(1)[0][0]
    others: dict[date, list[str]] = {}
    for change, start in starts:
        if start != usual:
            others.setdefault(start, []).append(inside(label(change.tally, context)))
    return [line("text", f"Since {figures.day(start)}: {', '.join(names)}.") for start, names in others.items()]


def posted_line(post: Post, day: date, seen_at: datetime, context: Context) -> Line:
    """Return when the post was published and how long after that it was seen."""
    posted = post.published_at
    if posted is None:
        return line("text", f"Posting time unknown, seen {figures.moment(seen_at, context.zone, dated=True)}.")
    dated = posted.astimezone(context.zone).date() != day
    text = f"Posted {figures.moment(posted, context.zone, dated=dated)}, seen +{figures.lapse(seen_at - posted)}."
    return line("text", text)


def link_line(post: Post, context: Context) -> Line:
    """Return where to read it; without a usable address, the channel and the post's id."""
    href = web_address(post.url)
    if not href:
        return line("link", f"Source: {clean(context.channel.label, NAME_LENGTH)}, post {clean(post.id, NAME_LENGTH)}")
    return Line("link", (Span("Source: "), Span(href.split("://", 1)[1], href=href)))


def quote_line(claim: Claim) -> list[Line]:
    quote = clean(claim.quote)
    return [line("quote", f"«{quote}»")] if quote else []


def within_a_day(change: Change) -> bool:
    """Say whether a figure is compared with another one of its own day."""
    days = [figure.order_date for figure in (change.now, change.before) if figure is not None]
    return len(days) == 2 and None not in days and days[0] == days[1]  # noqa: PLR2004


def has(change: Change, *doubts: Doubt) -> bool:
    return any(doubt in change.doubts for doubt in doubts)
