"""One message of the preview → a post."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from selectolax.lexbor import LexborNode

from monitor.collect._text import text_of
from monitor.model import Channel, Post

_LONGEST_ID = 18  # digits; real ones are signed 32-bit numbers
_UNKNOWN = "unknown"  # a post that was forwarded from where nobody says
_CLASS = re.compile(rb"tgme_widget_message_(\w+)")
_MEDIA = {  # by the end of the class: tgme_widget_message_…
    b"photo_wrap": "photo",
    b"video_player": "video",
    b"roundvideo_player": "video",
    b"document": "document",
    b"voice": "voice",
    b"sticker": "sticker",
    b"tgsticker": "sticker",
    b"videosticker": "sticker",
    b"location": "location",
    b"location_wrap": "location",
    b"contact": "contact",
    b"poll": "poll",
}


class Block(NamedTuple):
    """One message on a page. `post` is None for a service message."""

    id: int
    last_id: int  # the highest id that it takes up; more than `id` for an album
    post: Post | None


def address_of(message: LexborNode) -> tuple[str, int | None]:
    """Return the channel's name and the id that a message carries; no id where it carries none."""
    name, _, number = (message.attrs.get("data-post") or "").partition("/")
    return name, _number(number)


def read_block(message: LexborNode, channel: Channel, number: int, served: bytes | None) -> Block:
    """Read one message; `served` are its bytes, taken from the document where they are not known."""
    raw = served if served is not None else (message.html or "").encode()
    named = set(_CLASS.findall(raw))  # spares most searches in the document; what is in it is only perhaps there
    album = _album(message, number) if b"grouped_wrap" in named else ()
    last_id = max((number, *map(int, album)))
    if "service_message" in (message.attrs.get("class") or "").split():
        return Block(number, last_id, None)
    text, media = text_of(message), _media(message, named)
    post = Post(
        channel=channel.key,
        id=str(number),
        text=text,
        published_at=_published_at(message),
        url=f"https://t.me/{message.attrs.get('data-post')}",
        media=media,
        forwarded_from=_forwarded_from(message) if b"forwarded_from" in named else None,
        reply_to=_reply_to(message, channel) if b"reply" in named else None,
        album=album,
        kind="message" if text or media else "restricted",
        raw=raw.decode("utf-8", "replace"),
    )
    return Block(number, last_id, post)


def _media(message: LexborNode, named: set[bytes]) -> tuple[str, ...]:
    if named.isdisjoint(_MEDIA):
        return ()
    kinds = (
        kind
        for name, kind in _MEDIA.items()
        if name in named and message.css_first(f".tgme_widget_message_{name.decode()}") is not None
    )
    return tuple(dict.fromkeys(kinds))


def _published_at(message: LexborNode) -> datetime | None:
    """Return the posting time. A video has a `<time>` of its own, which comes first and is none."""
    node = message.css_first("a.tgme_widget_message_date time[datetime]")
    if node is None:
        return None
    try:
        moment = datetime.fromisoformat(node.attrs.get("datetime") or "")
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def _album(message: LexborNode, number: int) -> tuple[str, ...]:
    """Return the further ids of an album; they stand only in the links of its items."""
    ids = set()
    for link in message.css('.js-message_grouped_wrap a[href*="?single"]'):
        item = _number(_path(link).rpartition("/")[2])
        if item is not None and item != number:
            ids.add(item)
    return tuple(map(str, sorted(ids)))


def _forwarded_from(message: LexborNode) -> str | None:
    """Return where a forwarded post comes from: "channel/25256" where that is known, else a name."""
    node = message.css_first(".tgme_widget_message_forwarded_from_name")
    if node is None:
        return _UNKNOWN if message.css_first(".tgme_widget_message_forwarded_from") else None
    return _path(node) or node.text().strip() or _UNKNOWN


def _reply_to(message: LexborNode, channel: Channel) -> str | None:
    """Return the id that is replied to; with its channel's name if that is another one."""
    node = message.css_first("a.tgme_widget_message_reply")
    if node is None:
        return None
    name, _, number = _path(node).rpartition("/")
    return number if name.lower() == channel.address.lower() else f"{name}/{number}"


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _LONGEST_ID else None


def _path(link: LexborNode) -> str:
    try:
        return unquote(urlsplit(link.attrs.get("href") or "").path).strip("/")
    except ValueError:  # what no server would write
        return ""
