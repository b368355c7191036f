"""The daily list in the forms in which it has been published and passed on."""

from __future__ import annotations

from datetime import date

import pytest

from monitor.model import Qualifier, ScopeBasis, Status
from tests.parse.conftest import claim_of, totals

UKRAINIAN = """Загальні бойові втрати противника з 24.02.22 по 14.06.24 орієнтовно склали:
особового складу ‒ близько 524060 (+1160) осіб,
танків ‒ 7945 (+9) од,
бойових броньованих машин ‒ 15265 (+18) од,
артилерійських систем – 13850 (+38) од,
РСЗВ – 1103 (+0) од,
засоби ППО ‒ 850 (+3) од,
літаків – 359 (+0) од,
гелікоптерів – 326 (+0) од,
БПЛА оперативно-тактичного рівня – 11137 (+52),
крилаті ракети ‒ 2293 (+8),
кораблі /катери ‒ 28 (+0) од,
підводні човни ‒ 1 (+0) од,
автомобільної техніки та автоцистерн – 18783 (+63) од,
спеціальна техніка ‒ 2314 (+11).
Дані уточнюються.
Бий окупанта! Разом переможемо!"""
FIGURES = {
    "personnel_losses": 524060, "tanks": 7945, "afv": 15265, "artillery": 13850, "mlrs": 1103, "anti_air": 850,
    "aircraft": 359, "helicopters": 326, "uav": 11137, "cruise_missiles": 2293, "warships_boats": 28, "submarines": 1,
    "vehicles_fuel_tanks": 18783, "special_equipment": 2314,
}  # fmt: skip


def test_the_ukrainian_list_is_read_whole(reading):
    found = reading(UKRAINIAN, "general-staff-ua")
    assert found.status is Status.TALLY
    assert totals(found) == FIGURES
    assert [claim.delta for claim in found.claims] == [1160, 9, 18, 38, 0, 3, 0, 0, 52, 8, 0, 0, 63, 11]
    assert {claim.qualifier for claim in found.claims[1:]} == {Qualifier.EXACT}
    assert found.unread == ()


def test_a_claim_of_the_list_says_who_about_whom_since_when_and_where_it_stands(reading):
    found = reading(UKRAINIAN, "general-staff-ua")
    claim = claim_of(found, "personnel_losses")
    assert claim.claimant == "general-staff-ua"
    assert claim.subject == "russia"
    assert (claim.since, claim.as_of) == (date(2022, 2, 24), date(2024, 6, 14))
    assert found.as_of == date(2024, 6, 14)
    assert claim.scope_basis is ScopeBasis.HEADER
    assert claim.qualifier is Qualifier.ABOUT
    assert claim.quote == "особового складу ‒ близько 524060 (+1160) осіб,"
    assert UKRAINIAN[slice(*claim.span)] == "особового складу ‒ близько 524060 (+1160)"


def test_without_a_source_the_claimant_is_open_and_the_enemy_is_known_from_the_header(reading):
    claim = reading(UKRAINIAN).claims[0]
    assert (claim.claimant, claim.subject) == (None, "russia")


def test_the_english_list_of_april_2022_has_vehicles_and_fuel_tanks_apart(reading):
    found = reading(
        """The total combat losses of the enemy from 24.02 to 16.04 were approximately:
personnel ‒ about 20100 persons were liquidated,
tanks ‒ 762,
APV ‒ 1982,
Anti-aircraft warfare systems ‒ 66,
vehicles ‒ 1458,
boats / cutters ‒ 8,
fuel tanks ‒ 76,
UAV operational-tactical level ‒ 138.
special equipment ‒ 25.
mobile SRBM system ‒ 4.
Data are being updated.""",
        published="2022-04-16T06:00",
    )
    assert totals(found) == {
        "personnel_losses": 20100, "tanks": 762, "afv": 1982, "anti_air": 66, "vehicles": 1458, "warships_boats": 8,
        "fuel_tanks": 76, "uav": 138, "special_equipment": 25, "mobile_srbm": 4,
    }  # fmt: skip
    assert (found.claims[0].since, found.as_of) == (date(2022, 2, 24), date(2022, 4, 16))


def test_labels_said_in_two_languages_count_once(reading):
    found = reading("""Загальні бойові втрати противника з 24.02.22 по 11.02.24 / The total combat losses of the enemy:
особового складу / personnel ‒ близько/ about 395100 (+1090) осіб / persons,
БПЛА оперативно-тактичного рівня / UAV operational-tactical level – 7232 (+24),
кораблі /катери / warships / boats ‒ 24 (+0) од,
автомобільної техніки та автоцистерн/ vehicles and fuel tanks – 12480 (+44) од""")
    assert totals(found) == {
        "personnel_losses": 395100, "uav": 7232, "warships_boats": 24, "vehicles_fuel_tanks": 12480
    }  # fmt: skip
    assert found.claims[0].qualifier is Qualifier.ABOUT
    assert found.mentions == ()


def test_the_form_of_2026_names_servicemen_and_ground_robots(reading):
    found = reading("""Загальні бойові втрати росіян з 24.02.22 по 09.07.26:
Військовослужбовці — близько 1 431 700 (+1 040)
Танки — 12 204 (+3)
Наземні робототехнічні комплекси — 1 862 (+11)
Автомобілі та автоцистерни — 101 330 (+214)""")
    assert totals(found) == {
        "personnel_losses": 1431700, "tanks": 12204, "ugv": 1862, "vehicles_fuel_tanks": 101330
    }  # fmt: skip
    assert [claim.delta for claim in found.claims] == [1040, 3, 11, 214]


@pytest.mark.parametrize("dash", ["‒", "–", "—", "-", " -", "−", "➖", ":"])
def test_every_dash_stands_between_label_and_figure(reading, dash):
    found = reading(f"Total combat losses of the enemy:\ntanks {dash} 762 (+4)\nAPV {dash}1982 (+11)")
    assert totals(found) == {"tanks": 762, "afv": 1982}


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("1276810", 1276810),
        ("1 276 810", 1276810),
        ("1\u00a0276\u00a0810", 1276810),
        ("1\u2009276\u2009810", 1276810),
        ("1\u202f276\u202f810", 1276810),
        ("1,276,810", 1276810),
        ("1.276.810", 1276810),
        ("1’276’810", 1276810),
        ("1'276'810", 1276810),
        ("10, 328", 10328),
        ("1 мільйон 112 460", 1112460),
        ("1 мільйона 112 460", 1112460),
        ("815 тис.", 815000),
        ("24,7 тис.", 24700),
        ("1,5 млн", 1500000),
        ("8 тис. 815", 8815),
        ("١٢٧٦", 1276),
        ("дві тисячі", 2000),
        ("сорок п'ять", 45),
        ("1\u200b276", 1276),
        ("**1276**", 1276),
        ("1<b>276</b>", 1276),
    ],
)
def test_a_figure_is_read_however_it_is_written(reading, written, value):
    found = reading(
        f"Загальні бойові втрати противника з 24.02.22 по 14.06.26:\nособового складу ‒ близько {written} осіб"
    )
    assert totals(found) == {"personnel_losses": value}


@pytest.mark.parametrize(
    ("printed", "value", "delta"),
    [
        ("7945 (+9) од.", 7945, 9),
        ("7945(+9)од.", 7945, 9),
        ("7945 (+0). од.", 7945, 0),
        ("7945 од. (+9)", 7945, 9),
        ("7945 (+9 за минулу добу)", 7945, 9),
        ("7945 (-2)", 7945, -2),
        ("7945 (−2)", 7945, -2),
        ("403720 (+1 тис. 250 за добу)", 403720, 1250),
        ("7945 (інформація уточнюється)", 7945, None),
        ("7945", 7945, None),
        ("7945 (+16,1%)", 7945, None),
        ("(+2).", None, 2),
    ],
)
def test_parentheses_with_a_sign_are_the_change(reading, printed, value, delta):
    found = reading(f"Загальні бойові втрати противника з 24.02 по 14.06:\nтанків ‒ {printed}\nРСЗВ ‒ 1103 (+1)")
    claim = claim_of(found, "tanks")
    assert (claim.value, claim.delta) == (value, delta)
    assert claim_of(found, "mlrs").value == 1103


def test_a_missing_value_is_a_claim_without_one_and_never_borrows_the_next(reading):
    found = reading("Total combat losses of the enemy:\nvehicles and fuel tanks ‒ (+2),\nspecial equipment ‒ 71 (+1)")
    assert totals(found) == {"vehicles_fuel_tanks": None, "special_equipment": 71}


def test_parentheses_that_say_so_hold_the_total_and_the_figure_before_is_the_days(reading):
    found = reading("""Втрати росіян за добу:
980 військових (загалом 1 112 460)
2 танки (загалом 11 261)
9 бойових броньованих машин (23 384)
41 артилерійська система (33 102)""")
    assert totals(found)["tanks"] == 11261
    assert totals(found)["afv"] == 23384
    assert claim_of(found, "artillery").delta == 41


def test_a_previous_value_in_parentheses_is_not_the_total(reading):
    found = reading("""Total combat losses of the enemy from 24.02.22 to 05.05.24:
tanks – 7,372 (7,360)
APV – 14,178 (14,150)
MLRS – 1,054 (1,053)""")
    assert totals(found) == {"tanks": 7372, "afv": 14178, "mlrs": 1054}


def test_figures_may_stand_before_their_labels(reading):
    found = reading("""Общие боевые потери противника с 24.02.22 по 03.03.24:
• около 416 800 человек личного состава (+1 160)
• 6 639 танков (+11)
• 12 656 боевых бронированных машин (+29)
• 347 самолетов (+0)
• один подводный корабль""")
    assert totals(found)["personnel_losses"] == 416800
    assert totals(found)["tanks"] == 6639
    assert totals(found)["afv"] == 12656
    assert claim_of(found, "aircraft").delta == 0


def test_the_whole_list_may_stand_in_one_line(reading):
    found = reading(
        "The total combat losses of the enemy from 24.02 to 20.04 were approximately: personnel ‒ about 20900 persons, "
        "tanks ‒ 815, APV ‒ 2087, artillery systems – 391, MLRS ‒ 136."
    )
    assert totals(found) == {"personnel_losses": 20900, "tanks": 815, "afv": 2087, "artillery": 391, "mlrs": 136}


def test_a_full_stop_or_an_empty_line_in_the_middle_ends_no_list(reading):
    found = reading("Total combat losses of the enemy:\ntanks ‒ 815.\n\nAPV ‒ 2087.\n\n🔻\nMLRS ‒ 136")
    assert totals(found) == {"tanks": 815, "afv": 2087, "mlrs": 136}


@pytest.mark.parametrize("bullet", ["• ", "▪️ ", "🔻", "➖ ", "- ", "▪️\n", "✅\n", "1. ", "**", "‼️ ", "📌"])
def test_bullets_and_emoji_of_any_kind_stand_before_a_line(reading, bullet):
    close = "**" if bullet == "**" else ""
    found = reading(f"Total combat losses of the enemy:\n{bullet}tanks ‒ 815{close}\n{bullet}APV ‒ 2087{close}")
    assert totals(found) == {"tanks": 815, "afv": 2087}


def test_a_list_body_without_its_header_is_a_total_by_its_shape(reading):
    found = reading("personnel ‒ about 189460 (+540) persons,\ntanks ‒ 3694 (+0),\nAPV ‒ 7181 (+3),\nMLRS – 543 (+1)")
    assert totals(found) == {"personnel_losses": 189460, "tanks": 3694, "afv": 7181, "mlrs": 543}
    assert {claim.scope_basis for claim in found.claims} == {ScopeBasis.SHAPE}


def test_letters_of_the_other_script_inside_a_word_do_not_hide_it(reading):
    found = reading("Зaгальні бойoві втрати прoтивника:\nтaнкiв ‒ 7945 (+9)\nлiтакiв ‒ 359 (+0)")  # a, o, i are Latin
    assert totals(found) == {"tanks": 7945, "aircraft": 359}


def test_anti_aircraft_is_never_aircraft_and_fuel_tanks_are_never_tanks(reading):
    found = reading("""Total combat losses of the enemy:
Anti-aircraft warfare systems ‒ 674 (+0),
-aircraft warfare systems ‒ 12,
fuel tanks ‒ 76,
самолеты беспилотные – 70""")
    assert totals(found) == {"anti_air": 674, "fuel_tanks": 76, "uav": 70}


def test_the_body_beats_the_headline(reading):
    found = reading("""Втрати окупантів становлять понад 1637 танків, знищено майже 3811 бойових броньованих машин
Загальні бойові втрати противника з 24.02 по 08.07 орієнтовно склали:
танків ‒ 1637 (+35) од,
бойових броньованих машин ‒ 3811 (+14) од""")
    assert claim_of(found, "tanks").qualifier is Qualifier.EXACT
    assert totals(found) == {"tanks": 1637, "afv": 3811}


def test_a_new_line_in_a_known_list_is_unread_with_its_wording(reading):
    found = reading("Загальні бойові втрати противника:\nтанків ‒ 7945 (+9)\nбойових дирижаблів ‒ 2 (+1)")
    assert totals(found) == {"tanks": 7945}
    assert [unread.text for unread in found.unread] == ["бойових дирижаблів ‒ 2 (+1)"]


@pytest.mark.parametrize(
    ("header", "published", "as_of"),
    [
        ("з 24.02.22 по 31.12.22", "2022-12-31T06:00", date(2022, 12, 31)),
        ("з 24.02.2022 по 01.01.2023", "2023-01-01T06:00", date(2023, 1, 1)),
        ("з 24.02 по 28.12", "2022-12-29T06:00", date(2022, 12, 28)),
        ("з 24.02 по 31.12", "2023-01-01T04:00", date(2022, 12, 31)),
        ("з 24 лютого 2022 року по 8 липня 2023 року", "", date(2023, 7, 8)),
        ("from February 24, 2022 to July 8, 2023", "", date(2023, 7, 8)),
        ("від 24.02.22 до 12.05.23", "", date(2023, 5, 12)),
        ("станом на 08.07.2023", "", date(2023, 7, 8)),
    ],
)
def test_the_headers_date_is_the_lists_date(reading, header, published, as_of):
    found = reading(f"Загальні бойові втрати противника {header}:\nтанків ‒ 7945 (+9)", published=published)
    assert found.as_of == as_of
    assert found.claims[0].as_of == as_of
    assert found.claims[0].value == 7945


@pytest.mark.parametrize("word", ["близько", "around", "about", "около", "приблизно"])
def test_a_qualifier_is_kept(reading, word):
    assert reading(f"Загальні бойові втрати противника:\nтанків ‒ {word} 7945").claims[0].qualifier is Qualifier.ABOUT


@pytest.mark.parametrize(
    ("word", "qualifier"),
    [
        ("понад", "over"), ("більше ніж", "over"), ("свыше", "over"), ("more than", "over"), ("over", "over"),
        ("майже", "almost"), ("почти", "almost"), ("nearly", "almost"), ("щонайменше", "at_least"),
        ("не менее", "at_least"), ("at least", "at_least"), ("до", "up_to"), ("up to", "up_to"), ("менее", "under"),
    ],
)  # fmt: skip
def test_each_qualifier_has_its_own_meaning(reading, word, qualifier):
    assert reading(f"Загальні бойові втрати противника:\nтанків ‒ {word} 7945").claims[0].qualifier == qualifier


def test_a_range_keeps_both_ends(reading):
    claim = reading("Загальні бойові втрати противника:\nтанків ‒ 200-250").claims[0]
    assert (claim.value, claim.upper, claim.qualifier) == (200, 250, Qualifier.RANGE)


def test_a_repost_that_speaks_of_a_day_over_running_totals_is_known_by_its_changes(reading):
    found = reading("""За минулу добу російська армія втратила:
танків — 11 251 (+2)
бойових броньованих машин — 23 384 (+9)
артилерійських систем — 33 102 (+41)""")
    assert totals(found) == {"tanks": 11251, "afv": 23384, "artillery": 33102}
    assert {claim.scope_basis for claim in found.claims} == {ScopeBasis.SHAPE}


def test_a_weeks_list_with_changes_as_large_as_its_figures_stays_a_week(reading):
    found = reading("Втрати ворога за тиждень:\nтанків — 71 (+12)\nББМ — 70 (-20)\nРСЗВ — 6 (+2)\nлітаків — 1 (+1)")
    assert totals(found) == {}


def test_an_aid_list_has_not_the_shape_of_a_tally(reading):
    assert totals(reading("Допомога:\nTanks – 30\nHowitzers – 18\nHelicopters – 4\nDrones – 200")) == {}


def test_an_outlets_header_with_a_day_is_a_header(reading):
    found = reading("Втрати ворога станом на ранок 5 травня 2024 року:\nтанки — 7 372\nББМ — 14 178")
    assert totals(found) == {"tanks": 7372, "afv": 14178}
    assert found.as_of == date(2024, 5, 5)


def test_people_in_a_list_of_losses_are_losses_though_the_line_does_not_say_so(reading):
    found = reading("""Втрати ворога на ранок 14 червня 2024 року:
близько 524 060 (+1160) осіб,
7945 (+9) танків,
15265 (+18) бойових броньованих машин""")
    assert totals(found) == {"personnel_losses": 524060, "tanks": 7945, "afv": 15265}
    assert claim_of(found, "personnel_losses").qualifier is Qualifier.ABOUT
    assert claim_of(found, "personnel_losses").delta == 1160


def test_people_outside_a_list_of_losses_are_nobodys_losses(reading):
    assert reading("На площі зібралися люди:\n120 осіб\n15 осіб").claims == ()


def test_an_agencys_sentence_goes_on_behind_the_days_figure(reading):
    found = reading(
        "Ukraine's General Staff says Russia has lost 524,060 troops in Ukraine since Feb. 24, 2022. "
        "This number includes 1,160 casualties over the past day. According to the report, Russia has also lost "
        "7,945 tanks, 15,265 armored fighting vehicles, 359 airplanes, and one submarine."
    )
    assert totals(found) == {"personnel_losses": 524060, "tanks": 7945, "afv": 15265, "aircraft": 359, "submarines": 1}
    assert {claim.subject for claim in found.claims} == {"russia"}


def test_changes_in_a_sentence_make_it_a_total_though_it_follows_a_day(reading):
    found = reading(
        "За добу ліквідовано 1160 окупантів. Також знищено 7945 танків (+9), 15265 ББМ (+18), 13850 артсистем (+38)."
    )
    assert totals(found) == {"tanks": 7945, "afv": 15265, "artillery": 13850}
    assert found.claims[0].value == 1160


def test_the_second_of_march_2022(reading):
    found = reading(
        """Загальні бойові втрати противника з 24.02 по 02.03 орієнтовно склали:
особового складу – близько 5840 осіб,
літаків – 30,
гелікоптерів – 31,
танків – 211,
бойових броньованих машин – 862,
артилерійських систем – 85,
засобів ППО – 9,
цистерн – 60,
РСЗВ – 40.""",
        "general-staff-ua",
        published="2022-03-02T08:00",
    )
    assert totals(found) == {
        "personnel_losses": 5840, "aircraft": 30, "helicopters": 31, "tanks": 211, "afv": 862, "artillery": 85,
        "anti_air": 9, "fuel_tanks": 60, "mlrs": 40,
    }  # fmt: skip
    assert (found.claims[0].since, found.as_of) == (date(2022, 2, 24), date(2022, 3, 2))


def test_an_armys_losses_on_a_day_are_a_header(reading):
    found = reading("Втрати російських військ станом на 14.06.2024:\n7945 (+9) танків\n359 літаків")
    assert totals(found) == {"tanks": 7945, "aircraft": 359}
    assert {(claim.subject, claim.as_of) for claim in found.claims} == {("russia", date(2024, 6, 14))}
