"""`last_frame`: the last picture of a clip, for the next shot to begin with."""

from __future__ import annotations

from callsheet.makers.maker import Diary, Made, Order
from callsheet.makers.steps.clip import Clip
from callsheet.makers.steps.engine import Engine
from callsheet.makers.steps.grab import grab
from callsheet.makers.steps.order_input import video

_SPARE = 4
"""A file may hold fewer pictures than packets: the last that comes is taken, out of about this many."""


async def last_frame(order: Order, engine: Engine, diary: Diary) -> Made:
    """The last picture that a decoder gives, as PNG."""
    source = video(order, "video")
    clip = await engine.read(source)
    return await grab(order, engine, diary, source, clip, f"{_last(clip)},reverse,trim=end_frame=1")


def _last(clip: Clip) -> str:
    return f"trim=start_frame={max(0, clip.frames - _SPARE)}"
