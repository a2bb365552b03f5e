"""What a disk or a database refuses, told as a fault that a person can act on."""

from __future__ import annotations

import errno
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from callsheet.problems import Problem, RetryableFault

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_ROOM = 256 * 1024
_FORBIDDEN = (errno.EROFS, errno.EACCES, errno.EPERM)


def disk_full(path: Path) -> RetryableFault:
    """The fault (75) for a disk without space for `path`."""
    return RetryableFault(
        Problem(
            "disk-full",
            f"there is no space left to write `{path}`",
            hint="free some space and run again: what was paid for is kept and picked up",
        )
    )


def unwritable(path: Path) -> RetryableFault:
    """The fault (75) for a place that may not be written."""
    return RetryableFault(
        Problem(
            "store-unwritable",
            f"`{path}` may not be written",
            hint="make it writable and run again: what was paid for is kept and picked up",
        )
    )


def rolled_back(path: Path) -> RetryableFault:
    """The fault (75) for a change whose group was already taken back, because another of its changes broke."""
    return RetryableFault(
        Problem("journal-rolled-back", f"`{path}` took back a change that was made together with one that failed")
    )


def moved(path: Path) -> RetryableFault:
    """The fault (75) for a journal that was removed or replaced while it was in use."""
    return RetryableFault(
        Problem(
            "journal-gone",
            f"`{path}` was removed or replaced while this run was going on, so nothing more is submitted",
            hint="put it back and run again; what is under way is finished, and its requests are in `manifest.json`",
        )
    )


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn a full or read-only disk met while writing `path` into a fault; other errors pass as they are."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise disk_full(path) from error
        if error.errno in _FORBIDDEN:
            raise unwritable(path) from error
        raise


def store_broken(path: Path, error: OSError) -> RetryableFault:
    """The fault (75) for a place that can't be used, for whatever reason the system gives."""
    if error.errno in _FULL:
        return disk_full(path)
    if error.errno in _FORBIDDEN:
        return unwritable(path)
    return RetryableFault(
        Problem(
            "store-broken",
            f"`{path}` can't be used: {error.strerror or error}",
            hint="check the disk and run again: what was paid for is kept and picked up",
        )
    )


@contextmanager
def recording(path: Path) -> Iterator[None]:
    """The same for the database at `path`: full, read-only, damaged, or held by another process for too long."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        fault = _database_fault(path, error)
        if fault is None:
            raise
        raise fault from error


def _database_fault(path: Path, error: sqlite3.DatabaseError) -> RetryableFault | None:
    match getattr(error, "sqlite_errorcode", 0) & 0xFF:
        case sqlite3.SQLITE_FULL:
            return disk_full(path)
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_PERM:
            return unwritable(path)
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            hint = "run again when the other command has finished"
            return RetryableFault(Problem("journal-busy", f"`{path}` is held by another process", hint=hint))
        case sqlite3.SQLITE_IOERR if _is_full(path):
            return disk_full(path)
        case sqlite3.SQLITE_IOERR | sqlite3.SQLITE_CORRUPT:
            hint = "check the disk, or bring the file back from a backup; don't delete it: it knows what was paid for"
            return RetryableFault(Problem("journal-broken", f"`{path}` can't be used: {error}", hint=hint))
        case _:
            return None


def _is_full(path: Path) -> bool:
    """Whether the disk has no room: a full one makes a database report a broken file in some places."""
    try:
        return shutil.disk_usage(path.parent).free < _ROOM
    except OSError:
        return False
