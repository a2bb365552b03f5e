"""The frame that a step is asked for: by its size in pixels, or by its shape."""

from __future__ import annotations

import re
from fractions import Fraction

from callsheet.makers.maker import Order
from callsheet.makers.outcome import StepFailed, problem
from callsheet.makers.steps.clip import Clip
from callsheet.makers.steps.frame import Frame, fitted
from callsheet.makers.steps.order_input import one_of, text

_SIZE = re.compile(r"([0-9]{2,4})x([0-9]{2,4})")
_SHAPE = re.compile(r"([1-9][0-9]{0,3}):([1-9][0-9]{0,3})")


def asked_frame(order: Order, clip: Clip) -> Frame:
    """The frame of `size` or `aspect_ratio`, else the clip's own in even numbers.

    A shape alone keeps the clip's shorter side: 1920x1080 becomes 1080x1920 at 9:16 and 1080x1080 at 1:1.
    """
    given = one_of(order, "size", "aspect_ratio")
    if given == "size":
        return sized_frame(order)
    if given == "aspect_ratio":
        return _shaped(order, clip)
    return _own(clip)


def own_frame(clip: Clip) -> str:
    """Filters that leave a clip at its own size, in even numbers and square pixels."""
    return fitted(clip, _own(clip), "crop")


def _own(clip: Clip) -> Frame:
    return Frame(max(2, clip.width // 2 * 2), max(2, clip.height // 2 * 2), clip.label)


def sized_frame(order: Order) -> Frame:
    """The frame of `size`."""
    written = text(order, "size")
    match = _SIZE.fullmatch(written)
    width, height = (int(match[1]), int(match[2])) if match else (0, 0)
    if not 16 <= width <= 8192 or not 16 <= height <= 8192 or width % 2 or height % 2:
        message = f"`size` of `{order.made_by}` must be WxH in even numbers from 16 to 8192, not `{written}`"
        raise StepFailed(problem("step-input", message))
    return Frame(width, height, "`size`")


def _shaped(order: Order, clip: Clip) -> Frame:
    written = text(order, "aspect_ratio")
    match = _SHAPE.fullmatch(written)
    shape = Fraction(int(match[1]), int(match[2])) if match else Fraction(0)
    if not Fraction(1, 10) <= shape <= 10:
        message = f"`aspect_ratio` of `{order.made_by}` must be W:H from 1:10 to 10:1, not `{written}`"
        raise StepFailed(problem("step-input", message))
    short = max(16, min(clip.width, clip.height) // 2 * 2)
    long = max(2, round(short * max(shape, 1 / shape) / 2) * 2)
    if long > 8192:
        message = f"{clip.label} is {clip.size}, and at {written} it would be {long} pixels long; the most is 8192"
        raise StepFailed(problem("step-input", message, "give a `size` in place of `aspect_ratio`"))
    width, height = (long, short) if shape > 1 else (short, long)
    return Frame(width, height, "`aspect_ratio`")
