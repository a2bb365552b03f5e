"""Finished files over HTTP: whole, in ranges, and as inputs of further requests."""

from __future__ import annotations

import io

import av
import pytest
from PIL import Image

HAPPYHORSE = "happyhorse/happyhorse-1.0/image-to-video"
WAN = "wan-ai/wan-2-7/text-to-video"


@pytest.fixture
def made(start):
    one = start()
    url = one.finished(one.submit(WAN, {"prompt": "A presenter"}))["output"]["video"]
    one.http.headers.pop("authorization")
    return one, url, one.get(url).content


def test_a_file_needs_no_token_and_says_what_it_is(made):
    one, url, content = made
    answer = one.get(url)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "video/mp4"
    assert answer.headers["content-length"] == str(len(content))
    assert answer.headers["accept-ranges"] == "bytes"
    assert answer.headers["etag"].startswith('"')


@pytest.mark.parametrize(
    ("asked", "cut", "told"),
    [
        ("bytes=0-99", slice(0, 100), "bytes 0-99/{size}"),
        ("bytes=100-", slice(100, None), "bytes 100-{last}/{size}"),
        ("bytes=-10", slice(-10, None), "bytes {tenth}-{last}/{size}"),
        ("bytes=5-99999999", slice(5, None), "bytes 5-{last}/{size}"),
    ],
)
def test_a_range_is_answered_with_206(made, asked, cut, told):
    one, url, content = made
    answer = one.get(url, headers={"Range": asked})
    size = len(content)
    assert (answer.status_code, answer.content) == (206, content[cut])
    assert answer.headers["content-range"] == told.format(size=size, last=size - 1, tenth=size - 10)


def test_a_range_past_the_end_is_answered_with_416(made):
    one, url, content = made
    answer = one.get(url, headers={"Range": f"bytes={len(content)}-"})
    assert (answer.status_code, answer.headers["content-range"]) == (416, f"bytes */{len(content)}")


@pytest.mark.parametrize("asked", ["bytes=0-1,5-6", "bytes=9-3", "bytes=-", "lines=0-1"])
def test_a_range_that_is_no_single_range_gets_the_whole_file(made, asked):
    one, url, content = made
    answer = one.get(url, headers={"Range": asked})
    assert (answer.status_code, answer.content) == (200, content)


def test_a_range_of_another_version_gets_the_whole_file(made):
    one, url, content = made
    tag = one.get(url).headers["etag"]
    assert one.get(url, headers={"Range": "bytes=0-9", "If-Range": tag}).content == content[:10]
    assert one.get(url, headers={"Range": "bytes=0-9", "If-Range": '"other"'}).content == content


def test_head_tells_the_length_and_sends_nothing(made):
    one, url, content = made
    answer = one.http.head(url)
    assert (answer.status_code, answer.content, answer.headers["content-length"]) == (200, b"", str(len(content)))


@pytest.mark.parametrize("name", ["other.mp4", "image.png"])
def test_another_name_is_no_file(made, name):
    one, url, _ = made
    answer = one.get(url.replace("video.mp4", name))
    assert (answer.status_code, answer.json()) == (
        404,
        {"error_code": 404001, "error_message": "there is no such file"},
    )


def test_there_is_no_file_before_the_request_is_completed(start):
    one = start(waiting=True)
    request = one.submit(WAN, {"prompt": "A presenter"})["request_id"]
    assert one.get(f"{one.origin}/files/{request}/video.mp4").status_code == 404


def test_a_finished_video_can_be_the_input_of_another_request(start, hero):
    one = start(media=True)
    video = one.finished(one.submit(HAPPYHORSE, hero))["output"]["video"]
    body = {"prompt": "Again", "video_url": [video], "duration": 4}
    accepted = one.submit("bytedance/seedance-v2/pro", body)
    told = one.server.ledger[1]["body"]["video_url"][0]
    assert (told["media_type"], told["bytes"]) == ("video/mp4", len(one.get(video).content))
    with av.open(io.BytesIO(one.get(one.finished(accepted)["output"]["video"]).content)) as container:
        assert container.streams.video[0].codec_context.width == 640
        assert container.streams.video[0].codec_context.height == 426


def test_tiny_media_are_valid_and_differ_with_the_input(start):
    one = start()
    videos = [one.get(one.finished(one.submit(WAN, {"prompt": text}))["output"]["video"]).content for text in "ab"]
    assert videos[0] != videos[1]
    for video in videos:
        with av.open(io.BytesIO(video)) as container:
            assert len(list(container.decode(video=0))) == 8


def test_images_and_sounds_come_from_models_that_make_them(start, route_folder, write_route):
    write_route("studio/picture", "image")
    write_route("studio/song", "audio")
    one = start(routes=route_folder)
    picture = one.finished(one.submit("studio/picture", {"prompt": "A hill"}))["output"]["image"]
    song = one.finished(one.submit("studio/song", {"prompt": "A tune"}))["output"]["audio"]
    assert Image.open(io.BytesIO(one.get(picture).content)).size == (576, 324)
    with av.open(io.BytesIO(one.get(song).content)) as container:
        assert container.duration == 1_000_000
    assert (one.get(picture).headers["content-type"], one.get(song).headers["content-type"]) == (
        "image/png",
        "audio/wav",
    )
