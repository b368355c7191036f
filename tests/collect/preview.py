"""A channel and its posts, as the collector's tests script them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from datetime import UTC, datetime, timedelta

from monitor.demo.preview import PreviewPost
from monitor.model import Channel, Post
from monitor.ports import Batch

START = datetime(2022, 3, 1, 5, 0, tzinfo=UTC)
NAME = "GeneralStaffUA"
CHANNEL = Channel(key="t.me/generalstaffua", source="general-staff-ua", label="Telegram", address=NAME)


def hourly(numbers: Iterable[int], text: str = "Знищено танків: {}") -> list[PreviewPost]:
    """One post an hour, its id the hour's number and part of its text."""
    return [PreviewPost(number, text.format(number), START + timedelta(hours=number)) for number in numbers]


async def taken(batches: AsyncIterator[Batch]) -> list[Batch]:
    return [batch async for batch in batches]


def posts_of(batches: Iterable[Batch]) -> list[Post]:
    return [found.post for batch in batches for found in batch.found if found.post is not None]


def ids_of(batches: Iterable[Batch]) -> list[int]:
    return [int(post.id) for post in posts_of(batches)]
