"""Colours out of numbers: the same number, the same palette."""

from __future__ import annotations

import colorsys
from dataclasses import dataclass
from random import Random
from typing import TypeAlias

Rgb: TypeAlias = tuple[int, int, int]
_GOLDEN = 0.618033988749895


@dataclass(frozen=True, slots=True)
class Palette:
    """`accent` for lines and bars, `gains` tint a picture per channel (mean 1), `deep` and `bright` make backdrops."""

    accent: Rgb
    gains: tuple[float, float, float]
    deep: Rgb
    bright: Rgb


def palette(number: int) -> Palette:
    """Neighbouring numbers get hues far apart."""
    hue = number * _GOLDEN % 1.0
    tint = colorsys.hsv_to_rgb(hue, 0.1, 1.0)
    mean = sum(tint) / 3
    return Palette(
        accent=_rgb(hue, 0.5, 1.0),
        gains=(tint[0] / mean, tint[1] / mean, tint[2] / mean),
        deep=_rgb(hue + 0.58, 0.62, 0.16),
        bright=_rgb(hue + 0.04 + 0.08 * Random(number).random(), 0.42, 0.78),
    )


def mixed(one: Rgb, other: Rgb, part: float) -> Rgb:
    """`part` 0 is one colour, 1 the other."""
    return (
        round(one[0] + (other[0] - one[0]) * part),
        round(one[1] + (other[1] - one[1]) * part),
        round(one[2] + (other[2] - one[2]) * part),
    )


def _rgb(hue: float, saturation: float, value: float) -> Rgb:
    red, green, blue = colorsys.hsv_to_rgb(hue % 1.0, saturation, value)
    return round(red * 255), round(green * 255), round(blue * 255)
