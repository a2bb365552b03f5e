"""What is told of a field by its schema alone: the seeds' own schemas, and the shapes that others publish."""

from __future__ import annotations

import pytest

from callsheet.catalog.recognise import recognised_frames, recognised_media, recognised_output, recognised_seed

TEXT = {"type": "string"}
TEXTS = {"type": "array", "items": {"type": "string"}}


def test_the_media_fields_of_the_six_routes_are_recognised_from_their_schemas_alone(catalog) -> None:
    for route in catalog.routes():
        properties = route.schema["properties"]
        known = {name: field.media for name, field in route.fields.items()}
        assert {name: recognised_media(name, schema) for name, schema in properties.items()} == known, route.id


@pytest.mark.parametrize(
    ("name", "schema", "kind"),
    [
        ("image_url", TEXT, "image"),
        ("image_urls", TEXTS, "image"),
        ("referenceImages", TEXTS, "image"),
        ("mask", TEXT, "image"),
        ("last_frame", TEXT, "image"),
        ("portrait_url", TEXT, "image"),
        ("driving_video", TEXT, "video"),
        ("music_file", TEXT, "audio"),
        ("voice_url", TEXT, "audio"),
        ("input", {"type": "string", "format": "uri", "description": "The video to extend"}, "video"),
        ("source", {"type": "string", "description": "URL of the audio track"}, "audio"),
        ("media", {"type": "string", "contentMediaType": "image/png"}, "image"),
        ("12_load", {"type": "string", "default": "Runcomfy_example_7.png"}, "image"),
        ("clips", {"type": "array", "items": {"type": "string"}, "default": ["https://a.b/c.mp4?x=1"]}, "video"),
    ],
)
def test_a_media_field_is_told_by_format_sample_name_or_description(name: str, schema, kind: str) -> None:
    assert recognised_media(name, schema) == kind


@pytest.mark.parametrize(
    ("name", "schema"),
    [
        ("prompt", {"type": "string", "description": "What the video shows; upload nothing"}),
        ("image_size", {"type": "string", "default": "square"}),
        ("image", {"type": "string", "enum": ["small", "large"]}),
        ("generate_audio", {"type": "boolean"}),
        ("num_images", {"type": "integer"}),
        ("voice", {"type": "string", "default": "Nora", "description": "Name of the speaker"}),
        ("voice_id", {"type": "string"}),
        ("webhook_url", {"type": "string", "format": "uri"}),
        ("style_image_strength", {"type": "string"}),
        ("tags", TEXTS),
        ("text", {"type": "string", "description": "What is spoken in the audio"}),
    ],
)
def test_what_only_speaks_of_media_is_no_media_field(name: str, schema) -> None:
    assert recognised_media(name, schema) is None


@pytest.mark.parametrize(
    ("schema", "random", "minimum", "maximum"),
    [
        ({"type": "integer"}, [], 1, 2147483647),
        ({"type": "integer", "default": -1}, [-1], 1, 2147483647),
        ({"type": "integer", "default": 0, "description": "0 means random"}, [0], 1, 2147483647),
        ({"type": "integer", "description": "Use -1 for a random seed", "maximum": 9999}, [-1], 1, 9999),
        ({"type": "integer", "default": 96860978, "minimum": 5}, [], 5, 2147483647),
    ],
)
def test_a_seed_is_recognised_with_its_range_and_the_values_that_mean_random(schema, random, minimum, maximum) -> None:
    seed = recognised_seed({"prompt": TEXT, "598_seed": schema})
    assert seed == {"field": "598_seed", "random": random, "minimum": minimum, "maximum": maximum}


def test_a_text_called_seed_is_no_seed() -> None:
    assert recognised_seed({"seed": TEXT}) is None


def test_frames_are_recognised_by_name_or_title_and_only_in_pairs() -> None:
    count = {"type": "integer", "title": "Number of Frames"}
    rate = {"type": "integer", "title": "Frames Per Second"}
    assert recognised_frames({"174_value": count, "163_frame_rate": rate}) == {
        "count": "174_value",
        "rate": "163_frame_rate",
    }
    assert recognised_frames({"num_frames": {"type": "integer"}, "fps": {"type": "integer"}}) == {
        "count": "num_frames",
        "rate": "fps",
    }
    assert recognised_frames({"174_value": count}) is None


@pytest.mark.parametrize(
    ("kind", "categories", "route_id", "output", "made"),
    [
        ("audio", ["image-to-video"], "a/b", None, "audio"),
        (None, ["image-to-video"], "a/b", None, "video"),
        (None, ["text_to_image"], "a/b", None, "image"),
        (None, ["featured"], "a/b/text-to-speech", None, "audio"),
        (None, ["featured"], "a/speech-to-video/pro", None, "video"),
        (None, [], "a/b", {"output": {"type": "object", "properties": {"images": {}, "image": {}}}}, "image"),
        (None, [], "a/b", {"properties": {"output": {"properties": {"images": {}, "image": {}}}}}, "image"),
        (None, [], "a/b", {"properties": {"video": {}, "image": {}}}, None),
    ],
)
def test_what_a_model_makes_is_told_by_its_kind_category_id_or_output(kind, categories, route_id, output, made) -> None:
    assert recognised_output(kind, categories, route_id, output) == made
