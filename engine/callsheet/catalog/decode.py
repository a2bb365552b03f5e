"""JSON data -> Route, Step, Intent. The format is described in `schemas/README.md`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from callsheet.catalog.decode_advice import read_advice
from callsheet.catalog.description import (
    BadDescription,
    integer_of,
    mapping_of,
    number_of,
    optional_text_of,
    sequence_of,
    text_of,
)
from callsheet.catalog.route import Field, FieldType, Intent, Price, Route, Step
from callsheet.catalog.sizes import parse_size
from callsheet.media.info import MEDIA_KINDS, MediaKind, OutputKind

_TYPES: dict[str, FieldType] = {
    "string": "text",
    "integer": "integer",
    "number": "number",
    "float": "number",
    "boolean": "boolean",
    "array": "array",
    "object": "object",
}
_SINGULAR = ("image", "video", "audio")
_CANONICAL = frozenset({"prompt", "negative_prompt", "duration", "resolution", "aspect_ratio", *_SINGULAR})


def read_route(data: Mapping[str, object]) -> Route:
    """The route that a route file describes; raises BadDescription."""
    schema = mapping_of(data, "input_schema")
    about = mapping_of(data, "fields", {})
    fields = _fields(schema, about)
    seed = mapping_of(data, "seed", {}) if "seed" in data or "seed" not in fields else {"field": "seed"}
    frames = mapping_of(data, "frames", {})
    tips, rules = read_advice(sequence_of(data, "advice"), fields)
    for native in (seed.get("field"), frames.get("count"), frames.get("rate")):
        if native is not None and native not in fields:
            raise BadDescription(f"`{native}` is no property of `input_schema`")
    return Route(
        id=text_of(data, "id"),
        title=text_of(data, "title", ""),
        fields=fields,
        canonical=_canonical(fields, about),
        makes=_kind(data),
        aliases=tuple(str(alias) for alias in sequence_of(data, "aliases")),
        seed_field=optional_text_of(seed, "field"),
        seed_random=frozenset(value for value in sequence_of(seed, "random") if isinstance(value, int)),
        price=_price(data, "price"),
        simulated_price=_price(data, "simulated_price"),
        alternatives={name: str(route) for name, route in mapping_of(data, "alternatives", {}).items()},
        schema=schema,
        category=text_of(data, "category", ""),
        seed_minimum=integer_of(seed, "minimum"),
        seed_maximum=integer_of(seed, "maximum"),
        frame_count=optional_text_of(frames, "count"),
        frame_rate=optional_text_of(frames, "rate"),
        advice=tips,
        advice_rules=rules,
        keywords=_keywords(data),
        aspect_from=optional_text_of(data, "aspect_from"),
    )


def read_step(data: Mapping[str, object]) -> Step:
    """The step that a step file describes; raises BadDescription."""
    schema = mapping_of(data, "input_schema")
    version = integer_of(data, "version")
    if version is None:
        raise BadDescription("`version` must be a whole number")
    return Step(
        name=text_of(data, "name"),
        version=version,
        title=text_of(data, "title", ""),
        fields=_fields(schema, mapping_of(data, "fields", {})),
        makes=_output_kind(data.get("makes")),
        schema=schema,
        description=text_of(data, "description", ""),
        makes_given={name: _output_kind(kind) for name, kind in mapping_of(data, "makes_given", {}).items()},
        lasts=tuple(str(name) for name in sequence_of(data, "lasts")),
        lasts_unless=tuple(str(name) for name in sequence_of(data, "lasts_unless")),
        checks=tuple(one for one in sequence_of(data, "checks") if isinstance(one, Mapping)),
    )


def read_intents(data: Mapping[str, object]) -> tuple[tuple[Intent, ...], tuple[str, ...]]:
    """The table of intents, and the names that `intent: auto` chooses among; raises BadDescription."""
    intents: list[Intent] = []
    for row in sequence_of(data, "intents"):
        if not isinstance(row, Mapping):
            raise BadDescription("each of `intents` must be a mapping")
        intents.append(
            Intent(
                name=text_of(row, "name"),
                title=text_of(row, "title"),
                route=text_of(row, "route"),
                why=text_of(row, "why"),
                requires=tuple(str(native) for native in sequence_of(row, "requires")),
                fixed=mapping_of(row, "fixed", {}),
                keywords=_keywords(row),
            )
        )
    auto = tuple(str(name) for name in sequence_of(data, "auto"))
    if unknown := set(auto) - {intent.name for intent in intents}:
        raise BadDescription(f"`auto` names `{min(unknown)}`, which is none of `intents`")
    return tuple(intents), auto


def _fields(schema: Mapping[str, object], about: Mapping[str, object]) -> dict[str, Field]:
    properties = mapping_of(schema, "properties")
    required = frozenset(str(name) for name in sequence_of(schema, "required"))
    for native in (*required, *about):
        if native not in properties:
            raise BadDescription(f"`{native}` is no property of `input_schema`")
    return {
        native: _field(native, properties, mapping_of(about, native, {}), native in required) for native in properties
    }


def _field(native: str, properties: Mapping[str, object], about: Mapping[str, object], required: bool) -> Field:
    schema = mapping_of(properties, native)
    kind = _field_type(schema)
    media = _media(native, about)
    default = schema.get("default")
    limits = dict(mapping_of(about, "limits", {}))
    if rules := sequence_of(schema, "validations"):
        limits["validations"] = rules
    return Field(
        name=native,
        type=kind,
        required=required,
        title=text_of(schema, "title", ""),
        description=text_of(schema, "description", ""),
        has_default=default is not None and media is None and not required,
        default=default,
        enum=tuple(sequence_of(schema, "enum")),
        minimum=number_of(schema, "minimum"),
        maximum=number_of(schema, "maximum"),
        max_length=integer_of(schema, "maxLength"),
        media=media,
        many=bool(about.get("many", media is not None and kind == "array")),
        min_items=integer_of(schema, "minItems"),
        max_items=integer_of(schema, "maxItems"),
        limits=limits,
    )


def _field_type(schema: Mapping[str, object]) -> FieldType:
    """The type of a property; of several (`anyOf`, a list of types) the first that is known; else `object`."""
    given = schema.get("type")
    names = given if isinstance(given, list) else [given]
    for name in names:
        if isinstance(name, str) and name in _TYPES:
            return _TYPES[name]
    for key in ("anyOf", "oneOf"):
        for one in sequence_of(schema, key):
            if isinstance(one, Mapping) and one.get("type") in _TYPES:
                return _field_type(one)
    values = sequence_of(schema, "enum")
    return "text" if values and all(isinstance(value, str) for value in values) else "object"


def _canonical(fields: Mapping[str, Field], about: Mapping[str, object]) -> dict[str, str]:
    """Canonical name -> native name; media answer to singular and plural, a field of sizes to the aspect too."""
    canonical: dict[str, str] = {}
    for native in about:
        name = optional_text_of(mapping_of(about, native), "canonical")
        if name is None:
            continue
        if name not in _CANONICAL:
            raise BadDescription(f"`{name}` is no canonical name")
        names = [name, name + "s"] if name in _SINGULAR else [name]
        sizes = fields[native].enum
        if name == "resolution" and sizes and all(parse_size(size) for size in sizes):
            names.append("aspect_ratio")
        for one in names:
            if canonical.setdefault(one, native) != native:
                raise BadDescription(f"`{canonical[one]}` and `{native}` are both called `{one}`")
    return canonical


def _media(native: str, about: Mapping[str, object]) -> MediaKind | None:
    media = about.get("media")
    if media is None:
        return None
    if media not in MEDIA_KINDS:
        raise BadDescription(f"the media of `{native}` must be `image`, `video` or `audio`")
    return media


def _kind(data: Mapping[str, object]) -> MediaKind:
    if data.get("makes") not in MEDIA_KINDS:
        raise BadDescription("`makes` must be `image`, `video` or `audio`")
    return cast(MediaKind, data["makes"])


def _output_kind(kind: object) -> OutputKind:
    if kind not in (*MEDIA_KINDS, "data"):
        raise BadDescription("what a step makes must be `image`, `video`, `audio` or `data`")
    return cast(OutputKind, kind)


def _price(data: Mapping[str, object], key: str) -> Price | None:
    price = mapping_of(data, key, {})
    if not price:
        return None
    base = number_of(price, "base_usd")
    if base is None or base < 0:
        raise BadDescription(f"the `base_usd` of `{key}` must be a number that is not negative")
    return Price(
        base,
        text_of(price, "unit"),
        text_of(price, "note", ""),
        text_of(price, "as_of", ""),
        quoted=price.get("quoted") is True,
    )


def _keywords(data: Mapping[str, object]) -> tuple[str, ...]:
    """Words that speak for this, of every language that is given."""
    return tuple(str(word) for words in mapping_of(data, "keywords", {}).values() for word in _list(words, "keywords"))


def _list(value: object, key: str) -> Sequence[object]:
    if not isinstance(value, list):
        raise BadDescription(f"each of `{key}` must be a list")
    return value
