"""The text of a post out of the preview's HTML, equal to what other routes to the same post give.

`prepare` runs once over a whole page and writes the line breaks out, so that taking a node's text is
one call of the parser: `<br>` is a line break, a quotation or a block of code stands on lines of its
own, an emoji's `<b>`, a spoiler, a link's label and a hashtag are their text.
"""

from __future__ import annotations

import re

from selectolax.lexbor import LexborNode

_BREAK = re.compile(rb"<br\s*/?>(?:\r?\n)?")
_BLOCK_ENDS = re.compile(rb"(</(?:blockquote|pre)>)\n?")
_BLOCK_STARTS = re.compile(rb"\n?(<(?:blockquote|pre)\b)")


def prepare(page: bytes) -> bytes:
    """Return the page with its line breaks as characters. Only what the server wrote can look like a tag."""
    page = _BREAK.sub(b"\n", page)
    if b"<blockquote" in page or b"<pre" in page:
        page = _BLOCK_ENDS.sub(rb"\1\n", page)
        page = _BLOCK_STARTS.sub(rb"\n\1", page)
    return page


def text_of(message: LexborNode) -> str:
    """Return a message's own text, trimmed; empty if it has none.

    A reply's quote has another class. Captions of albums are nested in themselves: only the outermost
    counts, or they would be read twice.
    """
    texts: list[str] = []
    outermost: LexborNode | None = None
    for node in message.css(".js-message_text"):
        if outermost is None or not _inside(node, outermost):
            outermost = node
            texts.append(node.text())
    return "\n".join(texts).replace("\r\n", "\n").replace("\r", "\n").strip()


def _inside(node: LexborNode, other: LexborNode) -> bool:
    parent = node.parent
    while parent is not None:
        if parent.mem_id == other.mem_id:
            return True
        parent = parent.parent
    return False
