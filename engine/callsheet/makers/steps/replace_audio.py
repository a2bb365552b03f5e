"""`replace_audio`: a voice or a music track onto a clip, cut, padded or repeated to its length."""

from __future__ import annotations

from fractions import Fraction

from callsheet.makers.maker import Diary, Made, MadeFile, Order
from callsheet.makers.outcome import StepFailed, problem
from callsheet.makers.steps.clip import Clip
from callsheet.makers.steps.engine import Engine
from callsheet.makers.steps.order_input import audio, choice, number, seconds, video
from callsheet.makers.steps.sound import SAMPLES, STEREO, Sound, lay_sound, read_sound


async def replace_audio(order: Order, engine: Engine, diary: Diary) -> Made:
    """The clip as MP4 with this sound and no other, as long as the clip and in step with it to the sample."""
    sources = [video(order, "video"), audio(order, "audio")]
    shorter = choice(order, "shorter", ("pad", "loop"))
    longer = choice(order, "longer", ("error", "trim"))
    start = seconds(order, "start") or Fraction(0)
    clip, sound = await engine.read(sources[0]), await read_sound(engine, sources[1])
    _check_length(clip, sound, start, longer)
    whole = round(clip.seconds * SAMPLES)
    graph = (
        f"[1:a:0]{STEREO}{repeated(sound) if shorter == 'loop' else ''},volume={number(order, 'volume') or 0:g}dB,"
        f"adelay={round(start * SAMPLES)}S:all=1,apad,atrim=end_sample={whole},asetpts=N/SR/TB"
        f"{faded(whole, seconds(order, 'fade_out'))}[audio]"
    )
    output = order.folder / "video.mp4"
    await lay_sound(engine, sources, clip, graph, output, diary.progress)
    return Made((MadeFile("video", output, "video/mp4"),))


def repeated(sound: Sound) -> str:
    """Filters that repeat a sound without end or gap, to be put behind `STEREO`."""
    return f",aloop=loop=-1:size={round(sound.seconds * SAMPLES)}"


def faded(whole: int, length: Fraction | None) -> str:
    """Filters that let the end of so many samples fade to silence."""
    samples = min(whole, round((length or 0) * SAMPLES))
    return f",afade=t=out:ss={whole - samples}:ns={samples}" if samples else ""


def _check_length(clip: Clip, sound: Sound, start: Fraction, longer: str) -> None:
    """A frame more than the clip is no loss; anything longer has to be cut by consent."""
    end = start + sound.seconds
    if longer == "trim" or end <= clip.seconds + 1 / clip.rate:
        return
    begins = f", begins at {float(start):g} s" if start else ""
    raise StepFailed(
        problem(
            "sound-too-long",
            f"{sound.label} lasts {float(sound.seconds):.2f} s{begins} and {clip.label} {float(clip.seconds):.2f} s",
            "write `longer: trim` to let its end be cut, or make the clip longer",
        )
    )
