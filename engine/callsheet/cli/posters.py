"""The posters of a page: made for what has none yet, beside the page; those that stand for nothing more are removed."""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from callsheet.makers.steps.posters import Pictured, make_posters

FOLDER = "posters"
_OURS = re.compile(r"[0-9a-f]{64}\.jpg")
_MANY = 100
_TYPICAL = 0.3
"""The part of a clip after which it shows what it is about: past a fade in, before the cut of two that are joined."""


def is_poster(path: Path) -> bool:
    """Whether a path below an output folder is that of a poster."""
    return path.parent == Path(FOLDER) and _OURS.fullmatch(path.name) is not None


def posters(folder: Path, manifest: Mapping[str, Any]) -> Mapping[str, Path]:
    """The poster of each clip and image that a manifest names, by the digest of what it shows."""
    files = {output["sha256"]: output for entry in manifest["instances"] for output in entry["outputs"]}
    wanted = [one for output in files.values() if (one := _pictured(folder, output)) is not None]
    place = folder / FOLDER
    if not wanted and not place.is_dir():
        return {}
    missing = sum(not (place / f"{one.sha256}.jpg").exists() for one in wanted)
    if missing > _MANY:
        sys.stderr.write(f"making {missing:,} posters\n")
    made = asyncio.run(make_posters(wanted, place))
    _tidy(place, made)
    return made


def addresses(made: Mapping[str, Path]) -> dict[str, str]:
    """Posters as the page beside their folder links to them."""
    return {digest: f"{FOLDER}/{path.name}" for digest, path in made.items()}


def file_of(folder: Path, output: Mapping[str, Any]) -> Path | None:
    """Where an output lies; None where it is gone, or where its path leads out of the output folder."""
    path = folder / str(output["path"])
    if not path.is_file() or not path.resolve().is_relative_to(folder.resolve()):
        return None
    return path


def _pictured(folder: Path, output: Mapping[str, Any]) -> Pictured | None:
    family = output["media_type"].partition("/")[0]
    path = file_of(folder, output)
    if family not in ("video", "image") or path is None:
        return None
    second = (output.get("seconds") or 0.0) * _TYPICAL if family == "video" else 0.0
    return Pictured(output["sha256"], path, second)


def _tidy(place: Path, made: Mapping[str, Path]) -> None:
    kept = {path.name for path in made.values()}
    for path in place.iterdir():
        if _OURS.fullmatch(path.name) and path.name not in kept:
            path.unlink(missing_ok=True)
    if not any(place.iterdir()):
        place.rmdir()
