"""What happens to an alert after it went out: edits, withdrawals, conflicts, the same figures elsewhere."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from monitor.model import (
    Alert,
    Change,
    ChangeKind,
    Figure,
    Line,
    Post,
    Severity,
    Span,
    Style,
    alert_name,
)
from monitor.render import figures
from monitor.render.clean import NAME_LENGTH, clean, cut_columns, web_address
from monitor.render.context import Context
from monitor.render.flags import flags
from monitor.render.headlines import first_line, whats
from monitor.render.rows import WIDTH, fold
from monitor.render.sentences import edited_text
from monitor.render.wording import (
    HEADLINE,
    as_of,
    claim_line,
    inside,
    label,
    line,
    link_line,
    quote_line,
    verb,
)

_SAME = "Same figures: "
_QUOTED = 3  # lines quoted in full


def correction(
    post: Post,
    changes: Sequence[Change],
    severity: Severity,
    reason: str,
    context: Context,
    *,
    root: Alert,
    root_at: datetime,
    seen_at: datetime,
) -> Alert:
    """Return the reply to an alert whose post was edited, or which we misread.

    `root_at` is when that alert went out. Was and now stand side by side; both versions are kept.
    """
    day = as_of(changes, post, seen_at, context)
    misread = all(change.kind is ChangeKind.REREAD for change in changes)
    flagged = flags(changes, day, context)
    lines = [
        first_line(_openings(changes, context), whats(changes, context), day, context),
        claim_line(changes, context),
        line("flag", _what_happened(post, seen_at, misread=misread), Style.BOLD),
        *flagged,
        *(part for change in changes for part in _was_and_now(change, context)),
        *([] if misread else [quote for quote in _quotes(changes) if quote not in flagged]),
        line("text", f"You were alerted at {_at(root_at, seen_at, context)} with {_earlier(root, changes)}."),
        line("text", "Both readings are kept." if misread else "Both versions are kept."),
        link_line(post, context),
    ]
    return Alert(
        severity,
        reason,
        context.source.key,
        tuple(lines),
        copy_text="" if misread else edited_text(changes, day, context),
        link=web_address(post.url),
        channel=post.channel,
        post=post.id,
        reply_to=root.number,
        posted_at=post.published_at,
    )


def corrected(root: Alert, changes: Sequence[Change], context: Context, *, at: datetime) -> Alert:
    """Return the alert that went out, its old figures struck through and the new ones below them.

    Who had the same figures is left out: they are the same no longer.
    """
    misread = bool(changes) and all(change.kind is ChangeKind.REREAD for change in changes)
    lines = [old for old in root.lines if not old.text.startswith(_SAME)]
    for change in changes:
        lines = _struck(lines, change, context)
    who = "misread by us, corrected" if misread else "edited by source"
    lines.insert(1, line("flag", f"{who} {figures.moment(at, context.zone)}, see reply", Style.BOLD))
    days = [change.before.order_date for change in changes if change.before and change.before.order_date]
    text = "" if misread or not days else edited_text(changes, max(days), context)
    return replace(root, lines=tuple(lines), copy_text=text)


def same_figures(root: Alert, label: str) -> Alert:
    """Return the alert with one more place where the same figures stand; naming it twice changes nothing."""
    name = clean(label, NAME_LENGTH)
    lines = list(root.lines)
    for index, old in enumerate(lines):
        if old.text.startswith(_SAME):
            names = old.text.removeprefix(_SAME).split(", ")
            lines[index] = line("text", _SAME + ", ".join([*names, *([] if name in names else [name])]))
            return replace(root, lines=tuple(lines))
    at = next((index for index, old in enumerate(lines) if old.kind == "link"), len(lines))
    lines.insert(at, line("text", f"{_SAME}{name}"))
    return replace(root, lines=tuple(lines))


# ── the reply ─────────────────────────────────────────────────────────────────────────────


def _openings(changes: Sequence[Change], context: Context) -> list[str]:
    """Return how the first line begins: what was done, and by whom."""
    kinds = {change.kind for change in changes}
    if kinds == {ChangeKind.REREAD}:
        return [f"WE MISREAD – {{}} {verb(context.source)}:", "WE MISREAD {}:"]
    return ["WITHDRAWN by {}:" if kinds == {ChangeKind.WITHDRAWN} else "EDITED by {}:"]


def _what_happened(post: Post, seen_at: datetime, *, misread: bool) -> str:
    if misread:
        return "Our reading was wrong; the post has not changed."
    if post.published_at is None:
        return "Edited after posting."
    if post.edited_at is None:
        return f"Edit seen {figures.lapse(seen_at - post.published_at)} after posting."
    return f"Edited {figures.lapse(post.edited_at - post.published_at)} after posting."


def _was_and_now(change: Change, context: Context) -> list[Line]:
    """Return a changed line of the post: was, now; or that it is gone, or that it was not there before.

    Without the difference between the two: in brackets it would read like a day's change.
    """
    now = figures.stated(change)
    cells = [label(change.tally, context)]
    printed = figures.signed(change.claim.delta) if change.claim and change.claim.delta is not None else ""
    if now and change.before and figures.words(now) == figures.words(change.before):
        cells += [f"still {figures.words(now)},", f"post now prints {printed or 'no change'}"]
        return [line("row", part) for part in fold(cells)]
    cells.append(f"was {figures.words(change.before)}{' →' if now else ''}" if change.before else "not there before,")
    cells.append(f"now {figures.words(now)}" if now else "no longer in the post")
    if now is not None and change.claim and change.claim.delta != change.printed_before and printed:
        cells.append(f"post prints {printed}")
    return [line("row", part) for part in fold(cells)]


def _quotes(changes: Sequence[Change]) -> list[Line]:
    """Return the lines as they stand now; beyond a few the rows say enough."""
    stated = [change.claim for change in changes if change.claim and change.kind is not ChangeKind.WITHDRAWN]
    return [quote for claim in stated for quote in quote_line(claim)] if len(stated) <= _QUOTED else []


def _at(root_at: datetime, seen_at: datetime, context: Context) -> str:
    dated = root_at.astimezone(context.zone).date() != seen_at.astimezone(context.zone).date()
    return figures.moment(root_at, context.zone, dated=dated)


def _earlier(root: Alert, changes: Sequence[Change]) -> str:
    which = "the earlier figure" if len(changes) == 1 else "the earlier figures"
    return f"{which} ({alert_name(root.number)})" if root.number is not None else which


# ── the alert that went out ───────────────────────────────────────────────────────────────


def _struck(lines: list[Line], change: Change, context: Context) -> list[Line]:
    """Return the lines with this change's old figure struck through wherever it stands, and the new one below."""
    name, now = label(change.tally, context), figures.stated(change)
    new = [line("row", part) for part in fold([name, figures.words(now) if now else "no longer in the post"])]
    if change.before is None:
        at = _after_table(lines)
        return [*lines[:at], *new, *lines[at:]]
    old, result, placed = figures.words(change.before), list[Line](), False
    for block in _blocks(lines):
        if block[0].kind in {"row", "flag"} and _tells(block, name, old):
            result += [_all_struck(part) for part in block] + new
            placed = True
        else:
            result += [_struck_inside(part, inside(name), old, now) for part in block]
    if not placed:
        at = _after_table(result)
        result[at:at] = [*(_all_struck(line("row", part)) for part in fold([name, old])), *new]
    return result


def _blocks(lines: Sequence[Line]) -> list[list[Line]]:
    """Return the lines in groups: a row or a doubt with the lines that belong to it, anything else alone."""
    blocks: list[list[Line]] = []
    for part in lines:
        if blocks and _continues(part, blocks[-1][0]):
            blocks[-1].append(part)
        else:
            blocks.append([part])
    return blocks


def _continues(part: Line, first: Line) -> bool:
    """Say whether a line is an indented row below its row, or a quote or reason below a CHECK; reasons are not bold."""
    if first.kind == "row":
        return part.kind == "row" and part.text.startswith("  ")
    if first.kind != "flag" or not first.text.startswith("CHECK: "):
        return False
    return part.kind == "quote" or (part.kind == "flag" and all(span.style is not Style.BOLD for span in part.spans))


def _tells(block: Sequence[Line], name: str, old: str) -> bool:
    """Say whether these lines give this figure for this label, and are not struck through already."""
    if any(span.style is Style.STRIKE for part in block for span in part.spans):
        return False
    text = " ".join(" ".join(part.text for part in block).split())
    names = "|".join(re.escape(form) for form in {name, cut_columns(name, WIDTH)})
    return re.match(rf"(! |CHECK: )?({names})( \([^)]*\))?:? (.*→ |post says )?{_exactly(old)}", text) is not None


def _exactly(figure: str) -> str:
    return rf"(?<![\d,-]){re.escape(figure)}(?![\d-]|,\d)"


def _all_struck(part: Line) -> Line:
    return part._replace(spans=tuple(span._replace(style=Style.STRIKE) for span in part.spans))


def _struck_inside(part: Line, name: str, old: str, now: Figure | None) -> Line:
    """Return a headline or a list of unchanged lines with the old figure struck through in place."""
    figure = rf"{_exactly(old)}( \([+-][\d,]+\))?"
    found = re.search(rf"(?<=\b{re.escape(name)} ){figure}|{figure}(?= (\w+ ){{0,2}}{re.escape(name)})", part.text)
    if found is None or len(part.spans) != 1 or part.kind not in {"headline", "text"}:
        return part
    span, before, after = part.spans[0], part.text[: found.start()], part.text[found.end() :]
    new = f" {figures.words(now)}" if now else ""
    for gone, added in ((found.group(), new), (old, new)):
        if part.kind != "headline" or len(before + gone + added + after) <= HEADLINE:
            break
    else:
        gone, added = found.group(), ""  # the row shows the new figure
    pieces = (span._replace(text=before), Span(gone, Style.STRIKE), span._replace(text=added + after))
    return part._replace(spans=pieces)


def _after_table(lines: Sequence[Line]) -> int:
    return max((index for index, part in enumerate(lines) if part.kind in {"row", "flag"}), default=1) + 1
