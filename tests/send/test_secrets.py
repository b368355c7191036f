"""The token is in the address of every call. Nothing that a person or a file gets to see may hold it."""

from __future__ import annotations

import asyncio
import logging
import random
import traceback

import httpx
import pytest

from monitor.ports import Sent
from monitor.send import Outbox, quiet_http_logs, telegram
from monitor.send._http import Api
from monitor.store.sqlite import SqliteStore
from tests.clock import FixedClock
from tests.send.fake_bot_api import CHAT, FakeBotApi
from tests.send.loopback import Raw
from tests.send.samples import an_alert

SECRET = "AAF-wonderfully_secret_part"
TOKEN = f"987654:{SECRET}"
ECHO = f"no such path: /bot{TOKEN}/sendMessage, or bot987654%3A{SECRET}"
TROUBLES = [
    Raw(400, f'{{"ok": false, "error_code": 400, "description": "{ECHO}"}}'),
    Raw(403, f'{{"ok": false, "error_code": 403, "description": "{ECHO}"}}'),
    Raw(302, "", {"Location": f"https://example.org/bot{TOKEN}/sendMessage"}),
    Raw(502, ECHO),
    Raw(200, ECHO),
    "drop-before-body",
    "drop-after-accept",
    "cut-answer",
    None,
]


@pytest.fixture
def everything_logged(caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]):
    """All that any library says at its most talkative, and all that is printed."""
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.NOTSET)
    caplog.set_level(logging.DEBUG)

    def read() -> str:
        printed = capfd.readouterr()
        return "\n".join([printed.out, printed.err, *(record.getMessage() for record in caplog.records)])

    yield read
    quiet_http_logs()


async def test_the_token_is_in_no_log_no_outcome_no_row_and_no_repr(everything_logged, tmp_path):
    async with FakeBotApi(token=TOKEN) as api:
        options = telegram.Options(CHAT, TOKEN, base_url=api.url)
        told = [repr(options), str(options)]
        async with telegram.connect(options, FixedClock()) as sender:
            told += [repr(sender), str(sender)]
            for trouble in TROUBLES:
                api.always = trouble
                told.append(repr(await sender.send(an_alert(), key="k", reply_to=None, silent=False)))
                told.append(repr(await sender.edit(an_alert(), key="k", remote_id="1")))
            api.always = TROUBLES[1]
            with SqliteStore.open(tmp_path / "state.sqlite3") as store:
                await _deliver(store, sender)
                told += [repr(row) for row in store.db.all("SELECT * FROM deliveries")]
                told += [repr(row) for row in store.db.all("SELECT * FROM destinations")]
    told.append(everything_logged())
    assert any("***" in each for each in told)  # it was there to be removed
    assert any("not sent yet" in each for each in told)  # the log was read
    assert [each for each in told if SECRET in each] == []


async def _deliver(store: SqliteStore, sender: telegram.Telegram) -> None:
    with store.transaction() as transaction:
        number = transaction.add_alert(an_alert(number=None), FixedClock().now())
        transaction.enqueue(number, "root", 1, ["desk"], number, FixedClock().now())

    async def call(work):
        return work(store)

    async def on_dead(delivery, reason):
        print(delivery, reason)  # noqa: T201 - captured

    outbox = Outbox(
        call,
        {"desk": sender},
        FixedClock(),
        silent=lambda *_: False,
        on_dead=on_dead,
        on_note=on_dead,
        chance=random.Random(1),  # noqa: S311 - jitter
    )
    await outbox.run_once()


async def test_the_token_is_not_in_the_traceback_of_a_message_that_was_cut_off():
    async with FakeBotApi(token=TOKEN) as api:
        api.always = "hang-after-accept"
        async with telegram.connect(telegram.Options(CHAT, TOKEN, base_url=api.url), FixedClock()) as sender:
            sending = asyncio.create_task(sender.send(an_alert(), key="k", reply_to=None, silent=False))
            await api.came_in.wait()
            sending.cancel()
            with pytest.raises(asyncio.CancelledError) as caught:
                await sending
    assert SECRET not in "".join(traceback.format_exception(caught.value))


async def test_a_library_that_names_the_address_in_its_error_is_not_quoted():
    def fail(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError(f"cannot reach {request.url}")

    async with httpx.AsyncClient(transport=httpx.MockTransport(fail)) as client:
        options = telegram.Options(CHAT, TOKEN, base_url="https://api.telegram.org")
        sender = telegram.Telegram(options, Api(client, FixedClock(), [TOKEN]))
        outcome = await sender.send(an_alert(), key="k", reply_to=None, silent=False)
    assert "cannot reach https://api.telegram.org/bot***/sendMessage" in repr(outcome)


async def test_libraries_stay_quiet_about_addresses_once_a_sender_is_connected(everything_logged):
    async with (
        FakeBotApi(token=TOKEN) as api,
        telegram.connect(telegram.Options(CHAT, TOKEN, base_url=api.url), FixedClock()) as sender,
    ):
        assert await sender.send(an_alert(), key="k", reply_to=None, silent=False) == Sent("1")
    assert "/bot" not in everything_logged()
