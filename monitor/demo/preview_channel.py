"""A scripted channel and the pages it shows: the newest posts, the ones before or after an id, a single one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

from monitor.demo import preview_html
from monitor.demo.preview_html import PreviewPost

IDS_A_PAGE = 20


@dataclass(slots=True)
class PreviewChannel:
    """One scripted channel; `posts` may change at any time."""

    name: str
    posts: dict[int, PreviewPost] = field(default_factory=dict)
    title: str = ""

    @classmethod
    def of(cls, name: str, *posts: PreviewPost, title: str = "") -> Self:
        return cls(name, {post.id: post for post in posts}, title)

    def page(self, query: Mapping[str, int], token: int) -> str:
        """Return the page that `before` or `after` asks for, or the newest one."""
        ids = sorted(self.posts)
        if "after" in query:
            shown = _first(self.posts[post] for post in ids if post > query["after"])
        else:
            below = query.get("before", ids[-1] + 1 if ids else 1)
            shown = _first(self.posts[post] for post in reversed(ids) if post < below)[::-1]
        if not shown:
            return empty_page(self.name)
        return preview_html.page(
            self.name,
            self.title or self.name,
            [preview_html.wrapped(block) for block in self._blocks(shown, token)],
            before=shown[0].id if shown[0].id > ids[0] else None,
            after=max(shown[-1].ids) if shown[-1].id < ids[-1] else None,
            canonical=shown[-1].id + 1,
        )

    def single(self, post: str, token: int) -> str:
        """Return the page of one post, or the one that says that there is none."""
        found = self.posts.get(int(post)) if post.isdigit() else None
        return preview_html.embed("".join(self._blocks([found], token)) if found else preview_html.not_found())

    def _blocks(self, posts: Sequence[PreviewPost], token: int) -> Iterator[str]:
        for post in posts:
            replied = self.posts.get(post.reply_to) if post.reply_to is not None else None
            quoted = replied.text if replied else ""
            yield preview_html.message(self.name, self.title or self.name, post, quoted, token=token)


def empty_page(name: str) -> str:
    return preview_html.page(name, name, [], before=None, after=None, canonical=1)


def _first(posts: Iterable[PreviewPost]) -> list[PreviewPost]:
    """Take posts until they make up a page: ids count, so that an album counts as many."""
    taken: list[PreviewPost] = []
    ids = 0
    for post in posts:
        if ids >= IDS_A_PAGE:
            break
        taken.append(post)
        ids += len(post.ids)
    return taken
