"""What is told of picks: a mark at each take in a manifest, and a warning for each pick that counts as none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from callsheet.plan.job import Job, Plan
from callsheet.plan.make import SIMULATOR
from callsheet.plan.picks import StalePick, stale_warnings
from callsheet.problems import Problem
from callsheet.run.outcome import RunOutcome
from callsheet.run.stale_picks import overtaken


class PickMarks:
    """The picks of a plan, as they stand after those of footage that a run made anew are gone."""

    def __init__(self, plan: Plan, anew: Iterable[StalePick]) -> None:
        stale = [*plan.stale_picks, *anew]
        self._stale = {one.instance for one in stale}
        gone = {one.of for one in stale}
        self._picked = {one.of: one.instance for one in plan.picks.values() if one.of not in gone}

    def of(self, job: Job) -> Mapping[str, object]:
        """`picked`: whether this take is the picked one, null where none is and where there are no takes; `stale_pick`:
        whether it was picked when it was other footage than it is now."""
        chosen = self._picked.get(job.of) if job.of is not None else None
        return {"picked": None if chosen is None else job.id == chosen, "stale_pick": job.id in self._stale}


def run_warnings(plan: Plan, outcome: RunOutcome) -> list[Problem]:
    """A warning for each pick that counted as none in a run, or does so after it."""
    stale = [*plan.stale_picks, *overtaken(plan, outcome)]
    return stale_warnings(plan.document, stale, simulated=plan.provider == SIMULATOR)
