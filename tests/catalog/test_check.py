from __future__ import annotations

import json
from pathlib import Path

import pytest

from callsheet.catalog.check import check
from callsheet.catalog.fields import fill
from callsheet.catalog.load import load_catalog
from callsheet.catalog.route import Fault, Intent, Route
from callsheet.media.info import Artifact, RemoteFile

ASPECT = "`image` (`image_url`) takes an aspect (width/height) from 0.4 to 2.5, and "


def faults(route: Route, intent: Intent | None = None, allow_cut: bool = False, **given: object) -> list[Fault]:
    return check(route, fill(route, given, {}).values, intent=intent, allow_cut=allow_cut)


def told(route: Route, intent: Intent | None = None, allow_cut: bool = False, **given: object) -> list[tuple[str, str]]:
    return [(fault.code, fault.message) for fault in faults(route, intent, allow_cut, **given)]


def test_a_complete_input_has_no_fault(
    happyhorse, wan, seedance2, seedance15, fantasy, fusionx, image, voice, clip
) -> None:
    assert faults(happyhorse, image_url=image(), prompt="Dolly in", seed=1) == []
    assert faults(wan, prompt="A presenter", audio_url=voice(5), duration=5) == []
    assert faults(seedance2, prompt="image 1, audio 1", image_url=[image()], audio_url=[voice()]) == []
    assert faults(seedance15, prompt="A breeze", first_frame_image_url=image()) == []
    assert faults(fantasy, **{"143_image": image(), "160_video": clip(), "155_positive_prompt": "smiles"}) == []
    assert faults(fusionx, **{"608_image": image(), "600_prompt": "smiles", "598_shift": 4.5}) == []


def test_required_fields_are_never_filled_and_their_lack_is_an_error(happyhorse) -> None:
    assert faults(happyhorse) == [
        Fault(
            "input-required",
            "`happyhorse/happyhorse-1.0/image-to-video` needs `image` (`image_url`)",
            "image_url",
            "give it in `input`",
        ),
        Fault(
            "input-required",
            "`happyhorse/happyhorse-1.0/image-to-video` needs `prompt`",
            "prompt",
            "give it in `input`",
        ),
    ]


def test_a_blank_prompt_is_no_prompt(seedance2) -> None:
    assert told(seedance2, prompt=" \n") == [("input-required", "`bytedance/seedance-v2/pro` needs `prompt`")]


@pytest.mark.parametrize("name", ["lip-sync", "dub"])
def test_the_voice_is_required_by_lip_sync_and_dub_and_optional_by_bare_route(catalog, wan, name: str) -> None:
    assert told(wan, catalog.intent(name), prompt="A presenter") == [
        (
            "input-required",
            f"`wan-ai/wan-2-7/text-to-video` needs `audio` (`audio_url`) for the intent `{name}`",
        )
    ]
    assert told(wan, prompt="A presenter") == []


@pytest.mark.parametrize("name", ["multi-modal", "brand-narrative"])
def test_an_image_is_required_by_the_intents_of_seedance_2(catalog, seedance2, name: str) -> None:
    assert told(seedance2, catalog.intent(name), prompt="A café") == [
        ("input-required", f"`bytedance/seedance-v2/pro` needs `images` (`image_url`) for the intent `{name}`")
    ]


@pytest.mark.parametrize(
    ("facts", "fault"),
    [
        (
            {"width": 299, "height": 400},
            ("media-pixels", "`image` (`image_url`) takes 300 px a side or more, and `a.png` is 299x400"),
        ),
        (
            {"width": 1001, "height": 400},
            (
                "media-aspect",
                ASPECT + "`a.png` is 1001x400, which is 2.502",
            ),
        ),
        (
            {"width": 399, "height": 1000},
            (
                "media-aspect",
                ASPECT + "`a.png` is 399x1000, which is 0.399",
            ),
        ),
        (
            {"size": 10_000_001},
            ("media-bytes", "`image` (`image_url`) takes at most 10 MB, and `a.png` has 10.000001 MB"),
        ),
        (
            {"media_type": "image/tiff"},
            ("media-format", "`image` (`image_url`) takes JPEG, PNG or WebP, and `a.png` is image/tiff"),
        ),
    ],
)
def test_what_happyhorse_states_of_its_image_is_checked(happyhorse, image, facts: dict[str, object], fault) -> None:
    assert told(happyhorse, prompt="Dolly in", image_url=image(**facts)) == [fault]


@pytest.mark.parametrize("facts", [(300, 300, 10_000_000), (1000, 400, 1), (400, 1000, 1)])
def test_the_edges_of_happyhorses_limits_are_within(happyhorse, image, facts: tuple[int, int, int]) -> None:
    assert told(happyhorse, prompt="Dolly in", image_url=image(*facts)) == []


def test_a_file_of_another_kind_is_an_error(happyhorse, voice) -> None:
    assert told(happyhorse, prompt="Dolly in", image_url=voice()) == [
        ("media-kind", "`image` (`image_url`) takes an image, and `v.wav` is audio (audio/wav)")
    ]
    assert told(happyhorse, prompt="Dolly in", image_url=Artifact("spot", "video")) == [
        ("media-kind", "`image` (`image_url`) takes an image, and `spot` makes a video")
    ]


def test_media_not_made_or_fetched_yet_are_checked_later(happyhorse) -> None:
    assert told(happyhorse, prompt="Dolly in", image_url=Artifact("still", "image")) == []
    assert told(happyhorse, prompt="Dolly in", image_url=RemoteFile("https://example.com/a.png")) == []


def test_a_signed_address_is_never_shown_with_its_signature(happyhorse, image) -> None:
    remote = RemoteFile("https://user:pass@example.com/a.png?X-Signature=secret", image(200, 200).info)
    assert told(happyhorse, prompt="Dolly in", image_url=remote) == [
        (
            "media-pixels",
            "`image` (`image_url`) takes 300 px a side or more, and `https://example.com/a.png` is 200x200",
        )
    ]


def test_happyhorse_counts_a_cjk_character_twice(happyhorse, image) -> None:
    def length_faults(prompt: str) -> list[tuple[str, str]]:
        return told(happyhorse, prompt=prompt, image_url=image())

    assert length_faults("a" * 5000) == []
    assert length_faults("光" * 2500) == []
    assert length_faults("光" * 2499 + "ab") == []
    assert length_faults("a" * 5001) == [
        ("text-too-long", "`prompt` has 5001 characters, counting 2 for a CJK character, and at most 5000 are taken")
    ]
    assert length_faults("한" * 2500 + "a") == length_faults("a" * 5001)
    assert length_faults("カ。" * 1250 + "a") == length_faults("a" * 5001)


def test_wan_takes_5000_characters_of_any_script(wan) -> None:
    assert told(wan, prompt="光" * 5000) == []
    (fault,) = faults(wan, prompt="光" * 5002)
    assert fault == Fault(
        "text-too-long", "`prompt` has 5002 characters, and at most 5000 are taken", "prompt", "shorten it by 2"
    )


def test_seedance_2_takes_500_chinese_characters_or_1000_english_words(seedance2) -> None:
    assert told(seedance2, prompt="光" * 500) == []
    assert told(seedance2, prompt="word " * 1000) == []
    assert told(seedance2, prompt="光" * 501) == [
        ("text-too-long", "`prompt` has 501 Chinese characters, and at most 500 are taken")
    ]
    assert told(seedance2, prompt="it's well-lit " * 501) == [
        ("text-too-long", "`prompt` has 1002 English words, and at most 1000 are taken")
    ]


def test_a_reference_by_a_number_that_is_not_there_is_an_error(seedance2, image, clip) -> None:
    prompt = "Subject from image 3 walks through video 1, voice of audio 1; again image 3, 16:9 video 1080p"
    found = faults(seedance2, prompt=prompt, image_url=[image(), image()], video_url=[clip()])
    assert found == [
        Fault(
            "reference-missing",
            "`prompt` names `image 3`, and the input has 2 image files",
            "prompt",
            "references are numbered from 1, in the order of `images`",
        ),
        Fault(
            "reference-missing",
            "`prompt` names `audio 1`, and the input has no audio files",
            "prompt",
            "references are numbered from 1, in the order of `audios`",
        ),
    ]
    assert told(seedance2, prompt="图片2", image_url=[image()]) == [
        ("reference-missing", "`prompt` names `图片2`, and the input has 1 image file")
    ]


def test_numbers_that_are_no_references_are_left_alone(seedance2) -> None:
    assert told(seedance2, prompt="a video 5 seconds long, image 16:9, video 4k, audio 2.1, video 24 fps") == []


def test_references_to_what_is_not_gathered_yet_are_not_counted(seedance2) -> None:
    assert told(seedance2, prompt="image 5", image_url=[Artifact("stills", "image", many=True)]) == []


def test_counts_and_lengths_of_seedance_2_references_are_checked(seedance2, image, clip, voice) -> None:
    assert told(seedance2, prompt="image 1", image_url=[image()] * 10) == [
        ("input-count", "`images` (`image_url`) takes at most 9 image files, and 10 are given")
    ]
    assert told(seedance2, prompt="video 1", video_url=[clip(1.9), clip(15), clip(15.5)]) == [
        ("media-length", "`videos` (`video_url`) takes video from 2 to 15 s long, and `c.mp4` lasts 1.9 s"),
        ("media-length", "`videos` (`video_url`) takes video from 2 to 15 s long, and `c.mp4` lasts 15.5 s"),
    ]
    assert told(seedance2, prompt="audio 1", audio_url=[voice(5, 14_999_999), voice(5, 15_000_000)]) == [
        ("media-bytes", "`audios` (`audio_url`) takes less than 15 MB, and `v.wav` has 15 MB")
    ]


@pytest.mark.parametrize(
    ("facts", "message"),
    [
        ({"width": 6000, "height": 5000}, "takes width_pixels < 6000, and `a.png` has 6000"),
        ({"width": 5000, "height": 6000}, "takes height_pixels < 6000, and `a.png` has 6000"),
        ({"width": 300, "height": 400}, "takes width_pixels > 300, and `a.png` has 300"),
        ({"width": 400, "height": 300}, "takes height_pixels > 300, and `a.png` has 300"),
        ({"width": 400, "height": 1000}, "takes width/height > 0.4, and `a.png` has 0.4"),
        ({"width": 1000, "height": 400}, "takes width/height < 2.5, and `a.png` has 2.5"),
        ({"size": 30_000_000}, "takes file_size_mb < 30, and `a.png` has 30"),
    ],
)
def test_the_apis_own_rules_of_seedance_15_are_evaluated(seedance15, image, facts, message: str) -> None:
    assert told(seedance15, prompt="A breeze", first_frame_image_url=image(**facts)) == [
        ("media-rule", f"`image` (`first_frame_image_url`) {message}")
    ]


def test_a_prompt_over_500_characters_is_advised_against_on_seedance_15(seedance15, image) -> None:
    (fault,) = faults(seedance15, prompt="a" * 501, first_frame_image_url=image())
    assert (fault.code, fault.severity) == ("advice", "warning")
    assert fault.message == "`prompt` has 501 characters, and works best with fewer than 500"


def test_large_media_are_advised_against_where_the_route_states_no_limit(fusionx, image) -> None:
    (fault,) = faults(fusionx, **{"608_image": image(size=50_000_001), "600_prompt": "smiles"})
    assert (fault.code, fault.severity) == ("advice", "warning")
    assert fault.message == "`image` (`608_image`) works best with at most 50 MB, and `a.png` has 50.000001 MB"


def test_float_is_read_as_number_and_its_range_checked(fantasy, image, clip) -> None:
    given = {"143_image": image(), "160_video": clip(), "155_positive_prompt": "smiles"}
    assert told(fantasy, **given, **{"150_strength": 1.25, "149_cfg": 1}) == []
    assert told(fantasy, **given, **{"150_strength": 2.1, "149_shift": 5.5}) == [
        ("input-type", "`149_shift` must be a whole number, not the number 5.5"),
        ("input-out-of-range", "`150_strength` must be from 0.3 to 2, not 2.1"),
    ]


def test_a_seed_that_means_random_and_one_out_of_range_are_errors(happyhorse, fantasy, image, clip) -> None:
    assert told(happyhorse, prompt="Dolly in", image_url=image(), seed=0) == [
        ("seed-random", "`happyhorse/happyhorse-1.0/image-to-video` reads the seed 0 as a random one")
    ]
    given = {"143_image": image(), "160_video": clip(), "155_positive_prompt": "smiles"}
    assert told(fantasy, **given, **{"149_seed": 2**31}) == [
        (
            "seed-out-of-range",
            "`community/fantasy-portrait/image-to-video` takes seeds from 1 to 2147483647, not 2147483648",
        )
    ]


def test_wan_takes_a_voice_of_3_to_30_seconds_and_15_mb(wan, voice) -> None:
    assert told(wan, prompt="A presenter", audio_url=voice(2.9), duration=3) == [
        ("media-length", "`audio` (`audio_url`) takes audio from 3 to 30 s long, and `v.wav` lasts 2.9 s")
    ]
    assert told(wan, prompt="A presenter", audio_url=voice(5, 15_000_000)) == []
    assert told(wan, prompt="A presenter", audio_url=voice(5, 15_000_001)) == [
        ("media-bytes", "`audio` (`audio_url`) takes at most 15 MB, and `v.wav` has 15.000001 MB")
    ]


def test_a_clip_shorter_than_its_voice_is_an_error_unless_allow_cut(wan, voice) -> None:
    (fault,) = faults(wan, prompt="A presenter", audio_url=voice(5.2), duration=5)
    assert fault == Fault(
        "clip-shorter-than-voice",
        "`duration` is 5 s, and the voice `v.wav` lasts 5.2 s: its end would be cut off",
        "duration",
        "write `duration: match-audio`, or `allow_cut: true` on the node",
    )
    assert faults(wan, None, True, prompt="A presenter", audio_url=voice(5.2), duration=5) == []


def test_a_clip_longer_than_its_voice_is_a_warning(wan, voice) -> None:
    (fault,) = faults(wan, prompt="A presenter", audio_url=voice(5.2), duration=12)
    assert fault == Fault(
        "clip-longer-than-voice",
        "`duration` is 12 s, and the voice `v.wav` lasts 5.2 s: the rest would be silent",
        "duration",
        "write `duration: match-audio`",
        "warning",
    )
    assert faults(wan, prompt="A presenter", audio_url=voice(5.2), duration=6) == []


def test_a_voice_longer_than_any_clip_names_split_audio(wan, voice) -> None:
    (fault,) = faults(wan, prompt="A presenter", audio_url=voice(20.25), duration=15)
    assert (fault.code, fault.message) == (
        "voice-too-long",
        "the voice lasts 20.25 s, and `wan-ai/wan-2-7/text-to-video` makes at most 15 s",
    )


def test_a_list_where_the_route_takes_one_file_is_an_error_once_it_is_made(happyhorse, image) -> None:
    assert told(happyhorse, prompt="Dolly in", image_url=[image(), image()]) == [
        ("input-count", "`image` (`image_url`) takes exactly one image file, and 2 are given")
    ]


def test_every_fault_is_reported_at_once_in_the_order_of_the_schema(happyhorse, image) -> None:
    found = faults(
        happyhorse,
        image_url=image(200, 700, 20_000_000),
        prompt="a" * 6000,
        resolution="4k",
        duration=99,
        watermark="no",
    )
    assert [fault.code for fault in found] == [
        "media-pixels",
        "media-aspect",
        "media-bytes",
        "text-too-long",
        "input-not-allowed",
        "input-not-allowed",
        "input-type",
    ]


def test_an_input_the_route_does_not_have_is_an_error(happyhorse, image) -> None:
    values = {"image_url": image(), "prompt": "Dolly in", "frames": 5}
    assert check(happyhorse, values) == [
        Fault("unknown-input", "`happyhorse/happyhorse-1.0/image-to-video` has no input `frames`", "frames")
    ]


def test_a_rule_of_any_shape_is_evaluated_or_said_to_be_unknown(tmp_path: Path, image, voice) -> None:
    rules = [("duration_seconds<=", 5), ("height/width>=", 1), ("total_pixels<", 100), ("hue<", 3), ("width!", 1)]
    described = {
        "id": "studio/clay",
        "makes": "video",
        "input_schema": {
            "properties": {
                "pic": {
                    "type": "string",
                    "validations": [{"validation_rule": rule, "validation_value": value} for rule, value in rules],
                }
            }
        },
        "fields": {"pic": {"media": "image"}},
    }
    (tmp_path / "studio--clay.json").write_text(json.dumps(described), encoding="utf-8")
    clay = load_catalog([tmp_path]).route("studio/clay")
    assert [(fault.severity, fault.message) for fault in check(clay, {"pic": image(20, 10)})] == [
        ("error", "`pic` takes height/width >= 1, and `a.png` has 0.5"),
        ("error", "`pic` takes total_pixels < 100, and `a.png` has 200"),
        ("warning", "`pic` has the rule `hue<`, which can't be checked before it is submitted"),
        ("warning", "`pic` has the rule `width!`, which can't be checked before it is submitted"),
    ]


def test_what_only_the_schema_knows_is_checked_too(tmp_path: Path) -> None:
    described = {
        "id": "studio/clay",
        "makes": "video",
        "input_schema": {
            "properties": {
                "style": {"type": "string", "pattern": "^clay-"},
                "camera": {"type": "object", "properties": {"x": {"type": "float"}}, "required": ["x"]},
            }
        },
    }
    (tmp_path / "studio--clay.json").write_text(json.dumps(described), encoding="utf-8")
    clay = load_catalog([tmp_path]).route("studio/clay")
    assert check(clay, {"style": "clay-1", "camera": {"x": 0.5}}) == []
    assert [(fault.code, fault.message) for fault in check(clay, {"style": "wood", "camera": {}})] == [
        ("input-invalid", '`style` is wrong: "wood" does not match "^clay-"'),
        ("input-invalid", '`camera` is wrong: "x" is a required property'),
    ]
