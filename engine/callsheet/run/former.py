"""What an instance is asked with, in a form that can be kept and compared: today's, and that of an earlier run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
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


def new_names(plan: Plan) -> Mapping[str, str]:
    """Former names of nodes -> what they are called now."""
    nodes = plan.nodes
    return {node.was: name for name, node in nodes.items() if node.was is not None and node.was not in nodes}


def renamed(former: Former, names: Mapping[str, str]) -> Former:
    """What was asked, with the nodes that it takes from called as they are now."""
    if not names or former.input is None:
        return former
    return replace(former, input={name: _renamed(value, names) for name, value in former.input.items()})


def _renamed(value: object, names: Mapping[str, str]) -> object:
    if isinstance(value, list):
        return [_renamed(one, names) for one in value]
    if not isinstance(value, Mapping) or "from" not in value:
        return value
    node, bracket, axes = str(value["from"]).partition("[")
    return {**value, "from": f"{names.get(node, node)}{bracket}{axes}"}
