"""Whether an input is one that the model takes: an own, plain reading of its schema and of the limits beyond it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from callsheet.simulator.catalogue import Json, Model
from callsheet.simulator.intake import Medium

_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "float": (int, float),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
}
Fault = tuple[Sequence[str | int], str, str]


def check(model: Model, given: Json) -> list[Json]:
    """What is wrong with an input by the schema, as the `detail` list of a 422; media are looked at by check_media."""
    faults: list[Fault] = [((name,), "unknown", "unknown field") for name in given if name not in model.properties]
    faults += [((name,), "missing", "field required") for name in model.required if name not in given]
    for name, value in given.items():
        if name in model.properties:
            faults += _value((name,), value, model.properties[name], model.limits.get(name, {}))
    return [detail(*fault) for fault in faults]


def check_media(model: Model, media: Mapping[tuple[str, int | None], Medium]) -> list[Json]:
    """What is wrong with media whose content is known, by the limits of their fields."""
    return [
        detail((name,) if index is None else (name, index), "media", text)
        for (name, index), medium in media.items()
        for text in _limits(medium, model.limits.get(name, {}), model.properties[name])
    ]


def detail(where: Sequence[str | int], kind: str, text: str) -> Json:
    """One entry of a `detail` list."""
    return {"loc": ["body", *where], "msg": text, "type": kind}


def _value(where: tuple[str | int, ...], value: object, schema: Json, limits: Json) -> Iterator[Fault]:
    wanted = schema.get("type")
    if wanted in _TYPES and not _is(value, wanted):
        yield where, "type", f"expected {wanted}"
        return
    if "enum" in schema and not any(
        value == option and isinstance(value, bool) is isinstance(option, bool) for option in schema["enum"]
    ):
        yield where, "enum", f"expected one of {', '.join(map(str, schema['enum']))}"
    if isinstance(value, int | float):
        if value < schema.get("minimum", value):
            yield where, "minimum", f"expected at least {schema['minimum']}"
        if value > schema.get("maximum", value):
            yield where, "maximum", f"expected at most {schema['maximum']}"
    if isinstance(value, str) and "max_length_cjk" not in limits and len(value) > schema.get("maxLength", len(value)):
        yield where, "maxLength", f"expected at most {schema['maxLength']} characters"
    if isinstance(value, list):
        if len(value) < schema.get("minItems", 0):
            yield where, "minItems", f"expected at least {schema['minItems']} items"
        if len(value) > schema.get("maxItems", len(value)):
            yield where, "maxItems", f"expected at most {schema['maxItems']} items"
        for index, item in enumerate(value):
            yield from _value((*where, index), item, schema.get("items", {}), {})


def _is(value: object, wanted: str) -> bool:
    if isinstance(value, bool):
        return wanted == "boolean"
    if wanted == "integer" and isinstance(value, float):
        return value.is_integer()
    return isinstance(value, _TYPES[wanted])


def _limits(medium: Medium, limits: Json, schema: Json) -> Iterator[str]:
    if medium.path is None:
        return
    if medium.media_type not in limits.get("formats", [medium.media_type]):
        yield f"expected {', '.join(limits['formats'])}, found {medium.media_type}"
    facts = _facts(medium)
    for rule, fact, low, unit in (
        ("max_bytes", "bytes", False, "bytes"),
        ("min_seconds", "seconds", True, "s"),
        ("max_seconds", "seconds", False, "s"),
        ("min_side_px", "shorter", True, "px a side"),
        ("max_side_px", "longer", False, "px a side"),
        ("min_aspect", "width/height", True, "width/height"),
        ("max_aspect", "width/height", False, "width/height"),
    ):
        if rule in limits and fact in facts and (facts[fact] < limits[rule] if low else facts[fact] > limits[rule]):
            yield f"expected at {'least' if low else 'most'} {limits[rule]} {unit}, found {facts[fact]:g}"
    if "below_bytes" in limits and facts["bytes"] >= limits["below_bytes"]:
        yield f"expected under {limits['below_bytes']} bytes, found {facts['bytes']:g}"
    for rule in schema.get("validations", ()):
        fact, sign = rule["validation_rule"][:-1], rule["validation_rule"][-1]
        bound = rule["validation_value"]
        if fact in facts and not (facts[fact] < bound if sign == "<" else facts[fact] > bound):
            yield str(rule["validation_error"])


def _facts(medium: Medium) -> dict[str, float]:
    size = medium.bytes or 0
    facts: dict[str, float] = {"bytes": size, "file_size_mb": size / 1e6}
    if medium.seconds is not None:
        facts["seconds"] = round(medium.seconds, 3)
    if medium.width and medium.height:
        facts |= {"width_pixels": medium.width, "height_pixels": medium.height}
        facts |= {"shorter": min(medium.width, medium.height), "longer": max(medium.width, medium.height)}
        facts["width/height"] = medium.width / medium.height
    return facts
