"""`split_audio`: a long voice into parts at its pauses, each no longer than a route can take."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import inf
from pathlib import Path

from callsheet.makers.maker import Diary, Made, MadeFile, Order
from callsheet.makers.outcome import StepFailed, problem
from callsheet.makers.steps.engine import Engine, Source
from callsheet.makers.steps.order_input import audio, number, seconds
from callsheet.makers.steps.sound import Sound, pauses_of, read_sound, write_wav

_SHORTEST_PAUSE = 0.06
_CLEAR_PAUSE = 0.6


async def split_audio(order: Order, engine: Engine, diary: Diary) -> Made:
    """The parts as WAV files in their order, or the one asked for. One after the other they are the voice again."""
    source = audio(order, "audio")
    most, least = seconds(order, "max_seconds"), seconds(order, "min_seconds")
    if most is None or least is None or most < least:
        raise StepFailed(problem("step-input", f"`max_seconds` of `{order.made_by}` is less than `min_seconds`"))
    sound = await read_sound(engine, source)
    pauses = await pauses_of(engine, source, _SHORTEST_PAUSE)
    cuts = [0, *places(sound, pauses, float(least), float(most)), sound.samples]
    parts = list(pairwise(cuts))
    wanted = _wanted(order, sound, len(parts))
    files: list[MadeFile] = []
    try:
        for done, place in enumerate(wanted, 1):
            path = order.folder / f"audio-{place + 1}.wav"
            await _write(engine, source, sound, parts[place], path)
            files.append(MadeFile("audio", path, "audio/wav"))
            diary.progress(done / len(wanted))
    except BaseException:
        for file in files:
            file.path.unlink(missing_ok=True)
        raise
    return Made(tuple(files))


def places(sound: Sound, pauses: Sequence[tuple[float, float]], least: float, most: float) -> list[int]:
    """The samples to cut at: as few as can be, in the middle of pauses, rather long ones and evenly spread.

    Raises StepFailed naming the stretch without a pause where no cut keeps every part within `least` and `most`.
    """
    whole = float(sound.seconds)
    if whole <= most:
        return []
    inside = [(start, end) for start, end in pauses if start > 0 and end < min(inf, whole)]
    spots = [0.0, *((start + end) / 2 for start, end in inside), whole]
    costs = [0.0, *(max(0.0, 1 - (end - start) / _CLEAR_PAUSE) for start, end in inside), 0.0]
    best: list[tuple[int, float, int] | None] = [(0, 0.0, 0)]
    for here in range(1, len(spots)):
        options: list[tuple[int, float, int]] = []
        for before in range(here - 1, -1, -1):
            part, way = spots[here] - spots[before], best[before]
            if part > most:
                break
            if way is not None and part >= least:
                options.append((way[0] + 1, way[1] + costs[here] + (1 - part / most) ** 2, before))
        best.append(min(options, default=None))
    if best[-1] is None:
        raise _no_pause(sound, spots, best, least, most)
    cuts: list[int] = []
    here = len(spots) - 1
    while (way := best[here]) is not None and way[2]:
        here = way[2]
        cuts.append(round(spots[here] * sound.rate))
    return cuts[::-1]


def _no_pause(
    sound: Sound, spots: Sequence[float], best: Sequence[tuple[int, float, int] | None], least: float, most: float
) -> StepFailed:
    reached = max(spot for spot, way in zip(spots, best, strict=True) if way is not None)
    where = f"between {reached + least:.2f} s and {min(reached + most, spots[-1]):.2f} s"
    message = f"{sound.label} has no pause {where} to cut it at in parts of {least:g} s to {most:g} s"
    hint = "raise `max_seconds`, lower `min_seconds`, or leave a pause in the voice there"
    return StepFailed(problem("no-pause", message, hint))


def _wanted(order: Order, sound: Sound, count: int) -> list[int]:
    part = number(order, "part")
    if part is None:
        return list(range(count))
    if part > count:
        parts = "part" if count == 1 else "parts"
        raise StepFailed(
            problem("no-such-part", f"{sound.label} makes {count} {parts}, and part {part:g} is asked for")
        )
    return [int(part) - 1]


async def _write(engine: Engine, source: Source, sound: Sound, part: tuple[int, int], path: Path) -> None:
    graph = f"[0:a:0]atrim=start_sample={part[0]}:end_sample={part[1]},asetpts=N/SR/TB[audio]"
    await write_wav(engine, [source], graph, path, sound.rate, min(2, sound.channels))
