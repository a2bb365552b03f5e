"""The limits of a field beyond its schema, in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from callsheet.catalog.route import Field
from callsheet.catalog.wording import TYPE_NAMES, megabytes, number

_BOUNDS: tuple[tuple[str, str, str, Callable[[float], str]], ...] = (
    ("min_side_px", "max_side_px", "px a side", number),
    ("min_aspect", "max_aspect", "wide by high", number),
    ("min_seconds", "max_seconds", "s", number),
)


def limits_text(field: Field) -> str:
    """What a field's limits say, as one line: `JPEG, PNG or WebP; at least 300 px a side; at most 10 MB`."""
    return "; ".join(_parts(field))


def _parts(field: Field) -> Iterator[str]:
    limits = field.limits
    formats = limits.get("formats")
    if isinstance(formats, list | tuple):
        yield ", ".join(TYPE_NAMES.get(str(one), str(one)) for one in formats)
    if field.max_items is not None:
        yield f"{field.min_items or 0} to {field.max_items} files" if field.media else f"at most {field.max_items}"
    for low, high, unit, shown in _BOUNDS:
        if bound := _bound(_number(limits, low), _number(limits, high), shown):
            yield f"{bound} {unit}"
    for key, words in (("max_bytes", "at most"), ("below_bytes", "less than"), ("advised_max_bytes", "best at most")):
        if (size := _number(limits, key)) is not None:
            yield f"{words} {megabytes(size)}"
    yield from _text_parts(field)
    rules = limits.get("validations")
    for rule in rules if isinstance(rules, list | tuple) else ():
        if isinstance(rule, Mapping):
            yield f"{rule.get('validation_rule')} {rule.get('validation_value')}"
    if follows := limits.get("follows"):
        yield f"as long as `{follows}`"


def _text_parts(field: Field) -> Iterator[str]:
    limits = field.limits
    weighed = limits.get("max_length_cjk")
    if isinstance(weighed, Mapping):
        yield f"at most {weighed['limit']} characters, a CJK one counting {weighed['cjk_counts']}"
    elif field.max_length is not None:
        yield f"at most {field.max_length} characters"
    for key, words in (
        ("max_chinese_chars", "at most {} Chinese characters"),
        ("max_english_words", "at most {} English words"),
        ("advised_length", "best under {} characters"),
    ):
        if (count := _number(limits, key)) is not None:
            yield words.format(number(count))


def _bound(low: float | None, high: float | None, shown: Callable[[float], str]) -> str:
    if low is not None and high is not None:
        return f"{shown(low)} to {shown(high)}"
    if low is not None:
        return f"at least {shown(low)}"
    return "" if high is None else f"at most {shown(high)}"


def _number(limits: Mapping[str, object], key: str) -> float | None:
    value = limits.get(key)
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None
