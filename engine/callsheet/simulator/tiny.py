"""Tiny valid media for when nobody looks: one of each kind, told apart by a note that players skip."""

from __future__ import annotations

import struct
import zlib
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image

from callsheet.simulator.film import write_mp4, write_png, write_wav
from callsheet.simulator.sound import tone

_SIZE = (576, 324)  # enough for a route that takes a picture of it again
_GREY = (96, 104, 112)
_FPS = 8
_IEND = 12  # bytes of a PNG's last chunk


def tiny(kind: str, note: str) -> bytes:
    """A second of grey with a tone (`video`), a grey picture (`image`) or a tone (`audio`), with `note` inside."""
    content = _plain(kind)
    text = note.encode()
    if kind == "video":
        return content + struct.pack(">I4s", 8 + len(text), b"free") + text
    if kind == "image":
        chunk = b"tEXtComment\0" + text
        framed = struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk))
        return content[:-_IEND] + framed + content[-_IEND:]
    text += b" " * (len(text) % 2)
    info = b"INFOICMT" + struct.pack("<I", len(text)) + text
    body = content[8:] + b"LIST" + struct.pack("<I", len(info)) + info
    return b"RIFF" + struct.pack("<I", len(body)) + body


@cache
def _plain(kind: str) -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "tiny"
        picture = Image.new("RGB", _SIZE, _GREY)
        if kind == "video":
            write_mp4(path, [picture] * _FPS, _SIZE, _FPS, tone(0, 1.0))
        elif kind == "image":
            write_png(path, picture)
        else:
            write_wav(path, tone(0, 1.0))
        return path.read_bytes()
