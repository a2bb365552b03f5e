from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from callsheet.problems import DataFault
from callsheet.store.journal import Journal
from callsheet.store.schema import MIGRATIONS, open_database


def test_a_new_journal_is_durable_and_versioned(tmp_path: Path) -> None:
    with closing(open_database(tmp_path / "state.db")) as database:
        facts = [database.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous")]
        assert facts == ["wal", 2]
        assert database.execute("PRAGMA user_version").fetchone()[0] == len(MIGRATIONS)


def test_an_older_journal_is_brought_forward_and_kept_as_a_backup(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    with closing(open_database(path)) as database:
        database.execute("INSERT INTO runs (pipeline, provider, started_at) VALUES ('aurora', 'simulator', 1.0)")
    newer = (*MIGRATIONS, "ALTER TABLE runs ADD COLUMN note TEXT; UPDATE runs SET note = 'old'")
    with closing(open_database(path, newer)) as database:
        assert database.execute("SELECT pipeline, note FROM runs").fetchall() == [("aurora", "old")]
    with closing(sqlite3.connect(tmp_path / "state.db.v1.bak")) as backup:
        assert backup.execute("PRAGMA user_version").fetchone()[0] == 1
        assert backup.execute("SELECT pipeline FROM runs").fetchall() == [("aurora",)]


def test_a_migration_that_breaks_leaves_the_journal_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    open_database(path).close()
    broken = (*MIGRATIONS, "ALTER TABLE runs ADD COLUMN note TEXT; INSERT INTO nowhere VALUES (1)")
    with pytest.raises(sqlite3.OperationalError, match="no such table: nowhere"):
        open_database(path, broken)
    with closing(open_database(path)) as database:
        columns = [row[1] for row in database.execute("PRAGMA table_info(runs)")]
        assert "note" not in columns


def test_a_newer_journal_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    open_database(path, (*MIGRATIONS, "CREATE TABLE later (x)")).close()
    with pytest.raises(DataFault) as caught:
        Journal(path)
    assert str(caught.value) == (
        f"error: `{path}` was written by a newer callsheet: its schema is 2, this one knows 1 [journal-newer]\n"
        "  help: upgrade callsheet"
    )


@pytest.mark.parametrize("make", ["text", "another database"])
def test_a_file_that_is_none_of_ours_is_refused_and_left_alone(tmp_path: Path, make: str) -> None:
    path = tmp_path / "state.db"
    if make == "text":
        path.write_bytes(b"callsheet: 1\n" * 1000)
    else:
        with closing(sqlite3.connect(path)) as other:
            other.execute("CREATE TABLE things (x)")
    with pytest.raises(DataFault) as caught:
        Journal(path)
    assert str(caught.value) == (
        f"error: `{path}` is no journal of callsheet [journal-foreign]\n  help: move the file away and run again"
    )
    if make == "another database":
        with closing(sqlite3.connect(path)) as other:
            assert other.execute("SELECT name FROM sqlite_schema").fetchall() == [("things",)]


def test_nothing_secret_has_a_column() -> None:
    words = set(" ".join(MIGRATIONS).lower().replace(",", " ").split())
    assert words.isdisjoint({"token", "url", "prompt", "input", "body", "payload"})
