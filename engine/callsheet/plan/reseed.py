"""Seeds drawn anew on purpose."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

from callsheet.catalog.route import Route
from callsheet.document.lock import Lock, LockedInstance, Origin
from callsheet.plan.job import Job, Plan
from callsheet.plan.seeds import redrawn
from callsheet.problems import DataFault, Problem


def reseeded(plan: Plan, lock: Lock, selected: Collection[str]) -> Lock:
    """The lock with new seeds for the selected instances; those that share a seed share the new one. Raises a
    DataFault for each that has no seed, or one that is written in the file."""
    jobs = [job for job in plan.jobs if job.id in selected and job.kind == "route"]
    problems = list(_faults(plan, jobs, selected))
    if problems:
        raise DataFault(problems)
    groups: dict[Origin, list[Job]] = {}
    for job in jobs:
        if job.origin is not None:
            groups.setdefault(job.origin.undrawn, []).append(job)
    instances = dict(lock.instances)
    for base, ones in groups.items():
        origin, seeds = _next(plan, lock, base, ones)
        for job, seed in zip(ones, seeds, strict=True):
            before = instances.get(job.id, LockedInstance(job.kind, job.made_by, job.intent))
            instances[job.id] = replace(before, seed=seed, origin=origin)
    return replace(lock, instances=instances)


def _next(plan: Plan, lock: Lock, base: Origin, jobs: list[Job]) -> tuple[Origin, list[int]]:
    """The next draw that nobody of the same origin has, and that changes the seed of each of these instances."""
    known = [one.origin for one in lock.instances.values()] + [job.origin for job in plan.jobs]
    origin = base._replace(draw=max(one.draw for one in known if one is not None and one.undrawn == base))
    while True:
        origin = origin._replace(draw=origin.draw + 1)
        shapes = [plan.shape_of(job) for job in jobs]
        seeds = [redrawn(origin, shape) for shape in shapes if isinstance(shape, Route)]
        if all(seed != job.seed for seed, job in zip(seeds, jobs, strict=True)) or origin.draw > base.draw + 1_000:
            return origin, seeds


def _faults(plan: Plan, jobs: list[Job], selected: Collection[str]) -> Iterator[Problem]:
    if not jobs:
        first = next(job for job in plan.jobs if job.id in selected)
        message = f"`{first.id}` is made by the step `{first.made_by}`, and steps have no seed"
        yield Problem("no-seed", message, first.span, hint="select what it is made from, as `+NODE` does")
    for node, ones in _by_node(job for job in jobs if job.origin is None):
        message = f"`{ones[0].made_by}` takes no seed, so that none can be drawn anew"
        hint = "give the node another take: each is rendered for itself"
        yield Problem("no-seed", message, plan.nodes[node].span, hint=hint, instance=_named(ones))
    for node, ones in _by_node(job for job in jobs if job.origin is not None and job.origin.pin is not None):
        message = f"the seed {ones[0].seed} is written in the file, and nothing else changes it"
        place = plan.nodes[node].seed
        span = place.span if place is not None else plan.nodes[node].span
        yield Problem("seed-written", message, span, hint="write another one there", instance=_named(ones))


def _by_node(jobs: Iterator[Job]) -> Iterator[tuple[str, list[Job]]]:
    groups: dict[str, list[Job]] = {}
    for job in jobs:
        groups.setdefault(job.node, []).append(job)
    yield from groups.items()


def _named(jobs: list[Job]) -> str:
    return jobs[0].id + (f" and {len(jobs) - 1:,} more" if len(jobs) > 1 else "")
