"""Size and length of a finished file from its first bytes, so that a page can lay it out before it is loaded."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

_PNG = b"\x89PNG\r\n\x1a\n"
_MOST_BOXES = 1_000


@dataclass(frozen=True, slots=True)
class Measure:
    """Pixels as displayed and seconds; None where the file does not say in a form read here (MP4, MOV, PNG)."""

    width: int | None = None
    height: int | None = None
    seconds: float | None = None


def measure(path: Path) -> Measure:
    """What the file's header says. Nothing is known of a file that is missing, broken or of another format."""
    try:
        with path.open("rb") as file:
            head = file.read(24)
            if head.startswith(_PNG) and head[12:16] == b"IHDR":
                width, height = struct.unpack(">II", head[16:24])
                return Measure(width, height)
            if head[4:8] == b"ftyp":
                return _movie(file, path.stat().st_size)
    except (OSError, struct.error, ValueError):
        pass
    return Measure()


def _movie(file: BinaryIO, size: int) -> Measure:
    width = height = seconds = None
    for name, start, end in _boxes(file, 0, size):
        if name != b"moov":
            continue
        for inner, at, stop in _boxes(file, start, end):
            if inner == b"mvhd":
                seconds = _seconds(file, at)
            elif inner == b"trak" and not width:
                for part, place, last in _boxes(file, at, stop):
                    if part == b"tkhd":
                        width, height = _pixels(file, place, last)
    return Measure(width or None, height or None, seconds)


def _boxes(file: BinaryIO, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Name, start and end of the content of each box between two places."""
    for _ in range(_MOST_BOXES):
        if start + 8 > end:
            return
        file.seek(start)
        size, name = struct.unpack(">I4s", file.read(8))
        head = 8
        if size == 1:
            (size,) = struct.unpack(">Q", file.read(8))
            head = 16
        size = size or end - start
        if size < head or start + size > end:
            return
        yield name, start + head, start + size
        start += size


def _seconds(file: BinaryIO, at: int) -> float | None:
    file.seek(at)
    if file.read(1) == b"\x01":
        file.seek(at + 20)
        scale, length = struct.unpack(">IQ", file.read(12))
    else:
        file.seek(at + 12)
        scale, length = struct.unpack(">II", file.read(8))
    return round(length / scale, 3) if scale else None


def _pixels(file: BinaryIO, at: int, end: int) -> tuple[int, int]:
    """From the last eleven words of a track header: a matrix (a quarter turn where a and d are 0), then the size."""
    file.seek(max(end - 44, at))
    words = struct.unpack(">11i", file.read(44))
    width, height = words[9] >> 16, words[10] >> 16
    turned = words[0] == 0 and words[4] == 0
    return (height, width) if turned else (width, height)
