"""What a run tells while it goes on: one Change per state or progress of an instance, to a Listener."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from callsheet.plan.job import Plan
from callsheet.run.outcome import Decision, InstanceOutcome, RunOutcome, State

__all__ = ["Change", "Listener", "State"]


@dataclass(frozen=True, slots=True)
class Change:
    """One change of one instance. `at` counts seconds since the run began, `progress` is 0 to 1, `detail` is one line
    for people, `cost_usd` what the provider charged, where it said so, `route` that of a fallback, once it is tried;
    `outcome` is all that came of it, once it is over."""

    instance: str
    state: State
    at: float
    queue_position: int | None = None
    progress: float | None = None
    detail: str | None = None
    cost_usd: float | None = None
    route: str | None = None
    outcome: InstanceOutcome | None = None


class Listener(Protocol):
    """Someone who watches a run; called from the run's own thread, in the order in which things happen."""

    def started(self, plan: Plan, decisions: Mapping[str, Decision]) -> None:
        """The run begins; `decisions` has one entry per instance id."""
        ...

    def changed(self, change: Change) -> None:
        """One instance changed its state or got on with its work."""
        ...

    def noticed(self, text: str, at: float) -> None:
        """Something is in the way that may pass by itself; each text is told once a run. `at` as in Change."""
        ...

    def finished(self, outcome: RunOutcome) -> None:
        """The run is over; nothing is told after this."""
        ...
