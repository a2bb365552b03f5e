"""JSON data -> Route, Step, Intent. The format is described in `schemas/README.md`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from callsheet.catalog.route import Field, FieldType, Intent, Price, Route, Step
from callsheet.catalog.sizes import parse_size
from callsheet.media.info import MEDIA_KINDS, MediaKind

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


class BadDescription(Exception):
    """A catalogue file says something that its format doesn't have; the text says what."""


def read_route(data: Mapping[str, object]) -> Route:
    """The route that a route file describes; raises BadDescription."""
    schema = _mapping(data, "input_schema")
    about = _mapping(data, "fields", {})
    fields = _fields(schema, about)
    seed = _mapping(data, "seed", {}) if "seed" in data or "seed" not in fields else {"field": "seed"}
    frames = _mapping(data, "frames", {})
    for native in (seed.get("field"), frames.get("count"), frames.get("rate")):
        if native is not None and native not in fields:
            raise BadDescription(f"`{native}` is no property of `input_schema`")
    return Route(
        id=_text(data, "id"),
        title=_text(data, "title", ""),
        fields=fields,
        canonical=_canonical(fields, about),
        makes=_kind(data),
        aliases=tuple(str(alias) for alias in _sequence(data, "aliases")),
        seed_field=_optional_text(seed, "field"),
        seed_random=frozenset(value for value in _sequence(seed, "random") if isinstance(value, int)),
        price=_price(data, "price"),
        simulated_price=_price(data, "simulated_price"),
        alternatives={name: str(route) for name, route in _mapping(data, "alternatives", {}).items()},
        schema=schema,
        category=_text(data, "category", ""),
        seed_minimum=_integer(seed, "minimum"),
        seed_maximum=_integer(seed, "maximum"),
        frame_count=_optional_text(frames, "count"),
        frame_rate=_optional_text(frames, "rate"),
        advice=tuple(str(line) for line in _sequence(data, "advice")),
    )


def read_step(data: Mapping[str, object]) -> Step:
    """The step that a step file describes; raises BadDescription."""
    schema = _mapping(data, "input_schema")
    version = _integer(data, "version")
    if version is None:
        raise BadDescription("`version` must be a whole number")
    return Step(
        name=_text(data, "name"),
        version=version,
        title=_text(data, "title", ""),
        fields=_fields(schema, _mapping(data, "fields", {})),
        makes=_kind(data),
        schema=schema,
        description=_text(data, "description", ""),
    )


def read_intents(data: Mapping[str, object]) -> tuple[tuple[Intent, ...], tuple[str, ...]]:
    """The table of intents, and the names that `intent: auto` chooses among; raises BadDescription."""
    intents: list[Intent] = []
    for row in _sequence(data, "intents"):
        if not isinstance(row, Mapping):
            raise BadDescription("each of `intents` must be a mapping")
        intents.append(
            Intent(
                name=_text(row, "name"),
                title=_text(row, "title"),
                route=_text(row, "route"),
                why=_text(row, "why"),
                requires=tuple(str(native) for native in _sequence(row, "requires")),
                fixed=_mapping(row, "fixed", {}),
            )
        )
    auto = tuple(str(name) for name in _sequence(data, "auto"))
    if unknown := set(auto) - {intent.name for intent in intents}:
        raise BadDescription(f"`auto` names `{min(unknown)}`, which is none of `intents`")
    return tuple(intents), auto


def _fields(schema: Mapping[str, object], about: Mapping[str, object]) -> dict[str, Field]:
    properties = _mapping(schema, "properties")
    required = frozenset(str(name) for name in _sequence(schema, "required"))
    for native in (*required, *about):
        if native not in properties:
            raise BadDescription(f"`{native}` is no property of `input_schema`")
    return {
        native: _field(native, properties, _mapping(about, native, {}), native in required) for native in properties
    }


def _field(native: str, properties: Mapping[str, object], about: Mapping[str, object], required: bool) -> Field:
    schema = _mapping(properties, native)
    kind = _field_type(schema)
    media = _media(native, about)
    default = schema.get("default")
    limits = dict(_mapping(about, "limits", {}))
    if rules := _sequence(schema, "validations"):
        limits["validations"] = rules
    return Field(
        name=native,
        type=kind,
        required=required,
        title=_text(schema, "title", ""),
        description=_text(schema, "description", ""),
        has_default=default is not None and media is None and not required,
        default=default,
        enum=tuple(_sequence(schema, "enum")),
        minimum=_number(schema, "minimum"),
        maximum=_number(schema, "maximum"),
        max_length=_integer(schema, "maxLength"),
        media=media,
        many=bool(about.get("many", media is not None and kind == "array")),
        min_items=_integer(schema, "minItems"),
        max_items=_integer(schema, "maxItems"),
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
        for one in _sequence(schema, key):
            if isinstance(one, Mapping) and one.get("type") in _TYPES:
                return _field_type(one)
    values = _sequence(schema, "enum")
    return "text" if values and all(isinstance(value, str) for value in values) else "object"


def _canonical(fields: Mapping[str, Field], about: Mapping[str, object]) -> dict[str, str]:
    """Canonical name -> native name; media answer to singular and plural, a field of sizes to the aspect too."""
    canonical: dict[str, str] = {}
    for native in about:
        name = _optional_text(_mapping(about, native), "canonical")
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


def _price(data: Mapping[str, object], key: str) -> Price | None:
    price = _mapping(data, key, {})
    if not price:
        return None
    base = _number(price, "base_usd")
    if base is None or base < 0:
        raise BadDescription(f"the `base_usd` of `{key}` must be a number that is not negative")
    return Price(base, _text(price, "unit"), _text(price, "note", ""), _text(price, "as_of", ""))


def _mapping(data: Mapping[str, object], key: str, missing: Mapping[str, object] | None = None) -> Mapping[str, object]:
    value = data.get(key)
    if value is None and missing is not None:
        return missing
    if not isinstance(value, Mapping):
        raise BadDescription(f"`{key}` must be a mapping")
    return value


def _sequence(data: Mapping[str, object], key: str) -> Sequence[object]:
    value = data.get(key)
    if value is None:
        return ()
    if not isinstance(value, list):
        raise BadDescription(f"`{key}` must be a list")
    return value


def _text(data: Mapping[str, object], key: str, missing: str | None = None) -> str:
    value = data.get(key, missing)
    if not isinstance(value, str):
        raise BadDescription(f"`{key}` must be a text")
    return value


def _optional_text(data: Mapping[str, object], key: str) -> str | None:
    return None if data.get(key) is None else _text(data, key)


def _number(data: Mapping[str, object], key: str) -> float | None:
    value = data.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BadDescription(f"`{key}` must be a number")
    return value


def _integer(data: Mapping[str, object], key: str) -> int | None:
    value = _number(data, key)
    if value is not None and value != int(value):
        raise BadDescription(f"`{key}` must be a whole number")
    return None if value is None else int(value)
