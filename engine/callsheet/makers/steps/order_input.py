"""An order's input as the types a step works with."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Final, Literal, TypeVar

from callsheet.makers.maker import MediaFile, Order
from callsheet.makers.outcome import StepFailed, problem
from callsheet.makers.steps.engine import Source
from callsheet.media.info import MediaKind

Word = TypeVar("Word", bound=str)

IMAGE: Final[Literal["image"]] = "image"
VIDEO: Final[Literal["video"]] = "video"
_DEMUXERS = {"image/png": "png_pipe", "image/jpeg": "jpeg_pipe", "image/webp": "webp_pipe"}


def videos(order: Order, field: str) -> list[Source]:
    """The videos of a list field, labelled by their place in it."""
    given = order.input.get(field)
    items = given if isinstance(given, Sequence) and not isinstance(given, str) else [given]
    if not items:
        raise StepFailed(problem("step-input", f"`{field}` of `{order.made_by}` needs at least one video"))
    return [_media(order, field, item, f"{field}[{place}]", "video") for place, item in enumerate(items)]


def video(order: Order, field: str) -> Source:
    """The one video of a field."""
    return _media(order, field, order.input.get(field), field, "video")


def image(order: Order, field: str) -> Source:
    """The one image of a field."""
    return _media(order, field, order.input.get(field), field, "image")


def audio(order: Order, field: str) -> Source:
    """The one sound of a field."""
    return _media(order, field, order.input.get(field), field, "audio")


def stills_and_clips(order: Order, images: str, clips: str) -> list[Source]:
    """What two list fields hold, the images first; either may be left out, but not both."""
    found: list[Source] = []
    for field, kind in ((images, IMAGE), (clips, VIDEO)):
        given = order.input.get(field)
        items = given if isinstance(given, Sequence) and not isinstance(given, str) else [given]
        if given is not None:
            found += [_media(order, field, item, f"{field}[{place}]", kind) for place, item in enumerate(items)]
    if not found:
        raise StepFailed(problem("step-input", f"`{order.made_by}` needs `{images}` or `{clips}`"))
    return found


def one_of(order: Order, *fields: str) -> str | None:
    """Which of a few fields is given; None where none is, an error where several are."""
    given = [field for field in fields if order.input.get(field) is not None]
    if len(given) > 1:
        names = " and ".join(f"`{field}`" for field in given)
        raise StepFailed(problem("step-input", f"`{order.made_by}` takes one of {names}, and both are given"))
    return given[0] if given else None


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


def seconds(order: Order, field: str) -> Fraction | None:
    """A time or a length in seconds, exactly as it is written; None where none is given."""
    value = number(order, field)
    return None if value is None else Fraction(str(value))


def _media(order: Order, field: str, value: object, place: str, kind: MediaKind) -> Source:
    if not isinstance(value, MediaFile):
        raise StepFailed(problem("step-input", f"`{field}` of `{order.made_by}` must be {_article(kind)}"))
    if value.path is None:
        raise StepFailed(
            problem("step-input", f"`{place}` of `{order.made_by}` is an address, not a file on this disk")
        )
    label = f"`{place}` (`{value.path.name}`)"
    if value.info.kind != kind:
        raise StepFailed(problem("step-input", f"{label} is {_article(value.info.kind)}, not {_article(kind)}"))
    path = Path(value.path).absolute()
    if kind != IMAGE:
        return Source(path, label, read_as=kind)
    demuxer = _DEMUXERS.get(value.info.media_type)
    if demuxer is None:
        raise StepFailed(problem("step-input", f"{label} is {value.info.media_type}, not PNG, JPEG or WebP"))
    return Source(path, label, ("-f", demuxer), read_as="an image")


def _article(kind: str) -> str:
    return "an image" if kind == "image" else kind
