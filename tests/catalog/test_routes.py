"""Each route is what its source says: names in order, required, types, choices, ranges and defaults."""

from __future__ import annotations

import pytest

SIZES = (
    "480x480 (1:1)", "720x720 (1:1)", "480x720 (2:3)", "720x480 (3:2)", "540x960 (9:16)", "576x1024 (9:16)",
    "720x1280 (9:16)", "960x540 (16:9)", "1024x576 (16:9)", "1280x720 (16:9)",
)  # fmt: skip

# route -> native field: (type, required, sent default, enum, minimum, maximum)
FACTS: dict[str, dict[str, tuple[object, ...]]] = {
    "happyhorse/happyhorse-1.0/image-to-video": {
        "image_url": ("text", True, None, (), None, None),
        "prompt": ("text", True, None, (), None, None),
        "resolution": ("text", False, "1080P", ("720P", "1080P"), None, None),
        "duration": ("integer", False, 5, tuple(range(3, 16)), None, None),
        "seed": ("integer", False, 0, (), 0, 2147483647),
        "watermark": ("boolean", False, False, (), None, None),
    },
    "wan-ai/wan-2-7/text-to-video": {
        "prompt": ("text", True, None, (), None, None),
        "audio_url": ("text", False, None, (), None, None),
        "aspect_ratio": ("text", False, "16:9", ("16:9", "9:16", "1:1", "4:3", "3:4"), None, None),
        "resolution": ("text", False, "1080p", ("720p", "1080p"), None, None),
        "duration": ("integer", False, 5, tuple(range(2, 16)), None, None),
        "negative_prompt": ("text", False, None, (), None, None),
        "seed": ("integer", False, None, (), None, None),
    },
    "bytedance/seedance-v2/pro": {
        "prompt": ("text", True, None, (), None, None),
        "image_url": ("array", False, None, (), None, None),
        "video_url": ("array", False, None, (), None, None),
        "audio_url": ("array", False, None, (), None, None),
        "aspect_ratio": (
            "text", False, "adaptive", ("adaptive", "16:9", "9:16", "4:3", "3:4", "1:1", "21:9"), None, None,
        ),
        "duration": ("integer", False, 5, (), 4, 15),
        "resolution": ("text", False, "720p", ("480p", "720p"), None, None),
        "generate_audio": ("boolean", False, True, (), None, None),
        "seed": ("integer", False, None, (), None, None),
    },
    "bytedance/seedance-v1.5-pro/image-to-video": {
        "prompt": ("text", True, None, (), None, None),
        "first_frame_image_url": ("text", True, None, (), None, None),
        "resolution": ("text", False, "480p", ("480p", "720p", "1080p"), None, None),
        "ratio": ("text", False, "adaptive", ("16:9", "4:3", "1:1", "3:4", "9:16", "21:9", "adaptive"), None, None),
        "duration": ("integer", False, 5, tuple(range(4, 13)), None, None),
        "generate_audio": ("boolean", False, True, (), None, None),
        "camera_fixed": ("boolean", False, True, (), None, None),
    },
    "community/fantasy-portrait/image-to-video": {
        "155_positive_prompt": ("text", True, None, (), None, None),
        "160_video": ("text", True, None, (), None, None),
        "143_image": ("text", True, None, (), None, None),
        "149_shift": ("integer", False, 5, (), 1, 15),
        "149_steps": ("integer", False, 6, (), 6, 20),
        "169_valuex170_value": ("text", False, "720x720 (1:1)", SIZES, None, None),
        "174_value": ("integer", False, 81, (81, 141), None, None),
        "163_frame_rate": ("integer", False, 16, (), 12, 24),
        "150_strength": ("number", False, 1, (), 0.3, 2),
        "149_seed": ("integer", False, 96860978, (), None, None),
        "149_cfg": ("number", False, 1, (), 0.6, 2),
    },
    "community/wan-2-1/fusionx/image-to-video": {
        "608_image": ("text", True, None, (), None, None),
        "600_prompt": ("text", True, None, (), None, None),
        "602_widthx602_height": ("text", False, "720x480 (3:2)", SIZES, None, None),
        "602_num_frames": ("integer", False, 81, (81, 141), None, None),
        "609_frame_rate": ("integer", False, 16, (), 12, 24),
        "598_seed": ("integer", False, 96860978, (), None, None),
        "598_steps": ("integer", False, 10, (), 6, 20),
        "598_cfg": ("number", False, 1, (), 0.6, 2),
        "598_shift": ("number", False, 5, (), 1, 15),
    },
}  # fmt: skip


@pytest.mark.parametrize("route_id", FACTS)
def test_the_fields_of_a_route_are_those_of_its_source(catalog, route_id: str) -> None:
    fields = catalog.route(route_id).fields
    read = {
        name: (
            field.type,
            field.required,
            field.default if field.has_default else None,
            field.enum,
            field.minimum,
            field.maximum,
        )
        for name, field in fields.items()
    }
    assert read == FACTS[route_id]
    assert list(read) == list(FACTS[route_id])


CANONICAL: dict[str, dict[str, str]] = {
    "happyhorse/happyhorse-1.0/image-to-video": {
        "prompt": "prompt", "image": "image_url", "images": "image_url", "duration": "duration",
        "resolution": "resolution",
    },
    "wan-ai/wan-2-7/text-to-video": {
        "prompt": "prompt", "negative_prompt": "negative_prompt", "audio": "audio_url", "audios": "audio_url",
        "duration": "duration", "resolution": "resolution", "aspect_ratio": "aspect_ratio",
    },
    "bytedance/seedance-v2/pro": {
        "prompt": "prompt", "image": "image_url", "images": "image_url", "video": "video_url", "videos": "video_url",
        "audio": "audio_url", "audios": "audio_url", "duration": "duration", "resolution": "resolution",
        "aspect_ratio": "aspect_ratio",
    },
    "bytedance/seedance-v1.5-pro/image-to-video": {
        "prompt": "prompt", "image": "first_frame_image_url", "images": "first_frame_image_url",
        "duration": "duration", "resolution": "resolution", "aspect_ratio": "ratio",
    },
    "community/fantasy-portrait/image-to-video": {
        "prompt": "155_positive_prompt", "image": "143_image", "images": "143_image", "video": "160_video",
        "videos": "160_video", "resolution": "169_valuex170_value", "aspect_ratio": "169_valuex170_value",
    },
    "community/wan-2-1/fusionx/image-to-video": {
        "prompt": "600_prompt", "image": "608_image", "images": "608_image", "resolution": "602_widthx602_height",
        "aspect_ratio": "602_widthx602_height",
    },
}  # fmt: skip


@pytest.mark.parametrize("route_id", CANONICAL)
def test_canonical_names_stand_for_the_routes_own(catalog, route_id: str) -> None:
    assert catalog.route(route_id).canonical == CANONICAL[route_id]


SEEDS = {
    "happyhorse/happyhorse-1.0/image-to-video": ("seed", frozenset({0})),
    "wan-ai/wan-2-7/text-to-video": ("seed", frozenset()),
    "bytedance/seedance-v2/pro": ("seed", frozenset()),
    "bytedance/seedance-v1.5-pro/image-to-video": (None, frozenset()),
    "community/fantasy-portrait/image-to-video": ("149_seed", frozenset()),
    "community/wan-2-1/fusionx/image-to-video": ("598_seed", frozenset()),
}


def test_each_route_has_its_seed_field_and_one_has_none(catalog) -> None:
    assert {route.id: (route.seed_field, route.seed_random) for route in catalog.routes()} == SEEDS


def test_media_fields_have_their_kind_and_only_seedance_2_takes_lists(catalog) -> None:
    media = {
        route.id: {field.name: (field.media, field.many) for field in route.fields.values() if field.media}
        for route in catalog.routes()
    }
    assert media == {
        "happyhorse/happyhorse-1.0/image-to-video": {"image_url": ("image", False)},
        "wan-ai/wan-2-7/text-to-video": {"audio_url": ("audio", False)},
        "bytedance/seedance-v2/pro": {
            "image_url": ("image", True),
            "video_url": ("video", True),
            "audio_url": ("audio", True),
        },
        "bytedance/seedance-v1.5-pro/image-to-video": {"first_frame_image_url": ("image", False)},
        "community/fantasy-portrait/image-to-video": {"160_video": ("video", False), "143_image": ("image", False)},
        "community/wan-2-1/fusionx/image-to-video": {"608_image": ("image", False)},
    }


def test_the_counts_of_references_are_those_of_the_source(seedance2) -> None:
    counts = {name: (seedance2.fields[name].min_items, seedance2.fields[name].max_items) for name in seedance2.fields}
    assert {name: count for name, count in counts.items() if count != (None, None)} == {
        "image_url": (0, 9),
        "video_url": (0, 3),
        "audio_url": (0, 3),
    }


def test_seedance_15_keeps_the_apis_own_rules(seedance15) -> None:
    rules = seedance15.fields["first_frame_image_url"].limits["validations"]
    assert [(rule["validation_rule"], rule["validation_value"]) for rule in rules] == [
        ("width_pixels<", 6000),
        ("height_pixels<", 6000),
        ("width_pixels>", 300),
        ("height_pixels>", 300),
        ("width/height>", 0.4),
        ("width/height<", 2.5),
        ("file_size_mb<", 30),
    ]


def test_frame_count_routes_name_the_fields_of_their_length(fantasy, fusionx) -> None:
    assert (fantasy.frame_count, fantasy.frame_rate) == ("174_value", "163_frame_rate")
    assert (fusionx.frame_count, fusionx.frame_rate) == ("602_num_frames", "609_frame_rate")


def test_every_alternative_is_a_route_that_takes_what_the_other_does_not(catalog) -> None:
    for route in catalog.routes():
        for name, other in route.alternatives.items():
            target = catalog.route(other)
            assert name in target.canonical, (route.id, name)
            if name in route.canonical:
                assert name.endswith("s")
                assert target.fields[target.canonical[name]].many
