"""What a 422 says about each kind of wrong input."""

from __future__ import annotations

import pytest

HAPPYHORSE = "happyhorse/happyhorse-1.0/image-to-video"
WAN = "wan-ai/wan-2-7/text-to-video"
SEEDANCE = "bytedance/seedance-v1.5-pro/image-to-video"
PRO = "bytedance/seedance-v2/pro"
FUSION = "community/wan-2-1/fusionx/image-to-video"


def refused(one, model, body):
    answer = one.post(f"/models/{model}", body)
    assert answer.status_code == 422, answer.text
    told = answer.json()
    assert (told["error_code"], told["error_message"]) == (422001, "the input does not match the schema")
    return [(".".join(map(str, each["loc"])), each["msg"]) for each in told["detail"]]


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ({}, ("body.prompt", "field required")),
        ({"prompt": "x", "frames": 3}, ("body.frames", "unknown field")),
        ({"prompt": 3}, ("body.prompt", "expected string")),
        ({"prompt": "x", "seed": True}, ("body.seed", "expected integer")),
        ({"prompt": "x", "seed": 1.5}, ("body.seed", "expected integer")),
        ({"prompt": "x", "seed": None}, ("body.seed", "expected integer")),
        ({"prompt": "x", "resolution": "4k"}, ("body.resolution", "expected one of 720p, 1080p")),
        ({"prompt": "x" * 5001}, ("body.prompt", "expected at most 5000 characters")),
    ],
)
def test_each_fault_names_its_field(start, body, fault):
    assert refused(start(), WAN, body) == [fault]


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        ("voice.wav", "expected a public https URL or a data: URI"),
        ("http://a.example/v.wav", "expected a public https URL or a data: URI"),
        ("data:audio/wav,abc", "the data: URI must name its media type and be base64"),
        ("data:audio/wav;base64,$", "the data: URI is not valid base64"),
        ("data:audio/wav;base64,aGVsbG8=", "expected audio, found content of an unknown type"),
        ("data:audio/wav;base64,UklGRgAAAABXQVZF", "the audio can not be read"),
    ],
)
def test_each_fault_of_a_media_value_is_told(start, value, fault):
    assert refused(start(), WAN, {"prompt": "x", "audio_url": value}) == [("body.audio_url", fault)]


def test_all_faults_are_told_at_once(start):
    assert refused(start(), FUSION, {"598_cfg": 3, "598_steps": 2, "609_frame_rate": "16"}) == [
        ("body.600_prompt", "field required"),
        ("body.608_image", "field required"),
        ("body.598_cfg", "expected at most 2"),
        ("body.598_steps", "expected at least 6"),
        ("body.609_frame_rate", "expected integer"),
    ]


def test_the_type_float_takes_any_number(start):
    one = start()
    sample = {"600_prompt": "x", "608_image": "RunComfy_examples_1235_1.png"}
    for value in (1, 1.25):
        one.submit(FUSION, {**sample, "598_cfg": value})


def test_lists_are_counted_and_their_items_checked(start):
    url = "https://a.example/i.png"
    assert refused(start(), PRO, {"prompt": "x", "image_url": [url] * 10, "video_url": [3], "audio_url": ["x"]}) == [
        ("body.image_url", "expected at most 9 items"),
        ("body.video_url.0", "expected string"),
        ("body.audio_url.0", "expected a public https URL or a data: URI"),
    ]


@pytest.mark.parametrize(
    ("size", "fault"),
    [
        ((480, 290), "expected at least 300 px a side, found 290"),
        ((1000, 390), "expected at most 2.5 width/height, found 2.5641"),
    ],
)
def test_a_picture_is_measured(start, hero, picture, data_uri, size, fault):
    body = {**hero, "image_url": data_uri(picture(size), "image/png")}
    assert refused(start(), HAPPYHORSE, body) == [("body.image_url", fault)]


def test_validations_of_the_schema_are_evaluated(start, picture, data_uri):
    body = {"prompt": "x", "first_frame_image_url": data_uri(picture((300, 400)), "image/png")}
    assert refused(start(), SEEDANCE, body) == [("body.first_frame_image_url", "Width and height must be over 300 px.")]


def test_a_voice_is_measured(start, voice, data_uri):
    body = {"prompt": "x", "audio_url": data_uri(voice(2.0), "audio/wav")}
    assert refused(start(), WAN, body) == [("body.audio_url", "expected at least 3 s, found 2")]


def test_content_counts_and_not_what_it_is_called(start, hero, voice, data_uri):
    body = {**hero, "image_url": data_uri(voice(), "image/png")}
    assert refused(start(), HAPPYHORSE, body) == [("body.image_url", "expected image, found audio/wav")]


def test_a_data_uri_has_a_limit_by_kind(start, hero, picture, data_uri):
    body = {**hero, "image_url": data_uri(picture() + bytes(6 * 1024 * 1024), "image/png")}
    found = len(picture()) + 6 * 1024 * 1024
    assert refused(start(), HAPPYHORSE, body) == [
        ("body.image_url", f"the data: URI holds {found} bytes, more than the 6291456 for image")
    ]


def test_a_prompt_that_the_model_would_cut_is_taken(start, hero):
    start().submit(HAPPYHORSE, {**hero, "prompt": "長" * 6000})


def test_addresses_are_taken_without_being_fetched(start, hero):
    start().submit(HAPPYHORSE, {**hero, "image_url": "https://a.example/picture.png?signature=secret"})


def test_a_file_of_this_server_that_is_not_there_can_not_be_fetched(start, hero):
    one = start()
    body = {**hero, "image_url": f"{one.origin}/files/00000000-0000-4000-8000-000000000000/image.png"}
    assert refused(one, HAPPYHORSE, body) == [("body.image_url", "the file could not be fetched")]
