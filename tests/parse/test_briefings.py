"""Russia's Defence Ministry: one sentence of totals among paragraphs about a day."""

from __future__ import annotations

import pytest

from monitor.model import ScopeBasis, Status
from tests.parse.conftest import claim_of, totals

DAY = """Вооруженные Силы Российской Федерации продолжают специальную военную операцию.

Оперативно-тактической авиацией поражены 47 военных объектов Украины. Среди них: три командных пункта, \
две установки реактивных систем залпового огня, восемь складов боеприпасов.

Всего в результате ударов авиации уничтожены более 210 националистов, выведены из строя 34 единицы военной техники.

Средствами ПВО сбиты девять беспилотных летательных аппаратов и один самолет Су-25 в районе Николаевки.

"""
TOTAL = """Всего с начала проведения специальной военной операции уничтожены: 174 самолета, 125 вертолетов, \
977 беспилотных летательных аппаратов, 317 зенитных ракетных комплексов, 3198 танков и других боевых бронированных \
машин, 408 боевых машин реактивных систем залпового огня, 1622 орудия полевой артиллерии и миномета, а также \
3086 единиц специальной военной автомобильной техники."""
FIGURES = {
    "aircraft": 174, "helicopters": 125, "uav": 977, "anti_air": 317, "tanks_and_afv": 3198, "mlrs": 408,
    "artillery_and_mortars": 1622, "special_military_vehicles": 3086,
}  # fmt: skip


def test_the_sentence_of_totals_is_read_and_the_days_figures_are_no_totals(reading):
    found = reading(DAY + TOTAL, "defence-ministry-ru")
    assert totals(found) == FIGURES
    assert {claim.subject for claim in found.claims if claim.scope == "total"} == {"ukraine"}
    assert {claim.scope_basis for claim in found.claims if claim.scope == "total"} == {ScopeBasis.HEADER}


def test_the_day_alone_states_no_total(reading):
    assert totals(reading(DAY, "defence-ministry-ru")) == {}


def test_a_line_break_inside_the_sentence_of_totals_loses_nothing(reading):
    broken = TOTAL.replace("комплексов, ", "комплексов, \n").replace("орудия полевой", "орудия\nполевой")
    assert totals(reading(DAY + broken)) == FIGURES


def test_what_follows_the_sentence_of_totals_is_no_total(reading):
    found = reading(TOTAL + " За минувшие сутки уничтожены 5 танков.\n\nУничтожен склад и 12 складов ракет.")
    assert totals(found) == FIGURES


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("3281 танк и другая боевая бронированная машина", 3281),
        ("2471 танк и другие боевые бронированные машины", 2471),
        ("2807 танков и других боевых бронированные машины", 2807),
        ("3198 танков и других боевых бронированных машин", 3198),
    ],
)
def test_tanks_and_other_vehicles_stay_one_category(reading, written, value):
    found = reading(f"Всего с начала специальной военной операции уничтожено: {written}.")
    assert totals(found) == {"tanks_and_afv": value}


def test_aircraft_and_helicopters_stay_together_only_where_one_figure_counts_both(reading):
    one = reading("Всего с начала проведения специальной военной операции уничтожены: 184 самолета и вертолета.")
    two = reading("Всего с начала проведения специальной военной операции уничтожены: 124 самолета и 77 вертолетов.")
    assert totals(one) == {"aircraft_and_helicopters": 184}
    assert totals(two) == {"aircraft": 124, "helicopters": 77}


def test_the_early_form_goes_on_over_paragraphs_and_adds_up_what_it_splits(reading):
    found = reading("""Всего за время операции выведено из строя 1612 объектов военной инфраструктуры Украины.

Среди них: 54 пункта управления и узла связи, 39 зенитных ракетных комплексов ПВО С-300 и «Оса».

Уничтожено 49 самолетов на земле и 13 самолетов в воздухе, 606 танков и других боевых бронированных машин.

Российские военные передали 20 танков народной милиции.""")
    assert totals(found) == {
        "military_objects": 1612, "command_posts": 54, "anti_air": 39, "aircraft": 62, "tanks_and_afv": 606
    }  # fmt: skip
    assert claim_of(found, "aircraft").quote.startswith("Уничтожено 49")


def test_a_list_under_among_them_belongs_to_the_total(reading):
    found = reading("""Всего за время операции поражено 2044 объекта военной инфраструктуры Украины. Среди них:

70 пунктов управления и узлов связи;

101 зенитный ракетный комплекс ПВО С-300, а также 64 радиолокационные станции.

Уничтожены: 711 танков и других боевых бронированных машин.""")
    assert totals(found) == {
        "military_objects": 2044, "command_posts": 70, "anti_air": 101, "radars": 64, "tanks_and_afv": 711
    }  # fmt: skip


def test_types_of_one_kind_are_added_up(reading):
    found = reading("С начала проведения специальной военной операции сбиты два Су-27, три Су-24, один вертолет.")
    assert totals(found) == {"aircraft": 5, "helicopters": 1}


def test_the_first_of_march_2022(reading):
    found = reading(
        "Всего с начала операции уничтожено: 311 танков и других боевых бронированных машин, 42 самолета и вертолета, "
        "51 установка реактивных систем залпового огня, 147 орудий полевой артиллерии и минометов, "
        "263 единицы специальной военной автомобильной техники.",
        "defence-ministry-ru",
    )
    assert totals(found) == {
        "tanks_and_afv": 311, "aircraft_and_helicopters": 42, "mlrs": 51, "artillery_and_mortars": 147,
        "special_military_vehicles": 263,
    }  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "В ходе специальной военной операции погибли 498 российских военнослужащих. Ранены 1597 военнослужащих.",
        "В ходе спецоперации 498 российских военнослужащих погибли при исполнении воинского долга, 1597 ранены.",
        "Потери Вооруженных Сил Российской Федерации с начала операции: 498 военнослужащих погибли, 1597 ранены.",
    ],
)
def test_the_ministry_speaks_of_its_own_dead(reading, text):
    found = reading(text, "defence-ministry-ru")
    assert totals(found) == {"personnel_killed": 498, "personnel_wounded": 1597}
    assert {claim.subject for claim in found.claims} == {"russia"}
    assert found.claims[0].claimant == "defence-ministry-ru"


def test_a_rounded_headline_loses_to_the_exact_body(reading):
    found = reading(
        "Russia says nearly 500 of its soldiers killed since the start of the operation, 1,600 more wounded\n"
        "498 Russian servicemen have been killed since the start of the special military operation "
        "and 1,597 have been wounded, the ministry said.",
        "defence-ministry-ru",
    )
    assert totals(found) == {"personnel_killed": 498, "personnel_wounded": 1597}


def test_a_briefing_without_figures_is_no_tally(reading):
    found = reading("⚡️ Брифинг Минобороны России (08.06.2022 г.)\n\nЧитать 📄\n\n#Минобороны @mod_russia")
    assert found.status is Status.NO_TALLY
    assert found.claims == ()


def test_mercenaries_and_evacuees_are_not_the_armys_losses(reading):
    found = reading(
        "С начала специальной военной операции на Украину прибыли 6956 наемников, уничтожены 1956, уехали 1779.\n"
        "Всего с начала операции эвакуированы 798 тысяч 237 человек, из которых 149419 – дети.",
        "defence-ministry-ru",
    )
    assert not any(claim.category.startswith(("personnel", "civilians", "children")) for claim in found.claims)
