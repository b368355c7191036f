"""Several processes on one file, and processes that die: nothing half-written, nothing lost."""

import os
import resource
import signal
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

from monitor.errors import AlreadyRunning, StoreError
from monitor.store import health
from monitor.store.lock import hold
from monitor.store.sqlite import SqliteStore
from tests.store.making import CHANNEL, NOW

PREAMBLE = """
import signal, sys
from pathlib import Path
from monitor.errors import StoreFull
from monitor.store.lock import hold
from monitor.store.sqlite import SqliteStore
from tests.store.making import *

path = Path(sys.argv[1])

def write(store, number):
    with store.transaction() as tx:
        kept, _ = tx.add_version(post(number), "s", digest(number), seen(), published_at=NOW)
        tx.add_reading(kept.version, read(500), claimant=CLAIMANT, order_key=keyed(8, number))
        tx.replace_entries(CLAIMANT, keyed(8, number), [entry(keyed(8, number), 500)], [])
        alert_number = tx.add_alert(alert(post_id=number), NOW)
        tx.enqueue(alert_number, "root", 1, ["desk"], alert_number, NOW)
        tx.save_cursor(CHANNEL, "telegram_web", number)
"""


def child(path: Path, body: str, **more: object) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    return subprocess.Popen(
        [sys.executable, "-c", PREAMBLE + dedent(body), str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
        **more,  # type: ignore[call-overload]
    )


def killed(process: subprocess.Popen[str]) -> None:
    """Wait for the child's word that it has come to its point, and kill it there."""
    with process:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == "now"
        process.kill()
    assert process.returncode == -signal.SIGKILL


def totals(store: SqliteStore) -> tuple[int, ...]:
    tables = ("posts", "versions", "sightings", "readings", "entries", "alerts", "deliveries")
    return tuple(store.db.all(f"SELECT count(*) FROM {table}")[0][0] for table in tables)  # noqa: S608


def test_a_kill_in_the_middle_of_a_post_leaves_nothing_of_it(path: Path) -> None:
    killed(
        child(
            path,
            """
            store = SqliteStore.open(path)
            for number in range(20):
                write(store, str(number))
            store.db.run("PRAGMA cache_size = 1")  # so that half of it is in the file's log already
            with store.transaction() as tx:
                for number in range(100, 160):
                    tx.add_version(post(str(number), "x" * 9000), "s", "x", seen(), published_at=NOW)
                tx.save_cursor(CHANNEL, "telegram_web", "159")
                print("now", flush=True)
                signal.pause()
            """,
        )
    )
    with SqliteStore.open(path) as store:
        assert totals(store) == (20,) * 7
        assert store.cursor(CHANNEL, "telegram_web") == "19"
        assert store.faults() == ()


def test_what_was_committed_before_a_kill_is_there(path: Path) -> None:
    killed(
        child(
            path,
            """
            store = SqliteStore.open(path)
            write(store, "7")
            print("now", flush=True)
            signal.pause()
            """,
        )
    )
    with SqliteStore.open(path) as store:
        assert totals(store) == (1,) * 7
        assert store.recover_outbox() == 0
        assert len(store.next_deliveries(NOW)) == 1


def test_two_processes_open_a_new_state_and_write_at_once(path: Path) -> None:
    body = """
        sys.stdin.readline()
        with SqliteStore.open(path) as store:
            for number in range(100):
                write(store, f"{name}{number}")
        """
    writers = [child(path, f'name = "{name}"' + dedent(body)) for name in "abc"]
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write("go\n")
        writer.stdin.flush()
    for writer in writers:
        with writer:
            assert writer.wait() == 0
    with SqliteStore.open(path) as store:
        assert totals(store) == (300,) * 7
        assert store.faults() == ()


def test_a_disk_that_fills_up_is_told_and_what_was_stored_stays(path: Path) -> None:
    def small_disk() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (3_000_000, 3_000_000))

    process = child(
        path,
        """
        with SqliteStore.open(path) as store:
            number = 0
            try:
                while True:
                    write(store, str(number))
                    number += 1
            except StoreFull as error:
                print(number, error, flush=True)
        """,
        preexec_fn=small_disk,
    )
    said = process.communicate()[0]
    number, told = said.split(" ", 1)
    assert "No room is left" in told
    with SqliteStore.open(path) as store:
        assert totals(store) == (int(number),) * 7
        assert int(number) > 10
        assert store.cursor(CHANNEL, "telegram_web") == str(int(number) - 1)


def test_who_comes_second_is_told_who_holds_the_lock(tmp_path: Path) -> None:
    lock = tmp_path / "daemon.lock"
    with hold(lock, "monitor run", NOW):
        second = rf"monitor run is already running: process {os.getpid()} on .+ since 2026-08-08T04:12:31.000Z"
        with pytest.raises(AlreadyRunning, match=second), hold(lock, "monitor run", NOW):
            pytest.fail("two hold it")
    with hold(lock, "monitor run", NOW):
        pass


def test_a_lock_of_a_process_that_was_killed_is_free(tmp_path: Path) -> None:
    lock = tmp_path / "daemon.lock"
    process = child(
        lock,
        """
        with hold(path, "monitor run", NOW):
            print("now", flush=True)
            signal.pause()
        """,
    )
    assert process.stdout is not None
    assert process.stdout.readline().strip() == "now"
    with pytest.raises(AlreadyRunning, match=f"process {process.pid} "), hold(lock, "monitor run", NOW):
        pytest.fail("two hold it")
    process.kill()
    with process:
        process.wait()
    with hold(lock, "monitor run", NOW):
        assert f"process {os.getpid()} " in lock.read_text()


def test_a_lock_in_a_missing_folder_is_an_error_of_ours(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no folder"), hold(tmp_path / "nowhere" / "lock", "monitor run", NOW):
        pytest.fail("cannot be held")


def test_the_sign_of_life_replaces_the_last_one_whole(tmp_path: Path) -> None:
    for detail in ("12 sources", "13 sources"):
        health.write(tmp_path / "health.json", NOW, detail)
    written = (tmp_path / "health.json").read_text()
    assert written == f'{{"at": "2026-08-08T04:12:31.000Z", "pid": {os.getpid()}, "detail": "13 sources"}}\n'
    assert [file.name for file in tmp_path.iterdir()] == ["health.json"]


def test_a_sign_of_life_that_cannot_be_written_is_an_error_of_ours(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no folder"):
        health.write(tmp_path / "nowhere" / "health.json", NOW, "")
