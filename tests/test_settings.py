"""Settings are read once, checked whole, and then never change."""

import dataclasses
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, time
from pathlib import Path
from tempfile import TemporaryDirectory
from textwrap import dedent

import hypothesis
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import ConfigError
from monitor.model import Category, Source
from monitor.settings import UNLIMITED, Settings, load, load_tables, options, schema
from monitor.settings.explain import dotted
from monitor.settings.files import Document, defaults_folder
from monitor.settings.inputs import find

TOKEN = "123456:AAF-made-up-for-this-test"
TELEGRAM = """
    [destinations.newsroom]
    service = "telegram"
    token_env = "TELEGRAM_BOT_TOKEN"
    chat_id = -1001234567890
"""


class Desk:
    """A machine with a working folder and an operator's folder in it."""

    def __init__(self, folder: Path) -> None:
        self.working = folder
        self.config = folder / "config"
        self.config.mkdir()

    def write(self, name: str, text: str) -> "Desk":
        path = self.config / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text), encoding="utf-8")
        return self

    def load(self, **environ: str) -> Settings:
        return load(environ, working=self.working)

    def faults(self, **environ: str) -> list[str]:
        with pytest.raises(ConfigError) as caught:
            self.load(**environ)
        return [str(fault).removeprefix(f"{self.config}/") for fault in caught.value.faults]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


# ── without any configuration ─────────────────────────────────────────────────────────────


def test_without_any_configuration_alerts_go_to_the_terminal(tmp_path):
    loaded = load({}, working=tmp_path)
    assert [found.service for found in loaded.destinations.values()] == ["console"]
    assert loaded.desks[0].destinations("urgent", "general-staff-ua") == ("console",)
    assert loaded.database == tmp_path / "state" / "monitor.sqlite3"
    assert list(loaded.routes) == ["telegram_web"]
    assert loaded.config == (defaults_folder(),)
    assert (loaded.conflict_minutes, loaded.digest_after_hours) == (10, 12)


def test_what_was_loaded_cannot_be_changed(tmp_path):
    loaded = load({}, working=tmp_path)
    with pytest.raises(dataclasses.FrozenInstanceError):
        loaded.desk_timezone = "Europe/Kyiv"  # type: ignore[misc]
    with pytest.raises(TypeError):
        loaded.sources["mine"] = Source("mine", "Mine", "mine")  # type: ignore[index]


def test_telegram_is_asked_once_a_second_and_a_server_of_ones_own_as_often_as_one_likes(tmp_path):
    loaded = load({}, working=tmp_path)
    assert (loaded.host("t.me").per_second, loaded.host("t.me").ceiling) == (1.0, 3.0)
    assert loaded.host("example.org:8443") == loaded.hosts["default"]
    assert all(loaded.host(name) == UNLIMITED for name in ("127.0.0.1:8080", "localhost", "[::1]:80", "::1"))


def test_a_budget_written_for_loopback_holds(desk):
    desk.write("monitor.toml", '[hosts."127.0.0.1"]\nper_second = 2.0\nceiling = 2.0\nin_flight = 1\n')
    assert desk.load().host("127.0.0.1:8080").per_second == 2.0


# ── overlay ───────────────────────────────────────────────────────────────────────────────


def test_a_key_of_the_operator_replaces_that_key_alone(desk):
    desk.write("monitor.toml", "[pace]\nhot_seconds = 5\n")
    pace = desk.load().pace
    assert (pace.hot_seconds, pace.cold_seconds, len(pace.rereads)) == (5, 60, 3)


def test_a_list_of_the_operator_replaces_the_whole_list(desk):
    desk.write("monitor.toml", "[pace]\nrereads = [{ every_minutes = 7, until_hours = 2 }]\n")
    assert [(plan.every_minutes, plan.until_hours) for plan in desk.load().pace.rereads] == [(7, 2)]


def test_a_source_file_of_the_same_name_merges_and_a_new_one_adds_a_source(desk):
    desk.write("sources/general-staff-ua.toml", 'verb = "reports"\n[window]\nopens = 05:30:00\n')
    desk.write("sources/ministry.toml", 'name = "A ministry"\n[meaning]\n')
    sources = desk.load().sources
    staff = sources["general-staff-ua"]
    assert (staff.verb, staff.about, staff.window.opens, staff.window.closes) == (
        "reports",
        "russia",
        time(5, 30),
        time(8, 30),
    )
    assert staff.channels[0].address == "GeneralStaffZSU"
    assert (sources["ministry"].claimant, sources["ministry"].verb) == ("ministry", "says")
    assert "ohchr" in sources


def test_a_category_can_be_added_and_a_shipped_one_reworded(desk):
    desk.write(
        "tallies.toml", '[tanks]\nlabel = "Main battle tanks"\n[floods]\nlabel = "Floods"\ndefinition = "Floods."\n'
    )
    categories = desk.load().categories
    assert (categories["tanks"].label, categories["floods"].label) == ("Main battle tanks", "Floods")
    assert categories["tanks"].definition
    assert categories["mlrs"].label == "MLRS"


def test_a_language_can_be_added_and_a_shipped_one_extended(desk):
    desk.write("languages/xx.toml", '[category]\ntanks = ["tonk"]\n')
    desk.write("languages/uk.toml", '[category]\nvehicles = ["тачка"]\n')
    languages = desk.load().languages
    assert languages["xx"]["category"] == {"tanks": ["tonk"]}
    assert languages["uk"]["category"]["vehicles"] == ["тачка"]
    assert languages["uk"]["category"]["tanks"] == load_tables().languages["uk"]["category"]["tanks"]


def test_the_folder_can_be_named_by_argument_and_by_environment(desk, tmp_path):
    other = tmp_path / "elsewhere"
    other.mkdir()
    (other / "monitor.toml").write_text('desk_timezone = "Europe/Kyiv"\n')
    desk.write("monitor.toml", 'desk_timezone = "Europe/London"\n')
    assert desk.load().desk_timezone == "Europe/London"
    assert desk.load(MONITOR_CONFIG=str(other)).desk_timezone == "Europe/Kyiv"
    assert load({"MONITOR_CONFIG": "config"}, operator=other, working=tmp_path).desk_timezone == "Europe/Kyiv"


def test_a_folder_that_is_not_there_is_a_fault_and_not_the_defaults(desk):
    (fault,) = desk.faults(MONITOR_CONFIG="nowhere")
    assert "nowhere" in fault
    assert "monitor init" in fault


def test_the_state_can_be_moved_by_the_environment_or_the_file(desk, tmp_path):
    desk.write("monitor.toml", 'state = "kept"\n')
    assert desk.load().state == tmp_path / "kept"
    assert desk.load(MONITOR_STATE="/var/lib/monitor").database == Path("/var/lib/monitor/monitor.sqlite3")


def test_a_source_that_is_switched_off_is_known_and_never_polled(desk):
    desk.write("sources/general-staff-ua.toml", "enabled = false\n")
    routes = [route for channel in desk.load().sources["general-staff-ua"].channels for route in channel.routes]
    assert routes
    assert not any(route.enabled for route in routes)


# ── faults ────────────────────────────────────────────────────────────────────────────────


def test_every_fault_is_told_at_once_with_its_file_key_and_what_would_be_right(desk):
    desk.write("monitor.toml", 'desk_timezone = "Mars/Olympus"\nconflict_minuts = 3\n[pace]\nhot_seconds = "fast"\n')
    desk.write("desks.toml", '[desks.duty]\nurgent = ["newsrom"]\n[destinations.newsroom]\nservice = "telegrm"\n')
    desk.write("tallies.toml", '[tanks]\ncombines = ["tonks"]\n[floods]\nlabel = "Floods"\n')
    desk.write("sources/ohchr.toml", 'cadence = 0\n[channels."ohchr.org".routes]\ntelegram_wob = {}\n')
    desk.write("sources/broken.toml", "name = [\n")
    faults = desk.faults()
    expected = [
        ("monitor.toml: desk_timezone: 'Mars/Olympus': there is no such time zone", "Europe/Kyiv"),
        ("monitor.toml: conflict_minuts: unknown key", "Did you mean 'conflict_minutes'?"),
        ("monitor.toml: pace.hot_seconds: 'fast': should be a valid number", "Write seconds"),
        ("desks.toml: desks.duty.urgent: there is no destination 'newsrom'", "Did you mean 'newsroom'?"),
        ("desks.toml: destinations.newsroom.service: there is no 'telegrm' in monitor/send", "'telegram'"),
        ("tallies.toml: tanks.combines: there is no category 'tonks'", "Did you mean 'tanks'?"),
        ("tallies.toml: floods.definition: is missing", "Write a text"),
        ("sources/ohchr.toml: cadence: 0: should be greater than or equal to 1", "days"),
        (
            "sources/ohchr.toml: channels.\"ohchr.org\".routes.telegram_wob: there is no 'telegram_wob'",
            "'telegram_web'",
        ),
        ("sources/broken.toml: at end of document", "valid TOML"),
    ]
    for said, right in expected:
        assert any(fault.startswith(said) and right in fault for fault in faults), (said, faults)
    assert len(faults) == len(expected)


def test_a_fault_names_the_file_that_has_to_be_opened(desk):
    """The operator's file where the operator wrote the key; it is not the shipped file's fault."""
    desk.write("sources/general-staff-ua.toml", '[channels."t.me/generalstaffzsu"]\nrank = -1\n')
    (fault,) = desk.faults()
    assert fault == (
        'sources/general-staff-ua.toml: channels."t.me/generalstaffzsu".rank: '
        "-1: should be greater than or equal to 0. Write a whole number; the higher one wins"
    )


def test_a_key_that_the_operator_left_alone_is_looked_up_in_the_shipped_file():
    document = Document("monitor.toml")
    document.lay_over({"pace": {"hot_seconds": 10, "cold_seconds": 60}}, "shipped")
    document.lay_over({"pace": {"hot_seconds": 5}}, "own")
    assert document.file(("pace", "cold_seconds")) == "shipped"
    assert document.file(("pace", "hot_seconds")) == "own"
    assert document.file(("pace", "new")) == "own", "what is missing is to be added to one's own file"


def test_a_route_that_no_module_reads_has_to_say_what_it_needs(desk):
    routes = '[channels."x.org"]\nlabel = "X"\naddress = "X"\n[channels."x.org".routes]\n'
    desk.write("sources/a.toml", f'name = "A"\n{routes}telegram_wob = {{ enabled = true }}\n')
    (fault,) = desk.faults()
    assert "there is no 'telegram_wob' in monitor/collect. Did you mean 'telegram_web'?" in fault
    desk.write("sources/a.toml", f'name = "A"\n{routes}telegram_wob = {{ enabled = false }}\n')
    assert "there is no route 'telegram_wob'" in desk.faults()[0]
    desk.write("sources/a.toml", f'name = "A"\n{routes}telegram_wob = {{ enabled = false, needs = "building" }}\n')
    assert desk.load().sources["a"].channels[0].routes[0].needs == "building"


@pytest.mark.parametrize("written", ["https://t.me/s/Some_channel", "t.me/Some_channel", "@Some_channel"])
def test_an_address_that_telegram_cannot_have_is_a_fault_that_says_the_right_one(desk, written):
    channel = f'[channels."t.me/x"]\nlabel = "Telegram"\naddress = "{written}"\n'
    desk.write("sources/a.toml", f'name = "A"\n{channel}routes = {{ telegram_web = {{ enabled = true }} }}\n')
    (fault,) = desk.faults()
    assert fault.startswith(f'sources/a.toml: channels."t.me/x".address: {written!r} is no address')
    assert fault.endswith("Write the channel's name alone: 'Some_channel'")


def test_a_fault_elsewhere_in_the_file_hides_no_fault_of_a_route(desk):
    desk.write("monitor.toml", "[pace]\nhot_seconds = 0\n[routes.telegram_web]\npages_per_pas = 3\n[routes.foo]\n")
    told = "\n".join(desk.faults())
    assert "pace.hot_seconds" in told
    assert "Did you mean 'pages_per_pass'?" in told
    assert "there is no route 'foo'" in told


def test_reading_files_is_no_route(desk):
    desk.write(
        "sources/a.toml",
        'name = "A"\n[channels."x.org"]\nlabel = "X"\naddress = "X"\nroutes = { files = { enabled = true } }\n',
    )
    assert "'files' cannot be connected to" in desk.faults()[0]


def test_a_misspelt_file_is_not_left_out_without_a_word(desk):
    desk.write("desk.toml", "").write("source/mine.toml", "")
    assert desk.faults() == [
        "desk.toml: the file: no such file is known. Did you mean 'desks.toml'?",
        "source/mine.toml: the folder: no such folder is known. Did you mean 'sources'?",
    ]


def test_two_sources_cannot_share_a_channel(desk):
    desk.write(
        "sources/zzz.toml",
        """
        name = "Z"
        [channels."t.me/mod_russia"]
        label = "Telegram"
        address = "mod_russia"
        routes = { telegram_web = { enabled = true } }
        """,
    )
    (fault,) = desk.faults()
    assert "the source 'defence-ministry-ru' has this channel already" in fault


def test_a_channel_is_filed_in_lower_case(desk):
    desk.write(
        "sources/a.toml",
        """
        name = "A"
        [channels."t.me/ABC"]
        label = "Telegram"
        address = "ABC"
        routes = { telegram_web = { enabled = true } }
        """,
    )
    assert "'t.me/abc'" in desk.faults()[0]


def test_an_expression_that_is_none_or_names_no_category_is_a_fault(desk):
    pattern = "[[patterns]]\nexpression = '{}'\nexample = \"12 dead\"\nexpect = {{ civilians_killed = 12 }}\n"
    desk.write("sources/a.toml", 'name = "A"\n' + pattern.format("(?P<civilians_kiled>[0-9]+) dead"))
    assert "Did you mean 'civilians_killed'?" in desk.faults()[0]
    desk.write("sources/a.toml", 'name = "A"\n' + pattern.format("([0-9+ dead"))
    assert "is no regular expression" in desk.faults()[0]
    desk.write("sources/a.toml", 'name = "A"\n' + pattern.format("[0-9]+ dead"))
    assert "it has no named group" in desk.faults()[0]


def test_a_label_may_not_say_what_its_category_must_never_say(desk):
    desk.write("tallies.toml", '[personnel_losses]\nlabel = "Personnel (killed)"\nplural = "dead soldiers"\n')
    said, counted = desk.faults()
    assert said.startswith("tallies.toml: personnel_losses.label: it says 'killed', which never_say forbids")
    assert counted.startswith("tallies.toml: personnel_losses.plural: it says 'dead', which never_say forbids")


def test_words_of_the_operator_that_the_grammar_does_not_know_are_told_with_the_rest(desk):
    desk.write("languages/xx.toml", "[category]\ntonks = ['tonk']\n").write("monitor.toml", "colour = 1\n")
    faults = desk.faults()
    assert any("languages: the tables: words for categories that do not exist: tonks" in fault for fault in faults)
    assert any("colour: unknown key" in fault for fault in faults)


def test_a_file_that_is_not_utf8_is_a_fault(desk):
    (desk.config / "monitor.toml").write_bytes(b"# \xff\n")
    assert desk.faults() == ["monitor.toml: byte 2: this is not UTF-8. Save the file as UTF-8"]


def test_options_of_a_route_are_checked_by_its_own_fields(desk):
    desk.write("monitor.toml", '[routes.telegram_web]\nbase_url = "http://127.0.0.1:1"\n')
    assert desk.load().routes["telegram_web"].base_url == "http://127.0.0.1:1"
    desk.write(
        "monitor.toml", '[routes.telegram_web]\nbase_urls = "x"\npages_per_pass = "ten"\n[routes.telegran_web]\n'
    )
    faults = desk.faults()
    assert faults[0].endswith("routes.telegram_web.base_urls: unknown key. Did you mean 'base_url'?")
    assert "routes.telegram_web.pages_per_pass: 'ten' does not fit. Write a whole number" in faults[1]
    assert "there is no route 'telegran_web'" in faults[2]


def places(table: dict[str, object], above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for key, value in table.items():
        yield (*above, key)
        if isinstance(value, dict):
            yield from places(value, (*above, key))


def anything_in(name: str, *further: tuple[str, ...]) -> st.SearchStrategy[str]:
    """One line that puts something else in the place of a value or a table of this shipped file."""
    shipped = tomllib.loads((defaults_folder() / name).read_text("utf-8"))
    if name == "tallies.toml":
        shipped = {slug: shipped[slug] for slug in ("tanks", "personnel_losses", "vehicles_fuel_tanks")}
    keys = [*places(shipped), *further]
    values = ["3", "-1", "1.5", "true", '""', '"x"', "[]", '["x"]', "[1]", "[{}]", "{}", "{ x = 1 }", "2022-02-24"]
    return st.builds("{} = {}\n".format, st.sampled_from(keys).map(dotted), st.sampled_from(values))


@given(
    main=anything_in("monitor.toml", ("routes",), ("routes", "telegram_web")),
    desks=anything_in("desks.toml", ("desks", "duty", "quiet"), ("destinations", "console", "x")),
    tallies=anything_in("tallies.toml"),
    source=anything_in("sources/general-staff-ua.toml", ("patterns",), ("words",), ("words", "tanks")),
)
@hypothesis.settings(max_examples=75, deadline=None, phases=[hypothesis.Phase.generate])  # a load is slow to shrink
def test_whatever_stands_in_place_of_a_value_is_taken_or_told_and_never_a_crash(main, desks, tallies, source):
    with TemporaryDirectory() as folder:
        desk = Desk(Path(folder)).write("monitor.toml", main).write("desks.toml", desks)
        desk.write("tallies.toml", tallies).write("sources/general-staff-ua.toml", source)
        with suppress(ConfigError):
            assert desk.load().sources


# ── secrets ───────────────────────────────────────────────────────────────────────────────


def test_a_secret_comes_from_the_environment_the_env_file_or_a_file_of_its_own(desk, tmp_path):
    desk.write("desks.toml", TELEGRAM)
    secret = tmp_path / "token"
    secret.write_text(f"{TOKEN}\n")
    assert desk.load(TELEGRAM_BOT_TOKEN=TOKEN).destinations["newsroom"].options.token == TOKEN
    assert desk.load(TELEGRAM_BOT_TOKEN_FILE=str(secret)).destinations["newsroom"].options.token == TOKEN
    desk.write(".env", f'TELEGRAM_BOT_TOKEN="{TOKEN}"\n')
    assert desk.load().destinations["newsroom"].options.token == TOKEN


def test_the_environment_wins_over_the_operators_env_file_and_that_over_the_working_folders(desk, tmp_path):
    desk.write("desks.toml", TELEGRAM).write(".env", "TELEGRAM_BOT_TOKEN=2:operator\n")
    (tmp_path / ".env").write_text("TELEGRAM_BOT_TOKEN=1:working\nHEARTBEAT_URL=https://ping.example/1\n")
    assert desk.load().destinations["newsroom"].options.token == "2:operator"
    assert desk.load(TELEGRAM_BOT_TOKEN="3:environment").destinations["newsroom"].options.token == "3:environment"
    assert desk.load().heartbeat_url == "https://ping.example/1"


def test_a_secret_is_never_printed(desk):
    desk.write("desks.toml", TELEGRAM)
    loaded = desk.load(TELEGRAM_BOT_TOKEN=TOKEN, HEARTBEAT_URL="https://ping.example/secret-part")
    assert TOKEN not in repr(loaded)
    assert "secret-part" not in repr(loaded)
    assert loaded.secrets == {TOKEN, "https://ping.example/secret-part"}


def test_a_secret_in_a_shared_file_is_a_fault_that_does_not_repeat_it(desk):
    desk.write("desks.toml", TELEGRAM.replace('token_env = "TELEGRAM_BOT_TOKEN"', f'token = "{TOKEN}"'))
    faults = desk.faults()
    assert faults[0].endswith(
        'a secret does not belong in this file. Write token_env = "TOKEN" and put the value into .env'
    )
    assert not [fault for fault in faults if TOKEN in fault]
    desk.write("desks.toml", TELEGRAM.replace("TELEGRAM_BOT_TOKEN", TOKEN))
    (fault,) = desk.faults()
    assert "this is not the name of an environment variable" in fault
    assert TOKEN not in fault


def test_a_secret_that_cannot_be_right_is_a_fault_that_does_not_repeat_it(desk):
    desk.write("desks.toml", TELEGRAM)
    (fault,) = desk.faults(TELEGRAM_BOT_TOKEN="no-token-at-all")
    assert "destinations.newsroom: token" in fault
    assert "no-token-at-all" not in fault


def test_a_secret_that_a_service_repeats_in_its_complaint_is_hidden(tmp_path):
    @dataclasses.dataclass(frozen=True)
    class Options:
        token: str = dataclasses.field(repr=False)

        def __post_init__(self):
            raise ValueError(f"{self.token} is not welcome")

    inputs = find({"PIGEON_TOKEN": TOKEN}, None, tmp_path)
    assert options.build(inputs, Options, {"token_env": "PIGEON_TOKEN"}, Document("desks.toml"), ("loft",)) is None
    (fault,) = inputs.faults
    assert str(fault) == "desks.toml: loft: ••• is not welcome. Correct this table"


def test_a_secret_that_is_not_set_says_where_it_can_be(desk):
    desk.write("desks.toml", TELEGRAM)
    for environ in ({}, {"TELEGRAM_BOT_TOKEN": ""}):
        (fault,) = desk.faults(**environ)
        assert "destinations.newsroom.token_env: TELEGRAM_BOT_TOKEN is not set" in fault
        assert ".env" in fault
        assert "TELEGRAM_BOT_TOKEN_FILE" in fault


def test_a_secret_from_two_places_or_from_a_file_that_is_not_there_is_a_fault(desk, tmp_path):
    desk.write("desks.toml", TELEGRAM)
    (both,) = desk.faults(TELEGRAM_BOT_TOKEN=TOKEN, TELEGRAM_BOT_TOKEN_FILE="x")
    assert "both TELEGRAM_BOT_TOKEN and TELEGRAM_BOT_TOKEN_FILE are set" in both
    gone = desk.faults(TELEGRAM_BOT_TOKEN_FILE=str(tmp_path / "gone"))
    assert any("TELEGRAM_BOT_TOKEN_FILE" in fault and "cannot be read" in fault for fault in gone)


def test_a_line_of_the_env_file_that_cannot_be_understood_is_a_fault_that_does_not_repeat_it(desk):
    desk.write(".env", f"HEARTBEAT_URL=https://ping.example\n='{TOKEN}\n")
    (fault,) = desk.faults()
    assert fault.startswith(".env: line 2: cannot be understood")
    assert TOKEN not in fault


# ── desks ─────────────────────────────────────────────────────────────────────────────────


def test_a_desk_is_told_of_its_own_sources_only(desk):
    desk.write("desks.toml", '[desks.relief]\nroutine = ["console"]\nops = ["console"]\nsources = ["ohchr", "unhcr"]\n')
    relief = next(found for found in desk.load().desks if found.name == "relief")
    assert relief.destinations("routine", "ohchr") == ("console",)
    assert relief.destinations("routine", "general-staff-ua") == ()
    assert relief.destinations("urgent", "ohchr") == ()
    assert relief.destinations("ops", "") == ("console",), "what concerns no source concerns every desk"


def test_quiet_hours_run_across_midnight_in_the_desks_own_zone(desk):
    desk.write("monitor.toml", 'desk_timezone = "Europe/Kyiv"\n')
    desk.write("desks.toml", "[desks.duty.quiet]\nstarts = 23:00:00\nends = 06:00:00\n")
    quiet = next(found.quiet for found in desk.load().desks if found.name == "duty")
    silent = {hour for hour in range(24) if quiet.covers(datetime(2026, 1, 10, hour, 30, tzinfo=UTC))}
    assert silent == {21, 22, 23, 0, 1, 2, 3}, "Kyiv is two hours ahead of UTC in January"


# ── what ships ────────────────────────────────────────────────────────────────────────────


def test_all_that_may_stand_in_a_file_is_all_that_the_model_has():
    categories = {field.name for field in dataclasses.fields(Category)} - {"slug"}
    assert set(schema.CategoryTable.model_fields) == categories
    sources = {field.name for field in dataclasses.fields(Source)} - {"key"}
    assert set(schema.SourceTable.model_fields) - {"enabled"} == sources


def test_reading_a_text_needs_the_tables_alone_and_they_are_the_same(tmp_path):
    loaded, tables = load({}, working=tmp_path), load_tables()
    assert tables.categories == loaded.categories
    assert tables.sources == loaded.sources
    assert tables.languages == loaded.languages


def test_the_tables_alone_are_loaded_without_the_package_that_checks():
    script = "import sys; from monitor.settings import load_tables; load_tables(); sys.exit('pydantic' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


def test_totals_of_every_shipped_source_count_from_the_first_day_of_the_invasion(tmp_path):
    for source in load({}, working=tmp_path).sources.values():
        assert source.start == date(2022, 2, 24), source.key
