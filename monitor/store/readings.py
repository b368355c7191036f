"""Readings in and out: one row each, with claims, mentions and unread text as JSON lists.

What stands where in them is told once more by the views `claims`, `mentions` and `unread`; a field
that is added goes to the end.
"""

from __future__ import annotations

import json

from monitor.model import Claim, Mention, Qualifier, Reading, Scope, ScopeBasis, Status, Unread
from monitor.store.connection import Connection
from monitor.store.values import Row, as_json, day_or_none, moment_text, storable, to_day, to_moment

_QUALIFIERS = {qualifier.value: qualifier for qualifier in Qualifier}
_SCOPES = {scope.value: scope for scope in Scope}
_BASES = {basis.value: basis for basis in ScopeBasis}

READING = "status, claims, mentions, unread, ignored, as_of, parser"
_ADD = f"INSERT INTO readings (version, {READING}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608
_LOAD = f"SELECT {READING} FROM readings WHERE id = ?"  # noqa: S608


def add(db: Connection, version: int, reading: Reading) -> int:
    """Store a reading and return its number."""
    return db.insert(
        _ADD,
        (
            version,
            reading.status.value,
            _listed([_claim_row(claim) for claim in reading.claims]),
            _listed([(one.category, one.value, one.why, one.quote, *one.span) for one in reading.mentions]),
            _listed([(one.text, *one.span) for one in reading.unread]),
            _listed([(rule, *span) for rule, span in reading.ignored]),
            day_or_none(reading.as_of),
            reading.parser,
        ),
    )


def load(db: Connection, number: int) -> Reading:
    """Return a stored reading, equal to the one that was added."""
    row = db.one(_LOAD, (number,))
    assert row is not None  # noqa: S101  # its number comes from a row that refers to it
    return reading_of(row)


def reading_of(row: Row) -> Reading:
    """Return a reading from the columns of `READING`."""
    status, claims, mentions, unread, ignored, as_of, parser = row
    return Reading(
        Status(status),
        tuple(_claim(one) for one in json.loads(claims)),
        tuple(
            Mention(slug, value, why, quote, (start, end))
            for slug, value, why, quote, start, end in json.loads(mentions)
        ),
        tuple(Unread(text, (start, end)) for text, start, end in json.loads(unread)),
        tuple((rule, (start, end)) for rule, start, end in json.loads(ignored)),
        to_day(as_of),
        parser,
    )


def _listed(rows: list[Row]) -> str:
    return storable(as_json(rows)) if rows else "[]"


def _claim_row(claim: Claim) -> Row:
    *words, since, as_of, start, end, place, subject, claimant, quote, span = claim
    return (
        *words,
        since and since.isoformat(),
        as_of and as_of.isoformat(),
        start and moment_text(start),
        end and moment_text(end),
        place,
        subject,
        claimant,
        quote,
        *span,
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
