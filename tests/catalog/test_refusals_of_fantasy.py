"""What Fantasy Portrait refuses: one fault each, told before a single request is made."""

from __future__ import annotations

PICTURE = "assets/p640x480.png"
ROUTE = "community/fantasy-portrait/image-to-video"
SIZES = "its sizes are `480x480 (1:1)`, `720x720 (1:1)`, `480x720 (2:3)`, `720x480 (3:2)`, `540x960 (9:16)`, `576x1024 (9:16)`, `720x1280 (9:16)`, `960x540 (16:9)`, `1024x576 (16:9)` and `1280x720 (16:9)`"
MAKER = {"route": ROUTE}
GOOD = {"image": PICTURE, "video": "assets/c5.mp4", "prompt": "smiles"}

# change -> code, message, hint
REFUSED = {
    "no picture": ({"image": None}, "input-required", f"`{ROUTE}` needs `image` (`143_image`)", "give it in `input`"),
    "no clip": ({"video": None}, "input-required", f"`{ROUTE}` needs `video` (`160_video`)", "give it in `input`"),
    "no prompt": (
        {"prompt": None},
        "input-required",
        f"`{ROUTE}` needs `prompt` (`155_positive_prompt`)",
        "give it in `input`",
    ),
    "a duration": (
        {"duration": 5},
        "input-not-taken",
        f"`{ROUTE}` takes no `duration`: its length is a number of frames",
        "set `174_value` (`81` or `141`) and `163_frame_rate` (12 to 24)",
    ),
    "frames not on the list": (
        {"174_value": 100},
        "input-not-allowed",
        "`174_value` must be `81` or `141`, not `100`",
        None,
    ),
    "a size not on the list": (
        {"resolution": "640x640"},
        "input-not-allowed",
        "`resolution` (`169_valuex170_value`) has no size for `resolution: 640x640`",
        SIZES,
    ),
    "an aspect not on the list": (
        {"aspect_ratio": "4:3"},
        "input-not-allowed",
        "`aspect_ratio` (`169_valuex170_value`) has no size for `aspect_ratio: 4:3`",
        SIZES,
    ),
    "size and aspect that disagree": (
        {"resolution": "720x720", "aspect_ratio": "16:9"},
        "input-not-allowed",
        "`resolution` (`169_valuex170_value`) has no size for `resolution: 720x720` with `aspect_ratio: 16:9`",
        SIZES,
    ),
    "too few steps": ({"149_steps": 5}, "input-out-of-range", "`149_steps` must be from 6 to 20, not 5", None),
    "a fraction for a whole number": (
        {"149_shift": 5.5},
        "input-type",
        "`149_shift` must be a whole number, not the number 5.5",
        None,
    ),
    "too strong": ({"150_strength": 2.1}, "input-out-of-range", "`150_strength` must be from 0.3 to 2, not 2.1", None),
    "30 frames a second": (
        {"163_frame_rate": 30},
        "input-out-of-range",
        "`163_frame_rate` must be from 12 to 24, not 30",
        None,
    ),
    "two clips": (
        {"video": None, "videos": ["assets/c5.mp4"] * 2},
        "input-count",
        "`videos` (`160_video`) takes exactly one video file, and 2 are given",
        "`bytedance/seedance-v2/pro` takes several",
    ),
    "a voice": (
        {"audio": "assets/v5.wav"},
        "input-not-taken",
        f"`{ROUTE}` takes no `audio`",
        "`bytedance/seedance-v2/pro` does",
    ),
    "a seed in the input": (
        {"149_seed": 5},
        "seed-in-input",
        "the seed is not an input: `149_seed` can't be given in `input`",
        "write `seed:` on the node, beside `input`",
    ),
    "a picture for the clip": (
        {"video": PICTURE},
        "wrong-media",
        "`160_video` takes video, and `assets/p640x480.png` is image (image/png)",
        None,
    ),
    "a negative prompt": (
        {"negative_prompt": "blur"},
        "input-not-taken",
        f"`{ROUTE}` takes no `negative_prompt`",
        "`wan-ai/wan-2-7/text-to-video` does",
    ),
}


def test_what_fantasy_portrait_can_not_take_is_refused_before_anything_is_asked_for(refusals) -> None:
    changes = {case: change for case, (change, *_) in REFUSED.items()}
    expected = {case: (code, message, hint) for case, (_, code, message, hint) in REFUSED.items()}
    assert refusals(MAKER, GOOD, changes) == expected
