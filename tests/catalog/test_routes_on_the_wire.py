"""What each route is sent: every byte of the body that the provider receives."""

from __future__ import annotations

import hashlib

import pytest

PICTURE, CLIP, VOICE = "p640x480.png", "c5.mp4", "v5.wav"


@pytest.fixture
def told(media_files):
    """A file as the provider tells it: type, size and digest."""

    def about(name: str, media_type: str) -> dict[str, object]:
        content = media_files[name]
        return {"media_type": media_type, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}

    return about


@pytest.fixture
def sent(project, provider, media_files):
    """Runs a pipeline of one node and gives the one request that was made for it."""

    def run(node: str, defaults: str = "{}") -> dict[str, object]:
        one = provider()
        project.write({name: media_files[name] for name in (PICTURE, CLIP, VOICE)})
        project.write({"pipeline.yaml": f"callsheet: 1\nname: x\nseed: 7\ndefaults: {defaults}\nnodes:\n  a:\n{node}"})
        finished = project.run("run", "pipeline.yaml", "--yes", "--json")
        assert finished.exit_code == 0, finished.stderr
        (submit,) = one.submits
        return {"path": submit["path"], "body": submit["body"]}

    return run


MOVED = """\
    route: {route}
    advice: off
    input:
      image: p640x480.png
      prompt: Slow push in on the bottle, packaging unchanged.
"""
PROMPT = "Slow push in on the bottle, packaging unchanged."
SEED = 1198748455

BODIES = {
    "happyhorse/happyhorse-1.0/image-to-video": {
        "image_url": PICTURE, "prompt": PROMPT, "resolution": "720P", "duration": 6, "seed": SEED, "watermark": False,
    },
    "bytedance/seedance-v2/pro": {
        "prompt": PROMPT, "image_url": [PICTURE], "video_url": [], "audio_url": [], "aspect_ratio": "adaptive",
        "duration": 6, "resolution": "720p", "generate_audio": True, "seed": SEED,
    },
    "bytedance/seedance-v1.5-pro/image-to-video": {
        "prompt": PROMPT, "first_frame_image_url": PICTURE, "resolution": "720p", "ratio": "adaptive", "duration": 6,
        "generate_audio": True, "camera_fixed": True,
    },
    "community/wan-2-1/fusionx/image-to-video": {
        "608_image": PICTURE, "600_prompt": PROMPT, "602_widthx602_height": "720x480 (3:2)", "602_num_frames": 81,
        "609_frame_rate": 16, "598_seed": SEED, "598_steps": 10, "598_cfg": 1, "598_shift": 5,
    },
}  # fmt: skip


@pytest.mark.parametrize("route", BODIES)
def test_one_pipeline_moves_over_four_routes_by_changing_one_word(sent, told, route: str) -> None:
    picture = told(PICTURE, "image/png")
    body = {
        name: picture if value == PICTURE else [picture] if value == [PICTURE] else value
        for name, value in BODIES[route].items()
        if value != []
    }
    assert sent(MOVED.format(route=route), "{resolution: 720p, duration: 6}") == {
        "path": f"/v1/models/{route}",
        "body": body,
    }


def test_wan_is_driven_by_a_voice_and_lasts_as_long(sent, told) -> None:
    node = (
        "    intent: dub\n    input: {prompt: A presenter, audio: v5.wav, duration: match-audio, aspect_ratio: 9:16}\n"
    )
    assert sent(node) == {
        "path": "/v1/models/wan-ai/wan-2-7/text-to-video",
        "body": {
            "prompt": "A presenter",
            "audio_url": told(VOICE, "audio/wav"),
            "aspect_ratio": "9:16",
            "resolution": "1080p",
            "duration": 5,
            "seed": SEED,
        },
    }


def test_seedance_2_gets_single_files_as_lists(sent, told) -> None:
    node = (
        "    intent: multi-modal\n"
        "    input: {prompt: image 1 in video 1 with the voice of audio 1, image: p640x480.png, video: c5.mp4, audio: v5.wav}\n"
    )
    assert sent(node)["body"] == {
        "prompt": "image 1 in video 1 with the voice of audio 1",
        "image_url": [told(PICTURE, "image/png")],
        "video_url": [told(CLIP, "video/mp4")],
        "audio_url": [told(VOICE, "audio/wav")],
        "aspect_ratio": "adaptive",
        "duration": 5,
        "resolution": "720p",
        "generate_audio": True,
        "seed": SEED,
    }


@pytest.mark.parametrize(
    ("asked", "size"),
    [
        ("resolution: 480x480", "480x480 (1:1)"),
        ("resolution: 720p", "720x720 (1:1)"),
        ("aspect_ratio: 1:1", "720x720 (1:1)"),
        ("aspect_ratio: 9:16", "540x960 (9:16)"),
        ("resolution: 720p, aspect_ratio: 16:9", "1280x720 (16:9)"),
    ],
)
def test_fantasy_portrait_picks_one_of_its_sizes(sent, told, asked: str, size: str) -> None:
    node = (
        "    route: community/fantasy-portrait/image-to-video\n"
        f"    input: {{prompt: smiles, image: p640x480.png, video: c5.mp4, {asked}}}\n"
    )
    assert sent(node)["body"] == {
        "155_positive_prompt": "smiles",
        "160_video": told(CLIP, "video/mp4"),
        "143_image": told(PICTURE, "image/png"),
        "149_shift": 5,
        "149_steps": 6,
        "169_valuex170_value": size,
        "174_value": 81,
        "163_frame_rate": 16,
        "150_strength": 1,
        "149_seed": SEED,
        "149_cfg": 1,
    }


def test_the_other_spelling_of_happyhorse_asks_for_the_same_model(sent) -> None:
    node = "    route: happyhorse/happyhorse-1-0/image-to-video\n    input: {prompt: Dolly in, image: p640x480.png}\n"
    assert sent(node)["path"] == "/v1/models/happyhorse/happyhorse-1.0/image-to-video"


@pytest.mark.parametrize(
    ("given", "route"),
    [
        ("image: p640x480.png", "happyhorse/happyhorse-1.0/image-to-video"),
        ("audio: v5.wav", "wan-ai/wan-2-7/text-to-video"),
        ("image: p640x480.png, audio: v5.wav", "bytedance/seedance-v2/pro"),
    ],
)
def test_auto_goes_by_the_inputs_given(sent, given: str, route: str) -> None:
    assert sent(f"    intent: auto\n    input: {{prompt: image and sound, {given}}}\n")["path"] == f"/v1/models/{route}"
