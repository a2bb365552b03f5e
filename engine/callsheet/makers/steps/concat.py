"""`concat`: clips one after the other, whatever their sizes, frame rates and sound, with cuts or transitions."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from callsheet.makers.maker import Diary, Made, MadeFile, Order
from callsheet.makers.steps.clip import Clip, standard_rate
from callsheet.makers.steps.engine import Encoding, Engine
from callsheet.makers.steps.frame import FITS, fitted
from callsheet.makers.steps.order_input import choice, number, videos
from callsheet.makers.steps.target import asked_frame
from callsheet.makers.steps.timeline import frame_count, pictures, sample_count, silence, sound
from callsheet.makers.steps.transition import Transition, asked_transition, crossed


async def concat(order: Order, engine: Engine, diary: Diary) -> Made:
    """One MP4 of the clips in their order; each keeps its picture and sound in step to the sample."""
    sources = videos(order, "clips")
    fit = choice(order, "fit", FITS)
    audio = choice(order, "audio", ("first", "mix", "none"))
    clips = [await engine.read(source) for source in sources]
    frame = asked_frame(order, clips[0])
    wanted = number(order, "fps")
    rate = clips[0].rate if wanted is None else standard_rate(Fraction(str(wanted)))
    lengths = [frame_count(clip.seconds, rate) for clip in clips]
    transition = asked_transition(order, clips, lengths, rate)
    graph = [
        f"{pictures(place, rate, fitted(clip, frame, fit), length)}[v{place}]"
        for place, (clip, length) in enumerate(zip(clips, lengths, strict=True))
    ]
    heard = audio != "none" and any(clip.sounds for clip in clips)
    if heard:
        graph += _sounds(clips, lengths, rate, mix=audio == "mix")
    graph += crossed(transition, lengths, rate, heard=heard) if transition else _joined(len(clips), heard=heard)
    output = order.folder / "video.mp4"
    encoding = Encoding(";".join(graph), "graph" if heard else "none", _total(lengths, transition), rate)
    await engine.encode(sources, encoding, output, diary.progress)
    return Made((MadeFile("video", output, "video/mp4"),))


def _total(lengths: Sequence[int], transition: Transition | None) -> int:
    return sum(lengths) - (transition.frames * (len(lengths) - 1) if transition else 0)


def _sounds(clips: Sequence[Clip], lengths: Sequence[int], rate: Fraction, *, mix: bool) -> list[str]:
    """Per clip exactly as many samples as its frames last, counted from the start so that rounding never adds up."""
    chains: list[str] = []
    frames = samples = 0
    for place, (clip, length) in enumerate(zip(clips, lengths, strict=True)):
        frames += length
        own = sample_count(frames, rate) - samples
        samples += own
        if not clip.sounds:
            chains.append(f"{silence(own)}[a{place}]")
            continue
        tracks = range(len(clip.sounds) if mix else 1)
        if len(tracks) == 1:
            chains.append(f"{sound(place, own)}[a{place}]")
            continue
        chains += [f"{sound(place, own, track=track)}[a{place}t{track}]" for track in tracks]
        inputs = "".join(f"[a{place}t{track}]" for track in tracks)
        chains.append(f"{inputs}amix=inputs={len(tracks)}:duration=longest:normalize=0,asetpts=N/SR/TB[a{place}]")
    return chains


def _joined(count: int, *, heard: bool) -> list[str]:
    """Cuts from clip to clip."""
    joined = ["".join(f"[v{place}]" for place in range(count)) + f"concat=n={count}:v=1:a=0[video]"]
    if heard:
        joined.append("".join(f"[a{place}]" for place in range(count)) + f"concat=n={count}:v=0:a=1[audio]")
    return joined
