"""The bounds of a template's work and output, and the operators, each of which stays within them."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping
from typing import Any

from callsheet.document.record import Misuse, Record, printed, sort_of

MAX_TEXT = 100_000
"""Characters in a rendered text, or in any text on the way to it."""
MAX_ITEMS = 10_000
"""Elements in a list that a template makes."""
MAX_NUMBER = 2**53
"""The largest whole number that JSON carries exactly."""
MAX_WORK = 500_000
"""Units of work in one rendering: a node evaluated in a loop or 16 characters handled are one unit each."""


class Work:
    """What one rendering has done so far."""

    __slots__ = ("done",)

    def __init__(self) -> None:
        self.done = 0

    def charge(self, units: int) -> None:
        self.done += units
        if self.done > MAX_WORK:
            raise Misuse("template-bounds", "the template does too much work", "loop over less, or prepare the data")

    def text(self, length: int) -> None:
        """Pay for a text of this length, which must not be longer than a text may be."""
        if length > MAX_TEXT:
            raise Misuse("template-bounds", f"the template makes a text of more than {MAX_TEXT:,} characters")
        self.charge(1 + (length >> 4))

    def items(self, count: int) -> None:
        """Pay for a list with this many elements."""
        if count > MAX_ITEMS:
            raise Misuse("template-bounds", f"the template makes a list of more than {MAX_ITEMS:,} items")
        self.charge(1 + count)

    def weigh(self, value: object) -> None:
        """Pay for looking at the whole of a value."""
        if isinstance(value, str):
            self.charge(1 + (len(value) >> 4))
        elif isinstance(value, Mapping):
            for key, part in value.items():
                self.weigh(key)
                self.weigh(part)
        elif isinstance(value, list | tuple):
            self.charge(1)
            for part in value:
                self.weigh(part)
        else:
            self.charge(1)


def is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def concat(work: Work, *values: object) -> str:
    """`a ~ b`: the values as text, one after the other."""
    parts = [printed(value) for value in values]
    work.text(sum(map(len, parts)))
    return "".join(parts)


def add(work: Work, left: object, right: object) -> object:
    """`+` adds numbers, and joins text with text or a list with a list."""
    if isinstance(left, str) and isinstance(right, str):
        work.text(len(left) + len(right))
        return left + right
    if isinstance(left, list | tuple) and isinstance(right, list | tuple):
        work.items(len(left) + len(right))
        return [*left, *right]
    hint = "`~` joins values as text" if isinstance(left, str) or isinstance(right, str) else None
    return _calculate("+", left, right, hint)


def arithmetic(symbol: str) -> Callable[[Work, object, object], object]:
    """The operator for two numbers: one of `- * / // % **`."""

    def calculate(work: Work, left: object, right: object) -> object:
        work.charge(1)
        return _calculate(symbol, left, right)

    return calculate


def negative(work: Work, value: object) -> object:
    return _calculate("-", 0, value)


def positive(work: Work, value: object) -> object:
    return _calculate("+", 0, value)


_ARITHMETIC: dict[str, Callable[[Any, Any], object]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "//": operator.floordiv,
    "%": operator.mod,
    "**": operator.pow,
}


def _calculate(symbol: str, left: object, right: object, hint: str | None = None) -> object:
    for value in (left, right):
        if not is_number(value):
            raise Misuse("template-type", f"`{symbol}` works on numbers, not on {sort_of(value)}", hint)
        bounded_number(value)
    if symbol == "**" and isinstance(right, int | float) and abs(right) > 64:
        raise _too_large()
    try:
        return bounded_number(_ARITHMETIC[symbol](left, right))
    except ZeroDivisionError:
        raise Misuse("template-value", f"`{symbol}` divides by zero") from None
    except OverflowError:
        raise _too_large() from None


def bounded_number(value: object) -> object:
    """The number itself; Misuse where it is out of bounds or no real number."""
    if isinstance(value, complex):
        raise Misuse("template-value", "`**` gives no real number here")
    if isinstance(value, float) and not math.isfinite(value):
        raise _too_large()
    if isinstance(value, int) and abs(value) > MAX_NUMBER:
        raise _too_large()
    return value


def _too_large() -> Misuse:
    return Misuse("template-bounds", "a number in the template is too large")


_ORDERINGS: dict[str, tuple[str, Callable[[Any, Any], bool]]] = {
    "lt": ("<", operator.lt),
    "lteq": ("<=", operator.le),
    "gt": (">", operator.gt),
    "gteq": (">=", operator.ge),
}
COMPARISONS = ("eq", "ne", "in", "notin", *_ORDERINGS)


def compare(work: Work, left: object, how: str, right: object) -> bool:
    """`left == right` and its kin; `how` is one of COMPARISONS."""
    work.weigh(left)
    work.weigh(right)
    if how in ("eq", "ne"):
        return (left == right) is (how == "eq")
    if how in ("in", "notin"):
        return _contains(right, left) is (how == "in")
    symbol, ordered = _ORDERINGS[how]
    texts = isinstance(left, str | Record) and isinstance(right, str | Record)
    if texts or (is_number(left) and is_number(right)) or isinstance(left, Record) or isinstance(right, Record):
        return ordered(left, right)
    raise Misuse("template-type", f"`{symbol}` can't compare {sort_of(left)} with {sort_of(right)}")


def _contains(container: object, value: object) -> bool:
    if isinstance(container, str):
        if isinstance(value, str | Record):
            return printed(value) in container
        raise Misuse("template-type", f"`in` can't look for {sort_of(value)} in a text")
    if isinstance(container, Record | Mapping):
        return isinstance(value, str | Record) and printed(value) in iter(container)
    if isinstance(container, list | tuple):
        return value in container
    raise Misuse("template-type", f"`in` can't look into {sort_of(container)}")


def cut(work: Work, value: object, start: Any, stop: Any, step: Any) -> object:
    """`value[start:stop:step]` of a text or a list."""
    if not isinstance(value, str | list | tuple):
        raise Misuse("template-type", f"only text and lists can be sliced, not {sort_of(value)}")
    if any(
        not (part is None or (isinstance(part, int) and not isinstance(part, bool))) for part in (start, stop, step)
    ):
        raise Misuse("template-type", "a slice takes whole numbers")
    if step == 0:
        raise Misuse("template-value", "the step of a slice can't be 0")
    work.charge(1 + len(value) // 16)
    return value[slice(start, stop, step)]


def each(work: Work, values: object, weight: int, width: int = 0) -> list[object]:
    """What a loop goes through; every round is paid for beforehand with the weight of its body.

    `width` is how many names each round sets, where it is more than one.
    """
    if not isinstance(values, list | tuple | Mapping | Record):
        raise Misuse("template-type", f"only a list or a group of fields can be gone through, not {sort_of(values)}")
    entries = list(values)
    work.charge(1 + len(entries) * weight)
    if width and not all(isinstance(entry, list | tuple) and len(entry) == width for entry in entries):
        raise Misuse("template-type", f"`for` sets {width} names, and not every item of the list has {width} parts")
    return entries
