"""Instances with their producers first, on plain adjacency."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from callsheet.plan.job import Job
from callsheet.problems import DataFault, Problem


def producers_first(jobs: Sequence[Job]) -> list[int]:
    """Positions in `jobs`, each after all that it needs; a cycle is a DataFault that draws it."""
    position = {job.id: number for number, job in enumerate(jobs)}
    open_needs = [len(job.needs) for job in jobs]
    consumers: list[list[int]] = [[] for _ in jobs]
    for number, job in enumerate(jobs):
        for need in job.needs:
            consumers[position[need]].append(number)
    ready = deque(number for number, count in enumerate(open_needs) if count == 0)
    order: list[int] = []
    while ready:
        number = ready.popleft()
        order.append(number)
        for consumer in consumers[number]:
            open_needs[consumer] -= 1
            if open_needs[consumer] == 0:
                ready.append(consumer)
    if len(order) < len(jobs):
        raise _cycle({job.id: job for number, job in enumerate(jobs) if open_needs[number]})
    return order


def _cycle(stuck: dict[str, Job]) -> DataFault:
    """Follow needs among the instances that never became ready until one comes again."""
    walked: list[str] = []
    at = next(iter(stuck))
    while at not in walked:
        walked.append(at)
        at = next(need for need in stuck[at].needs if need in stuck)
    ring = [*walked[walked.index(at) :], at]
    job = stuck[at]
    return DataFault(Problem("cycle", "these need each other: " + " → ".join(reversed(ring)), job.span))
