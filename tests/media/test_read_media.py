from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callsheet.media.info import MediaInfo
from callsheet.media.read import read_media
from callsheet.media.sniff import EXTENSIONS, sniff
from callsheet.problems import DataFault

KNOWN = "PNG, JPEG and WebP images, MP4 and MOV video, WAV and MP3 audio can be used"


def fault_of(path: Path) -> tuple[str, str, str | None]:
    with pytest.raises(DataFault) as caught:
        read_media(path)
    (problem,) = caught.value.problems
    return problem.code, problem.message, problem.hint


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"<!DOCTYPE html><html></html>", "is a web page (HTML) and not media"),
        (b"\xef\xbb\xbf\n<HTML>", "is a web page (HTML) and not media"),
        (b"<svg xmlns='x'/>", "is XML text and not media"),
        (b"version https://git-lfs.github.com/spec/v1\n", "is a Git LFS pointer and not the file itself"),
        (b"GIF89a" + bytes(20), "is a GIF image, a type that no route takes"),
        (b"OggS" + bytes(20), "is an Ogg file, a type that no route takes"),
        (b"fLaC" + bytes(20), "is a FLAC file, a type that no route takes"),
        (b"RIFF\x10\0\0\0AVI LIST", "is of no media type known here"),
        (b"\0\0\0\x18ftypheic" + bytes(20), "is of no media type known here"),
        (b"hello", "is of no media type known here"),
    ],
)
def test_a_file_of_another_type_is_refused_whatever_its_name(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "picture.png"
    path.write_bytes(content)
    assert fault_of(path) == ("media-unknown-type", message, KNOWN)


def test_empty_missing_and_irregular_files_have_faults_of_their_own(tmp_path: Path) -> None:
    (tmp_path / "empty.png").touch()
    os.mkfifo(tmp_path / "pipe.png")
    assert fault_of(tmp_path / "empty.png") == ("media-empty", "is empty", None)
    assert fault_of(tmp_path / "none.png") == ("media-missing", "does not exist", None)
    assert fault_of(tmp_path / "a\0b.png") == ("media-missing", "does not exist", None)
    assert fault_of(tmp_path) == ("media-not-a-file", "is not a regular file", None)
    assert fault_of(tmp_path / "pipe.png") == ("media-not-a-file", "is not a regular file", None)
    (tmp_path / "loop.png").symlink_to(tmp_path / "loop.png")
    assert fault_of(tmp_path / "loop.png")[0] == "media-unreadable"


def told(path: Path) -> int | str:
    """The number of problems that a file has, or `facts`."""
    try:
        return "facts" if isinstance(read_media(path), MediaInfo) else "nothing"
    except DataFault as fault:
        return len(fault.problems)


HEADS = [
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\1\0\0\0\1\0",
    b"\xff\xd8\xff",
    b"\xff\xd8\xff\xe1\0\x20Exif\0\0II*\0\x08\0\0\0",
    b"RIFF\x20\0\0\0WEBPVP8X\x0a\0\0\0",
    b"RIFF\x20\0\0\0WAVEfmt \x10\0\0\0",
    b"\0\0\0\x10ftypisom\0\0\0\0\0\0\0\x40moov",
    b"\0\0\0\x08wide\0\0\0\x40moov\0\0\0\x38trak",
    b"ID3\x04\0\0\0\0\0\0",
    b"\xff\xfb\x90\x64",
]


@settings(max_examples=300, deadline=None)
@given(head=st.sampled_from(HEADS), rest=st.binary(max_size=400))
def test_whatever_follows_a_known_header_ends_in_facts_or_in_one_fault(
    tmp_path_factory: pytest.TempPathFactory, head: bytes, rest: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "fuzz.bin"
    path.write_bytes(head + rest)
    assert told(path) in (1, "facts")


def test_every_media_type_has_an_extension() -> None:
    assert EXTENSIONS == {
        "image/png": ".png",
        "image/jpeg": ".jpg",
        "image/webp": ".webp",
        "video/mp4": ".mp4",
        "video/quicktime": ".mov",
        "audio/wav": ".wav",
        "audio/mpeg": ".mp3",
        "application/json": ".json",
        "application/x-subrip": ".srt",
        "text/vtt": ".vtt",
    }


@pytest.mark.parametrize(
    "head", [b"", b"\xff", b"\xff\xfe\0\0", b"\xff\xf9\x50\x80", b"\xff\xfb\xf0\0", b"RIFF", b"PK"]
)
def test_too_little_to_go_by_is_no_type(head: bytes) -> None:
    assert sniff(head) is None
