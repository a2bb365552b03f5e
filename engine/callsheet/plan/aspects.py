"""Clips of differing aspect that a step would have to join: told in the plan, as far as routes and files say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction

from callsheet.catalog.route import Route, Step
from callsheet.catalog.sizes import parse_aspect, parse_size
from callsheet.media.info import Artifact, LocalFile, MediaInfo, RemoteFile
from callsheet.plan.job import Job, Plan

_KEEP_THE_FRAME = frozenset({"caption", "concat", "loop", "loudness", "mix_audio", "replace_audio", "speed", "trim"})
"""Steps whose result has the frame of the first clip they are given."""
_NAMED = (Fraction(16, 9), Fraction(9, 16), Fraction(4, 3), Fraction(3, 4), Fraction(1), Fraction(21, 9))
_LIKENESS = Fraction(2, 100)
"""By how much of itself an aspect may differ from another and still be the same: routes round to whole blocks."""


def with_aspect_warnings(plan: Plan) -> Plan:
    """The plan, with a warning at each step that would stop at `fit: error` once its clips are made."""
    aspects = _Aspects(plan)
    warned: dict[str, Job] = {}
    for job in plan.jobs:
        if job.kind == "step" and job.input.get("fit") == "error":
            text = aspects.clash(job)
            if text is not None:
                warned[job.id] = replace(job, warnings=(*job.warnings, text))
    if not warned:
        return plan
    jobs = [warned.get(job.id, job) for job in plan.jobs]
    return replace(plan, jobs=jobs, by_id={job.id: job for job in jobs})


@dataclass(slots=True)
class _Aspects:
    plan: Plan
    _known: dict[str, Fraction | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for instance in self.plan.along_chains():
            self._made(instance)

    def clash(self, job: Job) -> str | None:
        """What is to be said of a step whose clips, or frame and clips, differ; None where all that is known agrees."""
        step = self.plan.shape_of(job)
        first: tuple[str, Fraction] | None = None
        size = parse_size(job.input.get("size"))
        if size is not None:
            first = "`size`", size.aspect
        for value in _frames(step, job.input):
            aspect = self._of(value)
            if aspect is None:
                continue
            name = f"`{_name(value)}`"
            if first is None:
                first = name, aspect
            elif not _alike(first[1], aspect):
                return (
                    f"{first[0]} is {_told(first[1])} and {name} is {_told(aspect)}: with `fit: error` this step will "
                    "stop; write `fit: pad` or `fit: crop`"
                )
        return None

    def _of(self, value: object) -> Fraction | None:
        """The aspect of one media value, as displayed."""
        if isinstance(value, LocalFile | RemoteFile):
            return _measured(value.info)
        return self._made(value.instance) if isinstance(value, Artifact) else None

    def _made(self, instance: str) -> Fraction | None:
        """The aspect of what an instance makes, where its route or its input states it."""
        if instance not in self._known:
            self._known[instance] = None
            self._known[instance] = self._stated(self.plan.by_id[instance])
        return self._known[instance]

    def _stated(self, job: Job) -> Fraction | None:
        shape = self.plan.shape_of(job)
        if isinstance(shape, Step):
            size = parse_size(job.input.get("size"))
            if size is not None:
                return size.aspect
            first = next(_frames(shape, job.input), None)
            return self._of(first) if shape.name in _KEEP_THE_FRAME else None
        if shape.aspect_from is not None:
            return self._of(job.input.get(shape.aspect_from))
        return _asked(shape, job.input)


def _asked(route: Route, values: Mapping[str, object]) -> Fraction | None:
    """The aspect of a route that is told it: `9:16`, or one of its sizes."""
    written = values.get(route.canonical.get("aspect_ratio", ""))
    size = parse_size(written)
    if size is not None:
        return Fraction(size.width, size.height)
    return parse_aspect(written) if isinstance(written, str) else None


def _frames(shape: Route | Step, values: Mapping[str, object]) -> Iterator[object]:
    """What a step is given that has a frame, in the order of its fields."""
    for native, value in values.items():
        if shape.fields[native].media in ("image", "video"):
            yield from value if isinstance(value, list | tuple) else (value,)


def _measured(info: MediaInfo | None) -> Fraction | None:
    return Fraction(info.width, info.height) if info is not None and info.width and info.height else None


def _alike(one: Fraction, other: Fraction) -> bool:
    return abs(one - other) <= _LIKENESS * one


def _told(aspect: Fraction) -> str:
    """`9:16`, or for an aspect without a name its value."""
    named = next((one for one in _NAMED if _alike(one, aspect)), None)
    if named is None:
        return f"{float(aspect):.2f}:1"
    return "21:9" if named == Fraction(21, 9) else f"{named.numerator}:{named.denominator}"


def _name(value: object) -> str:
    if isinstance(value, Artifact):
        return value.instance
    return value.shown if isinstance(value, LocalFile) else "this file"
