"""What Seedance 1.5 Pro image to video refuses: one fault each, told before a single request is made."""

from __future__ import annotations

PICTURE = "assets/p640x480.png"
ROUTE = "bytedance/seedance-v1.5-pro/image-to-video"
MAKER = {"route": ROUTE}
GOOD = {"prompt": "A breeze", "image": PICTURE}

# change -> code, message, hint
REFUSED = {
    "no picture": (
        {"image": None},
        "input-required",
        f"`{ROUTE}` needs `image` (`first_frame_image_url`)",
        "give it in `input`",
    ),
    "no prompt": ({"prompt": None}, "input-required", f"`{ROUTE}` needs `prompt`", "give it in `input`"),
    "300 px wide": (
        {"image": "assets/p300x400.png"},
        "media-rule",
        "`image` (`first_frame_image_url`) takes width_pixels > 300, and `assets/p300x400.png` has 300",
        None,
    ),
    "300 px high": (
        {"image": "assets/p400x300.png"},
        "media-rule",
        "`image` (`first_frame_image_url`) takes height_pixels > 300, and `assets/p400x300.png` has 300",
        None,
    ),
    "0.4 wide by high": (
        {"image": "assets/p400x1000.png"},
        "media-rule",
        "`image` (`first_frame_image_url`) takes width/height > 0.4, and `assets/p400x1000.png` has 0.4",
        None,
    ),
    "2.5 wide by high": (
        {"image": "assets/p1000x400.png"},
        "media-rule",
        "`image` (`first_frame_image_url`) takes width/height < 2.5, and `assets/p1000x400.png` has 2.5",
        None,
    ),
    "6000 px wide": (
        {"image": "assets/p6000x2500.png"},
        "media-rule",
        "`image` (`first_frame_image_url`) takes width_pixels < 6000, and `assets/p6000x2500.png` has 6000",
        None,
    ),
    "6000 px high": (
        {"image": "assets/p2500x6000.png"},
        "media-rule",
        "`image` (`first_frame_image_url`) takes height_pixels < 6000, and `assets/p2500x6000.png` has 6000",
        None,
    ),
    "30 MB": (
        {"image": "assets/heaviest.png"},
        "media-rule",
        "`image` (`first_frame_image_url`) takes file_size_mb < 30, and `assets/heaviest.png` has 30",
        None,
    ),
    "3 s": ({"duration": 3}, "input-not-allowed", "`duration` must be a whole number from 4 to 12, not `3`", None),
    "13 s": ({"duration": 13}, "input-not-allowed", "`duration` must be a whole number from 4 to 12, not `13`", None),
    "4k": ({"resolution": "4k"}, "input-not-allowed", "`resolution` must be `480p`, `720p` or `1080p`, not `4k`", None),
    "2:1": (
        {"aspect_ratio": "2:1"},
        "input-not-allowed",
        "`aspect_ratio` (`ratio`) must be `16:9`, `4:3`, `1:1`, `3:4`, `9:16`, `21:9` or `adaptive`, not `2:1`",
        None,
    ),
    "two pictures": (
        {"image": None, "images": [PICTURE] * 2},
        "input-count",
        "`images` (`first_frame_image_url`) takes exactly one image file, and 2 are given",
        "`bytedance/seedance-v2/pro` takes several",
    ),
    "a clip": (
        {"video": "assets/c5.mp4"},
        "input-not-taken",
        f"`{ROUTE}` takes no `video`",
        "`bytedance/seedance-v2/pro` does",
    ),
    "a voice": (
        {"audio": "assets/v5.wav"},
        "input-not-taken",
        f"`{ROUTE}` takes no `audio`",
        "`bytedance/seedance-v2/pro` does",
    ),
    "a negative prompt": (
        {"negative_prompt": "blur"},
        "input-not-taken",
        f"`{ROUTE}` takes no `negative_prompt`",
        "`wan-ai/wan-2-7/text-to-video` does",
    ),
    "a text for a boolean": (
        {"camera_fixed": "no"},
        "input-type",
        "`camera_fixed` must be `true` or `false`, not the text `no`",
        "write `true` or `false` without quotes",
    ),
    "a seed in the input": (
        {"seed": 4},
        "seed-in-input",
        "`seed` can't be set in `input`",
        "write `seed: 4` on the node, beside `input`",
    ),
}


def test_what_seedance_15_can_not_take_is_refused_before_anything_is_asked_for(refusals) -> None:
    changes = {case: change for case, (change, *_) in REFUSED.items()}
    expected = {case: (code, message, hint) for case, (_, code, message, hint) in REFUSED.items()}
    assert refusals(MAKER, GOOD, changes) == expected
