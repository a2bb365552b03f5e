"""Private media through a real S3 server on loopback."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from callsheet.makers.maker import MediaFile
from callsheet.makers.remote.bucket import Bucket
from callsheet.makers.remote.limits import MIB
from callsheet.media.info import MediaInfo
from callsheet.problems import AccessFault, CallsheetError, DataFault, UpstreamFault

SUBMIT = "POST /v1/models/wan-ai/wan-2-7/text-to-video"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)
IMAGE = PNG[:8] + os.urandom(7 * MIB)


def bucket(s3: Any, environment: Mapping[str, str], url: str = "s3://media/assets", **more: float) -> Bucket:
    return Bucket(url, environment, endpoint=s3.endpoint, region="us-east-1", **more)


def image(folder: Path, content: bytes = IMAGE, *, planned: bytes | None = None, name: str = "big.png") -> MediaFile:
    path = folder / name
    path.write_bytes(content)
    digest = hashlib.sha256(content if planned is None else planned).hexdigest()
    return MediaFile(MediaInfo("image", "image/png", len(content), digest), path=path)


def get(address: str) -> tuple[str, bytes]:
    with urllib.request.urlopen(address) as answer:
        return answer.headers["content-type"], answer.read()


def taken(stage, speak) -> None:
    stage.api.on(SUBMIT, speak(200, {"request_id": "r1", "status": "in_queue"}))
    stage.api.has("r1", output={"image": stage.api.has_file("/files/r1.png", PNG)})


@pytest.mark.anyio
async def test_a_file_too_large_for_a_request_is_sent_by_a_signed_address(
    stage, speak, s3, credentials, tmp_path
) -> None:
    taken(stage, speak)
    big, small = image(tmp_path), image(tmp_path, PNG, name="small.png")
    async with stage.maker(assets=bucket(s3, credentials)) as maker:
        await maker.make(stage.order(prompt="x", image_url=[small, big]), stage.diary)
    body = json.loads(stage.api.seen[0].body)
    assert body["image_url"][0].startswith("data:image/png;base64,")
    address = body["image_url"][1]
    assert address.startswith(f"{s3.endpoint}/media/assets/{big.info.sha256}.png?")
    assert "X-Amz-Expires=86400&" in address
    assert await asyncio.to_thread(get, address) == ("image/png", IMAGE)
    assert credentials["AWS_SECRET_ACCESS_KEY"] not in address


@pytest.mark.anyio
async def test_a_file_is_uploaded_once_and_named_by_its_digest(s3, credentials, tmp_path) -> None:
    content = os.urandom(100)
    file = image(tmp_path, content)
    name = f"once/{file.info.sha256}.png"
    first = bucket(s3, credentials, "s3://media/once")
    await asyncio.gather(first.address(file), first.address(file))
    before = (s3.folder / name).stat().st_mtime_ns
    await first.address(image(tmp_path, content, name="another.png"))
    await bucket(s3, credentials, "s3://media/once", expires_hours=1).address(file)
    assert [one for one in s3.names() if one.startswith("once/")] == [name]
    assert (s3.folder / name).stat().st_mtime_ns == before


@pytest.mark.anyio
async def test_a_file_that_changed_since_the_plan_is_neither_uploaded_nor_submitted(
    stage, s3, credentials, tmp_path
) -> None:
    changed = image(tmp_path, IMAGE, planned=b"as it was")
    async with stage.maker(assets=bucket(s3, credentials, "s3://media/changed")) as maker:
        with pytest.raises(DataFault) as caught:
            await maker.make(stage.order(image_url=changed), stage.diary)
    assert str(caught.value) == (
        "error: `big.png` has changed since it was planned [media-changed]\n"
        "  help: run again to plan with the file as it is now"
    )
    assert not [one for one in s3.names() if one.startswith("changed/")]
    assert stage.api.events == []


@pytest.mark.anyio
async def test_an_upload_that_failed_is_tried_anew_by_the_next_order(s3, credentials, tmp_path) -> None:
    content = os.urandom(50)
    store = bucket(s3, credentials, "s3://media/again")
    file = image(tmp_path, content)
    file.path.unlink()
    with pytest.raises(DataFault, match=r"`big\.png` can't be read: No such file or directory"):
        await store.address(file)
    assert "X-Amz-Signature=" in await store.address(image(tmp_path, content))


async def fault_of(store: Bucket, file: MediaFile) -> CallsheetError:
    with pytest.raises(CallsheetError) as caught:
        await store.address(file)
    return caught.value


@pytest.mark.anyio
async def test_refused_credentials_are_said_without_the_words_of_the_store(
    s3, credentials, monkeypatch, tmp_path
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrong")
    fault = await fault_of(bucket(s3, credentials), image(tmp_path, os.urandom(9)))
    assert type(fault) is AccessFault
    assert str(fault) == (
        "error: the asset store `s3://media/assets` refuses the credentials in the environment [assets-refused]\n"
        "  help: they need to read and write there; nothing was submitted and nothing is paid"
    )


@pytest.mark.anyio
async def test_a_bucket_that_is_not_there_is_said(s3, credentials, tmp_path) -> None:
    fault = await fault_of(bucket(s3, credentials, "s3://nowhere/x"), image(tmp_path, os.urandom(9)))
    assert type(fault) is UpstreamFault
    assert str(fault) == (
        "error: the asset store `s3://nowhere/x` can't be used: there is no such bucket [assets-unusable]\n"
        "  help: look at `[assets]` in `callsheet.toml`; nothing was submitted and nothing is paid"
    )


def test_credentials_come_from_the_environment_and_nowhere_else(s3) -> None:
    with pytest.raises(AccessFault) as caught:
        bucket(s3, {})
    assert str(caught.value) == (
        "error: there are no credentials in the environment for the asset store `s3://media/assets` "
        "[no-assets-credentials]\n"
        "  help: set `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`"
    )


@pytest.mark.parametrize(
    ("url", "endpoint", "said"),
    [
        (
            "https://example.org/x",
            None,
            "`https://example.org/x` is no bucket [assets-unusable]\n"
            "  help: expected `s3://BUCKET/PREFIX`, `gs://BUCKET/PREFIX` or `az://…`",
        ),
        (
            "s3://media",
            "http://minio.example.org",
            "the endpoint of the asset store is not https [assets-unusable]\n"
            "  help: addresses would be shown to the network",
        ),
    ],
)
def test_a_place_that_can_not_keep_a_secret_is_refused(credentials, url, endpoint, said) -> None:
    with pytest.raises(DataFault) as caught:
        Bucket(url, credentials, endpoint=endpoint)
    assert str(caught.value) == f"error: {said}"


@pytest.mark.anyio
async def test_a_signed_address_is_in_no_error_and_no_file(stage, speak, s3, credentials, tmp_path) -> None:
    big = image(tmp_path)
    quoted = asyncio.Event()

    def quote(request) -> None:
        address = json.loads(request.body)["image_url"]
        stage.api.on(SUBMIT, speak(422, {"error_code": 422001, "message": f"can't fetch {address} today"}))
        quoted.set()

    stage.api.on_request = quote
    async with stage.maker(assets=bucket(s3, credentials)) as maker:
        with pytest.raises(DataFault) as caught:
            await maker.make(stage.order(image_url=big), stage.diary)
    assert quoted.is_set()
    assert "can't fetch " in str(caught.value)
    told = f"{caught.value!r} {caught.value} {stage.diary!r}"
    for secret in ("X-Amz-Signature", "X-Amz-Credential", *credentials.values()):
        assert secret not in told
    for path in (tmp_path / "order").rglob("*"):
        assert path.is_dir() or b"X-Amz-Signature" not in path.read_bytes()


ASKS = """
import asyncio, os, sys
from callsheet.makers.remote.bucket import _PURPOSE
from callsheet.makers.remote.objects import Objects

async def ask(objects):
    await asyncio.gather(*(objects.size(f"a/{number}") for number in range(4)))

asyncio.run(ask(Objects(sys.argv[1], os.environ, _PURPOSE)))
"""


def test_a_process_that_used_a_store_ends_well(tmp_path) -> None:
    processes = [subprocess.Popen([sys.executable, "-c", ASKS, str(tmp_path)]) for _ in range(8)]
    assert [process.wait(60) for process in processes] == [0] * 8
