"""The first line: readable on a lock screen, at most 80 characters."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from monitor.model import Change, Line, Scope, Style
from monitor.render import figures
from monitor.render.clean import cut
from monitor.render.context import Context
from monitor.render.wording import (
    HEADLINE,
    about,
    adjective,
    category,
    claimant,
    inside,
    is_loss,
    label,
    line,
    period,
    subjects,
    verb,
)

_SHORT_NAME = 34  # leaves room for verb, what and the day


def headline(changes: Sequence[Change], day: date, context: Context, marker: str = "") -> Line:
    """Return the first line: claimant, verb, what, as of when; the figure too when one tally changed."""
    return first_line(_whats(changes, context), day, context, marker)


def first_line(whats: Sequence[str], day: date | None, context: Context, marker: str = "") -> Line:
    """Return the fullest first line that fits; a marker outlives a figure, and claimant and day outlive all."""
    dated = f", as of {figures.day(day)}" if day else ""
    full = claimant(context.source)
    for mark in (f"{marker} – ", "") if marker else ("",):
        for name in (full, cut(full, _SHORT_NAME)):
            for what in whats:
                text = f"{mark}{name} {verb(context.source)}: {what}{dated}"
                if len(text) <= HEADLINE:
                    return line("headline", text, Style.BOLD)
    says = f"{cut(full, _SHORT_NAME)} {verb(context.source)}: "
    return line("headline", f"{says}new figures{dated}", Style.BOLD)


def _whats(changes: Sequence[Change], context: Context) -> list[str]:
    """Return ways to say what is reported, the fullest first."""
    found = []
    principal = principals(changes, context)
    if len(principal) == 1:
        found += _single(principal[0], context)
    found += _general(principal or changes, context)
    return found


def principals(changes: Sequence[Change], context: Context) -> list[Change]:
    """Return the changes that are no part of another one here (children among the civilians killed)."""
    present = {(change.tally.subject, change.tally.category) for change in changes}
    return [
        change
        for change in changes
        if (change.tally.subject, category(change.tally.category, context).part_of) not in present
    ]


def _single(change: Change, context: Context) -> list[str]:
    phrase = figure_phrase(change, context)
    if not phrase:
        return []
    tail = _period_tails([change], context)
    difference = f" {figures.signed(change.difference)}" if change.difference is not None else ""
    phrases = dict.fromkeys((f"{phrase}{difference}", phrase, phrase.rsplit(" losses: ", 1)[-1]))
    return [f"{said}{end}" for said in phrases for end in tail]


def figure_phrase(change: Change, context: Context) -> str:
    """Return "Russian losses: tanks 12,251" or "352 civilians killed"; nothing where there is no figure."""
    figure = figures.stated(change)
    if figure is None:
        return ""
    name, whose = inside(label(change.tally, context)), adjective(change.tally.subject)
    if is_loss(change.tally, context):
        return f"{whose} losses: {name} {figures.words(figure)}"
    if whose and whose.lower() not in name.lower():
        name = f"{whose} {name}"
    return f"{name}: {figures.words(figure)}" if figure.value == 1 else f"{figures.words(figure)} {name}"


def _general(changes: Sequence[Change], context: Context) -> list[str]:
    whose = subjects(change.tally for change in changes)
    sides = [adjective(subject) for subject in whose]
    if all(sides) and all(is_loss(change.tally, context) for change in changes):
        what = f"{' and '.join(sides)} losses"
    else:
        named = [about(subject) for subject in whose if subject]
        what = figures.counted(len(changes), "figure") + (f" about {', '.join(named)}" if named else "")
    return [f"{what}{end}" for end in _period_tails(changes, context)]


def _period_tails(changes: Sequence[Change], context: Context) -> list[str]:
    """Return how to say that figures are no totals: the period's name if it is one and the same."""
    if not changes or any(change.tally.scope != Scope.PERIOD for change in changes):
        return [""]
    named = {period(change, context) for change in changes}
    return [f", {named.pop()}", " (not a total)"] if len(named) == 1 else [" (not totals)"]
