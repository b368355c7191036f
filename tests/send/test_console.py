from __future__ import annotations

import io
import os
import pty
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from typing import TextIO

import pytest

from monitor.model import Severity, Span
from monitor.ports import Rejected, Retry, Sent, Unknown
from monitor.send import console
from monitor.send.console import ConsoleSender
from tests.clock import FixedClock
from tests.send.samples import LINK, an_alert, line, struck_alert

PIPE_HOLDS = 1 << 16


@pytest.fixture
def pipe() -> Iterator[tuple[int, TextIO]]:
    """The reading end of a pipe, and a stream that writes into it."""
    reading, writing = os.pipe()
    with os.fdopen(writing, "w", encoding="utf-8") as stream:
        yield reading, stream
    with suppress(OSError):  # the test closed it
        os.close(reading)


async def on_terminal() -> str:
    """Return what a person's terminal is sent for an alert with a struck figure."""
    reading, writing = pty.openpty()
    with os.fdopen(writing, "w", encoding="utf-8") as stream:
        sender = ConsoleSender(stream, FixedClock())
        await sender.edit(struck_alert(), key="k", remote_id="A-0012")
        shown = os.read(reading, 1 << 16).decode()
    os.close(reading)
    return shown


async def test_a_person_sees_number_severity_time_and_the_lines_of_an_alert(capsys):
    async with console.connect(console.Options(), FixedClock()) as sender:
        outcome = await sender.send(an_alert(severity=Severity.URGENT), key="k", reply_to=None, silent=False)
    assert outcome == Sent("A-0012")
    assert capsys.readouterr().out.splitlines() == [
        "A-0012 · urgent · 2022-03-02 04:12 UTC",
        "Ukraine's General Staff says: Russian losses, as of 3 Mar 2022",
        "Total since 24 Feb 2022. Not independently verified.",
        "Tanks           251 (+14)",
        "Aircraft         31 (+1)",
        "Source: t.me/GeneralStaffZSU/77",
        "",
    ]


async def test_a_reply_is_indented_under_the_number_of_its_root(capsys):
    async with console.connect(console.Options(), FixedClock()) as sender:
        await sender.send(an_alert(number=13, reply_to=12), key="k", reply_to="A-0012", silent=False)
    first, *others = capsys.readouterr().out.splitlines()
    assert first == "    ↳ A-0012  A-0013 · routine · 2022-03-02 04:12 UTC"
    assert all(line.startswith("    ") for line in others if line)


async def test_a_correction_whose_root_never_arrived_still_names_it(capsys):
    async with console.connect(console.Options(), FixedClock()) as sender:
        await sender.send(an_alert(number=13, reply_to=12), key="k", reply_to=None, silent=False)
    assert capsys.readouterr().out.startswith("A-0013 · corrects A-0012 · routine")


async def test_an_edit_is_printed_as_one_and_a_struck_figure_can_be_told_from_the_new_one(capsys):
    async with console.connect(console.Options(), FixedClock()) as sender:
        assert await sender.edit(struck_alert(), key="k", remote_id="A-0012") == Sent("A-0012")
    out = capsys.readouterr().out
    assert out.startswith("    edited A-0012 · urgent")
    assert "Tanks           ~251~ 215 (+14)" in out


async def test_machines_keep_their_output_to_themselves(capsys):
    async with console.connect(console.Options("stderr"), FixedClock()) as sender:
        await sender.send(an_alert(), key="k", reply_to=None, silent=False)
    out, err = capsys.readouterr()
    assert out == ""
    assert "A-0012" in err


async def test_an_address_behind_other_words_is_written_out_where_nobody_can_click(capsys):
    alert = an_alert(more=(line("text", Span("the post", href=LINK)),))
    async with console.connect(console.Options(), FixedClock()) as sender:
        await sender.send(alert, key="k", reply_to=None, silent=False)
    assert "the post <https://t.me/GeneralStaffZSU/77>\n" in capsys.readouterr().out


async def test_a_terminal_shows_the_headline_bold_and_the_old_figure_struck(monkeypatch):
    monkeypatch.setenv("TERM", "xterm-256color")
    shown = await on_terminal()
    assert "\x1b[1mUkraine's General Staff says" in shown
    assert "\x1b[9m251\x1b[0m" in shown
    assert "\x1b[31murgent" in shown


async def test_a_terminal_gets_links_that_can_be_opened(monkeypatch, pipe):
    monkeypatch.setenv("FORCE_COLOR", "1")
    reading, stream = pipe
    await ConsoleSender(stream, FixedClock()).send(an_alert(), key="k", reply_to=None, silent=False)
    shown = os.read(reading, PIPE_HOLDS).decode()
    assert f";{LINK}\x1b\\t.me/GeneralStaffZSU/77\x1b]8;;" in shown


async def test_no_color_means_no_colour(monkeypatch):
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("NO_COLOR", "1")
    shown = await on_terminal()
    assert "\x1b[31m" not in shown
    assert "\x1b[9m251" in shown  # struck is no colour


async def test_a_post_cannot_command_the_terminal(monkeypatch, pipe):
    monkeypatch.setenv("FORCE_COLOR", "1")
    reading, stream = pipe
    hostile = line(
        "quote", "\x1b]0;title\x07\x9b2J [red]no markup[/red] :smile: \u202e", Span("x", href="http://a\x1b[2J")
    )
    await ConsoleSender(stream, FixedClock()).send(an_alert(more=(hostile,)), key="k", reply_to=None, silent=False)
    shown = os.read(reading, PIPE_HOLDS).decode()
    assert "]0;title2J [red]no markup[/red] :smile: " in shown
    assert "\x1b]0" not in shown
    assert "\x9b" not in shown
    assert "http://a" not in shown


async def test_a_pipe_that_nobody_reads_any_more_is_an_outcome_and_no_exception(pipe):
    reading, stream = pipe
    sender = ConsoleSender(stream, FixedClock())
    os.close(reading)
    outcome = await sender.send(an_alert(), key="k", reply_to=None, silent=False)
    assert isinstance(outcome, Rejected)
    assert outcome.destination


async def test_a_closed_stream_is_an_outcome_and_no_exception():
    stream = io.StringIO()
    sender = ConsoleSender(stream, FixedClock())
    stream.close()
    assert isinstance(await sender.send(an_alert(), key="k", reply_to=None, silent=False), Rejected)


async def test_a_reader_that_stands_still_does_not_stop_the_program(pipe):
    reading, stream = pipe
    sender = ConsoleSender(stream, FixedClock())
    os.write(stream.fileno(), b"x" * PIPE_HOLDS)
    assert isinstance(await sender.send(an_alert(), key="k", reply_to=None, silent=False), Retry)
    os.read(reading, 4096)
    long = an_alert(rows=("Row " + "9" * 30,) * 300)
    assert isinstance(await sender.send(long, key="k", reply_to=None, silent=False), Unknown)
    os.read(reading, PIPE_HOLDS)
    assert await sender.send(an_alert(), key="k", reply_to=None, silent=False) == Sent("A-0012")


async def test_a_terminal_without_these_letters_gets_what_it_can_show(pipe):
    reading, _ = pipe
    with os.fdopen(os.dup(pipe[1].fileno()), "w", encoding="ascii") as stream:
        sender = ConsoleSender(stream, FixedClock())
        outcome = await sender.send(an_alert(more=(line("quote", "«танків»"),)), key="k", reply_to=None, silent=False)
    assert outcome == Sent("A-0012")
    assert "?" * 6 in os.read(reading, PIPE_HOLDS).decode("ascii")


def test_head_ends_the_reading_and_not_the_program():
    program = (
        "import asyncio, sys; from monitor.send import console; from tests.clock import FixedClock;"
        "from tests.send.samples import an_alert\n"
        "async def main():\n"
        "  async with console.connect(console.Options(), FixedClock()) as sender:\n"
        "    for _ in range(3): outcome = await sender.send(an_alert(), key='', reply_to=None, silent=False)\n"
        "    sys.stdin.read()\n"
        "    print(await sender.send(an_alert(), key='', reply_to=None, silent=False), file=sys.stderr)\n"
        "asyncio.run(main())"
    )
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-c", program], **pipes) as process:
        assert process.stdout
        assert process.stdin
        assert process.stderr
        assert process.stdout.readline().startswith(b"A-0012")
        process.stdout.close()
        process.stdin.close()
        told = process.stderr.read().decode()
        assert process.wait(20) == 0
    assert told.startswith("Rejected(reason='the terminal is gone")
    assert "Traceback" not in told
