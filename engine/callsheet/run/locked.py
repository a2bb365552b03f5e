"""What a lock has to say to a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from callsheet.media.info import Output
from callsheet.plan.job import Job
from callsheet.problems import DataFault, Problem
from callsheet.run.outcome import Why

PULL = "`callsheet cache pull` brings it from the shared store, and `--rerender` consents to pay for it again"


@dataclass(frozen=True, slots=True)
class Locked:
    """`outputs` are what was made under a key, here or elsewhere. `keys` are those that instances must have: empty
    where a run may differ from the lock."""

    outputs: Mapping[str, tuple[Output, ...]] = field(default_factory=dict)
    keys: Mapping[str, str] = field(default_factory=dict)

    def check(self, job: Job, key: str) -> None:
        """Raises a DataFault where a key that became known in the run is not the locked one."""
        locked = self.keys.get(job.id, key)
        if locked != key:
            message = f"`{job.id}` is not what the lock has: the key of its input is not the locked one"
            hint = "what it is made from came out otherwise than when it was locked: `callsheet cache pull` brings it"
            raise DataFault(Problem("lock-differs", message, hint=hint, instance=job.id))


UNLOCKED = Locked()
MISSING = Why("missing", "locked, and its bytes are not in the store", PULL)
FROM_LOCK = Why("cached", "rendered before, and the lock says so")


def not_bought(job: Job) -> DataFault:
    """A render that the lock has, whose bytes are not here."""
    message = f"`{job.id}` is locked, and its bytes are not in the store"
    return DataFault(Problem("missing", message, hint=PULL, instance=job.id))
