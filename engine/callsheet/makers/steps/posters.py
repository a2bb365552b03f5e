"""Posters: small pictures that stand for clips and images on a page until somebody looks closer."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from callsheet.makers.outcome import StepFailed
from callsheet.makers.steps.engine import Engine, Source

LONGEST_SIDE = 512
_QUALITY = 5
_FIT = (
    "scale=w=round(iw*sar):h=ih:flags=bilinear,setsar=1,"
    f"scale=w='min({LONGEST_SIDE},iw)':h='min({LONGEST_SIDE},ih)':force_original_aspect_ratio=decrease:"
    "flags=bicubic+accurate_rnd:out_color_matrix=bt601:out_range=pc,format=yuvj420p"
)


@dataclass(frozen=True, slots=True)
class Pictured:
    """A file that wants a poster: its digest, where it lies, and which second of it to show (0 of an image)."""

    sha256: str
    path: Path
    second: float = 0.0


async def make_posters(files: Sequence[Pictured], folder: Path) -> Mapping[str, Path]:
    """A JPEG of at most 512 pixels a side for each file, in `folder` under the file's digest; those that are there
    already are taken as they are. A file of which no picture can be decoded gets none."""
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    engine = Engine()
    made = await asyncio.gather(*(_poster(engine, one, folder) for one in files))
    return {one.sha256: place for one, place in zip(files, made, strict=True) if place is not None}


async def _poster(engine: Engine, one: Pictured, folder: Path) -> Path | None:
    place = folder / f"{one.sha256}.jpg"
    if _is_there(place):
        return place
    unfinished = folder / f".{one.sha256}-{os.getpid()}.jpg"
    seek = ("-ss", f"{one.second:.3f}") if one.second else ()
    source = Source(one.path, f"`{one.path.name}`", seek)
    try:
        await engine.still([source], f"[0:v:0]trim=end_frame=1,{_FIT}[video]", unfinished, quality=_QUALITY)
    except StepFailed:
        return None
    return _put(unfinished, place)


def _is_there(path: Path) -> bool:
    return path.is_file()


def _put(unfinished: Path, place: Path) -> Path:
    return unfinished.replace(place)
