"""The pipeline as its file states it, checked for shape but with nothing expanded or rendered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypeAlias

from callsheet.document.item import Item, Scalar
from callsheet.problems import Problem, Span

ParamType: TypeAlias = Literal["text", "integer", "number", "boolean", "image", "video", "audio"]
Maker: TypeAlias = Literal["route", "intent", "step", "use"]


@dataclass(frozen=True, slots=True)
class Param:
    """One parameter with the value it has in this invocation (default, profile, params file, `--param`), or that its
    user's `with` gives it: then of a media type also media, or a list of them."""

    name: str
    type: ParamType
    value: object
    default: Scalar
    description: str | None
    span: Span
    minimum: float | None = None
    maximum: float | None = None
    enum: tuple[Scalar, ...] = ()


@dataclass(frozen=True, slots=True)
class AxisIds:
    """`[en, de, ja]` or a mapping id -> record. `entries`: (the id, or the key with its place; record or None), in file
    order. An id is its item's `written`: one that is a number keeps it as `value`. `ordered`: each may use the one
    before it."""

    entries: tuple[tuple[Item, Item | None], ...]
    ordered: bool = False


@dataclass(frozen=True, slots=True)
class AxisTakes:
    """`{takes: N}`, `{takes: [names]}` or `{seeds: [11, 22]}`. `ids` are texts; `seeds` goes with `{seeds: ...}`."""

    ids: tuple[str, ...]
    named: bool
    seeds: tuple[int, ...] | None
    unpicked: Literal["first", "hold"]


@dataclass(frozen=True, slots=True)
class AxisFrom:
    """`{from: FILE, id: COLUMN, at: /json/pointer, where: EXPR, types: {COLUMN: TYPE}, slug: true, ordered: true}`."""

    file: Item
    id: Item | None
    at: Item | None
    where: Item | None
    types: Mapping[str, ParamType]
    slug: bool
    ordered: bool = False


@dataclass(frozen=True, slots=True)
class Axis:
    name: str
    source: AxisIds | AxisTakes | AxisFrom
    span: Span


@dataclass(frozen=True, slots=True)
class Entry:
    """One `exclude`/`include` entry: axis -> the ids it names (one, or a list of them)."""

    values: Mapping[str, tuple[str, ...]]
    span: Span


@dataclass(frozen=True, slots=True)
class TextFiles:
    """`text: {files: "text/{language}.yaml", axis: language, fallback: en}`."""

    files: Item
    axis: str
    fallback: str | None
    span: Span


@dataclass(frozen=True, slots=True)
class NodeSeed:
    """`seed: 1234` (pin) or `seed: {vary: [look]}`; `{pin: 1234, vary: [look]}` has both."""

    pin: int | None
    vary: tuple[str, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Fallback:
    """A route to try after a definite failure; `input` is laid over the node's, null takes a field away."""

    route: Item
    input: Item | None
    span: Span


@dataclass(frozen=True, slots=True)
class Node:
    """`maker` says which of route, intent, step and use `made_by` (the value written there) is; `handed` is what `with`
    gives to the params of the pipeline that is used."""

    name: str
    maker: Maker
    made_by: Item
    over: tuple[str, ...]
    over_span: Span | None
    input: Item | None
    seed: NodeSeed | None
    when: Item | None
    needs: tuple[str, ...]
    needs_spans: tuple[Span, ...]
    publish: Item | None
    tags: tuple[str, ...]
    advice: bool
    allow_cut: bool
    was: str | None
    description: str | None
    span: Span
    handed: Item | None = None
    fallback: tuple[Fallback, ...] = ()

    @property
    def local_name(self) -> str:
        """The name that the node's own file has for it; `name` is qualified where that file is used by another."""
        return self.name.rpartition(".")[2]


@dataclass(frozen=True, slots=True)
class Document:
    """One pipeline file, with its profile and parameters laid over. `folder` is what its paths are relative to.
    `used` are the pipelines that its nodes use, by node; `unset` names params that whoever uses this one must give.
    `warnings` are what the reading noticed and a run may ignore."""

    path: Path
    folder: Path
    name: str
    description: str | None
    seed: int | None
    seed_span: Span | None
    params: Mapping[str, Param]
    axes: Mapping[str, Axis]
    exclude: tuple[Entry, ...]
    include: tuple[Entry, ...]
    only: Mapping[str, tuple[str, ...]]
    only_spans: Mapping[str, Span]
    text: TextFiles | None
    defaults: Mapping[str, Item]
    default_spans: Mapping[str, Span]
    max_instances: int
    nodes: Mapping[str, Node]
    outputs: Mapping[str, Item]
    span: Span
    warnings: tuple[Problem, ...] = ()
    used: Mapping[str, Document] = field(default_factory=dict)
    unset: frozenset[str] = frozenset()
