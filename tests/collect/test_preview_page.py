"""What a page says, row by row, with the traps that real pages hold."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.collect._preview import Page, read_page, read_single
from monitor.demo.preview_html import PreviewPost, embed, message, no_posts, page, plain, wrapped
from monitor.errors import CollectError, LayoutChanged, MaybeThrottled, NoPreview
from monitor.model import Post, text_hash
from tests.collect.preview import CHANNEL, NAME, START

LAST = '<div class="tgme_widget_message_footer"><a class="tgme_widget_message_date" href="https://t.me/{0}/{1}"><time datetime="2022-03-01T05:00:00+00:00">05:00</time></a></div>'  # noqa: E501


def page_of(
    *posts: PreviewPost, name: str = NAME, quoted: str = "", before: int | None = None, after: int | None = None
):
    blocks = [wrapped(message(name, "Штаб", post, quoted, token=post.id)) for post in posts]
    return page(name, "Штаб", blocks, before=before, after=after, canonical=900).encode()


def read(*posts: PreviewPost, **more) -> Page:
    return read_page(page_of(*posts, **more), CHANNEL)


def only(post: PreviewPost, **more) -> Post:
    (block,) = read(post, **more).blocks
    assert block.post is not None
    return block.post


def text_in(inner: str) -> str:
    """Return the text of a post whose text element holds this HTML."""
    block = (
        f'<div class="tgme_widget_message_wrap"><div class="tgme_widget_message" data-post="{NAME}/7">'
        f'<div class="tgme_widget_message_text js-message_text" dir="auto">{inner}</div>'
        f"{LAST.format(NAME, 7)}</div></div>"
    )
    (read_block,) = read_page(page(NAME, NAME, [block], before=None, after=None, canonical=8).encode(), CHANNEL).blocks
    assert read_block.post is not None
    return read_block.post.text


@pytest.mark.parametrize(
    ("inner", "text"),
    [
        ("Танки &#8210; 12 (+1) од<br/>Літаки<br>3<br />од", "Танки ‒ 12 (+1) од\nЛітаки\n3\nод"),
        ("рядок<br/>\nдругий", "рядок\nдругий"),
        ("абзац<br/><br/>другий", "абзац\n\nдругий"),
        ("<b>Втрати</b> <i>за</i> <u>добу</u> <s>12</s> <code>13</code>", "Втрати за добу 12 13"),
        ('<i class="emoji" style="x"><b>🔻</b></i> 5', "🔻 5"),
        ('<tg-emoji emoji-id="5"><i class="emoji" style="x"><b>🔥</b></i></tg-emoji>5', "🔥5"),
        ("<tg-spoiler>12 танків</tg-spoiler>", "12 танків"),
        ("до<blockquote>цитата</blockquote>після", "до\nцитата\nпісля"),
        ("до<br/><blockquote expandable>цитата</blockquote><br/>після", "до\nцитата\nпісля"),
        ("до<br/><br/><blockquote>раз</blockquote><blockquote>два</blockquote>", "до\n\nраз\nдва"),
        ("<pre>раз<br/>два</pre>три", "раз\nдва\nтри"),
        ('<a href="https://example.org/?a=1&amp;amp;b=2" onclick="x">сайт</a> <a href="?q=%23x">#x</a>', "сайт #x"),
        ("5 &lt; 6 &amp;amp; 7&nbsp;000", "5 < 6 &amp; 7\u00a0000"),
        ("  зайве  <br/>", "зайве"),
        ('зовні <div class="tgme_widget_message_text js-message_text">усередині</div>', "зовні усередині"),
    ],
)
def test_a_text_reads_as_it_was_written(inner: str, text: str):
    assert text_in(inner) == text


def test_two_texts_side_by_side_are_both_read():
    double = 'перший</div><div class="tgme_widget_message_text js-message_text">другий'
    assert text_in(double) == "перший\nдругий"


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="*|:[]()#>"), min_size=1))
def test_any_plain_text_hashes_as_it_was_written(text: str):
    if not text.strip():
        return
    assert text_hash(only(PreviewPost(7, text)).text) == text_hash(plain(text))


def test_the_quote_in_a_reply_is_not_its_text():
    post = only(PreviewPost(8, "А це відповідь", reply_to=7), quoted="Втрати: 1000 танків")
    assert (post.text, post.reply_to) == ("А це відповідь", "7")


def test_a_reply_to_a_picture_is_a_reply():
    assert only(PreviewPost(8, "А це відповідь", reply_to=7)).reply_to == "7"


def test_a_nested_caption_is_read_once():
    assert only(PreviewPost(8, "Підпис", album=(9, 10))).text == "Підпис"


def test_the_time_of_a_post_is_not_the_length_of_its_video():
    moment = datetime(2024, 5, 1, 3, 4, 5, tzinfo=UTC)
    assert only(PreviewPost(8, "", moment, media=("video",))).published_at == moment


@pytest.mark.parametrize("kind", ["photo", "video", "document", "voice", "sticker", "location", "contact", "poll"])
def test_each_kind_of_media_is_named(kind: str):
    post = only(PreviewPost(8, "", media=(kind,)))
    assert (post.media, post.text, post.kind) == ((kind,), "", "message")


def test_the_picture_of_the_channel_is_no_media():
    assert only(PreviewPost(8, "текст")).media == ()


def test_words_in_a_text_are_no_media():
    assert only(PreviewPost(8, "class tgme_widget_message_photo_wrap ?single forwarded_from")).media == ()


@pytest.mark.parametrize("origin", ["rusvesna/25256", "Someone without a link"])
def test_a_forward_says_where_it_comes_from(origin: str):
    assert only(PreviewPost(8, "текст", forwarded_from=origin)).forwarded_from == origin


def test_a_post_of_its_own_was_not_forwarded():
    assert only(PreviewPost(8, "текст")).forwarded_from is None


def test_the_label_of_unsupported_media_means_nothing_beside_a_supported_part():
    post = only(PreviewPost(8, "::🔥:: 12 танків"))
    assert (post.kind, post.text) == ("message", "🔥 12 танків")


def test_a_post_that_the_preview_withholds_exists_and_its_text_is_unknown():
    post = only(PreviewPost(8, restricted=True))
    assert (post.kind, post.text) == ("restricted", "")


def test_a_page_of_withheld_posts_is_no_change_of_layout():
    assert len(read(*(PreviewPost(number, restricted=True) for number in range(5))).blocks) == 5


def test_a_service_message_is_no_post():
    (block,) = read(PreviewPost(8, "Channel created", service=True)).blocks
    assert (block.id, block.post) == (8, None)


def test_the_mark_of_an_edit_is_not_part_of_what_is_compared():
    assert only(PreviewPost(8, "текст", edited=True)).text == "текст"


def test_links_to_other_pages_are_told_from_the_page_itself():
    post = PreviewPost(8, "текст")
    assert read(post, before=8).newer is False
    assert read(post, before=8, after=8).newer is True


def test_blocks_of_other_channels_are_left_out_and_counted():
    own, other = PreviewPost(8, "свій"), PreviewPost(9, "чужий")
    blocks = [wrapped(message(name, "x", post, "", token=1)) for name, post in ((NAME, own), ("Somebody", other))]
    found = read_page(page(NAME, "x", blocks, before=None, after=None, canonical=9).encode(), CHANNEL)
    assert [block.id for block in found.blocks] == [8]
    assert (found.parsed, found.skipped) == (1, 1)
    assert found.note == "1 of 2 blocks could not be told apart"


def test_a_page_with_other_channels_posts_only_is_not_the_channel():
    with pytest.raises(NoPreview, match="only posts of Somebody"):
        read_page(page_of(PreviewPost(8, "чужий"), name="Somebody"), CHANNEL)


def test_one_strange_block_among_others_is_passed_over_and_counted():
    blocks = [wrapped(message(NAME, "x", PreviewPost(number, "т"), "", token=1)) for number in (7, 8)]
    blocks.append(blocks[-1].replace("data-post", "data-item"))
    found = read_page(page(NAME, "x", blocks, before=None, after=None, canonical=9).encode(), CHANNEL)
    assert ([block.id for block in found.blocks], found.skipped) == ([7, 8], 1)


def test_the_marker_beside_posts_is_ignored():
    blocks = [wrapped(message(NAME, "x", PreviewPost(7, "т"), "", token=1)), no_posts()]
    assert len(read_page(page(NAME, "x", blocks, before=None, after=None, canonical=9).encode(), CHANNEL).blocks) == 1


@pytest.mark.parametrize("body", [b"<html></html>", b"<html><body>No</body></html>\n<!-- page generated in 1ms -->"])
def test_a_short_answer_without_posts_is_unknown_not_empty(body: bytes):
    with pytest.raises(MaybeThrottled):
        read_page(body, CHANNEL)


def test_the_evidence_is_the_block_as_it_was_served():
    served = page_of(PreviewPost(7, "раз<>"), PreviewPost(8, "два"), after=8)
    raws = [block.post.raw for block in read_page(served, CHANNEL).blocks if block.post]
    assert all(raw.encode() in served for raw in raws)
    assert ["раз&lt;&gt;" in raws[0], "два" in raws[1], "data-after" in raws[1]] == [True, True, False]


def test_a_text_cannot_pass_for_a_block():
    hostile = f'<div class="tgme_widget_message_wrap"><div class="tgme_widget_message" data-post="{NAME}/666">'
    found = read(PreviewPost(7, hostile), PreviewPost(8, "два"))
    assert [block.id for block in found.blocks] == [7, 8]
    assert found.blocks[0].post is not None
    assert found.blocks[0].post.text == hostile


def test_what_is_known_is_not_read_again():
    first = read(PreviewPost(7, "раз"), PreviewPost(8, "два"))
    again = read_page(page_of(PreviewPost(7, "раз"), PreviewPost(8, "три")), CHANNEL, first.prints)
    assert [block.id for block in again.blocks] == [8]
    assert (again.lowest, again.highest, again.parsed) == (7, 8, 2)


def test_an_error_about_one_post_that_is_not_its_absence_is_told():
    body = embed('<div class="tgme_widget_message_error err_message">Channel is private</div>').encode()
    with pytest.raises(NoPreview, match="Channel is private"):
        read_single(body, CHANNEL, "7")


ATOMS = [
    b'<div class="tgme_widget_message_wrap">',
    b'<div class="tgme_widget_message">',
    f'<div class="tgme_widget_message" data-post="{NAME}/12">'.encode(),
    f'<div class="tgme_widget_message service_message" data-post="{NAME}/99999999999999999999">'.encode(),
    f'<div class="tgme_widget_message" data-post="{NAME}/²">'.encode(),
    b'<div class="tgme_widget_message" data-post="a/1/2">',
    b'<div class="js-message_text">',
    b'<div class="js-message_grouped_wrap"><a href="http://[?single">',
    b'<a class="tgme_widget_message_reply" href="http://[bad">',
    b'<a class="tgme_widget_message_reply">',
    b'<div class="tgme_widget_message_forwarded_from">',
    b'<a class="tgme_widget_message_forwarded_from_name" href="https://t.me/x/1">',
    b'<a class="tgme_widget_message_date"><time datetime="0001-01-01T00:00:00+14:00">',
    b'<a class="tgme_widget_message_date"><time datetime>',
    b'<a class="tgme_widget_message_date"><time datetime="2022-03-01T05:00:00">',
    b'<section class="tgme_channel_history">',
    b'<div class="tme_no_messages_found">',
    b'<a data-after="x">',
    b'<div class="err_message">',
    b"</div>",
    b"</a>",
    b"<br/>",
    b"12",
    b"\xff\xfe\x00",
    b"x" * 5_000,
]
BODIES = st.one_of(st.binary(), st.lists(st.one_of(st.sampled_from(ATOMS), st.binary(max_size=5))).map(b"".join))


@given(BODIES, st.sampled_from([b"</html>", b""]))
def test_any_bytes_give_posts_or_one_of_our_errors(body: bytes, end: bytes):
    try:
        found = read_page(body + end, CHANNEL)
    except CollectError:
        return
    assert len(found.blocks) == found.parsed > 0
    assert found.skipped >= 0
    assert all(block.post is None or block.post.channel == CHANNEL.key for block in found.blocks)
    assert found.lowest <= found.highest


@given(BODIES)
def test_any_bytes_about_one_post_give_a_post_its_absence_or_one_of_our_errors(body: bytes):
    try:
        block = read_single(body + b"</html>", CHANNEL, "12")
    except CollectError:
        return
    assert block is None or block.id >= 0


@given(
    st.lists(
        st.tuples(st.sampled_from(["own", "stranger", "no id"]), st.booleans()),
        min_size=1,
        max_size=25,
    )
)
def test_every_block_is_either_read_or_counted_as_skipped(kinds: list[tuple[str, bool]]):
    blocks = []
    for number, (kind, service) in enumerate(kinds, 1):
        post = PreviewPost(number, "т", service=service)
        block = wrapped(message(NAME if kind == "own" else "Other", "x", post, "", token=1))
        blocks.append(block.replace("data-post", "data-x") if kind == "no id" else block)
    own = sum(kind == "own" for kind, _ in kinds)
    body = page(NAME, "x", blocks, before=None, after=None, canonical=9).encode()
    if not own:
        with pytest.raises((NoPreview, LayoutChanged)):
            read_page(body, CHANNEL)
        return
    found = read_page(body, CHANNEL)
    assert (found.parsed, found.skipped) == (own, len(kinds) - own)
    assert len(found.blocks) == own


def test_the_scripted_start_is_what_a_post_shows():
    assert only(PreviewPost(7, "т", START)).published_at == START
