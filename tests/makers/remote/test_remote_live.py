"""A result too large for a request goes into the next one by the address at which the API still has it."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

import pytest

from callsheet.makers.maker import MediaFile
from callsheet.makers.remote.client import RemoteMaker
from callsheet.media.info import MediaInfo
from callsheet.problems import DataFault

MIB = 1024 * 1024
PNG = b"\x89PNG\r\n\x1a\n"
LARGE = PNG + os.urandom(7 * MIB)
SUBMIT = "POST /v1/models/wan-ai/wan-2-7/text-to-video"
TOO_LARGE = (
    "`image_url`: `output-1.png` has 7,340,040 bytes, and a request takes at most 6 MiB (6,291,456 bytes) of one image"
)


class Shelf:
    """A place of the test's own that hosts files."""

    async def address(self, file: MediaFile) -> str:
        return f"https://shelf.example/{file.info.sha256}?signature=secret"


async def upstream(stage, speak, maker: RemoteMaker, content: bytes = LARGE) -> MediaFile:
    """A first render, whose result is then an input."""
    stage.api.on(
        SUBMIT,
        speak(200, {"request_id": "r1", "status": "in_queue"}),
        speak(200, {"request_id": "r2", "status": "in_queue"}),
    )
    stage.api.has("r1", output={"image": stage.api.has_file("/files/r1.png?sig=abc", content)})
    stage.api.has("r2", output={"image": stage.api.has_file("/files/r2.png", PNG + b"second")})
    made = await maker.make(stage.order(prompt="first"), stage.diary)
    path = made.files[0].path
    info = MediaInfo("image", "image/png", len(content), hashlib.sha256(content).hexdigest(), 64, 64, None)
    return MediaFile(info, path=Path(path))


def second_body(stage) -> dict[str, object]:
    posts = [one for one in stage.api.seen if one.method == "POST"]
    assert len(posts) == 2
    return dict(json.loads(posts[1].body))


@pytest.mark.anyio
async def test_a_large_result_is_handed_on_by_its_address(stage, speak) -> None:
    async with stage.maker() as maker:
        file = await upstream(stage, speak, maker)
        await maker.make(stage.order(prompt="second", image_url=file), stage.diary)
    assert second_body(stage) == {"prompt": "second", "image_url": f"{stage.api.origin}/files/r1.png?sig=abc"}


@pytest.mark.anyio
async def test_a_small_result_goes_out_as_bytes(stage, speak) -> None:
    async with stage.maker() as maker:
        file = await upstream(stage, speak, maker, PNG + b"small")
        await maker.make(stage.order(prompt="second", image_url=file), stage.diary)
    assert second_body(stage)["image_url"] == "data:image/png;base64,iVBORw0KGgpzbWFsbA=="


@pytest.mark.anyio
@pytest.mark.parametrize("answer", ["gone", "another file"])
async def test_an_address_that_no_longer_gives_the_file_is_not_used_and_nothing_is_submitted(
    stage, speak, answer
) -> None:
    async with stage.maker() as maker:
        file = await upstream(stage, speak, maker)
        if answer == "gone":
            stage.api.on("GET /files/r1.png?sig=abc", speak(403, b"expired"))
        else:
            stage.api.has_file("/files/r1.png?sig=abc", LARGE[:-1])
        with pytest.raises(DataFault) as fault:
            await maker.make(stage.order(prompt="second", image_url=file), stage.diary)
    assert fault.value.problems[0].message == TOO_LARGE
    assert "sig" not in str(fault.value.problems[0])
    assert stage.api.posts() == 1


@pytest.mark.anyio
async def test_an_address_of_long_ago_is_not_used(stage, speak) -> None:
    async with stage.maker() as maker:
        file = await upstream(stage, speak, maker)
        stage.time.now += 601
        with pytest.raises(DataFault) as fault:
            await maker.make(stage.order(prompt="second", image_url=file), stage.diary)
    assert fault.value.problems[0].message == TOO_LARGE
    assert stage.api.posts() == 1


@pytest.mark.anyio
async def test_a_result_whose_address_is_dead_is_hosted_anew_where_there_is_a_place(stage, speak) -> None:
    async with stage.maker(assets=Shelf()) as maker:
        file = await upstream(stage, speak, maker)
        stage.api.on("GET /files/r1.png?sig=abc", speak(403, b"expired"))
        await maker.make(stage.order(prompt="second", image_url=file), stage.diary)
    assert second_body(stage)["image_url"] == f"https://shelf.example/{file.info.sha256}?signature=secret"


@pytest.mark.anyio
async def test_a_file_of_the_persons_own_has_no_address_until_it_is_hosted(stage, speak, tmp_path) -> None:
    content = PNG + os.urandom(7 * MIB)
    mine = tmp_path / "mine.png"
    mine.write_bytes(content)
    info = MediaInfo("image", "image/png", len(content), hashlib.sha256(content).hexdigest(), 64, 64, None)
    async with stage.maker() as maker:
        await upstream(stage, speak, maker)
        with pytest.raises(DataFault) as fault:
            await maker.make(stage.order(prompt="second", image_url=MediaFile(info, path=mine)), stage.diary)
    assert fault.value.problems[0].code == "media-too-large"
    assert stage.api.posts() == 1
