"""How far a run is: built from what it tells, read by whoever shows it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from callsheet.plan.job import Job, Plan
from callsheet.run.events import Change
from callsheet.run.outcome import Action, Decision, State

_ACTIVE = frozenset((State.queued, State.running, State.downloading, State.working))
_BUSIEST = {State.working: 0, State.downloading: 0, State.running: 0, State.queued: 1}


@dataclass(frozen=True, slots=True)
class Active:
    """An instance under way: since when (seconds since the run began), and its latest change."""

    job: Job
    since: float
    change: Change


class Tally:
    """The state of every instance of one run, and what was spent: `estimated` and `spent` are what is known of it,
    `unpriced` counts the renders whose price nobody knows."""

    def __init__(self, plan: Plan, decisions: Mapping[str, Decision]) -> None:
        self.plan = plan
        self.counts: Counter[State] = Counter({State.waiting: len(plan.jobs)})
        self.estimated = 0.0
        self.unpriced = 0
        self.spent = 0.0
        self.spent_is_exact = True
        self._states: dict[str, State] = {}
        self._active: dict[str, Active] = {}
        self._jobs = plan.by_id or {job.id: job for job in plan.jobs}
        self._paid = frozenset(name for name, decision in decisions.items() if decision.action is Action.render)
        estimates = [self._jobs[name].estimate.usd for name in sorted(self._paid)]
        self.estimated = sum(usd for usd in estimates if usd is not None)
        self.unpriced = estimates.count(None)

    def job(self, instance: str) -> Job:
        return self._jobs[instance]

    def take(self, change: Change) -> bool:
        """Count one change in; true where the instance has entered another state."""
        before = self._states.get(change.instance, State.waiting)
        self.counts[before] -= 1
        self.counts[change.state] += 1
        self._states[change.instance] = change.state
        if change.state in _ACTIVE:
            known = self._active.get(change.instance)
            since = known.since if known else change.at
            self._active[change.instance] = Active(self._jobs[change.instance], since, change)
        else:
            self._active.pop(change.instance, None)
        entered = before is not change.state
        if entered and change.state is State.succeeded:
            self._spend(change)
        elif entered and change.state in (State.waiting, State.failed):
            self.spent += change.cost_usd or 0.0
        return entered

    def active(self) -> list[Active]:
        """What is under way: running before queued, the longest-running first, the queue by position."""
        return sorted(
            self._active.values(),
            key=lambda one: (_BUSIEST[one.change.state], one.change.queue_position or 0, one.since, one.job.id),
        )

    @property
    def total(self) -> int:
        return len(self.plan.jobs)

    @property
    def over(self) -> int:
        """How many instances have come to their end."""
        return sum(number for state, number in self.counts.items() if state.over)

    @property
    def simulated(self) -> bool:
        return self.plan.provider == "simulator"

    def _spend(self, change: Change) -> None:
        if change.cost_usd is not None:
            self.spent += change.cost_usd
        elif change.instance in self._paid:
            self.spent += self._jobs[change.instance].estimate.usd or 0.0
            self.spent_is_exact = False
