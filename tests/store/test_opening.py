"""Opening the state: what cannot be used is left as it is, and the message says what to do."""

import os
import shutil
import sqlite3
import tempfile
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from monitor.errors import StoreBusy, StoreCorrupt, StoreError, StoreFull, StoreNewer
from monitor.ports import Store, Transaction
from monitor.store.sqlite import SqliteStore, SqliteTransaction
from tests.store.making import CHANNEL, NOW, digest, post, seen

NOBODY = 65_534


def filled(path: Path, posts: int = 50) -> None:
    with SqliteStore.open(path) as store:
        for number in range(posts):
            add(store, str(number))
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def add(store: SqliteStore, number: str, text: str = "Tanks 500" * 100) -> None:
    with store.transaction() as tx:
        tx.add_version(post(number, text), "general-staff-ua", digest(text), seen(), published_at=NOW)


def count(path: Path) -> int:
    with closing(sqlite3.connect(path)) as raw:
        assert raw.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        found: int = raw.execute("SELECT count(*) FROM posts").fetchone()[0]
    return found


@contextmanager
def as_nobody() -> Iterator[None]:
    """Give up root's right to write everywhere, for the time of the block."""
    if os.geteuid() == 0:
        os.seteuid(NOBODY)
        try:
            yield
        finally:
            os.seteuid(0)
    else:
        yield


@pytest.fixture
def locked_folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp())
    try:
        folder.chmod(0o555)
        yield folder
    finally:
        folder.chmod(0o755)
        shutil.rmtree(folder)


def test_the_store_is_what_the_ports_ask_for(store: SqliteStore) -> None:
    as_port: Store = store
    with store.transaction() as tx:
        assert isinstance(tx, SqliteTransaction)
        tx_as_port: Transaction = tx
        assert tx_as_port.find(CHANNEL, "1") is None
    assert as_port.outbox_counts() == {}


def test_a_state_is_made_where_there_is_none_and_opened_where_there_is(path: Path) -> None:
    filled(path, 3)
    filled(path, 0)
    assert count(path) == 3


def test_the_log_is_written_ahead_and_foreign_keys_hold(store: SqliteStore) -> None:
    pragmas = {name: store.db.all(f"PRAGMA {name}")[0][0] for name in ("journal_mode", "foreign_keys", "synchronous")}
    assert pragmas == {"journal_mode": "wal", "foreign_keys": 1, "synchronous": 1}


def test_every_table_is_strict(store: SqliteStore) -> None:
    tables = {name: strict for _, name, kind, _, _, strict in store.db.all("PRAGMA table_list") if kind == "table"}
    loose = {name for name, strict in tables.items() if not strict}
    assert loose == {"sqlite_schema", "sqlite_temp_schema", "sqlite_sequence", "_sqlite_migrations"}


def test_a_state_of_a_later_version_is_left_alone(path: Path) -> None:
    filled(path)
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('monitor', '9999_x', '')")
        raw.commit()
    was = path.read_bytes()
    with pytest.raises(StoreNewer, match=r"later version .*9999_x.*Install that version"):
        SqliteStore.open(path)
    assert path.read_bytes() == was


def test_a_state_of_an_earlier_version_is_not_changed_by_reading(path: Path) -> None:
    filled(path)
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("DELETE FROM _sqlite_migrations")
        raw.commit()
    with pytest.raises(StoreError, match="earlier version"):
        SqliteStore.open(path, read_only=True)


@pytest.mark.parametrize(
    "rubbish", [b"\x00\xff garbage " * 9000, b"<html>not found</html>", b"SQLite format 3\x00" + b"\xee" * 4080]
)
def test_a_file_that_is_no_database_is_left_alone(path: Path, rubbish: bytes) -> None:
    path.write_bytes(rubbish)
    with pytest.raises(StoreCorrupt, match=r"damaged, or no database.*left as it is.*backup"):
        SqliteStore.open(path)
    assert path.read_bytes() == rubbish


def test_a_database_of_another_program_is_left_alone(path: Path) -> None:
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("CREATE TABLE songs (name)")
    with pytest.raises(StoreCorrupt, match="another program"):
        SqliteStore.open(path)
    with closing(sqlite3.connect(path)) as raw:
        assert raw.execute("SELECT name FROM sqlite_master").fetchall() == [("songs",)]


def test_a_file_that_was_cut_off_is_damaged(path: Path) -> None:
    filled(path)
    path.write_bytes(path.read_bytes()[:20_000])
    with pytest.raises(StoreCorrupt):
        SqliteStore.open(path)


def test_damage_in_the_middle_is_told_when_it_is_met_and_by_the_full_check(path: Path) -> None:
    filled(path)
    whole = bytearray(path.read_bytes())
    for page in range(len(whole) * 3 // 4 // 4096, len(whole) // 4096):
        whole[page * 4096 : page * 4096 + 60] = b"\xee" * 60
    path.write_bytes(whole)
    with SqliteStore.open(path) as store:
        with pytest.raises(StoreCorrupt, match="put a backup in its place"), store.transaction() as tx:  # noqa: PT012  # the block is the transaction
            for number in range(50):
                tx.find(CHANNEL, str(number))
                tx.add_version(post(f"n{number}"), "s", digest("x"), seen(), published_at=NOW)
        assert store.faults()


def test_an_empty_file_becomes_a_state(path: Path) -> None:
    path.touch()
    filled(path, 1)
    assert count(path) == 1


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"there is no folder .*nowhere.*Create it"):
        SqliteStore.open(tmp_path / "nowhere" / "monitor.sqlite3")


def test_reading_a_state_that_is_not_there_makes_none(path: Path) -> None:
    with pytest.raises(StoreError, match=r"no such file.*backfill first"):
        SqliteStore.open(path, read_only=True)
    assert not path.exists()


def test_a_folder_that_may_not_be_written_is_named(locked_folder: Path) -> None:
    with as_nobody(), pytest.raises(StoreError, match="right to write there"):
        SqliteStore.open(locked_folder / "monitor.sqlite3")


def test_a_state_that_may_not_be_written_can_still_be_told_from_a_broken_one(locked_folder: Path) -> None:
    path = locked_folder / "monitor.sqlite3"
    locked_folder.chmod(0o755)
    filled(path)
    locked_folder.chmod(0o555)
    with as_nobody(), pytest.raises(StoreError, match=r"cannot be used.*right to write") as caught:
        add(SqliteStore.open(path), "new")
    assert type(caught.value) is StoreError


def test_a_store_that_only_reads_cannot_write(path: Path) -> None:
    filled(path)
    with SqliteStore.open(path, read_only=True) as store:
        assert store.known_hashes(CHANNEL, ["1"])
        with pytest.raises(StoreError, match="may not be written"):
            store.begin_run("once", NOW)


def test_a_path_with_odd_characters_is_taken_as_it_is(tmp_path: Path) -> None:
    odd = tmp_path / "a ?mode=ro#%41 ü.sqlite3"
    filled(odd, 1)
    assert odd.exists()


def test_a_lock_held_for_too_long_is_told_and_loses_nothing(path: Path) -> None:
    filled(path, 1)
    with closing(sqlite3.connect(path, isolation_level=None)) as other, SqliteStore.open(path, patience=0.05) as store:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreBusy, match=r"locked by another process.*Try again"):
            add(store, "2")
        other.execute("COMMIT")
        add(store, "2")
    assert count(path) == 2


def test_a_reader_never_waits_for_a_writer(path: Path) -> None:
    filled(path, 1)
    with (
        closing(sqlite3.connect(path, isolation_level=None)) as other,
        SqliteStore.open(path, read_only=True, patience=0.0) as store,
    ):
        other.execute("BEGIN IMMEDIATE")
        assert len(store.known_hashes(CHANNEL, ["0"])) == 1


def test_a_full_disk_takes_back_the_post_in_hand_and_keeps_the_rest(path: Path) -> None:
    filled(path)
    with SqliteStore.open(path) as store:
        pages = store.db.all("PRAGMA page_count")[0][0]
        store.db.run(f"PRAGMA max_page_count = {pages + 3}")
        with pytest.raises(StoreFull, match=r"No room is left.*everything.*kept.*Free some space"):
            add(store, "big", "Tanks " * 10_000)
        store.db.run(f"PRAGMA max_page_count = {pages + 1000}")
        add(store, "after")
        assert store.known_hashes(CHANNEL, ["big", "after"]).keys() == {"after"}
    assert count(path) == 51


def test_an_error_inside_a_transaction_cannot_be_passed_over(path: Path) -> None:
    filled(path, 1)
    with SqliteStore.open(path) as store:
        store.db.run(f"PRAGMA max_page_count = {store.db.all('PRAGMA page_count')[0][0] + 3}")
        with pytest.raises(StoreFull), store.transaction() as tx:  # noqa: PT012  # the block is the transaction
            tx.save_cursor(CHANNEL, "telegram_web", "1")
            with pytest.raises(StoreFull):
                tx.add_version(post("big", "Tanks " * 10_000), "s", digest("x"), seen(), published_at=NOW)
            with pytest.raises(StoreFull):
                tx.save_cursor(CHANNEL, "telegram_web", "2")
        assert store.cursor(CHANNEL, "telegram_web") == ""
        with store.transaction() as tx:
            tx.save_cursor(CHANNEL, "telegram_web", "3")
        assert store.cursor(CHANNEL, "telegram_web") == "3"


def test_a_number_that_the_ledger_cannot_hold_is_an_error_of_ours(store: SqliteStore) -> None:
    with pytest.raises(StoreError, match="refused what it was given"):
        store.mark_dead(2**70, "", NOW)


def test_a_store_belongs_to_one_thread(path: Path) -> None:
    told: list[StoreError] = []
    with SqliteStore.open(path) as store:

        def elsewhere() -> None:
            try:
                store.cursor(CHANNEL, "telegram_web")
            except StoreError as error:
                told.append(error)

        thread = threading.Thread(target=elsewhere)
        thread.start()
        thread.join()
    assert "thread" in str(told)


def test_a_closed_store_says_so(path: Path) -> None:
    store = SqliteStore.open(path)
    store.close()
    store.close()
    with pytest.raises(StoreError, match="closed"):
        store.cursor(CHANNEL, "telegram_web")
