"""What Wan 2.7 text to video with a voice refuses: one fault each, told before a single request is made."""

from __future__ import annotations

PICTURE = "assets/p640x480.png"
ROUTE = "wan-ai/wan-2-7/text-to-video"
MAKER = {"route": ROUTE}
GOOD = {"prompt": "A presenter", "audio": "assets/v5.wav", "duration": 5}

# change -> code, message, hint
REFUSED = {
    "no prompt": ({"prompt": None}, "input-required", f"`{ROUTE}` needs `prompt`", "give it in `input`"),
    "a picture": (
        {"image": PICTURE},
        "input-not-taken",
        f"`{ROUTE}` takes no `image`",
        "`bytedance/seedance-v2/pro` does",
    ),
    "a clip": (
        {"video": "assets/c5.mp4"},
        "input-not-taken",
        f"`{ROUTE}` takes no `video`",
        "`bytedance/seedance-v2/pro` does",
    ),
    "a voice under 3 s": (
        {"audio": "assets/v2.9.wav", "duration": 3},
        "media-length",
        "`audio` (`audio_url`) takes audio from 3 to 30 s long, and `assets/v2.9.wav` lasts 2.9 s",
        None,
    ),
    "a voice over 30 s": (
        {"audio": "assets/v31.wav", "duration": 15, "node.allow_cut": True},
        "media-length",
        "`audio` (`audio_url`) takes audio from 3 to 30 s long, and `assets/v31.wav` lasts 31 s",
        None,
    ),
    "a voice over 15 MB": (
        {"audio": "assets/heavy.wav", "duration": 10},
        "media-bytes",
        "`audio` (`audio_url`) takes at most 15 MB, and `assets/heavy.wav` has 16.000044 MB",
        None,
    ),
    "a clip for the voice": (
        {"audio": "assets/c5.mp4"},
        "wrong-media",
        "`audio_url` takes audio, and `assets/c5.mp4` is video (video/mp4)",
        None,
    ),
    "two voices": (
        {"audios": ["assets/v5.wav", "assets/v5.2.wav"], "audio": None},
        "input-count",
        "`audios` (`audio_url`) takes exactly one audio file, and 2 are given",
        "give a single one",
    ),
    "over 5000 characters": (
        {"prompt": "光" * 5001},
        "text-too-long",
        "`prompt` has 5001 characters, and at most 5000 are taken",
        "shorten it by 1",
    ),
    "1 s": (
        {"duration": 1, "audio": None},
        "input-not-allowed",
        "`duration` must be a whole number from 2 to 15, not `1`",
        None,
    ),
    "16 s": ({"duration": 16}, "input-not-allowed", "`duration` must be a whole number from 2 to 15, not `16`", None),
    "480p": ({"resolution": "480p"}, "input-not-allowed", "`resolution` must be `720p` or `1080p`, not `480p`", None),
    "21:9": (
        {"aspect_ratio": "21:9"},
        "input-not-allowed",
        "`aspect_ratio` must be `16:9`, `9:16`, `1:1`, `4:3` or `3:4`, not `21:9`",
        None,
    ),
    "shorter than its voice": (
        {"audio": "assets/v5.2.wav"},
        "clip-shorter-than-voice",
        "`duration` is 5 s, and the voice `assets/v5.2.wav` lasts 5.2 s: its end would be cut off",
        "write `duration: match-audio`, or `allow_cut: true` on the node",
    ),
    "a voice longer than any clip": (
        {"audio": "assets/v16.wav", "duration": "match-audio"},
        "voice-too-long",
        f"the voice lasts 16 s, and `{ROUTE}` makes at most 15 s",
        "split it with `split_audio`, or write `allow_cut: true` to let it be cut at 15 s",
    ),
    "match-audio without a voice": (
        {"audio": None, "duration": "match-audio"},
        "match-audio-without-voice",
        "`duration: match-audio` needs a voice in `audio`",
        "give `audio`, or a number",
    ),
    "a number for a text": (
        {"negative_prompt": 5},
        "input-type",
        "`negative_prompt` must be text, not the number 5",
        "put the value in quotes",
    ),
    "a field of another route": (
        {"generate_audio": True},
        "unknown-input",
        f"`{ROUTE}` has no input `generate_audio`",
        "it takes `prompt`, `negative_prompt`, `audio`, `audios`, `duration`, `resolution`, `aspect_ratio` and `audio_url`",
    ),
}


def test_what_wan_can_not_take_is_refused_before_anything_is_asked_for(refusals) -> None:
    changes = {case: change for case, (change, *_) in REFUSED.items()}
    expected = {case: (code, message, hint) for case, (_, code, message, hint) in REFUSED.items()}
    assert refusals(MAKER, GOOD, changes) == expected
