"""`cache push` and `cache pull`: which keys go to or come from the shared store, and what is said of it."""

from __future__ import annotations

import asyncio
import json as json_format
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from callsheet.cli.lock_files import locks_of
from callsheet.cli.open_work import claims_path
from callsheet.cli.planning import memories
from callsheet.cli.problem_list import problem_record
from callsheet.cli.progress import Progress, amount
from callsheet.cli.project import STORE_HINT, Project, store_address
from callsheet.document.lock import Lock, LockedInstance
from callsheet.plan.make import SIMULATOR
from callsheet.problems import CallsheetError, DataFault, Problem, UsageFault
from callsheet.run.claim import Claims
from callsheet.store.entry import Entry, Work
from callsheet.store.journal import Journal
from callsheet.store.pull import Wanted, pull
from callsheet.store.push import push
from callsheet.store.record import KeyRecord, key_of_name
from callsheet.store.shared import Moved

if TYPE_CHECKING:
    from callsheet.makers.remote.objects import Objects

LOCAL = "local"
"""The provider of what steps make."""
FREE = (SIMULATOR, LOCAL)


@dataclass(frozen=True, slots=True)
class Sharing:
    """What the command line says of a push or pull."""

    pipelines: Sequence[Path] = ()
    store: str | None = None
    simulated: bool = False
    replace: bool = False
    json: bool = False


def open_shared(project: Project, given: str | None, *, create: bool = False) -> Objects:
    """The shared store: the given one, else that of the project's settings. A folder is made where `create` says so."""
    settings = project.settings.store
    address = store_address(given, Path.cwd()) if given is not None else settings.url if settings else None
    if given is not None and address is None:
        raise UsageFault(
            Problem("bad-option", "what `--store` names is neither a bucket nor a folder", hint=STORE_HINT)
        )
    if address is None:
        hint = "name one in `callsheet.toml` under `[store]`, or say `--store URL`"
        raise UsageFault(Problem("no-shared-store", "this project has no shared store", hint=hint))
    from callsheet.makers.remote.objects import Objects, Purpose

    purpose = Purpose(
        "shared store",
        "shared-store",
        "[store]",
        "renders",
        "what was moved before is kept, and the next time goes on from there",
        "`s3://BUCKET/PREFIX`, `gs://…`, `az://…` or a folder",
    )
    return Objects(
        address,
        os.environ,
        purpose,
        endpoint=settings.endpoint if settings else None,
        region=settings.region if settings else None,
        create=create,
    )


def push_to_shared(project: Project, asked: Sharing) -> int:
    """Push what the locks name, or all that was paid for where there is no lock; returns the exit code."""
    locks = locks_of(project.root, asked.pipelines)
    shared = open_shared(project, asked.store, create=True)
    with memories(project, write=False) as (journal, blobs):
        records = _to_push(journal, locks, asked)
        telling = _Telling("pushed")
        return telling.finish(
            lambda: asyncio.run(push(shared, blobs, records, replace=asked.replace, tell=telling.tell)),
            shared.url,
            as_json=asked.json,
        )


def pull_from_shared(project: Project, asked: Sharing) -> int:
    """Pull what the locks name, or all that the store has where there is no lock; returns the exit code."""
    locks = locks_of(project.root, asked.pipelines)
    shared = open_shared(project, asked.store)

    def believed(work: Work) -> bool:
        return asked.simulated or work.provider != SIMULATOR

    async def all_of_it() -> Moved:
        wanted = [want for lock in locks for want in _wanted(lock)]
        if not locks or asked.simulated:
            keys = [key_of_name(name) async for name, _ in shared.listed("keys")]
            wanted += [Wanted(key) for key in sorted(key for key in keys if key is not None)]
        return await pull(shared, blobs, journal, claims, wanted, believed=believed, tell=telling.tell)

    with memories(project, write=True) as (journal, blobs), Claims(claims_path(project)) as claims:
        telling = _Telling("pulled")
        return telling.finish(lambda: asyncio.run(all_of_it()), shared.url, as_json=asked.json)


def locked_work(lock: Lock, name: str, one: LockedInstance) -> Work:
    """What the journal would say of a locked instance."""
    return Work(lock.provider if one.kind == "route" else LOCAL, one.made_by, name)


def _to_push(journal: Journal, locks: Sequence[Lock], asked: Sharing) -> list[KeyRecord]:
    done = {entry.key: entry for entry in journal.in_state("done") if entry.outputs}
    records = [record for lock in locks for record in _locked_records(lock, done)]
    if not locks:
        records += [KeyRecord.of(entry) for entry in done.values() if entry.provider not in FREE]
    if asked.simulated:
        records += [KeyRecord.of(entry) for entry in done.values() if entry.provider in FREE]
    return records


def _locked_records(lock: Lock, done: dict[str, Entry]) -> list[KeyRecord]:
    """The records of what a lock names and is done; of its outputs the lock is right."""
    records = []
    for name, one in lock.instances.items():
        entry = done.get(one.key or "")
        if entry is not None and one.outputs in ((), entry.outputs):
            records.append(KeyRecord.of(entry))
        elif one.key is not None and one.outputs:
            records.append(KeyRecord(one.key, locked_work(lock, name, one), one.outputs))
    return records


def _wanted(lock: Lock) -> list[Wanted]:
    return [
        Wanted(one.key, locked_work(lock, name, one), one.outputs, must=bool(one.outputs) and one.kind == "route")
        for name, one in lock.instances.items()
        if one.key is not None
    ]


class _Telling:
    """Says what is moved: as it goes, and when it is over, however it ended."""

    def __init__(self, verb: Literal["pushed", "pulled"]) -> None:
        self._verb = verb
        self._moved = Moved()
        self._progress = Progress(sys.stderr, verb)

    def tell(self, moved: Moved) -> None:
        self._moved = moved
        self._progress.tell(moved.files, moved.bytes)

    def finish(self, work: Callable[[], Moved], url: str, *, as_json: bool) -> int:
        try:
            moved = work()
        except (CallsheetError, KeyboardInterrupt):
            self._progress.end()
            if self._moved.files:
                sys.stderr.write(f"{amount(self._moved.files, self._moved.bytes)} {self._verb} before this:\n")
            raise
        self._progress.end()
        errors = [problem for problem in moved.problems if problem.severity == "error"]
        exit_code = DataFault.exit_code if errors else 0
        for problem in moved.problems:
            sys.stderr.write(f"{problem}\n")
        if as_json:
            sys.stdout.write(json_format.dumps(self._document(moved, url, exit_code), indent=2) + "\n")
        else:
            sys.stdout.write(self._text(moved, url))
        return exit_code

    def _text(self, moved: Moved, url: str) -> str:
        way = "to" if self._verb == "pushed" else "from"
        there = f"; {moved.present:,} were there" if moved.present else ""
        busy = f"; {moved.busy:,} are under way here and were left alone" if moved.busy else ""
        keys = f"{moved.keys:,} result{'' if moved.keys == 1 else 's'} complete"
        return f"{amount(moved.files, moved.bytes)} {self._verb} {way} {url}{there}; {keys}{busy}\n"

    def _document(self, moved: Moved, url: str, exit_code: int) -> dict[str, object]:
        return {
            "store": url,
            self._verb: {"files": moved.files, "bytes": moved.bytes},
            "present": moved.present,
            "results": moved.keys,
            "busy": moved.busy,
            "problems": [problem_record(problem) for problem in moved.problems],
            "exit_code": exit_code,
        }
