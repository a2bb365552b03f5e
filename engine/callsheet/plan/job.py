"""What a plan is made of: one Job per instance, in an order in which producers come first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from callsheet.catalog.route import Estimate, Route, Step
from callsheet.document.lock import Origin
from callsheet.document.model import Document, Node
from callsheet.media.info import OutputKind
from callsheet.plan.picks import Choice, StalePick
from callsheet.problems import Problem, Span


@dataclass(frozen=True, slots=True)
class MatchAudio:
    """A duration that waits for the length of a voice that another instance makes; `field` is the voice's field."""

    field: str


@dataclass(frozen=True, slots=True, eq=False)
class Job:
    """One instance of a node.

    `input` is the effective input in native names, defaults included; media are Media values (or lists of them).
    `defaults` names the fields that were filled by schema default. `key` is None while it waits for the content of
    a producer. `origin` is what the seed was made from. `salt` is the take's id where a take must differ without a
    seed. `needs` are instance ids.
    `take` is the id on the takes axis and `of` the instance's id without it, both None where there is none.
    `publish` is the path below the output folder, or None where this take is not the picked one. `awaits` are the
    instances, without their takes, of which one must be picked first; `picks` are the picks that it relies on, its own
    where that is why it is published; `previous` are the needs that lie before it on an ordered axis.
    `fallbacks` are the same instance made by other routes, to be tried in turn after a definite failure; each has as
    its own fallbacks those after it. `rank` counts how many come before. `estimate` is then the worst case from here
    on, `own_estimate` that of this route alone.
    """

    id: str
    node: str
    axes: Mapping[str, str]
    kind: Literal["route", "step"]
    made_by: str
    version: int | None
    intent: str | None
    intent_why: str | None
    seed: int | None
    unseeded: bool
    salt: str | None
    input: Mapping[str, object]
    defaults: tuple[str, ...]
    needs: tuple[str, ...]
    key: str | None
    publish: str | None
    extension: str | None
    makes: OutputKind
    estimate: Estimate
    warnings: tuple[str, ...]
    span: Span
    tags: tuple[str, ...] = ()
    allow_cut: bool = False
    origin: Origin | None = None
    of: str | None = None
    take: str | None = None
    awaits: tuple[str, ...] = ()
    picks: tuple[Choice, ...] = ()
    previous: tuple[str, ...] = ()
    fallbacks: tuple[Job, ...] = ()
    rank: int = 0
    own_estimate: Estimate | None = None

    @property
    def attempts(self) -> tuple[Job, ...]:
        """This job and those to fall back to, in the order in which they are tried."""
        return (self, *self.fallbacks)

    @property
    def price(self) -> Estimate:
        """What this route alone is expected to cost."""
        return self.estimate if self.own_estimate is None else self.own_estimate


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """Everything that a run would be about. `jobs` is in instance order (document order of nodes, last axis fastest);
    `order` gives indices into it with producers first. `warnings` concern the pipeline as a whole;
    `shapes` gives the route or step of each node, and of each instance of a node whose route is a template; `nodes` are
    all nodes that have jobs by qualified name, those of used pipelines included, over all axes of their ids; `picks`
    are the picks that hold, by the take that they name; `fallback_routes` are the routes of fallbacks by id."""

    document: Document
    provider: str
    jobs: Sequence[Job]
    order: Sequence[int]
    excluded: int
    warnings: tuple[Problem, ...] = ()
    by_id: Mapping[str, Job] = field(default_factory=dict)
    shapes: Mapping[str, Route | Step] = field(default_factory=dict)
    nodes: Mapping[str, Node] = field(default_factory=dict)
    picks: Mapping[str, Choice] = field(default_factory=dict)
    stale_picks: tuple[StalePick, ...] = ()
    fallback_routes: Mapping[str, Route] = field(default_factory=dict)

    def along_chains(self) -> list[str]:
        """Every instance with its producers first, where instances follow on one another without end (`.previous(…)`):
        what looks from an instance to its producers goes this way first, and so never deeply. Else none."""
        chained = any(job.previous for job in self.jobs)
        return [self.jobs[position].id for position in self.order] if chained else []

    def shape_of(self, job: Job) -> Route | Step:
        """The route or step that a job asks for."""
        if job.rank:
            return self.fallback_routes[job.made_by]
        return self.shapes.get(job.id) or self.shapes[job.node]
