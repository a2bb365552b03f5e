"""Two plans of one campaign beside each other: what was added, what is gone, and what is asked for in another way."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from callsheet.plan.job import Job, Plan
from callsheet.plan.key import OutputsOf
from callsheet.run.difference import Difference, Differs, differences
from callsheet.run.former import asked_now, new_names, renamed
from callsheet.run.outcome import Decision


@dataclass(frozen=True, slots=True)
class Side:
    """A plan, and what a run would do to each of its instances."""

    plan: Plan
    decisions: Mapping[str, Decision]

    def outputs_of(self) -> OutputsOf:
        """Gives the outputs of an instance that is made already."""
        return lambda instance: self.decisions[instance].outputs or None


@dataclass(frozen=True, slots=True)
class Changed:
    """An instance that is asked for in another way; `was` is its former id, where its node was renamed."""

    job: Job
    changes: tuple[Difference, ...]
    was: str | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """`old` is None where the pipeline did not exist. Instances are in the order of their plan."""

    old: Side | None
    new: Side
    added: Sequence[Job]
    removed: Sequence[Job]
    changed: Sequence[Changed]
    unchanged: int


def compare(old: Side | None, new: Side, selected: Collection[str] | None = None) -> Comparison:
    """What differs between two plans; with `selected`, as far as it concerns these instances.

    What waits for a producer that differs, differs too: what it will be made of is not known yet.
    """
    jobs = [job for job in new.plan.jobs if selected is None or job.id in selected]
    if old is None:
        return Comparison(None, new, jobs, (), (), 0)
    former = {job.id: _former_id(new.plan, job, old.plan) for job in new.plan.jobs}
    known = set(former.values())
    added = [job for job in jobs if former[job.id] is None]
    removed = [job for job in old.plan.jobs if job.id not in known and (selected is None or job.id in selected)]
    changes = _Comparing(old, new, former, new_names(new.plan)).changes()
    changed = []
    for job in jobs:
        was = former[job.id]
        if was is not None and changes[job.id]:
            changed.append(Changed(job, changes[job.id], was if was != job.id else None))
    return Comparison(old, new, added, removed, changed, len(jobs) - len(added) - len(changed))


def _former_id(plan: Plan, job: Job, old: Plan) -> str | None:
    """What an instance was called in the old plan, under its node's name or its former one; None where it is new."""
    if job.id in old.by_id:
        return job.id
    node = plan.nodes.get(job.node)
    if node is None or node.was is None:
        return None
    was = node.was + job.id.removeprefix(job.node)
    return was if was in old.by_id and was not in plan.by_id else None


@dataclass(slots=True)
class _Comparing:
    """Goes through the new plan, producers first."""

    old: Side
    new: Side
    former: Mapping[str, str | None]
    names: Mapping[str, str]
    found: dict[str, tuple[Difference, ...]] = field(default_factory=dict)

    def changes(self) -> Mapping[str, tuple[Difference, ...]]:
        for position in self.new.plan.order:
            job = self.new.plan.jobs[position]
            was = self.former[job.id]
            self.found[job.id] = () if was is None else self._of(job, self.old.plan.by_id[was])
        return self.found

    def _of(self, job: Job, was: Job) -> tuple[Difference, ...]:
        key, former_key = self.new.decisions[job.id].key, self.old.decisions[was.id].key
        moved = () if job.publish == was.publish else (Difference(Differs.publish, None, was.publish, job.publish),)
        if key is not None and key == former_key:
            return moved
        before = renamed(asked_now(self.old.plan, was, former_key, self.old.outputs_of()), self.names)
        after = asked_now(self.new.plan, job, key, self.new.outputs_of())
        found = differences(before, after)
        told = {change.field for change in found if change.kind is Differs.producer}
        through = [
            Difference(Differs.producer, name, {"from": producer}, {"from": producer})
            for name, producer in _producers(after.input or {})
            if self._differs(producer) and name not in told
        ]
        return (*found, *through, *moved)

    def _differs(self, producer: str) -> bool:
        """Whether a producer's bytes may be others than before."""
        decision = self.new.decisions[producer]
        was = self.former.get(producer)
        if was is None or (decision.key is not None and decision.key == self.old.decisions[was].key):
            return False
        return any(change.kind is not Differs.publish for change in self.found[producer])


def _producers(values: Mapping[str, object]) -> list[tuple[str, str]]:
    """The fields that take what an instance makes, each with that instance."""
    return [
        (name, str(one["from"]))
        for name, value in values.items()
        for one in (value if isinstance(value, list) else [value])
        if isinstance(one, Mapping) and "from" in one
    ]
