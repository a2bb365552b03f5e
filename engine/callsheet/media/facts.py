"""What a reader of one format finds in a header, before type, size and digest are added."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO


class Unreadable(Exception):
    """The file is not what its first bytes promise; the text says in what way, as the rest of a sentence."""


@dataclass(frozen=True, slots=True)
class Facts:
    """Pixels as displayed, seconds, codec; see MediaInfo."""

    codec: str
    width: int | None = None
    height: int | None = None
    seconds: float | None = None
    has_audio: bool = False


def exactly(file: BinaryIO, count: int) -> bytes:
    """The next `count` bytes; Unreadable where the file ends before."""
    data = file.read(count)
    if len(data) != count:
        raise Unreadable("is cut short")
    return data


def riff_chunks(file: BinaryIO, size: int) -> Iterator[tuple[bytes, int, int]]:
    """(name, place, length) of each chunk of a RIFF file of `size` bytes; at most 10,000 of them."""
    place = 12
    for _ in range(10_000):
        if place + 8 > size:
            return
        file.seek(place, os.SEEK_SET)
        head = exactly(file, 8)
        length = int.from_bytes(head[4:], "little")
        yield head[:4], place + 8, length
        place += 8 + length + (length & 1)
    raise Unreadable("has more than 10,000 chunks")
