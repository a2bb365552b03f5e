"""`probe`: what a file is, as data."""

from __future__ import annotations

import json
from math import isfinite

from callsheet.makers.maker import Diary, Made, MadeFile, MediaFile, Order
from callsheet.makers.outcome import StepFailed, problem
from callsheet.makers.steps.engine import Engine, Source
from callsheet.makers.steps.order_input import audio, image, one_of, video
from callsheet.makers.steps.sound import loudness_of, read_sound


async def probe(order: Order, engine: Engine, diary: Diary) -> Made:
    """A JSON file of the facts of one file, every packet of it read: the same bytes for the same file."""
    field = one_of(order, "video", "image", "audio")
    given = order.input.get(field or "")
    if field is None or not isinstance(given, MediaFile):
        raise StepFailed(problem("step-input", f"`{order.made_by}` needs `video`, `image` or `audio`"))
    facts: dict[str, object] = {"kind": field, "media_type": given.info.media_type, "bytes": given.info.bytes}
    facts["sha256"] = given.info.sha256
    if field == "audio":
        facts["codec"] = given.info.codec
        facts["sound"] = await _sound(engine, audio(order, "audio"))
    else:
        source = video(order, "video") if field == "video" else image(order, "image")
        clip = await engine.read(source)
        facts |= {"codec": clip.codec, "width": clip.width, "height": clip.height}
        if field == "video":
            facts |= {"seconds": round(float(clip.seconds), 6), "frames": clip.frames}
            facts |= {"frame_rate": str(clip.rate), "sound_codecs": list(clip.sounds)}
            facts["sound"] = await _sound(engine, source) if clip.sounds else None
    output = order.folder / "data.json"
    output.write_text(json.dumps(facts, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    diary.progress(1.0)
    return Made((MadeFile("data", output, "application/json"),))


async def _sound(engine: Engine, source: Source) -> dict[str, object]:
    sound = await read_sound(engine, source)
    loud = await loudness_of(engine, [source], "[0:a:0]anull[heard]")
    return {
        "seconds": round(float(sound.seconds), 6),
        "sample_rate": sound.rate,
        "samples": sound.samples,
        "channels": sound.channels,
        "loudness_lufs": loud.lufs if isfinite(loud.lufs) else None,
        "true_peak_dbtp": loud.peak if isfinite(loud.peak) else None,
    }
