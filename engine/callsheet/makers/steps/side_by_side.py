"""`side_by_side`: clips beside or below each other at the same time, to be compared."""

from __future__ import annotations

from fractions import Fraction

from callsheet.makers.maker import Diary, Made, MadeFile, Order
from callsheet.makers.outcome import StepFailed, problem
from callsheet.makers.steps.clip import Clip, standard_rate
from callsheet.makers.steps.engine import Encoding, Engine
from callsheet.makers.steps.frame import FITS, Frame, fitted
from callsheet.makers.steps.order_input import choice, number, videos
from callsheet.makers.steps.target import asked_frame
from callsheet.makers.steps.timeline import frame_count, pictures, sample_count, sound

_MOST_PIXELS = 8192


async def side_by_side(order: Order, engine: Engine, diary: Diary) -> Made:
    """One MP4 as long as the longest clip (or the shortest); a clip that ends earlier holds its last picture."""
    sources = videos(order, "clips")
    fit = choice(order, "fit", FITS)
    audio = choice(order, "audio", ("first", "mix", "none"))
    direction = choice(order, "direction", ("row", "column"))
    until = choice(order, "until", ("longest", "shortest"))
    clips = [await engine.read(source) for source in sources]
    if len(clips) < 2:
        raise StepFailed(problem("step-input", f"`clips` of `{order.made_by}` needs at least two videos"))
    cell = asked_frame(order, clips[0])
    _check_size(order, cell, len(clips), direction)
    wanted = number(order, "fps")
    rate = clips[0].rate if wanted is None else standard_rate(Fraction(str(wanted)))
    lengths = [frame_count(clip.seconds, rate) for clip in clips]
    frames = max(lengths) if until == "longest" else min(lengths)
    graph = [f"{pictures(place, rate, fitted(clip, cell, fit), frames)}[v{place}]" for place, clip in enumerate(clips)]
    inputs = "".join(f"[v{place}]" for place in range(len(clips)))
    graph.append(f"{inputs}{'hstack' if direction == 'row' else 'vstack'}=inputs={len(clips)}[video]")
    heard = _heard(clips, audio)
    if heard:
        graph += _sounds(heard, sample_count(frames, rate))
    output = order.folder / "video.mp4"
    encoding = Encoding(";".join(graph), "graph" if heard else "none", frames, rate)
    await engine.encode(sources, encoding, output, diary.progress)
    return Made((MadeFile("video", output, "video/mp4"),))


def _check_size(order: Order, cell: Frame, count: int, direction: str) -> None:
    width, height = (cell.width * count, cell.height) if direction == "row" else (cell.width, cell.height * count)
    if max(width, height) > _MOST_PIXELS:
        message = f"{count} cells of {cell.size} in a {direction} make {width}x{height}, the most is {_MOST_PIXELS}"
        raise StepFailed(problem("step-input", message, "give a smaller `size`; it is that of one cell"))


def _heard(clips: list[Clip], audio: str) -> list[int]:
    """The places of the clips that are heard: the first that has sound, or all that have."""
    having = [place for place, clip in enumerate(clips) if clip.sounds]
    return {"first": having[:1], "mix": having, "none": []}[audio]


def _sounds(places: list[int], samples: int) -> list[str]:
    chains = [f"{sound(place, samples)}[a{place}]" for place in places]
    inputs = "".join(f"[a{place}]" for place in places)
    return [*chains, f"{inputs}amix=inputs={len(places)}:duration=longest:normalize=0,asetpts=N/SR/TB[audio]"]
