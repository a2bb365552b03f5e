"""What HappyHorse 1.0 image to video refuses: one fault each, told before a single request is made."""

from __future__ import annotations

PICTURE = "assets/p640x480.png"
ROUTE = "happyhorse/happyhorse-1.0/image-to-video"
MAKER = {"route": ROUTE}
GOOD = {"image": PICTURE, "prompt": "Dolly in"}

# change -> code, message, hint
REFUSED = {
    "no image": ({"image": None}, "input-required", f"`{ROUTE}` needs `image` (`image_url`)", "give it in `input`"),
    "no prompt": ({"prompt": None}, "input-required", f"`{ROUTE}` needs `prompt`", "give it in `input`"),
    "a side under 300 px": (
        {"image": "assets/p299x400.png"},
        "media-pixels",
        "`image` (`image_url`) takes 300 px a side or more, and `assets/p299x400.png` is 299x400",
        None,
    ),
    "wider than 2.5:1": (
        {"image": "assets/p780x300.png"},
        "media-aspect",
        "`image` (`image_url`) takes an aspect (width/height) from 0.4 to 2.5, and `assets/p780x300.png` is 780x300, which is 2.6",
        "crop or pad it",
    ),
    "taller than 1:2.5": (
        {"image": "assets/p300x780.png"},
        "media-aspect",
        "`image` (`image_url`) takes an aspect (width/height) from 0.4 to 2.5, and `assets/p300x780.png` is 300x780, which is 0.385",
        "crop or pad it",
    ),
    "over 10 MB": (
        {"image": "assets/heavy.png"},
        "media-bytes",
        "`image` (`image_url`) takes at most 10 MB, and `assets/heavy.png` has 10.000001 MB",
        None,
    ),
    "no picture": (
        {"image": "assets/text.png"},
        "media-unknown-type",
        "`assets/text.png`: is of no media type known here",
        "PNG, JPEG and WebP images, MP4 and MOV video, WAV and MP3 audio can be used",
    ),
    "half a picture": (
        {"image": "assets/half.png"},
        "media-unreadable",
        "`assets/half.png`: begins as a PNG file, but is cut short",
        None,
    ),
    "a voice for the picture": (
        {"image": "assets/v5.wav"},
        "wrong-media",
        "`image_url` takes image, and `assets/v5.wav` is audio (audio/wav)",
        None,
    ),
    "no such file": (
        {"image": "assets/p640x481.png"},
        "no-such-file",
        "the file `assets/p640x481.png` does not exist",
        "the folder has `c1.5.mp4`, `c16.mp4`, `c5.mp4`, `half.png`, `heaviest.png`",
    ),
    "over 5000 characters": (
        {"prompt": "a" * 5001},
        "text-too-long",
        "`prompt` has 5001 characters, counting 2 for a CJK character, and at most 5000 are taken",
        "shorten it by 1",
    ),
    "over 2500 CJK characters": (
        {"prompt": "光" * 2501},
        "text-too-long",
        "`prompt` has 5002 characters, counting 2 for a CJK character, and at most 5000 are taken",
        "shorten it by 2",
    ),
    "2 s": ({"duration": 2}, "input-not-allowed", "`duration` must be a whole number from 3 to 15, not `2`", None),
    "16 s": ({"duration": 16}, "input-not-allowed", "`duration` must be a whole number from 3 to 15, not `16`", None),
    "half seconds": ({"duration": 4.5}, "input-type", "`duration` must be a whole number, not the number 4.5", None),
    "480p": ({"resolution": "480p"}, "input-not-allowed", "`resolution` must be `720P` or `1080P`, not `480p`", None),
    "an aspect of its own": (
        {"aspect_ratio": "16:9"},
        "input-not-taken",
        f"`{ROUTE}` takes no `aspect_ratio`",
        "`bytedance/seedance-v1.5-pro/image-to-video` does",
    ),
    "a negative prompt": (
        {"negative_prompt": "blur"},
        "input-not-taken",
        f"`{ROUTE}` takes no `negative_prompt`",
        "`wan-ai/wan-2-7/text-to-video` does",
    ),
    "a voice": (
        {"audio": "assets/v5.wav"},
        "input-not-taken",
        f"`{ROUTE}` takes no `audio`",
        "`bytedance/seedance-v2/pro` does",
    ),
    "a clip": (
        {"video": "assets/c5.mp4"},
        "input-not-taken",
        f"`{ROUTE}` takes no `video`",
        "`bytedance/seedance-v2/pro` does",
    ),
    "two pictures": (
        {"images": [PICTURE, "assets/p1000x400.png"], "image": None},
        "input-count",
        "`images` (`image_url`) takes exactly one image file, and 2 are given",
        "`bytedance/seedance-v2/pro` takes several",
    ),
    "a seed in the input": (
        {"seed": 5},
        "seed-in-input",
        "`seed` can't be set in `input`",
        "write `seed: 5` on the node, beside `input`",
    ),
    "a misspelt name": (
        {"watermrk": False},
        "unknown-input",
        f"`{ROUTE}` has no input `watermrk`",
        "did you mean `watermark`?",
    ),
    "no boolean": (
        {"watermark": "yes"},
        "input-type",
        "`watermark` must be `true` or `false`, not the text `yes`",
        "write `true` or `false` without quotes",
    ),
    "one field twice": (
        {"image_url": PICTURE},
        "input-given-twice",
        f"`image` and `image_url` are one and the same field of `{ROUTE}`",
        "keep one of them, `image` for example",
    ),
}


def test_what_happyhorse_can_not_take_is_refused_before_anything_is_asked_for(refusals) -> None:
    changes = {case: change for case, (change, *_) in REFUSED.items()}
    expected = {case: (code, message, hint) for case, (_, code, message, hint) in REFUSED.items()}
    assert refusals(MAKER, GOOD, changes) == expected
