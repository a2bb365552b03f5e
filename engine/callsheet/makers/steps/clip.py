"""What a clip is, read from the engine's report of its packets and its first picture."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from callsheet.makers.outcome import StepFailed, problem

_MAX_SECONDS = 4 * 3600
_STANDARD_RATES = tuple(
    Fraction(rate) for rate in ("24000/1001", "24", "25", "30000/1001", "30", "48", "50", "60000/1001", "60", "120")
)
_NO_TIME = -(2**63)
_PICTURE = re.compile(r" sar:(\d+)/(\d+) s:(\d+)x(\d+) ")
_COLOUR = re.compile(r"color_space:(\S+)")


@dataclass(frozen=True, slots=True)
class Clip:
    """Facts of a clip. `width` and `height` are as displayed: rotated, in square pixels. `rate` is frames a second,
    `seconds` runs from the file's start to the end of its last picture, `sounds` are the codecs of its sound tracks,
    `tagged` says whether the file names its colour matrix. `ticks` are when its pictures are shown, in order, in units
    of `base` seconds; `codec` is the codec of its picture."""

    label: str
    width: int
    height: int
    rate: Fraction
    frames: int
    seconds: Fraction
    sounds: tuple[str, ...]
    tagged: bool
    ticks: tuple[int, ...] = ()
    base: Fraction = Fraction(1)
    codec: str = ""

    @property
    def size(self) -> str:
        return f"{self.width}x{self.height}"


def read_clip(label: str, report: str, said: str, read_as: str = "video") -> Clip:
    """Facts out of a packet report (`framecrc`) and of what was said about the first picture (`showinfo`)."""
    header = dict(re.findall(r"^#(\w+ \d+): (.*)$", report, re.MULTILINE))
    picture = _PICTURE.search(said)
    if picture is None or header.get("media_type 0") != "video":
        raise StepFailed(problem("media-unreadable", f"{label} can't be read as {read_as}", "it has no picture"))
    base = Fraction(header["tb 0"])
    ticks, length = _ticks(report)
    if not ticks:
        raise StepFailed(problem("media-unreadable", f"{label} can't be read as {read_as}", "it has no picture"))
    rate, seconds = _timing(label, base, ticks, length)
    wide, high, width, height = (int(part) for part in picture.groups())
    colour = _COLOUR.search(said)
    numbers = sorted(
        int(key.split()[1]) for key, kind in header.items() if key.startswith("media_type") and kind == "audio"
    )
    return Clip(
        label=label,
        width=round(width * wide / high) if wide and high else width,
        height=height,
        rate=rate,
        frames=len(ticks),
        seconds=seconds,
        sounds=tuple(header.get(f"codec_id {number}", "") for number in numbers),
        tagged=colour is not None and colour[1] != "unknown",
        ticks=ticks,
        base=base,
        codec=header.get("codec_id 0", ""),
    )


def standard_rate(rate: Fraction) -> Fraction:
    """The usual frame rate within half a percent of a measured one (29.97 is 30000/1001), else the rate itself."""
    near = min(_STANDARD_RATES, key=lambda usual: abs(usual - rate))
    return near if abs(near - rate) * 200 <= near else min(rate, Fraction(120)).limit_denominator(1001)


def _ticks(report: str) -> tuple[tuple[int, ...], int]:
    """When the pictures are shown, in order, and how long the last packet's picture lasts, in the stream's units."""
    times: list[int] = []
    length = 0
    for line in report.splitlines():
        if line.startswith("0,"):
            _, decoded, shown, duration, _ = line.split(",", 4)
            time = int(shown) if int(shown) != _NO_TIME else int(decoded)
            if time + int(duration) > 0:
                times.append(time)
                length = int(duration)
    return tuple(sorted(times)), length


def _timing(label: str, base: Fraction, ticks: tuple[int, ...], length: int) -> tuple[Fraction, Fraction]:
    """Frames a second, and seconds up to the end of the last picture."""
    if len(ticks) > 1:
        step = Fraction(ticks[-1] - ticks[0], len(ticks) - 1)
    else:
        step = Fraction(length) if length else Fraction(1, 25) / base
    rate = standard_rate(1 / (step * base)) if step > 0 else Fraction(25)
    seconds = (ticks[-1] + step) * base
    if seconds > _MAX_SECONDS:
        raise StepFailed(
            problem("media-too-long", f"{label} lasts {float(seconds):.0f} s, the most is {_MAX_SECONDS} s")
        )
    return rate, seconds
