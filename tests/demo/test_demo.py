"""The demo: everything that it promises to show is told, through the real program, and it leaves nothing behind."""

from __future__ import annotations

import asyncio
import re

import pytest
from typer.testing import CliRunner

from monitor.cli import app
from monitor.demo.script import ACTS, GENERAL_STAFF, Edited, Posted
from monitor.demo.stage import perform
from monitor.model import Alert, Post, Status
from monitor.parse.reader import compile_grammar, read
from monitor.settings import load
from monitor.store.sqlite import SqliteStore

STAFF, MOSCOW, INTERIOR = "general-staff-ua", "defence-ministry-ru", "interior-ministry-ua"
RESCUERS, PRESIDENT = "emergency-service-ua", "president-ua"
TOLD = [
    (STAFF, "routine", "watching"),
    (MOSCOW, "routine", "watching"),
    (INTERIOR, "routine", "watching"),
    (RESCUERS, "routine", "watching"),
    (PRESIDENT, "routine", "watching"),
    (INTERIOR, "routine", "new"),
    (MOSCOW, "urgent", "rare"),
    (STAFF, "urgent", "rare"),
    (RESCUERS, "routine", "new"),
    (MOSCOW, "urgent", "first_is_news"),
    (PRESIDENT, "urgent", "first_is_news"),
    (STAFF, "routine", "rise"),
    (STAFF, "ops", "overdue"),
    (STAFF, "ops", "overdue_over"),
    (STAFF, "urgent", "rare"),
    (STAFF, "ops", "ops"),  # what a backfill changed
    (STAFF, "urgent", "delta_mismatch"),
    (STAFF, "urgent", "edited"),
    (STAFF, "ops", "ops"),
    (STAFF, "urgent", "fall"),
    (STAFF, "ops", "ops"),
    (STAFF, "urgent", "digit_slip"),
    (STAFF, "routine", "rise"),
    (STAFF, "ops", "image_only"),
    (STAFF, "ops", "image_only_over"),
    (STAFF, "routine", "rise"),
]


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    """The play's alerts in order, and its summary."""
    folder = tmp_path_factory.mktemp("demo")
    summary = asyncio.run(perform(folder, folder / "state", lambda _: None))
    with SqliteStore.open(folder / "state" / "monitor.sqlite3") as store, store.transaction() as tx:
        numbers = range(1, summary.alerts.total() + 1)
        return [tx.alert(number) for number in numbers], summary


def the(alerts: list[Alert], reason: str) -> Alert:
    return next(alert for alert in alerts if alert.reason == reason)


def text_of(alert: Alert) -> str:
    return "\n".join(line.text for line in alert.lines)


def test_the_desk_is_told_what_the_script_promises_and_nothing_else(played):
    alerts, summary = played
    assert [(alert.source, alert.severity.value, alert.reason) for alert in alerts] == TOLD
    assert summary.undelivered == 0
    assert summary.silences == 2


def test_the_same_figures_as_a_news_sentence_and_a_post_without_figures_raise_nothing(played):
    alerts, _ = played
    march = [alert.post for alert in alerts if alert.channel == "t.me/generalstaffzsu"][1:4]
    posts = [beat.event for beat in ACTS[0].beats if isinstance(beat.event, Posted)]
    own = [post for post in posts if post.channel == GENERAL_STAFF]
    assert "61 aircraft" in own[2].text
    assert len(own) - len(march) == 2


def test_every_first_line_can_be_read_on_a_lock_screen_and_names_its_source(played):
    alerts, _ = played
    names = {"Ukraine's", "Russia's"}
    assert all(len(alert.headline) <= 80 and any(name in alert.headline for name in names) for alert in alerts)


def test_a_part_is_named_as_a_part(played):
    alerts, _ = played
    assert "Children killed: among the civilians killed, not in addition." in text_of(the(alerts, "new"))


def test_an_edit_is_a_reply_and_the_first_alert_shows_the_old_figure_struck(played):
    alerts, _ = played
    reply, root = the(alerts, "edited"), the(alerts, "delta_mismatch")
    assert reply.reply_to == root.number
    assert "was 661 → now 675" in text_of(reply)
    struck = [span.text for line in root.lines for span in line.spans if span.style.value == "strike"]
    assert any("661" in text for text in struck)


def test_totals_that_went_down_and_sums_that_do_not_add_up_are_said_in_so_many_words(played):
    alerts, _ = played
    assert "2 totals went down; 7 printed changes do not match the totals." in text_of(the(alerts, "fall"))


def test_a_dropped_digit_is_shown_doubted_and_settled_by_the_next_post(played):
    alerts, _ = played
    slip = the(alerts, "digit_slip")
    assert "111,257 would fit the printed change." in text_of(slip)
    after = text_of(alerts[alerts.index(slip) + 1])
    assert "24 Jun counts as 111,257, settled by the source's next post" in after
    assert re.search(r"Vehicles, tankers\s+111,707 \(\+450\)", after)


def test_every_list_on_stage_is_read_whole():
    settings = load({})
    grammar = compile_grammar(settings.languages, settings.categories)
    source = settings.sources[STAFF]
    events = [event for act in ACTS for _, event in act.before] + [beat.event for act in ACTS for beat in act.beats]
    texts = [event.text for event in events if isinstance(event, Edited) or (event and event.channel == GENERAL_STAFF)]
    lists = [text for text in texts if "\n" in text and ("втрати" in text or "losses" in text)]
    assert len(lists) > 30
    for text in lists:
        reading = read(Post(source.channels[0].key, "1", text), grammar, source)
        assert reading.status is Status.TALLY
        assert reading.unread == ()
        assert len(reading.claims) == len(text.splitlines()) - text.count("(орієнтовно) /\n") - 2


# ── the command ───────────────────────────────────────────────────────────────────────────


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    """A working folder with settings that would break anything that reads them."""
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "monitor.toml").write_text("no = such = thing", "utf-8")
    (tmp_path / ".env").write_text("MONITOR_STATE=/nowhere/at/all\n", "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str):
    return CliRunner().invoke(app, [*arguments, "demo"])


def everything(folder) -> set[str]:
    return {str(path) for path in folder.rglob("*")}


def test_it_ends_by_itself_with_a_summary_and_what_to_do_next(elsewhere):
    before = everything(elsewhere)
    done = run()
    assert done.exit_code == 0, done.output
    assert everything(elsewhere) == before
    assert "26 alerts: 9 urgent" in done.stderr
    assert "2 of them silences" in done.stderr
    for command in ("monitor once", "monitor init"):
        assert command in done.stderr


def test_what_chat_would_show_stands_on_stdout_alone(elsewhere):
    done = run()
    assert done.stdout.startswith(
        "A-0001 · routine · 2022-03-01 09:00 UTC\nWatching Ukraine's General Staff: 12 tallies"
    )
    assert "┄┄" not in done.stdout


def test_the_state_is_kept_where_it_is_asked_for_and_never_mixed_with_another(elsewhere):
    assert run("--state", "kept").exit_code == 0
    assert (elsewhere / "kept" / "monitor.sqlite3").is_file()
    again = run("--state", "kept")
    assert again.exit_code == 2
    assert "Name an empty folder" in again.stderr


def test_nothing_is_left_of_what_the_demo_needed(elsewhere, monkeypatch):
    temporary = elsewhere / "tmp"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.setattr("tempfile.tempdir", None)
    assert run().exit_code == 0
    assert everything(temporary) == set()
