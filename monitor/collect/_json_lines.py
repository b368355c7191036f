"""JSON Lines → posts: one object a line with `id`, `text` and `published_at`; oldest first, whatever their order."""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator, Mapping
from datetime import UTC, datetime, time
from pathlib import Path
from typing import BinaryIO, NamedTuple

from monitor.errors import InputError
from monitor.model import Channel, Post, id_order

LONGEST_LINE = 4_000_000  # bytes
_DATE_LENGTH = len("2026-08-08")
_Key = tuple[datetime, tuple[int, int, str]]


class _Line(NamedTuple):
    number: int
    offset: int
    content: bytes


class _Unusable(ValueError):
    """What is wrong with one line, in words for a person."""


def read_lines(path: Path, channel: Channel) -> Iterator[Post | InputError]:
    """Yield posts oldest first, and a fault for each line that is no post.

    The file is read twice: first to find the faults and whether it is sorted. Only an unsorted file
    costs memory, some hundred bytes a line.
    """
    with path.open("rb") as file:
        in_order = yield from _faults(file, path, channel)
        if in_order:
            file.seek(0)
            yield from (post for _, post in _good(file, channel))
            return
        file.seek(0)
        for _, offset in sorted((_key(post), line.offset) for line, post in _good(file, channel)):
            file.seek(offset)
            yield _post(file.readline(LONGEST_LINE), channel)


def _faults(file: BinaryIO, path: Path, channel: Channel) -> Generator[InputError, None, bool]:
    """Yield what is wrong, and return whether the posts are in order."""
    in_order, before, read = True, None, 0
    for line in _lines(file):
        read += 1
        try:
            key = _key(_post(line.content, channel))
        except _Unusable as error:
            yield InputError(f"{path}, line {line.number}: {error}. This line was left out; the others are read.")
            continue
        in_order = in_order and (before is None or before <= key)
        before = key
    if not read:
        yield InputError(f"{path}: the file is empty. Nothing was read.")
    return in_order


def _good(file: BinaryIO, channel: Channel) -> Iterator[tuple[_Line, Post]]:
    for line in _lines(file):
        try:
            post = _post(line.content, channel)
        except _Unusable:
            continue  # reported by the first reading
        yield line, post


def _lines(file: BinaryIO) -> Iterator[_Line]:
    """Yield lines that are not blank; one that is too long comes cut short."""
    number = 0
    offset = file.tell()
    while content := file.readline(LONGEST_LINE):
        number += 1
        if content.strip(b" \t\r\n\xef\xbb\xbf"):
            yield _Line(number, offset, content)
        while len(content) == LONGEST_LINE and not content.endswith(b"\n"):
            content = file.readline(LONGEST_LINE)
        offset = file.tell()


def _key(post: Post) -> _Key:
    assert post.published_at is not None  # noqa: S101 - _post refuses a post without
    return post.published_at, id_order(post.id)


def _post(line: bytes, channel: Channel) -> Post:
    fields = _object(line)
    native = fields.get("id")
    if isinstance(native, bool) or not isinstance(native, int | str) or not str(native).strip():
        raise _Unusable("the id is missing: every post needs one, a number or a text")
    if not isinstance(fields.get("text"), str):
        raise _Unusable("the text is missing or no string")
    _check_channel(fields.get("channel"), channel)
    edited_at = fields.get("edited_at")
    return Post(
        channel=channel.key,
        id=str(native).strip(),
        text=_string(fields, "text"),
        published_at=_moment(fields.get("published_at"), "published_at"),
        edited_at=None if edited_at is None else _moment(edited_at, "edited_at"),
        url=_string(fields, "url"),
        title=_string(fields, "title"),
        lang=_string(fields, "lang"),
        media=_media(fields.get("media")),
    )


def _object(line: bytes) -> Mapping[str, object]:
    if len(line) == LONGEST_LINE and not line.endswith(b"\n"):
        raise _Unusable(f"the line is longer than {LONGEST_LINE / 1e6:g} MB")
    try:
        fields = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise _Unusable(f"byte {error.start + 1} is not UTF-8") from error
    except json.JSONDecodeError as error:
        raise _Unusable(f"no JSON at character {error.pos + 1} ({error.msg})") from error
    except (ValueError, RecursionError) as error:
        raise _Unusable(f"no usable JSON ({type(error).__name__})") from error
    if not isinstance(fields, dict):
        raise _Unusable('one object a line is expected, as in {"id": 1, "text": "…", "published_at": "…"}')
    return fields


def _string(fields: Mapping[str, object], name: str) -> str:
    value = fields.get(name)
    text = "" if value is None else str(value)
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise _Unusable(f"{name} holds half a character (a lone surrogate)") from error
    return text


def _moment(value: object, name: str) -> datetime:
    """Read an ISO moment with its zone. A bare date is taken as noon UTC, which is that day almost everywhere."""
    if not value:
        raise _Unusable(f"{name} is missing: without it a post has no place in time")
    text = str(value)
    try:
        moment = datetime.fromisoformat(text)
        if len(text) == _DATE_LENGTH:
            moment = datetime.combine(moment.date(), time(12), UTC)
        if moment.tzinfo is not None:
            return moment.astimezone(UTC)
        problem = "has no zone"
    except (ValueError, OverflowError):
        problem = "is no moment"
    raise _Unusable(f"{name} {text[:40]!r} {problem}; write it as 2026-08-08T06:00:00+00:00")


def _media(value: object) -> tuple[str, ...]:
    if not value:
        return ()
    return tuple(map(str, value)) if isinstance(value, list) else (str(value),)


def _check_channel(value: object, channel: Channel) -> None:
    """Refuse a post of another channel: it would be told in the wrong publisher's name."""
    if not value:
        return
    said = str(value).strip().casefold().removeprefix("https://").removeprefix("@")
    if said not in {name.casefold() for name in (channel.key, channel.address, channel.label, channel.source)}:
        raise _Unusable(
            f"it is of channel {str(value)[:80]!r}, not {channel.address}; name that channel, or remove the field"
        )
