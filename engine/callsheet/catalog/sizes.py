"""Fixed sizes: a route that takes `WxH (a:b)` out of a list, asked for by resolution, by aspect ratio, or by both."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

_SIZE = re.compile(r"([1-9][0-9]{0,4})\s*[xX×]\s*([1-9][0-9]{0,4})(?:\s*\(\s*([0-9]{1,3})\s*:\s*([0-9]{1,3})\s*\))?")
_ASPECT = re.compile(r"([1-9][0-9]{0,2})\s*:\s*([1-9][0-9]{0,2})")
_SHORT_SIDE = re.compile(r"([1-9][0-9]{2,3})[pP]")


@dataclass(frozen=True, slots=True)
class Size:
    """Pixels, and the aspect the route calls them by (480x720 is `2:3`; 576x1024 is called `9:16`)."""

    text: str
    width: int
    height: int
    aspect: Fraction

    @property
    def pixels(self) -> int:
        return self.width * self.height


@lru_cache(maxsize=256)
def parse_size(text: object) -> Size | None:
    """`720x720` or `720x720 (1:1)`; None for anything else."""
    found = _SIZE.fullmatch(text.strip()) if isinstance(text, str) else None
    if found is None:
        return None
    width, height = int(found[1]), int(found[2])
    named = found[3] and int(found[3]) and int(found[4])
    return Size(str(text), width, height, Fraction(int(found[3]), int(found[4])) if named else Fraction(width, height))


def parse_aspect(text: str) -> Fraction | None:
    """`9:16`; None for anything else."""
    found = _ASPECT.fullmatch(text.strip())
    return Fraction(int(found[1]), int(found[2])) if found else None


def pick_size(sizes: tuple[Size, ...], default: Size, resolution: str | None, aspect_ratio: str | None) -> Size | None:
    """The size that was asked for, or None where there is none or the two don't agree.

    `720x720` names a size. `720p` asks for a short side of 720 pixels, in the asked aspect or else the default's.
    An aspect alone picks the size nearest in pixels to the default, the larger one of two that are equally near.
    """
    aspect = parse_aspect(aspect_ratio) if aspect_ratio is not None else None
    if aspect_ratio is not None and aspect is None:
        return None
    if resolution is not None:
        return _by_resolution(sizes, default, resolution, aspect)
    fitting = [size for size in sizes if size.aspect == aspect]
    return min(fitting, key=lambda size: (abs(size.pixels - default.pixels), -size.pixels), default=None)


def _by_resolution(sizes: tuple[Size, ...], default: Size, resolution: str, aspect: Fraction | None) -> Size | None:
    if (asked := parse_size(resolution)) is not None:
        exact = [size for size in sizes if (size.width, size.height) == (asked.width, asked.height)]
        return next((size for size in exact if aspect is None or size.aspect == aspect), None)
    short = _SHORT_SIDE.fullmatch(resolution.strip())
    wanted = aspect or default.aspect
    side = int(short[1]) if short else 0
    return next((size for size in sizes if min(size.width, size.height) == side and size.aspect == wanted), None)
