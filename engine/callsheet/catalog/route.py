"""What can be asked of a route or a step: its fields and what is known of them. Data, read by catalog/load."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias

from callsheet.media.info import MediaKind, OutputKind

FieldType: TypeAlias = Literal["text", "integer", "number", "boolean", "array", "object"]
Canonical: TypeAlias = Literal[
    "prompt", "negative_prompt", "image", "images", "video", "videos", "audio", "audios",
    "duration", "resolution", "aspect_ratio",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Field:
    """One native field. `media` is the kind of media it takes, `many` whether it takes a list.

    `has_default` says that the schema has a default that may be sent (never so for media or required fields).
    `limits` are facts beyond the JSON Schema, as the route file gives them (pixels, seconds, megabytes, text length).
    """

    name: str
    type: FieldType
    required: bool = False
    title: str = ""
    description: str = ""
    has_default: bool = False
    default: object = None
    enum: tuple[object, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    max_length: int | None = None
    media: MediaKind | None = None
    many: bool = False
    min_items: int | None = None
    max_items: int | None = None
    limits: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Price:
    """`base_usd` per `unit` (`second`, `output`, ...) as the API states it, with the date it was read; `quoted` where
    it is what this account was quoted."""

    base_usd: float
    unit: str
    note: str = ""
    as_of: str = ""
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a call is expected to cost; `usd` is None exactly where `basis` is `unknown`. `quoted` rests on a price that
    this account was quoted, `base` on the one the API states, `learned` on what this project paid before."""

    usd: float | None
    basis: Literal["quoted", "base", "learned", "unknown"]


@dataclass(frozen=True, slots=True)
class AdviceRule:
    """A tip that can be checked. `rule` is `begins_with`, `mentions`, `one_of` or `unnamed_references`; `phrases` are
    what it looks for in the text of the field `native`, in groups; `given` are the values of other
    fields under which it holds."""

    tip: str
    native: str
    rule: str
    phrases: tuple[tuple[str, ...], ...] = ()
    given: Mapping[str, object] = field(default_factory=dict)
    count: int = 0


@dataclass(frozen=True, slots=True)
class Route:
    """A hosted model. `canonical` maps canonical names to native ones; `seed_field` is None on a route without seed;
    `seed_random` are values that the route reads as "draw one yourself"; `makes` is the kind of its output.
    `alternatives` says, for a canonical name that can't be given here, which route takes it. On a route whose length is
    a number of frames, `frame_count` and `frame_rate` are the native fields that give it. `advice` is for prompts,
    `advice_rules` is what of it can be checked. `keywords` speak for the route in a sentence. `aspect_from` is the
    field whose picture gives the clip its aspect."""

    id: str
    title: str
    fields: Mapping[str, Field]
    canonical: Mapping[str, str]
    makes: MediaKind
    aliases: tuple[str, ...] = ()
    seed_field: str | None = None
    seed_random: frozenset[int] = frozenset()
    price: Price | None = None
    simulated_price: Price | None = None
    alternatives: Mapping[str, str] = field(default_factory=dict)
    schema: Mapping[str, object] = field(default_factory=dict)
    category: str = ""
    seed_minimum: int | None = None
    seed_maximum: int | None = None
    frame_count: str | None = None
    frame_rate: str | None = None
    advice: tuple[str, ...] = ()
    advice_rules: tuple[AdviceRule, ...] = ()
    keywords: tuple[str, ...] = ()
    aspect_from: str | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """A local step: the same shape of thing as a route, but with a version that is part of its keys.

    `makes_given` says what it makes instead where a field is given. `lasts` names the fields whose media, one after the
    other, are as long as what it makes, unless a field of `lasts_unless` is given. `checks` are what is wise beyond the
    schema: see `schemas/README.md`.
    """

    name: str
    version: int
    title: str
    fields: Mapping[str, Field]
    makes: OutputKind
    schema: Mapping[str, object] = field(default_factory=dict)
    description: str = ""
    makes_given: Mapping[str, OutputKind] = field(default_factory=dict)
    lasts: tuple[str, ...] = ()
    lasts_unless: tuple[str, ...] = ()
    checks: tuple[Mapping[str, object], ...] = ()

    def given(self, names: Collection[str]) -> Step:
        """The step as it is with these inputs: what it makes may depend on them."""
        kind = next((kind for name, kind in self.makes_given.items() if name in names), self.makes)
        return self if kind == self.makes else replace(self, makes=kind)


@dataclass(frozen=True, slots=True)
class Intent:
    """A row of the intent table: which route serves it, why, and which native fields it makes required there."""

    name: str
    title: str
    route: str
    why: str
    requires: tuple[str, ...] = ()
    fixed: Mapping[str, object] = field(default_factory=dict)
    keywords: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong (or, as a warning, unwise) with one value for one field; `field` is the native name."""

    code: str
    message: str
    field: str | None = None
    hint: str | None = None
    severity: Literal["error", "warning"] = "error"
