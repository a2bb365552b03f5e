"""The filters, tests and text methods that a template may use: all pure, all within bounds."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from typing import TypeAlias

from callsheet.document.record import NOTHING, Absent, Misuse, Record, printed, sort_of
from callsheet.document.template_work import Work, bounded_number, compare, is_number

Function: TypeAlias = Callable[..., object]

_INTEGER = re.compile(r"\s*[+-]?[0-9]{1,18}\s*")
_NUMBER = re.compile(r"\s*[+-]?([0-9]{1,18}(\.[0-9]{0,18})?|\.[0-9]{1,18})([eE][+-]?[0-9]{1,3})?\s*")


def invoked(function: Function, name: str, *args: object, **kwargs: object) -> object:
    """Call a function with arguments out of a template. Raises Misuse where it doesn't take them."""
    try:
        return function(*args, **kwargs)
    except TypeError:
        try:
            inspect.signature(function).bind(*args, **kwargs)
        except TypeError:
            raise Misuse("template-type", f"`{name}` is given the wrong arguments", None, name) from None
        raise


def _text_filter(change: Callable[[str], str]) -> Function:
    def apply(work: Work, value: object) -> str:
        text = printed(value)
        work.text(len(text))
        return change(text)

    return apply


def _trim(work: Work, value: object, chars: object = None) -> str:
    return _stripped(work, str.strip, value, chars)


def _stripped(work: Work, how: Callable[[str, str | None], str], value: object, chars: object) -> str:
    text = printed(value)
    work.text(len(text))
    unwanted = None if chars is None else printed(chars)
    work.charge(len(text) * len(unwanted or "") >> 6)
    return how(text, unwanted)


def _replace(work: Work, value: object, old: object, new: object, count: object = -1) -> str:
    text, before, after, most = printed(value), printed(old), printed(new), _whole(count, "replace")
    work.text(len(text))
    found = text.count(before) if most < 0 else min(text.count(before), most)
    work.text(len(text) + found * (len(after) - len(before)))
    return text.replace(before, after, most)


def _truncate(work: Work, value: object, length: object = 255, end: object = "…") -> str:
    text, most, tail = printed(value), _whole(length, "truncate"), printed(end)
    work.text(len(text))
    return text if len(text) <= most else text[: max(0, most - len(tail))].rstrip() + tail


def _split(work: Work, value: object, separator: object = None, most: object = -1) -> list[str]:
    text, between = printed(value), None if separator is None else printed(separator)
    if between == "":
        raise Misuse("template-value", "`split` needs a separator that isn't empty")
    work.text(len(text))
    parts = text.split(between, _whole(most, "split"))
    work.items(len(parts))
    return parts


def _join(work: Work, values: object, separator: object = "") -> str:
    between = printed(separator)
    parts = [printed(value) for value in _elements(work, values, "join")]
    work.text(sum(map(len, parts)) + len(between) * max(0, len(parts) - 1))
    return between.join(parts)


def _length(work: Work, value: object) -> int:
    if isinstance(value, str | list | tuple | Mapping):
        return len(value)
    if isinstance(value, Record):
        return len(value.fields)
    raise Misuse("template-type", f"`length` can't count {sort_of(value)}")


def _int(work: Work, value: object, default: object = None) -> object:
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, int | float):
        return int(value) if bounded_number(value) is value else value
    text = printed(value)
    if _INTEGER.fullmatch(text):
        return int(text)
    return _number_or(default, "a whole number", text)


def _float(work: Work, value: object, default: object = None) -> object:
    if isinstance(value, bool):
        return float(value)
    if isinstance(value, int | float):
        return bounded_number(float(value))
    text = printed(value)
    if _NUMBER.fullmatch(text):
        return bounded_number(float(text))
    return _number_or(default, "a number", text)


def _number_or(default: object, wanted: str, text: str) -> object:
    if default is None:
        raise Misuse("template-value", f"`{text[:40]}` is not {wanted}")
    return default


def _round(work: Work, value: object, precision: object = 0) -> object:
    places = _whole(precision, "round")
    if not 0 <= places <= 15:
        raise Misuse("template-value", "`round` takes 0 to 15 decimal places")
    number = _number(value, "round")
    return round(number, places) if places else round(number)


def _number(value: object, name: str) -> int | float:
    if isinstance(value, int | float) and not isinstance(value, bool):
        bounded_number(value)
        return value
    raise Misuse("template-type", f"`{name}` works on numbers, not on {sort_of(value)}")


def _abs(work: Work, value: object) -> object:
    return abs(_number(value, "abs"))


def _sum(work: Work, values: object) -> object:
    return bounded_number(sum(_number(value, "sum") for value in _elements(work, values, "sum")))


def _string(work: Work, value: object) -> str:
    text = printed(value)
    work.text(len(text))
    return text


def _first(work: Work, values: object) -> object:
    entries = _elements(work, values, "first")
    return entries[0] if entries else Absent("`first` was given an empty list")


def _last(work: Work, values: object) -> object:
    entries = _elements(work, values, "last")
    return entries[-1] if entries else Absent("`last` was given an empty list")


def _list(work: Work, values: object) -> list[object]:
    return _elements(work, values, "list")


def _reverse(work: Work, value: object) -> object:
    if isinstance(value, str):
        work.text(len(value))
        return value[::-1]
    return _elements(work, value, "reverse")[::-1]


def _items(work: Work, value: object) -> list[tuple[str, object]]:
    fields = value.fields if isinstance(value, Record) else value
    if not isinstance(fields, Mapping):
        raise Misuse("template-type", f"`items` takes a group of fields, not {sort_of(value)}")
    work.items(len(fields))
    return list(fields.items())


def _sort(work: Work, values: object, reverse: object = False) -> list[object]:
    entries = _sorted(work, values, "sort")
    return entries[::-1] if reverse else entries


def _min(work: Work, values: object) -> object:
    entries = _sorted(work, values, "min")
    return entries[0] if entries else Absent("`min` was given an empty list")


def _max(work: Work, values: object) -> object:
    entries = _sorted(work, values, "max")
    return entries[-1] if entries else Absent("`max` was given an empty list")


def _sorted(work: Work, values: object, name: str) -> list[object]:
    entries = _elements(work, values, name)
    for _ in range(len(entries).bit_length()):
        work.weigh(entries)
    if all(map(is_number, entries)):
        return sorted(entries, key=lambda entry: _number(entry, name))
    if all(isinstance(entry, str | Record) for entry in entries):
        return sorted(entries, key=printed)
    raise Misuse("template-type", f"`{name}` takes a list of numbers or a list of text")


def _unique(work: Work, values: object) -> list[object]:
    entries = _elements(work, values, "unique")
    if not all(isinstance(entry, str | int | float | Record) for entry in entries):
        raise Misuse("template-type", "`unique` takes a list of text or numbers")
    work.weigh(entries)
    return list(dict.fromkeys(entries))


def _elements(work: Work, values: object, name: str) -> list[object]:
    if not isinstance(values, list | tuple | Mapping | Record):
        raise Misuse("template-type", f"`{name}` takes a list, not {sort_of(values)}")
    entries = list(values)
    work.items(len(entries))
    return entries


def _whole(value: object, name: str) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) <= 10**9:
        return value
    raise Misuse("template-type", f"`{name}` takes a whole number here, not {sort_of(value)}")


def _divisible(work: Work, value: object, by: object) -> bool:
    divisor = _whole(by, "divisibleby")
    if divisor == 0:
        raise Misuse("template-value", "`divisibleby` divides by zero")
    return _whole(value, "divisibleby") % divisor == 0


def _comparison(how: str) -> Function:
    return lambda work, value, other: compare(work, value, how, other)


FILTERS: Mapping[str, Function] = {
    "abs": _abs,
    "capitalize": _text_filter(str.capitalize),
    "count": _length,
    "first": _first,
    "float": _float,
    "int": _int,
    "items": _items,
    "join": _join,
    "last": _last,
    "length": _length,
    "list": _list,
    "lower": _text_filter(str.lower),
    "max": _max,
    "min": _min,
    "replace": _replace,
    "reverse": _reverse,
    "round": _round,
    "sort": _sort,
    "split": _split,
    "string": _string,
    "sum": _sum,
    "title": _text_filter(str.title),
    "trim": _trim,
    "truncate": _truncate,
    "unique": _unique,
    "upper": _text_filter(str.upper),
    "wordcount": lambda work, value: len(_split(work, value)),
}
"""Filters that look at the value alone; `default`, `map`, `select` and their kin are the sandbox's own."""

TESTS: Mapping[str, Function] = {
    "boolean": lambda work, value: isinstance(value, bool),
    "divisibleby": _divisible,
    "even": lambda work, value: _whole(value, "even") % 2 == 0,
    "false": lambda work, value: value is False,
    "float": lambda work, value: isinstance(value, float),
    "integer": lambda work, value: isinstance(value, int) and not isinstance(value, bool),
    "iterable": lambda work, value: isinstance(value, list | tuple | Mapping | Record),
    "mapping": lambda work, value: isinstance(value, Mapping | Record),
    "none": lambda work, value: value is None or value is NOTHING,
    "number": lambda work, value: is_number(value),
    "odd": lambda work, value: _whole(value, "odd") % 2 == 1,
    "sequence": lambda work, value: isinstance(value, list | tuple),
    "string": lambda work, value: isinstance(value, str),
    "true": lambda work, value: value is True,
    "eq": _comparison("eq"),
    "ne": _comparison("ne"),
    "lt": _comparison("lt"),
    "le": _comparison("lteq"),
    "gt": _comparison("gt"),
    "ge": _comparison("gteq"),
    "in": _comparison("in"),
}

TEXT_METHODS: Mapping[str, Function] = {
    "capitalize": FILTERS["capitalize"],
    "endswith": lambda work, text, end: text.endswith(printed(end)),
    "join": lambda work, text, values: _join(work, values, text),
    "lower": FILTERS["lower"],
    "lstrip": lambda work, text, chars=None: _stripped(work, str.lstrip, text, chars),
    "removeprefix": lambda work, text, start: text.removeprefix(printed(start)),
    "removesuffix": lambda work, text, end: text.removesuffix(printed(end)),
    "replace": _replace,
    "rstrip": lambda work, text, chars=None: _stripped(work, str.rstrip, text, chars),
    "split": _split,
    "startswith": lambda work, text, start: text.startswith(printed(start)),
    "strip": lambda work, text, chars=None: _stripped(work, str.strip, text, chars),
    "title": FILTERS["title"],
    "upper": FILTERS["upper"],
}
