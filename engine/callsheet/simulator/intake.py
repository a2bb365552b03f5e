"""Media in a submitted input: `data:` URIs are unpacked, files made here found again, addresses never fetched."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from urllib.parse import urlsplit

import av
from PIL import Image

from callsheet.simulator.catalogue import Json, Model

MIB = 1024 * 1024
BODY_LIMIT = 64 * MIB
_LIMITS = {"image": 6 * MIB, "video": 32 * MIB, "audio": 16 * MIB}
_DATA = re.compile(r"data:(?P<type>[\w.+-]+/[\w.+-]+)(?:;[\w.+-]+=[^;,]*)*;base64,", re.ASCII)
_FILE = re.compile(r"/files/(?P<request>[^/]+)/(?P<name>[^/]+)")
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


class IntakeError(ValueError):
    """One media value that can't be taken; the text goes into `detail`."""


@dataclass(frozen=True, slots=True)
class Medium:
    """One media value. `key` stands for its content: the SHA-256 of the bytes, or the address without its query.
    `path` is None where nothing was handed in; then a stand-in is drawn from the address and no fact is known."""

    kind: str
    key: str
    path: Path | None = None
    media_type: str = ""
    bytes: int | None = None
    width: int | None = None
    height: int | None = None
    seconds: float | None = None

    @property
    def told(self) -> Json:
        """What the ledger says in place of a long `data:` URI."""
        return {"sha256": self.key, "bytes": self.bytes, "media_type": self.media_type}


def places(model: Model, given: Json) -> Iterator[tuple[str, int | None, object]]:
    """Every media value of an input, as field, place in the list (None outside of one) and value."""
    for name in model.media:
        value = given.get(name)
        if isinstance(value, list):
            yield from ((name, index, item) for index, item in enumerate(value))
        elif value is not None:
            yield name, None, value


def take(
    value: str, kind: str, sample: object, folder: Path, host: str, made: Callable[[str, str], Path | None]
) -> Medium:
    """Take one media value of a field for `kind`. `folder` keeps what was handed in, `made` finds a file made here.

    `sample` is the example that the route file names; it may be used as it is. Raises IntakeError.
    """
    if value.startswith("data:"):
        return _unpacked(value, kind, folder)
    if value == sample:
        return Medium(kind, value)
    address = urlsplit(value)
    if address.scheme in ("http", "https") and address.netloc == host and (match := _FILE.fullmatch(address.path)):
        path = made(match["request"], match["name"])
        if path is None:
            raise IntakeError("the file could not be fetched")
        return _facts(kind, path.read_bytes(), path)
    if address.scheme == "https" or (address.scheme == "http" and address.hostname in _LOOPBACK):
        return Medium(kind, value.partition("?")[0])
    raise IntakeError("expected a public https URL or a data: URI")


def _unpacked(value: str, kind: str, folder: Path) -> Medium:
    head = _DATA.match(value)
    if head is None:
        raise IntakeError("the data: URI must name its media type and be base64")
    try:
        content = base64.b64decode(value[head.end() :], validate=True)
    except binascii.Error:
        raise IntakeError("the data: URI is not valid base64") from None
    if len(content) > _LIMITS[kind]:
        raise IntakeError(f"the data: URI holds {len(content)} bytes, more than the {_LIMITS[kind]} for {kind}")
    path = folder / hashlib.sha256(content).hexdigest()
    medium = _facts(kind, content, path)
    if not path.exists():
        path.write_bytes(content)
    return medium


def _facts(kind: str, content: bytes, path: Path) -> Medium:
    found = sniff(content)
    if found is None or found.partition("/")[0] != kind:
        raise IntakeError(f"expected {kind}, found {found or 'content of an unknown type'}")
    key = hashlib.sha256(content).hexdigest()
    try:
        if kind == "image":
            with Image.open(BytesIO(content), formats=("PNG", "JPEG", "WEBP")) as picture:
                return Medium(kind, key, path, found, len(content), *picture.size)
        with av.open(BytesIO(content), "r") as container:
            seconds = float(container.duration or 0) / av.time_base
            if kind == "audio":
                return Medium(kind, key, path, found, len(content), seconds=seconds)
            codec = container.streams.video[0].codec_context
            return Medium(kind, key, path, found, len(content), codec.width, codec.height, seconds)
    except (OSError, ValueError, IndexError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise IntakeError(f"the {kind} can not be read") from None


def sniff(content: bytes) -> str | None:
    """The media type by the first bytes."""
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content[:4] == b"RIFF" and content[8:12] in (b"WEBP", b"WAVE"):
        return "image/webp" if content[8:12] == b"WEBP" else "audio/wav"
    if content[4:8] == b"ftyp":
        return "video/quicktime" if content[8:12] == b"qt  " else "video/mp4"
    if content.startswith(b"ID3") or (len(content) > 1 and content[0] == 0xFF and content[1] & 0xE6 == 0xE2):
        return "audio/mpeg"
    return None
