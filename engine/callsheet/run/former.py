"""What an instance is asked with, in a form that can be kept and compared: today's, and that of an earlier run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from callsheet.media.info import Artifact
from callsheet.plan.job import Job, Plan
from callsheet.plan.key import OutputsOf
from callsheet.plan.shown import shown_input

Ended: TypeAlias = Literal["made", "failed", "cancelled"]


@dataclass(frozen=True, slots=True)
class Former:
    """What was asked. `facts` are `route` or `step`, `step_version`, `provider`, `seed` and `take`, as far as they are
    known; `input` is what `shown_input` gives, None where it was not kept; `defaults` names its fields that nobody
    wrote; `ended` says what came of it."""

    key: str | None
    facts: Mapping[str, object]
    input: Mapping[str, object] | None = None
    defaults: frozenset[str] = frozenset()
    ended: Ended = "made"


def asked_now(plan: Plan, job: Job, key: str | None, outputs_of: OutputsOf) -> Former:
    """What a job asks for, with the digests of those of its producers that are made."""

    def digests_of(artifact: Artifact) -> list[str]:
        outputs = outputs_of(artifact.instance) or ()
        return [output.sha256 for output in outputs if output.kind == artifact.kind]

    facts: dict[str, object] = {job.kind: job.made_by, "seed": job.seed, "take": job.salt}
    facts |= {"step_version": job.version} if job.kind == "step" else {"provider": plan.provider}
    return Former(key, facts, shown_input(job.input, digests_of), frozenset(job.defaults))
