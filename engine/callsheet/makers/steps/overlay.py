"""`overlay`: a logo or another clip on a clip."""

from __future__ import annotations

from fractions import Fraction

from callsheet.makers.maker import Diary, Made, MadeFile, Order
from callsheet.makers.outcome import StepFailed, problem
from callsheet.makers.steps.clip import Clip
from callsheet.makers.steps.engine import Encoding, Engine
from callsheet.makers.steps.frame import in_bt709
from callsheet.makers.steps.order_input import choice, image, number, one_of, seconds, video
from callsheet.makers.steps.timeline import kept_sound

_PLACES = {
    "top-right": (1, 0),
    "top-left": (0, 0),
    "top": (0.5, 0),
    "left": (0, 0.5),
    "middle": (0.5, 0.5),
    "right": (1, 0.5),
    "bottom-left": (0, 1),
    "bottom": (0.5, 1),
    "bottom-right": (1, 1),
}
_SCALE = "flags=bicubic+accurate_rnd+bitexact:out_color_matrix=bt709:out_range=tv"


async def overlay(order: Order, engine: Engine, diary: Diary) -> Made:
    """The clip as MP4 with the image or the other clip upon it; its times and its sound stay as they are."""
    source = video(order, "video")
    field = one_of(order, "image", "clip")
    if field is None:
        raise StepFailed(problem("step-input", f"`{order.made_by}` needs `image` or `clip`"))
    upper = image(order, "image") if field == "image" else video(order, "clip")
    position = choice(order, "position", tuple(_PLACES))
    clip, above = await engine.read(source), await engine.read(upper)
    start, end = _times(order, clip)
    width, height = max(2, clip.width // 2 * 2), max(2, clip.height // 2 * 2)
    wide, high = _size(order, above, width, height)
    x, y = _corner(order, position, (width, height), (wide, high))
    opacity = (number(order, "opacity", 100) or 0) / 100
    late = f"setpts=PTS-STARTPTS+{start.numerator}/{start.denominator}/TB," if field == "clip" and start else ""
    seen = f":enable='between(t,{float(start):.6f},{float(end):.6f}-0.0005)'" if end < clip.seconds or start else ""
    suffix, heard = kept_sound(clip)
    graph = (
        f"[0:v:0]{in_bt709(clip, width, height)},setsar=1[under];"
        f"[1:v:0]{late}{_assumed(above)}scale={wide}:{high}:{_SCALE},format=yuva420p,"
        f"colorchannelmixer=aa={opacity:g}[over];"
        f"[under][over]overlay=x={x}:y={y}:format=yuv420:eof_action={'repeat' if field == 'image' else 'pass'}"
        f"{seen}[video]{suffix}"
    )
    output = order.folder / "video.mp4"
    await engine.encode([source, upper], Encoding(graph, heard, clip.frames, None), output, diary.progress)
    return Made((MadeFile("video", output, "video/mp4"),))


def _times(order: Order, clip: Clip) -> tuple[Fraction, Fraction]:
    start, end = seconds(order, "start") or Fraction(0), seconds(order, "end")
    stop = clip.seconds if end is None else min(end, clip.seconds)
    if stop <= start:
        message = f"`{order.made_by}` would be seen from {float(start):g} s to {float(stop):.2f} s"
        raise StepFailed(problem("nothing-left", f"{message} of {clip.label}"))
    return start, stop


def _size(order: Order, above: Clip, width: int, height: int) -> tuple[int, int]:
    """The pixels of what is laid over: `size` percent of the frame's width, and never more than the frame."""
    factor = min(width * (number(order, "size", 20) or 0) / 100 / above.width, height / above.height)
    return max(2, round(above.width * factor / 2) * 2), max(2, round(above.height * factor / 2) * 2)


def _corner(order: Order, position: str, frame: tuple[int, int], size: tuple[int, int]) -> tuple[int, int]:
    """Where its upper left corner is, `margin` percent of the frame's shorter side away from the edges."""
    margin = (number(order, "margin", 5) or 0) / 100 * min(frame)
    across, down = _PLACES[position]
    free = [max(0.0, frame[place] - size[place] - 2 * margin) for place in (0, 1)]
    edge = [min(margin, (frame[place] - size[place]) / 2) for place in (0, 1)]
    return _even(edge[0] + across * free[0]), _even(edge[1] + down * free[1])


def _assumed(above: Clip) -> str:
    return "" if above.tagged else "setparams=colorspace=bt709,"


def _even(pixels: float) -> int:
    return round(pixels / 2) * 2
