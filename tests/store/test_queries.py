"""What people find when they open the file, and what the commands are told."""

from datetime import timedelta

from monitor.model import Claim, Mention, Reading, Status, Unread
from monitor.reconcile.ledger import Standing
from monitor.store.queries import exported_tallies, history, latest_tallies, posts_of, unread_shapes
from monitor.store.sqlite import SqliteStore
from tests.store.making import CHANNEL, CLAIMANT, NOW, PLANES, TANKS, digest, entry, keyed, minutes, post, read, seen


def watch(store: SqliteStore, number: str, day: int, reading: Reading, *, provisional: bool = False) -> None:
    key = keyed(day, number)
    with store.transaction() as tx:
        at = NOW + timedelta(days=day)
        kept, _ = tx.add_version(post(number), "general-staff-ua", digest(number), seen(at), published_at=at)
        tx.add_reading(kept.version, reading, claimant=CLAIMANT, order_key=key if reading.claims else "")
        standing = Standing.PROVISIONAL if provisional else Standing.HELD
        entries = [entry(key, claim.value or 0, standing=standing) for claim in reading.claims]
        tx.replace_entries(CLAIMANT, key, entries, [])
        tx.mark_told(kept)


def test_latest_tallies_name_value_and_post(store: SqliteStore) -> None:
    watch(store, "1", 1, read(500))
    watch(store, "2", 2, read(503))
    watch(store, "3", 3, read(50), provisional=True)
    (found,) = latest_tallies(store, claimant=CLAIMANT, category="tanks")
    assert (found.effective, found.post, found.url) == (503, "2", "https://t.me/generalstaff/2")
    assert latest_tallies(store, category="aircraft") == []
    assert latest_tallies(store, claimant="somebody-else") == []


def test_the_views_read_without_joins(store: SqliteStore) -> None:
    reading = Reading(
        Status.TALLY,
        (Claim("tanks", 500, delta=3, quote="Tanks 500 (+3)", span=(6, 9)),),
        (Mention("tanks", 497, "recalled", "yesterday 497", (20, 23)),),
        (Unread("17 of something", (30, 45)),),
    )
    watch(store, "1", 1, reading)
    watch(store, "1", 1, reading)
    claims = store.db.all(
        "SELECT channel, post, latest, category, value, delta, qualifier, quote, span_end FROM claims"
    )
    assert claims == [
        (CHANNEL, "1", 0, "tanks", 500, 3, "exact", "Tanks 500 (+3)", 9),
        (CHANNEL, "1", 1, "tanks", 500, 3, "exact", "Tanks 500 (+3)", 9),
    ]
    assert store.db.all("SELECT post, value, why, quote FROM mentions WHERE latest") == [
        ("1", 497, "recalled", "yesterday 497")
    ]
    assert store.db.all("SELECT text, span_start, span_end FROM unread WHERE latest") == [("17 of something", 30, 45)]
    assert store.db.all("SELECT claimant, category, order_date, published, effective, post FROM ledger") == [
        (CLAIMANT, "tanks", "2026-08-01", 500, 500, "1")
    ]
    assert store.db.all("SELECT category, order_date, effective, standing FROM latest_tallies") == [
        ("tanks", "2026-08-01", 500, "held")
    ]


def test_sources_sum_up_their_channels(store: SqliteStore) -> None:
    with store.transaction() as tx:
        tx.update_channel("t.me/a", "general-staff-ua", last_ok_at=NOW)
        tx.update_channel("facebook.com/a", "general-staff-ua", last_ok_at=minutes(5), failing_since=minutes(1))
    assert store.db.all("SELECT source, channels, last_ok_at, failing_since, silent FROM sources") == [
        ("general-staff-ua", 2, "2026-08-08T04:17:31.000Z", "2026-08-08T04:13:31.000Z", None)
    ]


def test_the_history_of_a_tally_is_in_the_order_in_which_posts_count(store: SqliteStore) -> None:
    for number, day, value in (("3", 3, 506), ("1", 1, 500), ("2", 2, 503)):
        watch(store, number, day, read(value))
    found = history(store, TANKS)
    assert [(figure.order_date.day, figure.entry.value, figure.url[-1]) for figure in found] == [
        (1, 500, "1"),
        (2, 503, "2"),
        (3, 506, "3"),
    ]
    assert history(store, PLANES) == []


def test_unread_lines_are_grouped_by_shape(store: SqliteStore) -> None:
    for number, lines in (("1", ("17 boats", "Day 1 000 of it")), ("2", ("18 boats", "Day 1,001 of it", "new 3"))):
        unread = tuple(Unread(line, (0, len(line))) for line in lines)
        watch(store, number, int(number), Reading(Status.NO_TALLY, unread=unread))
    found = [(one.times, one.shape, one.example, one.post) for one in unread_shapes(store)]
    assert found == [
        (2, "0 boats", "18 boats", "2"),
        (2, "Day 0 of it", "Day 1,001 of it", "2"),
        (1, "new 0", "new 3", "2"),
    ]
    assert unread_shapes(store, "somebody-else") == []


def test_unread_lines_of_readings_that_were_replaced_are_not_counted(store: SqliteStore) -> None:
    watch(store, "1", 1, Reading(Status.NO_TALLY, unread=(Unread("17 boats", (0, 8)),)))
    watch(store, "1", 1, read(500))
    assert unread_shapes(store) == []


def test_exports_carry_what_was_published_and_what_counts(store: SqliteStore) -> None:
    watch(store, "1", 1, read(500))
    watch(store, "2", 2, read(50), provisional=True)
    rows = list(exported_tallies(store, claimant=CLAIMANT))
    assert [(row["order_date"], row["published"], row["effective"], row["standing"]) for row in rows] == [
        ("2026-08-01", 500, 500, "held"),
        ("2026-08-02", 50, None, "provisional"),
    ]
    assert list(exported_tallies(store, category="aircraft")) == []
    since = NOW.replace(day=2)
    assert [row["post"] for row in exported_tallies(store, since=since)] == ["2"]
    assert [row["post"] for row in exported_tallies(store, until=since)] == ["1"]


def test_posts_of_a_channel_come_in_the_order_of_publication(store: SqliteStore) -> None:
    watch(store, "2", 2, read(503))
    watch(store, "1", 1, Reading(Status.UNREADABLE))
    found = list(posts_of(store, CHANNEL))
    assert [(one.post.id, one.status, one.told) for one in found] == [
        ("1", Status.UNREADABLE, True),
        ("2", Status.TALLY, True),
    ]
    assert [one.post.id for one in posts_of(store, CHANNEL, since=NOW + timedelta(days=2))] == ["2"]
    assert [one.post.id for one in posts_of(store, CHANNEL, until=NOW + timedelta(days=2))] == ["1"]
    assert [one.post.id for one in posts_of(store, CHANNEL, post="2")] == ["2"]


def test_a_channels_readings_in_a_range_are_counted_by_status(store: SqliteStore) -> None:
    watch(store, "1", 1, read(500))
    watch(store, "2", 2, Reading(Status.UNREADABLE))
    watch(store, "3", 3, read(506))
    counts = ({"tally": 2, "unreadable": 1}, keyed(1, "1"), keyed(3, "3"))
    assert store.readings_between(CHANNEL, None, None) == counts
    assert store.readings_between(CHANNEL, NOW + timedelta(days=2), NOW + timedelta(days=3)) == (
        {"unreadable": 1},
        "",
        "",
    )
