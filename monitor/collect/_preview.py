"""A page of the public preview → posts, and the classes of answer that hold none.

Blocks are found in the parsed document; the served bytes of each are cut out beside it, as evidence
and to recognise at once what was read before.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from selectolax.lexbor import LexborHTMLParser, LexborNode

from monitor.collect._block import Block, address_of, read_block
from monitor.collect._http import KEPT
from monitor.collect._text import prepare
from monitor.errors import LayoutChanged, MaybeThrottled, NoPreview, Unreachable
from monitor.model import Channel

_WRAP = b'<div class="tgme_widget_message_wrap'
_MESSAGE = b'<div class="tgme_widget_message '
_DATA_POST = re.compile(rb'\bdata-post="([^"/]+)/([0-9]{1,18})"')
_END_OF_PAGE = b"</html>"
_END_OF_LIST = (b'<div class="tgme_widget_message_centered', b"</section>")
_SHORT = 4_096  # bytes; a page with even one post is longer
_SUSPICIOUS = 3  # so many posts without anything in them are no coincidence


@dataclass(frozen=True, slots=True)
class Page:
    """What one page holds of its channel, oldest first.

    `blocks` leaves out what is unchanged since `known`; `ids` and `highest` do not. `parsed` and
    `skipped` count the blocks that were told apart and those that were not. `prints` maps ids to
    what the next page is compared with.
    """

    blocks: tuple[Block, ...]
    lowest: int
    highest: int
    newer: bool  # the page links to newer posts
    parsed: int
    skipped: int = 0
    prints: Mapping[int, int] = field(default_factory=dict)

    @property
    def note(self) -> str:
        """What could not be read on it, for people; empty if all was."""
        return f"{self.skipped} of {self.parsed + self.skipped} blocks could not be told apart" if self.skipped else ""


def read_page(body: bytes, channel: Channel, known: Mapping[int, int] | None = None) -> Page:
    """Read one page.

    `known` maps the ids of blocks that need not be read again to their `prints`. Raises `Unreachable` for
    a page that was cut off, `MaybeThrottled` for one without posts, `NoPreview` for one that shows only
    other channels' posts and `LayoutChanged` for one whose posts cannot be told apart.
    """
    if _END_OF_PAGE not in body[-_SHORT:]:
        raise Unreachable(
            f"{channel.label} {channel.address}: the page was cut off after {len(body)} bytes;"
            f" none of it was used, so that no half post is taken for an edit. {KEPT}"
        )
    served = _cut(body, channel)
    prints = {post: _print(block) for post, block in served.items()}
    if known and served and len(served) == body.count(_WRAP) and all(known.get(p) == v for p, v in prints.items()):
        newer = b"data-after=" in body
        return Page((), min(served), max(served), newer, parsed=len(served), prints=prints)
    return _read(body, channel, served, prints, known or {})


def _read(
    body: bytes, channel: Channel, served: Mapping[int, bytes], prints: Mapping[int, int], known: Mapping[int, int]
) -> Page:
    tree = LexborHTMLParser(prepare(body))
    messages = tree.css(".tgme_widget_message")
    if not messages:
        raise _no_posts(body, tree, channel)
    own: dict[int, LexborNode] = {}
    strangers: set[str] = set()
    for message in messages:
        name, number = address_of(message)
        if number is None:
            continue
        if name.lower() == channel.address.lower():
            own[number] = message
        else:
            strangers.add(name)
    if not own:
        raise _none_of_its_own(strangers, len(messages), channel)
    blocks = tuple(
        read_block(message, channel, post, served.get(post))
        for post, message in sorted(own.items())
        if post not in known or known[post] != prints.get(post)
    )
    _check_layout(blocks, len(own), channel)
    total = max(len(messages), len(tree.css(".tgme_widget_message_wrap")))
    return Page(
        blocks,
        lowest=min(own),
        highest=max([*own, *(block.last_id for block in blocks)]),
        newer=tree.css_first("a[data-after], link[rel=next]") is not None,
        parsed=len(own),
        skipped=total - len(own),
        prints=prints,
    )


def read_single(body: bytes, channel: Channel, post: str) -> Block | None:
    """Read the page of one post (`?embed=1`); None if the post is not there. Raises as `read_page` does."""
    if _END_OF_PAGE not in body[-_SHORT:]:
        raise Unreachable(f"{channel.label} {channel.address}/{post}: the page was cut off. {KEPT}")
    tree = LexborHTMLParser(prepare(body))
    if (error := tree.css_first(".err_message, .tgme_widget_message_error")) is not None:
        said = error.text().strip()
        if "post not found" in said.lower():
            return None
        raise NoPreview(f"{channel.label} {channel.address}/{post}: the preview says {said[:100]!r}. {KEPT}")
    message = tree.css_first(".tgme_widget_message[data-post]")
    name, number = ("", None) if message is None else address_of(message)
    if message is None or number is None or name.lower() != channel.address.lower():
        raise LayoutChanged(
            f"{channel.label} {channel.address}/{post}: the page of a single post holds none that can be told apart."
            f" {KEPT} The reader of this route needs an update if this lasts."
        )
    start, end = body.find(_MESSAGE), body.rfind(b"</body>")
    return read_block(message, channel, number, body[start:end] if 0 <= start < end else None)


def _cut(body: bytes, channel: Channel) -> dict[int, bytes]:
    """Cut the channel's own blocks out of the page as they were served."""
    own = channel.address.lower().encode()
    blocks: dict[int, bytes] = {}
    pieces = body.split(_WRAP)
    for piece in pieces[1:]:
        found = _DATA_POST.search(piece)
        if found and found[1].lower() == own:
            blocks[int(found[2])] = _WRAP + piece
    if blocks and (last := _DATA_POST.search(pieces[-1])) and last[1].lower() == own:
        for end in _END_OF_LIST:  # the last piece runs on to the end of the page
            blocks[int(last[2])] = blocks[int(last[2])].partition(end)[0]
    return blocks


def _print(block: bytes) -> int:
    """Return a number that stays the same while nothing of interest changes (tokens, views and reactions do)."""
    start = block.find(b'data-view="')
    start = block.find(b'"', start + len(b'data-view="')) if start >= 0 else 0
    for mark in (b'<div class="tgme_widget_message_reactions', b'<div class="tgme_widget_message_footer'):
        end = block.find(mark)  # never inside a text: there a "<" is escaped
        if end > start:
            return hash(block[start:end])
    return hash(block)


def _no_posts(body: bytes, tree: LexborHTMLParser, channel: Channel) -> MaybeThrottled | LayoutChanged:
    expected = tree.css_first(".tme_no_messages_found, .tgme_channel_history") is not None
    wraps = tree.css(".tgme_widget_message_wrap")
    if (expected and len(wraps) <= 1) or len(body) < _SHORT:
        return MaybeThrottled(
            f"{channel.label} {channel.address}: the answer holds no posts. It may be asked too often, so this is not"
            f' taken for "nothing new". {KEPT}'
        )
    return LayoutChanged(
        f"{channel.label} {channel.address}: the answer ({len(body)} bytes) is no page of posts that this reader"
        f" knows. {KEPT} Open it in a browser; if posts are there, the reader of this route needs an update."
    )


def _none_of_its_own(strangers: set[str], count: int, channel: Channel) -> NoPreview | LayoutChanged:
    if strangers:
        names = ", ".join(sorted(strangers)[:3])
        return NoPreview(
            f"{channel.label} {channel.address}: the page shows only posts of {names}; the channel may have been"
            f" renamed. {KEPT} Check its address in the source's settings."
        )
    return LayoutChanged(
        f"{channel.label} {channel.address}: {count} posts on the page, and none can be told apart: the layout changed."
        f" {KEPT} The reader of this route needs an update."
    )


def _check_layout(blocks: tuple[Block, ...], on_page: int, channel: Channel) -> None:
    """Raise `LayoutChanged` if everything on the page reads as empty, or nothing on it has a time."""
    posts = [block.post for block in blocks if block.post is not None]
    if len(blocks) < on_page or not posts:
        return
    if all(post.published_at is None for post in posts):
        lost = "the time"
    elif len(posts) >= _SUSPICIOUS and all(
        post.kind == "restricted" and "not_supported_label" not in post.raw for post in posts
    ):
        lost = "the text"
    else:
        return
    raise LayoutChanged(
        f"{channel.label} {channel.address}: {len(posts)} posts on the page, and {lost} of none can be found: the"
        f" layout changed. {KEPT} The reader of this route needs an update."
    )
