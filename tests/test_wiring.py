"""The assembled program and its chats: who gets what, with or without a sound, and what a dead chat leads to."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from monitor.model import Channel, Route, Source
from monitor.wiring import places_of
from tests.newsroom import FIRST_KEY, SECOND_KEY, daily_list, on, watching
from tests.send.fake_bot_api import TOKEN, FakeBotApi

ALPHA, BETA = -1001, -1002

CHATS = """
[destinations.alpha]
service = "telegram"
token_env = "TELEGRAM_BOT_TOKEN"
chat_id = {alpha}
base_url = "{url}"

[destinations.beta]
service = "telegram"
token_env = "TELEGRAM_BOT_TOKEN"
chat_id = {beta}
base_url = "{url}"

[desks.duty]
urgent = {urgent}
routine = ["alpha"]
ops = {ops}
{more}
"""


@asynccontextmanager
async def desk(folder, *, urgent='["alpha"]', ops='["alpha", "beta"]', more=""):
    """Open a newsroom whose desk sits in two chats; its first words are sent already."""
    async with FakeBotApi(chats={ALPHA, BETA}) as api:
        desks = CHATS.format(alpha=ALPHA, beta=BETA, url=api.url, urgent=urgent, ops=ops, more=more)
        environ = {"TELEGRAM_BOT_TOKEN": TOKEN}
        async with watching(folder, desks=desks, environ=environ) as room:
            await room.app.outbox.run_once()
            api.accepted.clear()
            yield room, api


def got(api, chat: int) -> list[str]:
    return [message.text.splitlines()[0] for message in api.accepted if message.chat == chat]


async def test_each_chat_gets_an_alert_once_and_a_second_run_sends_nothing(tmp_path):
    more = '[desks.other]\nroutine = ["alpha", "beta"]'
    async with desk(tmp_path, more=more) as (room, api):
        await room.post(daily_list(0, tanks=100), on(0))
        assert await room.app.outbox.run_once()
        assert not await room.app.outbox.run_once()
        assert [len(got(api, chat)) for chat in (ALPHA, BETA)] == [1, 1]


async def test_an_edit_stands_as_a_reply_under_the_message_and_the_message_is_struck(tmp_path):
    async with desk(tmp_path) as (room, api):
        await room.post(daily_list(0, tanks=100), on(0))
        await room.app.outbox.run_once()
        root = api.accepted[0].message_id
        room.edit(room.numbers["GeneralStaffZSU"], daily_list(0, tanks=110))
        await room.read()
        await room.app.outbox.run_once()
        by_method = {message.method: message for message in api.accepted[1:]}
        assert by_method["sendMessage"].payload["reply_parameters"]["message_id"] == root
        assert by_method["editMessageText"].message_id == root
        assert "strikethrough" in {entity["type"] for entity in by_method["editMessageText"].payload["entities"]}


# ── with and without a sound ──────────────────────────────────────────────────────────────


QUIET = """
[desks.duty.quiet]
starts = 23:00:00
ends = 06:30:00
time_zone = "Europe/Kyiv"
"""


@pytest.mark.parametrize(
    ("hour", "tanks", "silent"),
    [(3, 99, True), (4, 99, False), (3, 101, True), (4, 101, True)],  # 06:12 and 07:12 in Kyiv
    ids=["urgent in quiet hours", "urgent after them", "routine in quiet hours", "routine after them"],
)
async def test_quiet_hours_are_silent_and_delay_nothing(tmp_path, hour, tanks, silent):
    async with desk(tmp_path, more=QUIET) as (room, api):
        await room.post(daily_list(0, tanks=100), on(0))
        await room.app.outbox.run_once()
        await room.post(daily_list(1, tanks=tanks), on(1, hour))
        at = room.clock.now()
        await room.app.outbox.run_once()
        assert room.clock.now() == at, "nobody waited"
        assert api.accepted[-1].payload.get("disable_notification", False) is silent


# ── a dead chat ───────────────────────────────────────────────────────────────────────────


async def send_all(room) -> None:
    """Let the outbox work for two days."""
    for _ in range(96):
        await room.app.outbox.run_once()
        room.clock.pass_by(minutes=30)


async def test_a_chat_that_refuses_everything_is_told_elsewhere_once_and_what_waits_is_kept(tmp_path):
    async with desk(tmp_path) as (room, api):
        api.rules.kicked.add(ALPHA)
        (lost,) = await room.post(daily_list(0, tanks=100), on(0))
        await room.app.outbox.run_once()
        (ops,) = [alert for alert in room.everything() if alert.reason == "undelivered"]
        assert ops.severity == "ops"
        assert "alpha does not take our messages" in ops.headline
        assert f"monitor alerts retry A-{lost.number:04d}" in ops.text
        assert got(api, BETA) == [ops.headline]
        api.rules.kicked.clear()
        await send_all(room)
        assert got(api, ALPHA) == [lost.headline]


async def test_an_alert_that_died_is_named_by_the_number_by_which_it_can_be_sent_again(tmp_path):
    async with desk(tmp_path) as (room, api):
        await room.post(daily_list(0, tanks=100), on(0))
        await room.app.outbox.run_once()
        room.edit(room.numbers["GeneralStaffZSU"], daily_list(0, tanks=110))
        (reply,) = await room.read()
        api.rules.kicked.add(ALPHA)
        await send_all(room)
        named = "\n".join(alert.text for alert in room.everything() if alert.reason == "undelivered")
        assert f"monitor alerts retry A-{reply.number:04d}" in named
        assert await room.app.call(lambda store: store.retry_dead(reply.number)) == 1


async def test_two_dead_chats_do_not_tell_of_each_other_for_ever(tmp_path):
    async with desk(tmp_path) as (room, api):
        api.rules.kicked.update({ALPHA, BETA})
        await room.post(daily_list(0, tanks=100), on(0))
        await send_all(room)
        first = len(room.everything())
        await send_all(room)
        assert len(room.everything()) == first
        assert sum(alert.reason == "undelivered" for alert in room.everything()) <= 2


async def test_where_ops_alerts_have_only_the_dead_chat_they_go_wherever_else_a_desk_is(tmp_path):
    async with desk(tmp_path, ops='["alpha"]', urgent='["alpha", "beta"]') as (room, api):
        api.rules.kicked.add(ALPHA)
        await room.post(daily_list(0, tanks=100), on(0))
        await room.app.outbox.run_once()
        assert got(api, BETA) == ["alpha does not take our messages"]


async def test_a_dead_chat_delays_no_other(tmp_path):
    async with desk(tmp_path, urgent='["alpha", "beta"]') as (room, api):
        await room.post(daily_list(0, tanks=100), on(0))
        api.rules.kicked.add(ALPHA)
        (fall,) = await room.post(daily_list(1, tanks=90), on(1))
        await room.app.outbox.run_once()
        assert fall.headline in got(api, BETA)


async def test_a_chat_with_a_new_id_gets_its_messages_and_is_told_of_once(tmp_path):
    async with desk(tmp_path) as (room, api):
        api.rules.moved[ALPHA] = -1003
        api.rules.chats.add(-1003)
        for day in range(3):
            await room.post(daily_list(day, tanks=100 + day), on(day))
            await room.app.outbox.run_once()
        told = [alert for alert in room.everything() if alert.reason == "ops" and "new id" in alert.text]
        assert len(told) == 1
        assert "-1003" in told[0].text
        assert told[0].headline in got(api, -1003)


# ── which channels are read ───────────────────────────────────────────────────────────────


def channel(key: str, *routes: Route) -> Channel:
    return Channel(key, "staff", key, key, routes=routes)


def test_a_channel_is_read_by_its_first_route_that_is_on_and_one_without_is_not_read():
    off, web, api = Route("telegram_api", enabled=False), Route("telegram_web"), Route("telegram_api")
    source = Source("staff", "Staff", "staff", channels=(channel("a", off, web), channel("b", off)))
    both = replace(source, key="other", channels=(channel("c", api, web),))
    places = [(place.channel.key, place.route) for place in places_of([source, both])]
    assert places == [("a", "telegram_web"), ("c", "telegram_api")]


async def test_both_channels_of_a_source_are_read_and_share_what_is_held(tmp_path):
    async with desk(tmp_path) as (room, _):
        assert {FIRST_KEY, SECOND_KEY} <= {place.channel.key for place in room.app.places}
        await room.post(daily_list(0, tanks=100), on(0))
        (alert,) = await room.post(daily_list(1, tanks=105), on(1), "StaffMirror")
        assert "105 (+5)" in alert.text
