"""Pixels of a PNG, JPEG or WebP file, from its header; a file that is cut short is told apart from a whole one."""

from __future__ import annotations

from typing import BinaryIO

from callsheet.media.facts import Facts, Unreadable, exactly, riff_chunks

MAX_PIXELS = 89_478_485
"""More pixels than this unfold into a quarter of a gigabyte and more: refused as a decompression bomb."""

_SIZE_MARKERS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_ALONE_MARKERS = frozenset((0x01, *range(0xD0, 0xD8)))
_ON_ITS_SIDE = (5, 6, 7, 8)
_EXIF = b"Exif\0\0"


def read_png(file: BinaryIO, size: int) -> Facts:
    """Facts of a PNG file of `size` bytes, walked chunk by chunk to its end mark."""
    file.seek(8)
    head = exactly(file, 25)
    if head[:8] != b"\0\0\0\rIHDR":
        raise Unreadable("has no PNG header")
    width, height = int.from_bytes(head[8:12], "big"), int.from_bytes(head[12:16], "big")
    place, orientation, has_pixels = 33, 1, False
    for _ in range(100_000):
        file.seek(place)
        chunk = exactly(file, 8)
        length, name = int.from_bytes(chunk[:4], "big"), chunk[4:]
        if place + 12 + length > size:
            raise Unreadable("is cut short")
        if name == b"IDAT":
            has_pixels = True
        elif name == b"eXIf":
            orientation = _orientation(file.read(min(length, 65_536)))
        elif name == b"IEND":
            if not has_pixels:
                raise Unreadable("holds no picture")
            return _upright("png", width, height, orientation)
        place += 12 + length
    raise Unreadable("has more than 100,000 chunks")


def read_jpeg(file: BinaryIO, size: int) -> Facts:
    """Facts of a JPEG file of `size` bytes: markers up to the picture's data, then the end mark."""
    file.seek(2)
    width = height = 0
    orientation = 1
    for _ in range(10_000):
        marker = _next_marker(file)
        if marker in _ALONE_MARKERS:
            continue
        if marker == 0xD9:
            raise Unreadable("holds no picture")
        length = int.from_bytes(exactly(file, 2), "big") - 2
        if length < 0:
            raise Unreadable("has a broken JPEG header")
        payload = exactly(file, length)
        if marker in _SIZE_MARKERS and length >= 6:
            height, width = int.from_bytes(payload[1:3], "big"), int.from_bytes(payload[3:5], "big")
        elif marker == 0xE1 and payload.startswith(_EXIF):
            orientation = _orientation(payload[len(_EXIF) :])
        elif marker == 0xDA:
            if not _has_end_mark(file):
                raise Unreadable("is cut short")
            return _upright("jpeg", width, height, orientation)
    raise Unreadable("has more than 10,000 markers")


def read_webp(file: BinaryIO, size: int) -> Facts:
    """Facts of a WebP file of `size` bytes, of any of its three kinds."""
    file.seek(4)
    if int.from_bytes(exactly(file, 4), "little") + 8 > size:
        raise Unreadable("is cut short")
    width = height = 0
    orientation, has_pixels = 1, False
    for name, place, length in riff_chunks(file, size):
        file.seek(place)
        if name == b"VP8X":
            head = exactly(file, 10)
            width, height = 1 + int.from_bytes(head[4:7], "little"), 1 + int.from_bytes(head[7:10], "little")
        elif name in (b"VP8 ", b"VP8L"):
            has_pixels = True
            if not width:
                width, height = _lossy_size(file) if name == b"VP8 " else _lossless_size(file)
        elif name == b"ANMF":
            has_pixels = True
        elif name == b"EXIF":
            orientation = _orientation(file.read(min(length, 65_536)).removeprefix(_EXIF))
    if not has_pixels:
        raise Unreadable("holds no picture")
    return _upright("webp", width, height, orientation)


def _lossy_size(file: BinaryIO) -> tuple[int, int]:
    head = exactly(file, 10)
    if head[3:6] != b"\x9d\x01\x2a":
        raise Unreadable("has a broken WebP header")
    return int.from_bytes(head[6:8], "little") & 0x3FFF, int.from_bytes(head[8:10], "little") & 0x3FFF


def _lossless_size(file: BinaryIO) -> tuple[int, int]:
    head = exactly(file, 5)
    if head[0] != 0x2F:
        raise Unreadable("has a broken WebP header")
    bits = int.from_bytes(head[1:], "little")
    return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)


def _next_marker(file: BinaryIO) -> int:
    if exactly(file, 1) != b"\xff":
        raise Unreadable("has a broken JPEG header")
    for _ in range(1_000):
        byte = exactly(file, 1)[0]
        if byte != 0xFF:
            return byte
    raise Unreadable("has a broken JPEG header")


def _has_end_mark(file: BinaryIO) -> bool:
    """Whether an end-of-image mark follows; the data before it can't hold those two bytes."""
    last = b""
    while block := file.read(1 << 20):
        if b"\xff\xd9" in last + block:
            return True
        last = block[-1:]
    return False


def _orientation(tiff: bytes) -> int:
    """The orientation that EXIF data states, 1 to 8; 1 where it states none that can be read."""
    order = {b"II": "little", b"MM": "big"}.get(tiff[:2])
    if order is None or len(tiff) < 8:
        return 1

    def number(place: int, length: int) -> int:
        return int.from_bytes(tiff[place : place + length], "little" if order == "little" else "big")

    directory = number(4, 4)
    for entry in range(min(number(directory, 2), 1_000)):
        place = directory + 2 + entry * 12
        if number(place, 2) == 0x0112 and place + 10 <= len(tiff):
            return number(place + 8, 2)
    return 1


def _upright(codec: str, width: int, height: int, orientation: int) -> Facts:
    if not width or not height:
        raise Unreadable("has no pixels")
    if width * height > MAX_PIXELS:
        raise Unreadable(f"is {width}x{height}: more pixels than can be handled safely ({MAX_PIXELS})")
    if orientation in _ON_ITS_SIDE:
        width, height = height, width
    return Facts(codec, width, height)
