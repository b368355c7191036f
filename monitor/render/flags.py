"""What stands above the table of an alert, because nobody may overlook it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from monitor.model import Change, ChangeKind, Doubt, Line, Style
from monitor.render import figures
from monitor.render.clean import clean
from monitor.render.context import Context
from monitor.render.rows import is_restated
from monitor.render.wording import about, category, has, inside, label, line, quote_line, subjects

_QUOTED = 3  # mismatches quoted in full; beyond that the rows show what the post prints, and quotes would bury them


def is_headed(change: Change, context: Context) -> bool:
    """Say whether a change is told as a flag of its own, so that the table need not repeat it."""
    if change.provisional:
        return True
    if change.kind is ChangeKind.NEW and (change.note or category(change.tally.category, context).first_is_news):
        return True
    return _is_rare(change, context) and not is_restated(change)


def marker(changes: Sequence[Change]) -> str:
    """Return the word that goes before the first line: something needs a person, or was restated."""
    if any(change.provisional or has(change, Doubt.DIGIT_SLIP, Doubt.OUT_OF_RANGE, Doubt.JUMPED) for change in changes):
        return "CHECK"
    if any(change.kind is ChangeKind.FALL for change in changes):
        return "RESTATED"
    return "DOES NOT ADD UP" if any(is_restated(change) for change in changes) else ""


def flags(changes: Sequence[Change], day: date, context: Context) -> list[Line]:
    """Return the flags of one post, the gravest first, each with the original line where there is a doubt."""
    names = _names(changes, context)
    lines = [part for change in changes for part in _doubtful(change, names[change], context)]
    lines += _of_the_post(changes, day)
    lines += _restatements(changes)
    lines += [
        _flag(f"! {names[change]} {_with_difference(change)}")
        for change in changes
        if is_headed(change, context) and not change.provisional and not change.note
    ]
    lines += [_flag(_noted(change, names[change], context)) for change in changes if change.note and _is_told(change)]
    return lines + _missing(changes, context)


def _flag(text: str) -> Line:
    return line("flag", text, Style.BOLD)


def _names(changes: Sequence[Change], context: Context) -> dict[Change, str]:
    """Return what each change is called here: with its subject where the post speaks of several."""
    several = len(subjects(change.tally for change in changes)) > 1
    return {
        change: f"{label(change.tally, context)} ({about(change.tally.subject)})"
        if several and change.tally.subject
        else label(change.tally, context)
        for change in changes
    }


def _is_told(change: Change) -> bool:
    return change.kind is not ChangeKind.MISSING


def _is_rare(change: Change, context: Context) -> bool:
    moved = change.kind in {ChangeKind.NEW, ChangeKind.RISE, ChangeKind.FALL}
    return moved and category(change.tally.category, context).rare


def _with_difference(change: Change) -> str:
    now = figures.stated(change)
    value = figures.words(now) if now else ""
    if change.kind is ChangeKind.NEW:
        return f"{value}, first figure"
    return value if change.difference is None else f"{value} {figures.signed(change.difference)}"


def _noted(change: Change, name: str, context: Context) -> str:
    """Return a change's note, with the figure where no row gives it."""
    now, note = figures.stated(change), clean(change.note)
    return f"{name} {figures.words(now)}: {note}" if now and is_headed(change, context) else f"{name}: {note}"


# ── doubts about one line ─────────────────────────────────────────────────────────────────


def _doubtful(change: Change, name: str, context: Context) -> list[Line]:
    """Return CHECK, the original line, and what would fit."""
    reasons = _reasons(change, context)
    if not reasons:
        return []
    lines = [_flag(f"CHECK: {name}: {reasons[0]}"), *(line("flag", reason) for reason in reasons[1:])]
    if change.claim is not None:
        lines[1:1] = quote_line(change.claim)
    if change.provisional:
        base = f": {figures.words(change.before)} stays the base" if change.before else ""
        lines.append(line("flag", f"Shown, not counted yet{base} until this is settled."))
    return lines


def _reasons(change: Change, context: Context) -> list[str]:
    read = _against_before(change)
    reasons = []
    if has(change, Doubt.OUT_OF_RANGE, Doubt.DIGIT_SLIP) or change.provisional:
        reasons.append(read)
    if change.suggestion is not None:
        fits = "would fit the printed change" if change.claim and change.claim.delta is not None else "would fit"
        reasons.append(f"{change.suggestion:,} {fits}.")
    if has(change, Doubt.OUT_OF_RANGE) and change.suggestion is None:
        reasons.append("This is outside what the series has shown so far.")
    if has(change, Doubt.JUMPED):
        reasons += [read] if not reasons else []
        reasons.append("More than three times the largest daily rise of the 60 reports before.")
    if has(change, Doubt.PARTS_EXCEED_TOTAL):
        whole = category(category(change.tally.category, context).part_of, context).label
        reasons.append(f"{read}; more than the total it is part of" + (f" ({inside(clean(whole))})" if whole else ""))
    return reasons


def _against_before(change: Change) -> str:
    now = figures.stated(change)
    text = f"post says {figures.words(now)}" if now else "post gives no figure"
    if change.before is None:
        return text
    of = f" of {figures.day(change.before.order_date)}" if change.before.order_date else ""
    difference = change.difference
    if difference is None and now is not None:
        difference = now.value - change.before.value
    shown = f" {figures.signed(difference)}" if difference is not None else ""
    return f"{text}, held {figures.words(change.before)}{of}{shown}"


# ── about the post as a whole ─────────────────────────────────────────────────────────────


def _of_the_post(changes: Sequence[Change], day: date) -> list[Line]:
    lines = []
    odd = next((change for change in changes if has(change, Doubt.ODD_DATE)), None)
    if odd is not None:
        stands = odd.claim if odd.kind is not ChangeKind.WITHDRAWN else None  # that claim is of the earlier version
        printed = f", {figures.day(stands.as_of)}," if stands and stands.as_of else ""
        lines.append(_flag(f"CHECK: the post's own date{printed} does not fit; counted for {figures.day(day)}."))
    if any(has(change, Doubt.SCOPE_UNSURE) for change in changes):
        lines.append(_flag("CHECK: the post does not say whether these are totals or the figures of a period."))
    return lines


def _restatements(changes: Sequence[Change]) -> list[Line]:
    """Return how many totals fell and how many printed changes do not fit, and the lines behind a few."""
    fell = [change for change in changes if change.kind is ChangeKind.FALL and not change.provisional]
    differ = [change for change in changes if has(change, Doubt.DELTA_MISMATCH) and not change.provisional]
    if not fell and not differ:
        return []
    parts = []
    if fell:
        parts.append(f"{figures.counted(len(fell), 'total')} went down")
    if differ:
        verb = "does" if len(differ) == 1 else "do"
        parts.append(f"{figures.counted(len(differ), 'printed change')} {verb} not match the totals")
    lines = [_flag("; ".join(parts) + ".")]
    doubted = differ or fell
    if len(doubted) <= _QUOTED:
        lines += [quote for change in doubted if change.claim for quote in quote_line(change.claim)]
    return [*lines, line("flag", "Do not report these differences as the day's change.")]


def _missing(changes: Sequence[Change], context: Context) -> list[Line]:
    """Return the lines that are absent, and those that stand there without a number."""
    absent = [change for change in changes if change.kind is ChangeKind.MISSING]
    lines = []
    empty = [change for change in absent if change.claim is not None]
    for change in empty:
        lines.append(_flag(f"Not read: {inside(label(change.tally, context))}, no number in the line"))
        lines += quote_line(change.claim) if change.claim else []
    gone = [inside(label(change.tally, context)) for change in absent if change.claim is None]
    if gone:
        lines.append(_flag(f"Absent: {', '.join(gone)}"))
    if absent:
        lines.append(line("flag", "Earlier figures are not repeated for these, and they are not taken as zero."))
    return lines
