from __future__ import annotations

from datetime import timedelta

import pytest

from monitor.collect import Budget, telegram_web
from monitor.demo.preview import PreviewChannel, PreviewPost, PreviewServer
from monitor.ports import Collector
from tests.clock import FixedClock
from tests.collect.preview import CHANNEL, NAME, START, hourly, ids_of, posts_of, taken


async def fetched(collector: Collector, cursor: str):
    return await taken(collector.fetch(CHANNEL, cursor))


async def past(collector: Collector, *, since=None, until=None, cursor=""):
    return await taken(collector.history(CHANNEL, since=since, until=until, cursor=cursor))


# ── what is new ───────────────────────────────────────────────────────────────────────────


async def test_a_first_pass_takes_the_newest_page_only(collector: Collector, server: PreviewServer):
    batches = await fetched(collector, "")
    assert ids_of(batches) == list(range(281, 301))
    assert batches[-1].cursor == "300"
    assert list(server.requests) == [f"/s/{NAME}"]


async def test_a_new_post_comes_with_all_that_the_page_says_of_it(collector: Collector, server: PreviewServer):
    server.add(NAME, PreviewPost(301, "Знищено **302** танки\n\n🇺🇦 #разом", START, media=("photo",)))
    new = posts_of(await fetched(collector, "300"))[-1]
    assert (new.channel, new.id) == (CHANNEL.key, "301")
    assert new.text == "Знищено 302 танки\n\n🇺🇦 #разом"
    assert new.published_at == START
    assert new.url == f"https://t.me/{NAME}/301"
    assert new.media == ("photo",)
    assert new.raw.startswith('<div class="tgme_widget_message_wrap')
    assert "<b>302</b> танки<br/><br/>" in new.raw
    assert new.raw.rstrip().endswith("</div>")


async def test_an_unchanged_page_yields_nothing_and_costs_one_request(collector: Collector, server: PreviewServer):
    await fetched(collector, "")
    server.requests.clear()
    (batch,) = await fetched(collector, "300")
    assert batch.found == ()
    assert batch.cursor == "300"
    assert len(server.requests) == 1


async def test_an_edited_post_comes_again_and_alone(collector: Collector, server: PreviewServer):
    await fetched(collector, "")
    server.edit(NAME, 290, "Уточнено: 291")
    batches = await fetched(collector, "300")
    assert [(post.id, post.text) for post in posts_of(batches)] == [("290", "Уточнено: 291")]
    assert batches[-1].cursor == "300"


async def test_a_text_that_goes_back_to_what_it_was_comes_again(collector: Collector, server: PreviewServer):
    before = posts_of(await fetched(collector, ""))[9]
    for text in ("Уточнено: 291", before.text):
        server.edit(NAME, 290, text)
        assert [post.text for post in posts_of(await fetched(collector, "300"))] == [text]


async def test_a_post_whose_handling_broke_off_comes_again(collector: Collector, server: PreviewServer):
    await fetched(collector, "")
    server.edit(NAME, 290, "Уточнено: 291")
    async for _ in collector.fetch(CHANNEL, "300"):
        break
    assert ids_of(await fetched(collector, "300")) == [290]


async def test_a_post_that_the_cursor_does_not_cover_comes_again(collector: Collector):
    await fetched(collector, "")
    assert ids_of(await fetched(collector, "298")) == [299, 300]


async def test_another_collector_knows_nothing_of_what_this_one_took(
    collector: Collector, server: PreviewServer, clock: FixedClock, budget: Budget
):
    await fetched(collector, "")
    options = telegram_web.Options(base_url=server.base_url)
    async with telegram_web.connect(options, clock, budget) as restarted:
        assert ids_of(await fetched(restarted, "300")) == list(range(281, 301))


async def test_views_and_tokens_alone_are_no_change(collector: Collector, server: PreviewServer):
    first = posts_of(await fetched(collector, ""))[0]
    (second,) = (await collector.reread(CHANNEL, [first.id])).found
    assert second.post is not None
    assert second.post.raw != first.raw
    assert posts_of(await fetched(collector, "300")) == []


# ── what was missed ───────────────────────────────────────────────────────────────────────


async def test_150_missed_posts_are_caught_up_with_oldest_first(collector: Collector, server: PreviewServer):
    batches = await fetched(collector, "150")
    assert ids_of(batches) == list(range(151, 301))
    assert [int(batch.cursor) for batch in batches] == [170, 190, 210, 230, 250, 270, 290, 300]
    assert all(not batch.note for batch in batches)


async def test_a_pass_that_catches_up_too_far_stops_says_so_and_skips_nothing(collector: Collector):
    first = await fetched(collector, "20")
    assert ids_of(first) == list(range(21, 221))
    assert first[-1].cursor == "220"
    assert "behind: read up to id 220, the newest is 300" in first[-1].note
    rest = await fetched(collector, first[-1].cursor)
    assert sorted(set(ids_of(rest))) == list(range(221, 301))
    assert all(not batch.note for batch in rest)


async def test_a_walk_cut_in_the_middle_of_a_page_goes_on_after_the_last_post_handled(collector: Collector):
    handled: list[int] = []
    cursor = "100"
    async for batch in collector.fetch(CHANNEL, cursor):
        for found in batch.found:
            if len(handled) == 27:
                break
            assert found.post is not None
            handled.append(int(found.post.id))
            cursor = found.cursor
        if len(handled) == 27:
            break
    rest = await fetched(collector, cursor)
    assert handled + ids_of(rest) == list(range(101, 301))


async def test_ids_that_are_absent_are_no_gap(collector: Collector, server: PreviewServer):
    for post in range(250, 295):
        server.delete(NAME, post)
    batches = await fetched(collector, "249")
    assert ids_of(batches)[-6:] == [295, 296, 297, 298, 299, 300]
    assert batches[-1].cursor == "300"
    server.requests.clear()
    await fetched(collector, "300")
    assert len(server.requests) == 1


async def test_posts_that_arrive_during_the_walk_are_left_for_the_next_pass_or_taken_now_but_never_lost(
    collector: Collector, server: PreviewServer
):
    seen: set[int] = set()
    cursor, late = "240", iter(range(301, 304))
    async for batch in collector.fetch(CHANNEL, cursor):
        seen.update(ids_of([batch]))
        cursor = batch.cursor
        if (number := next(late, None)) is not None:
            server.add(NAME, *hourly([number]))
    seen.update(ids_of(await fetched(collector, cursor)))
    assert seen >= set(range(241, 304))


async def test_an_album_is_one_post_and_its_cursor_covers_all_its_ids(collector: Collector, server: PreviewServer):
    server.add(NAME, PreviewPost(301, "Чотири фото", START, album=(302, 303, 304)))
    batches = await fetched(collector, "300")
    album = posts_of(batches)[-1]
    assert (album.id, album.album, album.media) == ("301", ("302", "303", "304"), ("photo",))
    assert album.text == "Чотири фото"
    assert batches[-1].found[-1].cursor == batches[-1].cursor == "304"
    server.add(NAME, *hourly([305]))
    server.requests.clear()
    assert ids_of(await fetched(collector, "304")) == [305]
    assert len(server.requests) == 1


async def test_a_service_message_is_no_post_but_its_id_is_accounted_for(collector: Collector, server: PreviewServer):
    server.add(NAME, PreviewPost(301, "Channel photo updated", START, service=True))
    batches = await fetched(collector, "300")
    assert 301 not in ids_of(batches)
    assert batches[-1].found[-1] == (None, "301")
    assert batches[-1].cursor == "301"


async def test_the_name_may_be_written_in_other_capitals(collector: Collector, server: PreviewServer):
    server.add_channel(PreviewChannel.of(NAME.upper(), *hourly(range(1, 6))))
    assert ids_of(await fetched(collector, "")) == [1, 2, 3, 4, 5]


async def test_packed_answers_are_read(clock: FixedClock, budget: Budget):
    with PreviewServer(PreviewChannel.of(NAME, *hourly(range(1, 30))), gzip=True) as server:
        options = telegram_web.Options(base_url=server.base_url)
        async with telegram_web.connect(options, clock, budget) as connected:
            assert ids_of(await fetched(connected, "")) == list(range(10, 30))


# ── reading again ─────────────────────────────────────────────────────────────────────────


async def test_single_posts_are_read_again_by_id(collector: Collector, server: PreviewServer):
    server.edit(NAME, 17, "Уточнено: 18")
    batch = await collector.reread(CHANNEL, ["16", "17"])
    assert [(found.post.id, found.post.text) for found in batch.found if found.post] == [
        ("16", "Знищено танків: 16"),
        ("17", "Уточнено: 18"),
    ]
    assert batch.cursor == ""
    assert batch.gone == ()


async def test_a_text_reads_the_same_on_the_page_and_on_its_own(collector: Collector, server: PreviewServer):
    text = "**Втрати** ::🔥::\n> цитата\nдалі ||тихо|| [сайт](https://example.org/?a=1&b=2)"
    server.add(NAME, PreviewPost(301, text, START, media=("video",), reply_to=300))
    (single,) = posts_of([await collector.reread(CHANNEL, ["301"])])
    listed = posts_of(await fetched(collector, "300"))[-1]
    assert single.text == listed.text == "Втрати 🔥\nцитата\nдалі тихо сайт"
    assert (single.media, single.published_at, single.reply_to) == (("video",), START, "300")


async def test_a_deleted_post_is_reported_as_gone(collector: Collector, server: PreviewServer):
    server.delete(NAME, 40)
    batch = await collector.reread(CHANNEL, ["39", "40"])
    assert ids_of([batch]) == [39]
    assert batch.gone == ("40",)


# ── history ───────────────────────────────────────────────────────────────────────────────


async def test_history_is_complete_and_oldest_first(collector: Collector):
    batches = await past(collector)
    assert ids_of(batches) == list(range(1, 301))
    assert batches[-1].cursor == "300"


async def test_history_begins_at_the_first_post_of_the_range_and_ends_before_its_end(collector: Collector):
    batches = await past(collector, since=START + timedelta(hours=123), until=START + timedelta(hours=207))
    assert ids_of(batches) == list(range(123, 207))
    assert batches[-1].cursor == "206"


@pytest.mark.parametrize("hour", [0, 1, 2, 19, 20, 21, 150, 279, 280, 281, 299, 300, 301])
async def test_the_start_is_found_wherever_it_lies(collector: Collector, server: PreviewServer, hour: int):
    batches = await past(collector, since=START + timedelta(hours=hour))
    assert ids_of(batches) == list(range(max(hour, 1), 301))


async def test_the_start_is_found_among_80_000_ids_with_a_few_requests(collector: Collector, server: PreviewServer):
    many = PreviewChannel.of(NAME, *hourly(range(7, 80_000, 13)))
    server.add_channel(many)
    batches = await past(collector, since=START + timedelta(hours=79_000))
    assert ids_of(batches) == [number for number in range(7, 80_000, 13) if number >= 79_000]
    assert len(server.requests) < 20 + len(batches)


async def test_history_goes_on_where_it_was_interrupted(collector: Collector):
    until = START + timedelta(hours=280)
    first: list[int] = []
    cursor = ""
    async for batch in collector.history(CHANNEL, since=None, until=until, cursor=""):
        first += ids_of([batch])
        cursor = batch.cursor
        if len(first) > 90:
            break
    rest = await past(collector, until=until, cursor=cursor)
    assert first + ids_of(rest) == list(range(1, 280))
    assert ids_of(await past(collector, until=until, cursor=rest[-1].cursor)) == []


async def test_a_channel_with_one_post_has_a_history(collector: Collector, server: PreviewServer):
    server.add_channel(PreviewChannel.of(NAME, *hourly([1, 2])))
    assert ids_of(await past(collector)) == [1, 2]


async def test_history_holds_one_page_at_a_time(collector: Collector, server: PreviewServer):
    async for batch in collector.history(CHANNEL, since=None, until=None, cursor="100"):
        assert len(batch.found) == 20
        break
    assert list(server.requests) == [f"/s/{NAME}?after=100"]
