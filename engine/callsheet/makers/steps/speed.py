"""`speed`: a clip faster or slower."""

from __future__ import annotations

from fractions import Fraction

from callsheet.makers.maker import Diary, Made, MadeFile, Order
from callsheet.makers.outcome import StepFailed, problem
from callsheet.makers.steps.engine import Encoding, Engine
from callsheet.makers.steps.order_input import choice, seconds, video
from callsheet.makers.steps.sound import STEREO
from callsheet.makers.steps.target import own_frame
from callsheet.makers.steps.timeline import frame_count, pictures, sample_count


async def speed(order: Order, engine: Engine, diary: Diary) -> Made:
    """The clip at `factor` times its speed and its own frame rate; voices keep their pitch."""
    source = video(order, "video")
    factor = seconds(order, "factor")
    if factor is None or not Fraction(1, 10) <= factor <= 10:
        raise StepFailed(problem("step-input", f"`factor` of `{order.made_by}` must be a number from 0.1 to 10"))
    audio = choice(order, "audio", ("keep", "none"))
    clip = await engine.read(source)
    frames = frame_count(clip.seconds / factor, clip.rate)
    before = f"setpts=PTS*{factor.denominator}/{factor.numerator},"
    graph = f"{pictures(0, clip.rate, own_frame(clip), frames, before=before)}[video]"
    heard = bool(clip.sounds) and audio == "keep"
    if heard:
        graph += (
            f";[0:a:0]{STEREO},rubberband=tempo={float(factor):.9g}:window=short,apad,"
            f"atrim=end_sample={sample_count(frames, clip.rate)},asetpts=N/SR/TB[audio]"
        )
    output = order.folder / "video.mp4"
    encoding = Encoding(graph, "graph" if heard else "none", frames, clip.rate)
    await engine.encode([source], encoding, output, diary.progress)
    return Made((MadeFile("video", output, "video/mp4"),))
