"""Pages in the shape of the public preview, traps included.

The shape: a reply's quote carries the class of a text; an album's caption is nested twice and its
further ids stand only in links; a video has a `<time>` without a moment; service messages look like
posts; a custom emoji brings the label of unsupported media with it; views and tokens differ on every
answer; `rel="canonical"` carries a `before=` that is no cursor.
"""

# ruff: noqa: E501  (lines of HTML as it is served)

from __future__ import annotations

import base64
import functools
import html
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

CHANNEL_NUMBER = 1_223_955_273
_EMOJI = "[\U0001f1e6-\U0001f1ff]{2}|[\U0001f300-\U0001faff\u2600-\u27bf]\ufe0f?"
_MARKUP = re.compile(
    r"(?P<bold>\*\*(?P<strong>.+?)\*\*)"
    r"|(?P<spoiler>\|\|(?P<hidden>.+?)\|\|)"
    r"|(?P<custom>::(?P<glyph>.+?)::)"
    r"|(?P<link>\[(?P<label>[^\]]+)\]\((?P<href>[^)]+)\))"
    r"|(?P<hashtag>#\w+)"
    rf"|(?P<emoji>{_EMOJI})",
    re.DOTALL,
)
_TAIL = '<svg class="bubble_icon" width="9px" height="20px" viewBox="0 0 9 20"><path class="background" d="M8,1 L9,1 L9,20 L8,20 L8,18 C7.8,15.2 7,12.7 5.6,10.7 C4.7,9.4 3.1,8.2 1,7.1"></path></svg>'
_UNSUPPORTED = (
    '<div class="message_media_not_supported_wrap"><div class="message_media_not_supported">'
    '<div class="message_media_not_supported_label">Please open Telegram to view this post</div>'
    '<a href="tg://resolve?domain={name}&amp;post={id}" class="message_media_view_in_telegram">VIEW IN TELEGRAM</a>'
    "</div></div>"
)


@dataclass(frozen=True, slots=True)
class PreviewPost:
    """One scripted post.

    `text` takes a little markup: `**bold**`, `[label](https://…)`, `||spoiler||`, `::🔥::` (a custom
    emoji), `#tag`, and lines that start with `> ` (a quotation). `media` names kinds: photo, video,
    document, voice, sticker, location, contact, poll. `album` holds the further ids of an album.
    """

    id: int
    text: str = ""
    published_at: datetime = datetime(2022, 3, 1, 7, 0, tzinfo=UTC)
    media: tuple[str, ...] = ()
    album: tuple[int, ...] = ()
    service: bool = False
    restricted: bool = False
    edited: bool = False
    forwarded_from: str = ""  # "channel/25256", or a name that leads nowhere
    reply_to: int | None = None

    @property
    def ids(self) -> tuple[int, ...]:
        return (self.id, *self.album)


def plain(text: str) -> str:
    """Return what a reader sees of a text with markup."""
    unquoted = "\n".join(line.removeprefix("> ") for line in text.split("\n"))
    return _MARKUP.sub(lambda m: m["strong"] or m["hidden"] or m["glyph"] or m["label"] or m[0], unquoted)


def page(name: str, title: str, blocks: Sequence[str], *, before: int | None, after: int | None, canonical: int) -> str:
    """Return a whole page; `before` and `after` are the cursors of its links, if there is more."""
    head = [f'<link rel="canonical" href="/s/{name}?before={canonical}">']
    more = '<div class="tgme_widget_message_centered js-messages_more_wrap"><a href="/s/{0}?{1}={2}" class="tme_messages_more js-messages_more" data-{1}="{2}"></a></div>'
    parts = list(blocks)
    if before is not None:
        head.append(f'<link rel="prev" href="/s/{name}?before={before}">')
        parts.insert(0, more.format(name, "before", before))
    if after is not None:
        head.append(f'<link rel="next" href="/s/{name}?after={after}">')
        parts.append(more.format(name, "after", after))
    history = "".join(parts) or no_posts()
    return (
        f'<!DOCTYPE html>\n<html>\n  <head>\n    <meta charset="utf-8">\n    <title>{html.escape(title)} – Telegram</title>\n'
        f"    {''.join(head)}\n  </head>\n"
        '  <body class="widget_frame_base tgme_page">\n'
        f'    <header class="tgme_header"><div class="tgme_channel_info_header_title">{html.escape(title)}</div></header>\n'
        f'    <main class="tgme_main"><section class="tgme_channel_history js-message_history">{history}</section></main>\n'
        "    <script>TPost.init();</script>\n  </body>\n</html>\n<!-- page generated in 77.24ms -->\n"
    )


def embed(body: str) -> str:
    """Return the page of a single post, or of an error."""
    return (
        '<!DOCTYPE html>\n<html>\n  <head><meta charset="utf-8"><title>Telegram Widget</title></head>\n'
        f'  <body class="widget_frame_base">{body}</body>\n</html>\n<!-- page generated in 12.10ms -->\n'
    )


def no_posts() -> str:
    """Return the marker that means "before the first post", "nothing found" or "asked too often"."""
    return (
        '<div class="tgme_widget_message_wrap js-widget_message_wrap">'
        '<div class="tme_no_messages_found">No posts found</div></div>'
    )


def not_found() -> str:
    return '<div class="tgme_widget_message_error err_message">Post not found</div>'


def wrapped(message: str) -> str:
    return f'<div class="tgme_widget_message_wrap js-widget_message_wrap">{message}</div>\n'


def message(name: str, title: str, post: PreviewPost, quoted: str, *, token: int) -> str:
    """Return one post's block; `quoted` is the text it replies to, `token` differs with every answer."""
    service = " service_message" if post.service else ""
    return (
        f'<div class="tgme_widget_message text_not_supported_wrap{service} js-widget_message"'
        f' data-post="{name}/{post.id}" data-view="{_view(post.id, token)}">'
        f'<div class="tgme_widget_message_user"><a href="https://t.me/{name}"><i class="tgme_widget_message_user_photo bgcolor4">'
        '<img src="https://cdn4.telesco.pe/file/avatar.jpg"></i></a></div>'
        f'<div class="tgme_widget_message_bubble"><i class="tgme_widget_message_bubble_tail">{_TAIL}</i>'
        f'<div class="tgme_widget_message_author accent_color"><a class="tgme_widget_message_owner_name" href="https://t.me/{name}">'
        f'<span dir="auto">{html.escape(title)}</span></a></div>'
        f"{_forwarded(post)}{_reply(name, post, quoted)}{_content(name, post)}{_footer(name, post, token)}</div></div>"
    )


def _view(post: int, token: int) -> str:
    token_text = json.dumps({"c": -CHANNEL_NUMBER, "p": post, "t": 1_700_000_000 + token, "h": f"{token:018x}"})
    return base64.urlsafe_b64encode(token_text.encode()).decode().rstrip("=")


def _forwarded(post: PreviewPost) -> str:
    if not post.forwarded_from:
        return ""
    name, _, number = post.forwarded_from.partition("/")
    shown = html.escape(name)
    inner = f'<span class="tgme_widget_message_forwarded_from_name" dir="auto">{shown}</span>'
    if number:
        inner = (
            f'<a class="tgme_widget_message_forwarded_from_name" href="https://t.me/{shown}/{number}">'
            f'<span dir="auto">{shown.title()}</span></a>'
        )
    return f'<div class="tgme_widget_message_forwarded_from accent_color">Forwarded from&nbsp;{inner}</div>'


def _reply(name: str, post: PreviewPost, quoted: str) -> str:
    if post.reply_to is None:
        return ""
    quote = '<div class="tgme_widget_message_metatext" dir="auto">Photo</div>'
    if quoted:
        quote = (
            '<div class="tgme_widget_message_text js-message_reply_text" dir="auto">'
            f"{html.escape(plain(quoted)[:256]).replace(chr(10), ' ')}</div>"
        )
    return (
        f'<a class="tgme_widget_message_reply user-color-4" href="https://t.me/{name}/{post.reply_to}">'
        f'<div class="tgme_widget_message_author accent_color"><span class="tgme_widget_message_author_name">{name}</span></div>'
        f"{quote}</a>"
    )


def _content(name: str, post: PreviewPost) -> str:
    if post.restricted:
        return _UNSUPPORTED.format(name=name, id=post.id)
    parts = [_album(name, post)] if post.album else [_MEDIA[kind].format(name=name, id=post.id) for kind in post.media]
    if post.text:
        text = f'<div class="tgme_widget_message_text js-message_text" dir="auto">{markup(post.text)}</div>'
        if post.media or post.album:  # a caption stands in itself once more
            text = f'<div class="tgme_widget_message_text js-message_text" dir="auto">{text}</div>'
        parts.append(text)
    if "::" in post.text:  # every post with a custom emoji carries both
        parts = ['<div class="media_supported_cont">', *parts, "</div>", _UNSUPPORTED.format(name=name, id=post.id)]
    return "".join(parts)


@functools.lru_cache(maxsize=4_096)
def markup(text: str) -> str:
    """Return the HTML that the preview makes of a text."""
    lines = [
        f"<blockquote>{_inline(line[2:])}</blockquote>" if line.startswith("> ") else _inline(line)
        for line in text.split("\n")
    ]
    joined = "<br/>".join(lines)
    return joined.replace("<br/><blockquote>", "<blockquote>").replace("</blockquote><br/>", "</blockquote>")


def _inline(line: str) -> str:
    parts, at = [], 0
    for found in _MARKUP.finditer(line):
        parts += [html.escape(line[at : found.start()], quote=True), _marked(found)]
        at = found.end()
    return "".join([*parts, html.escape(line[at:], quote=True)])


def _marked(found: re.Match[str]) -> str:
    if found["bold"]:
        return f"<b>{_inline(found['strong'])}</b>"
    if found["spoiler"]:
        return f"<tg-spoiler>{_inline(found['hidden'])}</tg-spoiler>"
    if found["custom"]:
        return f'<tg-emoji emoji-id="5465">{_emoji(found["glyph"])}</tg-emoji>'
    if found["link"]:
        href = html.escape(html.escape(found["href"]))  # links with onclick are escaped twice
        return f'<a href="{href}" target="_blank" onclick="return confirm(\'Open this link?\');">{_inline(found["label"])}</a>'
    if found["hashtag"]:
        return f'<a href="?q=%23{found["hashtag"][1:]}">{found["hashtag"]}</a>'
    return _emoji(found["emoji"])


def _emoji(glyph: str) -> str:
    code = "".join(f"{ord(char):X}" for char in glyph)
    return (
        f'<i class="emoji" style="background-image:url(\'//telegram.org/img/emoji/40/{code}.png\')"><b>{glyph}</b></i>'
    )


def _album(name: str, post: PreviewPost) -> str:
    items = "".join(
        f'<a class="tgme_widget_message_photo_wrap grouped_media_wrap blured js-message_photo" data-ratio="1.5"'
        f" style=\"left:0;top:0;width:226px;background-image:url('https://cdn4.telesco.pe/file/{item}.jpg')\""
        f' href="https://t.me/{name}/{item}?single"></a>'
        for item in post.ids
    )
    return f'<div class="tgme_widget_message_grouped_wrap js-message_grouped_wrap"><div class="tgme_widget_message_grouped js-message_grouped">{items}</div></div>'


_MEDIA = {
    "photo": '<a class="tgme_widget_message_photo_wrap {id} _{id}" href="https://t.me/{name}/{id}" style="width:800px;background-image:url(\'https://cdn4.telesco.pe/file/{id}.jpg\')"><div class="tgme_widget_message_photo" style="padding-top:66%"></div></a>',
    "video": '<a class="tgme_widget_message_video_player js-message_video_player" href="https://t.me/{name}/{id}"><i class="tgme_widget_message_video_thumb"></i><div class="tgme_widget_message_video_wrap"><video src="https://cdn4.telesco.pe/file/{id}.mp4" class="tgme_widget_message_video"></video></div><time class="message_video_duration js-message_video_duration">0:42</time></a>',
    "document": '<a class="tgme_widget_message_document_wrap" href="https://t.me/{name}/{id}"><div class="tgme_widget_message_document"><div class="tgme_widget_message_document_title">report.pdf</div><div class="tgme_widget_message_document_extra">1.2 MB</div></div></a>',
    "voice": '<div class="tgme_widget_message_voice_player"><audio class="tgme_widget_message_voice js-message_voice" src="https://cdn4.telesco.pe/file/{id}.ogg"></audio><time class="tgme_widget_message_voice_duration">0:12</time></div>',
    "sticker": '<div class="tgme_widget_message_sticker_wrap"><i class="tgme_widget_message_sticker js-sticker_image"></i></div>',
    "location": '<a class="tgme_widget_message_location_wrap" href="https://maps.google.com/maps?q=50.45,30.52"><div class="tgme_widget_message_location"></div></a>',
    "contact": '<a class="tgme_widget_message_contact_wrap"><div class="tgme_widget_message_contact"><div class="tgme_widget_message_contact_name">Press office</div></div></a>',
    "poll": '<div class="tgme_widget_message_poll js-poll"><div class="tgme_widget_message_poll_question">Which one?</div><div class="tgme_widget_message_poll_type">Anonymous poll</div></div>',
}


def _footer(name: str, post: PreviewPost, token: int) -> str:
    edited = "edited &nbsp;" if post.edited else ""
    moment = post.published_at.astimezone(UTC)
    return (
        '<div class="tgme_widget_message_footer compact js-message_footer"><div class="tgme_widget_message_info short js-message_info">'
        f'<span class="tgme_widget_message_views">{17 + token % 7}.2K</span><span class="copyonly"> views</span>'
        f'<span class="tgme_widget_message_meta">{edited}<a class="tgme_widget_message_date" href="https://t.me/{name}/{post.id}">'
        f'<time datetime="{moment.isoformat(timespec="seconds")}" class="time">{moment:%H:%M}</time></a></span></div></div>'
    )
