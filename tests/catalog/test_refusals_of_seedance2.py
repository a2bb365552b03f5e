"""What Seedance 2.0 Pro refuses: one fault each, told before a single request is made."""

from __future__ import annotations

PICTURE = "assets/p640x480.png"
ROUTE = "bytedance/seedance-v2/pro"
MAKER = {"route": ROUTE}
GOOD = {"prompt": "image 1 walks", "image": PICTURE}

# change -> code, message, hint
REFUSED = {
    "no prompt": ({"prompt": None}, "input-required", f"`{ROUTE}` needs `prompt`", "give it in `input`"),
    "ten pictures": (
        {"image": None, "images": [PICTURE] * 10},
        "input-count",
        "`images` (`image_url`) takes at most 9 image files, and 10 are given",
        None,
    ),
    "four clips": (
        {"videos": ["assets/c5.mp4"] * 4},
        "input-count",
        "`videos` (`video_url`) takes at most 3 video files, and 4 are given",
        None,
    ),
    "four voices": (
        {"audios": ["assets/v5.wav"] * 4},
        "input-count",
        "`audios` (`audio_url`) takes at most 3 audio files, and 4 are given",
        None,
    ),
    "a clip under 2 s": (
        {"video": "assets/c1.5.mp4"},
        "media-length",
        "`videos` (`video_url`) takes video from 2 to 15 s long, and `assets/c1.5.mp4` lasts 1.5 s",
        None,
    ),
    "a clip over 15 s": (
        {"video": "assets/c16.mp4"},
        "media-length",
        "`videos` (`video_url`) takes video from 2 to 15 s long, and `assets/c16.mp4` lasts 16 s",
        None,
    ),
    "a voice under 2 s": (
        {"audio": "assets/v1.5.wav"},
        "media-length",
        "`audios` (`audio_url`) takes audio from 2 to 15 s long, and `assets/v1.5.wav` lasts 1.5 s",
        None,
    ),
    "a voice over 15 s": (
        {"audio": "assets/v16.wav"},
        "media-length",
        "`audios` (`audio_url`) takes audio from 2 to 15 s long, and `assets/v16.wav` lasts 16 s",
        None,
    ),
    "a voice of 15 MB": (
        {"audio": "assets/heavy.wav"},
        "media-bytes",
        "`audios` (`audio_url`) takes less than 15 MB, and `assets/heavy.wav` has 16.000044 MB",
        None,
    ),
    "over 500 Chinese characters": (
        {"prompt": "光" * 501},
        "text-too-long",
        "`prompt` has 501 Chinese characters, and at most 500 are taken",
        "shorten it by 1",
    ),
    "over 1000 English words": (
        {"prompt": "word " * 1001},
        "text-too-long",
        "`prompt` has 1001 English words, and at most 1000 are taken",
        "shorten it by 1",
    ),
    "image 3 of two": (
        {"image": None, "images": [PICTURE, "assets/p1000x400.png"], "prompt": "image 3 walks"},
        "reference-missing",
        "`prompt` names `image 3`, and the input has 2 image files",
        "references are numbered from 1, in the order of `images`",
    ),
    "video 1 of none": (
        {"prompt": "image 1 in video 1"},
        "reference-missing",
        "`prompt` names `video 1`, and the input has no video files",
        "references are numbered from 1, in the order of `videos`",
    ),
    "3 s": ({"duration": 3}, "input-out-of-range", "`duration` must be from 4 to 15, not 3", None),
    "16 s": ({"duration": 16}, "input-out-of-range", "`duration` must be from 4 to 15, not 16", None),
    "1080p": ({"resolution": "1080p"}, "input-not-allowed", "`resolution` must be `480p` or `720p`, not `1080p`", None),
    "2:1": (
        {"aspect_ratio": "2:1"},
        "input-not-allowed",
        "`aspect_ratio` must be `adaptive`, `16:9`, `9:16`, `4:3`, `3:4`, `1:1` or `21:9`, not `2:1`",
        None,
    ),
    "a text for a boolean": (
        {"generate_audio": "yes"},
        "input-type",
        "`generate_audio` must be `true` or `false`, not the text `yes`",
        "write `true` or `false` without quotes",
    ),
    "a negative prompt": (
        {"negative_prompt": "blur"},
        "input-not-taken",
        f"`{ROUTE}` takes no `negative_prompt`",
        "`wan-ai/wan-2-7/text-to-video` does",
    ),
    "a voice among the pictures": (
        {"image": ["assets/v5.wav"]},
        "wrong-media",
        "`image_url` takes image, and `assets/v5.wav` is audio (audio/wav)",
        None,
    ),
}


def test_what_seedance_2_can_not_take_is_refused_before_anything_is_asked_for(refusals) -> None:
    changes = {case: change for case, (change, *_) in REFUSED.items()}
    expected = {case: (code, message, hint) for case, (_, code, message, hint) in REFUSED.items()}
    assert refusals(MAKER, GOOD, changes) == expected
