"""Reads everything, checks everything, and either returns one frozen object or raises one error with every fault."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from monitor.errors import ConfigError
from monitor.model import Category, Source
from monitor.settings import adapters, build, crosscheck, inputs, schema
from monitor.settings.explain import checked
from monitor.settings.files import LANGUAGES, Document, read_document, read_documents
from monitor.settings.inputs import Inputs
from monitor.settings.shape import Desk, Destination, HostBudget, Pace, Quiet, Reread, Settings

_DATABASE = "monitor.sqlite3"


def load(environ: Mapping[str, str], operator: Path | None, working: Path) -> Settings:
    """Do what `monitor.settings.load` promises."""
    found = inputs.find(environ, operator, working)
    main = read_document("monitor.toml", found.folders, found.faults)
    table = checked(schema.MonitorTable, main, (), found.faults)
    categories, languages, sources = _categories(found), _languages(found), _sources(found)
    _crosscheck(found, categories, languages, sources)
    routes = adapters.routes(found, main, sources)
    destinations, desks = _desks(found, table["desk_timezone"] if table else "UTC", tuple(sources))
    heartbeat_url = _heartbeat_url(found, main, table)
    if found.faults or table is None:
        raise ConfigError(tuple(dict.fromkeys(found.faults)))
    state = found.working / (found.environment.get("MONITOR_STATE") or table["state"])
    return Settings(
        config=found.folders,
        state=state,
        database=state / _DATABASE,
        desk_timezone=table["desk_timezone"],
        conflict_minutes=table["conflict_minutes"],
        digest_after_hours=table["digest_after_hours"],
        pace=Pace(**{**table["pace"], "rereads": tuple(Reread(**plan) for plan in table["pace"]["rereads"])}),
        hosts=MappingProxyType({name: HostBudget(**budget) for name, budget in table["hosts"].items()}),
        sources=MappingProxyType({key: source for key, (_, source) in sources.items()}),
        categories=MappingProxyType(categories),
        languages=MappingProxyType(languages),
        destinations=MappingProxyType(destinations),
        desks=desks,
        routes=MappingProxyType(routes),
        heartbeat_url=heartbeat_url,
        secrets=frozenset(found.environment.revealed),
    )


def _categories(found: Inputs) -> dict[str, Category]:
    document = read_document("tallies.toml", found.folders, found.faults)
    pairs = ((slug, checked(schema.CategoryTable, document, (slug,), found.faults)) for slug in document.data)
    return {slug: build.category(slug, table) for slug, table in pairs if table is not None}


def _languages(found: Inputs) -> dict[str, Mapping[str, Any]]:
    documents = read_documents(LANGUAGES.name, (LANGUAGES.parent,), found.faults)
    for code, document in read_documents(LANGUAGES.name, found.folders, found.faults).items():
        documents.setdefault(code, Document(document.name)).lay_over(document.data, document.file())
    return {code: document.data for code, document in documents.items()}


def _sources(found: Inputs) -> dict[str, tuple[Document, Source]]:
    """Return each source with the file it came from; a file with nothing but comments is no source."""
    sources: dict[str, tuple[Document, Source]] = {}
    for key, document in read_documents("sources", found.folders, found.faults).items():
        table = checked(schema.SourceTable, document, (), found.faults) if document.data else None
        if table is not None:
            sources[key] = (document, build.source(key, table))
    return sources


def _crosscheck(
    found: Inputs,
    categories: Mapping[str, Category],
    languages: Mapping[str, Mapping[str, Any]],
    sources: Mapping[str, tuple[Document, Source]],
) -> None:
    """Check what one table says about another."""
    tallies = read_document("tallies.toml", found.folders, [])
    slugs = tuple(tallies.data)  # also those with faults of their own, which are told already
    crosscheck.categories(found, tallies, categories, slugs)
    for document, source in sources.values():
        crosscheck.source(found, document, source, slugs, tuple(languages))
    crosscheck.channels(found, sources)
    crosscheck.languages(found, languages, categories)


def _desks(
    found: Inputs, desk_timezone: str, sources: tuple[str, ...]
) -> tuple[dict[str, Destination], tuple[Desk, ...]]:
    document = read_document("desks.toml", found.folders, found.faults)
    table = checked(schema.DesksTable, document, (), found.faults)
    if table is None:
        return {}, ()
    named = table["destinations"]
    made = {name: adapters.destination(found, document, name, given) for name, given in named.items()}
    desks = tuple(_desk(name, given, desk_timezone) for name, given in table["desks"].items())
    for desk in desks:
        crosscheck.desk(found, document, desk, tuple(named), sources)
    return {name: destination for name, destination in made.items() if destination is not None}, desks


def _desk(name: str, table: Mapping[str, Any], desk_timezone: str) -> Desk:
    quiet = table["quiet"]
    hours = Quiet(quiet["starts"], quiet["ends"], quiet["time_zone"] or desk_timezone) if quiet else None
    return Desk(name=name, quiet=hours, **{key: tuple(table[key]) for key in ("urgent", "routine", "ops", "sources")})


def _heartbeat_url(found: Inputs, main: Document, table: Mapping[str, Any] | None) -> str | None:
    """Return the address that an outside watchdog gave us; without one there is no heartbeat."""
    if table is None:
        return None
    key = "heartbeat_url_env"
    return found.environment.secret(table[key], main.file((key,)), key, found.faults)
