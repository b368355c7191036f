"""What ships in config/: sources, categories, and what they must never say."""

import math
import os
import subprocess
import sys
import zipfile
from itertools import pairwise
from pathlib import Path

import pytest

from monitor.settings import load_tables
from monitor.settings.files import defaults_folder
from tests import corpus

CATEGORIES = load_tables().categories
SOURCES = load_tables().sources
LISTED_BY_HAND = frozenset(
    {
        "personnel_losses", "personnel_killed", "personnel_wounded", "personnel_captured", "tanks", "afv",
        "tanks_and_afv", "artillery", "artillery_and_mortars", "mlrs", "anti_air", "aircraft", "helicopters",
        "aircraft_and_helicopters", "uav", "cruise_missiles", "mobile_srbm", "warships_boats", "submarines",
        "vehicles", "fuel_tanks", "vehicles_fuel_tanks", "special_equipment", "special_military_vehicles", "ugv",
        "civilians_killed", "civilians_injured", "children_killed", "children_injured", "refugees",
        "temporary_protection", "border_crossings_out", "border_crossings_in", "children_casualties",
        "civilian_casualties", "military_objects", "command_posts", "radars", "missiles", "vehicles_and_afv",
        "rescued", "missing", "evacuated", "evacuees", "evacuated_children", "buildings_collapsed",
        "bodies_recovered", "covid_cases", "covid_deaths", "covid_recovered", "covid_hospitalised", "detained",
        "arrested", "sentenced", "death_sentences", "released", "drones_detected", "drones_destroyed",
        "mercenaries_arrived", "mercenaries_killed", "mercenaries_left", "police_injured", "drones_launched",
        "drones_downed", "missiles_launched", "missiles_downed", "combat_clashes",
    }
)  # fmt: skip


def test_nine_publishers_ship():
    assert set(SOURCES) == {
        *("general-staff-ua", "defence-ministry-ru", "interior-ministry-ua", "emergency-service-ua"),
        *("prosecutor-children-ua", "air-force-ua", "president-ua", "ohchr", "unhcr"),
    }


def test_every_category_that_posts_were_seen_to_state_ships():
    assert set(CATEGORIES) == LISTED_BY_HAND


@pytest.mark.corpus
@pytest.mark.parametrize("folder", ["dev", "channels"])
def test_no_labelled_post_states_a_category_that_does_not_ship(folder):
    labelled = {claim["category"] for label in corpus.rows(folder, "labels.jsonl") for claim in label["claims"]}
    assert labelled
    assert labelled <= set(CATEGORIES)


@pytest.mark.corpus
def test_rare_categories_changed_34_times_in_the_last_365_days_of_the_general_staff():
    days = [row["figures"] for row in corpus.rows("general-staff", "daily.jsonl")][-366:]
    rare = [slug for slug, category in CATEGORIES.items() if category.rare]
    changes = [slug for before, now in pairwise(days) for slug in rare if before.get(slug) != now.get(slug)]
    assert len(changes) == 34


@pytest.mark.corpus
def test_no_figure_that_the_general_staff_ever_gave_is_out_of_a_categorys_range():
    for row in corpus.rows("general-staff", "daily.jsonl"):
        for slug, value in row["figures"].items():
            low, high = CATEGORIES[slug].minimum or 0, CATEGORIES[slug].maximum or math.inf
            assert low <= value <= high, (row["date"], slug, value)


def test_losses_are_never_called_killed():
    assert {"killed", "dead", "died", "deaths"} <= set(CATEGORIES["personnel_losses"].never_say)
    assert SOURCES["general-staff-ua"].meaning["personnel_killed"] == "personnel_losses"


def test_only_what_a_side_can_lose_is_ever_called_its_losses():
    assert {slug for slug, category in CATEGORIES.items() if category.lost} == {
        *("personnel_losses", "tanks", "afv", "tanks_and_afv", "artillery", "artillery_and_mortars", "mlrs"),
        *("anti_air", "aircraft", "helicopters", "aircraft_and_helicopters", "uav", "cruise_missiles", "mobile_srbm"),
        *("warships_boats", "submarines", "vehicles", "fuel_tanks", "vehicles_fuel_tanks", "vehicles_and_afv", "ugv"),
        *("special_equipment", "special_military_vehicles", "missiles", "military_objects", "command_posts", "radars"),
    }


def test_a_row_of_soldiers_says_that_it_counts_soldiers():
    soldiers = [category for slug, category in CATEGORIES.items() if slug.startswith("personnel_")]
    assert {category.label.partition(" ")[0] for category in soldiers} == {"Personnel"}


def test_the_injured_are_never_called_dead():
    for slug in ("personnel_wounded", "civilians_injured", "children_injured", "police_injured", "missing"):
        assert {"killed", "dead"} <= set(CATEGORIES[slug].never_say), slug


def test_children_are_a_part_and_never_an_addition():
    assert CATEGORIES["children_killed"].part_of == "civilians_killed"
    assert CATEGORIES["children_injured"].part_of == "civilians_injured"


def test_the_lines_that_merged_on_1_may_2022_are_not_missed_afterwards():
    merged = CATEGORIES["vehicles_fuel_tanks"]
    assert merged.succeeds == ("vehicles", "fuel_tanks")
    assert all(str(CATEGORIES[slug].until) == "2022-04-30" for slug in merged.succeeds)


@pytest.mark.parametrize("slug", CATEGORIES)
def test_every_category_says_what_it_means_and_fits_its_row(slug):
    assert len(CATEGORIES[slug].definition) > 20
    assert len(CATEGORIES[slug].label) <= 25, "a row has 34 columns, and the figure needs its share"


@pytest.mark.parametrize("key", SOURCES)
def test_every_shipped_source_has_a_caveat_and_a_route(key):
    source = SOURCES[key]
    assert source.caveat
    assert source.about
    assert all(route.enabled or route.needs for channel in source.channels for route in channel.routes)
    assert source.channels


def test_no_verb_claims_more_than_that_somebody_said_so():
    assert {source.verb for source in SOURCES.values()} <= {"says", "reports"}


def test_every_handle_that_nobody_looked_up_says_so_beside_it():
    looked_up = {"GeneralStaffZSU", "mod_russia", "GeneralStaff.ua"}
    for path in sorted(defaults_folder().glob("sources/*.toml")):
        for line in path.read_text("utf-8").splitlines():
            if line.startswith("address = ") and line.partition('"')[2].partition('"')[0] not in looked_up:
                assert line.endswith("from memory, check before use"), f"{path.name}: {line}"


def test_a_wheel_carries_the_defaults_and_finds_them(tmp_path):
    root = Path(__file__).parents[1]
    build = "import sys; from hatchling.build import build_wheel; print(build_wheel(sys.argv[1]))"
    done = subprocess.run(
        [sys.executable, "-c", build, str(tmp_path)], cwd=root, check=True, capture_output=True, text=True
    )
    with zipfile.ZipFile(tmp_path / done.stdout.split()[-1]) as wheel:
        wheel.extractall(tmp_path / "site")
    script = "from monitor.settings import load; s = load({}); print(s.config[0], len(s.sources), len(s.languages))"
    run = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(tmp_path / "site")},
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    folder, sources, languages = run.stdout.split()
    assert folder == str(tmp_path / "site" / "monitor" / "defaults")
    assert int(sources) == len(SOURCES)
    assert int(languages) == len(load_tables().languages)
