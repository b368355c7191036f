"""The ledger: what a post brought can be taken back and brought again, and every settlement with it."""

from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.model import Qualifier, Tally
from monitor.reconcile.ledger import Decision, Entry, Settlement, Standing
from monitor.store.queries import decisions, doubtful, history, latest_tallies
from monitor.store.sqlite import SqliteStore, SqliteTransaction
from tests.store.making import CHANNEL, CLAIMANT, NOW, PLANES, TANKS, digest, entry, keyed, post, read, seen

NIGHT = Tally(CLAIMANT, "russia", "drones", "period", "", "2026-08-07T17:00Z/2026-08-08T04:00Z")
SLIP, LATER = keyed(2), keyed(3)
DOUBTED = entry(SLIP, 11_257, standing=Standing.PROVISIONAL)
SETTLED = Settlement(TANKS, SLIP, LATER, Standing.HELD, 111_257)


def put(store: SqliteStore, key: str, entries: Iterable[Entry] = (), settlements: Iterable[Settlement] = ()) -> None:
    with store.transaction() as tx:
        tx.replace_entries(CLAIMANT, key, list(entries), list(settlements))


def before(store: SqliteStore, key: str | None, dates: int = 62) -> list[Entry]:
    with store.transaction() as tx:
        return tx.entries_before(CLAIMANT, key, dates=dates)


def test_an_entry_comes_back_as_it_was_written(store: SqliteStore) -> None:
    full = Entry(
        NIGHT, keyed(8), CHANNEL, "1", 70, 90, Qualifier.RANGE, -2, None, Standing.PROVISIONAL, 80, "person"
    )  # fmt: skip
    plain = entry(keyed(8), 500)
    put(store, keyed(8), [full, plain])
    with store.transaction() as tx:
        assert tx.entries_at(CLAIMANT, keyed(8)) == [full, plain]


def test_a_post_brings_its_rows_anew_and_the_old_ones_are_gone(store: SqliteStore) -> None:
    put(store, keyed(8), [entry(keyed(8), 500), entry(keyed(8), 30, PLANES)])
    put(store, keyed(8), [entry(keyed(8), 501)])
    assert before(store, None) == [entry(keyed(8), 501)]


@pytest.mark.parametrize("settlements", [[], [SETTLED]])
def test_appended_at_the_end_a_post_leaves_what_it_leaves_put_anywhere(
    store: SqliteStore, settlements: list[Settlement]
) -> None:
    put(store, SLIP, [DOUBTED])
    put(store, LATER, [entry(LATER, 111_300)], settlements)
    anywhere = latest_tallies(store), before(store, None), doubtful(store)
    put(store, LATER)
    with store.transaction() as tx:
        tx.append_entries(CLAIMANT, LATER, [entry(LATER, 111_300)], settlements)
    assert (latest_tallies(store), before(store, None), doubtful(store)) == anywhere
    put(store, LATER)
    assert before(store, None) == [DOUBTED]


def test_a_post_whose_date_was_corrected_moves_to_its_new_place(store: SqliteStore) -> None:
    with store.transaction() as tx:
        kept, _ = tx.add_version(post(), "s", digest("a"), seen(), published_at=NOW)
        tx.add_reading(kept.version, read(500), claimant=CLAIMANT, order_key=keyed(9))
        tx.replace_entries(CLAIMANT, keyed(9), [entry(keyed(9), 500)], [])
    with store.transaction() as tx:
        moved, _ = tx.add_version(post(text="b"), "s", digest("b"), seen(), published_at=NOW)
        tx.add_reading(moved.version, read(500), claimant=CLAIMANT, order_key=keyed(8))
        tx.replace_entries(CLAIMANT, moved.order_key, [], [])
        tx.replace_entries(CLAIMANT, keyed(8), [entry(keyed(8), 500)], [])
    assert before(store, None) == [entry(keyed(8), 500)]
    with store.transaction() as tx:
        assert [folded.order_key for folded in tx.folded_from(CLAIMANT, "")] == [keyed(8)]


def test_what_holds_is_the_highest_key_of_the_latest_day_and_never_a_doubtful_figure(store: SqliteStore) -> None:
    ministry = keyed(8, rank=2, channel="mod.gov.ua")
    for key, value in ((keyed(7), 499), (keyed(8), 500), (ministry, 501)):
        put(store, key, [entry(key, value)])
    put(store, keyed(9), [entry(keyed(9), 5, standing=Standing.PROVISIONAL)])
    (latest,) = latest_tallies(store)
    assert (latest.tally, latest.effective, latest.order_date.day) == (TANKS, 501, 8)


def test_a_doubtful_entry_shows_how_a_later_post_settled_it(store: SqliteStore) -> None:
    put(store, SLIP, [DOUBTED])
    assert [one.entry for one in doubtful(store)] == [DOUBTED]
    put(store, LATER, [entry(LATER, 111_300)], [SETTLED])
    shown = history(store, TANKS)[0].entry
    assert (shown.effective, shown.standing, shown.settled_by) == (111_257, Standing.HELD, LATER)
    assert doubtful(store) == []


def test_before_the_post_that_settled_it_an_entry_is_still_in_doubt(store: SqliteStore) -> None:
    put(store, SLIP, [DOUBTED])
    put(store, LATER, [entry(LATER, 111_300)], [SETTLED])
    assert before(store, LATER) == [DOUBTED]
    assert before(store, keyed(4))[0].effective == 111_257
    with store.transaction() as tx:
        assert tx.entries_at(CLAIMANT, SLIP) == [DOUBTED]
        assert tx.settlements_at(CLAIMANT, LATER) == [SETTLED]


def test_what_a_post_settled_is_in_doubt_again_when_that_post_goes(store: SqliteStore) -> None:
    put(store, SLIP, [DOUBTED])
    put(store, LATER, [entry(LATER, 111_300)], [SETTLED])
    put(store, LATER)
    assert before(store, None) == [DOUBTED]


def test_an_entry_that_is_written_anew_is_settled_by_what_stands_after_it(store: SqliteStore) -> None:
    put(store, SLIP, [DOUBTED])
    put(store, LATER, [entry(LATER, 111_300)], [SETTLED])
    put(store, SLIP, [DOUBTED._replace(delta=7)])
    assert history(store, TANKS)[0].entry.effective == 111_257


def test_a_decision_of_a_person_is_not_undone_by_folding(store: SqliteStore) -> None:
    decided = entry(SLIP, 11_257)._replace(settled_by="person")
    put(store, SLIP, [decided])
    assert before(store, keyed(9)) == [decided]


def test_only_so_many_dates_of_a_tally_are_returned_and_gaps_do_not_count(store: SqliteStore) -> None:
    months = [(month, day) for month in (1, 3, 4, 8) for day in range(1, 29)]
    for month, day in months:
        key = keyed(day, month=month)
        standing = Standing.ECHO if day == 28 else Standing.HELD
        put(store, key, [entry(key, day, standing=standing)])
    found = before(store, keyed(1, month=9), dates=40)
    days = sorted({one.day for one in found if one.effective is not None})
    assert len(days) == 40
    assert (found[0].day.month, found[0].day.day) == (4, 15)
    assert [one.order_key for one in found] == sorted(one.order_key for one in found)
    assert before(store, keyed(10, month=3), dates=5)[-1].order_key == keyed(9, month=3)


def test_a_tally_that_ended_long_ago_comes_along_with_its_last_dates(store: SqliteStore) -> None:
    for month, tally in ((1, PLANES), (8, TANKS)):
        for day in range(1, 29):
            key = keyed(day, month=month)
            put(store, key, [entry(key, day, tally)])
    found = before(store, None, dates=3)
    assert [(one.tally.category, one.value) for one in found] == [
        ("aircraft", 26), ("aircraft", 27), ("aircraft", 28), ("tanks", 26), ("tanks", 27), ("tanks", 28),
    ]  # fmt: skip


def test_periods_come_along_for_fourteen_days(store: SqliteStore) -> None:
    for day in (1, 10, 20):
        put(store, keyed(day), [entry(keyed(day), day, NIGHT._replace(window=f"2026-08-{day:02}"))])
    assert [one.value for one in before(store, None)] == [10, 20]
    assert [one.value for one in before(store, keyed(20))] == [10]
    assert before(store, keyed(28), dates=0)[0].value == 20


def test_claimants_are_never_mixed(store: SqliteStore) -> None:
    put(store, keyed(8), [entry(keyed(8), 500)])
    with store.transaction() as tx:
        other = entry(keyed(8), 9, TANKS._replace(claimant="ministry"))
        tx.replace_entries("ministry", keyed(8), [other], [])
        tx.replace_entries(CLAIMANT, keyed(8), [], [])
        assert tx.entries_before("ministry", None, dates=62) == [other]
        assert tx.entries_before(CLAIMANT, None, dates=62) == []


def test_the_lists_of_a_channels_last_posts_name_totals_only(store: SqliteStore) -> None:
    def listed(tx: SqliteTransaction, number: str, day: int, tallies: list[Tally]) -> None:
        key = keyed(day, number)
        kept, _ = tx.add_version(post(number), "s", digest(number), seen(), published_at=NOW)
        tx.add_reading(kept.version, read(500), claimant=CLAIMANT, order_key=key)
        tx.replace_entries(CLAIMANT, key, [entry(key, 1, tally) for tally in tallies], [])

    with store.transaction() as tx:
        listed(tx, "1", 1, [TANKS])
        listed(tx, "2", 2, [TANKS, PLANES, NIGHT])
        listed(tx, "3", 3, [NIGHT])
        listed(tx, "4", 4, [PLANES])
        lists = tx.recent_tally_categories(CHANNEL, keyed(4, "4"), 2)
    assert lists == [frozenset({TANKS, PLANES}), frozenset({TANKS})]


def test_the_token_changes_when_another_connection_writes_or_a_transaction_fails(
    store: SqliteStore, path: Path
) -> None:
    def token() -> int:
        with store.transaction() as tx:
            return tx.token()

    first = token()
    put(store, keyed(1), [entry(keyed(1), 1)])
    assert token() == first
    with SqliteStore.open(path) as other:
        put(other, keyed(2), [entry(keyed(2), 2)])
    second = token()
    assert second != first
    with pytest.raises(ZeroDivisionError), store.transaction():
        raise ZeroDivisionError
    assert token() not in {first, second}


def test_a_tally_filed_in_a_failed_transaction_is_filed_again(store: SqliteStore) -> None:
    with pytest.raises(ZeroDivisionError), store.transaction() as tx:  # noqa: PT012  # the block is the transaction
        tx.replace_entries(CLAIMANT, keyed(8), [entry(keyed(8), 500)], [])
        raise ZeroDivisionError
    put(store, keyed(8), [entry(keyed(8), 500)])
    assert before(store, None) == [entry(keyed(8), 500)]


def test_the_last_decision_counts_and_the_earlier_stay_on_record(store: SqliteStore) -> None:
    asked = (CHANNEL, "1", digest("Tanks 500"), TANKS, 500)
    first = Decision("reject", None, "ann", "a slip", "2026-08-08T05:00:00.000Z")
    last = Decision("override", 50, "bob", "asked the ministry", "2026-08-08T06:00:00.000Z")
    with store.transaction() as tx:
        kept, _ = tx.add_version(post(), "s", digest("Tanks 500"), seen(), published_at=NOW)
        tx.add_reading(kept.version, read(500), claimant=CLAIMANT, order_key=keyed(8))
        tx.replace_entries(CLAIMANT, keyed(8), [entry(keyed(8), 500)], [])
        tx.add_decision(*asked, first)
        tx.add_decision(*asked, last)
        assert tx.decisions(CLAIMANT) == {asked: last}
    assert [(row.decision, row.in_force) for row in decisions(store)] == [(first, False), (last, True)]


def test_a_decision_lapses_visibly_when_its_post_was_edited(store: SqliteStore) -> None:
    verdict = Decision("accept", None, "ann", "right", "2026-08-08T05:00:00.000Z")
    with store.transaction() as tx:
        kept, _ = tx.add_version(post(), "s", digest("Tanks 500"), seen(), published_at=NOW)
        tx.add_reading(kept.version, read(500), claimant=CLAIMANT, order_key=keyed(8))
        tx.replace_entries(CLAIMANT, keyed(8), [entry(keyed(8), 500)], [])
        tx.add_decision(CHANNEL, "1", digest("Tanks 500"), TANKS, 500, verdict)
    assert [row.in_force for row in decisions(store)] == [True]
    with store.transaction() as tx:
        tx.add_version(post(text="Tanks 501"), "s", digest("Tanks 501"), seen(), published_at=NOW)
    assert [row.in_force for row in decisions(store)] == [False]


# ── the law of the ledger, against a model of a few lines ─────────────────────────────────

_KEYS = [keyed(day, month=month) for month in (5, 6, 8) for day in (1, 2)]
_TALLIES = [TANKS, PLANES, NIGHT]
Step = tuple[str, list[Entry], list[Settlement]]


@st.composite
def steps(draw: st.DrawFn) -> Step:
    key = draw(st.sampled_from(_KEYS))
    standings = st.sampled_from([Standing.HELD, Standing.PROVISIONAL])
    entries = [
        entry(key, draw(st.integers(0, 9)), tally, standing=draw(standings))
        for tally in draw(st.lists(st.sampled_from(_TALLIES), unique=True, max_size=3))
    ]
    targets = [(tally, earlier) for tally in _TALLIES[:2] for earlier in _KEYS if earlier < key]
    chosen = draw(st.lists(st.sampled_from(targets), unique=True, max_size=2)) if targets else []
    verdicts = st.sampled_from([(Standing.HELD, 7), (Standing.LAPSED, None)])
    return key, entries, [Settlement(tally, at, key, *draw(verdicts)) for tally, at in chosen]


def expected(model: dict[str, Step], key: str) -> list[Entry]:
    """What the ledger holds before a key, worked out from nothing but the posts that stand."""
    rows = []
    for _, entries, _ in model.values():
        for one in entries:
            settled = [
                by
                for _, _, settlements in model.values()
                for by in settlements
                if (by.tally, by.order_key) == (one.tally, one.order_key) and by.settled_by < key
            ]
            if settled:
                by = min(settled, key=lambda by: by.settled_by)
                one = one._replace(standing=by.standing, effective=by.effective, settled_by=by.settled_by)  # noqa: PLW2901
            rows.append(one)
    return rows


@settings(max_examples=80, deadline=None)
@given(st.lists(steps(), min_size=1, max_size=14))
def test_whatever_is_replaced_in_whatever_order_the_ledger_is_what_stands_now(work: list[Step]) -> None:
    with TemporaryDirectory() as folder, SqliteStore.open(Path(folder, "s.sqlite3")) as store:
        model: dict[str, Step] = {}
        for key, entries, settlements in work:
            model[key] = (key, entries, settlements)
            put(store, key, entries, settlements)
        now = [figure.entry for tally in _TALLIES for figure in history(store, tally)]
        assert sorted(now) == sorted(expected(model, "~"))
        with store.transaction() as tx:
            for key, entries, settlements in model.values():
                assert tx.entries_at(CLAIMANT, key) == entries
                assert tx.settlements_at(CLAIMANT, key) == settlements
            for key in (*_KEYS, keyed(28)):
                held = [one for one in tx.entries_before(CLAIMANT, key, dates=62) if one.tally != NIGHT]
                assert sorted(held) == sorted(
                    one for one in expected(model, key) if one.order_key < key and one.tally != NIGHT
                )
        for key in model:
            put(store, key)
        assert before(store, None) == []
        assert latest_tallies(store, scope=None) == []


@settings(max_examples=30, deadline=None)
@given(st.permutations(range(8)), st.integers(1, 5))
def test_any_order_of_arrival_leaves_the_same_rows(order: list[int], dates: int) -> None:
    keys = [keyed(day + 1, month=month) for day in (0, 1) for month in (2, 5, 6, 8)]
    with TemporaryDirectory() as folder, SqliteStore.open(Path(folder, "s.sqlite3")) as store:
        for index in order:
            put(store, keys[index], [entry(keys[index], index)])
        newest = sorted(keys)[-dates:]
        assert [one.order_key for one in before(store, None, dates)] == newest
