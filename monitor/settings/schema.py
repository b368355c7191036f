"""What may stand in the TOML files. A field's description says what would be right, for the fault that names it."""

from __future__ import annotations

from datetime import date, time
from functools import cache
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator


@cache
def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("there is no such time zone") from None
    return name


def _lower(key: str) -> str:
    if key != key.lower():
        raise ValueError(f"channels are filed in lower case: {key.lower()!r}")
    return key


Zone = Annotated[str, AfterValidator(_zone), Field(description="Write an IANA zone, such as Europe/Kyiv or UTC")]
Slug = Annotated[
    str, Field(pattern=r"^[a-z][a-z0-9_]*$", description="Write a category from tallies.toml, such as tanks")
]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]*$", description="Write lower-case letters, digits and hyphens")]
Text = Annotated[str, Field(min_length=1, description="Write a text, not an empty one")]
Words = Annotated[list[Text], Field(description='Write a list of texts, such as ["killed", "dead"]')]
Scope = Annotated[Literal["total", "period"], Field(description='Write "total" or "period"')]
Figures = Annotated[
    dict[Slug, int], Field(min_length=1, description="Write the figures to be read, such as { civilians_killed = 352 }")
]
Clock = Annotated[time, Field(description="Write a local time without quotes, such as 06:00:00")]
Day = Annotated[date, Field(description="Write a date without quotes, such as 2022-02-24")]
Names = Annotated[list[Name], Field(description='Write a list of names, such as ["console"]')]


class Table(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


# ── monitor.toml ──────────────────────────────────────────────────────────────────────────


class HostTable(Table):
    per_second: Annotated[float, Field(gt=0, description="Write requests a second, such as 1.0")]
    ceiling: Annotated[float, Field(gt=0, description="Write the most requests a second, such as 3.0")]
    in_flight: Annotated[int, Field(ge=1, description="Write how many requests may run at once, such as 2")]

    @model_validator(mode="after")
    def _ceiling_is_not_below(self) -> HostTable:
        if self.ceiling < self.per_second:
            raise ValueError("ceiling is below per_second")
        return self


class RereadTable(Table):
    every_minutes: Annotated[int, Field(ge=1, description="Write whole minutes, such as 5")]
    until_hours: Annotated[int, Field(ge=1, description="Write the age in hours up to which it holds, such as 24")]


class PaceTable(Table):
    hot_seconds: Annotated[float, Field(ge=1, description="Write seconds, such as 10")]
    cold_seconds: Annotated[float, Field(ge=1, description="Write seconds, such as 60")]
    jitter_seconds: Annotated[float, Field(ge=0, description="Write seconds, such as 2")]
    rereads: Annotated[list[RereadTable], Field(description="Write a list of { every_minutes = …, until_hours = … }")]


class MonitorTable(Table):
    state: Annotated[str, Field(min_length=1, description='Write a folder, such as "state"')]
    desk_timezone: Zone
    conflict_minutes: Annotated[int, Field(ge=0, description="Write whole minutes, such as 10")]
    digest_after_hours: Annotated[int, Field(ge=1, description="Write whole hours, such as 12")]
    heartbeat_url_env: Annotated[str, Field(description='Write a name, such as "HEARTBEAT_URL"')]
    pace: PaceTable
    hosts: dict[str, HostTable]
    routes: dict[str, dict[str, Any]] = {}  # each kind's own Options say what may stand here


# ── desks.toml ────────────────────────────────────────────────────────────────────────────


class QuietTable(Table):
    starts: Clock
    ends: Clock
    time_zone: Zone | None = None


class DeskTable(Table):
    urgent: Names = []
    routine: Names = []
    ops: Names = []
    sources: Names = []
    quiet: QuietTable | None = None


class DesksTable(Table):
    destinations: dict[Name, dict[str, Any]] = {}  # service, and what its Options take
    desks: dict[Name, DeskTable] = {}


# ── tallies.toml ──────────────────────────────────────────────────────────────────────────


class CategoryTable(Table):
    label: Text
    plural: str = ""
    definition: Text
    never_say: Words = []
    combines: list[Slug] = []
    part_of: Annotated[str, Field(pattern=r"^([a-z][a-z0-9_]*)?$", description="Write one category")] = ""
    succeeds: list[Slug] = []
    rare: Annotated[bool, Field(description="Write true or false")] = False
    lost: Annotated[bool, Field(description="Write true or false")] = True
    first_is_news: Annotated[bool, Field(description="Write true or false")] = False
    start: Day | None = None
    until: Day | None = None
    minimum: Annotated[int | None, Field(description="Write a whole number")] = None
    maximum: Annotated[int | None, Field(description="Write a whole number")] = None

    @model_validator(mode="after")
    def _bounds_are_in_order(self) -> CategoryTable:
        if self.minimum is not None and self.maximum is not None and self.minimum > self.maximum:
            raise ValueError("minimum is above maximum")
        if self.start and self.until and self.start > self.until:
            raise ValueError("start is after until")
        return self


# ── sources/*.toml ────────────────────────────────────────────────────────────────────────


class WindowTable(Table):
    opens: Clock
    closes: Clock
    grace_minutes: Annotated[int, Field(ge=0, description="Write whole minutes, such as 45")] = 45


class RouteTable(Table):
    enabled: Annotated[bool, Field(description="Write true or false")] = True
    needs: str = ""


class ChannelTable(Table):
    label: Text
    address: Text
    rank: Annotated[int, Field(ge=0, le=9999, description="Write a whole number; the higher one wins")] = 0
    routes: Annotated[
        dict[str, RouteTable], Field(min_length=1, description="Name a route: telegram_web = { enabled = true }")
    ]


class PatternTable(Table):
    expression: Text
    example: Text
    expect: Figures
    scope: Scope = "total"


class ExampleTable(Table):
    text: Text
    expect: Figures
    scope: Scope = "total"


class SourceTable(Table):
    enabled: Annotated[bool, Field(description="Write true or false")] = True
    name: Text
    claimant: Name | None = None
    about: Annotated[str, Field(description='Write whom the figures are about: "russia", "ukraine", "civilians" …')] = (
        ""
    )
    verb: Text = "says"
    caveat: Text = "Not independently verified."
    time_zone: Zone = "UTC"
    window: WindowTable | None = None
    cadence: Annotated[int, Field(ge=1, description="Write the days between two tallies, such as 1")] = 1
    languages: Annotated[list[str], Field(description='Write language codes, such as ["uk", "en"]')] = []
    meaning: dict[Slug, Slug] = {}
    forwards: Annotated[Literal["ignore", "own"], Field(description='Write "ignore" or "own"')] = "ignore"
    start: Day | None = None
    channels: dict[Annotated[str, AfterValidator(_lower)], ChannelTable] = {}
    words: dict[Slug, Words] = {}
    patterns: list[PatternTable] = []
    examples: list[ExampleTable] = []
