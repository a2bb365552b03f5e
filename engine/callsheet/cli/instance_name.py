"""An instance as a person names it."""

from __future__ import annotations

import re

from callsheet.plan.job import Job, Plan
from callsheet.problems import Problem, UsageFault, nearest

MOST_OFFERED = 12
_NAME = re.compile(r"(?P<node>[^\[\]]+)(?:\[(?P<axes>[^\[\]]*)\])?")


def find_instance(plan: Plan, name: str) -> Job:
    """The one instance of that name: its id, its node where that has one instance, or its node with as many axes as
    tell it apart, in any order. Raises a UsageFault that lists what there is."""
    if name in plan.by_id:
        return plan.by_id[name]
    parts = _NAME.fullmatch(name.strip())
    mine = [job for job in plan.jobs if parts is not None and job.node == parts["node"]]
    if parts is None or not mine:
        nodes = list(dict.fromkeys(job.node for job in plan.jobs))
        near = nearest(name, [job.id for job in plan.jobs]) or nearest(parts["node"] if parts else name, nodes)
        hint = f"did you mean `{near}`?" if near else f"the nodes are {_listed(nodes)}"
        raise UsageFault(Problem("unknown-instance", f"the plan has no instance `{name}`", hint=hint))
    wanted = [axis.partition("=") for axis in parts["axes"].split(",")] if parts["axes"] else []
    found = [job for job in mine if all(job.axes.get(axis) == value for axis, _, value in wanted)]
    if len(found) == 1:
        return found[0]
    if found:
        message = f"`{name}` is {len(found):,} instances, and one is explained at a time"
        raise UsageFault(Problem("many-instances", message, hint=f"say which: {_listed([job.id for job in found])}"))
    near = nearest(name, [job.id for job in mine])
    hint = f"did you mean `{near}`?" if near else f"there are {_listed([job.id for job in mine])}"
    raise UsageFault(Problem("unknown-instance", f"the plan has no instance `{name}`", hint=hint))


def _listed(names: list[str]) -> str:
    more = len(names) - MOST_OFFERED
    return ", ".join(f"`{one}`" for one in names[:MOST_OFFERED]) + (f" and {more:,} more" if more > 0 else "")
