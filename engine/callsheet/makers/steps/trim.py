"""`trim`: a part of a clip."""

from __future__ import annotations

from fractions import Fraction
from math import floor

from callsheet.makers.maker import Diary, Made, MadeFile, Order
from callsheet.makers.outcome import StepFailed, problem
from callsheet.makers.steps.clip import Clip
from callsheet.makers.steps.engine import Encoding, Engine
from callsheet.makers.steps.order_input import one_of, seconds, video
from callsheet.makers.steps.target import own_frame
from callsheet.makers.steps.timeline import frame_count, pictures, sample_count, sound


async def trim(order: Order, engine: Engine, diary: Diary) -> Made:
    """The clip from `start` to `end`, or for `seconds`, to the nearest frame; its sound is cut to the sample."""
    source = video(order, "video")
    clip = await engine.read(source)
    first, end = _part(order, clip)
    graph = f"{pictures(0, clip.rate, own_frame(clip), end - first, first)}[video]"
    if clip.sounds:
        begun = sample_count(first, clip.rate)
        graph += f";{sound(0, sample_count(end, clip.rate) - begun, begun)}[audio]"
    output = order.folder / "video.mp4"
    encoding = Encoding(graph, "graph" if clip.sounds else "none", end - first, clip.rate)
    await engine.encode([source], encoding, output, diary.progress)
    return Made((MadeFile("video", output, "video/mp4"),))


def _part(order: Order, clip: Clip) -> tuple[int, int]:
    """The numbers of the first frame and of the one after the last."""
    start = seconds(order, "start") or Fraction(0)
    given = one_of(order, "end", "seconds")
    whole = frame_count(clip.seconds, clip.rate)
    length = seconds(order, given) if given else None
    stop = clip.seconds if length is None else length + (start if given == "seconds" else 0)
    if stop <= start:
        message = f"`{order.made_by}` would end at {float(stop):g} s, and starts at {float(start):g} s"
        raise StepFailed(problem("nothing-left", f"{message} of {clip.label}, which lasts {_long(clip)}"))
    first = floor(start * clip.rate + Fraction(1, 2))
    end = max(first + 1, floor(stop * clip.rate + Fraction(1, 2)))
    if end > whole:
        message = f"`{order.made_by}` would end at {float(stop):g} s, and {clip.label} lasts {_long(clip)}"
        raise StepFailed(problem("past-the-end", message, "leave the end out to take all that is left"))
    return first, end


def _long(clip: Clip) -> str:
    return f"{float(clip.seconds):.2f} s"
