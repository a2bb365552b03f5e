"""The lock file of a command: found, read, held against a plan, and written."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from callsheet.document.lock import Lock
from callsheet.document.lock_file import asset_name, lock_path
from callsheet.document.lock_reader import read_lock
from callsheet.plan.lock_diff import Difference, plan_differences
from callsheet.plan.locking import Made, locked
from callsheet.plan.make import SIMULATOR
from callsheet.problems import CallsheetError, DataFault, Problem
from callsheet.run.locked import UNLOCKED, Locked
from callsheet.run.outcome import Decision

if TYPE_CHECKING:
    from callsheet.cli.planning import Asked, Planned
    from callsheet.cli.running import Report
    from callsheet.media.info import MediaInfo

MOST_TOLD = 40


@dataclass(frozen=True, slots=True)
class LockFile:
    """A lock file and what it says, None where there is none yet. `shown` is its name in messages."""

    path: Path
    shown: str
    lock: Lock | None
    stamp: tuple[int, ...] = ()

    def now(self) -> LockFile:
        """The same file as it is now: read again if somebody has changed it since."""
        stamp = _stamp(self.path)
        return self if stamp == self.stamp else LockFile(self.path, self.shown, read_lock(self.path, self.shown), stamp)

    def media(self, url: str) -> MediaInfo | None:
        """What the lock has of the media at an address."""
        asset = self.lock.assets.get(asset_name(url)) if self.lock is not None else None
        return asset.info if asset is not None else None


def lock_file(pipeline: Path, profile: str | None, asked: Path | None) -> LockFile:
    """The lock of a pipeline and its profile, or the file that `--lock` names. Raises a DataFault where it is wrong."""
    path = asked or lock_path(pipeline, profile)
    stamp = _stamp(path)
    return LockFile(path, str(path), read_lock(path, str(path)), stamp)


def may_write(asked: Asked) -> bool:
    """Whether a command keeps the lock: simulations don't, and with parameters only a lock that was asked for."""
    plain = not asked.params and asked.params_file is None
    return not asked.simulate and (plain or asked.lock is not None)


def what_is_locked(planned: Planned, *, strict: bool = False) -> Locked:
    """What the lock says to a run; `strict` where the run must not differ from it. Simulated keys are of their own."""
    lock = planned.lock.lock
    if lock is None or planned.plan.provider == SIMULATOR:
        return UNLOCKED
    keys = {name: one.key for name, one in lock.instances.items() if one.key is not None}
    return Locked(lock.outputs_by_key(), keys if strict else {})


def lock_in_force(planned: Planned) -> Lock | None:
    """The lock that tells what was made before; simulated keys are of their own."""
    return None if planned.plan.provider == SIMULATOR else planned.lock.lock


def made_of(planned: Planned, decided: Mapping[str, Decision]) -> dict[str, Made]:
    """The key of each instance and what was made under it, as far as that is known. A simulated plan has neither."""
    if planned.plan.provider == SIMULATOR:
        return {}
    known = planned.lock.lock.outputs_by_key() if planned.lock.lock is not None else {}
    return {name: (one.key, one.outputs or known.get(one.key or "", ())) for name, one in decided.items()}


def check_locked(planned: Planned, decided: Mapping[str, Decision], *, why: str = "`--locked`") -> None:
    """A DataFault where there is no lock, or with each thing in which what is selected differs from it."""
    file = planned.lock
    if file.lock is None:
        hint = "write it with `callsheet lock FILE`, look at it, and commit it"
        if why != "`--locked`":
            hint += "; or say `--no-locked`"
        raise DataFault(Problem("lock-needed", f"{why} needs a lock, and there is no `{file.shown}`", hint=hint))
    now = locked(planned.plan, made_of(planned, decided), file.lock, planned.selected)
    simulated = planned.plan.provider == SIMULATOR
    found = [one for one in plan_differences(file.lock, now) if not (simulated and one.of == "lock")]
    if found:
        raise DataFault(_told(file, found))


def keep_lock(report: Report, asked: Asked, *, strict: bool) -> int:
    """After a run: put what is known of its instances into the lock. Returns the exit code that this ends with."""
    from callsheet.cli.lock_writing import extend_lock

    if strict or not may_write(asked):
        return 0
    try:
        extend_lock(report)
    except CallsheetError as error:
        sys.stderr.write("".join(f"{problem}\n" for problem in error.problems))
        return error.exit_code
    return 0


def _stamp(path: Path) -> tuple[int, ...]:
    """What changes when a file does; empty where there is none."""
    try:
        status = path.stat()
    except OSError:
        return ()
    return status.st_mtime_ns, status.st_size, status.st_ino


def _told(file: LockFile, found: list[Difference]) -> list[Problem]:
    records = [list(group) for _, group in groupby(found, key=lambda one: (one.of, one.about))]
    problems = [_problem(record) for record in records[:MOST_TOLD]]
    if len(records) > MOST_TOLD:
        problems.append(Problem("lock-differs", f"and {len(records) - MOST_TOLD:,} more differ"))
    message = f"the run would differ from `{file.shown}`"
    hint = "undo what was changed; or take it over with `callsheet lock FILE`, look at its diff, and commit it"
    return [*problems, Problem("lock-differs", message, hint=hint)]


def _problem(record: list[Difference]) -> Problem:
    """What differs in one record of the lock."""
    first = record[0]
    parts = [
        f"the {first.of} is not in the lock"
        if one.what == "record"
        else f"{one.what} {one.before or 'none'} in the lock, {one.now} now"
        for one in record
    ]
    instance = first.about if first.of == "instance" else None
    about = "" if first.of in ("instance", "lock") else f"`{first.about}`: "
    return Problem("lock-differs", about + "; ".join(parts), instance=instance)
