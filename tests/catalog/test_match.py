from __future__ import annotations

import pytest

from callsheet.catalog.fields import match
from callsheet.catalog.route import Route


def faults_of(route: Route, *names: str) -> list[tuple[str, str, str | None, str | None]]:
    return [(fault.code, fault.message, fault.field, fault.hint) for fault in match(route, names).faults]


def test_canonical_and_native_names_find_the_same_field(happyhorse) -> None:
    matched = match(happyhorse, ["image", "prompt", "watermark"])
    assert {name: field.name for name, field in matched.fields.items()} == {
        "image": "image_url",
        "prompt": "prompt",
        "watermark": "watermark",
    }
    assert matched.faults == ()
    assert match(happyhorse, ["image_url"]).fields["image_url"] is matched.fields["image"]


def test_canonical_and_native_for_one_field_is_an_error(happyhorse) -> None:
    assert faults_of(happyhorse, "image", "image_url") == [
        (
            "input-given-twice",
            "`image` and `image_url` are one and the same field of `happyhorse/happyhorse-1.0/image-to-video`",
            "image_url",
            "keep one of them, `image` for example",
        )
    ]


def test_singular_and_plural_for_one_field_is_an_error(seedance2) -> None:
    assert faults_of(seedance2, "images", "image") == [
        (
            "input-given-twice",
            "`images` and `image` are one and the same field of `bytedance/seedance-v2/pro`",
            "image",
            "keep one of them, `images` for example",
        )
    ]


def test_resolution_and_aspect_ratio_may_both_pick_a_fixed_size(fantasy) -> None:
    matched = match(fantasy, ["resolution", "aspect_ratio"])
    assert matched.faults == ()
    assert {field.name for field in matched.fields.values()} == {"169_valuex170_value"}


def test_a_fixed_size_and_a_part_of_it_is_an_error(fantasy) -> None:
    assert faults_of(fantasy, "169_valuex170_value", "aspect_ratio") == [
        (
            "input-given-twice",
            f"`169_valuex170_value` and `aspect_ratio` are one and the same field of `{fantasy.id}`",
            "aspect_ratio",
            "keep one of them, `169_valuex170_value` for example",
        )
    ]


def test_a_misspelt_name_offers_the_nearest(happyhorse) -> None:
    assert faults_of(happyhorse, "promt") == [
        (
            "unknown-input",
            "`happyhorse/happyhorse-1.0/image-to-video` has no input `promt`",
            "promt",
            "did you mean `prompt`?",
        )
    ]


def test_a_name_like_no_other_lists_what_there_is(happyhorse) -> None:
    assert faults_of(happyhorse, "zzz")[0][3] == (
        "it takes `prompt`, `image`, `images`, `duration`, `resolution`, `image_url` and `watermark`"
    )


@pytest.mark.parametrize("name", ["image", "images", "video", "videos"])
def test_an_image_or_video_on_wan_names_seedance_2(wan, name: str) -> None:
    assert faults_of(wan, name) == [
        (
            "input-not-taken",
            f"`wan-ai/wan-2-7/text-to-video` takes no `{name}`",
            name,
            "`bytedance/seedance-v2/pro` does",
        )
    ]


def test_a_duration_on_a_frame_count_route_names_the_frame_fields(fantasy, fusionx) -> None:
    assert faults_of(fantasy, "duration") == [
        (
            "input-not-taken",
            "`community/fantasy-portrait/image-to-video` takes no `duration`: its length is a number of frames",
            "duration",
            "set `174_value` (`81` or `141`) and `163_frame_rate` (12 to 24)",
        )
    ]
    assert (
        faults_of(fusionx, "duration")[0][3] == "set `602_num_frames` (`81` or `141`) and `609_frame_rate` (12 to 24)"
    )


@pytest.mark.parametrize(
    ("route_id", "name", "other"),
    [
        ("happyhorse/happyhorse-1.0/image-to-video", "audio", "bytedance/seedance-v2/pro"),
        ("happyhorse/happyhorse-1.0/image-to-video", "aspect_ratio", "bytedance/seedance-v1.5-pro/image-to-video"),
        ("happyhorse/happyhorse-1.0/image-to-video", "negative_prompt", "wan-ai/wan-2-7/text-to-video"),
        ("bytedance/seedance-v2/pro", "negative_prompt", "wan-ai/wan-2-7/text-to-video"),
        ("bytedance/seedance-v1.5-pro/image-to-video", "video", "bytedance/seedance-v2/pro"),
        ("community/fantasy-portrait/image-to-video", "audio", "bytedance/seedance-v2/pro"),
        ("community/wan-2-1/fusionx/image-to-video", "video", "community/fantasy-portrait/image-to-video"),
    ],
)
def test_what_a_route_does_not_take_names_one_that_does(catalog, route_id: str, name: str, other: str) -> None:
    assert faults_of(catalog.route(route_id), name) == [
        ("input-not-taken", f"`{route_id}` takes no `{name}`", name, f"`{other}` does")
    ]


@pytest.mark.parametrize("name", ["seed", "149_seed"])
def test_a_seed_in_the_input_says_to_write_it_on_the_node(fantasy, name: str) -> None:
    assert faults_of(fantasy, name) == [
        (
            "seed-in-input",
            f"the seed is not an input: `{name}` can't be given in `input`",
            name,
            "write `seed:` on the node, beside `input`",
        )
    ]
