from __future__ import annotations

import pytest

from callsheet.catalog.fields import fill


def test_optional_fields_with_a_schema_default_are_sent_and_marked(happyhorse, image) -> None:
    bottle = image()
    filled = fill(happyhorse, {"prompt": "Slow dolly in", "image_url": bottle}, {})
    assert filled.values == {
        "image_url": bottle,
        "prompt": "Slow dolly in",
        "resolution": "1080P",
        "duration": 5,
        "watermark": False,
    }
    assert list(filled.values) == ["image_url", "prompt", "resolution", "duration", "watermark"]
    assert filled.defaulted == ("resolution", "duration", "watermark")
    assert filled.notes == ()


@pytest.mark.parametrize(
    ("route_id", "sent"),
    [
        (
            "wan-ai/wan-2-7/text-to-video",
            {"aspect_ratio": "16:9", "resolution": "1080p", "duration": 5},
        ),
        (
            "bytedance/seedance-v2/pro",
            {"aspect_ratio": "adaptive", "duration": 5, "resolution": "720p", "generate_audio": True},
        ),
        (
            "bytedance/seedance-v1.5-pro/image-to-video",
            {"resolution": "480p", "ratio": "adaptive", "duration": 5, "generate_audio": True, "camera_fixed": True},
        ),
        (
            "community/fantasy-portrait/image-to-video",
            {
                "149_shift": 5,
                "149_steps": 6,
                "169_valuex170_value": "720x720 (1:1)",
                "174_value": 81,
                "163_frame_rate": 16,
                "150_strength": 1,
                "149_cfg": 1,
            },
        ),
        (
            "community/wan-2-1/fusionx/image-to-video",
            {
                "602_widthx602_height": "720x480 (3:2)",
                "602_num_frames": 81,
                "609_frame_rate": 16,
                "598_steps": 10,
                "598_cfg": 1,
                "598_shift": 5,
            },
        ),
    ],
)
def test_sample_defaults_and_the_seeds_default_are_never_sent(catalog, route_id: str, sent: dict[str, object]) -> None:
    filled = fill(catalog.route(route_id), {}, {})
    assert filled.values == sent
    assert filled.defaulted == tuple(sent)


def test_document_defaults_go_where_nothing_was_given_and_the_route_has_the_field(happyhorse, fantasy) -> None:
    defaults = {"resolution": "720p", "duration": 7, "negative_prompt": "blur"}
    filled = fill(happyhorse, {"duration": 4}, defaults)
    assert (filled.values["resolution"], filled.values["duration"]) == ("720P", 4)
    assert filled.defaulted == ("watermark",)
    assert filled.notes == ()
    assert "duration" not in fill(fantasy, {}, defaults).values


def test_a_document_default_the_route_cannot_take_is_left_out_with_a_note(seedance2) -> None:
    filled = fill(seedance2, {}, {"resolution": "1080p", "duration": 30})
    assert (filled.values["resolution"], filled.values["duration"]) == ("720p", 5)
    assert filled.notes == (
        "`resolution: 1080p` from `defaults` is left out: `resolution` must be `480p` or `720p`, not `1080p`",
        "`duration: 30` from `defaults` is left out: `duration` must be from 4 to 15, not 30",
    )


def test_document_defaults_pick_a_fixed_size_together(fusionx) -> None:
    filled = fill(fusionx, {}, {"resolution": "720p", "aspect_ratio": "9:16"})
    assert filled.values["602_widthx602_height"] == "720x1280 (9:16)"
    assert fill(fusionx, {}, {"aspect_ratio": "9:16"}).values["602_widthx602_height"] == "540x960 (9:16)"


def test_a_native_document_default_is_meant_more_than_a_canonical_one(seedance15) -> None:
    filled = fill(seedance15, {}, {"aspect_ratio": "16:9", "ratio": "1:1"})
    assert filled.values["ratio"] == "1:1"


def test_null_takes_a_document_default_away(happyhorse) -> None:
    filled = fill(happyhorse, {"resolution": None}, {"resolution": "720p"})
    assert filled.values["resolution"] == "1080P"
    assert filled.defaulted == ("resolution", "duration", "watermark")
    assert fill(happyhorse, {}, {"resolution": None}).values["resolution"] == "1080P"


def test_a_seed_in_the_document_defaults_is_never_sent(happyhorse, fantasy) -> None:
    assert "seed" not in fill(happyhorse, {}, {"seed": 5}).values
    assert "149_seed" not in fill(fantasy, {}, {"149_seed": 5}).values
