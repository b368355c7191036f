"""Numbers that are no tally: nothing is claimed, and each line still ends in one named place."""

from __future__ import annotations

import pytest

from monitor.model import Status
from tests.parse.conftest import totals


@pytest.mark.parametrize(
    "text",
    [
        "Авіація завдала 8 ударів по районах зосередження особового складу, 2 удари по зенітно-ракетних комплексах.",
        "Зафіксовано 68 обстрілів з реактивних систем залпового вогню по понад 40 населених пунктах.",
        "Ракетні підрозділи уразили 4 райони зосередження особового складу та 6 складів боєприпасів.",
        "Під Куп'янськом зосереджено понад 100 000 особового складу, 900 танків і 370 РСЗВ.",
        "Росія вже має 1800 танків, 3950 бронемашин, 2700 артилерійських систем і 300 вертольотів.",
        "Партнери передадуть Україні 31 танк Abrams, 14 танків Challenger 2 і 100 бронемашин.",
        "🇬🇧 14 танків\n🇵🇱 14 танків\n🇺🇸 31 танк\n🇺🇸 100 бронемашин\n🇩🇪 40 БМП",
        "Збираємо на 200 безпілотників! Картка 4441 1144 5555 6666",
        "In the country there are 44 tanks in all, 14 of them in the Baltic states.",
        "З полону повернули 140 захисників: 82 бійці ЗСУ, 22 нацгвардійці, 15 воїнів ТрО.",
        "80 тисяч загиблих з початку війни? Це брехня.",
        "Russia could lose another 300 tanks since the start of the war, analysts forecast.",
        "Розпочалася 357 доба повномасштабного вторгнення.",
        "Рівень води піднявся на 2,5 м, підтоплено 1457 будинків.",
        "Танкер завантажив 120 танкерів нафти з початку вторгнення.",
        "Т-72 і Су-25 та С-300 проти Shahed-136, 155 мм і COVID-19.",
        "Кількість танкових батальйонів з початку вторгнення: 12 танкових батальйонів.",
        "По оценкам западной разведки, с начала войны погибли 43 000 военнослужащих.",
    ],
)
def test_no_total_is_claimed(reading, text):
    found = reading(text)
    assert totals(found) == {}


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("Дивіться о 18:30", "time"),
        ("Фото від 12.05.2023", "date"),
        ("Деталі: https://example.org/news/2023/05", "link"),
        ("Знищено 40%", "percent"),
        ("54-й бригаді вручили прапор", "ordinal"),
        ("Працює С-300", "name"),
        ("Партнери передадуть 31 танк", "aid"),
        ("4️⃣5️⃣7️⃣ день війни", "keycap"),
        ("Захоплено 12 танків з початку вторгнення", "seized"),
        ("61 aircraft were seized since the start of the war", "seized"),
    ],
)
def test_a_line_with_other_digits_is_ignored_by_a_named_rule(reading, text, rule):
    found = reading(text)
    assert [name for name, _ in found.ignored] == [rule]
    assert (found.claims, found.mentions, found.unread) == ((), (), ())


def test_a_line_that_no_rule_takes_is_unread(reading):
    found = reading("Добрий день!\nПошкоджено 27 будинків.\nДякуємо.")
    assert [unread.text for unread in found.unread] == ["Пошкоджено 27 будинків"]


def test_a_forwarded_post_is_not_the_channels_own_claim(reading, tables):
    text = "Загальні бойові втрати противника:\nтанків ‒ 7945 (+9)"
    found = reading(text, "general-staff-ua", forwarded_from="Somebody")
    assert (found.claims, found.status) == ((), Status.NO_TALLY)
    assert [rule for rule, _ in found.ignored] == ["forwarded"]


def test_a_header_without_figures_is_unreadable_or_only_a_picture(reading):
    header = "Загальні бойові втрати противника з 24.02.22 по 07.02.23 (орієнтовно) 👇"
    assert reading(header).status is Status.UNREADABLE
    assert reading(header, media=("photo",)).status is Status.IMAGE_ONLY
    assert reading("", media=("photo",)).status is Status.IMAGE_ONLY
    assert reading("").status is Status.NO_TALLY


def test_a_paragraph_of_prose_behind_the_list_is_no_part_of_it(reading):
    found = reading("""Загальні бойові втрати противника з 24.02.22 по 14.06.24:
танків ‒ 7945 (+9)

Авіація Сил оборони завдала ударів, у відповідь наші воїни знищили ще й 12 літаків та 3 вертольоти ворога.
5 гармат уразили сусіди""")
    assert totals(found) == {"tanks": 7945}


def test_a_label_without_its_number_outside_a_list_is_no_excuse_to_drop_the_line(reading):
    found = reading("0.0000 РСЗВ -")
    assert [rule for rule, _ in found.ignored] == ["decimal"]
