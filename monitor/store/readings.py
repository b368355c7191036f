"""Readings in and out of their four tables: readings, claims, mentions, unread."""

from __future__ import annotations

import json

from monitor.model import Claim, Mention, Qualifier, Reading, Scope, ScopeBasis, Status, Unread
from monitor.store.connection import Connection
from monitor.store.values import Row, day_or_none, moment_or_none, storable, to_day, to_moment

_QUALIFIERS = {qualifier.value: qualifier for qualifier in Qualifier}
_SCOPES = {scope.value: scope for scope in Scope}
_BASES = {basis.value: basis for basis in ScopeBasis}

_ADD_READING = "INSERT INTO readings (version, parser, status, as_of, ignored) VALUES (?, ?, ?, ?, ?)"
_ADD_CLAIM = "INSERT INTO claims VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_ADD_MENTION = "INSERT INTO mentions VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
_ADD_UNREAD = "INSERT INTO unread VALUES (?, ?, ?, ?, ?)"
_READING = "SELECT status, as_of, parser, ignored FROM readings WHERE id = ?"
_CLAIMS = """
    SELECT category, value, upper, qualifier, delta, scope, scope_basis, since, as_of, window_start, window_end,
           place, subject, claimant, quote, span_start, span_end
    FROM claims WHERE reading = ? ORDER BY line"""
_MENTIONS = "SELECT category, value, why, quote, span_start, span_end FROM mentions WHERE reading = ? ORDER BY line"
_UNREAD = "SELECT text, span_start, span_end FROM unread WHERE reading = ? ORDER BY line"


def add(db: Connection, version: int, reading: Reading) -> int:
    """Store a reading and return its number."""
    ignored = json.dumps(reading.ignored) if reading.ignored else "[]"
    number = db.insert(
        _ADD_READING, (version, reading.parser, reading.status.value, day_or_none(reading.as_of), ignored)
    )
    if reading.claims:
        db.many(_ADD_CLAIM, [_claim_row(number, line, claim) for line, claim in enumerate(reading.claims)])
    if reading.mentions:
        db.many(
            _ADD_MENTION,
            [
                (number, line, one.category, one.value, one.why, storable(one.quote), *one.span)
                for line, one in enumerate(reading.mentions)
            ],
        )
    if reading.unread:
        db.many(
            _ADD_UNREAD,
            [(number, line, storable(one.text), *one.span) for line, one in enumerate(reading.unread)],
        )
    return number


def load(db: Connection, number: int) -> Reading:
    """Return a stored reading, equal to the one that was added."""
    row = db.one(_READING, (number,))
    assert row is not None  # noqa: S101  # the caller has its number from a row that refers to it
    status, as_of, parser, ignored = row
    return Reading(
        Status(status),
        tuple(_claim(row) for row in db.all(_CLAIMS, (number,))),
        tuple(Mention(*row[:4], (row[4], row[5])) for row in db.all(_MENTIONS, (number,))),
        tuple(Unread(text, (start, end)) for text, start, end in db.all(_UNREAD, (number,))),
        () if ignored == "[]" else tuple((name, (start, end)) for name, (start, end) in json.loads(ignored)),
        to_day(as_of),
        parser,
    )


def _claim_row(reading: int, line: int, claim: Claim) -> Row:
    return (
        reading,
        line,
        claim.category,
        claim.value,
        claim.upper,
        claim.qualifier.value,
        claim.delta,
        claim.scope.value,
        claim.scope_basis.value,
        day_or_none(claim.since),
        day_or_none(claim.as_of),
        moment_or_none(claim.window_start),
        moment_or_none(claim.window_end),
        storable(claim.place),
        storable(claim.subject),
        claim.claimant,
        storable(claim.quote),
        *claim.span,
    )


def _claim(row: Row) -> Claim:
    category, value, upper, qualifier, delta, scope, basis, since, as_of, start, end, *rest = row
    place, subject, claimant, quote, span_start, span_end = rest
    return Claim(
        category,
        value,
        upper,
        _QUALIFIERS[qualifier],
        delta,
        _SCOPES[scope],
        _BASES[basis],
        to_day(since),
        to_day(as_of),
        to_moment(start),
        to_moment(end),
        place,
        subject,
        claimant,
        quote,
        (span_start, span_end),
    )
