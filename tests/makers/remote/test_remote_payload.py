from __future__ import annotations

import asyncio
import base64
import hashlib
import json
from pathlib import Path

import pytest

from callsheet.makers.maker import MediaFile, Order
from callsheet.makers.remote.limits import MIB
from callsheet.makers.remote.payload import build_payload, embedded_bytes
from callsheet.media.info import MediaInfo, MediaKind
from callsheet.problems import DataFault

TYPES = {"image": "image/png", "video": "video/mp4", "audio": "audio/wav"}


def media(path: Path, kind: MediaKind = "image", content: bytes = b"pixels", size: int | None = None) -> MediaFile:
    path.write_bytes(content)
    digest = hashlib.sha256(content).hexdigest()
    return MediaFile(MediaInfo(kind, TYPES[kind], size or len(content), digest), path=path)


def order(**input: object) -> Order:
    return Order("hero", "k", "a/route", input, Path())


def body(**input: object) -> object:
    return json.loads(asyncio.run(build_payload(order(**input))).body)


def uri(media_type: str, content: bytes) -> str:
    return f"data:{media_type};base64,{base64.b64encode(content).decode()}"


def test_local_media_become_data_uris_alone_and_in_lists(tmp_path: Path) -> None:
    image = media(tmp_path / "a.png")
    voice = media(tmp_path / "a.wav", "audio", b"sound")
    assert body(image_url=image, audio_url=[voice, voice], prompt="x") == {
        "image_url": uri("image/png", b"pixels"),
        "audio_url": [uri("audio/wav", b"sound")] * 2,
        "prompt": "x",
    }


def test_media_with_an_address_are_sent_by_it() -> None:
    remote = MediaFile(MediaInfo("video", "video/mp4", 90 * MIB, "a" * 64), url="https://example.org/a.mp4")
    assert embedded_bytes(order(video_url=(remote,))) == 0
    assert body(video_url=(remote,)) == {"video_url": ["https://example.org/a.mp4"]}


def test_the_size_of_the_data_uris_is_told_exactly(tmp_path: Path) -> None:
    image = media(tmp_path / "a.png", content=b"1234")
    assert embedded_bytes(order(image_url=image)) == len(uri("image/png", b"1234"))


@pytest.mark.parametrize(
    ("kind", "most", "name"), [("image", 6, "6,291,456"), ("video", 32, "33,554,432"), ("audio", 16, "16,777,216")]
)
def test_a_file_above_the_limit_of_its_kind_is_an_error(tmp_path: Path, kind: MediaKind, most: int, name: str) -> None:
    embedded_bytes(order(field=media(tmp_path / "fits", kind, size=most * MIB)))
    with pytest.raises(DataFault) as caught:
        embedded_bytes(order(field=media(tmp_path / "big", kind, size=most * MIB + 1)))
    assert str(caught.value) == (
        f"error: `field`: `big` has {most * MIB + 1:,} bytes, and a request takes at most {most} MiB ({name} bytes) "
        f"of one {kind} [media-too-large]\n"
        "  help: make the file smaller, give an https:// address that the API can fetch, or name a bucket of yours "
        "under `[assets]` in `callsheet.toml`"
    )


def test_files_that_are_too_large_together_are_an_error(tmp_path: Path) -> None:
    clips = [media(tmp_path / f"{number}.mp4", "video", size=30 * MIB) for number in range(2)]
    with pytest.raises(DataFault) as caught:
        embedded_bytes(order(video_url=clips))
    assert str(caught.value) == (
        "error: the local media of `hero` take 83,886,124 bytes as `data:` URIs, and a request takes at most 64 MiB "
        "(67,108,864 bytes) of them in all [media-too-large]\n"
        "  help: make the file smaller, give an https:// address that the API can fetch, or name a bucket of yours "
        "under `[assets]` in `callsheet.toml`"
    )


def test_a_file_that_changed_since_the_plan_is_not_paid_for(tmp_path: Path) -> None:
    image = media(tmp_path / "a.png")
    (tmp_path / "a.png").write_bytes(b"pixelz")
    with pytest.raises(DataFault) as caught:
        body(image_url=image)
    assert str(caught.value) == (
        "error: `image_url`: `a.png` has changed since it was planned [media-changed]\n"
        "  help: run again to plan with the file as it is now"
    )


def test_a_file_that_is_gone_is_an_error(tmp_path: Path) -> None:
    image = media(tmp_path / "a.png")
    (tmp_path / "a.png").unlink()
    with pytest.raises(DataFault) as caught:
        body(image_url=image)
    assert str(caught.value) == (
        "error: `image_url`: `a.png` can't be read: No such file or directory [media-unreadable]"
    )


def test_a_large_body_is_sent_whole(tmp_path: Path) -> None:
    content = bytes(range(256)) * 12_000
    clip = media(tmp_path / "a.mp4", "video", content)
    payload = asyncio.run(build_payload(order(video_url=clip)))
    assert payload.sha256 == hashlib.sha256(payload.body).hexdigest()
    assert json.loads(payload.body)["video_url"] == uri("video/mp4", content)
