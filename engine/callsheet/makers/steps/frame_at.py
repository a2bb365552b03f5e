"""`frame`: the picture of a clip that is seen at a time."""

from __future__ import annotations

from bisect import bisect_right
from fractions import Fraction

from callsheet.makers.maker import Diary, Made, Order
from callsheet.makers.outcome import StepFailed, problem
from callsheet.makers.steps.clip import Clip
from callsheet.makers.steps.engine import Engine
from callsheet.makers.steps.grab import grab
from callsheet.makers.steps.order_input import seconds, video


async def frame(order: Order, engine: Engine, diary: Diary) -> Made:
    """The picture on the screen `at` seconds from the start, as PNG."""
    source = video(order, "video")
    at = seconds(order, "at") or Fraction(0)
    clip = await engine.read(source)
    number = picture_at(order, clip, at)
    return await grab(order, engine, diary, source, clip, f"trim=start_frame={number}:end_frame={number + 1}")


def picture_at(order: Order, clip: Clip, at: Fraction) -> int:
    """The number of the picture that is seen at a time; a StepFailed past the clip's end."""
    if at > clip.seconds:
        message = f"`at` of `{order.made_by}` is {float(at):g} s, and {clip.label} lasts {float(clip.seconds):.2f} s"
        raise StepFailed(problem("past-the-end", message))
    return max(0, bisect_right(clip.ticks, at / clip.base) - 1)
