"""What an editor lets stand in a field of `input`: the field's own values, templates, and null, which leaves it out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from callsheet.catalog.fields import find_field
from callsheet.catalog.route import Field, Route, Step
from callsheet.catalog.sizes import parse_size
from callsheet.catalog.spell import is_sized
from callsheet.catalog.wording import choices

SchemaNode = dict[str, object]

TEMPLATE = "\\{[{%]"
"""Found in every text that is rendered; what comes of it is the plan's business."""

MATCH_AUDIO = "match-audio"
_SOFT_TYPES = ["string", "null"]
_NO_TEXT = {"type": ["object", "array", "number", "boolean"]}
_TYPES = {"text": "string", "integer": "integer", "number": "number", "boolean": "boolean"}


def field_schemas(shape: Route | Step) -> dict[str, SchemaNode]:
    """Each name that `input` may use, canonical ones first, with the values it takes."""
    canonical = list(shape.canonical) if isinstance(shape, Route) else []
    seed = shape.seed_field if isinstance(shape, Route) else None
    names = [name for name in dict.fromkeys([*canonical, *shape.fields]) if name != seed]
    return {name: _described(shape, name, field) for name in names if (field := find_field(shape, name)) is not None}


def names_of(shape: Route | Step, native: str) -> list[str]:
    """Every name that a native field goes by."""
    canonical = shape.canonical if isinstance(shape, Route) else {}
    return list(dict.fromkeys([*(name for name, target in canonical.items() if target == native), native]))


def _described(shape: Route | Step, name: str, field: Field) -> SchemaNode:
    schema = _values(shape, name, field)
    about = [field.description or field.title]
    if name != field.name:
        about.append(f"Sent as `{field.name}`.")
    sized = is_sized(shape, field) and name != field.name
    if field.has_default and not sized and field.default not in ([], ""):
        schema["default"] = field.default
    if text := " ".join(part for part in about if part):
        schema["description"] = text
    if field.media is not None and name != field.name and name.endswith("s") != field.many:
        schema["doNotSuggest"] = True
    return schema


def _values(shape: Route | Step, name: str, field: Field) -> SchemaNode:
    if field.media is not None:
        return {"type": ["string", "array", "null"], "items": {"type": _SOFT_TYPES}}
    if is_sized(shape, field) and name != field.name:
        return _sizes(field, name)
    also = (MATCH_AUDIO,) if name == "duration" and isinstance(shape, Route) and "audio" in shape.canonical else ()
    if field.enum or also:
        return _enumerated(field, also)
    if field.type == "text":
        return _text(_native(shape, field))
    if field.type in ("integer", "number"):
        return _number(_TYPES[field.type], _edges(field))
    if field.type == "boolean":
        return _flag()
    return templated(_native(shape, field))


def templated(schema: Mapping[str, object]) -> SchemaNode:
    """A schema of finished data as one of what an author writes: anywhere in it a template may stand instead, and one
    value where a list is taken. What it can't follow it lets pass."""
    kind = schema.get("type")
    described = {key: schema[key] for key in ("title", "description") if key in schema}
    enum = schema.get("enum")
    if isinstance(enum, Sequence) and not isinstance(enum, str):
        return {**described, **_one_of(tuple(enum))}
    if kind == "array":
        items = schema.get("items")
        element = templated(items) if isinstance(items, Mapping) else {}
        return {**described, "anyOf": [{"type": "array", "items": element}, element]}
    if kind == "object":
        return {**described, **_object(schema)}
    if kind == "string":
        return {**described, **_text(schema)}
    if kind == "boolean":
        return {**described, **_flag()}
    if kind in ("integer", "number", "float"):
        edges = {key: schema[key] for key in ("minimum", "maximum") if key in schema}
        return {**described, **_number("integer" if kind == "integer" else "number", edges)}
    return described


def _object(schema: Mapping[str, object]) -> SchemaNode:
    written: SchemaNode = {"type": ["object", *_SOFT_TYPES], "pattern": TEMPLATE}
    properties = schema.get("properties")
    if isinstance(properties, Mapping):
        written["properties"] = {name: templated(one) for name, one in properties.items() if isinstance(one, Mapping)}
        written |= {key: schema[key] for key in ("required", "additionalProperties") if schema.get(key) is not None}
    return written


def _native(shape: Route | Step, field: Field) -> Mapping[str, object]:
    properties = shape.schema.get("properties")
    found = properties.get(field.name) if isinstance(properties, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def _text(schema: Mapping[str, object]) -> SchemaNode:
    pattern = schema.get("pattern")
    return {"type": _SOFT_TYPES, **({"pattern": f"(?:{pattern})|{TEMPLATE}"} if isinstance(pattern, str) else {})}


def _number(kind: str, edges: SchemaNode) -> SchemaNode:
    wanted = "a whole number" if kind == "integer" else "a number"
    return {"type": [kind, *_SOFT_TYPES], **edges, **_template(wanted)}


def _flag() -> SchemaNode:
    return {"anyOf": [{"type": "boolean"}, {"not": _NO_TEXT, **_template("true or false")}]}


def _template(wanted: str, pattern: str = TEMPLATE) -> SchemaNode:
    return {"pattern": pattern, "patternErrorMessage": f"Must be {wanted}, or a template"}


def _edges(field: Field) -> SchemaNode:
    edges = {"minimum": field.minimum, "maximum": field.maximum}
    return {name: edge for name, edge in edges.items() if edge is not None}


def _enumerated(field: Field, also: tuple[str, ...]) -> SchemaNode:
    if field.enum:
        return _one_of((*field.enum, *also))
    return {"anyOf": [{"type": _TYPES.get(field.type, "string"), **_edges(field)}, _one_of(also)]}


def _one_of(values: tuple[object, ...], accepted: Iterable[str] = ()) -> SchemaNode:
    """The values, proposed as they are and accepted in any case; `accepted` are patterns of further spellings."""
    spellings = [*(_any_case(value) for value in values if isinstance(value, str)), *accepted]
    pattern = f"^\\s*(?:{'|'.join(spellings)})\\s*$|{TEMPLATE}" if spellings else TEMPLATE
    wanted = choices(values).replace("`", "")
    return {"anyOf": [{"enum": list(values)}, {"not": _NO_TEXT, **_template(wanted, pattern)}]}


def _any_case(text: str) -> str:
    return "".join(
        f"[{one.lower()}{one.upper()}]" if one.lower() != one.upper() else re.escape(one).replace("\\-", "-")
        for one in text
    )


def _sizes(field: Field, name: str) -> SchemaNode:
    """`resolution` and `aspect_ratio` on a route of fixed sizes."""
    sizes = [size for size in map(parse_size, field.enum) if size is not None]
    if name == "aspect_ratio":
        aspects = dict.fromkeys(f"{size.aspect.numerator}:{size.aspect.denominator}" for size in sizes)
        return _one_of(tuple(aspects))
    short = tuple(dict.fromkeys(f"{size.width}x{size.height}" for size in sizes))
    sides = "|".join(sorted({str(min(size.width, size.height)) for size in sizes}))
    exact = "|".join(f"{size.width}\\s*[xX×]\\s*{size.height}" for size in sizes)
    return _one_of(short, (f"(?:{exact})\\s*(?:\\(.*\\))?", f"(?:{sides})[pP]"))
