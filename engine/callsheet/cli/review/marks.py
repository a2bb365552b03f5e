"""What people said of an instance's takes, as a page shows it, and when a change of it is refused."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from callsheet.document.picks import Pick
from callsheet.plan.job import Job

NOBODY = Pick()


class Refused(Exception):
    """A page asked for something that can't be done: the HTTP status, a stable code, one sentence, and what it is
    about as data."""

    def __init__(self, status: int, code: str, message: str, more: Mapping[str, Any]) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.more = more


def group_of(job: Job) -> str:
    """Where the marks of an instance stand: under its id without its take."""
    return job.of or job.id


def marks(job: Job, picks: Mapping[str, Pick]) -> dict[str, Any]:
    """What people said of an instance, as fields of a cell; what is picked, the plan says."""
    pick = picks.get(group_of(job), NOBODY)
    return {
        "group": group_of(job),
        "take": job.take,
        "rejected": pick.rejected.get(job.take) if job.take is not None else None,
        "note": pick.note,
        "revision": revision(pick),
    }


def revision(pick: Pick) -> str:
    """A short name for what is said of an instance at one time; a page gives back the one that it saw."""
    said = [pick.take, pick.key, pick.sha256, pick.note, sorted(pick.rejected.items())]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:16]


def changed_meanwhile(group: str, pick: Pick) -> Refused:
    """Somebody else was quicker: what they said is kept, and told."""
    now = f"take `{pick.take}` is picked now" if pick.take is not None else "no take is picked now"
    about = {
        "take": pick.take,
        "note": pick.note,
        "rejected": dict(pick.rejected),
        "revision": revision(pick),
    }
    return Refused(409, "changed-meanwhile", f"somebody else changed `{group}` meanwhile: {now}", {"pick": about})
