"""Limits of media: what a route states about a file, compared with the facts of the file itself."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator, Mapping

from callsheet.catalog.route import Fault, Field
from callsheet.catalog.wording import ONE_OF_KIND, TYPE_NAMES, megabytes, number, seconds
from callsheet.media.info import MediaInfo

_RULE = re.compile(r"\s*([a-z_]+)\s*(?:/\s*([a-z_]+)\s*)?(<=|>=|==|<|>)\s*")
_OPERATORS: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
}


def media_faults(label: str, field: Field, shown: str, info: MediaInfo) -> Iterator[Fault]:
    """What is wrong with one file for one field; `label` is how faults call the field, `shown` the file."""
    if field.media is not None and info.kind != field.media:
        what = f"`{shown}` is {ONE_OF_KIND[info.kind]} ({info.media_type})"
        yield Fault("media-kind", f"{label} takes {ONE_OF_KIND[field.media]}, and {what}", field.name)
        return
    limits = field.limits
    if not limits:
        return
    yield from _format(label, field, shown, info)
    yield from _pixels(label, field, shown, info)
    yield from _bytes(label, field, shown, info)
    yield from _length(label, field, shown, info)
    rules = limits.get("validations")
    for rule in rules if isinstance(rules, list | tuple) else ():
        yield from _rule(label, field, shown, info, rule)


def _format(label: str, field: Field, shown: str, info: MediaInfo) -> Iterator[Fault]:
    formats = field.limits.get("formats")
    if isinstance(formats, list | tuple) and info.media_type not in formats:
        names = [TYPE_NAMES.get(str(one), str(one)) for one in formats]
        wanted = f"{', '.join(names[:-1])} or {names[-1]}" if len(names) > 1 else names[0]
        is_now = TYPE_NAMES.get(info.media_type, info.media_type)
        yield Fault("media-format", f"{label} takes {wanted}, and `{shown}` is {is_now}", field.name)


def _pixels(label: str, field: Field, shown: str, info: MediaInfo) -> Iterator[Fault]:
    if info.width is None or info.height is None:
        return
    least, most = _limit(field, "min_side_px"), _limit(field, "max_side_px")
    size = f"`{shown}` is {info.width}x{info.height}"
    if least is not None and min(info.width, info.height) < least:
        yield Fault("media-pixels", f"{label} takes {number(least)} px a side or more, and {size}", field.name)
    if most is not None and max(info.width, info.height) > most:
        yield Fault("media-pixels", f"{label} takes {number(most)} px a side or less, and {size}", field.name)
    narrowest, widest = _limit(field, "min_aspect"), _limit(field, "max_aspect")
    aspect = info.width / info.height
    if (narrowest is not None and aspect < narrowest) or (widest is not None and aspect > widest):
        wanted = _between(narrowest, widest)
        message = f"{label} takes an aspect (width/height) {wanted}, and {size}, which is {number(aspect)}"
        yield Fault("media-aspect", message, field.name, "crop or pad it")


def _bytes(label: str, field: Field, shown: str, info: MediaInfo) -> Iterator[Fault]:
    has = f"`{shown}` has {megabytes(info.bytes)}"
    most, below = _limit(field, "max_bytes"), _limit(field, "below_bytes")
    advised = _limit(field, "advised_max_bytes")
    if most is not None and info.bytes > most:
        yield Fault("media-bytes", f"{label} takes at most {megabytes(most)}, and {has}", field.name)
    elif below is not None and info.bytes >= below:
        yield Fault("media-bytes", f"{label} takes less than {megabytes(below)}, and {has}", field.name)
    elif advised is not None and info.bytes > advised:
        message = f"{label} works best with at most {megabytes(advised)}, and {has}"
        yield Fault("advice", message, field.name, severity="warning")


def _length(label: str, field: Field, shown: str, info: MediaInfo) -> Iterator[Fault]:
    if info.seconds is None:
        return
    least, most = _limit(field, "min_seconds"), _limit(field, "max_seconds")
    if (least is not None and info.seconds < least) or (most is not None and info.seconds > most):
        wanted = _between(least, most, " s")
        message = f"{label} takes {field.media} {wanted} long, and `{shown}` lasts {seconds(info.seconds)}"
        yield Fault("media-length", message, field.name)


def _rule(label: str, field: Field, shown: str, info: MediaInfo, rule: object) -> Iterator[Fault]:
    """One entry of a schema's `validations`: a quantity or a ratio of two, an operator, and a value."""
    text = rule.get("validation_rule") if isinstance(rule, Mapping) else None
    wanted = rule.get("validation_value") if isinstance(rule, Mapping) else None
    found = _RULE.fullmatch(text) if isinstance(text, str) else None
    readable = found is not None and isinstance(wanted, int | float)
    if found is None or not readable or not all(one is None or one in _QUANTITIES for one in found.group(1, 2)):
        message = f"{label} has the rule `{text}`, which can't be checked before it is submitted"
        yield Fault("rule-unknown", message, field.name, severity="warning")
        return
    above = _QUANTITIES[found[1]](info)
    below = _QUANTITIES[found[2]](info) if found[2] else 1.0
    if above is None or not below:
        return
    value = above / below
    if not _OPERATORS[found[3]](value, float(str(wanted))):
        quantity = found[1] + (f"/{found[2]}" if found[2] else "")
        has = f"`{shown}` has {number(value, 6)}"
        yield Fault("media-rule", f"{label} takes {quantity} {found[3]} {wanted}, and {has}", field.name)


def _width(info: MediaInfo) -> float | None:
    return info.width


def _height(info: MediaInfo) -> float | None:
    return info.height


def _duration(info: MediaInfo) -> float | None:
    return info.seconds


def _area(info: MediaInfo) -> float | None:
    return info.width * info.height if info.width is not None and info.height is not None else None


_QUANTITIES: dict[str, Callable[[MediaInfo], float | None]] = {
    "width": _width,
    "width_pixels": _width,
    "height": _height,
    "height_pixels": _height,
    "total_pixels": _area,
    "duration": _duration,
    "duration_seconds": _duration,
    "file_size_bytes": lambda info: info.bytes,
    "file_size_kb": lambda info: info.bytes / 1_000,
    "file_size_mb": lambda info: info.bytes / 1_000_000,
}


def _limit(field: Field, name: str) -> float | None:
    value = field.limits.get(name)
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _between(least: float | None, most: float | None, unit: str = "") -> str:
    if least is not None and most is not None:
        return f"from {number(least)} to {number(most)}{unit}"
    return f"of at least {number(least)}{unit}" if least is not None else f"of at most {number(most or 0)}{unit}"
