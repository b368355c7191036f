"""Alerts and the log of changes: numbers are given once, texts and findings stay."""

from datetime import date

import pytest

from monitor.model import (
    Alert,
    Change,
    ChangeKind,
    Claim,
    Doubt,
    Figure,
    Line,
    Qualifier,
    Severity,
    Span,
    Style,
)
from monitor.ports import Kept
from monitor.store.queries import alerts, dossier, exported_changes
from monitor.store.sqlite import SqliteStore
from tests.store.making import CHANNEL, NOW, TANKS, alert, digest, minutes, post, seen

RISE = Change(
    ChangeKind.RISE,
    TANKS,
    Claim("tanks", 503, delta=4, quote="Tanks 503 (+4)"),
    Figure(503, None, Qualifier.EXACT, date(2026, 8, 8), CHANNEL, "1"),
    Figure(500, 510, Qualifier.RANGE, date(2026, 8, 7), CHANNEL, "0"),
    3,
    3,
    2,
    (Doubt.DELTA_MISMATCH, Doubt.JUMPED),
    504,
    provisional=True,
    note="covers 2 days",
)


def stored(store: SqliteStore, number: str = "1") -> Kept:
    with store.transaction() as tx:
        kept, _ = tx.add_version(post(number), "general-staff-ua", digest(number), seen(), published_at=NOW)
    return kept


def root_of(store: SqliteStore, number: str = "1") -> int | None:
    with store.transaction() as tx:
        found = tx.find(CHANNEL, number)
    assert found is not None
    return found.root


def test_an_alert_comes_back_as_it_went_in_with_its_number(store: SqliteStore) -> None:
    lines = (
        Line("headline", (Span("Tanks: ", Style.BOLD), Span("500", Style.STRIKE), Span(" 501 \ud83d"))),
        Line("row", (Span("a\u202eb <@here> &amp; 😀", Style.PLAIN, "https://t.me/x/1"),)),
    )
    whole = Alert(
        Severity.URGENT, "fall", "general-staff-ua", lines, "copy", "https://t.me/x/1", CHANNEL, "1", None, None, NOW
    )
    with store.transaction() as tx:
        number = tx.add_alert(whole, NOW)
        found = tx.alert(number)
        assert tx.alert_at(number) == NOW
        assert tx.alert(number + 1) is None
    assert found is not None
    assert found.number == number
    assert found.lines[1] == lines[1]
    assert found.lines[0].text == "Tanks: 500 501 \ufffd"
    assert (found.severity, found.reason, found.copy_text, found.posted_at) == (Severity.URGENT, "fall", "copy", NOW)


def test_a_number_is_never_given_twice(store: SqliteStore) -> None:
    with store.transaction() as tx:
        first = tx.add_alert(alert(), NOW)
    store.db.run("DELETE FROM alerts")
    with store.transaction() as tx:
        assert tx.add_alert(alert(), NOW) == first + 1


def test_a_revised_alert_keeps_its_earlier_texts(store: SqliteStore) -> None:
    with store.transaction() as tx:
        number = tx.add_alert(alert("one"), NOW)
        revisions = [tx.revise_alert(number, alert(text), minutes(5)) for text in ("two", "three")]
        newest = tx.alert(number)
    known = dossier(store, number)
    assert revisions == [2, 3]
    assert known is not None
    assert newest is not None
    assert newest.headline == "three"
    assert [(old.revision, old.at, old.lines[0].text) for old in known.earlier] == [
        (1, NOW, "one"),
        (2, minutes(5), "two"),
    ]


def test_an_alert_that_is_not_there_cannot_be_revised(store: SqliteStore) -> None:
    with store.transaction() as tx:
        with pytest.raises(KeyError):
            tx.revise_alert(9, alert(), NOW)
        with pytest.raises(KeyError):
            tx.alert_at(9)


def test_the_first_alert_about_a_post_is_its_root(store: SqliteStore) -> None:
    stored(store)
    with store.transaction() as tx:
        tx.add_alert(alert(post_id="1", severity=Severity.OPS), NOW)
        first = tx.add_alert(alert(post_id="1"), NOW)
        tx.add_alert(alert(post_id="1", reply_to=first), NOW)
        tx.add_alert(alert(post_id="1"), NOW)
    assert root_of(store) == first


def test_a_post_that_went_out_in_a_digest_has_the_digest_as_root(store: SqliteStore) -> None:
    kept = [stored(store, "1"), stored(store, "2")]
    with store.transaction() as tx:
        digest_number = tx.add_alert(alert("2 posts while we were away"), NOW)
        for one in kept:
            tx.add_changes(one.row, [RISE], digest_number, NOW)
    assert [root_of(store, "1"), root_of(store, "2")] == [digest_number] * 2


def test_a_change_is_logged_as_it_was_found(store: SqliteStore) -> None:
    kept = stored(store)
    with store.transaction() as tx:
        number = tx.add_alert(alert(post_id="1"), NOW)
        tx.add_changes(kept.row, [RISE], number, NOW)
        tx.add_changes(None, [Change(ChangeKind.MISSING, TANKS)], None, minutes(1))
    known = dossier(store, number)
    assert known is not None
    (change,) = known.changes
    assert change[1:] == (
        NOW, "rise", TANKS, 503, 4, 503, 500, date(2026, 8, 7), 3, 3, 2, ("delta_mismatch", "jumped"), 504, True,
        "covers 2 days", "Tanks 503 (+4)", CHANNEL, "1",
    )  # fmt: skip
    exported = list(exported_changes(store))
    assert [(row["kind"], row["published"], row["effective"], row["url"]) for row in exported] == [
        ("rise", 503, 503, "https://t.me/generalstaff/1"),
        ("missing", None, None, None),
    ]


def test_urgent_alerts_are_open_until_somebody_acknowledges_them_and_again_when_revised(store: SqliteStore) -> None:
    with store.transaction() as tx:
        tx.add_alert(alert(), NOW)
        urgent = tx.add_alert(alert(severity=Severity.URGENT), NOW)
    assert [row.number for row in alerts(store, only_open=True)] == [urgent]
    store.acknowledge(urgent, "ann", NOW)
    assert alerts(store, only_open=True) == []
    with store.transaction() as tx:
        tx.revise_alert(urgent, alert("Corrected"), NOW)
    assert [row.number for row in alerts(store, only_open=True)] == [urgent]


def test_alerts_are_listed_by_severity_source_and_time(store: SqliteStore) -> None:
    with store.transaction() as tx:
        routine = tx.add_alert(alert(), NOW)
        urgent = tx.add_alert(alert(severity=Severity.URGENT), minutes(5))
        tx.enqueue(urgent, "root", 1, ["desk"], urgent, NOW)
    assert [row.number for row in alerts(store)] == [urgent, routine]
    assert [row.number for row in alerts(store, severity="routine")] == [routine]
    assert [(row.number, row.waiting, row.sent) for row in alerts(store, since=minutes(1))] == [(urgent, 1, 0)]
    assert alerts(store, source="somebody-else") == []
    assert [row.number for row in alerts(store, limit=1)] == [urgent]
