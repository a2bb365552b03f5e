"""`cache verify`: every stored byte is read, what is broken is told, and brought back where that is asked."""

from __future__ import annotations

import json as json_format
import os
import sys
from collections.abc import Mapping

from callsheet.cli.mending import mend
from callsheet.cli.planning import memories
from callsheet.cli.problem_list import problem_record
from callsheet.cli.progress import Progress, amount
from callsheet.cli.project import Project
from callsheet.problems import DataFault, Problem
from callsheet.store.audit import Audit, BrokenBlob, audit, broken_problem, owners_of
from callsheet.store.blobs import Blobs


def verify_store(project: Project, *, restore: bool, store: str | None, as_json: bool) -> int:
    """Verify the store against its names and the journal; returns the exit code."""
    progress = Progress(sys.stderr, "verified")
    with memories(project, write=restore) as (journal, blobs):
        try:
            found = audit(blobs, owners_of(journal.in_state("done", "fetched")), progress.tell)
        finally:
            progress.end()
        mended = mend(project, journal, blobs, found.broken, store) if restore else {}
    open_ones = [one for one in found.broken if one.sha256 not in mended]
    exit_code = DataFault.exit_code if open_ones else 0
    for problem in (*(_problem(one, blobs) for one in open_ones), *strange(found)):
        sys.stderr.write(f"{problem}\n")
    if as_json:
        sys.stdout.write(json_format.dumps(_document(found, mended, blobs, exit_code), indent=2) + "\n")
    else:
        for sha256, source in mended.items():
            sys.stdout.write(f"restored {sha256} from {source}\n")
        sys.stdout.write(f"{_summary(found, mended)}\n")
    return exit_code


def strange(found: Audit) -> list[Problem]:
    """A warning for each file that does not belong into the store."""
    hint = "callsheet did not put it there; move it away"
    return [
        Problem(
            "blob-stranger", f"`{os.path.relpath(path)}` does not belong into the store", hint=hint, severity="warning"
        )
        for path in found.strangers
    ]


def _problem(one: BrokenBlob, blobs: Blobs) -> Problem:
    return broken_problem(one, os.path.relpath(blobs.path(one.sha256)))


def _summary(found: Audit, mended: Mapping[str, str]) -> str:
    counts = {what: sum(one.what == what for one in found.broken) for what in ("damaged", "missing")}
    told = [f"{number:,} {what}" for what, number in counts.items() if number] or ["all whole"]
    if mended:
        told.append(f"{len(mended):,} of them restored")
    if found.unowned:
        told.append(f"{found.unowned:,} that the journal knows nothing of")
    return f"{amount(found.read.files, found.read.bytes)} verified: {', '.join(told)}"


def _document(found: Audit, mended: Mapping[str, str], blobs: Blobs, exit_code: int) -> dict[str, object]:
    return {
        "files": found.read.files,
        "bytes": found.read.bytes,
        "unowned": found.unowned,
        "broken": [
            {
                "sha256": one.sha256,
                "state": one.what,
                "file": os.path.relpath(blobs.path(one.sha256)),
                "bytes": one.bytes,
                "owners": [{"instance": owner.instance, "key": owner.key} for owner in one.owners],
                "restored": one.sha256 in mended,
            }
            for one in found.broken
        ],
        "problems": [
            problem_record(problem)
            for problem in (
                *(_problem(one, blobs) for one in found.broken if one.sha256 not in mended),
                *strange(found),
            )
        ],
        "exit_code": exit_code,
    }
