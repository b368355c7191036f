"""The program as an operator would set it up, against servers on this machine."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from monitor.pipeline import Place, Report
from monitor.settings import Settings, load
from monitor.wiring import Application, assemble
from tests.clock import FixedClock

GENERAL_STAFF = "general-staff-ua"
CHANNEL = "GeneralStaffZSU"


def settings_for(
    folder: Path, base_url: str, *, desks: str = "", more: str = "", environ: Mapping[str, str] | None = None
) -> Settings:
    """Return settings of an operator's folder whose preview is a server on this machine."""
    config = folder / "config"
    config.mkdir(exist_ok=True)
    (config / "monitor.toml").write_text(
        f'state = "{folder / "state"}"\ndesk_timezone = "Europe/Kyiv"\n{more}\n'
        f'[routes.telegram_web]\nbase_url = "{base_url}"\n',
        "utf-8",
    )
    if desks:
        (config / "desks.toml").write_text(desks, "utf-8")
    return load(environ or {}, operator=config, working=folder)


@asynccontextmanager
async def assembled(settings: Settings, clock: FixedClock) -> AsyncIterator[Application]:
    async with assemble(settings, clock, chance=random.Random(7)) as app:  # noqa: S311 - jitter
        yield app


def place_of(app: Application, source: str = GENERAL_STAFF) -> Place:
    return next(place for place in app.places if place.source.key == source)


async def read(app: Application, source: str = GENERAL_STAFF) -> Report:
    """One pass over a source's first channel."""
    place = place_of(app, source)
    return await app.passes.read(place, app.collectors[place.route])
