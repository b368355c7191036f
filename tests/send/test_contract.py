"""Every service is asked the same questions."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from monitor import registry
from monitor.model import Severity
from monitor.ports import Outcome, Rejected, Retry, Sender, Sent, Unknown
from monitor.send._http import Api
from tests.clock import FixedClock
from tests.send.loopback import Fault, Loopback, Raw
from tests.send.samples import an_alert, line
from tests.send.services import SERVICES, Service

PAGE = "<html><body>503 Service Temporarily Unavailable</body></html>"
LOCAL = {"console"}  # has no answers: see test_console


@pytest.fixture(params=sorted(SERVICES))
def service(request: pytest.FixtureRequest) -> Service:
    return SERVICES[request.param]


@asynccontextmanager
async def talking(service: Service, told: Raw | Fault | None) -> AsyncIterator[tuple[Sender, Loopback]]:
    name = next(name for name, each in SERVICES.items() if each is service)
    async with Loopback(lambda _path, _body: service.accepted) as server:
        server.always = told
        module = registry.load("send", name)
        async with module.connect(service.options(server.url), FixedClock()) as sender:
            yield sender, server


async def outcome(service: Service, told: Raw | Fault | None) -> Outcome:
    async with talking(service, told) as (sender, _):
        return await sender.send(an_alert(), key="k", reply_to=None, silent=False)


def test_every_service_brings_its_answers_to_this_test():
    assert set(registry.names("send")) == set(SERVICES) | LOCAL


async def test_an_accepted_message_is_sent_with_its_id(service):
    assert isinstance(result := await outcome(service, None), Sent)
    assert result.remote_id


async def test_an_accepted_message_without_an_id_is_sent_all_the_same(service):
    assert await outcome(service, service.without_id) == Sent("")


async def test_an_error_in_the_body_of_a_success_is_a_refusal(service):
    assert isinstance(await outcome(service, service.refused_with_200), Rejected)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("3", 3.0),
        ("0", 1.0),
        ("-5", 1.0),
        ("86400", 900.0),
        ("inf", 900.0),
        ("Wed, 02 Mar 2022 04:13:00 GMT", 60.0),
        ("Wed, 02 Mar 2022 04:00:00 GMT", 1.0),
        (f"Wed, 02 Mar {10**20} 04:13:00 GMT", None),
        ("soon", None),
        ("nan", None),
        ("", None),
    ],
)
async def test_a_429_pauses_the_destination_for_as_long_as_the_header_asks_within_reason(service, header, seconds):
    result = await outcome(service, Raw(429, PAGE, {"Retry-After": header}))
    assert isinstance(result, Retry)
    assert (result.after, result.pause) == (seconds, True)


async def test_a_429_may_say_in_its_body_how_long_to_wait(service):
    result = await outcome(service, service.throttled_in_body)
    assert isinstance(result, Retry)
    assert (result.after, result.pause) == (7.0, True)


@pytest.mark.parametrize("status", [500, 502, 503, 504, 408])
@pytest.mark.parametrize("body", [PAGE, "", "{}", '{"ok": false', "[" * 100_000])
async def test_a_server_error_is_tried_again_whatever_its_body_is(service, status, body):
    result = await outcome(service, Raw(status, body))
    assert isinstance(result, Retry)
    assert not result.pause


@pytest.mark.parametrize("status", [401, 403, 404, 410, 301, 302])
async def test_a_key_an_address_or_a_host_that_is_wrong_closes_the_destination(service, status):
    result = await outcome(service, Raw(status, PAGE, {"Location": "https://example.org/"}))
    assert isinstance(result, Rejected)
    assert result.destination


async def test_a_wrong_key_closes_the_destination(service):
    result = await outcome(service, service.bad_key)
    assert isinstance(result, Rejected)
    assert result.destination


async def test_another_refusal_is_about_this_message_only(service):
    result = await outcome(service, Raw(400, PAGE))
    assert isinstance(result, Rejected)
    assert not result.destination


async def test_no_connection_is_tried_again(service):
    async with talking(service, None) as (sender, server):
        await server.__aexit__()
        assert isinstance(await sender.send(an_alert(), key="k", reply_to=None, silent=False), Retry)


@pytest.mark.parametrize("fault", ["drop-after-accept", "cut-answer", "drop-before-body"])
async def test_an_answer_that_is_lost_after_the_message_was_handed_over_leaves_its_fate_unknown(service, fault):
    assert isinstance(await outcome(service, fault), Unknown)


async def test_a_time_out_after_the_message_was_handed_over_leaves_its_fate_unknown(service):
    async with (
        Loopback(lambda _path, _body: service.accepted) as server,
        httpx.AsyncClient(timeout=0.05) as client,
    ):
        server.always = "hang-after-accept"
        sender = service.sender(server.url, Api(client, FixedClock(), [service.secret]))
        assert isinstance(await sender.send(an_alert(), key="k", reply_to=None, silent=False), Unknown)
        assert len(server.requests) == 1


async def test_a_time_out_before_the_message_is_whole_is_tried_again(service):
    def write_fails(request: httpx.Request) -> httpx.Response:
        raise httpx.WriteTimeout("too slow", request=request)

    async with httpx.AsyncClient(transport=httpx.MockTransport(write_fails)) as client:
        sender = service.sender("http://127.0.0.1", Api(client, FixedClock(), [service.secret]))
        assert isinstance(await sender.send(an_alert(), key="k", reply_to=None, silent=False), Retry)


async def test_a_success_that_is_not_the_service_speaking_leaves_the_fate_unknown(service):
    assert isinstance(await outcome(service, Raw(200, PAGE)), Unknown)


async def test_a_refusal_counts_even_if_its_explanation_is_cut_off(service):
    async with talking(service, "cut-answer") as (sender, server):
        server.answer_with(Raw(502, PAGE))
        assert isinstance(await sender.send(an_alert(), key="k", reply_to=None, silent=False), Retry)


async def test_an_endless_answer_is_not_read_to_its_end(service):
    class Endless(httpx.AsyncByteStream):
        pieces = 0

        async def __aiter__(self) -> AsyncIterator[bytes]:
            while self.pieces < 10_000:
                self.pieces += 1
                yield b"x" * 1024

    endless = Endless()
    transport = httpx.MockTransport(lambda _: httpx.Response(200, stream=endless))
    async with httpx.AsyncClient(transport=transport) as client:
        sender = service.sender("http://127.0.0.1", Api(client, FixedClock(), []))
        assert isinstance(await sender.send(an_alert(), key="k", reply_to=None, silent=False), Unknown)
    assert endless.pieces < 1100


async def test_an_alert_of_any_length_arrives_as_one_message_within_the_limit(service):
    rows = tuple(f"Row {number:>4} {'9' * 20}" for number in range(4000))
    async with talking(service, None) as (sender, server):
        assert isinstance(await sender.send(an_alert(rows=rows), key="k", reply_to=None, silent=False), Sent)
        (body,) = [body for _, body in server.requests]
        text = service.text_of(body)
        assert service.size(text) <= sender.capabilities.length
        assert text.startswith("Ukraine's General Staff says")
        assert "A-0012" in text
        assert text.count("\nRow ") + int(text.partition("\n+")[2].split()[0]) == 4000


async def test_hostile_text_arrives_without_control_and_bidirectional_characters(service):
    hostile = line("quote", "«танків \u202e\u2066\x00\x1b[31m\ud800 251»\nsecond\u2028line")
    async with talking(service, None) as (sender, server):
        assert isinstance(await sender.send(an_alert(more=(hostile,)), key="k", reply_to=None, silent=False), Sent)
        (body,) = [body for _, body in server.requests]
    bad = [each for each in service.text_of(body).replace("\n", "") if unicodedata.category(each) in {"Cc", "Cs"}]
    assert not bad
    assert "\u202e" not in service.text_of(body)
    assert "251» second line\n" in service.text_of(body)


async def test_the_desk_sees_which_alert_a_correction_is_about(service):
    async with talking(service, None) as (sender, server):
        alert = an_alert(number=13, reply_to=12, severity=Severity.URGENT)
        await sender.send(alert, key="k", reply_to=None, silent=False)
        (body,) = [body for _, body in server.requests]
    assert "A-0013 · corrects A-0012" in service.text_of(body)


@pytest.mark.parametrize("wrong", [Raw(400, ""), Raw(403, ""), Raw(502, ""), Raw(200, ""), "drop-after-accept", None])
async def test_no_outcome_tells_the_secret_even_if_the_service_repeats_it(service, wrong):
    told = wrong
    if isinstance(wrong, Raw):
        told = Raw(wrong.status, json.dumps({"description": f"no such path /bot{service.secret}/x", "ok": False}))
    result = await outcome(service, told)
    assert service.secret not in repr(result)
    assert service.secret.partition(":")[2] not in repr(result)
