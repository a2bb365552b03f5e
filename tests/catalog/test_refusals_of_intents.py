"""What the intents refuse: one fault each, told before a single request is made."""

from __future__ import annotations

PICTURE = "assets/p640x480.png"
MAKER: dict[str, str] = {}
GOOD = {"prompt": "Dolly in"}

# change -> code, message, hint
REFUSED = {
    "an unknown intent": (
        {"node.intent": "lipsync", "image": PICTURE},
        "unknown-intent",
        "there is no intent `lipsync`",
        "did you mean `lip-sync`?",
    ),
    "auto with nothing that fits": (
        {"node.intent": "auto"},
        "unknown-intent",
        "no intent fits the inputs `prompt`",
        "write the `intent` or `route` you mean; `callsheet intents` lists them with what they need",
    ),
    "auto with what no route takes together": (
        {"node.intent": "auto", "image": PICTURE, "negative_prompt": "blur"},
        "unknown-intent",
        "no intent fits the inputs `image`, `negative_prompt` and `prompt`",
        "write the `intent` or `route` you mean; `callsheet intents` lists them with what they need",
    ),
    "portrait without a picture": (
        {"node.intent": "portrait"},
        "input-required",
        "`happyhorse/happyhorse-1.0/image-to-video` needs `image` (`image_url`)",
        "give it in `input`",
    ),
    "product-reveal with a voice": (
        {"node.intent": "product-reveal", "image": PICTURE, "audio": "assets/v5.wav"},
        "input-not-taken",
        "`happyhorse/happyhorse-1.0/image-to-video` takes no `audio`",
        "the intents `multi-modal` and `brand-narrative` take it (`bytedance/seedance-v2/pro`)",
    ),
    "ambient-audio with a clip": (
        {"node.intent": "ambient-audio", "image": PICTURE, "video": "assets/c5.mp4"},
        "input-not-taken",
        "`happyhorse/happyhorse-1.0/image-to-video` takes no `video`",
        "the intents `multi-modal` and `brand-narrative` take it (`bytedance/seedance-v2/pro`)",
    ),
    "lip-sync with a picture": (
        {"node.intent": "lip-sync", "audio": "assets/v5.wav", "image": PICTURE},
        "input-not-taken",
        "`wan-ai/wan-2-7/text-to-video` takes no `image`",
        "the intents `multi-modal` and `brand-narrative` take it (`bytedance/seedance-v2/pro`)",
    ),
    "lip-sync without a voice": (
        {"node.intent": "lip-sync"},
        "input-required",
        "`wan-ai/wan-2-7/text-to-video` needs `audio` (`audio_url`) for the intent `lip-sync`",
        "give it in `input`",
    ),
    "dub without a voice": (
        {"node.intent": "dub"},
        "input-required",
        "`wan-ai/wan-2-7/text-to-video` needs `audio` (`audio_url`) for the intent `dub`",
        "give it in `input`",
    ),
    "dub with a clip": (
        {"node.intent": "dub", "audio": "assets/v5.wav", "video": "assets/c5.mp4"},
        "input-not-taken",
        "`wan-ai/wan-2-7/text-to-video` takes no `video`",
        "the intents `multi-modal` and `brand-narrative` take it (`bytedance/seedance-v2/pro`)",
    ),
    "multi-modal without a picture": (
        {"node.intent": "multi-modal", "video": "assets/c5.mp4"},
        "input-required",
        "`bytedance/seedance-v2/pro` needs `images` (`image_url`) for the intent `multi-modal`",
        "give it in `input`",
    ),
    "brand-narrative without a picture": (
        {"node.intent": "brand-narrative"},
        "input-required",
        "`bytedance/seedance-v2/pro` needs `images` (`image_url`) for the intent `brand-narrative`",
        "give it in `input`",
    ),
    "multi-modal with a negative prompt": (
        {"node.intent": "multi-modal", "image": PICTURE, "negative_prompt": "blur"},
        "input-not-taken",
        "`bytedance/seedance-v2/pro` takes no `negative_prompt`",
        "the intents `lip-sync` and `dub` take it (`wan-ai/wan-2-7/text-to-video`)",
    ),
    "default with an aspect": (
        {"node.intent": "default", "image": PICTURE, "aspect_ratio": "16:9"},
        "input-not-taken",
        "`happyhorse/happyhorse-1.0/image-to-video` takes no `aspect_ratio`",
        "the intents `multi-modal` and `brand-narrative` take it (`bytedance/seedance-v2/pro`)",
    ),
    "portrait with two pictures": (
        {"node.intent": "portrait", "images": [PICTURE, "assets/p1000x400.png"]},
        "input-count",
        "`images` (`image_url`) takes exactly one image file, and 2 are given",
        "`bytedance/seedance-v2/pro` takes several",
    ),
    "portrait with a misspelt name": (
        {"node.intent": "portrait", "image": PICTURE, "promptt": "x"},
        "unknown-input",
        "`happyhorse/happyhorse-1.0/image-to-video` has no input `promptt`",
        "did you mean `prompt`?",
    ),
}


def test_what_an_intent_can_not_take_is_refused_before_anything_is_asked_for(refusals) -> None:
    changes = {case: change for case, (change, *_) in REFUSED.items()}
    expected = {case: (code, message, hint) for case, (_, code, message, hint) in REFUSED.items()}
    assert refusals(MAKER, GOOD, changes) == expected
