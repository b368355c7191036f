"""config/ and .env → one checked, frozen object."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from monitor.settings.shape import (
    UNLIMITED,
    Desk,
    Destination,
    HostBudget,
    Pace,
    Quiet,
    Reread,
    Settings,
    Tables,
)
from monitor.settings.tables import load_tables

__all__ = [
    "UNLIMITED",
    "Desk",
    "Destination",
    "HostBudget",
    "Pace",
    "Quiet",
    "Reread",
    "Settings",
    "Tables",
    "load",
    "load_tables",
]


def load(environ: Mapping[str, str], *, operator: Path | None = None, working: Path | None = None) -> Settings:
    """Read the shipped defaults and the operator's folder laid over them.

    The operator's folder is `operator`, or `$MONITOR_CONFIG`, or `config` in the working folder where
    that is not the shipped one. Secrets come from `environ`, from `.env` in the working folder or the
    operator's, or from the file that `NAME_FILE` names. Relative folders count from the working folder.

    Raises ConfigError with every fault there is: file, key, what is wrong, what would be right.
    """
    from monitor.settings import loading  # noqa: PLC0415 - pydantic takes longer than `monitor parse` may

    return loading.load(environ, operator, working or Path.cwd())
