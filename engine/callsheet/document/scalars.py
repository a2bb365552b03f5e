"""What an unquoted scalar of a YAML file means: a few spellings are special, all else is text."""

from __future__ import annotations

import re

from callsheet.document.item import Scalar

LARGEST_INTEGER = 2**53 - 1
"""The largest integer that every JSON reader keeps exact; larger ones can't be hashed."""

_NAMED: dict[str, Scalar] = {"": None, "~": None, "null": None, "true": True, "false": False}
_FIRST_OF_NUMBER = frozenset("-0123456789")
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]*)")
_FLOAT = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")


def plain_scalar(text: str) -> Scalar:
    """The value of an unquoted scalar; ValueError where it is a number too large to be kept exactly."""
    if text in _NAMED:
        return _NAMED[text]
    return number(text) if text[0] in _FIRST_OF_NUMBER else text


def number(text: str) -> str | int | float:
    """The integer or float that `text` spells as JSON would, else the text itself; ValueError for one too large."""
    if _INTEGER.fullmatch(text):
        if len(text) > 17 or abs(int(text)) > LARGEST_INTEGER:
            raise ValueError(f"an integer can be at most {LARGEST_INTEGER}")
        return int(text)
    if _FLOAT.fullmatch(text):
        value = float(text)
        if value in (float("inf"), float("-inf")):
            raise ValueError("a number can be at most about 1.8e308")
        return value
    return text


def quoted(text: str) -> str:
    """`text` as a quoted YAML scalar on one line, in the kind of quotes that needs the fewest escapes."""
    if text.isprintable() and '"' not in text and "\\" not in text:
        return f'"{text}"'
    if text.isprintable() and "'" not in text:
        return f"'{text}'"
    escapes = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t"}
    return '"' + "".join(escapes.get(char, char) for char in text) + '"'
