from __future__ import annotations

import hashlib
import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image

from callsheet.media.info import MediaInfo
from callsheet.media.read import read_media
from callsheet.problems import DataFault


def fault_of(path: Path) -> tuple[str, str]:
    with pytest.raises(DataFault) as caught:
        read_media(path)
    (problem,) = caught.value.problems
    return problem.code, problem.message


def drawn(path: Path, size: tuple[int, int] = (320, 200), **options: object) -> Path:
    Image.new("RGB", size, (200, 40, 90)).save(path, **options)
    return path


@pytest.mark.parametrize(
    ("name", "media_type", "codec"),
    [("a.png", "image/png", "png"), ("a.jpg", "image/jpeg", "jpeg"), ("a.webp", "image/webp", "webp")],
)
def test_an_image_gives_type_pixels_bytes_and_digest(tmp_path: Path, name: str, media_type: str, codec: str) -> None:
    path = drawn(tmp_path / name)
    data = path.read_bytes()
    assert read_media(path) == MediaInfo(
        "image", media_type, len(data), hashlib.sha256(data).hexdigest(), 320, 200, None, codec, False
    )


def test_the_type_comes_from_the_content_and_not_from_the_name(tmp_path: Path) -> None:
    path = drawn(tmp_path / "a.png")
    assert read_media(path.rename(tmp_path / "b.wav")).media_type == "image/png"


@pytest.mark.parametrize("options", [{"lossless": True}, {"quality": 60}, {"exif": Image.Exif()}])
def test_every_kind_of_webp_is_measured(tmp_path: Path, options: dict[str, object]) -> None:
    info = read_media(drawn(tmp_path / "a.webp", (301, 333), **options))
    assert (info.width, info.height) == (301, 333)


def test_an_animated_webp_is_an_image_of_its_canvas(tmp_path: Path) -> None:
    frames = [Image.new("RGB", (64, 48), (shade, 0, 0)) for shade in (10, 200)]
    frames[0].save(tmp_path / "a.webp", save_all=True, append_images=frames[1:], duration=100)
    info = read_media(tmp_path / "a.webp")
    assert (info.kind, info.width, info.height) == ("image", 64, 48)


@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.webp"])
@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_pixels_are_those_of_the_picture_as_displayed(tmp_path: Path, name: str, orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    info = read_media(drawn(tmp_path / name, exif=exif))
    assert (info.width, info.height) == ((200, 320) if orientation in (6, 8) else (320, 200))


def test_a_progressive_jpeg_is_measured(tmp_path: Path) -> None:
    info = read_media(drawn(tmp_path / "a.jpg", (777, 555), progressive=True))
    assert (info.width, info.height) == (777, 555)


@pytest.mark.parametrize(
    ("name", "what"), [("a.png", "a PNG file"), ("a.jpg", "a JPEG file"), ("a.webp", "a WebP file")]
)
def test_an_image_that_lost_its_end_is_told_from_a_whole_one(tmp_path: Path, name: str, what: str) -> None:
    path = drawn(tmp_path / name, (640, 480))
    data = path.read_bytes()
    for length in (len(data) // 2, len(data) - 1, 30):
        path.write_bytes(data[:length])
        assert fault_of(path) == ("media-unreadable", f"begins as {what}, but is cut short")


def png(width: int, height: int, *chunks: tuple[bytes, bytes]) -> bytes:
    header = (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    parts = [
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in (header, *chunks)
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def test_a_decompression_bomb_is_refused_by_its_header(tmp_path: Path) -> None:
    path = tmp_path / "bomb.png"
    path.write_bytes(png(60_000, 60_000, (b"IDAT", b"x"), (b"IEND", b"")))
    assert fault_of(path) == (
        "media-unreadable",
        "begins as a PNG file, but is 60000x60000: more pixels than can be handled safely (89478485)",
    )


def test_an_image_without_pixels_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "none.png"
    path.write_bytes(png(0, 10, (b"IDAT", b"x"), (b"IEND", b"")))
    assert fault_of(path) == ("media-unreadable", "begins as a PNG file, but has no pixels")
    path.write_bytes(png(10, 10, (b"IEND", b"")))
    assert fault_of(path) == ("media-unreadable", "begins as a PNG file, but holds no picture")


def test_a_file_of_endless_chunks_ends_in_a_fault(tmp_path: Path) -> None:
    path = tmp_path / "endless.png"
    path.write_bytes(png(10, 10, *[(b"teSt", b"")] * 100_001))
    assert fault_of(path) == ("media-unreadable", "begins as a PNG file, but has more than 100,000 chunks")


def test_a_png_header_with_nothing_of_a_png_behind_it_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"garbage " * 40)
    assert fault_of(path) == ("media-unreadable", "begins as a PNG file, but has no PNG header")


def test_a_jpeg_header_with_nothing_of_a_jpeg_behind_it_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(b"\xff\xd8\xff\xe0\x00\x04abgarbage")
    assert fault_of(path) == ("media-unreadable", "begins as a JPEG file, but has a broken JPEG header")
    path.write_bytes(b"\xff\xd8\xff\xd9")
    assert fault_of(path) == ("media-unreadable", "begins as a JPEG file, but holds no picture")
