"""`cache gc`: what of the store would go, and letting it go."""

from __future__ import annotations

import json as json_format
import sys
import time
from dataclasses import dataclass
from typing import get_args

from callsheet.cli.open_work import claims_path
from callsheet.cli.planning import memories
from callsheet.cli.progress import amount
from callsheet.cli.project import Project
from callsheet.cli.roots import rooted
from callsheet.cli.sharing import FREE
from callsheet.problems import Problem, RetryableFault
from callsheet.report.screen import columns, inert
from callsheet.run.claim import Claims
from callsheet.store.blobs import Blobs
from callsheet.store.entry import Entry, State
from callsheet.store.garbage import Garbage, Policy, find_garbage
from callsheet.store.journal import Journal

_DAY = 24 * 3600.0
_LISTED = 20


@dataclass(frozen=True, slots=True)
class Collecting:
    """What the command line says of a collection."""

    delete: bool = False
    paid: bool = False
    keep_days: float = 30.0
    json: bool = False


def collect(project: Project, asked: Collecting) -> None:
    """Say what would go; delete it where that is asked, while nobody works in the project."""
    if not asked.delete:
        with memories(project, write=False) as (journal, blobs):
            _say(_find(project, asked, journal, blobs), asked)
        return
    with memories(project, write=True) as (journal, blobs), Claims(claims_path(project)) as claims:
        if not claims.take_all():
            hint = "nothing was deleted; collect when that has ended"
            raise RetryableFault(Problem("in-use", "a run or a pull works in this project at this moment", hint=hint))
        garbage = _find(project, asked, journal, blobs)
        for sha256, _ in garbage.blobs:
            blobs.remove(sha256)
        for path, _ in garbage.litter:
            path.unlink(missing_ok=True)
        journal.discard([entry.key for entry in garbage.forgotten])
        journal.given_up([entry.key for entry in garbage.given_up])
    _say(garbage, asked)


def _find(project: Project, asked: Collecting, journal: Journal, blobs: Blobs) -> Garbage:
    now = time.time()
    entries = journal.in_state(*get_args(State))
    policy = Policy(rooted(project, journal), now, now - asked.keep_days * _DAY, FREE, asked.paid)
    return find_garbage(blobs, entries, policy)


def _say(garbage: Garbage, asked: Collecting) -> None:
    going = (*garbage.forgotten, *garbage.given_up)
    if asked.json:
        sys.stdout.write(json_format.dumps(_document(garbage, going, asked), indent=2) + "\n")
        return
    rows = [[_kind(entry), inert(entry.instance), inert(entry.made_by), entry.key[:12]] for entry in going[:_LISTED]]
    sys.stdout.write("".join(f"{line}\n" for line in columns(rows, ["left"] * 4)))
    if len(going) > _LISTED:
        sys.stdout.write(f"and {len(going) - _LISTED:,} more results; `--json` lists them all\n")
    what = amount(garbage.files, garbage.bytes)
    if not garbage.files:
        sys.stdout.write("nothing is to go\n")
    elif asked.delete:
        sys.stdout.write(f"deleted {what}\n")
    else:
        sys.stdout.write(f"{what} would go; `--delete` deletes them\n")
    if garbage.held_back[0]:
        held = amount(*garbage.held_back)
        sys.stdout.write(f"{held} that nothing names any more stay, since they were paid for; `--paid` lets them go\n")


def _kind(entry: Entry) -> str:
    return {"simulator": "simulated", "local": "local"}.get(entry.provider, "paid")


def _document(garbage: Garbage, going: tuple[Entry, ...], asked: Collecting) -> dict[str, object]:
    return {
        "deleted": asked.delete,
        "files": garbage.files,
        "bytes": garbage.bytes,
        "blobs": [{"sha256": sha256, "bytes": size} for sha256, size in garbage.blobs],
        "results": [
            {
                "instance": entry.instance,
                "key": entry.key,
                "made_by": entry.made_by,
                "provider": entry.provider,
                "cost_usd": entry.cost_usd,
            }
            for entry in going
        ],
        "unfinished": len(garbage.litter),
        "held_back": {"files": garbage.held_back[0], "bytes": garbage.held_back[1]},
    }
