"""Media as values: what a file is (MediaInfo) and where one comes from (LocalFile, RemoteFile, Artifact)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

MediaKind: TypeAlias = Literal["image", "video", "audio"]
MEDIA_KINDS: tuple[MediaKind, ...] = ("image", "video", "audio")
OutputKind: TypeAlias = Literal["image", "video", "audio", "data"]
"""What a maker can make: media, and data for people and programs (JSON, subtitles), which no input takes."""


@dataclass(frozen=True, slots=True)
class MediaInfo:
    """Facts of one media file, read from its content and never from its name.

    `width`/`height` are pixels as displayed (rotation applied), `seconds` the duration, `bytes` the file's size,
    `media_type` an IANA type (`image/png`, `video/mp4`, `audio/wav`, ...), `codec` the short codec name
    (`h264`, `pcm_s16le`), `sha256` the lower-case hex digest of the bytes.
    """

    kind: MediaKind
    media_type: str
    bytes: int
    sha256: str
    width: int | None = None
    height: int | None = None
    seconds: float | None = None
    codec: str | None = None
    has_audio: bool = False


@dataclass(frozen=True, slots=True)
class LocalFile:
    """A file of the project. `shown` is the path as the pipeline writes it, for people; it is never in a key."""

    path: Path
    shown: str
    info: MediaInfo


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """Media named by an https URL; without a digest it has no key."""

    url: str
    info: MediaInfo | None = None


@dataclass(frozen=True, slots=True)
class Artifact:
    """What an instance makes: its one file of a kind (`many` false), or every file of that kind in output order."""

    instance: str
    kind: MediaKind
    many: bool = False
    axes: Mapping[str, str] | None = None


Media: TypeAlias = LocalFile | RemoteFile | Artifact


@dataclass(frozen=True, slots=True)
class Output:
    """One file that a maker made, as the journal remembers it. `name` is its kind, numbered from the second on
    (`video`, `video-2`); the bytes lie in the store under `sha256`."""

    name: str
    kind: OutputKind
    sha256: str
    bytes: int
    media_type: str
