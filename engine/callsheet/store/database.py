"""The SQLite file that the store's memories share: one connection, used from one thread."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from callsheet.store.faults import moved, recording, rolled_back
from callsheet.store.schema import open_database


class Database:
    """A connection whose changes are made in transactions, each on disk when it ends."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.connection = open_database(path)
        self._grouped = False
        self._file = _identity(path)

    def close(self) -> None:
        self.connection.close()

    def refuse_if_moved(self) -> None:
        """Raise a fault (75) where the file that this connection writes is no longer the one that others would open."""
        if _identity(self.path) != self._file:
            raise moved(self.path)

    @contextmanager
    def group(self) -> Iterator[None]:
        """Make the changes inside one transaction: all are durable when the block ends, or none where it raises."""
        with recording(self.path):
            self.connection.execute("BEGIN IMMEDIATE")
            self._grouped = True
            try:
                yield
                self.connection.execute("COMMIT")
            finally:
                self._grouped = False
                if self.connection.in_transaction:
                    self.connection.execute("ROLLBACK")

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """One transaction, or within `group` a part of its transaction that can fail alone."""
        if not self._grouped:
            with self.group():
                yield
            return
        with recording(self.path):
            if not self.connection.in_transaction:
                raise rolled_back(self.path)
            self.connection.execute("SAVEPOINT part")
            try:
                yield
            except BaseException:
                if self.connection.in_transaction:
                    self.connection.execute("ROLLBACK TO part")
                raise
            finally:
                if self.connection.in_transaction:
                    self.connection.execute("RELEASE part")


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        facts = path.stat()
    except OSError:
        return None
    return facts.st_dev, facts.st_ino
