"""Days of a General Staff that never was: totals that grow by a pattern of their own, as posts and as files."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from monitor.demo.lists import UKRAINIAN, written
from monitor.demo.preview import PreviewPost

FIGURES = {"personnel_losses": 5840, "tanks": 211, "afv": 862, "artillery": 85, "aircraft": 30}
GROWTH = {"personnel_losses": 400, "tanks": 6, "afv": 12, "artillery": 20, "aircraft": 0}


@dataclass(frozen=True)
class Day:
    """One day's list as a post; some days hold a surprise."""

    id: int
    published_at: datetime
    text: str
    figures: dict[str, int]

    def line(self) -> str:
        return json.dumps({"id": str(self.id), "text": self.text, "published_at": self.published_at.isoformat()})

    def preview(self) -> PreviewPost:
        return PreviewPost(self.id, self.text, self.published_at)


def days(count: int, *, first: date = date(2022, 3, 2), first_id: int = 100) -> list[Day]:
    """Return a list a day, a fall, a jump, a rare change and an odd printed delta among them."""
    chance, figures, made = random.Random(22), dict(FIGURES), []  # noqa: S311  # the same every time
    for number in range(count):
        day = first + timedelta(days=number)
        growth = {slug: chance.randint(0, most) for slug, most in GROWTH.items()}
        growth["aircraft"] = int(number % 11 == 10)
        growth["tanks"] -= 9 * (number % 40 == 39)
        growth["afv"] += 90 * (number % 50 == 49)
        figures = {slug: value + growth[slug] for slug, value in figures.items()}
        printed = growth | ({"artillery": growth["artillery"] + 7} if number % 30 == 29 else {})
        at = datetime.combine(day, time(4, 12), UTC)
        made.append(Day(first_id + 3 * number, at, written(day, UKRAINIAN, figures, printed), figures))
    return made


def write(path: Path, posts: Iterable[Day]) -> Path:
    path.write_text("".join(f"{post.line()}\n" for post in posts), "utf-8")
    return path


def in_pieces(folder: Path, posts: list[Day], pieces: int) -> Iterator[Path]:
    """Write the posts into several files in no order at all, some of them twice."""
    chance = random.Random(7)  # noqa: S311  # the same every time
    shuffled = [*posts, *chance.sample(posts, len(posts) // 5)]
    chance.shuffle(shuffled)
    for number in range(pieces):
        yield write(folder / f"piece-{number}.jsonl", shuffled[number::pieces])
