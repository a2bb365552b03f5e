"""Members of JSON data, each of the type that the catalogue's format gives it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


class BadDescription(Exception):
    """A catalogue file says something that its format doesn't have; the text says what."""


def mapping_of(
    data: Mapping[str, object], key: str, missing: Mapping[str, object] | None = None
) -> Mapping[str, object]:
    """A mapping; `missing` where there is none."""
    value = data.get(key)
    if value is None and missing is not None:
        return missing
    if not isinstance(value, Mapping):
        raise BadDescription(f"`{key}` must be a mapping")
    return value


def sequence_of(data: Mapping[str, object], key: str) -> Sequence[object]:
    """A list; empty where there is none."""
    value = data.get(key)
    if value is None:
        return ()
    if not isinstance(value, list):
        raise BadDescription(f"`{key}` must be a list")
    return value


def text_of(data: Mapping[str, object], key: str, missing: str | None = None) -> str:
    """A text; `missing` where there is none."""
    value = data.get(key, missing)
    if not isinstance(value, str):
        raise BadDescription(f"`{key}` must be a text")
    return value


def optional_text_of(data: Mapping[str, object], key: str) -> str | None:
    """A text, or None where there is none."""
    return None if data.get(key) is None else text_of(data, key)


def number_of(data: Mapping[str, object], key: str) -> float | None:
    """A number, or None where there is none."""
    value = data.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BadDescription(f"`{key}` must be a number")
    return value


def integer_of(data: Mapping[str, object], key: str) -> int | None:
    """A whole number, or None where there is none."""
    value = number_of(data, key)
    if value is not None and value != int(value):
        raise BadDescription(f"`{key}` must be a whole number")
    return None if value is None else int(value)
