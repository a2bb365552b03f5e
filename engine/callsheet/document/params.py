"""Params: what the file declares, and the value each has in this invocation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import cast

from callsheet.document.item import Item, Scalar
from callsheet.document.keys import PARAM
from callsheet.document.model import Param, ParamType
from callsheet.document.names import SCOPE_NAMES, cut
from callsheet.document.reader import Reader
from callsheet.document.scalars import number
from callsheet.document.shape import found, is_scalar
from callsheet.problems import Problem, did_you_mean

_TYPE_WORDS: dict[ParamType, str] = {
    "text": "text",
    "integer": "an integer",
    "number": "a number",
    "boolean": "`true` or `false`",
    "image": "the path or URL of an image",
    "video": "the path or URL of a video",
    "audio": "the path or URL of an audio file",
}


@dataclass(frozen=True, slots=True)
class Declared:
    """A param as the file declares it; `has_value` is false for one that must be given."""

    param: Param
    has_value: bool


def read_params(reader: Reader, item: Item) -> dict[str, Declared]:
    """The params of a file, each at its default."""
    declared = {}
    for name, value in item.mapping.items():
        reader.name(name, item.key_spans[name], "a param", SCOPE_NAMES)
        one = _declaration(reader, name, value)
        if one is not None:
            declared[name] = one
    return declared


def _declaration(reader: Reader, name: str, item: Item) -> Declared | None:
    if item.is_mapping:
        return _full(reader, name, item)
    if not is_scalar(item):
        hint = "write its default, or `{type: text}` for one that must be given"
        message = f"param `{name}` must be text, a number, a boolean or a mapping, not {found(item)}"
        reader.error("wrong-type", message, item.span, hint)
        return None
    value = cast(Scalar, item.value)
    return Declared(Param(name, _type_of(value), value, value, None, item.span), True)


def _full(reader: Reader, name: str, item: Item) -> Declared | None:
    entries = reader.table(item, PARAM, f"param `{name}`")
    default = entries.get("default")
    if default is not None and not is_scalar(default) and default.value is not None:
        reader.error("wrong-type", f"`default` must be text, a number or a boolean, not {found(default)}", default.span)
        return None
    value = None if default is None else cast(Scalar, default.value)
    kind = cast(ParamType, entries["type"].value) if "type" in entries else _type_of(value)
    description = entries.get("description")
    minimum, maximum = _bound(reader, entries, "minimum", kind), _bound(reader, entries, "maximum", kind)
    if minimum is not None and maximum is not None and minimum > maximum:
        reader.error("bad-range", "`minimum` is larger than `maximum`", entries["minimum"].span)
        minimum = maximum = None
    param = Param(
        name,
        kind,
        value,
        value,
        None if description is None else description.written,
        item.span,
        minimum,
        maximum,
        _enum(reader, entries.get("enum"), kind),
    )
    if ("type" in entries or "type" not in item.mapping) and default is not None and value is not None:
        _check(reader, param, default, "`default`")
    return Declared(param, default is not None)


def _bound(reader: Reader, entries: Mapping[str, Item], key: str, kind: ParamType) -> float | None:
    item = entries.get(key)
    if item is None or not isinstance(item.value, int | float):
        return None
    if kind not in ("integer", "number"):
        reader.error("bad-range", f"`{key}` is only for the types `integer` and `number`, not `{kind}`", item.span)
        return None
    return item.value


def _enum(reader: Reader, item: Item | None, kind: ParamType) -> tuple[Scalar, ...]:
    if item is None:
        return ()
    if not item.sequence:
        reader.error("wrong-type", "`enum` must hold at least one value", item.span)
    wrong = [one for one in item.sequence if not _has_type(_scalar(one), kind)]
    for one in wrong:
        reader.error("wrong-type", f"a value of `enum` must be {_TYPE_WORDS[kind]}, not {found(one)}", one.span)
    return () if wrong else tuple(_scalar(one) for one in item.sequence)


def set_from_items(reader: Reader, declared: Mapping[str, Declared], values: Item) -> dict[str, Declared]:
    """The params with values from a profile or a params file laid over; null takes a value away."""
    result = dict(declared)
    for name, item in values.mapping.items():
        if reader.known(name, declared, "param", values.key_spans[name]):
            one = declared[name]
            if item.value is None:
                result[name] = Declared(replace(one.param, value=None), False)
            elif _check(reader, one.param, item, f"param `{name}`"):
                result[name] = Declared(replace(one.param, value=cast(Scalar, item.value)), True)
    return result


def set_from_options(
    reader: Reader, declared: Mapping[str, Declared], options: Mapping[str, Scalar | Item]
) -> dict[str, Declared]:
    """The params with the values of `--param NAME=VALUE` laid over; a text is read as the param's type."""
    result = dict(declared)
    for name, given in options.items():
        option = f"`--param {name}={given.written if isinstance(given, Item) else _shown(given)}`"
        one = declared.get(name)
        if one is None:
            hint = did_you_mean(name, declared)
            reader.add(Problem("unknown-param", f"{option}: there is no param `{name}`", hint=hint))
            continue
        value = _scalar(given) if isinstance(given, Item) else _converted(given, one.param.type)
        fault = unfit(one.param, value)
        if fault is None:
            result[name] = Declared(replace(one.param, value=value), True)
        else:
            reader.add(Problem(fault[0], f"{option}: {fault[1]}"))
    return result


def settled(reader: Reader, declared: Mapping[str, Declared]) -> dict[str, Param]:
    """The params once every value is laid over; one that must be given and was not is an error."""
    for name, one in declared.items():
        if not one.has_value:
            hint = f"give it one with `--param {name}=VALUE`, or write a `default`"
            reader.error("missing-param", f"param `{name}` has no value", one.param.span, hint)
    return {name: one.param for name, one in declared.items()}


def _converted(given: Scalar, kind: ParamType) -> Scalar:
    if not isinstance(given, str):
        return given
    if kind == "boolean":
        return {"true": True, "false": False}.get(given, given)
    if kind not in ("integer", "number"):
        return given
    try:
        return number(given)
    except ValueError:
        return given


def _check(reader: Reader, param: Param, item: Item, what: str) -> bool:
    fault = unfit(param, _scalar(item))
    if fault is None:
        return True
    got = found(item) if fault[0] == "wrong-type" else f"`{cut(item.written)}`"
    reader.error(fault[0], f"{what} {fault[1]}, not {got}", item.span)
    return False


def _scalar(item: Item) -> Scalar:
    return cast(Scalar, item.value) if is_scalar(item) else None


def unfit(param: Param, value: object) -> tuple[str, str] | None:
    """What the value of a param must be and is not, as a code and the rest of a sentence; None where it is right."""
    if not _has_type(value, param.type):
        return "wrong-type", f"must be {_TYPE_WORDS[param.type]}"
    if param.enum and value not in param.enum:
        return "not-allowed", "must be one of " + cut(", ".join(f"`{_shown(one)}`" for one in param.enum))
    if isinstance(value, int | float):
        if param.minimum is not None and value < param.minimum:
            return "out-of-range", f"must be at least {_shown(param.minimum)}"
        if param.maximum is not None and value > param.maximum:
            return "out-of-range", f"must be at most {_shown(param.maximum)}"
    return None


def _has_type(value: object, kind: ParamType) -> bool:
    if kind == "boolean":
        return isinstance(value, bool)
    if kind in ("integer", "number"):
        accepted = int if kind == "integer" else (int, float)
        return isinstance(value, accepted) and not isinstance(value, bool)
    return isinstance(value, str)


def _type_of(value: Scalar) -> ParamType:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "integer"
    return "number" if isinstance(value, float) else "text"


def _shown(value: Scalar) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "null" if value is None else str(value)
