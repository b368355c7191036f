"""Where the settings come from: which folders and which environment, and the faults found on the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from monitor.errors import Fault
from monitor.settings.explain import dotted, nearest
from monitor.settings.files import Document, Location, defaults_folder
from monitor.settings.secret import Environment

FILES = ("monitor.toml", "desks.toml", "tallies.toml")
FOLDERS = ("sources", "languages")


@dataclass(frozen=True)
class Inputs:
    """What every step of loading works on. Steps add to `faults` and go on, so that all are told at once."""

    working: Path
    folders: tuple[Path, ...]  # the shipped defaults first
    environment: Environment
    faults: list[Fault]

    def fault(self, document: Document, place: Location, wrong: str, right: str) -> None:
        self.faults.append(Fault(document.file(place), dotted(place), wrong, right))


def find(environ: Mapping[str, str], operator: Path | None, working: Path) -> Inputs:
    """Find the operator's folder: as given, or `$MONITOR_CONFIG`, or `./config` where that is another one."""
    faults: list[Fault] = []
    beside = Environment.read(environ, [working / ".env"], faults)
    defaults = defaults_folder()
    named = beside.get("MONITOR_CONFIG")
    folder = operator or (working / named if named else None)
    if folder is None and (working / "config").is_dir() and (working / "config").resolve() != defaults.resolve():
        folder = working / "config"
    if folder is None:
        return Inputs(working, (defaults,), beside, faults)
    if not folder.is_dir():
        faults.append(Fault("MONITOR_CONFIG", str(folder), "there is no such folder", f"Run: monitor init {folder}"))
        return Inputs(working, (defaults,), beside, faults)
    _check_names(folder, faults)
    files = dict.fromkeys(path.resolve() for path in (working / ".env", folder / ".env"))
    return Inputs(working, (defaults, folder), Environment.read(environ, files, faults), list(dict.fromkeys(faults)))


def _check_names(folder: Path, faults: list[Fault]) -> None:
    """A misspelt file would be left out without a word, so it is a fault."""
    for path, name, known, what in (
        *((path, path.name, FILES, "file") for path in sorted(folder.glob("*.toml"))),
        *((path, path.parent.name, FOLDERS, "folder") for path in sorted(folder.glob("*/*.toml"))),
    ):
        if name not in known:
            faults.append(Fault(str(path), f"the {what}", f"no such {what} is known", nearest(name, known, what)))
