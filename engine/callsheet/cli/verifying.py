"""`verify`: a pipeline's lock, journal, store, assets, picks and published files held against each other."""

from __future__ import annotations

import json as json_format
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from callsheet.cli.locking import lock_file
from callsheet.cli.mending import mend
from callsheet.cli.planning import Asked, Planned, make, memories, output_folder
from callsheet.cli.problem_list import problem_record
from callsheet.cli.progress import Progress, amount
from callsheet.cli.project import Project, find_project
from callsheet.cli.verified_lock import (
    against_lock,
    journal_problems,
    locked_owners,
    pick_problems,
    plan_problems,
    seed_problems,
)
from callsheet.cli.verified_outputs import Outputs, manifest_problems
from callsheet.document.lock import Lock
from callsheet.document.picks import picks_path, read_picks
from callsheet.problems import CallsheetError, DataFault, Problem
from callsheet.store.audit import BrokenBlob, Owner, broken_problem
from callsheet.store.blobs import Blobs
from callsheet.store.journal import Journal


@dataclass(frozen=True, slots=True)
class Verifying:
    """What the command line says of a verification."""

    asked: Asked
    output_dir: Path | None = None
    restore: bool = False
    force: bool = False
    store: str | None = None
    json: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it should be: the file that it is about, its digest where it has one, and where it was
    restored from."""

    problem: Problem
    file: str | None = None
    sha256: str | None = None
    restored: str | None = None


@dataclass(slots=True)
class _Findings:
    files: int = 0
    bytes: int = 0
    all: list[Finding] = field(default_factory=list)

    def add(self, problems: Iterable[Problem], file: str | None = None) -> None:
        self.all += [Finding(problem, file) for problem in problems]


def verify_pipeline(asked: Verifying) -> int:
    """Verify one pipeline; returns the exit code."""
    project = find_project(asked.asked.file, os.environ)
    progress = Progress(sys.stderr, "verified")
    found = _Findings()
    planned = _planned(asked.asked, found)
    lock = _lock(asked.asked, found)
    with memories(project, write=asked.restore) as (journal, blobs):
        folder = output_folder(asked.asked, asked.output_dir)
        outputs = Outputs.of(folder, _name(planned, asked.asked), asked.asked.file)
        _check_texts(asked, planned, lock, outputs, journal, found)
        try:
            _check_blobs(asked, project, lock, outputs, journal, blobs, found, progress)
            _check_outputs(asked, project, outputs, journal, blobs, found)
        finally:
            progress.end()
    return _say(asked, found)


def _planned(asked: Asked, found: _Findings) -> Planned | None:
    """The plan; where there can be none, what is wrong with the pipeline is a finding, and all else is verified."""
    try:
        return make(asked)
    except CallsheetError as error:
        if not asked.file.is_file():
            raise
        found.add(error.problems)
        return None


def _lock(asked: Asked, found: _Findings) -> Lock | None:
    """The lock, which says nothing of what is simulated."""
    if asked.simulate:
        return None
    try:
        return lock_file(asked.file, asked.profile, asked.lock).lock
    except CallsheetError as error:
        told = {(one.problem.code, one.problem.span) for one in found.all}
        found.add(problem for problem in error.problems if (problem.code, problem.span) not in told)
        return None


def _name(planned: Planned | None, asked: Asked) -> tuple[str, bool] | None:
    """The name of the pipeline and whether it is simulated, as a manifest says them."""
    return None if planned is None else (planned.plan.document.name, asked.simulate)


def _check_texts(
    asked: Verifying,
    planned: Planned | None,
    lock: Lock | None,
    outputs: Outputs,
    journal: Journal,
    found: _Findings,
) -> None:
    """What lock, picks, manifest and journal say, each against the others; and the assets against the lock."""
    if lock is not None:
        if planned is not None:
            for problem, file, sha256 in against_lock(planned.plan, lock):
                found.all.append(Finding(problem, file, sha256))
            found.add(seed_problems(planned.plan, lock))
        found.add(journal_problems(lock, journal))
        if planned is not None and not any(one.problem.code in ("asset-changed", "lock-differs") for one in found.all):
            found.add(plan_problems(planned.plan, lock))
    if planned is not None:
        path = picks_path(asked.asked.file, simulated=asked.asked.simulate)
        shown = os.path.relpath(path)
        try:
            found.add(pick_problems(planned.plan, read_picks(path, str(path))), shown)
        except CallsheetError as error:
            found.add(error.problems, shown)
    found.add(manifest_problems(outputs, journal), os.path.relpath(outputs.manifest))


def _check_blobs(
    asked: Verifying,
    project: Project,
    lock: Lock | None,
    outputs: Outputs,
    journal: Journal,
    blobs: Blobs,
    found: _Findings,
    progress: Progress,
) -> None:
    """Every stored byte that the lock or the manifest names is read, and brought back where that is asked."""
    owners: dict[str, list[Owner]] = {}
    for sha256, owner in (*(locked_owners(lock, journal) if lock is not None else ()), *outputs.owners()):
        owners.setdefault(sha256, []).append(owner)
    broken: list[BrokenBlob] = []
    for sha256, some in sorted(owners.items()):
        if not blobs.has(sha256):
            broken.append(BrokenBlob(sha256, "missing", some))
            continue
        found.files, found.bytes = found.files + 1, found.bytes + some[0].bytes
        progress.tell(found.files, found.bytes)
        if not blobs.verify(sha256):
            broken.append(BrokenBlob(sha256, "damaged", some))
    mended = mend(project, journal, blobs, broken, asked.store, outputs.copies()) if asked.restore and broken else {}
    for one in broken:
        shown = os.path.relpath(blobs.path(one.sha256))
        found.all.append(Finding(broken_problem(one, shown), shown, one.sha256, mended.get(one.sha256)))


def _check_outputs(
    asked: Verifying, project: Project, outputs: Outputs, journal: Journal, blobs: Blobs, found: _Findings
) -> None:
    """Every published file is read, and put back where that is asked: one that somebody edited only with `force`."""
    for state in outputs.look():
        if state.what == "whole":
            found.files, found.bytes = found.files + 1, found.bytes + state.bytes
            continue
        restored = None
        if asked.restore and state.sha256 is not None and (state.what == "missing" or asked.force):
            restored = outputs.put_back(state, blobs, journal.places, project.root)
        found.all.append(Finding(state.problem, os.path.relpath(state.path), state.sha256, restored))


def _say(asked: Verifying, found: _Findings) -> int:
    findings = [_with_way(one, asked) for one in found.all]
    errors = [one for one in findings if one.restored is None and one.problem.severity == "error"]
    exit_code = DataFault.exit_code if errors else 0
    for one in findings:
        if one.restored is None:
            sys.stderr.write(f"{one.problem}\n")
    if asked.json:
        document = {
            "pipeline": str(asked.asked.file),
            "whole": {"files": found.files, "bytes": found.bytes},
            "findings": [_record(one) for one in findings],
            "exit_code": exit_code,
        }
        sys.stdout.write(json_format.dumps(document, indent=2) + "\n")
        return exit_code
    sys.stdout.writelines(_restored(findings))
    sys.stdout.write(f"{amount(found.files, found.bytes)} verified: {_count(findings)}\n")
    return exit_code


def _with_way(one: Finding, asked: Verifying) -> Finding:
    """Where `--restore` was said and did not help, the way that it offered is no help any more."""
    if not asked.restore or one.restored is not None or one.problem.code not in ("output-edited", "output-missing"):
        return one
    hint = "the store does not have its bytes whole; the next run brings them back where it can"
    if one.problem.code == "output-edited" and not asked.force:
        hint = "somebody edited it, so it was left: `--restore --force` puts the published one back in its place"
    return replace(one, problem=replace(one.problem, hint=hint))


def _restored(findings: Sequence[Finding]) -> Iterator[str]:
    for one in findings:
        if one.restored is not None:
            yield f"restored `{one.file}` from {one.restored}\n"


def _count(findings: Sequence[Finding]) -> str:
    left = sum(one.restored is None for one in findings)
    restored = len(findings) - left
    told = [f"{left:,} problem{'' if left == 1 else 's'}"] if left else []
    told += [f"{restored:,} restored"] if restored else []
    return ", ".join(told) or "all as it should be"


def _record(one: Finding) -> dict[str, object]:
    record = problem_record(one.problem)
    return {**record, "file": record["file"] or one.file, "sha256": one.sha256, "restored": one.restored}
