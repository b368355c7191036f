"""The group of all commands: one module of this folder each, loaded when it is named."""

from __future__ import annotations

import importlib
import os
import sys
from functools import cache
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

from monitor import registry
from monitor.errors import MonitorError

READER_GONE = 141  # what a shell reports of a program whose reader went away (128 + SIGPIPE)


class Commands(TyperGroup):
    """Finds commands by the names of their modules, and says in one place what went wrong.

    A module offers `command` (a function) or `app` (a Typer with sub-commands). It is imported to run
    it or to list it, so it must import nothing heavy itself.
    """

    def list_commands(self, ctx: typer.Context) -> list[str]:  # type: ignore[override]
        """Return the names of all commands, in alphabetical order."""
        del ctx
        return list(_names())

    def get_command(self, ctx: typer.Context, cmd_name: str) -> Any:  # type: ignore[override]  # noqa: ANN401
        """Return one command; for a name that nothing has, load all, so that a similar one can be suggested."""
        del ctx
        names = _names()
        for name in [cmd_name] if cmd_name in names else names:
            if name not in self.commands:
                self.commands[name] = _load(name)
        return self.commands.get(cmd_name)

    def invoke(self, ctx: typer.Context) -> Any:  # type: ignore[override]  # noqa: ANN401
        """Run a command. What can be foreseen ends with one clear message and its exit status."""
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
        except MonitorError as error:
            typer.echo(f"monitor: {error}", err=True)
            raise typer.Exit(error.exit_code) from error
        except BrokenPipeError as error:
            _forget_output()
            raise typer.Exit(READER_GONE) from error
        return result


@cache
def _names() -> tuple[str, ...]:
    return tuple(name.replace("_", "-") for name in registry.names("cli"))


def _load(name: str) -> Any:  # noqa: ANN401  # the type of commands is private to Typer
    module = importlib.import_module(f"monitor.cli.{name.replace('-', '_')}")
    group = getattr(module, "app", None)
    if group is None:
        group = typer.Typer(add_completion=False, rich_markup_mode=None)
        group.command(name)(module.command)
    made = get_command(group)
    made.name = name
    made.short_help = " ".join((made.help or "").partition("\n\n")[0].split())  # whole, not cut to what fits
    return made


def _forget_output() -> None:
    """Let what is still to be written go nowhere, so that the interpreter's end does not complain."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
