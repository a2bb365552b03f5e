"""The journal's tables, and how an older database is brought forward."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path

from callsheet.problems import DataFault, Problem
from callsheet.store.faults import recording

_APPLICATION_ID = 0x43536A31

MIGRATIONS: tuple[str, ...] = (
    """
    CREATE TABLE work (
        key TEXT PRIMARY KEY,
        provider TEXT NOT NULL,
        made_by TEXT NOT NULL,
        instance TEXT NOT NULL,
        state TEXT NOT NULL,
        request_id TEXT,
        payload_sha256 TEXT,
        attempts INTEGER NOT NULL DEFAULT 0,
        cost_usd REAL,
        error_code TEXT,
        error TEXT,
        intended_at REAL,
        submitted_at REAL,
        updated_at REAL NOT NULL,
        submit INTEGER REFERENCES submits (number)
    ) WITHOUT ROWID;
    CREATE INDEX work_open ON work (state) WHERE state <> 'done';
    CREATE TABLE submits (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        key TEXT NOT NULL,
        provider TEXT NOT NULL,
        made_by TEXT NOT NULL,
        request_id TEXT,
        payload_sha256 TEXT NOT NULL,
        estimate_usd REAL,
        cost_usd REAL,
        ended TEXT,
        intended_at REAL NOT NULL,
        submitted_at REAL,
        ended_at REAL
    );
    CREATE INDEX submits_key ON submits (key);
    CREATE INDEX submits_done ON submits (made_by, ended_at) WHERE ended = 'done';
    CREATE TABLE outputs (
        key TEXT NOT NULL,
        position INTEGER NOT NULL,
        name TEXT NOT NULL,
        kind TEXT NOT NULL,
        sha256 TEXT NOT NULL,
        bytes INTEGER NOT NULL,
        media_type TEXT NOT NULL,
        PRIMARY KEY (key, position)
    ) WITHOUT ROWID;
    CREATE INDEX outputs_sha256 ON outputs (sha256);
    CREATE TABLE placed (
        path TEXT PRIMARY KEY,
        sha256 TEXT NOT NULL,
        size INTEGER NOT NULL,
        mtime_ns INTEGER NOT NULL,
        inode INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE runs (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        pipeline TEXT NOT NULL,
        provider TEXT NOT NULL,
        started_at REAL NOT NULL,
        finished_at REAL,
        status TEXT
    );
    """,
)


def open_database(path: Path, migrations: Sequence[str] = MIGRATIONS) -> sqlite3.Connection:
    """Open or create the database at `path` and bring it to the newest of `migrations`.

    An older one is copied to `<path>.v<N>.bak` first. A newer one, or a file that is none of ours, is a DataFault.
    """
    with recording(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        database = sqlite3.connect(path, timeout=30, isolation_level=None)
        try:
            _prepare(database, path, migrations)
        except sqlite3.DatabaseError as error:
            database.close()
            if error.sqlite_errorcode == sqlite3.SQLITE_NOTADB:
                raise _foreign(path) from error
            raise
        except BaseException:
            database.close()
            raise
    return database


def _prepare(database: sqlite3.Connection, path: Path, migrations: Sequence[str]) -> None:
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = FULL")
    if _version(database) != len(migrations):
        _migrate(database, path, migrations)
    if _number(database, "application_id") != _APPLICATION_ID:
        raise _foreign(path)


def _migrate(database: sqlite3.Connection, path: Path, migrations: Sequence[str]) -> None:
    """Under the write lock, so that of two processes that start at once one migrates and the other finds it done."""
    database.execute("BEGIN IMMEDIATE")
    try:
        version = _version(database)
        if version > len(migrations):
            raise _too_new(path, version, len(migrations))
        if version == 0:
            if database.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]:
                raise _foreign(path)
            database.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
        elif version < len(migrations):
            _back_up(path, version)
        for script in migrations[version:]:
            for statement in script.split(";"):
                database.execute(statement)
        database.execute(f"PRAGMA user_version = {len(migrations)}")
        database.execute("COMMIT")
    except BaseException:
        if database.in_transaction:
            database.execute("ROLLBACK")
        raise


def _back_up(path: Path, version: int) -> None:
    backup = path.with_name(f"{path.name}.v{version}.bak")
    source, target = sqlite3.connect(path), sqlite3.connect(backup)
    try:
        source.backup(target)
    finally:
        source.close()
        target.close()


def _version(database: sqlite3.Connection) -> int:
    return _number(database, "user_version")


def _number(database: sqlite3.Connection, pragma: str) -> int:
    return int(database.execute(f"PRAGMA {pragma}").fetchone()[0])


def _foreign(path: Path) -> DataFault:
    return DataFault(
        Problem("journal-foreign", f"`{path}` is no journal of callsheet", hint="move the file away and run again")
    )


def _too_new(path: Path, version: int, known: int) -> DataFault:
    return DataFault(
        Problem(
            "journal-newer",
            f"`{path}` was written by a newer callsheet: its schema is {version}, this one knows {known}",
            hint="upgrade callsheet",
        )
    )
