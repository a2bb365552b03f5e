"""What is held, behind what, and how a person lets it go on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from callsheet.plan.job import Job, Plan
from callsheet.plan.make import SIMULATOR
from callsheet.plan.picks import Choice, name_a_take, pick_command
from callsheet.run.outcome import Action, Decision, InstanceError, Why


@dataclass(frozen=True, slots=True)
class HeldBehind:
    """The instances that are held until a take of `pick` (an instance without its take) is picked; `way_on` is what a
    person types for that, or is to write where it is a whole pipeline, of which no take can be picked."""

    pick: str
    instances: tuple[str, ...]
    way_on: str


def unpicked(plan: Plan, job: Job, decisions: Mapping[str, Decision]) -> Why:
    """Why a job is held that needs a take which nobody has picked; how to pick one, where that is not held itself."""
    first, *more = job.awaits
    text = f"waits for a pick of `{first}`"
    if more:
        text = f"waits for picks of `{first}` and {len(more)} more"
    if _is_whole_pipeline(plan, first):
        return Why("unpicked", text, name_a_take(plan.document, first))
    is_held = any(decisions[take].action is Action.held for take in _takes(plan, job, first))
    return Why("unpicked", text, None if is_held else f"`{_command(plan, first)}` picks one")


def overtaken_pick(plan: Plan, choice: Choice) -> InstanceError:
    """Why a job is held whose picked take this run made anew."""
    return InstanceError(
        "stale-pick",
        f"take `{choice.take}` of `{choice.of}` was picked, and this run made it anew, as other footage",
        f"look at it, pick again with `{_command(plan, choice.of)}`, and run again",
    )


def held_behind_picks(plan: Plan, decisions: Mapping[str, Decision]) -> list[HeldBehind]:
    """What is held for want of a pick, by the first pick on the way to it that can be made, in instance order."""
    roots: dict[str, str] = {}
    for job in (plan.jobs[position] for position in plan.order):
        if decisions[job.id].action is Action.held:
            behind = _takes(plan, job, job.awaits[0]) if job.awaits else job.needs
            root = next((roots[need] for need in behind if need in roots), job.awaits[0] if job.awaits else None)
            if root is not None:
                roots[job.id] = root
    groups: dict[str, list[str]] = {}
    for job in plan.jobs:
        if job.id in roots:
            groups.setdefault(roots[job.id], []).append(job.id)
    return [HeldBehind(pick, tuple(instances), _way_on(plan, pick)) for pick, instances in groups.items()]


def _takes(plan: Plan, job: Job, of: str) -> list[str]:
    """The takes of an instance, among those that a job needs."""
    return [need for need in job.needs if plan.by_id[need].of == of]


def _is_whole_pipeline(plan: Plan, of: str) -> bool:
    """Whether an instance without its take is of a node that uses a pipeline: such a node has no jobs of its own."""
    return of.partition("[")[0] not in plan.nodes


def _way_on(plan: Plan, of: str) -> str:
    return name_a_take(plan.document, of) if _is_whole_pipeline(plan, of) else _command(plan, of)


def _command(plan: Plan, of: str) -> str:
    return pick_command(plan.document, of, simulated=plan.provider == SIMULATOR)
