"""What wording needs to know besides the changes themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from monitor.model import Category, Channel, Source


@dataclass(frozen=True, slots=True)
class Context:
    """Who published where, what the categories are called, and the zone in which the desk reads its clock."""

    source: Source
    channel: Channel
    categories: Mapping[str, Category]
    zone: ZoneInfo
