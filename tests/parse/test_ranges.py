"""Two numbers before one noun: a range keeps both ends, a change counts the new one, a doubt stays unread."""

from __future__ import annotations

import pytest

from monitor.model import Qualifier
from tests.parse.conftest import claim_of, totals

TANKS = [
    "Russia has lost 5,000 to 6,000 tanks since the start of the invasion.",
    "Since the start of the invasion between 5,000 and 6,000 Russian tanks have been destroyed.",
    "Since the start of the invasion 5,000 or 6,000 tanks have been destroyed.",
    "From 5 to 6 thousand tanks have been destroyed since the start of the war.",
    "Since the start of the war between about 5,000 and about 6,000 tanks have been destroyed.",
    "З початку вторгнення знищено від 5 до 6 тисяч танків.",
    "З початку вторгнення знищено від 5 000 до 6 000 танків.",
    "З початку вторгнення знищено 5000 або 6000 танків.",
    "З початку вторгнення знищено між 5000 і 6000 танків.",
    "З початку вторгнення знищено від п'яти до шести тисяч танків.",
    "С начала вторжения уничтожено от 5 до 6 тысяч танков.",
    "С начала вторжения уничтожено от 5 тыс. до 6 тыс. танков.",
    "С начала вторжения уничтожено 5000 или 6000 танков.",
    "С начала вторжения уничтожено между 5000 и 6000 танков.",
    "Загальні бойові втрати противника з 24.02 по 12.04 становлять:\nтанків – від 5000 до 6000 од,\nРСЗВ – 70 од.",
    "The total combat losses of the enemy from 24.02 to 12.04 were approximately:\ntanks – 5,000 to 6,000,\nMLRS – 70.",
]
SOLDIERS = [
    "Between 5,000 and 6,000 Russian soldiers have been killed since the invasion began.",
    "5,000 to 6,000 Russian soldiers have been killed since the invasion began.",
    "З початку вторгнення загинули від 5 до 6 тисяч російських солдатів.",
    "З початку вторгнення вбито 5000 чи 6000 російських солдатів.",
    "С начала вторжения погибли от 5 до 6 тысяч российских солдат.",
]


@pytest.mark.parametrize("text", TANKS)
def test_two_ends_before_one_noun_are_a_range(reading, text):
    claim = claim_of(reading(text, "general-staff-ua", published="2022-04-12T06:00"), "tanks")
    assert (claim.value, claim.upper, claim.qualifier) == (5000, 6000, Qualifier.RANGE)


@pytest.mark.parametrize("text", SOLDIERS)
def test_two_ends_before_people_are_a_range(reading, text):
    claim = claim_of(reading(text), "personnel_killed")
    assert (claim.value, claim.upper, claim.qualifier) == (5000, 6000, Qualifier.RANGE)
    assert claim.subject == "russia"


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("Since the start of the war 900 to 1 thousand tanks have been destroyed.", (900, 1000)),
        ("З початку війни знищено від 500 до 600 тис. дронів.", (500_000, 600_000)),
        ("С начала войны уничтожено от 1 до 1,5 тыс. танков.", (1000, 1500)),
        ("З початку війни знищено від сорока до п'ятдесяти танків.", (40, 50)),
    ],
)
def test_the_lower_end_shares_a_scale_that_only_the_upper_one_names(reading, text, ends):
    claim = reading(text).claims[0]
    assert (claim.value, claim.upper) == ends


@pytest.mark.parametrize(
    "text",
    [
        "The number of Russian tanks destroyed since the start of the war rose from 300 to 350 tanks.",
        "З початку війни кількість знищених зросла з 300 до 350 танків.",
        "С начала войны число уничтоженных выросло с 300 до 350 танков.",
    ],
)
def test_a_change_from_one_figure_to_the_next_is_no_range(reading, text):
    assert totals(reading(text)) == {"tanks": 350}
    assert all(claim.upper is None for claim in reading(text).claims)


@pytest.mark.parametrize(
    "text",
    [
        "Since the start of the war losses are up by 300 to 350 tanks.",
        "З початку війни знищено з 300 до 350 танків.",
        "З початку війни знищено від 300 до 250 танків.",
        "Since the start of the war 300 to 250 tanks have been destroyed.",
        "Since the start of the war 5, 6 or 7 tanks have been destroyed.",
        "Since the start of the war 5 to 6 to 7 tanks have been destroyed.",
        "З початку війни знищено від 5,5 до 6 тис. танків.",
        "С начала войны уничтожено 2 по 6 танков.",
        "Since the start of the war tanks between 2014 and 2021 count as destroyed.",
        "Since the start of the war 300 to 250 soldiers have been killed.",
        "З початку війни вбито від 300 до 250 солдатів.",
    ],
)
def test_two_numbers_in_doubt_are_left_unread(reading, text):
    found = reading(text)
    assert found.claims == ()
    assert len(found.unread) == 1


def test_dates_from_and_to_are_no_range(reading):
    text = "Втрати противника з 24.02 по 12.04: танків – 730 од."
    claim = claim_of(reading(text, "general-staff-ua", published="2022-04-12T06:00"), "tanks")
    assert (claim.value, claim.upper, claim.qualifier) == (730, None, Qualifier.EXACT)


def test_a_span_of_years_behind_people_is_no_count_of_them(reading):
    found = reading("Civilians killed between 2014 and 2021: 14,000 since the start of the war.")
    assert all(claim.value != 2014 for claim in found.claims)
