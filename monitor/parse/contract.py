"""The contract of `monitor parse --jsonl`: one JSON object a line in, one a line out, without any configuration."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Protocol

from monitor.errors import InputError
from monitor.model import Claim, Post, Reading, Source
from monitor.parse.reader import Grammar, read


class SupportsWrite(Protocol):
    def write(self, text: str, /) -> object: ...
    def flush(self) -> object: ...


def stream(
    lines: Iterable[str],
    grammar: Grammar,
    sources: Mapping[str, Source],
    out: SupportsWrite,
    forced: Source | None = None,
) -> int:
    """Answer line by line, in the same order; return how many lines were no such object."""
    failed = 0
    for line in lines:
        if not line.strip():
            continue
        try:
            answer = parse_line(line, grammar, sources, forced)
        except InputError as error:
            failed += 1
            answer = {"id": None, "error": str(error)}
        out.write(json.dumps(answer, ensure_ascii=False).encode("utf-8", "replace").decode() + "\n")
        out.flush()
    return failed


def parse_line(
    line: str, grammar: Grammar, sources: Mapping[str, Source] | None = None, forced: Source | None = None
) -> dict[str, Any]:
    """Read one line of JSON Lines and return the answer as plain data.

    `sources` are found by the object's "source" or "channel", unless one is `forced`. Raises InputError
    where the line is no object with "id" and "text", or one of its fields is not what it should be.
    """
    try:
        given = json.loads(line)
    except ValueError as error:
        raise InputError(f"not JSON: {error}") from error
    post = post_of(given)
    known = sources or {}
    source = forced or known.get(str(given.get("source", ""))) or known.get(post.channel)
    return {"id": given["id"], **as_data(read(post, grammar, source))}


def post_of(given: object) -> Post:
    """Make a post of a parsed object. `title` repeats the text's first line and is not read again."""
    if not isinstance(given, dict):
        raise InputError("not an object")
    if isinstance(given.get("id"), bool) or not isinstance(given.get("id"), str | int):
        raise InputError('"id" is missing, or neither text nor a whole number')
    if not isinstance(given.get("text"), str):
        raise InputError('"text" is missing or no text')
    return Post(
        channel=str(given.get("channel") or ""),
        id=str(given["id"]),
        text=given["text"],
        published_at=_moment(given.get("published_at")),
        title=str(given.get("title") or ""),
        lang=str(given.get("lang") or ""),
        media=_media(given.get("media")),
        forwarded_from=str(given["forwarded_from"]) if given.get("forwarded_from") else None,
    )


def _moment(written: object) -> datetime | None:
    if written is None or written == "":
        return None
    if not isinstance(written, str):
        raise InputError('"published_at" is no text')
    try:
        moment = datetime.fromisoformat(written)
    except ValueError as error:
        raise InputError(f'"published_at" is no ISO date: {written[:40]!r}') from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _media(written: object) -> tuple[str, ...]:
    if not written:
        return ()
    if isinstance(written, str):
        return (written,)
    if isinstance(written, list):
        return tuple(str(one) for one in written)
    raise InputError('"media" is no list')


def as_data(reading: Reading) -> dict[str, Any]:
    """Return a reading as plain data: enums as their values, dates as ISO text."""
    return {
        "status": reading.status.value,
        "claims": [_claim(claim) for claim in reading.claims],
        "mentions": [
            {"category": m.category, "value": m.value, "why": m.why, "quote": m.quote, "span": list(m.span)}
            for m in reading.mentions
        ],
        "unread": [{"text": unread.text, "span": list(unread.span)} for unread in reading.unread],
    }


def _claim(claim: Claim) -> dict[str, Any]:
    return {
        "category": claim.category,
        "value": claim.value,
        "upper": claim.upper,
        "qualifier": claim.qualifier.value,
        "delta": claim.delta,
        "scope": claim.scope.value,
        "scope_basis": claim.scope_basis.value,
        "since": claim.since.isoformat() if claim.since else None,
        "as_of": claim.as_of.isoformat() if claim.as_of else None,
        "window_start": claim.window_start.isoformat() if claim.window_start else None,
        "window_end": claim.window_end.isoformat() if claim.window_end else None,
        "place": claim.place,
        "subject": claim.subject,
        "claimant": claim.claimant,
        "quote": claim.quote,
        "span": list(claim.span),
    }
