"""Posts and their versions: nothing is overwritten, and the latest is known whatever the order of arrival."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.model import Claim, Mention, Post, Qualifier, Reading, Scope, ScopeBasis, Status, Unread
from monitor.ports import Kept
from monitor.store.queries import posts_of, versions_of
from monitor.store.sqlite import SqliteStore
from tests.store.making import CHANNEL, CLAIMANT, NOW, digest, keyed, minutes, post, read, seen

FULL = Reading(
    Status.TALLY,
    (
        Claim(
            "drones",
            None,
            90,
            Qualifier.RANGE,
            -2,
            Scope.PERIOD,
            ScopeBasis.CUE,
            date(2022, 2, 24),
            date(2026, 8, 7),
            NOW - timedelta(hours=11),
            NOW,
            "Kursk",
            "russia",
            "air-force",
            "збито 70–90 «Shahed»\u00a0\x00",
            (3, 18),
        ),
        Claim("tanks", 10**6),
    ),
    (Mention("tanks", 500, "headline", "over 500 tanks", (0, 4)),),
    (Unread("17 of something", (40, 55)),),
    (("a day of the war", (0, 10)),),
    date(2026, 8, 7),
    "3",
)


def stored(store: SqliteStore, one: Post, at: datetime = NOW, *, route: str = "telegram_web") -> tuple[Kept, bool]:
    with store.transaction() as tx:
        return tx.add_version(one, "general-staff-ua", digest(one.text), seen(at, route), published_at=NOW)


def test_a_post_that_nobody_stored_is_not_found(store: SqliteStore) -> None:
    with store.transaction() as tx:
        assert tx.find(CHANNEL, "1") is None


def test_a_stored_post_is_found_as_it_was_stored(store: SqliteStore) -> None:
    kept, latest = stored(store, post())
    with store.transaction() as tx:
        assert tx.find(CHANNEL, "1") == kept
    assert latest
    assert (kept.text_hash, kept.reading, kept.told, kept.root, kept.versions) == (
        digest("Tanks 500"),
        None,
        False,
        None,
        1,
    )


def test_a_reading_comes_back_as_it_went_in(store: SqliteStore) -> None:
    kept, _ = stored(store, post())
    with store.transaction() as tx:
        tx.add_reading(kept.version, FULL, claimant=CLAIMANT, order_key=keyed(8))
    with store.transaction() as tx:
        found = tx.find(CHANNEL, "1")
    assert found is not None
    assert (found.reading, found.order_key) == (FULL, keyed(8))


def test_every_field_of_a_post_is_kept(store: SqliteStore) -> None:
    one = Post(
        CHANNEL, "77", "Танки\u00a0500 😀", NOW, minutes(3), "https://t.me/x/77", "Танки", "uk", ("photo", "video"),
        "t.me/other", "70", ("78", "79"), "message", "<div>77</div>",
    )  # fmt: skip
    stored(store, one)
    assert [found.post for found in posts_of(store, CHANNEL)] == [one]


def test_half_a_character_is_replaced_and_moves_no_span(store: SqliteStore) -> None:
    broken = post(text="Tanks \ud83d\ude00 500")
    kept, _ = stored(store, broken)
    with store.transaction() as tx:
        quoted = Claim("tanks", 500, quote=broken.text, span=(9, 12))
        tx.add_reading(kept.version, replace(read(500), claims=(quoted,)), claimant=CLAIMANT, order_key=keyed(8))
    (found,) = posts_of(store, CHANNEL)
    assert found.post.text == "Tanks \ufffd\ufffd 500"
    assert found.text_hash == digest(broken.text)


def test_a_number_beyond_64_bits_in_a_reading_is_kept(store: SqliteStore) -> None:
    kept, _ = stored(store, post())
    with store.transaction() as tx:
        tx.add_reading(kept.version, read(10**30), claimant=CLAIMANT, order_key=keyed(8))
        found = tx.find(CHANNEL, "1")
    assert found is not None
    assert found.reading == read(10**30)


def test_the_same_text_again_is_only_a_sighting(store: SqliteStore) -> None:
    first, _ = stored(store, post())
    again, latest = stored(store, post(), minutes(5), route="telegram_api")
    assert (again, latest) == (first, True)
    (version,) = versions_of(store, CHANNEL, "1")
    assert version.sightings == (("telegram_web", NOW), ("telegram_api", minutes(5)))


def test_a_route_sees_a_version_once(store: SqliteStore) -> None:
    kept, _ = stored(store, post())
    with store.transaction() as tx:
        tx.add_sighting(kept, seen(minutes(9)))
    assert versions_of(store, CHANNEL, "1")[0].sightings == (("telegram_web", NOW),)


def test_a_text_that_an_older_version_had_is_a_new_version_all_the_same(store: SqliteStore) -> None:
    for at, text in enumerate(("Tanks 500", "Tanks 501", "Tanks 500")):
        kept, latest = stored(store, post(text=text), minutes(at))
        assert latest
    assert kept.versions == 3
    assert [version.text for version in versions_of(store, CHANNEL, "1")] == ["Tanks 500", "Tanks 501", "Tanks 500"]


def test_an_edit_older_than_what_is_held_is_stored_and_does_not_count(store: SqliteStore) -> None:
    newer, _ = stored(store, post(text="Tanks 502", edited_at=minutes(20)), minutes(21))
    with store.transaction() as tx:
        tx.add_reading(newer.version, read(502), claimant=CLAIMANT, order_key=keyed(8))
    older, latest = stored(store, post(text="Tanks 501", edited_at=minutes(10)), minutes(22))
    with store.transaction() as tx:
        tx.add_reading(older.version, read(501), claimant=CLAIMANT, order_key=keyed(7))
        found = tx.find(CHANNEL, "1")
    assert not latest
    assert older.version != newer.version
    assert found is not None
    assert (found.version, found.reading, found.order_key, found.versions) == (newer.version, read(502), keyed(8), 2)


def test_an_edit_that_is_stored_already_is_only_a_sighting(store: SqliteStore) -> None:
    stored(store, post(text="Tanks 501", edited_at=minutes(10)))
    stored(store, post(text="Tanks 502", edited_at=minutes(20)))
    _, latest = stored(store, post(text="Tanks 501", edited_at=minutes(10)), minutes(30), route="telegram_api")
    assert not latest
    assert [len(version.sightings) for version in versions_of(store, CHANNEL, "1")] == [2, 1]


def test_a_new_version_has_no_reading_until_it_was_read_and_still_counts_where_it_did(store: SqliteStore) -> None:
    first, _ = stored(store, post())
    with store.transaction() as tx:
        tx.add_reading(first.version, read(500), claimant=CLAIMANT, order_key=keyed(8))
    second, _ = stored(store, post(text="Tanks 501"), minutes(5))
    assert (second.reading, second.order_key) == (None, keyed(8))
    with store.transaction() as tx:
        assert tx.find(CHANNEL, "1") == second
        assert list(tx.folded_from(CLAIMANT, "")) == []


def test_the_latest_reading_of_the_latest_version_is_what_folds(store: SqliteStore) -> None:
    kept, _ = stored(store, post())
    with store.transaction() as tx:
        for figure in (499, 500):
            tx.add_reading(kept.version, read(figure), claimant=CLAIMANT, order_key=keyed(8))
        (folded,) = tx.folded_from(CLAIMANT, keyed(8))
    assert folded == (keyed(8), CHANNEL, "1", digest("Tanks 500"), read(500))


def test_posts_fold_from_a_key_on_in_order_and_those_without_claims_never(store: SqliteStore) -> None:
    days = [(number % 28 + 1, str(number)) for number in range(200)]
    for day, number in reversed(days):
        kept, _ = stored(store, post(number))
        with store.transaction() as tx:
            tx.add_reading(kept.version, read(500), claimant=CLAIMANT, order_key=keyed(day, number))
    silent, _ = stored(store, post("999", "Good morning"))
    with store.transaction() as tx:
        tx.add_reading(silent.version, read(), claimant=CLAIMANT, order_key="")
        start = keyed(5, "4")
        keys = [folded.order_key for folded in tx.folded_from(CLAIMANT, start)]
        assert list(tx.folded_from("somebody-else", "")) == []
        assert len(list(tx.folded_from(CLAIMANT, ""))) == len(days)
    assert keys == sorted(key for key in (keyed(day, number) for day, number in days) if key >= start)
    assert len(keys) > 128  # more than two pages


def test_that_a_post_was_told_is_apart_from_that_it_is_stored(store: SqliteStore) -> None:
    kept, _ = stored(store, post())
    assert store.known_hashes(CHANNEL, ["1", "2"]) == {"1": (kept.text_hash, False)}
    with store.transaction() as tx:
        tx.mark_told(kept)
    assert store.known_hashes(CHANNEL, ["1"]) == {"1": (kept.text_hash, True)}
    edited, _ = stored(store, post(text="Tanks 501"), minutes(5))
    assert store.known_hashes(CHANNEL, ["1"]) == {"1": (edited.text_hash, False)}


def test_what_was_told_of_a_post_is_the_reading_that_a_live_route_handled(store: SqliteStore) -> None:
    first, _ = stored(store, post())
    with store.transaction() as tx:
        assert (tx.told_reading(first), tx.handled_up_to(CLAIMANT)) == (None, "")
        tx.add_reading(first.version, read(500), claimant=CLAIMANT, order_key=keyed(8))
        tx.mark_told(first)
        assert (tx.told_reading(first), tx.handled_up_to(CLAIMANT)) == (read(500), keyed(8))
    silent, _ = stored(store, post(text="Tanks 501"), minutes(5))
    with store.transaction() as tx:
        tx.add_reading(silent.version, read(501), claimant=CLAIMANT, order_key=keyed(9))
        assert tx.told_reading(silent) == read(500)
        tx.mark_told(silent)
        assert (tx.told_reading(silent), tx.handled_up_to(CLAIMANT)) == (read(501), keyed(9))


def test_tally_posts_are_listed_for_reading_again(store: SqliteStore) -> None:
    for number, figures in (("1", (500,)), ("2", ())):
        kept, _ = stored(store, post(number))
        with store.transaction() as tx:
            tx.add_reading(
                kept.version, read(*figures), claimant=CLAIMANT, order_key=keyed(8, number) if figures else ""
            )
    assert store.tally_posts_since(CHANNEL, minutes(-1)) == [("1", NOW, NOW)]
    store.mark_reread(CHANNEL, ["1"], minutes(5))
    assert store.tally_posts_since(CHANNEL, minutes(-1)) == [("1", NOW, minutes(5))]
    assert store.tally_posts_since(CHANNEL, minutes(1)) == []


def test_the_address_of_a_post_is_known(store: SqliteStore) -> None:
    stored(store, post())
    with store.transaction() as tx:
        assert tx.post_url(CHANNEL, "1") == "https://t.me/generalstaff/1"
        assert tx.post_url(CHANNEL, "2") == ""


def test_a_moment_without_a_zone_is_refused(store: SqliteStore) -> None:
    with pytest.raises(ValueError, match="no zone"):
        stored(store, post(), NOW.replace(tzinfo=None))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abcd"), st.integers(0, 9)), min_size=1, max_size=8, unique=True), st.data())
def test_dated_edits_end_in_the_same_version_whatever_their_order(
    edits: list[tuple[str, int]], data: st.DataObject
) -> None:
    """The law of versions: the newest edit holds; every other one is kept. (Of two at one moment: the later stored.)"""
    by_minute = {minute: text for text, minute in edits}
    arrival = data.draw(st.permutations([(text, minute) for minute, text in by_minute.items()]))
    with TemporaryDirectory() as folder, SqliteStore.open(Path(folder, "s.sqlite3")) as store:
        for at, (text, minute) in enumerate(arrival):
            stored(store, post(text=text, edited_at=minutes(minute)), minutes(100 + at))
        (found,) = posts_of(store, CHANNEL)
        versions = versions_of(store, CHANNEL, "1")
        assert found.post.text == by_minute[max(by_minute)]
        assert [version.latest for version in versions] == [False] * (len(versions) - 1) + [True]
        moments = [version.ordered_at for version in versions]
        assert moments == sorted(moments)
        assert {version.text for version in versions} == set(by_minute.values())
