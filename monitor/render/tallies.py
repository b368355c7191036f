"""One post's message: what changed, first what nobody may overlook."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from monitor.model import Alert, Change, ChangeKind, Doubt, Line, Post, Severity, Style, Unread
from monitor.render import figures
from monitor.render.clean import clean, web_address
from monitor.render.context import Context
from monitor.render.flags import flags, is_headed, marker
from monitor.render.headlines import headline
from monitor.render.rows import is_shown, table
from monitor.render.sentences import copy_text
from monitor.render.wording import (
    as_of,
    category,
    claim_line,
    has,
    inside,
    label,
    line,
    link_line,
    other_starts,
    posted_line,
    subjects,
    within_a_day,
)

_QUOTED = 3
_NEWS = (ChangeKind.NEW, ChangeKind.RISE, ChangeKind.FALL, ChangeKind.REFINED, ChangeKind.REPORTED)


def tally(
    post: Post,
    changes: Sequence[Change],
    severity: Severity,
    reason: str,
    context: Context,
    *,
    seen_at: datetime,
    unread: Sequence[Unread] = (),
) -> Alert:
    """Return the message about one post: headline, claim, flags, table, what did not change, when and where.

    Changes that are no news here (repeated, recalled, backdated) have no row; unchanged ones are
    counted. `unread` are the lines with a digit that no rule took: a new line may be among them.
    """
    told = [change for change in changes if change.kind in _NEWS]
    day = as_of(changes, post, seen_at, context)
    several = len(subjects(change.tally for change in changes)) > 1
    lines = [
        headline(told or changes, day, context, marker(changes)),
        claim_line(told or changes, context),
        *flags(changes, day, context),
        *_unread(unread),
        *_all_new(told),
        *table([change for change in changes if not is_headed(change, context)], context, several=several),
        *_unchanged(changes, context),
        *_parts(told, context),
        *_covered(told, context),
        *_printed(changes),
        *other_starts(told, context),
        posted_line(post, day, seen_at, context),
        link_line(post, context),
    ]
    return Alert(
        severity,
        reason,
        context.source.key,
        tuple(lines),
        copy_text=copy_text(changes, post, seen_at, context),
        link=web_address(post.url),
        channel=post.channel,
        post=post.id,
        posted_at=post.published_at,
    )


def _unread(unread: Sequence[Unread]) -> list[Line]:
    """Return lines with figures that have no place: nothing is computed from them, and a person should look."""
    texts = [text for part in unread if (text := clean(part.text))]
    if not texts:
        return []
    lines = [line("flag", f"Not understood: {figures.counted(len(texts), 'line')} with a figure", Style.BOLD)]
    lines += [line("quote", f"«{text}»") for text in texts[:_QUOTED]]
    if len(texts) > _QUOTED:
        lines.append(line("flag", f"and {len(texts) - _QUOTED} more: monitor unread"))
    return lines


def _all_new(told: Sequence[Change]) -> list[Line]:
    if told and all(change.kind is ChangeKind.NEW for change in told):
        return [line("text", "First figure: nothing to compare with." if len(told) == 1 else _FIRST)]
    return []


_FIRST = "First figures: nothing to compare with."


def _unchanged(changes: Sequence[Change], context: Context) -> list[Line]:
    """Return the lines stated again with the same figure."""
    same = [
        f"{inside(label(change.tally, context))} {figures.words(now)}"
        for change in changes
        if change.kind is ChangeKind.UNCHANGED and not is_shown(change) and (now := figures.stated(change))
    ]
    return [line("text", f"No change: {', '.join(same)}")] if same else []


def _parts(told: Sequence[Change], context: Context) -> list[Line]:
    """Return which figures are contained in another one here, so that nobody adds them up."""
    present = {(change.tally.subject, change.tally.category): change for change in told}
    lines = []
    for change in told:
        whole = present.get((change.tally.subject, category(change.tally.category, context).part_of))
        if whole is not None:
            part, among = label(change.tally, context), inside(label(whole.tally, context))
            lines.append(line("text", f"{part}: among the {among}, not in addition."))
    return lines


def _covered(told: Sequence[Change], context: Context) -> list[Line]:
    """Return over how many days the differences run, where that is not the source's usual pace."""
    spans: dict[int, list[str]] = {}
    for change in told:
        if change.covers_days is not None and change.difference is not None:
            spans.setdefault(change.covers_days, []).append(inside(label(change.tally, context)))
    compared = sum(change.difference is not None for change in told)
    again = [inside(label(one.tally, context)) for one in told if one.difference is not None and within_a_day(one)]
    lines = [line("text", f"The difference is to an earlier post of the same day{_which(again, compared)}.")]
    return [
        *(lines if again else []),
        *(
            line("text", f"The difference covers {figures.counted(days, 'day')}" + _which(names, compared) + ".")
            for days, names in sorted(spans.items())
        ),
    ]


def _which(names: Sequence[str], compared: int) -> str:
    return "" if len(names) == compared else f": {', '.join(names)}"


def _printed(changes: Sequence[Change]) -> list[Line]:
    """Return how many of the changes that the post prints fit our totals."""
    checked = [
        change
        for change in changes
        if change.claim is not None
        and change.claim.delta is not None
        and change.computed is not None
        and change.covers_days is None
    ]
    if not checked:
        return []
    fit = sum(not change.provisional and not has(change, Doubt.DELTA_MISMATCH) for change in checked)
    return [line("text", f"Printed changes match our totals ({fit} of {len(checked)}).")] if fit else []
