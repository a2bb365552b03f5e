"""Pixels, length and codec of an MP4 or MOV file, from its boxes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from callsheet.media.facts import Facts, Unreadable, exactly

_MAX_HEADER_BYTES = 16 << 20
_MAX_BOXES = 100_000
_CODECS = {
    "avc1": "h264", "avc3": "h264", "hvc1": "hevc", "hev1": "hevc", "vp08": "vp8", "vp09": "vp9", "av01": "av1",
    "mp4v": "mpeg4", "jpeg": "mjpeg", "apch": "prores", "apcn": "prores", "apcs": "prores", "apco": "prores",
    "ap4h": "prores",
}  # fmt: skip


@dataclass(slots=True)
class _Track:
    ident: int = 0
    handler: bytes = b""
    timescale: int = 0
    duration: int = 0
    width: int = 0
    height: int = 0
    codec: str = ""
    on_its_side: bool = False
    sample_duration: int = 0
    fragments: int = 0


@dataclass(slots=True)
class _Movie:
    timescale: int = 0
    duration: int = 0
    tracks: list[_Track] = field(default_factory=list)
    is_fragmented: bool = False


def read_movie(file: BinaryIO, size: int) -> Facts:
    """Facts of an MP4 or MOV file of `size` bytes; the sizes its boxes state are held against the file's."""
    movie: _Movie | None = None
    has_data = False
    for name, place, length in _file_boxes(file, size):
        if name == b"moov":
            movie = _movie(_load(file, place, length))
        elif name == b"moof" and movie is not None:
            _add_fragment(movie, _load(file, place, length))
        elif name == b"mdat":
            has_data = True
    if movie is None:
        raise Unreadable("has no index (`moov`): it was not finished, or is cut short")
    if not has_data:
        raise Unreadable("is cut short")
    return _facts(movie)


def _facts(movie: _Movie) -> Facts:
    video = next((track for track in movie.tracks if track.handler == b"vide" and track.width and track.height), None)
    if video is None:
        raise Unreadable("has no picture track")
    seconds = max((_track_seconds(track) for track in movie.tracks), default=0.0)
    if movie.duration and movie.timescale:
        seconds = movie.duration / movie.timescale
    if seconds <= 0:
        raise Unreadable("states no length")
    width, height = (video.height, video.width) if video.on_its_side else (video.width, video.height)
    has_audio = any(track.handler == b"soun" for track in movie.tracks)
    return Facts(video.codec, width, height, seconds, has_audio)


def _track_seconds(track: _Track) -> float:
    return max(track.duration, track.fragments) / track.timescale if track.timescale else 0.0


def _file_boxes(file: BinaryIO, size: int) -> Iterator[tuple[bytes, int, int]]:
    """(name, place, length) of each box on the top level; every one must end within the file."""
    place = 0
    for _ in range(_MAX_BOXES):
        if place >= size:
            return
        file.seek(place)
        head = exactly(file, 8)
        length, before = int.from_bytes(head[:4], "big"), 8
        if length == 1:
            length, before = int.from_bytes(exactly(file, 8), "big"), 16
        elif length == 0:
            length = size - place
        if length < before:
            raise Unreadable("has a box of impossible size")
        if place + length > size:
            raise Unreadable("is cut short")
        yield head[4:], place + before, length - before
        place += length
    raise Unreadable(f"has more than {_MAX_BOXES} boxes")


def _load(file: BinaryIO, place: int, length: int) -> bytes:
    if length > _MAX_HEADER_BYTES:
        raise Unreadable("has an index larger than 16 MiB")
    file.seek(place)
    return exactly(file, length)


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """(name, content) of the boxes inside a box."""
    place = 0
    for _ in range(_MAX_BOXES):
        if place + 8 > len(data):
            return
        length, name, before = int.from_bytes(data[place : place + 4], "big"), data[place + 4 : place + 8], 8
        if length == 1:
            length, before = int.from_bytes(data[place + 8 : place + 16], "big"), 16
        elif length == 0:
            length = len(data) - place
        if length < before or place + length > len(data):
            raise Unreadable("has a box of impossible size")
        yield name, data[place + before : place + length]
        place += length


def _movie(data: bytes) -> _Movie:
    movie = _Movie()
    defaults: dict[int, int] = {}
    for name, content in _boxes(data):
        if name == b"mvhd":
            movie.timescale, movie.duration = _scale_and_duration(content)
        elif name == b"trak":
            movie.tracks.append(_track(content))
        elif name == b"mvex":
            movie.is_fragmented = True
            for inner, values in _boxes(content):
                if inner == b"trex":
                    defaults[_number(values, 4)] = _number(values, 12)
                elif inner == b"mehd":
                    movie.duration = _number(values, 4, 8 if values[:1] == b"\x01" else 4)
    for track in movie.tracks:
        track.sample_duration = defaults.get(track.ident, 0)
    return movie


def _track(data: bytes) -> _Track:
    track = _Track()
    for name, content in _boxes(data):
        if name == b"tkhd":
            long = content[:1] == b"\x01"
            track.ident = _number(content, 20 if long else 12)
            matrix = 52 if long else 40
            track.on_its_side = not _number(content, matrix) and bool(_number(content, matrix + 4))
        elif name == b"mdia":
            _read_media_box(track, content)
    return track


def _read_media_box(track: _Track, data: bytes) -> None:
    for name, content in _boxes(data):
        if name == b"mdhd":
            track.timescale, track.duration = _scale_and_duration(content)
        elif name == b"hdlr":
            track.handler = content[8:12]
        elif name == b"minf":
            for inner, table in _boxes(content):
                if inner == b"stbl":
                    _read_sample_entry(track, table)


def _read_sample_entry(track: _Track, table: bytes) -> None:
    for name, content in _boxes(table):
        if name == b"stsd" and track.handler == b"vide" and len(content) >= 44:
            fourcc = content[12:16].decode("latin-1").strip()
            track.codec = _CODECS.get(fourcc, fourcc if fourcc.isascii() and fourcc.isprintable() else "unknown")
            track.width, track.height = _number(content, 40, 2), _number(content, 42, 2)


def _add_fragment(movie: _Movie, data: bytes) -> None:
    by_id = {track.ident: track for track in movie.tracks}
    for name, content in _boxes(data):
        if name != b"traf":
            continue
        track, usual = None, 0
        for inner, values in _boxes(content):
            if inner == b"tfhd":
                track = by_id.get(_number(values, 4))
                usual = track.sample_duration if track is not None else 0
                flags = _number(values, 1, 3)
                if flags & 8:
                    usual = _number(values, 8 + 8 * (flags & 1) + 4 * (flags >> 1 & 1))
            elif inner == b"trun" and track is not None:
                track.fragments += _run_duration(values, usual)


def _run_duration(values: bytes, usual: int) -> int:
    """The duration of one run of samples: each sample's own, or so many times the usual one."""
    flags, count = _number(values, 1, 3), _number(values, 4)
    if not flags & 0x100:
        return count * usual
    start = 8 + 4 * (flags & 1) + 4 * (flags >> 2 & 1)
    stride = 4 * (1 + (flags >> 9 & 1) + (flags >> 10 & 1) + (flags >> 11 & 1))
    if start + count * stride > len(values):
        raise Unreadable("has a box of impossible size")
    return sum(_number(values, start + index * stride) for index in range(count))


def _scale_and_duration(content: bytes) -> tuple[int, int]:
    """Timescale and duration of an `mvhd` or `mdhd`; a duration of all ones means that it is not stated."""
    if content[:1] == b"\x01":
        scale, duration, unstated = _number(content, 20), _number(content, 24, 8), (1 << 64) - 1
    else:
        scale, duration, unstated = _number(content, 12), _number(content, 16), (1 << 32) - 1
    return scale, 0 if duration == unstated else duration


def _number(data: bytes, place: int, length: int = 4) -> int:
    return int.from_bytes(data[place : place + length], "big")
