"""What Wan 2.1 FusionX refuses: one fault each, told before a single request is made."""

from __future__ import annotations

PICTURE = "assets/p640x480.png"
ROUTE = "community/wan-2-1/fusionx/image-to-video"
SIZES = "its sizes are `480x480 (1:1)`, `720x720 (1:1)`, `480x720 (2:3)`, `720x480 (3:2)`, `540x960 (9:16)`, `576x1024 (9:16)`, `720x1280 (9:16)`, `960x540 (16:9)`, `1024x576 (16:9)` and `1280x720 (16:9)`"
MAKER = {"route": ROUTE}
GOOD = {"image": PICTURE, "prompt": "smiles"}

# change -> code, message, hint
REFUSED = {
    "no picture": ({"image": None}, "input-required", f"`{ROUTE}` needs `image` (`608_image`)", "give it in `input`"),
    "no prompt": ({"prompt": None}, "input-required", f"`{ROUTE}` needs `prompt` (`600_prompt`)", "give it in `input`"),
    "a clip": (
        {"video": "assets/c5.mp4"},
        "input-not-taken",
        f"`{ROUTE}` takes no `video`",
        "`community/fantasy-portrait/image-to-video` does",
    ),
    "a strength": (
        {"150_strength": 1},
        "unknown-input",
        f"`{ROUTE}` has no input `150_strength`",
        "it takes `prompt`, `image`, `images`, `resolution`, `aspect_ratio`, `608_image`, `600_prompt`, `602_widthx602_height`, `602_num_frames`, `609_frame_rate`, `598_steps`, `598_cfg` and `598_shift`",
    ),
    "a duration": (
        {"duration": 5},
        "input-not-taken",
        f"`{ROUTE}` takes no `duration`: its length is a number of frames",
        "set `602_num_frames` (`81` or `141`) and `609_frame_rate` (12 to 24)",
    ),
    "frames not on the list": (
        {"602_num_frames": 100},
        "input-not-allowed",
        "`602_num_frames` must be `81` or `141`, not `100`",
        None,
    ),
    "a size not on the list": (
        {"resolution": "1080p"},
        "input-not-allowed",
        "`resolution` (`602_widthx602_height`) has no size for `resolution: 1080p`",
        SIZES,
    ),
    "an aspect not on the list": (
        {"aspect_ratio": "1:2"},
        "input-not-allowed",
        "`aspect_ratio` (`602_widthx602_height`) has no size for `aspect_ratio: 1:2`",
        SIZES,
    ),
    "too much guidance": ({"598_cfg": 2.5}, "input-out-of-range", "`598_cfg` must be from 0.6 to 2, not 2.5", None),
    "too far a shift": ({"598_shift": 15.5}, "input-out-of-range", "`598_shift` must be from 1 to 15, not 15.5", None),
    "a text for a number": (
        {"598_steps": "10"},
        "input-type",
        "`598_steps` must be a whole number, not the text `10`",
        "write the number without quotes, or as a whole-value template such as `{{ params.seconds }}`",
    ),
    "two pictures": (
        {"image": None, "images": [PICTURE] * 2},
        "input-count",
        "`images` (`608_image`) takes exactly one image file, and 2 are given",
        "`bytedance/seedance-v2/pro` takes several",
    ),
    "a voice": (
        {"audio": "assets/v5.wav"},
        "input-not-taken",
        f"`{ROUTE}` takes no `audio`",
        "`bytedance/seedance-v2/pro` does",
    ),
    "a seed in the input": (
        {"598_seed": 5},
        "seed-in-input",
        "the seed is not an input: `598_seed` can't be given in `input`",
        "write `seed:` on the node, beside `input`",
    ),
    "30 frames a second": (
        {"609_frame_rate": 30},
        "input-out-of-range",
        "`609_frame_rate` must be from 12 to 24, not 30",
        None,
    ),
}


def test_what_fusionx_can_not_take_is_refused_before_anything_is_asked_for(refusals) -> None:
    changes = {case: change for case, (change, *_) in REFUSED.items()}
    expected = {case: (code, message, hint) for case, (_, code, message, hint) in REFUSED.items()}
    assert refusals(MAKER, GOOD, changes) == expected
