"""The first line: readable on a lock screen, at most 80 characters."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from monitor.model import Change, ChangeKind, Line, Scope, Style
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
    noun,
    period,
    subjects,
    verb,
)

_SHORT_NAME = 34  # leaves room for verb, what and the day


def headline(changes: Sequence[Change], day: date, context: Context, marker: str = "") -> Line:
    """Return the first line: claimant, verb, what, as of when; the figure too when one tally changed."""
    said = "{} " + verb(context.source) + ":"
    return first_line(([f"{marker} – {said}"] if marker else []) + [said], whats(changes, context), day, context)


def first_line(openings: Sequence[str], phrases: Sequence[str], day: date | None, context: Context) -> Line:
    """Return the fullest first line that fits: an opening with the claimant's name in it, a phrase, the day.

    A marker in the opening outlives a figure; claimant and day outlive all.
    """
    full = claimant(context.source)
    for opening in openings:
        for name in dict.fromkeys((full, cut(full, _SHORT_NAME))):
            for phrase in phrases:
                for dated in _dates(day, phrase):
                    text = f"{opening.replace('{}', name)} {phrase}{dated}"
                    if len(text) <= HEADLINE:
                        return line("headline", text, Style.BOLD)
    return line("headline", f"{cut(full, _SHORT_NAME)} {verb(context.source)}: new figures{_dates(day)[0]}", Style.BOLD)


def _dates(day: date | None, phrase: str = "") -> tuple[str, ...]:
    """Return how to add the day: not at all to a phrase that names it already, as a period's does."""
    if day is None or re.search(rf"(?<!\d){re.escape(figures.day(day))}", phrase):
        return ("",)
    return (f", as of {figures.day(day)}", f", {figures.day(day)}")


def whats(changes: Sequence[Change], context: Context) -> list[str]:
    """Return ways to say what is reported, the fullest first."""
    found = []
    principal = principals(changes, context)
    if len(principal) == 1:
        found += _single(principal[0], context)
    return found + (_losses(changes, context) or _mixed(principal or changes, changes, context))


def principals(changes: Sequence[Change], context: Context) -> list[Change]:
    """Return the changes that are no part of another one here (children among the civilians killed)."""
    present = {(change.tally.subject, change.tally.category) for change in changes}
    return [
        change
        for change in changes
        if (change.tally.subject, category(change.tally.category, context).part_of) not in present
    ]


def _single(change: Change, context: Context) -> list[str]:
    phrase, short = figure_phrase(change, context), short_phrase(change, context)
    if not phrase:
        return []
    moved = change.difference is not None and change.kind in {ChangeKind.RISE, ChangeKind.FALL}
    difference = f" {figures.signed(change.difference or 0)}" if moved else ""
    phrases = dict.fromkeys((f"{phrase}{difference}", phrase, f"{short}{difference}", short))
    return [f"{said}{end}" for said in phrases for end in _period_tails([change], context)]


def figure_phrase(change: Change, context: Context) -> str:
    """Return "Russian losses: tanks 12,251" or "352 civilians killed"; nothing where there is no figure."""
    short, whose = short_phrase(change, context), adjective(change.tally.subject)
    if not short or not whose or whose.lower() in short.lower():
        return short
    if is_loss(change.tally, context):
        return f"{whose} losses: {short}"
    name = noun(change.tally, context)
    return short.replace(name, f"{whose} {name}", 1)


def short_phrase(change: Change, context: Context) -> str:
    """Return the same without a side's name, which the next line gives: "tanks 12,251", "112 drones launched"."""
    figure = figures.stated(change) or change.before
    if figure is None:
        return ""
    if is_loss(change.tally, context):
        return f"{inside(label(change.tally, context))} {figures.words(figure)}"
    name = noun(change.tally, context)
    return f"{name}: {figures.words(figure)}" if figure.value == 1 else f"{figures.words(figure)} {name}"


def _losses(changes: Sequence[Change], context: Context) -> list[str]:
    """Return "Russian losses" where that is what all of the figures are."""
    sides = [adjective(subject) for subject in subjects(change.tally for change in changes)]
    if not all(sides) or not all(is_loss(change.tally, context) for change in changes):
        return []
    return [f"{' and '.join(sides)} losses{end}" for end in _period_tails(changes, context)]


def _mixed(principal: Sequence[Change], changes: Sequence[Change], context: Context) -> list[str]:
    """Return the first figure of a list that has no common name, else how many there are, and about whom."""
    phrases = []
    if len(principal) > 1 and (short := short_phrase(principal[0], context)):
        full = figure_phrase(principal[0], context)
        phrases = [f"{full}; more below", f"{short}; more below", f"{short}; more"]
    count = figures.counted(len(changes), "figure")
    named = [about(subject) for subject in subjects(change.tally for change in changes) if subject]
    phrases += [f"{count} about {' and '.join(named)}"] if named else []
    tails = _period_tails(changes, context)
    return [f"{phrase}{tails[-1]}" for phrase in [*phrases, count]]


def _period_tails(changes: Sequence[Change], context: Context) -> list[str]:
    """Return how to say that figures are no totals: the period's name if it is one and the same."""
    if not changes or any(change.tally.scope != Scope.PERIOD for change in changes):
        return [""]
    named = {period(change, context) for change in changes}
    plainly = " (not a total)" if len(changes) == 1 else " (not totals)"
    return [f", {named.pop()}", plainly] if len(named) == 1 else [plainly]
