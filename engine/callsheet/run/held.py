"""What is held, behind what, and how a person lets it go on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from callsheet.plan.job import Job, Plan
from callsheet.plan.make import SIMULATOR
from callsheet.plan.picks import Choice, pick_command
from callsheet.run.outcome import Action, Decision, InstanceError, Why


@dataclass(frozen=True, slots=True)
class HeldBehind:
    """The instances that are held behind one pick: that of `pick`, an instance without its take."""

    pick: str
    instances: tuple[str, ...]


def unpicked(plan: Plan, job: Job) -> Why:
    """Why a job is held that needs a take which nobody has picked."""
    first, *more = job.awaits
    text = f"waits for a pick of `{first}`"
    if more:
        text = f"waits for picks of `{first}` and {len(more)} more"
    return Why("unpicked", text, f"`{_command(plan, first)}` picks one")


def overtaken_pick(plan: Plan, choice: Choice) -> InstanceError:
    """Why a job is held whose picked take this run made anew."""
    return InstanceError(
        "stale-pick",
        f"take `{choice.take}` of `{choice.of}` was picked, and this run made it anew, as other footage",
        f"look at it, pick again with `{_command(plan, choice.of)}`, and run again",
    )


def held_behind_picks(plan: Plan, decisions: Mapping[str, Decision]) -> list[HeldBehind]:
    """What is held for want of a pick, by the first pick that it is held behind, in instance order."""
    roots: dict[str, str] = {}
    for job in (plan.jobs[position] for position in plan.order):
        if decisions[job.id].action is Action.held:
            picks = job.awaits or tuple(roots[need] for need in job.needs if need in roots)
            roots |= {job.id: picks[0]} if picks else {}
    groups: dict[str, list[str]] = {}
    for job in plan.jobs:
        if job.id in roots:
            groups.setdefault(roots[job.id], []).append(job.id)
    return [HeldBehind(pick, tuple(instances)) for pick, instances in groups.items()]


def _command(plan: Plan, of: str) -> str:
    return pick_command(plan.document, of, simulated=plan.provider == SIMULATOR)
