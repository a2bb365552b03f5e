"""One picture of a clip as an image file."""

from __future__ import annotations

from pathlib import Path

from callsheet.makers.maker import Diary, Made, MadeFile, Order
from callsheet.makers.steps.clip import Clip
from callsheet.makers.steps.engine import Engine, Source

_SCALE = "flags=bicubic+accurate_rnd+full_chroma_int+full_chroma_inp+bitexact"
_SRGB = "setparams=colorspace=gbr:color_primaries=bt709:color_trc=iec61966-2-1:range=pc"


async def grab(order: Order, engine: Engine, diary: Diary, source: Source, clip: Clip, choosing: str) -> Made:
    """The one picture of a clip that the filters `choosing` leave, as a PNG file of the clip's size."""
    output = order.folder / "image.png"
    await engine.still([source], f"[0:v:0]{choosing},{in_rgb(clip, clip.width, clip.height)}[video]", output)
    return grabbed(output, diary)


def grabbed(output: Path, diary: Diary) -> Made:
    """What was made, told to the diary as done."""
    diary.progress(1.0)
    return Made((MadeFile("image", output, "image/png"),))


def in_own_rgb() -> str:
    """Filters that bring a clip, whatever its size, into sRGB and square pixels; it must name its colour matrix."""
    return f"scale=w=round(iw*sar):h=ih:{_SCALE},format=rgb24,{_SRGB},setsar=1"


def in_rgb(clip: Clip, width: int, height: int) -> str:
    """Filters that scale a clip to a size in sRGB; a clip that names no colour matrix is taken to be in BT.709."""
    assumed = "" if clip.tagged else "setparams=colorspace=bt709,"
    return f"{assumed}scale={width}:{height}:{_SCALE},format=rgb24,{_SRGB},setsar=1"
