"""A pilot: the first render of each route is made and looked at before the rest is paid for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from callsheet.cli.planning import Planned
from callsheet.cli.running import renders
from callsheet.run.outcome import Decision


def pilot_of(planned: Planned, decided: Mapping[str, Decision]) -> Planned | None:
    """The same plan, narrowed to the first render of each route and what it needs; None where that is all there is to
    submit."""
    jobs, chosen = planned.plan.by_id, set[str]()
    paid = set(renders(planned, decided))
    routes: set[str] = set()
    for position in planned.plan.order:
        job = planned.plan.jobs[position]
        if job.id in paid and job.made_by not in routes:
            waiting = [job.id]
            while waiting:
                one = waiting.pop()
                if one not in chosen:
                    chosen.add(one)
                    waiting += jobs[one].needs
            routes |= {jobs[one].made_by for one in chosen & paid}
    return replace(planned, selected=chosen) if paid - chosen else None
