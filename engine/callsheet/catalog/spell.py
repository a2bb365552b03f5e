"""One value, written the way the route or step wants it; a Fault where it can't be."""

from __future__ import annotations

from math import isfinite

from callsheet.catalog.route import Fault, Field, Route, Step
from callsheet.catalog.sizes import Size, parse_size, pick_size
from callsheet.catalog.wording import ONE_OF_KIND, choices, field_label, listing, media_name, number, told
from callsheet.media.info import Artifact, LocalFile, MediaKind, RemoteFile

_WANTED = {"text": "text", "integer": "a whole number", "number": "a number", "boolean": "`true` or `false`"}


def spell(shape: Route | Step, given_name: str, field: Field, value: object) -> object:
    """The value to send for `field`, or a Fault (whose `field` is the native name).

    Enums are matched without regard to case, `resolution` and `aspect_ratio` pick among fixed sizes, whole floats
    become integers, and one value becomes a list where a list is taken. Text is never read as anything else.
    """
    if field.media is not None:
        return _media(shape, given_name, field, field.media, value)
    if given_name == "resolution" and is_sized(shape, field):
        return spell_size(shape, field, value, None)
    if given_name == "aspect_ratio" and is_sized(shape, field):
        return spell_size(shape, field, None, value)
    if field.type == "text":
        return _text(shape, given_name, field, value)
    if field.type in ("integer", "number"):
        return _number(shape, given_name, field, value)
    if field.type == "boolean" and not isinstance(value, bool):
        return _wrong_type(shape, given_name, field, value)
    if field.type == "array":
        return list(value) if isinstance(value, list | tuple) else [value]
    return value


def is_sized(shape: Route | Step, field: Field) -> bool:
    """Whether this is the field of a route's fixed sizes, which resolution and aspect ratio pick among."""
    if isinstance(shape, Step):
        return False
    return shape.canonical.get("resolution") == field.name == shape.canonical.get("aspect_ratio")


def spell_size(shape: Route | Step, field: Field, resolution: object, aspect_ratio: object) -> object:
    """The fixed size that resolution and aspect ratio (None: not given) ask for together, or a Fault."""
    asked = {name: one for name, one in (("resolution", resolution), ("aspect_ratio", aspect_ratio)) if one is not None}
    for name, value in asked.items():
        if not isinstance(value, str):
            return _wrong_type(shape, name, field, value)
    sizes = _sizes(field)
    default = parse_size(field.default) or sizes[0]
    texts = {name: str(one) for name, one in asked.items()}
    size = pick_size(sizes, default, texts.get("resolution"), texts.get("aspect_ratio"))
    if size is not None:
        return size.text
    named = " with ".join(f"`{name}: {text}`" for name, text in texts.items())
    message = f"{field_label_as(shape, next(iter(texts)), field)} has no size for {named}"
    return Fault("input-not-allowed", message, field.name, f"its sizes are {listing((s.text for s in sizes), 'and')}")


def field_label_as(shape: Route | Step, given_name: str, field: Field) -> str:
    """The field by the name it was given under, with its native name beside it where that is another."""
    if given_name == field.name:
        return field_label(shape, field.name)
    return f"`{given_name}` (`{field.name}`)"


def _sizes(field: Field) -> tuple[Size, ...]:
    return tuple(size for size in map(parse_size, field.enum) if size is not None)


def _text(shape: Route | Step, given_name: str, field: Field, value: object) -> object:
    if not isinstance(value, str):
        return _wrong_type(shape, given_name, field, value)
    if not field.enum or value in field.enum:
        return value
    folded = value.strip().casefold()
    for allowed in field.enum:
        if isinstance(allowed, str) and allowed.casefold() == folded:
            return allowed
    return _not_allowed(shape, given_name, field, value)


def _number(shape: Route | Step, given_name: str, field: Field, value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return _wrong_type(shape, given_name, field, value)
    if isinstance(value, float):
        if not isfinite(value):
            return _wrong_type(shape, given_name, field, value)
        if field.type == "integer":
            if not value.is_integer():
                return _wrong_type(shape, given_name, field, value)
            value = int(value)
    if field.enum and value not in field.enum:
        return _not_allowed(shape, given_name, field, value)
    if (field.minimum is not None and value < field.minimum) or (field.maximum is not None and value > field.maximum):
        return _out_of_range(shape, given_name, field, value)
    return value


def _media(shape: Route | Step, given_name: str, field: Field, kind: MediaKind, value: object) -> object:
    given = list(value) if isinstance(value, list | tuple) else [value]
    label = field_label_as(shape, given_name, field)
    for one in given:
        if not isinstance(one, LocalFile | RemoteFile | Artifact):
            return Fault(
                "input-type",
                f"{label} takes {ONE_OF_KIND[kind]}, not {told(one)}",
                field.name,
                f"give a path, an `https://` URL or a reference such as `{{{{ nodes.hero.{kind} }}}}`",
            )
    if field.many:
        return given
    several = [one for one in given if isinstance(one, Artifact) and one.many]
    if len(given) == 1 and not several:
        return given[0]
    other = shape.alternatives.get(f"{kind}s") if isinstance(shape, Route) else None
    hint = f"`{other}` takes several" if other else "give a single one"
    if several:
        what = f"`{media_name(several[0])}` may give several"
        hint = f"write `.{kind}` in place of `.{kind}s`" + (f"; {hint}" if other else "")
    else:
        what = f"{len(given)} are given"
    return Fault("input-count", f"{label} takes exactly one {kind} file, and {what}", field.name, hint)


def _wrong_type(shape: Route | Step, given_name: str, field: Field, value: object) -> Fault:
    wanted = _WANTED[field.type]
    hint = None
    if isinstance(value, str) and field.type in ("integer", "number"):
        hint = "write the number without quotes, or as a whole-value template such as `{{ params.seconds }}`"
    elif isinstance(value, str) and field.type == "boolean":
        hint = "write `true` or `false` without quotes"
    elif field.type == "text" and isinstance(value, int | float):
        hint = "put the value in quotes"
    label = field_label_as(shape, given_name, field)
    return Fault("input-type", f"{label} must be {wanted}, not {told(value)}", field.name, hint)


def _not_allowed(shape: Route | Step, given_name: str, field: Field, value: object) -> Fault:
    label = field_label_as(shape, given_name, field)
    return Fault("input-not-allowed", f"{label} must be {choices(field.enum)}, not `{value}`", field.name)


def _out_of_range(shape: Route | Step, given_name: str, field: Field, value: int | float) -> Fault:
    label = field_label_as(shape, given_name, field)
    if field.minimum is not None and field.maximum is not None:
        edge = f"from {number(field.minimum)} to {number(field.maximum)}"
    elif field.minimum is not None:
        edge = f"at least {number(field.minimum)}"
    else:
        edge = f"at most {number(field.maximum or 0)}"
    return Fault("input-out-of-range", f"{label} must be {edge}, not {number(value, 6)}", field.name)
