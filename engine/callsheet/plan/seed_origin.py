"""What an instance's seed was made from."""

from __future__ import annotations

from dataclasses import dataclass

from callsheet.document.model import AxisTakes
from callsheet.plan.job import Job, Plan
from callsheet.plan.seeds import FIRST_TAKE


@dataclass(frozen=True, slots=True)
class SeedOrigin:
    """`pin` is a seed that the file itself gives; all else is empty then. A derived seed has `root` (the pipeline's
    seed, or the node's own), `name` (the node's, or its `was`), `take`, and the (axis, id) pairs that vary it."""

    pin: int | None = None
    root: int | None = None
    name: str | None = None
    take: str | None = None
    vary: tuple[tuple[str, str], ...] = ()


def seed_origin(plan: Plan, job: Job) -> SeedOrigin | None:
    """The origin of a job's seed; None where it has none."""
    node = plan.nodes.get(job.node)
    if job.seed is None or node is None:
        return None
    document = plan.document
    for user in job.node.split(".")[:-1]:
        document = document.used[user]
    takes = {name: axis.source for name, axis in document.axes.items() if isinstance(axis.source, AxisTakes)}
    axis = next((name for name in job.axes if name in takes), None)
    take = FIRST_TAKE if axis is None else job.axes[axis]
    vary = tuple((name, job.axes[name]) for name in (node.seed.vary if node.seed else ()))
    pin = node.seed.pin if node.seed else None
    first = axis is None or take == takes[axis].ids[0]
    if axis is not None and takes[axis].seeds is not None:
        return SeedOrigin(pin=job.seed)
    if pin is not None and first and not vary:
        return SeedOrigin(pin=pin)
    return SeedOrigin(None, pin if pin is not None else plan.document.seed, node.was or node.name, take, vary)
