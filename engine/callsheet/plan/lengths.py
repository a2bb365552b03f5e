"""How long each instance's file will be, as far as its input says, and what the steps' checks make of that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from callsheet.catalog.fit import fit_warnings
from callsheet.catalog.route import Route, Step
from callsheet.media.info import Artifact, LocalFile, RemoteFile
from callsheet.plan.job import Job, Plan


def with_fit_warnings(plan: Plan) -> Plan:
    """The plan with the warnings of its steps' checks, such as captions that nobody can read in their time."""
    lengths = Lengths(plan)
    warned: dict[str, Job] = {}
    for job in plan.jobs:
        if job.kind == "step":
            step = plan.shape_of(job)
            faults = fit_warnings(step, job.input, lengths.of) if isinstance(step, Step) and step.checks else ()
            if faults:
                warned[job.id] = replace(job, warnings=(*job.warnings, *(fault.message for fault in faults)))
    if not warned:
        return plan
    jobs = [warned.get(job.id, job) for job in plan.jobs]
    return replace(plan, jobs=jobs, by_id={job.id: job for job in jobs})


@dataclass(slots=True)
class Lengths:
    """Seconds of media values, worked out when they are first asked for."""

    plan: Plan
    _known: dict[str, float | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for instance in self.plan.along_chains():
            self._made(instance)

    def of(self, value: object) -> float | None:
        """The seconds of a file, of what an artifact will be, or of a list one after the other; None if not known."""
        if isinstance(value, LocalFile):
            return value.info.seconds
        if isinstance(value, RemoteFile):
            return value.info.seconds if value.info else None
        if isinstance(value, Artifact):
            return self._made(value.instance)
        return self._sum(value) if isinstance(value, list | tuple) and value else None

    def _made(self, instance: str) -> float | None:
        if instance not in self._known:
            self._known[instance] = None
            job = self.plan.by_id[instance]
            self._known[instance] = self._expected(job, self.plan.shape_of(job))
        return self._known[instance]

    def _expected(self, job: Job, shape: Route | Step) -> float | None:
        if isinstance(shape, Step):
            if any(job.input.get(name) is not None for name in shape.lasts_unless):
                return None
            given = [job.input[name] for name in shape.lasts if job.input.get(name) is not None]
            return self._sum(given) if given else None
        return _asked(shape, job.input)

    def _sum(self, values: Sequence[object]) -> float | None:
        lengths = [self.of(value) for value in values]
        known = [length for length in lengths if length is not None]
        return sum(known) if len(known) == len(lengths) else None


def _asked(route: Route, values: Mapping[str, object]) -> float | None:
    """The length that a route is told, in seconds or in frames."""
    duration = values.get(route.canonical.get("duration", ""))
    if isinstance(duration, int | float) and not isinstance(duration, bool):
        return float(duration)
    frames, rate = values.get(route.frame_count or ""), values.get(route.frame_rate or "")
    if isinstance(frames, int | float) and isinstance(rate, int | float) and rate > 0:
        return frames / rate
    return None
