"""What the settings are once they are read and checked: frozen, with the secrets held back from repr."""

from __future__ import annotations

import ipaddress
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from monitor.model import Category, Source


@dataclass(frozen=True, slots=True)
class Destination:
    """One chat (or terminal). `options` is the `Options` of `monitor.send.<service>`."""

    name: str
    service: str
    options: object


@dataclass(frozen=True, slots=True)
class Quiet:
    """Hours in which everything is delivered without a sound, local time; may run across midnight."""

    starts: time
    ends: time
    time_zone: str

    def covers(self, moment: datetime) -> bool:
        """Whether the (aware) moment lies inside these hours."""
        local = moment.astimezone(ZoneInfo(self.time_zone)).time()
        if self.starts <= self.ends:
            return self.starts <= local < self.ends
        return local >= self.starts or local < self.ends


@dataclass(frozen=True, slots=True)
class Desk:
    """Where alerts go, by severity: names of destinations. No `sources` means all of them."""

    name: str
    urgent: tuple[str, ...] = ()
    routine: tuple[str, ...] = ()
    ops: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    quiet: Quiet | None = None

    def destinations(self, severity: str, source: str) -> tuple[str, ...]:
        """Return the destinations that an alert of this severity about this source goes to."""
        if self.sources and source and source not in self.sources:
            return ()
        by_severity: dict[str, tuple[str, ...]] = {"urgent": self.urgent, "routine": self.routine, "ops": self.ops}
        return by_severity[severity]


@dataclass(frozen=True, slots=True)
class HostBudget:
    """How politely one host is asked: requests a second (as a rule, and at most), and at the same time."""

    per_second: float
    ceiling: float
    in_flight: int


UNLIMITED = HostBudget(per_second=math.inf, ceiling=math.inf, in_flight=16)


@dataclass(frozen=True, slots=True)
class Reread:
    """Tally posts younger than `until_hours` are read again every `every_minutes`, in case they were edited."""

    every_minutes: int
    until_hours: int


@dataclass(frozen=True, slots=True)
class Pace:
    """How often a route is asked: hot inside its source's publication window, cold outside it."""

    hot_seconds: float
    cold_seconds: float
    jitter_seconds: float
    rereads: tuple[Reread, ...]


class Tables(NamedTuple):
    """What reading a text needs: parsed language files by code, categories by slug, sources by key."""

    languages: Mapping[str, Mapping[str, Any]]
    categories: Mapping[str, Category]
    sources: Mapping[str, Source]


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that was configured, read once and never changed.

    `config` names the folders that were read, defaults first. `routes` maps the kind of each route
    in use to the `Options` of its module. `secrets` are the values that no log may show.
    """

    config: tuple[Path, ...]
    state: Path
    database: Path
    desk_timezone: str
    conflict_minutes: int
    digest_after_hours: int
    pace: Pace
    hosts: Mapping[str, HostBudget]
    sources: Mapping[str, Source]
    categories: Mapping[str, Category]
    languages: Mapping[str, Mapping[str, Any]]
    destinations: Mapping[str, Destination]
    desks: tuple[Desk, ...]
    routes: Mapping[str, object]
    heartbeat_url: str | None = field(default=None, repr=False)
    secrets: frozenset[str] = field(default=frozenset(), repr=False)

    def host(self, name: str) -> HostBudget:
        """Return the budget of a host (`t.me`, `127.0.0.1:8080`): its own, unlimited on loopback, or the default."""
        bare = _without_port(name)
        if bare in self.hosts:
            return self.hosts[bare]
        return UNLIMITED if _is_loopback(bare) else self.hosts["default"]


def _without_port(name: str) -> str:
    if name.startswith("["):
        return name[1:].partition("]")[0]
    return name.partition(":")[0] if name.count(":") == 1 else name


def _is_loopback(name: str) -> bool:
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
