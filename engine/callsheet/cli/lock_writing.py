"""Writing the lock after a run, and telling git how to merge it."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from callsheet.cli.lock_merging import tell_git
from callsheet.cli.locking import LockFile
from callsheet.cli.planning import memories
from callsheet.cli.running import Report
from callsheet.document.kept_file import alone_in
from callsheet.document.lock import Lock
from callsheet.document.lock_file import write_lock
from callsheet.media.info import Output
from callsheet.plan.locking import Made, extended
from callsheet.run.outcome import InstanceOutcome, State

_MADE = frozenset((State.succeeded, State.cached))


def extend_lock(report: Report) -> None:
    """Put what is known of a run's instances into the lock; what the run was not about stays as it is, and so does what
    another run has written meanwhile."""
    with alone_in(report.planned.lock.path.absolute().parent):
        _extend(report, report.planned.lock.now())


def _extend(report: Report, file: LockFile) -> None:
    planned = report.planned
    if file.lock is not None and file.lock.provider != planned.plan.provider:
        sys.stderr.write(
            f"`{file.shown}` is of the provider `{file.lock.provider}`, and this run was at"
            f" `{planned.plan.provider}`: it is left as it is\n"
        )
        return
    made = _made(report, file.lock)
    lock = extended(file.lock, planned.plan, made, made)
    for note in _other_bytes(file.lock, made):
        sys.stderr.write(note)
    if lock != file.lock:
        store_lock(file, lock)


def store_lock(file: LockFile, lock: Lock) -> bool:
    """Write the lock; where it is new and lies in a git work tree, see to it that git merges it line by line. Returns
    whether the file changed."""
    new = not file.path.exists()
    changed = write_lock(file.path, lock)
    if new:
        tell_git(file.path)
    return changed


def _made(report: Report, before: Lock | None) -> dict[str, Made]:
    """The key of each instance that the run was about, and what was made under it."""
    about = [one for one in report.outcome.instances if one.state is not State.skipped]
    fresh = [one.key for one in about if one.key is not None and one.state is State.succeeded]
    entries = {}
    if fresh:
        with memories(report.planned.project, write=False) as (journal, _):
            entries = journal.look_up_many(fresh)
    known = before.outputs_by_key() if before is not None else {}

    def outputs(one: InstanceOutcome) -> tuple[Output, ...]:
        if one.key is None:
            return ()
        if one.state in _MADE:
            entry = entries.get(one.key)
            found = entry.outputs if entry is not None else report.decisions[one.id].outputs
            return found or known.get(one.key, ())
        return known.get(one.key, ())

    return {one.id: (one.key, outputs(one)) for one in about}


def _other_bytes(before: Lock | None, made: dict[str, Made]) -> Iterator[str]:
    """A note for each instance that came out with other bytes than are locked, though the same was asked."""
    for name, (key, outputs) in made.items():
        locked = before.instances.get(name) if before is not None else None
        if locked is None or locked.key != key or not locked.outputs or not outputs or locked.outputs == outputs:
            continue
        if {one.sha256 for one in locked.outputs} != {one.sha256 for one in outputs}:
            yield f"note: `{name}` has other bytes than the lock had of it, though the same was asked for\n"
