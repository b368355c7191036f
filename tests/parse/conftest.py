"""The shipped languages, compiled once, and a short way to read a text."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from monitor.model import Claim, Post, Reading, Source
from monitor.parse.reader import Grammar, compile_grammar, read
from monitor.settings import load_tables
from monitor.settings.shape import Tables

Read = Callable[..., Reading]


@pytest.fixture(scope="session")
def tables() -> Tables:
    return load_tables()


@pytest.fixture(scope="session")
def grammar(tables: Tables) -> Grammar:
    return compile_grammar(tables.languages, tables.categories)


@pytest.fixture(scope="session")
def reading(grammar: Grammar, tables: Tables) -> Read:
    def read_text(text: str, source: str | Source | None = None, published: str = "", **post: object) -> Reading:
        at = datetime.fromisoformat(published).replace(tzinfo=UTC) if published else None
        known = tables.sources[source] if isinstance(source, str) else source
        return read(Post("here", "1", text, published_at=at, **post), grammar, known)

    return read_text


def totals(found: Reading) -> dict[str, int | None]:
    """Return category → value of the running totals."""
    return {claim.category: claim.value for claim in found.claims if claim.scope == "total"}


def periods(found: Reading) -> dict[str, int | None]:
    return {claim.category: claim.value for claim in found.claims if claim.scope == "period"}


def claim_of(found: Reading, category: str, scope: str = "total") -> Claim:
    return next(claim for claim in found.claims if claim.category == category and claim.scope == scope)
