"""`loop`: a clip over and over, a number of times or up to a length."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from math import ceil

from callsheet.makers.maker import Diary, Made, MadeFile, Order
from callsheet.makers.outcome import StepFailed, problem
from callsheet.makers.steps.clip import Clip
from callsheet.makers.steps.engine import Encoding, Engine
from callsheet.makers.steps.order_input import one_of, seconds, video
from callsheet.makers.steps.target import own_frame
from callsheet.makers.steps.timeline import frame_count, pictures, sample_count, sound

_MOST_SECONDS = 3600


async def loop(order: Order, engine: Engine, diary: Diary) -> Made:
    """The clip `times` times, or repeated and cut so that it lasts `seconds`; its sound is repeated with it."""
    source = video(order, "video")
    clip = await engine.read(source)
    once = frame_count(clip.seconds, clip.rate)
    frames = _length(order, clip, once)
    again = ceil(Fraction(frames, once)) - 1
    repeated = replace(source, options=("-stream_loop", str(again), "-an"))
    graph = f"{pictures(0, clip.rate, own_frame(clip), frames)}[video]"
    sources = [repeated]
    if clip.sounds:
        samples = sample_count(once, clip.rate)
        graph += (
            f";{sound(1, samples)},aloop=loop={again}:size={samples},"
            f"atrim=end_sample={sample_count(frames, clip.rate)}[audio]"
        )
        sources.append(source)
    output = order.folder / "video.mp4"
    encoding = Encoding(graph, "graph" if clip.sounds else "none", frames, clip.rate)
    await engine.encode(sources, encoding, output, diary.progress)
    return Made((MadeFile("video", output, "video/mp4"),))


def _length(order: Order, clip: Clip, once: int) -> int:
    """How many frames the result has."""
    given = one_of(order, "times", "seconds")
    asked = seconds(order, given) if given else None
    if asked is None:
        raise StepFailed(problem("step-input", f"`{order.made_by}` needs `times` or `seconds`"))
    frames = once * round(asked) if given == "times" else frame_count(asked, clip.rate)
    if frames / clip.rate > _MOST_SECONDS:
        long = f"{float(frames / clip.rate):.0f} s"
        message = f"{clip.label} repeated would last {long}, the most is {_MOST_SECONDS} s"
        raise StepFailed(problem("step-too-large", message))
    return frames
