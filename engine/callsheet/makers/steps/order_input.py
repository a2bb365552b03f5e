"""An order's input as the types a step works with."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

from callsheet.makers.maker import MediaFile, Order
from callsheet.makers.outcome import StepFailed, problem
from callsheet.makers.steps.engine import Source

Word = TypeVar("Word", bound=str)


def videos(order: Order, field: str) -> list[Source]:
    """The videos of a list field, labelled by their place in it."""
    given = order.input.get(field)
    items = given if isinstance(given, Sequence) and not isinstance(given, str) else [given]
    if not items:
        raise StepFailed(problem("step-input", f"`{field}` of `{order.made_by}` needs at least one video"))
    return [_video(order, field, item, f"{field}[{place}]") for place, item in enumerate(items)]


def video(order: Order, field: str) -> Source:
    """The one video of a field."""
    return _video(order, field, order.input.get(field), field)


def text(order: Order, field: str, default: str | None = None) -> str:
    """A text; an error where it is missing and has no default."""
    value = order.input.get(field, default)
    if isinstance(value, str):
        return value
    raise StepFailed(problem("step-input", f"`{field}` of `{order.made_by}` must be text"))


def choice(order: Order, field: str, choices: Sequence[Word]) -> Word:
    """One of a few words, the first of them by default."""
    value = order.input.get(field, choices[0])
    for word in choices:
        if word == value:
            return word
    allowed = ", ".join(f"`{one}`" for one in choices)
    raise StepFailed(problem("step-input", f"`{field}` of `{order.made_by}` must be one of {allowed}"))


def number(order: Order, field: str, default: float | None = None) -> float | None:
    """A number, or None where none is given."""
    value = order.input.get(field, default)
    if value is None or (isinstance(value, (int, float)) and not isinstance(value, bool)):
        return value
    raise StepFailed(problem("step-input", f"`{field}` of `{order.made_by}` must be a number"))


def _video(order: Order, field: str, value: object, place: str) -> Source:
    if not isinstance(value, MediaFile):
        raise StepFailed(problem("step-input", f"`{field}` of `{order.made_by}` must be video"))
    if value.path is None:
        raise StepFailed(
            problem("step-input", f"`{place}` of `{order.made_by}` is an address, not a file on this disk")
        )
    label = f"`{place}` (`{value.path.name}`)"
    if value.info.kind != "video":
        raise StepFailed(problem("step-input", f"{label} is {_article(value.info.kind)}, not video"))
    return Source(Path(value.path).absolute(), label)


def _article(kind: str) -> str:
    return "an image" if kind == "image" else kind
