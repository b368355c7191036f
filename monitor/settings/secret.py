"""Secrets, from the environment, from `.env`, or from a file that `NAME_FILE` points to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path

from dotenv.parser import parse_stream

from monitor.errors import Fault

_NAME = re.compile(r"[A-Z][A-Z0-9_]*")


@dataclass
class Environment:
    """The environment, laid over `.env`. It never shows a value, and remembers which ones were secrets."""

    _values: dict[str, str] = field(repr=False)
    revealed: set[str] = field(default_factory=set, repr=False)

    @classmethod
    def read(cls, environ: Mapping[str, str], dotenv_files: Iterable[Path], faults: list[Fault]) -> Environment:
        """Return the variables: later `.env` files win over earlier ones, the environment wins over all."""
        values: dict[str, str] = {}
        for path in dotenv_files:
            if path.is_file():
                values |= _read_dotenv(path, faults)
        return cls({name: value for name, value in (values | dict(environ)).items() if value})

    def get(self, name: str) -> str | None:
        """Return a variable that is no secret (a folder, say)."""
        return self._values.get(name)

    def secret(self, name: str, file: str, key: str, faults: list[Fault]) -> str | None:
        """Return the secret of this name, or None; everything that is wrong with it becomes a fault."""
        if not _NAME.fullmatch(name):  # most likely the secret itself, so it is not repeated here
            wrong = "this is not the name of an environment variable"
            faults.append(
                Fault(file, key, wrong, 'Write a name such as "TELEGRAM_BOT_TOKEN"; the value goes into .env')
            )
            return None
        value, path = self._values.get(name), self._values.get(f"{name}_FILE")
        if value and path:
            wrong = f"both {name} and {name}_FILE are set"
            faults.append(Fault(file, key, wrong, "Keep one of them"))
            return None
        if path:
            value = _read_secret_file(name, Path(path), faults)
        if value:
            self.revealed.add(value)
        return value

    def hide(self, text: str) -> str:
        """Return the text without the secrets that were handed out."""
        for value in self.revealed:
            text = text.replace(value, "•••")
        return text


def _read_dotenv(path: Path, faults: list[Fault]) -> dict[str, str]:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        wrong = f"cannot be read ({type(error).__name__})"
        faults.append(Fault(str(path), "the file", wrong, "Let the user that runs monitor read it, saved as UTF-8"))
        return {}
    values: dict[str, str] = {}
    for binding in parse_stream(StringIO(text)):
        if binding.error:
            faults.append(Fault(str(path), f"line {binding.original.line}", "cannot be understood", "Write NAME=value"))
        elif binding.key and binding.value:
            values[binding.key] = binding.value
    return values


def _read_secret_file(name: str, path: Path, faults: list[Fault]) -> str | None:
    try:
        value = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        wrong = f"{path} cannot be read ({type(error).__name__})"
        faults.append(Fault("environment", f"{name}_FILE", wrong, "Name a file that holds only the secret"))
        return None
    if not value:
        faults.append(Fault("environment", f"{name}_FILE", f"{path} is empty", "Put the secret into it"))
    return value or None
