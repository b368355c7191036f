"""What each answer of the Bot API comes to, by a table.

What happens to a message that was handed over and not answered needs real sockets: the contract test has it.

The shapes are those of https://core.telegram.org/bots/api#making-requests and of `ResponseParameters`.
"""

from __future__ import annotations

import httpx
import pytest
import respx

from monitor.ports import Outcome, Rejected, Retry, Sent
from monitor.send.telegram import Options, connect
from tests.clock import FixedClock
from tests.send.samples import an_alert

TOKEN = "123456:made-up"
SEND = f"https://api.telegram.org/bot{TOKEN}/sendMessage"


def refusal(code: int, description: str, **parameters: int) -> httpx.Response:
    return httpx.Response(
        code, json={"ok": False, "error_code": code, "description": description, "parameters": parameters}
    )


ANSWERS: list[tuple[str, httpx.Response | Exception, type[Outcome]]] = [
    ("accepted", httpx.Response(200, json={"ok": True, "result": {"message_id": 7}}), Sent),
    ("too many", refusal(429, "Too Many Requests: retry after 3", retry_after=3), Retry),
    ("server error", refusal(502, "Bad Gateway"), Retry),
    ("kicked", refusal(403, "Forbidden: bot was kicked from the channel chat"), Rejected),
    ("wrong token", refusal(401, "Unauthorized"), Rejected),
    ("no such bot", refusal(404, "Not Found"), Rejected),
    ("no such chat", refusal(400, "Bad Request: chat not found"), Rejected),
    ("not connected", httpx.ConnectError("refused"), Retry),
]


@respx.mock
@pytest.mark.parametrize(("name", "answer", "outcome"), ANSWERS, ids=[row[0] for row in ANSWERS])
async def test_every_answer_comes_to_one_outcome_that_tells_no_token(name, answer, outcome) -> None:
    route = respx.post(SEND).mock(side_effect=[answer])
    async with connect(Options(chat_id=-100, token=TOKEN), FixedClock()) as sender:
        got = await sender.send(an_alert(), key="k", reply_to=None, silent=True)
    assert isinstance(got, outcome), got
    assert TOKEN not in repr(got)
    assert route.call_count == 1


@respx.mock
async def test_the_wait_that_the_service_asks_for_is_kept_and_pauses_the_chat() -> None:
    respx.post(SEND).mock(return_value=refusal(429, "Too Many Requests: retry after 33", retry_after=33))
    async with connect(Options(chat_id=-100, token=TOKEN), FixedClock()) as sender:
        got = await sender.send(an_alert(), key="k", reply_to=None, silent=True)
    assert isinstance(got, Retry)
    assert (got.after, got.pause) == (33, True)
