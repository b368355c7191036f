"""How many General Staff lists are read per second on one core, beside a bare scan for the same words.

    python bench/parse.py [--posts N]

The lists are rendered here in the published shapes, each with its own figures. Also shown: the time
for 100 kB of hostile text, how it grows with length, and the worst of several lengths of line.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import ahocorasick

from monitor.model import Post
from monitor.parse.lexicon import merge
from monitor.parse.reader import LONGEST, compile_grammar, read
from monitor.parse.tokens import MOST_IN_TEXT
from monitor.settings import load_tables
from monitor.settings.shape import Tables

HEADERS = {
    "uk": "Загальні бойові втрати противника з 24.02.22 по {day:%d.%m.%y} (орієнтовно):",
    "en": "The total combat losses of the enemy from 24.02.22 to {day:%d.%m.%y} were approximately:",
}
LINES = {
    "uk": (
        "особового складу ‒ близько {} (+{}) осіб,", "танків ‒ {} (+{}) од,",
        "бойових броньованих машин ‒ {} (+{}) од,",
        "артилерійських систем – {} (+{}) од,", "РСЗВ – {} (+{}) од,", "засоби ППО ‒ {} (+{}) од,",
        "літаків – {} (+{}) од,", "гелікоптерів – {} (+{}) од,", "БПЛА оперативно-тактичного рівня – {} (+{}),",
        "крилаті ракети ‒ {} (+{}),", "кораблі /катери ‒ {} (+{}) од,", "підводні човни ‒ {} (+{}) од,",
        "автомобільної техніки та автоцистерн – {} (+{}) од,", "спеціальна техніка ‒ {} (+{}).",
    ),
    "en": (
        "personnel ‒ about {} (+{}) persons,", "tanks ‒ {} (+{}),", "APV ‒ {} (+{}),", "artillery systems – {} (+{}),",
        "MLRS – {} (+{}),", "anti-aircraft warfare systems ‒ {} (+{}),", "aircraft – {} (+{}),",
        "helicopters – {} (+{}),",
        "UAV operational-tactical level – {} (+{}),", "cruise missiles ‒ {} (+{}),", "warships / boats ‒ {} (+{}),",
        "submarines – {} (+{}),", "vehicles and fuel tanks – {} (+{}),", "special equipment ‒ {} (+{}).",
    ),
}  # fmt: skip
FIRST = (1_100_000, 11_000, 23_000, 32_000, 1_500, 1_200, 420, 340, 60_000, 3_800, 28, 1, 60_000, 4_000)
HOSTILE = {
    "numbers": "1 ",
    "grouped": "1 234 567,",
    "labels": "танків ",
    "pairs": "5 танків 6 літаків ",
    "brackets": "(",
    "bracketed": "(+1)",
    "near misses": "реактивних систем залпового ",
    "number words": "двадцять п'ять ",
    "links": "[a](",
    "tags": "<a <b ",
    "combining": "й" + "\u0301" * 3,
    "cues": "за добу 5 танків. ",
    "casualties": "загинули 5 людей, ",
    "lines": "танків - 5 (+1)\n",
    "broken lines": "71\nтанк\n",
    "dates": "24.02.2022 ",
    "prose": "слово ",
    "millions": "млн ",
    "decimals": "1,5 млн ",
    "ranges": "from 4 to 5 ",
}
WIDTHS = (300, 1_200, 2_500, 5_000)  # characters of a line: how many tokens there are decides whether it is read


def lists(count: int) -> list[Post]:
    """Render lists of consecutive days, every other one in English."""
    dice = random.Random(1)  # noqa: S311 - figures for a benchmark
    held = list(FIRST)
    day = date(2025, 1, 1)
    posts = []
    for number in range(count):
        language = "uk" if number % 2 else "en"
        rows = [HEADERS[language].format(day=day)]
        for place, line in enumerate(LINES[language]):
            delta = dice.randrange(max(2, held[place] // 800))
            held[place] += delta
            rows.append(line.format(held[place], delta))
        at = datetime.combine(day, datetime.min.time(), UTC)
        posts.append(Post("bench", str(number), "\n".join(rows), published_at=at))
        day += timedelta(days=1)
    return posts


def seconds(work: Callable[[], object], runs: int = 5) -> float:
    """Return the best of several runs, in time of this process (other work on the machine does not count)."""
    best = float("inf")
    for _ in range(runs):
        began = time.process_time()
        work()
        best = min(best, time.process_time() - began)
    return best


def in_lines(piece: str, width: int, tables: Tables) -> float:
    """Return the ms for 100 kB in lines of this width, no two of which are remembered as one."""
    grammar = compile_grammar(tables.languages, tables.categories)
    base = piece.replace("\n", " ") * (width // len(piece))
    text = "\n".join(base[:-at] + "я" * at for at in range(1, 100_000 // width + 1) if at < width // 2)
    return seconds(lambda: read(Post("bench", "0", text), grammar), runs=1) * 1_000


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--posts", type=int, default=1_000)
    count = arguments.parse_args().posts
    tables = load_tables()
    grammar = compile_grammar(tables.languages, tables.categories)
    source = tables.sources["general-staff-ua"]
    posts = lists(count)
    assert all(len(read(post, grammar, source).claims) == len(FIRST) for post in posts)

    scan = ahocorasick.Automaton()
    for word in merge(tables.languages):
        scan.add_word(word, word)
    scan.make_automaton()
    rows = [json.dumps({"id": post.id, "text": post.text}) for post in posts]
    bare = seconds(lambda: [sum(1 for _ in scan.iter(json.loads(row)["text"].lower())) for row in rows])
    ours = seconds(lambda: [read(post, grammar, source) for post in posts])
    print(f"{count / ours:,.0f} lists/s; a bare scan for the same words {count / bare:,.0f}/s; ratio {ours / bare:.2f}")

    for name, piece in HOSTILE.items():
        times = []
        for size in (1_000, 10_000, 100_000, 1_000_000):
            text = (piece * (size // len(piece) + 1))[:size]
            times.append(seconds(lambda text=text: read(Post("bench", "0", text), grammar), runs=2) * 1_000)
        shown = "  ".join(f"{took:8.2f}" for took in times)
        broken = max(in_lines(piece, width, tables) for width in WIDTHS)
        print(f"{name:14} ms for 1 kB, 10 kB, 100 kB, 1 MB: {shown}   100 kB in lines: {broken:7.2f}")
    print(f"(read up to {LONGEST:,} characters and {MOST_IN_TEXT:,} tokens)")


if __name__ == "__main__":
    main()
