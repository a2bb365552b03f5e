"""`reframe`: a clip in another shape: its edges cut around a point, or all of it between bars or its own blur."""

from __future__ import annotations

from fractions import Fraction

from callsheet.makers.maker import Diary, Made, MadeFile, Order
from callsheet.makers.outcome import StepFailed, problem
from callsheet.makers.steps.clip import Clip
from callsheet.makers.steps.engine import Encoding, Engine
from callsheet.makers.steps.frame import Frame, fitted, in_bt709
from callsheet.makers.steps.order_input import choice, number, one_of, video
from callsheet.makers.steps.target import asked_frame
from callsheet.makers.steps.timeline import kept_sound

_BLUR_SCALE = 8
_BLUR = r"boxblur=lr=min(4\,(min(w\,h)-1)/2):lp=3:cr=min(2\,(min(cw\,ch)-1)/2):cp=3"
_SMOOTH = "flags=bicubic+accurate_rnd+bitexact"


async def reframe(order: Order, engine: Engine, diary: Diary) -> Made:
    """The clip as MP4 in the frame asked for; the times of its pictures and its sound stay as they are."""
    source = video(order, "video")
    fit = choice(order, "fit", ("crop", "pad", "blur"))
    if one_of(order, "size", "aspect_ratio") is None:
        raise StepFailed(problem("step-input", f"`{order.made_by}` needs `aspect_ratio` or `size`"))
    focus = tuple(Fraction(str(number(order, field, 50))) / 100 for field in ("focus_x", "focus_y"))
    clip = await engine.read(source)
    frame = asked_frame(order, clip)
    if fit == "crop":
        picture = f"[0:v:0]{_cut(clip, frame, focus[0], focus[1])}[video]"
    elif fit == "pad":
        picture = f"[0:v:0]{fitted(clip, frame, 'pad')}[video]"
    else:
        picture = _blurred(clip, frame)
    suffix, heard = kept_sound(clip)
    output = order.folder / "video.mp4"
    await engine.encode([source], Encoding(picture + suffix, heard, clip.frames, None), output, diary.progress)
    return Made((MadeFile("video", output, "video/mp4"),))


def _cut(clip: Clip, frame: Frame, across: Fraction, down: Fraction) -> str:
    """Filters that fill the frame and keep the focus as near to its middle as the clip's edges allow."""
    width, height = _covering(clip, frame)
    left = _start(width, frame.width, across)
    top = _start(height, frame.height, down)
    return f"{in_bt709(clip, width, height)},crop={frame.width}:{frame.height}:{left}:{top},setsar=1"


def _start(length: int, kept: int, focus: Fraction) -> int:
    wanted = round((focus * length - Fraction(kept, 2)) / 2) * 2
    return max(0, min(length - kept, wanted))


def _covering(clip: Clip, frame: Frame) -> tuple[int, int]:
    """Width and height, in even numbers, at which a clip just covers a frame."""
    factor = max(Fraction(frame.width, clip.width), Fraction(frame.height, clip.height))
    return max(frame.width, round(clip.width * factor / 2) * 2), max(frame.height, round(clip.height * factor / 2) * 2)


def _blurred(clip: Clip, frame: Frame) -> str:
    """A graph with the whole clip before its own enlarged and blurred picture."""
    factor = min(Fraction(frame.width, clip.width), Fraction(frame.height, clip.height))
    width = min(frame.width, max(2, round(clip.width * factor / 2) * 2))
    height = min(frame.height, max(2, round(clip.height * factor / 2) * 2))
    small = Frame(_small(frame.width), _small(frame.height), "the blur")
    wide, high = _covering(clip, small)
    left, top = (frame.width - width) // 4 * 2, (frame.height - height) // 4 * 2
    return (
        "[0:v:0]split[front][behind];"
        f"[behind]{in_bt709(clip, wide, high)},crop={small.width}:{small.height},{_BLUR},"
        f"scale={frame.width}:{frame.height}:{_SMOOTH}[blur];"
        f"[front]{in_bt709(clip, width, height)}[whole];"
        f"[blur][whole]overlay=x={left}:y={top}:format=yuv420,setsar=1[video]"
    )


def _small(pixels: int) -> int:
    return max(16, pixels // _BLUR_SCALE // 2 * 2)
