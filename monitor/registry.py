"""File name → module: adding a route or a chat service is adding one file.

The list of what exists is the folder. Helpers in those folders start with an underscore. A module
that can be connected to (a route in `monitor.collect`, a service in `monitor.send`) offers a frozen
dataclass `Options` and a function `connect`.
"""

from __future__ import annotations

import importlib
import pkgutil
from types import ModuleType

from monitor.errors import ConfigError, Fault


def names(stage: str) -> tuple[str, ...]:
    """Return the modules of `monitor.<stage>`, in alphabetical order, helpers left out."""
    package = importlib.import_module(f"monitor.{stage}")
    return tuple(sorted(found.name for found in pkgutil.iter_modules(package.__path__) if found.name[0] != "_"))


def load(stage: str, name: str) -> ModuleType:
    """Return the module `monitor.<stage>.<name>`.

    Raises ConfigError, naming what exists, if there is none; and naming the missing package if the
    module needs one that is not installed.
    """
    if name not in names(stage):
        wrong, right = f"there is no module {name!r}", f"There are: {', '.join(names(stage))}"
        raise ConfigError((Fault(f"monitor/{stage}", name, wrong, right),))
    try:
        return importlib.import_module(f"monitor.{stage}.{name}")
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] == __package__:
            raise  # a mistake of ours, not a package that somebody could install
        wrong, right = f"it needs the package {error.name!r}", "Install it, or switch this off"
        raise ConfigError((Fault(f"monitor/{stage}", name, wrong, right),)) from error


def connectable(module: ModuleType) -> bool:
    """Whether this module is a route or a service, rather than another step of its stage."""
    return hasattr(module, "connect") and hasattr(module, "Options")
