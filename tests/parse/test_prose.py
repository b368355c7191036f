"""Single figures in sentences: of officials, ministries, agencies and the reporters who quote them."""

from __future__ import annotations

from datetime import date

import pytest

from monitor.model import Qualifier, Status
from tests.parse.conftest import claim_of, periods, totals


@pytest.mark.parametrize(
    "text",
    [
        "З початку повномасштабного вторгнення загинули 352 цивільні особи, серед них 14 дітей.",
        "Станом на 1 березня загинули 352 людини, серед них 14 дітей. Поранено 1684 людини.",
        "С начала вторжения погибли 352 мирных жителя, в том числе 14 детей.",
        "Since the start of the invasion 352 civilians have been killed, including 14 children.",
        "Since February 24, 352 people have died, among them 14 children, the ministry said.",
    ],
)
def test_the_interior_ministrys_dead_and_the_children_among_them(reading, text):
    found = reading(text, "interior-ministry-ua", published="2022-03-01T10:00")
    read = totals(found)
    assert (read["civilians_killed"], read["children_killed"]) == (352, 14)
    assert {claim.subject for claim in found.claims} == {"civilians"}
    assert {claim.claimant for claim in found.claims} == {"interior-ministry-ua"}


@pytest.mark.parametrize(
    "text",
    [
        "Понад 2000 цивільних загинули з початку вторгнення росії.",
        "Более 2000 мирных жителей погибли с начала вторжения.",
        "More than 2,000 civilians have been killed since the start of the invasion.",
        "З початку війни загинуло понад дві тисячі українців, цивільних людей.",
    ],
)
def test_the_emergency_service_counts_more_than_two_thousand(reading, text):
    claim = claim_of(reading(text, "emergency-service-ua", published="2022-03-02T10:00"), "civilians_killed")
    assert (claim.value, claim.qualifier) == (2000, Qualifier.OVER)


def test_the_uns_caveat_is_no_figure(reading):
    found = reading(
        "Since 24 February 2022 OHCHR has recorded 136 civilians killed, including 13 children, and 400 injured. "
        "The real figures are likely to be considerably higher.",
        "ohchr",
    )
    assert totals(found) == {"civilians_killed": 136, "children_killed": 13, "civilians_injured": 400}
    assert found.claims[0].since == date(2022, 2, 24)


def test_a_forecast_is_no_claim(reading):
    found = reading(
        "Roughly 874,000 refugees have fled Ukraine since 24 February 2022. The number is likely to cross 1 million.",
        "unhcr",
    )
    assert totals(found) == {"refugees": 874000}
    assert found.claims[0].qualifier is Qualifier.ABOUT
    assert [rule for rule, _ in found.ignored] == ["forecast"]


def test_losses_never_come_out_as_killed_where_the_publisher_means_both(reading):
    found = reading(
        "Since the start of the invasion Ukrainian forces have killed 5,840 Russian soldiers.", "general-staff-ua"
    )
    assert totals(found) == {"personnel_losses": 5840}


def test_a_list_in_a_news_sentence(reading):
    found = reading(
        "Russia has lost 61 aircraft, over 200 tanks, 862 armoured vehicles and 40 multiple rocket launchers "
        "since the start of the invasion, the General Staff said.",
        "general-staff-ua",
    )
    assert totals(found) == {"aircraft": 61, "tanks": 200, "afv": 862, "mlrs": 40}
    assert claim_of(found, "tanks").qualifier is Qualifier.OVER
    assert {claim.subject for claim in found.claims} == {"russia"}


def test_vehicles_alone_in_a_news_sentence_are_not_the_category_of_the_list(reading):
    found = reading("Russia has lost 200 tanks and 862 vehicles since the start of the invasion.", "general-staff-ua")
    assert totals(found) == {"tanks": 200}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Загалом від початку повномасштабного вторгнення росіяни втратили вже 374 520 військовослужбовців.", 374520),
        ("З початку повномасштабної війни Росія втратила понад 5800 військових.", 5800),
        ("С начала полномасштабного вторжения российские войска потеряли 186 тысяч военнослужащих.", 186000),
        ("Russia has lost more than 5,800 troops since the start of the war.", 5800),
    ],
)
def test_an_officials_single_figure_counts_with_a_word_that_says_since_when(reading, text, value):
    assert totals(reading(text)) == {"personnel_losses": value}


def test_without_such_a_word_it_is_mentioned_and_not_claimed(reading):
    found = reading("Ворог втратив 5800 військових і 211 танків.")
    assert found.claims == ()
    assert {mention.category for mention in found.mentions} == {"personnel_losses", "tanks"}
    assert found.status is Status.NO_TALLY


@pytest.mark.parametrize(
    "text",
    [
        "За добу ворог втратив 920 військових, 20 танків і 3 літаки.",
        "За минувшие сутки противник потерял 920 военнослужащих, 20 танков и 3 самолета.",
        "Over the past day Russia lost 920 troops, 20 tanks and 3 aircraft.",
        "Втрати ворога за тиждень:\n🔸 920 військових\n🔸 20 танків\n🔸 3 літаки",
        "Загальні втрати ворога за добу склали 920 військових, 20 танків, 3 літаки.",
    ],
)
def test_a_day_or_a_week_is_a_period(reading, text):
    found = reading(text)
    assert totals(found) == {}
    assert periods(found)["tanks"] == 20
    assert periods(found)["aircraft"] == 3


def test_since_the_first_of_january_is_a_period(reading):
    found = reading("З початку року знищено 412 танків. З початку повномасштабного вторгнення знищено 7945 танків.")
    assert (periods(found), totals(found)) == ({"tanks": 412}, {"tanks": 7945})


def test_day_and_total_in_one_sentence_keep_apart(reading):
    found = reading("За добу ворог втратив 1160 військових, а з початку вторгнення – 524 060 військових.")
    assert (periods(found), totals(found)) == ({"personnel_losses": 1160}, {"personnel_losses": 524060})


@pytest.mark.parametrize(
    "text",
    [
        "Внаслідок удару по Харкову загинули 6 людей, ще 16 поранено, серед них 2 дитини.",
        "В результате удара по Одессе погибли 6 человек, еще 16 ранены.",
        "6 people were killed and 16 injured in the attack on Kharkiv.",
        "Станом на 9:30 відомо про шістьох загиблих та 16 поранених внаслідок обстрілу.",
    ],
)
def test_the_toll_of_one_event_is_a_period(reading, text):
    for source in (None, "emergency-service-ua"):
        found = reading(text, source)
        assert totals(found) == {}
        assert (periods(found)["civilians_killed"], periods(found)["civilians_injured"]) == (6, 16)


@pytest.mark.parametrize(
    "text",
    [
        "Число погибших при взрыве выросло с 4 до 5.",
        "Число погибших при взрыве возросло до 5 человек.",
        "При взрыве погибли 4 человека.\n\nUPD: число погибших увеличилось до 5 человек.",
    ],
)
def test_the_new_figure_counts_and_the_old_one_is_mentioned(reading, text):
    found = reading(text)
    assert periods(found) == {"civilians_killed": 5}
    assert all(mention.value == 4 for mention in found.mentions)


def test_the_prosecutors_children(reading):
    found = reading(
        "Станом на ранок 7 травня 480 дітей загинули та понад 964 отримали поранення різного ступеня тяжкості "
        "внаслідок повномасштабної збройної агресії рф.",
        "prosecutor-children-ua",
        published="2023-05-07T07:00",
    )
    assert totals(found) == {"children_killed": 480, "children_injured": 964}
    assert claim_of(found, "children_injured").qualifier is Qualifier.OVER


@pytest.mark.parametrize(
    "text",
    [
        "У ніч на 23 квітня 2024 року росіяни атакували 2 ракетами та 16-ма ударними БпЛА. Збито 15 «шахедів».",
        "В ночь на 23 апреля противник выпустил 2 ракеты и 16 беспилотников, сбито 15 дронов.",
        "Overnight Russia launched 2 missiles and 16 drones. 15 drones were shot down, none destroyed on the ground.",
    ],
)
def test_launched_and_downed_are_told_apart(reading, text):
    found = periods(reading(text, published="2024-04-23T06:00"))
    assert (found["drones_launched"], found["missiles_launched"], found["uav"]) == (16, 2, 15)


def test_regions_behind_a_colon_do_not_replace_the_nights_figure(reading):
    text = "За ночь уничтожены 22 украинских беспилотника: 10 – над Ростовской областью, 7 – над Белгородской."
    assert periods(reading(text)) == {"uav": 22}


def test_a_pair_with_a_slash_is_left_unread(reading):
    found = reading("За ніч 34/44 шахедів.")
    assert (found.claims, len(found.unread)) == ((), 1)


def test_a_range_in_words_keeps_both_ends(reading):
    claim = reading("From 300 to 350 tanks have been destroyed since the start of the war.").claims[0]
    assert (claim.value, claim.upper) == (300, 350)


def test_a_part_never_takes_the_place_of_the_whole(reading):
    found = reading("З 24 лютого 2022 року ліквідовано близько 524 060 окупантів, з них 1160 осіб на сході.")
    assert totals(found) == {"personnel_losses": 524060}
    assert found.claims[0].subject == "russia"


@pytest.mark.parametrize(
    "text",
    [
        "352 civilians, including 14 children, have been killed since the invasion began.",
        "352 мирні жителі, зокрема 14 дітей, загинули з початку вторгнення.",
        "352 мирных жителя, включая 14 детей, погибли с начала вторжения.",
    ],
)
def test_a_part_in_commas_does_not_cut_a_figure_from_its_verb(reading, text):
    assert totals(reading(text)) == {"civilians_killed": 352, "children_killed": 14}


def test_a_verb_with_a_figure_of_its_own_says_nothing_of_the_one_before_a_part(reading):
    text = "Since the war began 352 civilians, including 14 children, left, and 5 soldiers were killed."
    assert totals(reading(text)) == {"personnel_killed": 5}


def test_a_side_that_is_named_once_holds_for_the_next_figure_too(reading):
    found = reading(
        "Since the start of the special military operation 498 Russian servicemen have been killed and"
        " 1,597 servicemen have been wounded.",
        "defence-ministry-ru",
    )
    assert {claim.subject for claim in found.claims} == {"russia"}


@pytest.mark.parametrize(
    "text",
    [
        "З початку вторгнення Україну залишили від 800 до 900 тис. біженців.",
        "С начала вторжения Украину покинули от 800 до 900 тысяч беженцев.",
        "Between 800,000 and 900,000 refugees have left Ukraine since the invasion began.",
    ],
)
def test_refugees_are_read_in_each_language(reading, text):
    claim = claim_of(reading(text, "unhcr"), "refugees")
    assert (claim.value, claim.upper) == (800_000, 900_000)


@pytest.mark.parametrize(
    "text",
    [
        "З початку операції знищено 311 танків та інших броньованих машин, 147 гармат польової артилерії та мінометів.",
        "З початку операції знищено 311 танків і бойових броньованих машин, 147 гармат і мінометів.",
        "С начала СВО уничтожено 311 танков и других бронированных машин, 147 орудий полевой артиллерии и минометов.",
    ],
)
def test_combined_categories_stay_combined(reading, text):
    assert totals(reading(text)) == {"tanks_and_afv": 311, "artillery_and_mortars": 147}
