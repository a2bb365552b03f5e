"""A slow camera move over a still picture."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from PIL import Image

ROOM = 1.14  # how much larger than the frame a picture is kept, so that the camera can move in it

_MOVES = (
    # from (zoom, x, y) to (zoom, x, y): zoom 1 shows all, x and y say where in what is left over, 0 to 1
    ((1.0, 0.5, 0.5), (ROOM, 0.5, 0.46)),
    ((ROOM, 0.5, 0.46), (1.0, 0.5, 0.5)),
    ((1.10, 0.0, 0.5), (1.10, 1.0, 0.5)),
    ((1.10, 1.0, 0.5), (1.10, 0.0, 0.5)),
    ((1.10, 0.5, 1.0), (1.10, 0.5, 0.0)),
    ((1.03, 0.1, 0.7), (ROOM, 0.8, 0.3)),
    ((1.03, 0.9, 0.7), (ROOM, 0.2, 0.3)),
)
_STILL = ((1.0, 0.5, 0.5), (1.03, 0.5, 0.5))


@dataclass(frozen=True, slots=True)
class Camera:
    """A move from one view to another; see `camera_for`."""

    start: tuple[float, float, float]
    end: tuple[float, float, float]

    def frame(self, picture: Image.Image, size: tuple[int, int], done: float) -> Image.Image:
        """What the camera sees when `done` (0 to 1) of the clip is over; it starts and ends gently."""
        eased = done * done * (3.0 - 2.0 * done)
        zoom, x, y = (a + (b - a) * eased for a, b in zip(self.start, self.end, strict=True))
        wide, high = picture.width / zoom, picture.height / zoom
        left, top = (picture.width - wide) * x, (picture.height - high) * y
        box = (left, top, min(left + wide, picture.width), min(top + high, picture.height))
        return picture.resize(size, Image.Resampling.BILINEAR, box=box)


def camera_for(number: int, still: bool) -> Camera:
    """The move that a number stands for; a camera that has to be still barely creeps in."""
    return Camera(*(_STILL if still else Random(f"camera {number}").choice(_MOVES)))
