"""`concat`: clips one after the other, whatever their sizes, frame rates and sound."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from math import floor

from callsheet.makers.maker import Diary, Made, MadeFile, Order
from callsheet.makers.outcome import StepFailed, problem
from callsheet.makers.steps.clip import Clip, standard_rate
from callsheet.makers.steps.engine import Encoding, Engine
from callsheet.makers.steps.frame import FITS, Frame, fitted
from callsheet.makers.steps.order_input import choice, number, text, videos

_SAMPLES = 48_000
_SIZE = re.compile(r"([0-9]{2,4})x([0-9]{2,4})")


async def concat(order: Order, engine: Engine, diary: Diary) -> Made:
    """One MP4 of the clips in their order; each keeps its picture and sound in step to the sample."""
    sources = videos(order, "clips")
    fit = choice(order, "fit", FITS)
    audio = choice(order, "audio", ("first", "mix", "none"))
    clips = [await engine.read(source) for source in sources]
    frame = _frame(order, clips[0])
    wanted = number(order, "fps")
    rate = clips[0].rate if wanted is None else standard_rate(Fraction(str(wanted)))
    lengths = [max(1, floor(clip.seconds * rate + Fraction(1, 2))) for clip in clips]
    pictures = [
        f"[{place}:v:0]fps=fps={rate}:start_time=0,{fitted(clip, frame, fit)},"
        f"tpad=stop_mode=clone:stop=-1,trim=end_frame={length},setpts=N/({rate})/TB[v{place}]"
        for place, (clip, length) in enumerate(zip(clips, lengths, strict=True))
    ]
    graph = [*pictures, _joined("v", len(clips), "concat=n={}:v=1:a=0[video]")]
    heard = audio != "none" and any(clip.sounds for clip in clips)
    if heard:
        sounds = _sounds(clips, lengths, rate, mix=audio == "mix")
        graph += [*sounds, _joined("a", len(clips), "concat=n={}:v=0:a=1[audio]")]
    output = order.folder / "video.mp4"
    encoding = Encoding(";".join(graph), "graph" if heard else "none", sum(lengths), rate)
    await engine.encode(sources, encoding, output, diary.progress)
    return Made((MadeFile("video", output, "video/mp4"),))


def _frame(order: Order, first: Clip) -> Frame:
    """The size asked for, else the first clip's in even numbers."""
    if order.input.get("size") is None:
        return Frame(max(2, first.width // 2 * 2), max(2, first.height // 2 * 2), first.label)
    written = text(order, "size")
    match = _SIZE.fullmatch(written)
    width, height = (int(match[1]), int(match[2])) if match else (0, 0)
    if not 16 <= width <= 8192 or not 16 <= height <= 8192 or width % 2 or height % 2:
        message = f"`size` of `{order.made_by}` must be WxH in even numbers from 16 to 8192, not `{written}`"
        raise StepFailed(problem("step-input", message))
    return Frame(width, height, "`size`")


def _sounds(clips: Sequence[Clip], lengths: Sequence[int], rate: Fraction, *, mix: bool) -> list[str]:
    """Per clip exactly as many samples as its frames last, counted from the start so that rounding never adds up."""
    chains: list[str] = []
    frames = samples = 0
    for place, (clip, length) in enumerate(zip(clips, lengths, strict=True)):
        frames += length
        own = round(frames * _SAMPLES / rate) - samples
        samples += own
        shape = "aformat=sample_fmts=fltp:channel_layouts=stereo"
        end = f"apad,atrim=end_sample={own},asetpts=N/SR/TB[a{place}]"
        if not clip.sounds:
            chains.append(f"anullsrc=r={_SAMPLES}:cl=stereo,{shape},{end}")
            continue
        tracks = range(len(clip.sounds) if mix else 1)
        ready = f"aresample={_SAMPLES}:async=1:first_pts=0,{shape}"
        if len(tracks) == 1:
            chains.append(f"[{place}:a:0]{ready},{end}")
            continue
        chains += [f"[{place}:a:{track}]{ready}[a{place}t{track}]" for track in tracks]
        inputs = "".join(f"[a{place}t{track}]" for track in tracks)
        chains.append(f"{inputs}amix=inputs={len(tracks)}:duration=longest:normalize=0,{end}")
    return chains


def _joined(kind: str, count: int, target: str) -> str:
    return "".join(f"[{kind}{place}]" for place in range(count)) + target.format(count)
