"""The `Options` of routes and services that are in use, built from the tables that name them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from monitor import registry
from monitor.errors import ConfigError
from monitor.model import Channel, Route, Source
from monitor.settings import options
from monitor.settings.explain import nearest
from monitor.settings.files import Document, Location
from monitor.settings.inputs import Inputs
from monitor.settings.shape import Destination


def routes(inputs: Inputs, main: Document, sources: Mapping[str, tuple[Document, Source]]) -> dict[str, object]:
    """Return the options of each kind of route that is switched on somewhere, from `[routes.<kind>]`."""
    known = registry.names("collect")
    tables = _tables(main.data.get("routes"))
    built: dict[str, object] = {}
    failed: set[str] = set()
    for document, channel, route in _routes_named(sources):
        place = ("channels", channel.key, "routes", route.kind)
        if not route.enabled:
            if not route.needs and route.kind not in known:
                right = f'{nearest(route.kind, known)} A route to come says needs = "…"'
                inputs.fault(document, place, f"there is no route {route.kind!r}", right)
        elif route.kind not in built and route.kind not in failed:
            found = _options_class(inputs, "collect", route.kind, document, place)
            made = found and options.build(inputs, found, tables.get(route.kind, {}), main, ("routes", route.kind))
            if made:
                built[route.kind] = made
            else:
                failed.add(route.kind)
    _check_addresses(inputs, built, sources)
    for kind in tables.keys() - set(known):
        inputs.fault(main, ("routes", kind), f"there is no route {kind!r}", nearest(kind, known))
    return built


def destination(inputs: Inputs, document: Document, name: str, table: Mapping[str, Any]) -> Destination | None:
    """Return one destination, or None and the faults of `[destinations.<name>]`."""
    place = ("destinations", name)
    service = table.get("service")
    if not isinstance(service, str):
        inputs.fault(document, (*place, "service"), "is missing", f"Name one of: {', '.join(registry.names('send'))}")
        return None
    found = _options_class(inputs, "send", service, document, (*place, "service"))
    if found is None:
        return None
    given = {key: value for key, value in table.items() if key != "service"}
    made = options.build(inputs, found, given, document, place)
    return None if made is None else Destination(name, service, made)


def _check_addresses(
    inputs: Inputs, built: Mapping[str, object], sources: Mapping[str, tuple[Document, Source]]
) -> None:
    for document, channel, route in _routes_named(sources):
        if not route.enabled or route.kind not in built:
            continue
        if right := registry.load("collect", route.kind).right_address(channel.address):
            wrong = f"{channel.address!r} is no address that {route.kind} can read"
            inputs.fault(document, ("channels", channel.key, "address"), wrong, right)


def _tables(routes: object) -> dict[str, Mapping[str, Any]]:
    """Return `[routes.<kind>]` as far as they are tables, whatever else is wrong in that file."""
    given = routes if isinstance(routes, dict) else {}
    return {kind: table for kind, table in given.items() if isinstance(table, dict)}


def _routes_named(sources: Mapping[str, tuple[Document, Source]]) -> Iterator[tuple[Document, Channel, Route]]:
    for document, source in sources.values():
        for channel in source.channels:
            for route in channel.routes:
                yield document, channel, route


def _options_class(
    inputs: Inputs, stage: str, name: str, document: Document, place: Location
) -> options.OptionsClass | None:
    """Return the `Options` of this module, or None and a fault at the place that named it."""
    known = registry.names(stage)
    if name not in known:
        inputs.fault(document, place, f"there is no {name!r} in monitor/{stage}", nearest(name, known))
        return None
    try:
        module = registry.load(stage, name)
    except ConfigError as error:
        inputs.fault(document, place, error.faults[0].wrong, error.faults[0].right)
        return None
    if not registry.connectable(module):
        inputs.fault(document, place, f"{name!r} cannot be connected to", f"One of: {', '.join(known)}")
        return None
    found: options.OptionsClass = module.Options
    return found
