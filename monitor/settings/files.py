"""Reads the TOML files: the shipped defaults, overlaid by the operator's folder, key by key."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import monitor
from monitor.errors import Fault

_PACKAGE = Path(monitor.__file__).parent
LANGUAGES = _PACKAGE / "parse" / "languages"

Location = tuple[str | int, ...]


def defaults_folder() -> Path:
    """Return the shipped `config/`: beside the package in a checkout, inside it in a wheel."""
    inside = _PACKAGE / "defaults"
    return inside if inside.is_dir() else _PACKAGE.parent / "config"


@dataclass
class Document:
    """One TOML file as it stands after the overlay, and which file said what last."""

    name: str
    data: dict[str, Any] = field(default_factory=dict)
    origins: dict[Location, str] = field(default_factory=dict)

    def file(self, location: Location = ()) -> str:
        """Return the file that a person has to open to change the key at this place."""
        for length in range(len(location), -1, -1):
            if (origin := self.origins.get(location[:length])) is not None:
                return origin
        return self.name

    def lay_over(self, table: Mapping[str, Any], file: str) -> None:
        """Merge a later file into this one: tables by key, everything else (lists too) replaced."""
        self.origins[()] = file
        _merge(self.data, table, (), file, self.origins)


def _merge(
    base: dict[str, Any], top: Mapping[str, Any], place: Location, file: str, origins: dict[Location, str]
) -> None:
    for key, value in top.items():
        here = (*place, key)
        origins[here] = file
        if isinstance(value, dict) and isinstance(base.get(key), dict):
            _merge(base[key], value, here, file, origins)
        elif isinstance(value, dict):
            base[key] = {}
            _merge(base[key], value, here, file, origins)
        else:
            base[key] = value


def read_document(name: str, folders: Iterable[Path], faults: list[Fault]) -> Document:
    """Return the file of this name, each folder's laid over the one before; files that are absent are skipped."""
    document = Document(name)
    for folder in folders:
        path = folder / name
        if path.is_file():
            document.lay_over(read_toml(path, faults), str(path))
    return document


def read_documents(subfolder: str, folders: Iterable[Path], faults: list[Fault]) -> dict[str, Document]:
    """Return every `<subfolder>/*.toml` by its stem, overlaid in the same way."""
    listed = tuple(folders)
    stems = {path.stem for folder in listed for path in (folder / subfolder).glob("*.toml")}
    return {stem: read_document(f"{subfolder}/{stem}.toml", listed, faults) for stem in sorted(stems)}


def read_toml(path: Path, faults: list[Fault]) -> dict[str, Any]:
    """Return the parsed file, or an empty table and one more fault."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        wrong, _, place = str(error).rstrip(")").partition(" (")
        faults.append(Fault(str(path), place or "the file", wrong, "Correct it to valid TOML (https://toml.io)"))
    except UnicodeDecodeError as error:
        faults.append(Fault(str(path), f"byte {error.start}", "this is not UTF-8", "Save the file as UTF-8"))
    except OSError as error:
        wrong = f"cannot be read ({error.strerror})"
        faults.append(Fault(str(path), "the file", wrong, "Let the user that runs monitor read it"))
    return {}
