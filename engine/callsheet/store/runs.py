"""The runs there were on one journal."""

from __future__ import annotations

from collections.abc import Callable

from callsheet.store.database import Database


class Runs:
    """When runs began and how they ended; `clock` gives seconds since 1970."""

    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self._database = database
        self._clock = clock

    def started(self, pipeline: str, provider: str) -> int:
        """A run begins; returns its number."""
        with self._database.transaction():
            number = self._database.connection.execute(
                "INSERT INTO runs (pipeline, provider, started_at) VALUES (?, ?, ?) RETURNING number",
                (pipeline, provider, self._clock()),
            ).fetchone()[0]
        return int(number)

    def finished(self, number: int, status: str) -> None:
        """The run of this number ended with this status."""
        with self._database.transaction():
            self._database.connection.execute(
                "UPDATE runs SET finished_at = ?, status = ? WHERE number = ?", (self._clock(), status, number)
            )
