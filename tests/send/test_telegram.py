from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from monitor.model import Alert, Severity, Span, Style
from monitor.ports import Rejected, Retry, Sender, Sent
from monitor.send import telegram
from monitor.send._entities import compose, defuse
from tests.clock import FixedClock
from tests.send.fake_bot_api import CHAT, TOKEN, FakeBotApi, Rate, pings, refusal
from tests.send.samples import LINK, an_alert, line, struck_alert


@pytest.fixture
async def api() -> AsyncIterator[FakeBotApi]:
    async with FakeBotApi() as server:
        yield server


@pytest.fixture
async def sender(api: FakeBotApi) -> AsyncIterator[Sender]:
    async with telegram.connect(telegram.Options(CHAT, TOKEN, base_url=api.url), FixedClock()) as connected:
        yield connected


async def tell(sender: Sender, alert: Alert, *, reply_to: str | None = None, silent: bool = False):
    return await sender.send(alert, key="k", reply_to=reply_to, silent=silent)


def marked(alert: Alert) -> list[tuple[object, str]]:
    """Return each entity's type and the text it covers."""
    message = compose(alert)
    code = message.text.encode("utf-16-le")
    return [
        (each["type"], code[2 * each["offset"] : 2 * (each["offset"] + each["length"])].decode("utf-16-le"))
        for each in message.entities
    ]


async def test_a_message_arrives_with_a_bold_headline_rows_in_one_width_and_no_preview(sender, api):
    assert await tell(sender, an_alert()) == Sent("1")
    ((_, payload),) = api.requests
    assert payload["link_preview_options"] == {"is_disabled": True}
    assert "parse_mode" not in payload
    assert marked(an_alert()) == [
        ("bold", "Ukraine's General Staff says: Russian losses, as of 3 Mar 2022"),
        ("pre", "Tanks           251 (+14)\nAircraft         31 (+1)"),
        ("text_link", "t.me/GeneralStaffZSU/77"),
    ]


def test_offsets_count_characters_outside_the_basic_plane_twice():
    alert = Alert(
        Severity.URGENT,
        "x",
        "s",
        (line("headline", "🛩️ 𝟐𝟓𝟏"), line("text", "🇺🇦 was ", Span("𝟑𝟎", Style.STRIKE), " now 31")),
    )
    assert marked(alert) == [("bold", "🛩️ 𝟐𝟓𝟏"), ("strikethrough", "𝟑𝟎")]


def test_a_struck_figure_in_a_row_is_struck_and_the_rest_keeps_its_width():
    assert marked(struck_alert())[1:] == [
        ("code", "Tanks           "),
        ("strikethrough", "251"),
        ("code", " 215 (+14)"),
        ("code", "Aircraft         31 (+1)"),
    ]


async def test_more_styled_runs_than_the_service_takes_are_cut_to_what_it_takes(sender):
    old = Span("251", Style.STRIKE)
    rows = tuple(line("row", "Tanks ", old, " 215") for _ in range(60))
    assert await tell(sender, an_alert(rows=(), more=rows)) == Sent("1")
    assert len(compose(an_alert(rows=(), more=rows)).entities) == 100


async def test_blank_runs_carry_no_style(sender):
    blank = line("row", "Tanks", Span("  ", Style.STRIKE), " ", Span("251", Style.STRIKE))
    assert await tell(sender, an_alert(rows=(), more=(blank, line("quote", " ")))) == Sent("1")
    assert [kind for kind, _ in marked(an_alert(rows=(), more=(blank,)))] == [
        "bold",
        "code",
        "strikethrough",
        "text_link",
    ]


def test_quoted_lines_are_set_as_one_quotation():
    assert ("blockquote", "«танків ‒ 251»\n«літаків ‒ 31»") in marked(
        an_alert(more=(line("quote", "«танків ‒ 251»"), line("quote", "«літаків ‒ 31»")))
    )


@pytest.mark.parametrize("silent", [True, False])
async def test_routine_alerts_can_be_silent(sender, api, silent):
    await tell(sender, an_alert(), silent=silent)
    assert api.requests[0][1]["disable_notification"] is silent


async def test_a_correction_replies_to_its_root_and_arrives_even_if_that_was_deleted(sender, api):
    await tell(sender, an_alert())
    assert await tell(sender, an_alert(number=13), reply_to="1") == Sent("2")
    assert await tell(sender, an_alert(number=14), reply_to="999") == Sent("3")
    assert [body["reply_parameters"]["message_id"] for _, body in api.requests[1:]] == [1, 999]


async def test_an_id_of_another_service_does_not_keep_a_correction_back(sender, api):
    assert await tell(sender, an_alert(number=13), reply_to="A-0012") == Sent("1")
    assert isinstance(await sender.edit(an_alert(), key="k", remote_id="A-0012"), Rejected)


async def test_a_topic_of_a_forum_is_addressed(api):
    options = telegram.Options(CHAT, TOKEN, thread_id=5, base_url=api.url)
    async with telegram.connect(options, FixedClock()) as sender:
        await tell(sender, an_alert())
    assert api.requests[0][1]["message_thread_id"] == 5


async def test_an_edit_replaces_the_text_and_the_same_edit_again_counts_as_done(sender, api):
    await tell(sender, an_alert())
    assert await sender.edit(struck_alert(), key="k", remote_id="1") == Sent("1")
    assert await sender.edit(struck_alert(), key="k", remote_id="1") == Sent("1")
    assert "251 215" in api.rules.messages[CHAT, 1][0]


async def test_an_edit_of_a_deleted_message_is_refused_for_this_message_only(sender):
    outcome = await sender.edit(struck_alert(), key="k", remote_id="55")
    assert isinstance(outcome, Rejected)
    assert not outcome.destination
    assert "message to edit not found" in outcome.reason


async def test_refused_formatting_is_sent_again_as_plain_text(sender, api):
    api.rules.formatting_refused = True
    assert await tell(sender, an_alert()) == Sent("1")
    assert [len(body["entities"]) for _, body in api.requests] == [3, 0]
    assert len(api.accepted) == 1


async def test_plain_text_that_is_refused_as_well_is_not_tried_a_third_time(sender, api):
    api.always = refusal(400, "Bad Request: can't parse entities: no")
    assert isinstance(await tell(sender, an_alert()), Rejected)
    assert len(api.requests) == 2


async def test_a_group_that_became_a_supergroup_is_followed(sender, api):
    api.rules.moved[CHAT] = -1002
    api.rules.chats.add(-1002)
    first = await tell(sender, an_alert())
    assert isinstance(first, Sent)
    assert (first.remote_id, "-1002" in first.note) == ("1", True)
    assert await tell(sender, an_alert(number=13)) == Sent("2")
    assert [body["chat_id"] for _, body in api.requests] == [CHAT, -1002, -1002]


async def test_a_bot_that_was_thrown_out_and_a_chat_that_is_not_there_close_the_destination(sender, api):
    api.rules.kicked.add(CHAT)
    outcome = await tell(sender, an_alert())
    assert isinstance(outcome, Rejected)
    assert (outcome.destination, "kicked" in outcome.reason) == (True, True)
    api.rules.kicked.clear()
    api.rules.chats.clear()
    outcome = await tell(sender, an_alert())
    assert isinstance(outcome, Rejected)
    assert outcome.destination


async def test_a_burst_is_slowed_down_by_the_service_and_nothing_is_lost():
    now = 0.0
    async with FakeBotApi(rate=Rate(per_second=1, burst=2, now=lambda: now)) as api:
        options = telegram.Options(CHAT, TOKEN, base_url=api.url)
        async with telegram.connect(options, FixedClock()) as sender:
            outcomes = [await tell(sender, an_alert(number=number)) for number in range(3)]
            assert outcomes == [Sent("1"), Sent("2"), Retry(1.0, "429: Too Many Requests: retry after 1", pause=True)]
            now = 1.0
            assert await tell(sender, an_alert(number=2)) == Sent("3")
    assert len(api.counts()) == 3


@pytest.mark.parametrize(
    "text",
    [
        "@all",
        "ask @duty_desk, @x",
        "/start",
        "(/ban@bot now)",
        "press@mil.gov.ua",
        "@@a",
        "//@b /c",
        "-/d",
        "@\u2060@e",
    ],
)
def test_a_name_or_a_command_in_a_post_pings_and_commands_nobody(text):
    assert pings(defuse(text)) == []
    assert defuse(text).replace("\u2060", "") == text.replace("\u2060", "")


def test_addresses_fractions_and_hashtags_read_as_they_were():
    text = "https://t.me/s/x/1 t.me/x and/or 24/02 #війна"
    assert defuse(text) == text


@pytest.mark.parametrize(
    "href", ["tg://user?id=7", "javascript:alert(1)", "https://", "https://a b", "//x.org", "x", "http://[1"]
)
def test_only_web_addresses_become_links(href):
    assert [each["type"] for each in compose(an_alert(more=(line("text", Span("see", href=href)),))).entities].count(
        "text_link"
    ) == 1  # the source's own


def test_a_link_keeps_its_address():
    assert {"type": "text_link", "offset": 175, "length": 23, "url": LINK} in compose(an_alert()).entities


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"token": "nonsense/../secret"}, "token"),
        ({"token": TOKEN + "\n"}, "token"),
        ({"chat_id": "desk chat"}, "chat_id"),
        ({"base_url": "api.telegram.org"}, "base_url"),
    ],
)
def test_options_that_can_never_work_are_refused_without_telling_the_token(fields, named):
    given = {"chat_id": CHAT, "token": TOKEN} | fields
    with pytest.raises(ValueError, match=named) as caught:
        telegram.Options(**given)
    assert given["token"] not in str(caught.value)


async def test_a_nonsense_message_to_the_fake_is_refused_so_that_it_proves_something(api):
    async with telegram.connect(telegram.Options(-5, TOKEN, base_url=api.url), FixedClock()) as sender:
        assert isinstance(await tell(sender, an_alert()), Rejected)
    async with telegram.connect(telegram.Options(CHAT, "1:other", base_url=api.url), FixedClock()) as sender:
        assert isinstance(await tell(sender, an_alert()), Rejected)
    assert not api.accepted
