"""The outbox: nothing is lost, nothing overtakes its root, one dead destination delays no other."""

from collections.abc import Iterable
from datetime import datetime

import pytest

from monitor.model import Severity
from monitor.ports import Delivery, DeliveryKind
from monitor.store.queries import dossier
from monitor.store.sqlite import SqliteStore
from monitor.store.telling import delivery_key
from tests.store.making import NOW, alert, minutes

DESK, OTHER = "desk-telegram", "desk-matrix"


def told(
    store: SqliteStore,
    text: str = "Tanks 500 (+3)",
    to: Iterable[str] = (DESK,),
    *,
    severity: Severity = Severity.ROUTINE,
    at: datetime = NOW,
) -> int:
    with store.transaction() as tx:
        number = tx.add_alert(alert(text, severity=severity), at)
        tx.enqueue(number, "root", 1, to, number, at)
    return number


def answered(
    store: SqliteStore, root: int, to: Iterable[str] = (DESK,), *, severity: Severity = Severity.URGENT
) -> int:
    with store.transaction() as tx:
        number = tx.add_alert(alert("Corrected", severity=severity, reply_to=root), NOW)
        tx.enqueue(number, "reply", 1, to, root, NOW)
    return number


def revised(store: SqliteStore, number: int, text: str = "Tanks 500 → 501", to: Iterable[str] = (DESK,)) -> int:
    with store.transaction() as tx:
        revision = tx.revise_alert(number, alert(text), NOW)
        tx.enqueue(number, "edit", revision, to, number, NOW)
    return revision


def following(store: SqliteStore, now: datetime = NOW, busy: Iterable[str] = ()) -> list[tuple[str, DeliveryKind, int]]:
    return [(one.destination, one.kind, one.alert.number or 0) for one in store.next_deliveries(now, busy)]


def send(store: SqliteStore, remote_id: str = "m1", now: datetime = NOW) -> Delivery:
    """Let the next delivery be sent, and return it."""
    delivery = store.next_deliveries(now)[0]
    store.mark_sending(delivery.id, now)
    store.mark_sent(delivery.id, remote_id, now)
    return delivery


def test_a_delivery_carries_the_whole_alert_and_its_key(store: SqliteStore) -> None:
    number = told(store)
    (one,) = store.next_deliveries(NOW)
    with store.transaction() as tx:
        assert one.alert == tx.alert(number)
    assert (one.alert.lines, one.alert.posted_at) == (alert().lines, NOW)
    assert (one.key, one.thread, one.state, one.attempts) == (
        delivery_key(number, "root", 1, DESK),
        number,
        "pending",
        0,
    )
    assert len(one.key) == 64


def test_what_is_queued_twice_is_sent_once(store: SqliteStore) -> None:
    number = told(store, to=(DESK, DESK))
    with store.transaction() as tx:
        tx.enqueue(number, "root", 1, [DESK], number, NOW)
    assert store.outbox_counts() == {DESK: {"pending": 1}}


def test_each_destination_has_one_at_a_time_and_a_busy_one_none(store: SqliteStore) -> None:
    first = told(store, to=(DESK, OTHER))
    told(store, to=(DESK, OTHER))
    assert following(store) == [(DESK, "root", first), (OTHER, "root", first)]
    assert following(store, busy=[DESK]) == [(OTHER, "root", first)]


def test_urgent_goes_before_routine_and_older_before_newer(store: SqliteStore) -> None:
    routine, later = told(store), told(store)
    urgent = told(store, severity=Severity.URGENT)
    assert [send(store).alert.number for _ in range(3)] == [urgent, routine, later]
    assert following(store) == []


def test_an_urgent_reply_does_not_overtake_its_root(store: SqliteStore) -> None:
    root = told(store)
    reply = answered(store, root)
    assert following(store) == [(DESK, "root", root)]
    send(store, "m77")
    (one,) = store.next_deliveries(NOW)
    assert (one.alert.number, one.kind, one.root_remote_id, one.root_state) == (reply, "reply", "m77", "sent")


@pytest.mark.parametrize("state", ["pending", "unknown"])
def test_a_reply_waits_while_nobody_knows_whether_its_root_stands(store: SqliteStore, state: str) -> None:
    root = told(store)
    answered(store, root)
    (one,) = store.next_deliveries(NOW)
    store.mark_sending(one.id, NOW)
    assert following(store) == []
    store.mark_retry(one.id, minutes(5), "no answer", state=state)  # type: ignore[arg-type]
    assert following(store, minutes(4)) == []
    assert following(store, minutes(5)) == [(DESK, "root", root)]
    assert store.next_due_at() == minutes(5)


def test_one_waiting_thread_holds_up_no_other(store: SqliteStore) -> None:
    told(store)
    other = told(store)
    (one,) = store.next_deliveries(NOW)
    store.mark_sending(one.id, NOW)
    store.mark_retry(one.id, minutes(5), "no answer", state="pending")
    assert following(store) == [(DESK, "root", other)]


def test_a_dead_destination_delays_no_other(store: SqliteStore) -> None:
    number = told(store, to=(DESK, OTHER))
    dead, _ = store.next_deliveries(NOW)
    store.mark_dead(dead.id, "chat not found", NOW)
    assert following(store) == [(OTHER, "root", number)]
    assert store.outbox_counts() == {DESK: {"dead": 1}, OTHER: {"pending": 1}}


def test_a_reply_to_a_root_that_was_rejected_may_go_as_a_new_root(store: SqliteStore) -> None:
    root = told(store)
    store.mark_dead(store.next_deliveries(NOW)[0].id, "refused", NOW)
    reply = answered(store, root)
    (one,) = store.next_deliveries(NOW)
    assert (one.alert.number, one.root_remote_id, one.root_state) == (reply, None, "dead")


def test_a_reply_goes_only_where_its_root_went(store: SqliteStore) -> None:
    answered(store, told(store), to=(DESK, OTHER))
    assert store.outbox_counts() == {DESK: {"pending": 2}}


def test_a_root_that_still_waits_carries_the_newest_text_and_needs_no_edit(store: SqliteStore) -> None:
    number = told(store)
    assert revised(store, number) == 2
    assert store.outbox_counts() == {DESK: {"pending": 1}}
    delivery = send(store)
    assert (delivery.alert.headline, delivery.revision) == ("Tanks 500 → 501", 2)


def test_a_root_that_was_sent_is_edited_in_place(store: SqliteStore) -> None:
    number = told(store)
    send(store, "m77")
    revised(store, number)
    (edit,) = store.next_deliveries(NOW)
    assert (edit.kind, edit.remote_id, edit.root_remote_id, edit.alert.headline) == (
        "edit",
        "m77",
        "m77",
        "Tanks 500 → 501",
    )
    assert edit.key == delivery_key(number, "edit", 2, DESK)


def test_edits_that_wait_become_one(store: SqliteStore) -> None:
    number = told(store)
    send(store)
    revised(store, number)
    revised(store, number, "Tanks 502")
    (edit,) = store.next_deliveries(NOW)
    assert (edit.alert.headline, edit.revision, edit.key) == ("Tanks 502", 3, delivery_key(number, "edit", 3, DESK))
    assert store.outbox_counts() == {DESK: {"sent": 1, "pending": 1}}


def test_an_edit_of_a_message_that_is_on_its_way_follows_it(store: SqliteStore) -> None:
    number = told(store)
    (root,) = store.next_deliveries(NOW)
    store.mark_sending(root.id, NOW)
    revised(store, number)
    assert following(store) == []
    store.mark_sent(root.id, "m77", NOW)
    assert following(store) == [(DESK, "edit", number)]


def test_an_edit_is_spared_when_the_message_went_out_with_its_text_after_all(store: SqliteStore) -> None:
    number = told(store)
    (root,) = store.next_deliveries(NOW)
    store.mark_sending(root.id, NOW)
    revised(store, number)
    store.mark_retry(root.id, NOW, "no connection", state="pending")
    assert send(store).revision == 2
    assert following(store) == []
    assert store.outbox_counts() == {DESK: {"sent": 2}}


def test_an_edit_of_a_message_that_never_arrived_is_not_queued(store: SqliteStore) -> None:
    number = told(store)
    store.mark_dead(store.next_deliveries(NOW)[0].id, "refused", NOW)
    revised(store, number)
    assert following(store) == []


def test_a_reply_that_was_sent_can_be_edited_itself(store: SqliteStore) -> None:
    root = told(store)
    send(store, "m1")
    reply = answered(store, root)
    send(store, "m2")
    with store.transaction() as tx:
        revision = tx.revise_alert(reply, alert("Corrected twice"), NOW)
        tx.enqueue(reply, "edit", revision, [DESK], root, NOW)
    (edit,) = store.next_deliveries(NOW)
    assert (edit.remote_id, edit.root_remote_id) == ("m2", "m1")


def test_after_a_crash_what_was_on_its_way_is_unknown_and_goes_again(store: SqliteStore) -> None:
    number = told(store, to=(DESK, OTHER))
    (one, _) = store.next_deliveries(NOW)
    store.mark_sending(one.id, NOW)
    assert store.recover_outbox() == 1
    (again, _) = store.next_deliveries(NOW)
    assert (again.alert.number, again.state, again.attempts, again.key) == (number, "unknown", 1, one.key)


def test_a_paused_destination_has_none_until_its_pause_is_over(store: SqliteStore) -> None:
    number = told(store, to=(DESK, OTHER))
    store.pause_destination(DESK, minutes(1), "429")
    assert following(store) == [(OTHER, "root", number)]
    send(store)
    assert store.next_due_at() == minutes(1)
    assert following(store, minutes(1)) == [(DESK, "root", number)]


def test_nothing_is_due_when_nothing_waits(store: SqliteStore) -> None:
    assert store.next_due_at() is None
    told(store)
    assert store.next_due_at() == NOW
    send(store)
    assert store.next_due_at() is None


def test_a_digest_is_due_only_when_its_time_has_come(store: SqliteStore) -> None:
    with store.transaction() as tx:
        number = tx.add_alert(alert(), NOW)
        tx.enqueue(number, "root", 1, [DESK], number, minutes(10))
    assert (following(store), store.next_due_at()) == ([], minutes(10))
    assert following(store, minutes(10)) == [(DESK, "root", number)]


def test_a_person_can_have_dead_deliveries_tried_again_or_dropped(store: SqliteStore) -> None:
    number = told(store, to=(DESK, OTHER))
    for delivery in store.next_deliveries(NOW):
        store.mark_dead(delivery.id, "refused", NOW)
    assert store.retry_dead(number) == 2
    assert [one.attempts for one in store.next_deliveries(NOW)] == [0, 0]
    assert store.drop_deliveries(number) == 2
    assert (following(store), store.outbox_counts()) == ([], {DESK: {"dropped": 1}, OTHER: {"dropped": 1}})


def test_what_went_out_is_not_dropped(store: SqliteStore) -> None:
    number = told(store)
    send(store)
    assert store.drop_deliveries(number) == 0


def test_everything_about_an_alert_can_be_told(store: SqliteStore) -> None:
    number = told(store, to=(DESK, OTHER))
    send(store, "m77")
    revised(store, number)
    reply = answered(store, number)
    assert store.acknowledge(number, "ann", minutes(1))
    assert not store.acknowledge(number, "ann", minutes(2))
    known = dossier(store, number)
    assert known is not None
    assert (known.revision, known.replies, known.acknowledged) == (2, (reply,), ((2, "ann", minutes(1)),))
    assert [(old.revision, old.headline) for old in known.earlier] == [(1, "Tanks 500 (+3)")]
    assert [(one.destination, one.kind, one.state, one.remote_id) for one in known.deliveries] == [
        (DESK, "root", "sent", "m77"),
        (OTHER, "root", "pending", None),
        (DESK, "edit", "pending", None),
    ]
    assert dossier(store, 99) is None
