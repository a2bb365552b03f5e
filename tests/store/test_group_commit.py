from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

from callsheet.problems import RetryableFault
from callsheet.store.entry import Work
from callsheet.store.group import GroupCommit
from callsheet.store.journal import Journal

WORK = Work("runcomfy", "a/route", "hero")


def test_a_fact_is_on_disk_when_the_writer_goes_on(tmp_path: Path) -> None:
    async def write() -> list[str | None]:
        with Journal(tmp_path / "state.db") as journal, Journal(tmp_path / "state.db") as reader:
            commits = GroupCommit(journal)
            seen: list[str | None] = []

            async def one(key: str) -> None:
                await commits.write(lambda: journal.intent(key, WORK, "p" * 64))
                entry = reader.look_up(key)
                seen.append(entry.state if entry else None)

            await asyncio.gather(*(one(f"k{number}") for number in range(50)))
            return seen

    assert asyncio.run(write()) == ["intent"] * 50


def test_facts_of_one_moment_share_one_commit(tmp_path: Path) -> None:
    async def write() -> int:
        with Journal(tmp_path / "state.db") as journal, Journal(tmp_path / "state.db") as reader:
            commits = GroupCommit(journal)
            version = "PRAGMA data_version"
            before = reader.database.connection.execute(version).fetchone()[0]
            counts = set()

            async def one(key: str) -> None:
                await commits.write(lambda: journal.intent(key, WORK, "p" * 64))
                counts.add(reader.database.connection.execute(version).fetchone()[0])

            await asyncio.gather(*(one(f"k{number}") for number in range(50)))
            assert before not in counts
            return len(counts)

    assert asyncio.run(write()) == 1


def test_a_fact_that_is_refused_tells_its_writer_alone(tmp_path: Path) -> None:
    async def write() -> list[object]:
        with Journal(tmp_path / "state.db") as journal:
            commits = GroupCommit(journal)
            journal.done("paid", WORK, [])
            keys = ("a", "paid", "b")
            return await asyncio.gather(
                *(commits.write(lambda key=key: journal.intent(key, WORK, "p" * 64)) for key in keys),
                return_exceptions=True,
            )

    first, refused, last = asyncio.run(write())
    assert (first, last) == (None, None)
    assert isinstance(refused, RetryableFault)


def test_a_commit_that_fails_tells_every_writer(tmp_path: Path) -> None:
    async def write() -> list[object]:
        journal = Journal(tmp_path / "state.db")
        commits = GroupCommit(journal)
        facts = [commits.write(lambda: journal.intent("a", WORK, "p" * 64)) for _ in range(2)]
        waiting = asyncio.gather(*facts, return_exceptions=True)
        journal.close()
        return await waiting

    assert [type(error) for error in asyncio.run(write())] == [sqlite3.ProgrammingError, sqlite3.ProgrammingError]
