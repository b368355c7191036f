from __future__ import annotations

import re
from collections import Counter
from datetime import date, timedelta

import pytest

from tests.corpus import rows
from tests.golden.posts import KYIV, GoldenPost, expected_falls, expected_mismatch_dates, golden_posts

pytestmark = pytest.mark.corpus

FIGURE = re.compile(
    r"(?<![\d.+-])(\d[\d \u00a0]*?)\s?(?:\(([+-][\d \u00a0]+)\))?(?:\.? ?од\.?| осіб.*| persons.*)?[.,]?\u00a0?$"
)


def plain(number: str) -> int:
    return int(re.sub(r"[ \u00a0]", "", number))


def lines_of(post: GoldenPost) -> list[str]:
    """Return the lines between the header (two in bilingual posts) and the closing one."""
    return post.text.split("\n")[2 if post.language == "uk+en" else 1 : -1]


def test_there_is_one_post_for_each_of_the_1626_days() -> None:
    posts = golden_posts()
    assert len(posts) == 1626
    assert [post.date for post in posts] == [date(2022, 2, 25) + timedelta(days=n) for n in range(1626)]
    assert len({int(post.id) for post in posts}) == 1626
    assert [int(post.id) for post in posts] == sorted(int(post.id) for post in posts)


def test_every_figure_and_printed_delta_stands_once_on_a_line_of_its_own() -> None:
    for post in golden_posts():
        found = [FIGURE.search(line) for line in lines_of(post)]
        assert all(found), post.text
        printed = Counter((plain(match[1]), match[2] and plain(match[2])) for match in found if match)
        assert printed == Counter((value, post.deltas.get(slug)) for slug, value in post.figures.items()), post.text


def test_a_post_is_published_in_the_morning_of_its_day_in_kyiv() -> None:
    for post in golden_posts():
        local = post.published_at.astimezone(KYIV)
        assert (local.date(), local.hour) == (post.date, 7)


def test_the_header_names_the_day_and_dates_have_years_from_2023_on() -> None:
    for post in golden_posts():
        header = post.text.split("\n")[0]
        shapes = [f"{post.date:%d.%m.%y}", f"{post.date:%d.%m.%Y}"] if post.date.year > 2022 else [f"{post.date:%d.%m}"]
        assert any(re.search(rf"(?:по|до|to) {re.escape(shape)}(?![.\d])", header) for shape in shapes), header


def test_all_languages_and_forms_of_the_years_occur() -> None:
    languages = {(post.date.year, post.language) for post in golden_posts()}
    assert {
        (2022, "uk"),
        (2022, "en"),
        (2023, "uk"),
        (2023, "en"),
        (2024, "uk+en"),
        (2026, "uk"),
        (2026, "en"),
    } <= languages
    together = "\n".join(post.text for post in golden_posts())
    for shape in (
        "цистерн з ПММ",
        "mobile SRBM system",
        "boats / cutters",
        "POW ‒",
        "persons were liquidated",
        "осіб ліквідовано",
        "понад",
        "близько/ about",
        "Військовослужбовці — близько 1\u00a0",
        "approximately 1 3",
        "Наземні робототехнічні комплекси",
        ")од.",
        "). од",
        "‒близько",
    ):
        assert shape in together, shape


def test_no_delta_is_printed_in_the_first_two_months_nor_for_the_first_figure_of_a_category() -> None:
    by_day = {post.date: post for post in golden_posts()}
    assert not any(post.deltas for day, post in by_day.items() if day < date(2022, 4, 26))
    assert set(by_day[date(2022, 5, 1)].figures) - set(by_day[date(2022, 5, 1)].deltas) == {
        "vehicles_fuel_tanks",
        "cruise_missiles",
    }
    assert set(by_day[date(2026, 5, 3)].figures) - set(by_day[date(2026, 5, 3)].deltas) == {"ugv"}


def test_printed_and_computed_differ_on_29_days_and_on_no_other() -> None:
    mismatches = expected_mismatch_dates()
    corrected = {date.fromisoformat(row["date"]) for row in rows("general-staff", "corrections.jsonl")}
    assert len(mismatches) == 29
    assert set(mismatches) == corrected - {date(2023, 5, 27)} | {date(2023, 5, 28), date(2026, 3, 4)}
    assert mismatches[date(2026, 3, 4)] == {"artillery": (32, -10)}
    assert (
        mismatches[date(2025, 2, 28)]["personnel_losses"][1] - mismatches[date(2025, 2, 28)]["personnel_losses"][0]
        == 1650
    )


def test_the_13_falls_are_those_of_the_data_set() -> None:
    told = {(row["date"], row["category"], row["from"], row["to"]) for row in rows("general-staff", "decreases.jsonl")}
    assert {(str(fall.date), *fall[1:]) for fall in expected_falls()} == told
    assert len(told) == len(expected_falls()) == 13
