"""The shipped tables alone, unchecked and therefore fast: what `monitor parse` needs without configuration."""

from __future__ import annotations

from types import MappingProxyType

from monitor.errors import ConfigError, Fault
from monitor.settings import build
from monitor.settings.files import LANGUAGES, defaults_folder, read_document, read_documents
from monitor.settings.shape import Tables


def load_tables() -> Tables:
    """Return the shipped languages, categories and sources; raises ConfigError if a shipped file is damaged."""
    faults: list[Fault] = []
    folder = (defaults_folder(),)
    tallies = read_document("tallies.toml", folder, faults).data
    sources = read_documents("sources", folder, faults)
    languages = read_documents(LANGUAGES.name, (LANGUAGES.parent,), faults)
    if faults:
        raise ConfigError(tuple(faults))
    return Tables(
        languages=MappingProxyType({code: document.data for code, document in languages.items()}),
        categories=MappingProxyType({slug: build.category(slug, table) for slug, table in tallies.items()}),
        sources=MappingProxyType({key: build.source(key, document.data) for key, document in sources.items()}),
    )
