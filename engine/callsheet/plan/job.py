"""What a plan is made of: one Job per instance, in an order in which producers come first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from callsheet.catalog.route import Estimate, Route, Step
from callsheet.document.lock import Origin
from callsheet.document.model import Document, Node
from callsheet.media.info import OutputKind
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
    seed. `needs` are instance ids. `publish` is the path below the output folder, or None where this take is not the
    picked one.
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
    held: str | None
    span: Span
    tags: tuple[str, ...] = ()
    allow_cut: bool = False
    origin: Origin | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """Everything that a run would be about. `jobs` is in instance order (document order of nodes, last axis fastest);
    `order` gives indices into it with producers first. `warnings` concern the pipeline as a whole;
    `shapes` gives the route or step of each node, and of each instance of a node whose route is a template; `nodes` are
    all nodes that have jobs by qualified name, those of used pipelines included, over all axes of their ids."""

    document: Document
    provider: str
    jobs: Sequence[Job]
    order: Sequence[int]
    excluded: int
    warnings: tuple[Problem, ...] = ()
    by_id: Mapping[str, Job] = field(default_factory=dict)
    shapes: Mapping[str, Route | Step] = field(default_factory=dict)
    nodes: Mapping[str, Node] = field(default_factory=dict)

    def shape_of(self, job: Job) -> Route | Step:
        """The route or step that makes an instance."""
        return self.shapes.get(job.id) or self.shapes[job.node]
