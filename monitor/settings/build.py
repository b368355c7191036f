"""Checked tables → frozen records. Whoever calls this has checked the tables, or ships them tested."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from monitor.model import Category, Channel, Example, Pattern, Route, Source, Window

_CATEGORY_LISTS = ("never_say", "combines", "succeeds")
_SOURCE_AS_THEY_ARE = ("name", "about", "verb", "caveat", "time_zone", "cadence", "forwards", "start")


def category(slug: str, table: Mapping[str, Any]) -> Category:
    fields: dict[str, Any] = {key: tuple(value) if key in _CATEGORY_LISTS else value for key, value in table.items()}
    return Category(slug=slug, **fields)


def source(key: str, table: Mapping[str, Any]) -> Source:
    """Return the source; `enabled = false` in its file switches every one of its routes off."""
    off = "" if table.get("enabled", True) else "the whole source is switched off (enabled = false)"
    channels = (_channel(key, name, channel, off) for name, channel in table.get("channels", {}).items())
    return Source(
        key=key,
        claimant=table.get("claimant") or key,
        window=Window(**table["window"]) if table.get("window") else None,
        languages=tuple(table.get("languages", ())),
        meaning=MappingProxyType(dict(table.get("meaning", {}))),
        words=MappingProxyType({slug: tuple(words) for slug, words in table.get("words", {}).items()}),
        channels=tuple(sorted(channels, key=lambda channel: -channel.rank)),
        patterns=tuple(Pattern(**_frozen(pattern)) for pattern in table.get("patterns", ())),
        examples=tuple(Example(**_frozen(example)) for example in table.get("examples", ())),
        **{name: table[name] for name in _SOURCE_AS_THEY_ARE if table.get(name) is not None},
    )


def _channel(source_key: str, key: str, table: Mapping[str, Any], off: str) -> Channel:
    routes = (_route(kind, route, off) for kind, route in table["routes"].items())
    return Channel(key, source_key, table["label"], table["address"], table.get("rank", 0), tuple(routes))


def _route(kind: str, table: Mapping[str, Any], off: str) -> Route:
    if off:
        return Route(kind, enabled=False, needs=off)
    return Route(kind, enabled=table.get("enabled", True), needs=table.get("needs", ""))


def _frozen(table: Mapping[str, Any]) -> dict[str, Any]:
    return {**table, "expect": MappingProxyType(dict(table["expect"]))}
