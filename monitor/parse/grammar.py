"""The compiled languages."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from monitor.model import Category, Source
from monitor.parse.elements import LABELS
from monitor.parse.lexicon import Entry, Lexicon, canonical, entries, merge
from monitor.parse.tokens import Rules, Shaper

VERSION = "1"  # of the grammar; the tables add their own part


class Grammar:
    """The compiled languages. Reading with it changes nothing but what it remembers of lines it saw."""

    def __init__(self, entries_: Mapping[str, Entry], rules: Rules, starts: frozenset[date], version: str) -> None:
        self._entries = entries_
        self._rules = rules
        self.starts = starts  # what "since 24 February" has to mean for a total, where no source says
        self.version = version
        self._shaper = Shaper(Lexicon(entries_), rules)
        self._own: dict[str, tuple[Mapping[str, tuple[str, ...]], Shaper]] = {}

    def shaper(self, source: Source | None) -> Shaper:
        """Return the shaper with the source's own words in it, if it has any."""
        if source is None or not source.words:
            return self._shaper
        known = self._own.get(source.key)
        if known is None or known[0] != source.words:
            own = dict(self._entries)
            own.update(entries("category", source.words))
            known = self._own[source.key] = (source.words, Shaper(Lexicon(own), self._rules))
        return known[1]


def compile_grammar(languages: Mapping[str, Mapping[str, Any]], categories: Mapping[str, Category]) -> Grammar:
    """Compile language tables (name → parsed TOML). `categories` may be empty: then every slug is taken.

    Raises ValueError for a table the grammar does not know, or a category that is not in `categories`.
    """
    words = merge(languages)
    rules = Rules(
        endings=frozenset(canonical(w) for t in languages.values() for w in t.get("endings", ())),
        abbreviations=frozenset(canonical(w) for t in languages.values() for w in t.get("abbreviations", ())),
    )
    if categories:
        strange = {entry.means for entry in words.values() if entry.kind in LABELS} - set(categories)
        if strange:
            raise ValueError(f"words for categories that do not exist: {', '.join(sorted(strange))}")
    tables = json.dumps([languages, sorted(categories)], sort_keys=True, ensure_ascii=False, default=str)
    version = f"{VERSION}-{hashlib.sha256(tables.encode()).hexdigest()[:8]}"
    starts = frozenset(t["dates"]["start"] for t in languages.values() if "dates" in t)
    return Grammar(words, rules, starts, version)
