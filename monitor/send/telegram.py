"""Telegram through the Bot API: replies under their root, edits in place; no key against repeats.

Methods and limits: https://core.telegram.org/bots/api. The token is part of every address, so no
address ever reaches a log, an error or the reason of an outcome.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http import HTTPStatus

import structlog

from monitor.model import Alert
from monitor.ports import Capabilities, Clock, Outcome, Rejected, Retry, Sender, Sent, Unknown
from monitor.send._entities import LONGEST_TEXT, Message, compose
from monitor.send._http import Answer, Api, clamp_wait, open_api, refused

_log = structlog.get_logger(__name__)
_TOKEN = re.compile(r"\d+:[A-Za-z0-9_-]+")
_CHAT = re.compile(r"-?\d+|@[A-Za-z0-9_]+")
_CHAT_IS_CLOSED = re.compile(
    r"chat not found|thread not found|topic_closed|write_forbidden|peer_id_invalid|deactivated|rights|upgraded",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Options:
    """Where to send. `chat_id` is a number (groups are negative) or "@channel"; `thread_id` a forum's topic."""

    chat_id: int | str
    token: str = field(repr=False)
    thread_id: int | None = None
    base_url: str = "https://api.telegram.org"

    def __post_init__(self) -> None:
        """Raise ValueError, without the token in it, for what can never work."""
        if not _TOKEN.fullmatch(self.token):
            raise ValueError("token: not of the form 123456:ABC-def, as @BotFather gives it")
        if not _CHAT.fullmatch(str(self.chat_id)):
            raise ValueError(f"chat_id: {self.chat_id!r} is neither a number nor @channel")
        if not self.base_url.startswith(("https://", "http://")):
            raise ValueError("base_url: not an http or https address")


@asynccontextmanager
async def connect(options: Options, clock: Clock) -> AsyncIterator[Sender]:
    """Yield a sender for one chat. Nothing is asked of the service before the first message."""
    async with open_api(clock, secrets=[options.token]) as api:
        yield Telegram(options, api)


class Telegram:
    """One chat of one bot."""

    capabilities = Capabilities(
        thread=True, edit=True, acknowledge=False, idempotent=False, attach=False, length=LONGEST_TEXT
    )

    def __init__(self, options: Options, api: Api) -> None:
        self._options = options
        self._api = api
        self._chat_id = options.chat_id  # changes when a group becomes a supergroup
        self._note = ""  # what the next message that is accepted tells the desk

    async def send(self, alert: Alert, *, key: str, reply_to: str | None, silent: bool) -> Outcome:  # noqa: ARG002 - no key here
        request: dict[str, object] = {"disable_notification": silent}
        if self._options.thread_id is not None:
            request["message_thread_id"] = self._options.thread_id
        if reply_to is not None and reply_to.isdecimal():  # else another service stood under this name before
            request["reply_parameters"] = {"message_id": int(reply_to), "allow_sending_without_reply": True}
        outcome = await self._post("sendMessage", compose(alert), request)
        if isinstance(outcome, Sent) and self._note:
            outcome, self._note = Sent(outcome.remote_id, self._note), ""
        return outcome

    async def edit(self, alert: Alert, *, key: str, remote_id: str) -> Outcome:  # noqa: ARG002 - editing twice is harmless
        if not remote_id.isdecimal():
            return Rejected(f"{remote_id!r} is no message of Telegram's")
        outcome = await self._post("editMessageText", compose(alert), {"message_id": int(remote_id)})
        stands = isinstance(outcome, Sent) or (
            isinstance(outcome, Rejected) and "message is not modified" in outcome.reason
        )
        return Sent(remote_id) if stands else outcome

    async def _post(self, method: str, message: Message, request: Mapping[str, object]) -> Outcome:
        """Send, and once more where the answer says how it would be accepted: elsewhere, or without entities."""
        answer = await self._call(method, message, request)
        if isinstance(answer, Answer) and (new_chat := _new_chat(answer)) is not None:
            _log.warning("the group has a new id: change chat_id in the settings", old=self._chat_id, new=new_chat)
            self._chat_id = new_chat
            self._note = f"The group has a new id: change chat_id to {new_chat}."
            answer = await self._call(method, message, request)
        if isinstance(answer, Answer) and message.entities and _formatting_refused(answer):
            _log.warning("the service refused the formatting: sent as plain text", answer=self._reason(answer))
            answer = await self._call(method, message._replace(entities=()), request)
        return self._outcome(answer) if isinstance(answer, Answer) else answer

    async def _call(self, method: str, message: Message, request: Mapping[str, object]) -> Answer | Retry | Unknown:
        url = f"{self._options.base_url.rstrip('/')}/bot{self._options.token}/{method}"
        payload = {
            "chat_id": self._chat_id,
            "text": message.text,
            "entities": message.entities,
            "link_preview_options": {"is_disabled": True},
            **request,
        }
        return await self._api.post(url, payload)

    def _outcome(self, answer: Answer) -> Outcome:
        if answer.body.get("ok") is True:
            return Sent(_message_id(answer))
        code = answer.body.get("error_code")
        status = code if isinstance(code, int) else answer.status
        reason = self._reason(answer)
        if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES and "ok" not in answer.body:
            return Unknown(reason)  # someone in between answered; whether they passed it on, nobody knows
        wait = clamp_wait(_parameters(answer).get("retry_after"))
        outcome = refused(status, reason, answer.wait if wait is None else wait)
        if isinstance(outcome, Rejected) and _CHAT_IS_CLOSED.search(_description(answer)):
            return Rejected(reason, destination=True)
        return outcome

    def _reason(self, answer: Answer) -> str:
        description = _description(answer) or "not an answer of the Bot API"
        return self._api.scrub(f"{answer.status}: {description}")


def _description(answer: Answer) -> str:
    return str(answer.body.get("description", ""))


def _parameters(answer: Answer) -> Mapping[str, object]:
    parameters = answer.body.get("parameters")
    return parameters if isinstance(parameters, dict) else {}


def _formatting_refused(answer: Answer) -> bool:
    return answer.status == HTTPStatus.BAD_REQUEST and "entit" in _description(answer).lower()


def _new_chat(answer: Answer) -> int | None:
    """Return the id of the supergroup that the group has become."""
    chat = _parameters(answer).get("migrate_to_chat_id")
    return chat if isinstance(chat, int) else None


def _message_id(answer: Answer) -> str:
    """Return the message's id; nothing if the service accepted it and did not say (no reply or edit then)."""
    result = answer.body.get("result")
    number = result.get("message_id") if isinstance(result, dict) else None
    return str(number) if isinstance(number, int) else ""
