"""Estimates for renders whose price nobody states, from what this project paid for its own before."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from callsheet.catalog.price import learned
from callsheet.plan.job import Job, Plan

PastCosts = Callable[[str], Sequence[float]]
"""What renders of a route did cost, in USD, the newest first."""


def with_past_costs(plan: Plan, past: PastCosts) -> Plan:
    """The plan with every unknown estimate replaced by a learned one, where there is a past to learn from."""
    unknown = {job.made_by for job in plan.jobs if job.estimate.basis == "unknown"}
    estimates = {route: found for route in sorted(unknown) if (found := learned(past(route))) is not None}
    if not estimates:
        return plan

    def priced(job: Job) -> Job:
        found = estimates.get(job.made_by) if job.estimate.basis == "unknown" else None
        return job if found is None else replace(job, estimate=found)

    jobs = [priced(job) for job in plan.jobs]
    return replace(plan, jobs=jobs, by_id={job.id: job for job in jobs})
