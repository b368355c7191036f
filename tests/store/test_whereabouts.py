"""Where we are: cursors move with the post's transaction, silences open once, conflicts wait for their moment."""

import pytest

from monitor.errors import StoreError
from monitor.ports import ChannelState, Silence
from monitor.store.queries import state
from monitor.store.sqlite import SqliteStore
from tests.store.making import CHANNEL, NOW, TANKS, alert, minutes

SOURCE = "general-staff-ua"


def test_the_cursor_moves_with_the_post_or_not_at_all(store: SqliteStore) -> None:
    assert (store.cursor(CHANNEL, "telegram_web"), store.checkpoint("backfill 1")) == ("", "")
    with store.transaction() as tx:
        tx.save_cursor(CHANNEL, "telegram_web", "10")
        tx.save_checkpoint("backfill 1", "7")
    with pytest.raises(ZeroDivisionError), store.transaction() as tx:  # noqa: PT012  # the block is the transaction
        tx.save_cursor(CHANNEL, "telegram_web", "11")
        tx.save_checkpoint("backfill 1", "8")
        raise ZeroDivisionError
    assert (store.cursor(CHANNEL, "telegram_web"), store.checkpoint("backfill 1")) == ("10", "7")
    assert store.cursor(CHANNEL, "telegram_api") == ""


def test_a_channel_that_was_never_read_has_a_blank_state(store: SqliteStore) -> None:
    with store.transaction() as tx:
        assert tx.channel_state(CHANNEL) == ChannelState(
            CHANNEL, None, False, None, None, None, None, None, 0, "", None
        )  # fmt: skip


def test_fields_of_a_channel_are_set_one_by_one(store: SqliteStore) -> None:
    with store.transaction() as tx:
        tx.update_channel(CHANNEL, SOURCE, switched_on_at=NOW, announced=True)
        tx.update_channel(CHANNEL, SOURCE, failures=2, last_error="cut off", failing_since=minutes(1))
        tx.update_channel(CHANNEL, SOURCE, failing_since=None)
        found = tx.channel_state(CHANNEL)
    assert (found.switched_on_at, found.announced, found.failures) == (NOW, True, 2)
    assert (found.last_error, found.failing_since) == ("cut off", None)


def test_a_field_that_a_channel_does_not_have_is_an_error(store: SqliteStore) -> None:
    with store.transaction() as tx, pytest.raises(TypeError, match="no colour"):
        tx.update_channel(CHANNEL, SOURCE, colour="red")


def test_a_silence_opens_ages_in_place_and_closes(store: SqliteStore) -> None:
    with store.transaction() as tx:
        number = tx.add_alert(alert(), NOW)
        tx.open_silence(SOURCE, "overdue", NOW, number, "expected by 08:00")
        (silence,) = tx.silences(SOURCE)
        tx.age_silence(silence.id, 6)
        assert tx.silences() == [Silence(silence.id, SOURCE, "overdue", NOW, number, "expected by 08:00", 6)]
        assert tx.silences("somebody-else") == []
        tx.close_silence(silence.id, minutes(60))
        assert tx.silences() == []
        tx.open_silence(SOURCE, "overdue", minutes(90), number, "again")
        assert len(tx.silences()) == 1


def test_a_silence_of_one_kind_is_not_opened_twice(store: SqliteStore) -> None:
    with store.transaction() as tx:
        number = tx.add_alert(alert(), NOW)
        tx.open_silence(SOURCE, "overdue", NOW, number, "")
    with pytest.raises(StoreError, match="please report"), store.transaction() as tx:
        tx.open_silence(SOURCE, "overdue", NOW, number, "")


def test_a_conflict_is_due_ten_minutes_after_it_was_first_seen(store: SqliteStore) -> None:
    first, second = (CHANNEL, "1"), ("mod.gov.ua", "a-7")
    with store.transaction() as tx:
        tx.add_conflict(TANKS, "2026-08-08", first, second, minutes(10))
        tx.add_conflict(TANKS, "2026-08-08", first, second, minutes(15))
        assert tx.due_conflicts(minutes(9)) == []
        (due,) = tx.due_conflicts(minutes(10))
        assert (due.tally, due.order_date, due.first, due.second) == (TANKS, "2026-08-08", first, second)
        tx.close_conflict(due.id, "agree", minutes(10))
        assert tx.due_conflicts(minutes(99)) == []


def test_how_things_stand_is_told_at_once(store: SqliteStore) -> None:
    run = store.begin_run("once", NOW)
    with store.transaction() as tx:
        tx.update_channel(CHANNEL, SOURCE, last_ok_at=NOW)
        number = tx.add_alert(alert(), NOW)
        tx.enqueue(number, "root", 1, ["desk"], number, NOW)
        tx.open_silence(SOURCE, "image_only", NOW, number, "")
        tx.add_conflict(TANKS, "2026-08-08", (CHANNEL, "1"), (CHANNEL, "2"), NOW)
    store.pause_destination("desk", minutes(5), "429")
    store.end_run(run, minutes(1), "1 source read")
    now = state(store, minutes(2))
    assert [(row.source, row.posts, row.state.last_ok_at) for row in now.channels] == [(SOURCE, 0, NOW)]
    assert (now.outbox, now.next_due_at, now.conflicts) == ({"desk": {"pending": 1}}, minutes(5), 1)
    assert [silence.kind for silence in now.silences] == ["image_only"]
    assert [(pause.destination, pause.until, pause.reason) for pause in now.pauses] == [("desk", minutes(5), "429")]
    assert [(row.kind, row.ended_at, row.detail) for row in now.runs] == [("once", minutes(1), "1 source read")]
    assert state(store, minutes(6)).pauses == ()
