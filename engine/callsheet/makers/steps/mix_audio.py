"""`mix_audio`: music under speech, which steps back while someone speaks."""

from __future__ import annotations

import wave
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import cos, inf, pi
from pathlib import Path

from callsheet.makers.maker import Diary, Made, MadeFile, Order
from callsheet.makers.outcome import StepFailed, problem
from callsheet.makers.steps.engine import Engine, Source
from callsheet.makers.steps.order_input import audio, choice, number, one_of, seconds, video
from callsheet.makers.steps.replace_audio import faded, repeated
from callsheet.makers.steps.sound import (
    SAMPLES,
    STEREO,
    Sound,
    lay_sound,
    loudness_of,
    pauses_of,
    read_sound,
    write_wav,
)

_STEPS = 1000
"""Values a second of the curve by which the music steps back."""

_BREATH = 0.1
_CEILING = "alimiter=limit=0.891251:level=false:attack=5:release=50:latency=true"


@dataclass(frozen=True, slots=True)
class Ducking:
    """How far the music steps back (dB), how long that takes and how long it takes to come back (seconds), and how
    long a pause must be for it to come back."""

    depth: float
    attack: float
    release: float
    pause: float


async def mix_audio(order: Order, engine: Engine, diary: Diary) -> Made:
    """The clip (or the voice) with the music under it, as long as it was; the music is repeated where it is shorter."""
    field = one_of(order, "video", "audio")
    speech = audio(order, "audio") if field == "audio" else video(order, "video")
    music = audio(order, "music")
    ducking = Ducking(*(float(number(order, name) or 0) for name in ("duck", "attack", "release", "pause")))
    clip = None if field == "audio" else await engine.read(speech)
    if clip is not None and not clip.sounds:
        hint = "put the music on it with `replace_audio`"
        raise StepFailed(problem("no-speech", f"{clip.label} has no sound to put music under", hint))
    length = (await read_sound(engine, speech)).seconds if clip is None else clip.seconds
    bed = await read_sound(engine, music)
    gain = await _music_gain(engine, speech, music, number(order, "level") or 0.0)
    pauses = await pauses_of(engine, speech, _BREATH)
    curve = order.folder / "curve.wav"
    repeat = choice(order, "shorter", ("loop", "pad")) == "loop"
    try:
        write_curve(curve, ducked(pauses, float(length), ducking))
        sources = [speech, music, Source(curve, "the curve of the music", read_as="audio")]
        graph = _graph(bed, round(length * SAMPLES), gain, repeat=repeat, fade=seconds(order, "fade_out"))
        if clip is None:
            made = MadeFile("audio", order.folder / "audio.wav", "audio/wav")
            await write_wav(engine, sources, graph, made.path, SAMPLES, 2)
            diary.progress(1.0)
        else:
            made = MadeFile("video", order.folder / "video.mp4", "video/mp4")
            await lay_sound(engine, sources, clip, graph, made.path, diary.progress)
    finally:
        curve.unlink(missing_ok=True)
    return Made((made,))


def ducked(pauses: Sequence[tuple[float, float]], length: float, ducking: Ducking) -> list[float]:
    """The gain of the music, `_STEPS` values a second: 1 in pauses, `depth` dB less while someone speaks.

    It has stepped back when the speech begins and comes back when it ends, along half a cosine.
    """
    low = 10 ** (-ducking.depth / 20)
    count = max(1, round(length * _STEPS))
    gains = [low] * count
    for start, end in pauses:
        ends = min(end, length)
        if ends - start < min(ducking.pause, length) and start > 0 and end < length:
            continue
        first, last = round(start * _STEPS), min(count, round(ends * _STEPS))
        for place in range(first, last):
            back = 1.0 if start <= 0 else _ramp((place - first) / _STEPS, ducking.release)
            away = 1.0 if end >= length else _ramp((last - place) / _STEPS, ducking.attack)
            gains[place] = low + (1 - low) * min(back, away)
    return gains


def write_curve(path: Path, gains: Sequence[float]) -> None:
    """Write gains of 0 to 1 as a WAV file to multiply with."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(_STEPS)
        file.writeframes(array("h", [round(gain * 32767) for gain in gains]).tobytes())


async def _music_gain(engine: Engine, speech: Source, music: Source, level: float) -> float:
    """dB that bring the music's loudness to `level` LU beside the speech's."""
    loud = [await loudness_of(engine, [one], f"[0:a:0]{STEREO}[heard]") for one in (speech, music)]
    for one, source in zip(loud, (speech, music), strict=True):
        if one.lufs == -inf:
            raise StepFailed(problem("silent", f"{source.label} is silent, or too short to tell how loud it is"))
    return loud[0].lufs + level - loud[1].lufs


def _graph(bed: Sound, whole: int, gain: float, *, repeat: bool, fade: Fraction | None) -> str:
    again = repeated(bed) if repeat else ""
    end = f"apad,atrim=end_sample={whole},asetpts=N/SR/TB"
    return (
        f"[0:a:0]{STEREO},{end}[speech];"
        f"[1:a:0]{STEREO}{again},volume={gain:.2f}dB,{end}{faded(whole, fade)}[music];"
        f"[2:a:0]aresample={SAMPLES},aformat=sample_fmts=fltp,pan=stereo|c0=c0|c1=c0,apad,atrim=end_sample={whole}[curve];"
        "[music][curve]amultiply[under];"
        f"[speech][under]amix=inputs=2:duration=first:normalize=0,{_CEILING}[audio]"
    )


def _ramp(since: float, length: float) -> float:
    return 1.0 if since >= length else (1 - cos(pi * since / length)) / 2
