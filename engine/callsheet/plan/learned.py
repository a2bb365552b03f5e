"""Estimates for renders whose price nobody states, from what this project paid for its own before."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from callsheet.catalog.price import learned
from callsheet.plan.fallback import with_worst_case
from callsheet.plan.job import Job, Plan

PastCosts = Callable[[str], Sequence[float]]
"""What renders of a route did cost, in USD, the newest first."""


def with_past_costs(plan: Plan, past: PastCosts) -> Plan:
    """The plan with every unknown estimate replaced by a learned one, where there is a past to learn from."""
    unknown = {one.made_by for job in plan.jobs for one in job.attempts if one.price.basis == "unknown"}
    estimates = {route: found for route in sorted(unknown) if (found := learned(past(route))) is not None}
    if not estimates:
        return plan

    def alone(job: Job) -> Job:
        found = estimates.get(job.made_by) if job.price.basis == "unknown" else None
        return job if found is None else replace(job, estimate=found, own_estimate=None)

    def priced(job: Job) -> Job:
        if not job.fallbacks:
            return alone(job)
        later: tuple[Job, ...] = ()
        for one in reversed(job.attempts):
            later = (with_worst_case(alone(one), later), *later)
        return later[0]

    jobs = [priced(job) for job in plan.jobs]
    return replace(plan, jobs=jobs, by_id={job.id: job for job in jobs})
