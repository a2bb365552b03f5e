"""`poster`: the picture that stands for a clip before it plays."""

from __future__ import annotations

from fractions import Fraction

from callsheet.makers.maker import Diary, Made, MadeFile, Order
from callsheet.makers.steps.clip import Clip
from callsheet.makers.steps.engine import Engine
from callsheet.makers.steps.frame_at import picture_at
from callsheet.makers.steps.grab import in_rgb
from callsheet.makers.steps.order_input import choice, number, seconds, video

_CANDIDATES = 48


async def poster(order: Order, engine: Engine, diary: Diary) -> Made:
    """The most typical picture of the clip, or the one `at` a time, as JPEG or PNG."""
    source = video(order, "video")
    written = choice(order, "format", ("jpeg", "png"))
    clip = await engine.read(source)
    width, height = _size(clip, number(order, "width"))
    output = order.folder / ("image.jpg" if written == "jpeg" else "image.png")
    chosen = _chosen(order, clip, seconds(order, "at"), f"scale={width}:{height}:flags=bicubic+accurate_rnd+bitexact")
    ending = ",scale=out_color_matrix=bt601:out_range=pc,format=yuvj444p" if written == "jpeg" else ""
    await engine.still([source], f"[0:v:0]{chosen},{in_rgb(clip, width, height)}{ending}[video]", output)
    diary.progress(1.0)
    return Made((MadeFile("image", output, f"image/{written}"),))


def _size(clip: Clip, width: float | None) -> tuple[int, int]:
    if width is None or width >= clip.width:
        return clip.width, clip.height
    return round(width), max(1, round(clip.height * Fraction(round(width), clip.width)))


def _chosen(order: Order, clip: Clip, at: Fraction | None, scaling: str) -> str:
    """Filters that leave one picture: a given one, or the most typical of some that are spread over the clip."""
    if at is not None:
        number = picture_at(order, clip, at)
        return f"trim=start_frame={number}:end_frame={number + 1}"
    apart = -(-clip.frames // _CANDIDATES)
    return f"select='not(mod(n,{apart}))',{scaling},thumbnail=n={_CANDIDATES}"
