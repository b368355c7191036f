"""Posts from files: JSON Lines, Telegram Desktop's `result.json`, saved pages of the public preview.

No live route: backfill and ingest read from here. Nothing is dropped in silence: what cannot be read
comes out as a fault in its place, and the rest goes on.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from monitor.collect._desktop_export import read_export
from monitor.collect._json_lines import read_lines
from monitor.collect._preview import Page, read_page
from monitor.errors import CollectError, InputError
from monitor.model import Channel, Post

_HEAD = 65_536  # bytes that are looked at to tell what a file is
_EXPORT = re.compile(rb'"(?:messages|chats|left_chats)"\s*:\s*[\[{]')
_PAGES = {".html", ".htm"}


def read_posts(path: Path, *, channel: Channel, chat: str = "") -> Iterator[Post | InputError]:
    """Yield a file's or a folder's posts oldest first; what cannot be read comes as an `InputError` in between.

    All posts are filed under `channel`. `chat` names the chat in an export of a whole account, by name or
    number. Raises `InputError` where nothing can be read at all: no such file, an unknown kind of file,
    or a chat that has to be named.
    """
    try:
        if path.is_dir():
            yield from _read_folder(path, channel)
            return
        match _kind(path):
            case "page":
                yield from _read_pages([path], channel)
            case "export":
                yield from read_export(path, channel, chat)
            case "lines":
                yield from read_lines(path, channel)
    except OSError as error:
        raise InputError(
            f"{path}: cannot be read ({error.strerror or error}). What was read before is kept; read it again to go on."
        ) from error


def _kind(path: Path) -> Literal["page", "export", "lines"]:
    with path.open("rb") as file:
        head = file.read(_HEAD)
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if start[:1] == b"<":
        return "page"
    first, _, rest = start.partition(b"\n")
    if _is_post(first):
        return "lines"
    if first.strip() == b"{" or _EXPORT.search(first) or (first[:1] == b"{" and not rest and len(head) == _HEAD):
        return "export"
    if start[:1] in {b"{", b""}:
        return "lines"
    raise InputError(
        f"{path}: neither JSON Lines (one object a line), nor a Telegram Desktop export (result.json), nor a saved page"
        f" (HTML); it starts with {start[:20]!r}. Nothing was read."
    )


def _is_post(line: bytes) -> bool:
    try:
        fields = json.loads(line)
    except (ValueError, RecursionError):
        return False
    return isinstance(fields, dict) and "messages" not in fields and "chats" not in fields


def _read_folder(folder: Path, channel: Channel) -> Iterator[Post | InputError]:
    pages = sorted(file for file in folder.iterdir() if file.suffix.lower() in _PAGES)
    if not pages:
        raise InputError(f"{folder}: no saved pages (*.html) are in this folder. Nothing was read.")
    yield from _read_pages(pages, channel)


def _read_pages(files: list[Path], channel: Channel) -> Iterator[Post | InputError]:
    """Yield the posts of saved pages, in order of the pages' first ids; one page is in memory at a time."""
    order: list[tuple[int, Path]] = []
    for file in files:
        try:
            order.append((_page(file, channel).lowest, file))
        except CollectError as error:
            yield InputError(f"{file}: {error} This page was left out; the others are read.")
    for _, file in sorted(order):
        page = _page(file, channel)
        yield from (block.post for block in page.blocks if block.post is not None)
        if page.note:
            yield InputError(f"{file}: {page.note}. The others are read.")


def _page(file: Path, channel: Channel) -> Page:
    return read_page(file.read_bytes(), channel)
