"""`still`: an image as a clip, under a slow camera move."""

from __future__ import annotations

from fractions import Fraction

from callsheet.makers.maker import Diary, Made, MadeFile, Order
from callsheet.makers.steps.clip import Clip, standard_rate
from callsheet.makers.steps.engine import Encoding, Engine
from callsheet.makers.steps.frame import FITS, Fit, Frame, fitted
from callsheet.makers.steps.order_input import choice, image, number, seconds
from callsheet.makers.steps.target import asked_frame
from callsheet.makers.steps.timeline import frame_count

_MOVES = {
    "zoom-in": ((0.5, 0.5, 0), (0.5, 0.5, 1)),
    "zoom-out": ((0.5, 0.5, 1), (0.5, 0.5, 0)),
    "pan-left": ((1, 0.5, 1), (0, 0.5, 1)),
    "pan-right": ((0, 0.5, 1), (1, 0.5, 1)),
    "pan-up": ((0.5, 1, 1), (0.5, 0, 1)),
    "pan-down": ((0.5, 0, 1), (0.5, 1, 1)),
    "none": ((0.5, 0.5, 0), (0.5, 0.5, 0)),
}
"""Where the camera begins and ends: how far to the right, how far down, and how near (0: all is seen)."""

_LARGEST = Fraction(3, 2)
_SCALE = "flags=bicubic+accurate_rnd+bitexact"


async def still(order: Order, engine: Engine, diary: Diary) -> Made:
    """A silent MP4 of the image for `seconds`; the camera moves evenly and by parts of pixels, so nothing jitters."""
    source = image(order, "image")
    fit = choice(order, "fit", FITS)
    move = choice(order, "move", tuple(_MOVES))
    amount = Fraction(str(number(order, "amount", 15))) / 100
    rate = standard_rate(Fraction(str(number(order, "fps", 25))))
    frames = frame_count(seconds(order, "seconds") or Fraction(5), rate)
    picture = await engine.read(source)
    frame = asked_frame(order, picture)
    held = f"loop=loop={frames - 1}:size=1,setpts=N/({rate})/TB,fps=fps={rate}"
    filters = f"{fitted(picture, frame, fit)},{held}"
    if move != "none" and amount:
        filters = _moved(picture, frame, fit, held, amount, _quad(move, amount, frames))
    output = order.folder / "video.mp4"
    await engine.encode([source], Encoding(f"[0:v:0]{filters}[video]", "none", frames, rate), output, diary.progress)
    return Made((MadeFile("video", output, "video/mp4"),))


def _moved(picture: Clip, frame: Frame, fit: Fit, held: str, amount: Fraction, quad: str) -> str:
    """Filters that hold the picture at a size at which nothing is lost when the camera is near, look at a moving part
    of it, and bring that into the frame."""
    larger = min(1 + amount, _LARGEST)
    wide = Frame(round(frame.width * larger / 2) * 2, round(frame.height * larger / 2) * 2, frame.given_by)
    filling = fitted(picture, wide, "pad" if fit == "pad" else "crop")
    return (
        f"{filling},{held},perspective={quad}:sense=source:interpolation=cubic:eval=frame,"
        f"scale={frame.width}:{frame.height}:{_SCALE},setsar=1"
    )


def _quad(move: str, amount: Fraction, frames: int) -> str:
    """The corners of what the camera sees, as expressions of the frame's number."""
    begin, end = _MOVES[move]
    moving = f"(on-1)/{max(1, frames - 1)}"
    across, down, near = (f"({first:g}+({last - first:g})*{moving})" for first, last in zip(begin, end, strict=True))
    part = f"(1/(1+{float(amount):g}*{near}))"
    left, top = f"W*(1-{part})*{across}", f"H*(1-{part})*{down}"
    right, bottom = f"({left}+W*{part})", f"({top}+H*{part})"
    corners = {"x0": left, "y0": top, "x1": right, "y1": top, "x2": left, "y2": bottom, "x3": right, "y3": bottom}
    return ":".join(f"{name}='{value}'" for name, value in corners.items())
