"""Picking a take: which instance is meant, which footage is there to be picked, and what is written down."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from callsheet.cli.planning import Asked, Planned
from callsheet.document.picks import Pick
from callsheet.plan.job import Job, Plan
from callsheet.plan.picks import first_take, former_name, name_a_take
from callsheet.problems import DataFault, Problem, did_you_mean
from callsheet.run.outcome import Action, Decision

Picks = Mapping[str, Pick]
Takes = Mapping[str, Job]


def takes_of(plan: Plan, instance: str) -> tuple[str, Takes]:
    """The instance without its take that is meant by `instance` (with or without one), and its takes. Raises a
    DataFault where there is none."""
    shots: dict[str, dict[str, Job]] = {}
    for job in plan.jobs:
        if job.of is not None and job.take is not None:
            shots.setdefault(job.of, {})[job.take] = job
    named = plan.by_id.get(instance)
    of = instance if named is None or named.of is None else named.of
    if of in shots:
        return of, shots[of]
    if named is not None:
        message = f"`{instance}` has no takes to pick one of"
        nodes = ", ".join(
            f"`{name}`" for name in dict.fromkeys(takes[next(iter(takes))].node for takes in shots.values())
        )
        raise DataFault(Problem("no-takes", message, hint=f"nodes with takes: {nodes}" if nodes else None))
    name = instance.partition("[")[0]
    used = plan.document.nodes.get(name.partition(".")[0])
    if used is not None and used.maker == "use" and (name == used.name or first_take(plan.document, used.name)):
        message = f"`{used.name}` uses a pipeline, and has no takes to pick one of"
        hint = f"{name_a_take(plan.document, used.name)}; those that a pipeline makes inside can be"
        raise DataFault(Problem("no-takes", message, hint=hint))
    hint = did_you_mean(instance, shots) if shots else "no node of this pipeline is made over a takes axis"
    raise DataFault(Problem("unknown-instance", f"there is no instance `{instance}` with takes", hint=hint))


def footage(asked: Asked, of: str, takes: Takes, take: str, decided: Mapping[str, Decision]) -> Pick:
    """The pick of a take as it is now: made, and in the store. Raises a DataFault where it is not."""
    if take not in takes:
        hint = did_you_mean(take, takes)
        raise DataFault(Problem("unknown-take", f"`{of}` has no take `{take}`", hint=hint))
    decision = decided[takes[take].id]
    if decision.action is not Action.cached or decision.key is None:
        message = f"take `{take}` of `{of}` is not there to be picked: {decision.why.text}"
        command = f"callsheet run {asked.file}{' --simulate' if asked.simulate else ''}"
        hint = decision.why.hint or f"`{command}` makes it"
        raise DataFault(Problem("not-made", message, hint=hint))
    return Pick(take, decision.key, tuple(output.sha256 for output in decision.outputs))


def with_pick(planned: Planned, of: str, job: Job, pick: Pick) -> Callable[[Picks], Picks]:
    """The change that records a pick: what was said of the other takes stays."""
    former = former_name(planned.plan.document, planned.plan.nodes[job.node], of)

    def change(picks: Picks) -> Picks:
        before = picks.get(of) or picks.get(former or of) or Pick()
        rejected = {take: why for take, why in before.rejected.items() if take != pick.take}
        note = pick.note or (before.note if before.take == pick.take else None)
        kept = {name: one for name, one in picks.items() if name != former}
        return {**kept, of: replace(pick, note=note, rejected=rejected)}

    return change


def without_pick(planned: Planned, instance: str, found: list[str]) -> Callable[[Picks], Picks]:
    """The change that takes a pick back; the take that was picked is put into `found`. Raises a DataFault where there
    is no pick to take back."""
    plan = planned.plan
    named = plan.by_id.get(instance)
    of = instance if named is None or named.of is None else named.of
    node = next((job.node for job in plan.jobs if job.of == of), None)
    former = None if node is None else former_name(plan.document, plan.nodes[node], of)

    def change(picks: Picks) -> Picks:
        name = next((one for one in (of, former) if one is not None and one in picks and picks[one].take), None)
        if name is None:
            there = [one for one, pick in picks.items() if pick.take is not None]
            hint = did_you_mean(of, there) if there else "nothing is picked"
            raise DataFault(Problem("nothing-picked", f"no take of `{of}` is picked", hint=hint))
        found.append(str(picks[name].take))
        return {**picks, name: Pick(rejected=picks[name].rejected)}

    return change
