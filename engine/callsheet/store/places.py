"""Which files were put in their places, so that a later run asks for their facts instead of reading them."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from callsheet.store.database import Database


@dataclass(frozen=True, slots=True)
class Placed:
    """A file as it was when it was put in its place: as long as size, time and inode stand, so do its bytes."""

    sha256: str
    size: int
    mtime_ns: int
    inode: int

    @classmethod
    def now(cls, path: Path | str, sha256: str) -> Placed:
        """Remember the file at `path`, which was just placed and has this digest."""
        facts = os.lstat(path)
        return cls(sha256, facts.st_size, facts.st_mtime_ns, facts.st_ino)

    def stands(self, path: Path | str) -> bool:
        """Whether the file at `path` is still the one that was placed; asks for its facts, reads no byte."""
        try:
            facts = os.lstat(path)
        except (FileNotFoundError, NotADirectoryError):
            return False
        return (facts.st_size, facts.st_mtime_ns, facts.st_ino) == (self.size, self.mtime_ns, self.inode)


class Places:
    """What is remembered of placed files, by the name the caller gives a place: its path below the project's folder."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def known(self, names: Iterable[str]) -> dict[str, Placed]:
        """What is remembered of these places; those never filled are left out."""
        rows = self._database.connection.execute(
            "SELECT path, sha256, size, mtime_ns, inode FROM placed WHERE path IN (SELECT value FROM json_each(?))",
            (json.dumps(list(names)),),
        )
        return {name: Placed(*facts) for name, *facts in rows}

    def all(self) -> dict[str, Placed]:
        """What is remembered of every place."""
        rows = self._database.connection.execute("SELECT path, sha256, size, mtime_ns, inode FROM placed")
        return {name: Placed(*facts) for name, *facts in rows}

    def remember(self, files: Mapping[str, Placed]) -> None:
        """Remember files that were just put in their places."""
        with self._database.transaction():
            self._database.connection.executemany(
                "INSERT OR REPLACE INTO placed (path, sha256, size, mtime_ns, inode) VALUES (?, ?, ?, ?, ?)",
                ((name, one.sha256, one.size, one.mtime_ns, one.inode) for name, one in files.items()),
            )
