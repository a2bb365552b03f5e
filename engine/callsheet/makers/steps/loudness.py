"""`loudness`: a clip or a voice brought to a loudness by EBU R128, its true peaks kept under a ceiling."""

from __future__ import annotations

from math import inf

from callsheet.makers.maker import Diary, Made, MadeFile, Order
from callsheet.makers.outcome import StepFailed, problem
from callsheet.makers.steps.engine import Engine, Source
from callsheet.makers.steps.order_input import audio, number, one_of, video
from callsheet.makers.steps.sound import STEREO, lay_sound, loudness_of, read_sound, write_wav

_TOLERANCE = 0.5
_NEAR = 0.05
_PASSES = 8
_HEADROOM = 0.3


async def loudness(order: Order, engine: Engine, diary: Diary) -> Made:
    """The clip (or the voice) measured, then made louder or softer as a whole; only peaks over the ceiling are held."""
    target, peak = number(order, "target"), number(order, "peak")
    if target is None or peak is None:
        raise StepFailed(problem("step-input", f"`{order.made_by}` needs `target` and `peak`"))
    if one_of(order, "video", "audio") == "audio":
        source = audio(order, "audio")
        sound = await read_sound(engine, source)
        channels = min(2, sound.channels)
        layout = "mono" if channels == 1 else "stereo"
        start = f"[0:a:0]aformat=sample_fmts=fltp:channel_layouts={layout}"
        shaped = await _shaped(engine, source, start, target, peak, sound.rate)
        made = MadeFile("audio", order.folder / "audio.wav", "audio/wav")
        await write_wav(engine, [source], f"{shaped}[audio]", made.path, sound.rate, channels)
        diary.progress(1.0)
        return Made((made,))
    source = video(order, "video")
    clip = await engine.read(source)
    if not clip.sounds:
        raise StepFailed(problem("silent", f"{clip.label} has no sound"))
    shaped = await _shaped(engine, source, f"[0:a:0]{STEREO}", target, peak, 48_000)
    made = MadeFile("video", order.folder / "video.mp4", "video/mp4")
    await lay_sound(engine, [source], clip, f"{shaped}[audio]", made.path, diary.progress)
    return Made((made,))


async def _shaped(engine: Engine, source: Source, start: str, target: float, peak: float, rate: int) -> str:
    """The filters, behind `start`, that reach the target: one gain, and a limiter where peaks would pass."""
    before = await loudness_of(engine, [source], f"{start}[heard]")
    if before.lufs == -inf:
        raise StepFailed(problem("silent", f"{source.label} is silent, or too short to tell how loud it is"))
    gain = target - before.lufs
    if before.peak + gain <= peak - _NEAR:
        return f"{start},volume={gain:.2f}dB"
    limit = 10 ** ((peak - _HEADROOM) / 20)
    limiter = f"alimiter=limit={limit:.6f}:level=false:attack=2:release=60:latency=true"
    reached = -inf
    for _ in range(_PASSES):
        shaped = f"{start},volume={gain:.2f}dB,aresample=192000,{limiter},aresample={rate}"
        reached = (await loudness_of(engine, [source], f"{shaped}[heard]")).lufs
        if abs(target - reached) <= _NEAR:
            return shaped
        gain += target - reached
    if abs(target - reached) <= _TOLERANCE:
        return shaped
    message = f"{source.label} reaches {reached:.1f} LUFS with its peaks under {peak:g} dBTP, not {target:g}"
    raise StepFailed(problem("loudness-out-of-reach", message, "lower `target`, or raise `peak`"))
