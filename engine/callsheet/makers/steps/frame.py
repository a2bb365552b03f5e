"""A frame to fill, and the filters that bring a clip of any size into it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from callsheet.makers.outcome import StepFailed, problem
from callsheet.makers.steps.clip import Clip

Fit: TypeAlias = Literal["error", "pad", "crop"]
FITS: tuple[Fit, ...] = ("error", "pad", "crop")

_SCALE = "flags=bicubic+accurate_rnd+full_chroma_int+bitexact:out_color_matrix=bt709:out_range=tv"
_BT709 = "setparams=colorspace=bt709:color_primaries=bt709:color_trc=bt709"


@dataclass(frozen=True, slots=True)
class Frame:
    """Pixels to fill, in even numbers; `given_by` says what decided them, for people."""

    width: int
    height: int
    given_by: str

    @property
    def size(self) -> str:
        return f"{self.width}x{self.height}"


def fitted(clip: Clip, frame: Frame, fit: Fit) -> str:
    """Filters that scale a clip into the frame, in square pixels and BT.709.

    A clip of the frame's shape is only scaled. One of another shape gets black bars (`pad`), loses its edges (`crop`),
    or is a StepFailed that names both sizes (`error`).
    """
    shaping = ""
    width, height = frame.width, frame.height
    if not _same_shape(clip, frame):
        if fit == "error":
            raise StepFailed(
                problem(
                    "size-mismatch",
                    f"{clip.label} is {clip.size}, but {frame.given_by} makes the frame {frame.size}",
                    "say `fit: pad` for black bars or `fit: crop` to cut its edges",
                )
            )
        across, down = frame.width / clip.width, frame.height / clip.height
        factor = max(across, down) if fit == "crop" else min(across, down)
        width, height = _even(clip.width * factor), _even(clip.height * factor)
        if fit == "crop":
            width, height = max(width, frame.width), max(height, frame.height)
            shaping = (
                f"crop={frame.width}:{frame.height}:{_middle(width, frame.width)}:{_middle(height, frame.height)},"
            )
        else:
            width, height = min(width, frame.width), min(height, frame.height)
            shaping = (
                f"pad={frame.width}:{frame.height}:{_middle(frame.width, width)}:{_middle(frame.height, height)}:black,"
            )
    return f"{in_bt709(clip, width, height)},{shaping}setsar=1"


def in_bt709(clip: Clip, width: int, height: int) -> str:
    """Filters that scale a clip to a size in BT.709; a clip that names no colour matrix is taken to be in it."""
    assumed = "" if clip.tagged else f"{_BT709},"
    return f"{assumed}scale={width}:{height}:{_SCALE},{_BT709}:range=tv,format=yuv420p"


def _same_shape(clip: Clip, frame: Frame) -> bool:
    """Whether scaling alone, off by no more than rounding to even pixels, brings the clip into the frame."""
    return (
        abs(clip.width * frame.height / clip.height - frame.width) < 2
        and abs(clip.height * frame.width / clip.width - frame.height) < 2
    )


def _even(pixels: float) -> int:
    return max(2, round(pixels / 2) * 2)


def _middle(outer: int, inner: int) -> int:
    return (outer - inner) // 4 * 2
