"""`first_frame`: the first picture of a clip."""

from __future__ import annotations

import asyncio

from callsheet.makers.maker import Diary, Made, Order
from callsheet.makers.steps.engine import Engine
from callsheet.makers.steps.grab import grab, grabbed, in_own_rgb
from callsheet.makers.steps.order_input import video

_FIRST = "trim=end_frame=1"


async def first_frame(order: Order, engine: Engine, diary: Diary) -> Made:
    """The first picture that a decoder gives, as PNG.

    It is taken while the whole clip is still being read, as it nearly always can be: only a clip that names no colour
    matrix is gone to again.
    """
    source = video(order, "video")
    output = order.folder / "image.png"
    taking = asyncio.create_task(engine.still([source], f"[0:v:0]{_FIRST},{in_own_rgb()}[video]", output))
    try:
        clip = await engine.read(source)
        if clip.tagged:
            await taking
            return grabbed(output, diary)
    except BaseException:
        await _given_up(taking)
        output.unlink(missing_ok=True)
        raise
    await _given_up(taking)
    return await grab(order, engine, diary, source, clip, _FIRST)


async def _given_up(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
