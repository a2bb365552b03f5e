"""Selecting instances by name, axes, tags, state and neighbourhood: it limits what is done and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TypeAlias

from callsheet.plan.job import Job, Plan
from callsheet.plan.selector import Selector, fault, read_selectors
from callsheet.problems import did_you_mean

STATES = (
    "new", "modified", "render", "shared", "cached", "local", "attach", "held", "unknown", "missing",
    "failed", "cancelled", "blocked",
)  # fmt: skip
"""What `state:` knows: whether it was made before, what a run would do now, how the last run left what is not made."""

StatesOf: TypeAlias = Callable[[], Mapping[str, Collection[str]]]
"""Tells the states of each instance; called once, and only where a selector asks."""


def select(plan: Plan, wanted: str | None, unwanted: str | None, states: StatesOf = dict) -> Collection[str]:
    """The instance ids that `--select` and `--exclude` leave. Comma is and, a space is or. Raises a UsageFault."""
    choosing = _Choosing(plan, states)
    chosen = {job.id for job in plan.jobs} if wanted is None else choosing.any_of(read_selectors(wanted))
    return chosen - choosing.any_of(read_selectors(unwanted)) if unwanted is not None else chosen


@dataclass(slots=True)
class _Choosing:
    """Chooses among the instances of one plan; what several selectors need is worked out once."""

    plan: Plan
    ask_states: StatesOf
    _states: Mapping[str, Collection[str]] | None = None
    _producers: dict[str, Sequence[str]] = field(default_factory=dict)
    _consumers: dict[str, list[str]] = field(default_factory=dict)

    def any_of(self, alternatives: Iterable[Sequence[Selector]]) -> set[str]:
        found: set[str] = set()
        for selectors in alternatives:
            found |= set.intersection(*map(self._one, selectors))
        return found

    def _one(self, selector: Selector) -> set[str]:
        found = {job.id for job in _by_axes(selector, self._by_method(selector))}
        if selector.around:
            found |= self._after(found, None)
            return found | self._before(found, None)
        return found | self._before(found, selector.up) | self._after(found, selector.down)

    def _by_method(self, selector: Selector) -> list[Job]:
        match selector.method:
            case "tag":
                return self._among(selector, lambda job: job.tags, "no node has the tag")
            case "route":
                return self._among(selector, _routes, "no node is made by the route")
            case "intent":
                return self._among(selector, lambda job: (job.intent,) if job.intent else (), "no node has the intent")
            case "step":
                return self._among(
                    selector, lambda job: (job.made_by,) if job.kind == "step" else (), "no node is made by the step"
                )
            case "state":
                return self._in_state(selector)
            case _:
                return self._named(selector)

    def _named(self, selector: Selector) -> list[Job]:
        """The instances of a node, of all the nodes in a used pipeline, or of those that a wildcard matches."""
        names = dict.fromkeys([*self.plan.document.nodes, *self.plan.nodes])
        value = selector.value
        found = {name for name in names if fnmatchcase(name, value) or name.startswith(f"{value}.")}
        if not found:
            around = dict.fromkeys(name.rpartition(".")[0] for name in names if "." in name)
            raise fault(f"there is no node `{value}` to select", did_you_mean(value, [*names, *around]))
        return [job for job in self.plan.jobs if job.node in found]

    def _among(self, selector: Selector, values: Callable[[Job], Iterable[str]], lacking: str) -> list[Job]:
        found = [job for job in self.plan.jobs if any(fnmatchcase(one, selector.value) for one in values(job))]
        if not found:
            known = sorted({one for job in self.plan.jobs for one in values(job)})
            raise fault(f"{lacking} `{selector.value}`", did_you_mean(selector.value, known))
        return found

    def _in_state(self, selector: Selector) -> list[Job]:
        """A state that nothing is in selects nothing, and is no fault."""
        wanted = {state for state in STATES if fnmatchcase(state, selector.value)}
        if not wanted:
            raise fault(f"`{selector.value}` is no state", did_you_mean(selector.value, STATES))
        if self._states is None:
            self._states = self.ask_states()
        return [job for job in self.plan.jobs if not wanted.isdisjoint(self._states.get(job.id, ()))]

    def _before(self, start: Collection[str], steps: int | None) -> set[str]:
        if steps == 0:
            return set()
        if not self._producers:
            self._producers = {job.id: job.needs for job in self.plan.jobs}
        return _reached(start, self._producers, steps)

    def _after(self, start: Collection[str], steps: int | None) -> set[str]:
        if steps == 0:
            return set()
        if not self._consumers:
            for job in self.plan.jobs:
                for need in job.needs:
                    self._consumers.setdefault(need, []).append(job.id)
        return _reached(start, self._consumers, steps)


def _by_axes(selector: Selector, jobs: Sequence[Job]) -> Sequence[Job]:
    """Those of the jobs that have the ids, on every axis that the selector names. An instance without the axis has
    none of its ids."""
    for axis, wanted in selector.axes if jobs else ():
        there = list(dict.fromkeys(job.axes[axis] for job in jobs if axis in job.axes))
        if not there:
            known = dict.fromkeys(name for job in jobs for name in job.axes)
            raise fault(f"{selector.subject} has no axis `{axis}` to select by", did_you_mean(axis, known))
        for one in wanted:
            if not any(fnmatchcase(found, one) for found in there):
                message = f"{selector.subject} has no instance with {axis} `{one}`"
                raise fault(message, did_you_mean(one, there))
    return [
        job
        for job in jobs
        if all(axis in job.axes and any(fnmatchcase(job.axes[axis], one) for one in wanted)
               for axis, wanted in selector.axes)
    ]  # fmt: skip


def _routes(job: Job) -> list[str]:
    """The routes that may make a job."""
    return [one.made_by for one in job.attempts if one.kind == "route"]


def _reached(start: Collection[str], neighbours: Mapping[str, Collection[str]], steps: int | None) -> set[str]:
    """What lies so many steps away at most (None: any number), without the start."""
    found: set[str] = set()
    edge: Collection[str] = start
    while edge and (steps is None or steps > 0):
        edge = {one for each in edge for one in neighbours.get(each, ()) if one not in found}
        found |= edge
        steps = None if steps is None else steps - 1
    return found
