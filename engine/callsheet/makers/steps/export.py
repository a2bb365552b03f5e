"""`export`: a clip as web pages and social networks want it."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from callsheet.makers.maker import Diary, Made, MadeFile, Order
from callsheet.makers.steps.clip import Clip
from callsheet.makers.steps.engine import Encoding, Engine
from callsheet.makers.steps.frame import FITS, Frame, fitted
from callsheet.makers.steps.order_input import choice, video
from callsheet.makers.steps.timeline import frame_count, pictures, sample_count, sound


@dataclass(frozen=True, slots=True)
class Preset:
    """A frame to fill (or, without one, the longest side), frames a second at most, and what the encoders aim at:
    x264's constant quality, a cap in kbit/s, and kbit/s of sound."""

    frame: tuple[int, int] | None
    longest: int
    rate: int
    quality: int
    cap: int
    sound: int


_PRESETS = {
    "web": Preset(None, 1920, 60, 22, 8000, 128),
    "web-small": Preset(None, 960, 30, 25, 2000, 96),
    "vertical": Preset((1080, 1920), 1920, 30, 20, 12000, 160),
    "portrait": Preset((1080, 1350), 1350, 30, 20, 10000, 160),
    "square": Preset((1080, 1080), 1080, 30, 20, 8000, 160),
    "widescreen": Preset((1920, 1080), 1920, 60, 18, 16000, 192),
    "master": Preset(None, 8192, 120, 10, 100000, 320),
}


async def export(order: Order, engine: Engine, diary: Diary) -> Made:
    """An MP4 with the preset's frame, frame rate and bit rate, which starts to play before it is loaded."""
    source = video(order, "video")
    preset = _PRESETS[choice(order, "preset", tuple(_PRESETS))]
    fit = choice(order, "fit", FITS)
    clip = await engine.read(source)
    rate = _rate(clip, preset)
    frames = frame_count(clip.seconds, rate)
    graph = f"{pictures(0, rate, fitted(clip, _frame(clip, preset), fit), frames)}[video]"
    if clip.sounds:
        graph += f";{sound(0, sample_count(frames, rate))}[audio]"
    output = order.folder / "video.mp4"
    encoding = Encoding(graph, "graph" if clip.sounds else "none", frames, rate, _picture(preset, rate), _aac(preset))
    await engine.encode([source], encoding, output, diary.progress)
    return Made((MadeFile("video", output, "video/mp4"),))


def _frame(clip: Clip, preset: Preset) -> Frame:
    if preset.frame is not None:
        return Frame(*preset.frame, "`preset`")
    factor = min(Fraction(1), Fraction(preset.longest, max(clip.width, clip.height)))
    return Frame(max(2, int(clip.width * factor / 2) * 2), max(2, int(clip.height * factor / 2) * 2), "`preset`")


def _rate(clip: Clip, preset: Preset) -> Fraction:
    """The clip's frame rate, halved until the preset allows it."""
    rate = clip.rate
    while rate > preset.rate:
        rate /= 2
    return rate


def _picture(preset: Preset, rate: Fraction) -> tuple[str, ...]:
    """x264's options; a key frame every two seconds lets players seek and services cut."""
    return (
        *("-c:v", "libx264", "-preset", "medium", "-crf", str(preset.quality), "-profile:v", "high"),
        *("-maxrate", f"{preset.cap}k", "-bufsize", f"{2 * preset.cap}k", "-g", str(round(rate * 2))),
        *("-pix_fmt", "yuv420p"),
    )


def _aac(preset: Preset) -> tuple[str, ...]:
    return ("-c:a", "aac", "-b:a", f"{preset.sound}k", "-ar", "48000", "-ac", "2")
