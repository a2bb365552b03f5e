"""Frames and samples: a clip at a constant frame rate, counted from its start, with its sound to the sample."""

from __future__ import annotations

from fractions import Fraction
from math import floor

from callsheet.makers.steps.clip import Clip
from callsheet.makers.steps.engine import Sound
from callsheet.makers.steps.sound import SAMPLES, STEREO


def frame_count(seconds: Fraction, rate: Fraction) -> int:
    """How many frames a length is at a frame rate, at least one."""
    return max(1, floor(seconds * rate + Fraction(1, 2)))


def sample_count(frames: int, rate: Fraction) -> int:
    """How many samples last as long as some frames."""
    return round(frames * SAMPLES / rate)


def pictures(place: int, rate: Fraction, shaping: str, frames: int, first: int = 0, before: str = "") -> str:
    """Filters from source `place` to exactly `frames` frames, from frame `first` on; the last is held where they end.

    `before` stands before the frames are counted, `shaping` after it.
    """
    return (
        f"[{place}:v:0]{before}fps=fps={rate}:start_time=0,{shaping},tpad=stop_mode=clone:stop=-1,"
        f"trim=start_frame={first}:end_frame={first + frames},setpts=N/({rate})/TB"
    )


def sound(place: int, samples: int, first: int = 0, track: int = 0) -> str:
    """Filters from a sound track of source `place` to exactly `samples` samples; silence follows where it ends."""
    return f"[{place}:a:{track}]{STEREO},apad,atrim=start_sample={first}:end_sample={first + samples},asetpts=N/SR/TB"


def silence(samples: int) -> str:
    """Filters that make so many samples of silence."""
    return f"anullsrc=r={SAMPLES}:cl=stereo,aformat=sample_fmts=fltp,atrim=end_sample={samples},asetpts=N/SR/TB"


def kept_sound(clip: Clip) -> tuple[str, Sound]:
    """What to append to a graph so that the first source's sound goes along as it is, and how it is encoded."""
    if not clip.sounds:
        return "", "none"
    if clip.sounds[0] == "aac":
        return "", "copy"
    return f";[0:a:0]aresample={SAMPLES}:async=1[audio]", "graph"
