"""`first_frame`: the first picture of a clip."""

from __future__ import annotations

from callsheet.makers.maker import Diary, Made, Order
from callsheet.makers.steps.engine import Engine
from callsheet.makers.steps.grab import grab
from callsheet.makers.steps.order_input import video


async def first_frame(order: Order, engine: Engine, diary: Diary) -> Made:
    """The first picture that a decoder gives, as PNG."""
    source = video(order, "video")
    return await grab(order, engine, diary, source, await engine.read(source), 0, 1)
