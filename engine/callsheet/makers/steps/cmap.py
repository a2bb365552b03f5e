"""The characters that a font file has glyphs for, read from its own table."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

_BEST = ((3, 10), (0, 6), (0, 4), (3, 1), (0, 3))
"""Tables by platform and encoding: those of all of Unicode before those of its first plane."""


@cache
def characters(path: Path, index: int = 0) -> frozenset[int]:
    """The code points that the font at `path` (font `index` of a collection) maps to a glyph."""
    with path.open("rb") as file:
        start = 0
        if file.read(4) == b"ttcf":
            file.seek(12 + 4 * index)
            (start,) = struct.unpack(">I", file.read(4))
        file.seek(start + 4)
        (count,) = struct.unpack(">H6x", file.read(8))
        tables = {}
        for _ in range(count):
            tag, _, place, length = struct.unpack(">4sIII", file.read(16))
            tables[tag] = (place, length)
        place, length = tables[b"cmap"]
        file.seek(place)
        table = file.read(length)
    (count,) = struct.unpack_from(">2xH", table)
    found = {}
    for number in range(count):
        platform, encoding, offset = struct.unpack_from(">HHI", table, 4 + 8 * number)
        found[platform, encoding] = offset
    offset = next(found[kind] for kind in _BEST if kind in found)
    (form,) = struct.unpack_from(">H", table, offset)
    return frozenset(_groups(table, offset) if form == 12 else _segments(table, offset))


def ranges(points: Iterable[int]) -> str:
    """Code points as hexadecimal ranges: `20-7e a0 b5-ff`."""
    found: list[list[int]] = []
    for point in sorted(points):
        if found and point == found[-1][1] + 1:
            found[-1][1] = point
        else:
            found.append([point, point])
    return " ".join(f"{first:x}" if first == last else f"{first:x}-{last:x}" for first, last in found)


def coverage(fonts: Iterable[tuple[Path, int]]) -> str:
    """The file `glyphs.json` for these fonts: what any of them has."""
    points = frozenset[int]().union(*(characters(path, index) for path, index in fonts))
    comment = "The characters that captions can be drawn in, made from the fonts by `make glyphs`."
    return json.dumps({"$comment": comment, "covered": ranges(points)}, indent=2) + "\n"


def _groups(table: bytes, offset: int) -> Iterator[int]:
    """Format 12: runs of code points with runs of glyphs."""
    (count,) = struct.unpack_from(">12xI", table, offset)
    for number in range(count):
        first, last, glyph = struct.unpack_from(">III", table, offset + 16 + 12 * number)
        yield from range(first + (glyph == 0), last + 1)


def _segments(table: bytes, offset: int) -> Iterator[int]:
    """Format 4: segments of the first plane, whose glyphs are near or in a list."""
    (twice,) = struct.unpack_from(">6xH", table, offset)
    for place in range(offset + 14, offset + 14 + twice, 2):
        (last,) = struct.unpack_from(">H", table, place)
        (first,) = struct.unpack_from(">H", table, place + twice + 2)
        (delta,) = struct.unpack_from(">H", table, place + 2 * twice + 2)
        (near,) = struct.unpack_from(">H", table, place + 3 * twice + 2)
        for point in range(first, min(last, 0xFFFE) + 1):
            glyph = point
            if near:
                (glyph,) = struct.unpack_from(">H", table, place + 3 * twice + 2 + near + 2 * (point - first))
            if glyph and (glyph + delta) % 65536:
                yield point
