"""What each service over HTTP answers: the contract test asks all of them the same questions.

A new service brings an entry here, or the contract test fails.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

from monitor.ports import Sender
from monitor.send import telegram
from monitor.send._http import Api
from tests.send.fake_bot_api import CHAT, TOKEN, refusal
from tests.send.loopback import Raw


@dataclass(frozen=True)
class Service:
    options: Callable[[str], object]  # address → Options of the service
    sender: Callable[[str, Api], Sender]  # the same with a client of the test's own, to wait less long
    secret: str
    accepted: Raw
    without_id: Raw
    refused_with_200: Raw  # an error in the body of an answer that looks like success
    throttled_in_body: Raw  # asks to wait 7 seconds, in whatever place the service has for it
    bad_key: Raw
    text_of: Callable[[dict[str, object]], str]  # from the body of a request
    size: Callable[[str], int]  # in the unit of `capabilities.length`


def _telegram(url: str) -> telegram.Options:
    return telegram.Options(CHAT, TOKEN, base_url=url)


SERVICES = {
    "telegram": Service(
        options=_telegram,
        sender=lambda url, api: telegram.Telegram(_telegram(url), api),
        secret=TOKEN,
        accepted=Raw(200, json.dumps({"ok": True, "result": {"message_id": 7}})),
        without_id=Raw(200, json.dumps({"ok": True, "result": {}})),
        refused_with_200=Raw(200, json.dumps({"ok": False, "description": "Bad Request: no"})),
        throttled_in_body=refusal(429, "Too Many Requests: retry after 7", retry_after=7),
        bad_key=refusal(401, "Unauthorized"),
        text_of=lambda body: str(body["text"]),
        size=lambda text: len(text.encode("utf-16-le")) // 2,
    )
}
