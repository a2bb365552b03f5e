"""Facts of a media file from its own bytes."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO

from callsheet.media.facts import Facts, Unreadable
from callsheet.media.info import MediaInfo, MediaKind
from callsheet.media.read_audio import read_mp3, read_wav
from callsheet.media.read_image import read_jpeg, read_png, read_webp
from callsheet.media.read_video import read_movie
from callsheet.media.sniff import HEAD_BYTES, sniff
from callsheet.problems import DataFault, Problem

_READERS: dict[str, Callable[[BinaryIO, int], Facts]] = {
    "image/png": read_png,
    "image/jpeg": read_jpeg,
    "image/webp": read_webp,
    "video/mp4": read_movie,
    "video/quicktime": read_movie,
    "audio/wav": read_wav,
    "audio/mpeg": read_mp3,
}
_NAMES = {
    "image/png": "a PNG file",
    "image/jpeg": "a JPEG file",
    "image/webp": "a WebP file",
    "video/mp4": "an MP4 file",
    "video/quicktime": "a MOV file",
    "audio/wav": "a WAV file",
    "audio/mpeg": "an MP3 file",
}
_KNOWN = "PNG, JPEG and WebP images, MP4 and MOV video, WAV and MP3 audio can be used"


def read_media(path: Path) -> MediaInfo:
    """The facts of the file at `path`, its SHA-256 included; the whole file is read once.

    Raises a DataFault whose message doesn't name the file (the caller knows how its author calls it), with the code
    `media-missing`, `media-not-a-file`, `media-empty`, `media-unknown-type`, `media-unreadable` or `media-changed`.
    """
    with _opened(path) as (file, size):
        kind, media_type, facts = _header(file, size)
        file.seek(0)
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        if file.tell() != size:
            raise _fault("media-changed", "was changed while it was read")
    return MediaInfo(
        kind, media_type, size, digest, facts.width, facts.height, facts.seconds, facts.codec, facts.has_audio
    )


def read_facts(path: Path) -> Facts:
    """What the header alone says of the file at `path`; raises as `read_media` does."""
    with _opened(path) as (file, size):
        return _header(file, size)[2]


@contextmanager
def _opened(path: Path) -> Iterator[tuple[BufferedReader, int]]:
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise _fault("media-not-a-file", "is not a regular file")
        with path.open("rb") as file:
            yield file, os.fstat(file.fileno()).st_size
    except FileNotFoundError:
        raise _fault("media-missing", "does not exist") from None
    except OSError as error:
        raise _fault("media-unreadable", f"can't be read: {error.strerror}") from None
    except ValueError:
        raise _fault("media-missing", "does not exist") from None


def _header(file: BufferedReader, size: int) -> tuple[MediaKind, str, Facts]:
    head = file.read(HEAD_BYTES)
    if not head:
        raise _fault("media-empty", "is empty")
    known = sniff(head)
    if known is None:
        raise _fault("media-unknown-type", f"is {_looks_like(head)}", _KNOWN)
    kind, media_type = known
    try:
        return kind, media_type, _READERS[media_type](file, size)
    except Unreadable as error:
        raise _fault("media-unreadable", f"begins as {_NAMES[media_type]}, but {error}") from None


def _looks_like(head: bytes) -> str:
    """What an unknown file seems to be, where that is plain."""
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype html", b"<html")):
        return "a web page (HTML) and not media"
    if start.startswith((b"<svg", b"<?xml")):
        return "XML text and not media"
    if head.startswith(b"version https://git-lfs"):
        return "a Git LFS pointer and not the file itself"
    for magic, name in ((b"GIF8", "a GIF image"), (b"OggS", "an Ogg file"), (b"fLaC", "a FLAC file")):
        if head.startswith(magic):
            return f"{name}, a type that no route takes"
    return "of no media type known here"


def _fault(code: str, message: str, hint: str | None = None) -> DataFault:
    return DataFault(Problem(code, message, hint=hint))
