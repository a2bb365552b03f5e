"""A lock against the assets and the journal, and picks against the pipeline."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from callsheet.catalog.route import Route
from callsheet.cli.sharing import locked_work
from callsheet.document.lock import Lock
from callsheet.document.lock_file import asset_name
from callsheet.document.picks import Pick
from callsheet.media.info import LocalFile
from callsheet.plan.job import Plan
from callsheet.plan.lock_diff import short
from callsheet.plan.locking import media_of, written
from callsheet.plan.seeds import redrawn
from callsheet.problems import Problem
from callsheet.store.audit import Owner
from callsheet.store.entry import Entry
from callsheet.store.journal import Journal

RESTORE = "bring the lock back from git, or write it anew with `callsheet lock`"


def against_lock(plan: Plan, lock: Lock) -> Iterator[tuple[Problem, str, str]]:
    """Each asset whose bytes are not those that the lock names: the problem, the file, and the locked digest."""
    folder = plan.document.folder
    seen: set[Path] = set()
    for job in plan.jobs:
        for file in media_of(job.input.values()):
            if isinstance(file, LocalFile) and file.path not in seen:
                seen.add(file.path)
                locked = lock.assets.get(asset_name(written(file, folder)))
                if locked is not None and _digest(file) != locked.sha256:
                    shown = os.path.relpath(file.path)
                    yield _changed(shown, job.id), shown, locked.sha256


def seed_problems(plan: Plan, lock: Lock) -> Iterator[Problem]:
    """Each instance whose locked seed is not the one that comes of what the lock says it was made from."""
    for job in plan.jobs:
        one, shape = lock.instances.get(job.id), plan.shape_of(job)
        if one is None or one.seed is None or one.origin is None or not isinstance(shape, Route) or job.unseeded:
            continue
        derived = one.origin.pin if one.origin.pin is not None else redrawn(one.origin, shape)
        if one.seed != derived:
            message = f"its seed is {one.seed} in the lock, and what that says it was made from gives {derived}"
            hint = "bring the lock back from git; a seed that was locked for another route may stay as it is"
            yield Problem("seed-differs", message, hint=hint, instance=job.id, severity="warning")


def plan_problems(plan: Plan, lock: Lock) -> Iterator[Problem]:
    """Where the pipeline, or what the catalogue says of its routes, is not what was locked: no damage by itself, since
    somebody may have gone on with the campaign."""
    yield from (one for one in plan.warnings if one.code == "schema-changed")
    others = [
        job.id
        for job in plan.jobs
        if (locked := lock.instances.get(job.id)) is not None
        and None not in (locked.key, *(one.key for one in job.attempts))
        and all(locked.key != one.key for one in job.attempts)
    ]
    if others:
        more = f" and {len(others) - 1:,} more" if len(others) > 1 else ""
        message = f"the pipeline asks for something else than the lock has: `{others[0]}`{more}"
        hint = "`callsheet plan FILE --locked` tells each difference"
        yield Problem("lock-behind", message, hint=hint, severity="warning")


def journal_problems(lock: Lock, journal: Journal) -> Iterator[Problem]:
    """Each instance whose maker or outputs the lock and the journal have differently, under the very same key; and each
    whose outputs the journal has, and under another key."""
    known = _entries(lock, journal)
    strange = {one.outputs for one in lock.instances.values() if one.key not in known} - {()}
    made = {one.outputs: one for one in journal.in_state("done") if one.outputs in strange} if strange else {}
    for name, one in lock.instances.items():
        entry = known.get(one.key or "")
        other = made.get(one.outputs) if entry is None and one.key is not None else None
        if entry is not None and entry.made_by != one.made_by:
            message = f"its {one.kind} is `{one.made_by}` in the lock, `{entry.made_by}` in the journal"
            yield Problem("lock-differs", message, hint=RESTORE, instance=name)
        elif entry is not None and entry.state == "done" and one.outputs and entry.outputs not in ((), one.outputs):
            yield Problem(
                "journal-differs",
                "the lock and the journal have different outputs for its key: it was rendered more than once",
                hint="the lock counts; to go on with the other, remove the lock's `outputs` and run `callsheet lock`",
                instance=name,
            )
        elif other is not None:
            message = f"its outputs have the key {short(str(one.key))} in the lock, {short(other.key)} in the journal"
            yield Problem("lock-differs", message, hint=RESTORE, instance=name)


def locked_owners(lock: Lock, journal: Journal) -> Iterator[tuple[str, Owner]]:
    """Each digest that the lock names, with the output that has it."""
    known = _entries(lock, journal)
    for name, one in lock.instances.items():
        entry = known.get(one.key or "")
        request = entry.request_id if entry is not None else None
        work = locked_work(lock, name, one)
        for output in one.outputs:
            yield (
                output.sha256,
                Owner(work.instance, one.key or "", output.name, output.bytes, request, one.kind == "route"),
            )


def pick_problems(plan: Plan, picks: Mapping[str, Pick]) -> Iterator[Problem]:
    """Each pick that names a take which the pipeline does not make, and those that the plan found to be stale."""
    takes: dict[str, set[str]] = {}
    for job in plan.jobs:
        for axis, ident in job.axes.items():
            rest = ",".join(f"{name}={value}" for name, value in job.axes.items() if name != axis)
            takes.setdefault(f"{job.node}[{rest}]" if rest else job.node, set()).add(ident)
    stale = [one for one in plan.warnings if one.code == "stale-pick"]
    told = {one.instance for one in stale}
    for of, pick in picks.items():
        if pick.take is not None and pick.take not in takes.get(of, ()) and of not in told:
            hint = "pick another with `callsheet pick`, or take the pick back with `--clear`"
            message = f"take `{pick.take}` is picked, and the pipeline makes no such take"
            yield Problem("pick-without-take", message, hint=hint, instance=of)
    for one in stale:
        yield Problem(one.code, one.message, one.span, hint=one.hint, instance=one.instance)


def _entries(lock: Lock, journal: Journal) -> Mapping[str, Entry]:
    return journal.look_up_many({one.key for one in lock.instances.values() if one.key is not None})


def _digest(file: LocalFile) -> str:
    """The digest of the bytes as they are now: what is remembered of a file would not show a flipped one."""
    with file.path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _changed(shown: str, instance: str) -> Problem:
    return Problem(
        "asset-changed",
        f"`{shown}` is no longer the file that the lock was made of",
        hint="bring it back from git, or take it over with `callsheet lock`",
        instance=instance,
    )
