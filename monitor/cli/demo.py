"""`monitor demo`: the whole thing on this machine, without network or keys."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import typer

from monitor.cli._output import talk
from monitor.errors import ConfigError, Fault

if TYPE_CHECKING:
    from monitor.demo.stage import Summary

_BEGIN = """\
A local copy of the public preview replays some days of 2022, 2025 and 2026. Nothing leaves this machine,
and no key is needed. What a chat would show stands on stdout; these lines are the narrator's."""
_NEXT = """\
Next:
  monitor once             read the real channels now, and say what they hold
  monitor run              go on watching them; alerts appear in the terminal
  monitor init my-desk     a folder of your own settings; its desks.toml says how to reach your first chat"""


def command(ctx: typer.Context) -> None:
    """Play some days of official posts through the whole program, and show what a chat would show.

    Everything is in a temporary folder, unless --state names one to be kept.
    """
    import asyncio

    from monitor.cli import _logs
    from monitor.demo.stage import perform

    _logs.configure(())
    kept = ctx.obj.state if ctx.obj else None
    if kept is not None:
        _refuse_what_is_there(kept)
    talk(_BEGIN)
    with TemporaryDirectory(prefix="monitor-demo-") as folder:
        place = Path(folder)
        summary = asyncio.run(perform(place, (kept or place / "state").absolute(), _narrate()))
    _report(summary, kept)


def _refuse_what_is_there(state: Path) -> None:
    if (state / "monitor.sqlite3").exists():
        wrong = "already holds a database, and the demo's posts of 2022 do not belong there"
        raise ConfigError((Fault("command line", f"--state {state}", wrong, "Name an empty folder, or leave it out"),))


def _narrate() -> Callable[[str], None]:
    from rich.console import Console
    from rich.text import Text

    console = Console(stderr=True, highlight=False, soft_wrap=True)

    def say(text: str) -> None:
        console.print(Text(text, style="dim italic"))

    return say


def _report(summary: Summary, kept: Path | None) -> None:
    from monitor.model import Severity

    urgent, routine, ops = (summary.of(severity) for severity in (Severity.URGENT, Severity.ROUTINE, Severity.OPS))
    reasons = ", ".join(
        f"{reason} {count}" for (severity, reason), count in summary.alerts.items() if severity is Severity.URGENT
    )
    talk("━━ That was it ━━")
    talk(
        f"{summary.posts} posts read; {urgent + routine + ops} alerts: {urgent} urgent ({reasons}), {routine} routine,"
    )
    talk(f"{ops} about the monitor itself, {summary.silences} of them silences; {summary.replies} were replies.")
    if summary.undelivered:
        talk(f"{summary.undelivered} messages were not delivered.")
    if kept is not None:
        talk(f"The state is kept: monitor --state {kept} tallies")
    talk(_NEXT)
