"""docs/commands.md, made from the commands themselves: python -m monitor.cli._docs > docs/commands.md."""

from __future__ import annotations

import sys

import typer
from typer.cli import get_docs_for_click
from typer.main import get_command

from monitor.cli import app

_HEAD = "<!-- Made from the commands: python -m monitor.cli._docs > docs/commands.md -->\n\n"


def document() -> str:
    """Return every command with its arguments and options as Markdown."""
    commands = get_command(app)
    return _HEAD + get_docs_for_click(obj=commands, ctx=typer.Context(commands), name="monitor").rstrip() + "\n"


if __name__ == "__main__":
    sys.stdout.write(document())
