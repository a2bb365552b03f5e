from __future__ import annotations

import errno
from pathlib import Path

import pytest

from callsheet.media.info import Output
from callsheet.problems import RetryableFault
from callsheet.store.entry import Work
from callsheet.store.faults import writing
from callsheet.store.journal import Journal

WORK = Work("runcomfy", "a/route", "hero")


def test_a_full_disk_says_what_to_do() -> None:
    with pytest.raises(RetryableFault) as caught, writing(Path("store")):
        raise OSError(errno.ENOSPC, "No space left on device")
    assert str(caught.value) == (
        "error: there is no space left to write `store` [disk-full]\n"
        "  help: free some space and run again: what was paid for is kept and picked up"
    )


def test_a_read_only_store_says_so() -> None:
    with pytest.raises(RetryableFault) as caught, writing(Path("store")):
        raise OSError(errno.EROFS, "Read-only file system")
    assert str(caught.value) == (
        "error: `store` may not be written [store-unwritable]\n"
        "  help: make it writable and run again: what was paid for is kept and picked up"
    )


def test_other_errors_pass_as_they_are() -> None:
    with pytest.raises(IsADirectoryError), writing(Path("store")):
        raise IsADirectoryError(errno.EISDIR, "Is a directory")


def test_a_full_database_keeps_what_was_written_and_goes_on_with_space(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    with Journal(path) as journal:
        journal.intent("k1", WORK, "p" * 64)
        journal.submitted("k1", "r1")
        connection = journal.database.connection
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages}")
        outputs = [Output(f"video-{number}", "video", "a" * 64, 1, "video/mp4") for number in range(2000)]
        with pytest.raises(RetryableFault) as caught:
            journal.done("k1", WORK, outputs, 0.5)
        assert caught.value.problems[0].message == f"there is no space left to write `{path}`"
        entry = journal.look_up("k1")
        assert entry is not None
        assert (entry.state, entry.request_id, entry.outputs) == ("submitted", "r1", ())
        connection.execute("PRAGMA max_page_count = 100000")
        journal.done("k1", WORK, outputs, 0.5)
        assert [one.state for one in journal.look_up_many(["k1"]).values()] == ["done"]
