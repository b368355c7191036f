"""Telegram Desktop's `result.json` → posts.

The form is what `Telegram/SourceFiles/export/output/export_output_json.cpp` of
https://github.com/telegramdesktop/tdesktop writes: one chat, or a whole account with its chats. The
export knows no albums; neighbouring media messages of one second are put together, because the other
routes know an album by its first id.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from monitor.collect._json_stream import Broken, CutOff, JsonStream
from monitor.errors import InputError
from monitor.model import Channel, Post

_LARGEST_ALBUM = 10
_MEDIA_TYPES = {"video_file": "video", "video_message": "video", "voice_message": "voice", "audio_file": "audio"}
_SHOWN_CHATS = 20


class _Chat(NamedTuple):
    name: str
    number: str
    alone: bool  # the file holds this chat and nothing else

    def __str__(self) -> str:
        return f"{self.name or '(no name)'} ({self.number})"


class _Unusable(ValueError):
    """What is wrong with one message, in words for a person."""


def read_export(path: Path, channel: Channel, chat: str) -> Iterator[Post | InputError]:
    """Yield the posts of one chat, oldest first, and a fault for each message that could not be read.

    `chat` is the chat's name or number and is needed where the file holds several. Raises `InputError`
    if it is needed and missing, or not in the file.
    """
    chosen = _choose(path, chat)
    with path.open(encoding="utf-8-sig", errors="surrogateescape") as file:
        yield from _albums(_posts(JsonStream(file), path, chosen, channel))


def _choose(path: Path, chat: str) -> _Chat:
    chats: list[_Chat] = []
    with path.open(encoding="utf-8-sig", errors="surrogateescape") as file, suppress(CutOff, Broken):
        stream = JsonStream(file)
        for found in _chats(stream):
            chats.append(found)
            if found.alone:
                break
            for _ in stream.elements():
                stream.skip()
    wanted = [found for found in chats if chat.casefold() in {found.name.casefold(), found.number}] if chat else chats
    if len(wanted) == 1:
        return wanted[0]
    if not chats:
        raise InputError(
            f"{path}: no chat with messages was found. Nothing was read. Export the channel again as JSON."
        )
    problem = f"it holds no chat {chat!r}" if chat and not wanted else "it holds several chats"
    shown = "; ".join(map(str, (wanted or chats)[:_SHOWN_CHATS]))
    raise InputError(f"{path}: {problem}. Nothing was read. Name one of these by its number: {shown}.")


def _chats(stream: JsonStream, *, alone: bool = True) -> Iterator[_Chat]:
    """Yield each chat when the stream stands before its messages; the caller takes them before the next."""
    head = {"name": "", "id": ""}
    for key in stream.members():
        if key == "messages" and stream.at_array():
            yield _Chat(head["name"], head["id"], alone)
        elif alone and key in {"chats", "left_chats"} and stream.at_object():
            for inner in stream.members():
                if inner == "list" and stream.at_array():
                    for _ in stream.elements():
                        yield from _chats(stream, alone=False)
                else:
                    stream.skip()
        elif key in head:
            value = stream.value()
            head[key] = "" if value is None else str(value)
        else:
            stream.skip()


def _posts(stream: JsonStream, path: Path, chosen: _Chat, channel: Channel) -> Iterator[Post | InputError]:
    count = 0
    try:
        for chat in _chats(stream):
            for _ in stream.elements():
                if chat != chosen:
                    stream.skip()
                    continue
                count += 1
                if (post := _next(stream, path, channel)) is not None:
                    yield post
    except (CutOff, Broken) as error:
        yield InputError(
            f"{path}, line {stream.line}: {error}: nothing behind this place can be read. {count} messages were, up to"
            " here. Copy or export the file again and read it once more; what is known already is not taken twice."
        )


def _next(stream: JsonStream, path: Path, channel: Channel) -> Post | InputError | None:
    """Take one message; None for a service message."""
    number: object = None
    try:
        message = _object(stream.value())
        number = message.get("id")
        return None if message.get("type") == "service" else _post(message, channel)
    except (Broken, _Unusable) as error:
        name = "a message" if number is None else f"message {number}"
        return InputError(f"{path}, line {stream.line}: {name} was left out: {error}. The others are read.")


def _object(value: object) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise _Unusable("it is no object")
    return value


def _post(message: Mapping[str, object], channel: Channel) -> Post:
    number = message.get("id")
    if isinstance(number, bool) or not isinstance(number, int):
        raise _Unusable("its id is missing or no number")
    if message.get("type") == "unsupported":
        raise _Unusable("the export does not contain this kind of message; read it from the channel itself")
    forwarded = message.get("forwarded_from", message.get("forwarded_from_id"))
    return Post(
        channel=channel.key,
        id=str(number),
        text=_text(message),
        published_at=_moment(message, "date"),
        edited_at=_moment(message, "edited") if "edited" in message or "edited_unixtime" in message else None,
        url=f"https://t.me/{channel.address}/{number}",
        media=_media(message),
        forwarded_from=str(forwarded or "unknown") if "forwarded_from" in message or forwarded else None,
        reply_to=_reply_to(message),
    )


def _text(message: Mapping[str, object]) -> str:
    """Put the text together; it is a string, a list of strings and entities, or entities only."""
    parts = message.get("text", "") or message.get("text_entities", "")
    if isinstance(parts, str):
        parts = [parts]
    if not isinstance(parts, list):
        raise _Unusable("its text is neither a string nor a list")
    text = "".join(str(part.get("text", "")) if isinstance(part, dict) else str(part) for part in parts).strip()
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise _Unusable("its text is not valid UTF-8") from error
    return text


def _moment(message: Mapping[str, object], name: str) -> datetime:
    seconds = message.get(f"{name}_unixtime")
    if seconds is None:
        raise _Unusable(
            f"it has no {name}_unixtime, and its {name} is in the unknown zone of the machine that exported it;"
            " export again with a Telegram Desktop of 2022 or later"
        )
    try:
        return datetime.fromtimestamp(int(str(seconds)), UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise _Unusable(f"its {name}_unixtime is {str(seconds)[:40]!r}, which is no moment") from error


def _media(message: Mapping[str, object]) -> tuple[str, ...]:
    if "photo" in message:
        return ("photo",)
    if "file" in message or "media_type" in message:
        kind = str(message.get("media_type", "document"))
        return (_MEDIA_TYPES.get(kind, kind),)
    names = {"poll": "poll", "location_information": "location", "contact_information": "contact"}
    return tuple(kind for key, kind in names.items() if key in message)


def _reply_to(message: Mapping[str, object]) -> str | None:
    number, peer = message.get("reply_to_message_id"), message.get("reply_to_peer_id")
    if number is None:
        return None
    return f"{peer}/{number}" if peer else str(number)


def _albums(posts: Iterable[Post | InputError]) -> Iterator[Post | InputError]:
    held: Post | None = None
    for post in posts:
        if held is not None and isinstance(post, Post) and _same_album(held, post):
            held = replace(
                held,
                text=held.text or post.text,
                media=tuple(dict.fromkeys(held.media + post.media)),
                album=(*held.album, post.id),
                edited_at=max(filter(None, (held.edited_at, post.edited_at)), default=None),
            )
            continue
        if held is not None:
            yield held
        held = post if isinstance(post, Post) else None
        if held is None:
            yield post
    if held is not None:
        yield held


def _same_album(first: Post, post: Post) -> bool:
    last = first.album[-1] if first.album else first.id
    return (
        bool(first.media and post.media)
        and not (first.text and post.text)
        and int(post.id) == int(last) + 1
        and first.published_at == post.published_at
        and first.forwarded_from == post.forwarded_from
        and first.reply_to == post.reply_to
        and len(first.album) < _LARGEST_ALBUM - 1
    )
