"""Inputs of a node: rendered, opened, spelled, filled and checked before anything is spent."""

from __future__ import annotations

import io
import wave

import pytest


def voice(seconds: float) -> bytes:
    content = io.BytesIO()
    with wave.open(content, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(b"\0\0" * int(8000 * seconds))
    return content.getvalue()


def talk(extra: str) -> str:
    return f"nodes:\n  talk:\n    intent: lip-sync\n    input:\n      prompt: A presenter.\n      audio: voice.wav\n{extra}"


def test_match_audio_rounds_the_voices_length_up_to_an_allowed_value(project, pipeline) -> None:
    project.write(pipeline(talk("      duration: match-audio\n"))).write({"voice.wav": voice(4.2)})
    assert project.plan()["talk"]["input"]["duration"] == 5


def test_a_voice_longer_than_the_route_allows_is_an_error_in_seconds_that_names_split_audio(project, pipeline) -> None:
    project.write(pipeline(talk("      duration: match-audio\n"))).write({"voice.wav": voice(16)})
    refusal = project.refusal()
    assert "16" in refusal
    assert "15" in refusal
    assert "split_audio" in refusal
    project.edit("pipeline.yaml", "intent: lip-sync", "intent: lip-sync\n    allow_cut: true")
    assert project.plan()["talk"]["input"]["duration"] == 15


def test_the_voice_is_required_by_the_intent(project, pipeline) -> None:
    project.write(pipeline(talk("").replace("      audio: voice.wav\n", "")))
    assert "needs `audio`" in project.refusal()


def test_optional_fields_with_a_schema_default_are_sent_explicitly_and_marked(project, pipeline, png) -> None:
    project.write(
        pipeline("nodes: {hero: {intent: default, input: {image: a.png, prompt: Slow dolly in.}}}")
    ).write({"a.png": png})  # fmt: skip
    hero = project.plan()["hero"]
    assert hero["defaults"] == ["resolution", "duration", "watermark"]
    assert (hero["input"]["resolution"], hero["input"]["duration"], hero["input"]["watermark"]) == ("1080P", 5, False)


def test_a_value_from_defaults_that_the_route_cant_take_is_left_out_with_a_note(project, pipeline, png) -> None:
    project.write(
        pipeline(
            "defaults: {resolution: 480p}\nnodes: {hero: {intent: default, input: {image: a.png, prompt: Dolly in.}}}"
        )
    ).write({"a.png": png})
    hero = project.plan()["hero"]
    assert hero["input"]["resolution"] == "1080P"
    assert len(hero["warnings"]) == 1
    assert hero["warnings"][0].startswith("`resolution: 480p` from `defaults` is left out: ")


def test_a_whole_value_of_null_leaves_the_field_out(project, pipeline, png) -> None:
    body = (
        "axes: {look: {a: {seconds: 9}, b: {seconds: null}}}\n"
        'nodes: {hero: {intent: default, over: [look], input: {image: a.png, prompt: Dolly in., duration: "{{ look.seconds }}"}}}\n'
    )
    project.write(pipeline(body)).write({"a.png": png})
    plan = project.plan()
    assert (plan["hero[look=a]"]["input"]["duration"], plan["hero[look=b]"]["input"]["duration"]) == (9, 5)
    assert "duration" in plan["hero[look=b]"]["defaults"]


def test_a_file_that_is_not_there_is_named_with_what_is_beside_it(project, pipeline, png) -> None:
    project.write(pipeline("nodes: {hero: {intent: default, input: {image: art/a.jpg, prompt: x}}}"))
    project.write({"art/a.png": png})
    assert project.refusal() == (
        "pipeline.yaml:5:48: error: the file `art/a.jpg` does not exist [no-such-file]\n"
        "  5 | nodes: {hero: {intent: default, input: {image: art/a.jpg, prompt: x}}}\n"
        "    |                                                ^^^^^^^^^\n"
        "  help: the folder has `a.png`\n"
    )


@pytest.mark.parametrize("address", ["http://example.com/a.png", "data:image/png;base64,AA==", "file:///a.png"])
def test_an_address_that_is_not_https_is_refused(project, pipeline, address) -> None:
    project.write(pipeline(f'nodes: {{hero: {{intent: default, input: {{image: "{address}", prompt: x}}}}}}'))
    scheme = address.split(":")[0]
    assert (
        f"error: `image_url` takes a path or an `https://` address, and this one begins with `{scheme}:` [bad-address]\n"
    ) in project.refusal()


def test_media_of_another_kind_is_refused_by_content_and_not_by_name(project, pipeline) -> None:
    project.write(pipeline("nodes: {hero: {intent: default, input: {image: a.png, prompt: x}}}"))
    project.write({"a.png": voice(4)})
    assert "`image_url` takes image, and `a.png` is audio (audio/wav) [wrong-media]" in project.refusal()


def test_media_facts_can_be_used_in_templates(project, pipeline) -> None:
    project.write(
        pipeline(talk("      duration: \"{{ (media('voice.wav').seconds + 1) | int }}\"\n"))
    ).write({"voice.wav": voice(4)})  # fmt: skip
    assert project.plan()["talk"]["input"]["duration"] == 5


def test_all_problems_of_all_nodes_are_told_at_once_in_the_order_of_the_file(project, pipeline, png) -> None:
    body = (
        "nodes:\n"
        "  a: {intent: default, input: {image: a.png, prompt: x, duration: 99}}\n"
        "  b: {intent: default, input: {image: b.png, prompt: x}}\n"
        "  c: {intent: default, input: {image: a.png}}\n"
    )
    project.write(pipeline(body)).write({"a.png": png})
    places = [line.split(" error: ")[0] for line in project.refusal().splitlines() if " error: " in line]
    assert places == ["pipeline.yaml:6:67:", "pipeline.yaml:7:39:", "pipeline.yaml:8:3:"]


def test_an_unknown_route_intent_and_step_offer_the_nearest(project, pipeline) -> None:
    body = (
        "nodes:\n"
        "  a: {intent: lip-sink, input: {prompt: x}}\n"
        "  b: {route: wan-ai/wan-2-7/text-to-vidio, input: {prompt: x}}\n"
        "  c: {step: concatt, input: {clips: []}}\n"
    )
    project.write(pipeline(body))
    refusal = project.refusal()
    assert "help: did you mean `lip-sync`?" in refusal
    assert "help: did you mean `wan-ai/wan-2-7/text-to-video`?" in refusal
    assert "help: did you mean `concat`?" in refusal
    assert "3 errors" in refusal


def test_intent_auto_picks_by_the_inputs_given_and_says_why(project, pipeline, png) -> None:
    project.write(pipeline("nodes: {a: {intent: auto, input: {image: a.png, prompt: Dolly in.}}}")).write(
        {"a.png": png}
    )
    one = project.plan()["a"]
    assert (one["route"], one["intent"]) == ("happyhorse/happyhorse-1.0/image-to-video", "default")


def test_a_name_in_defaults_that_no_route_has_is_an_error_with_the_nearest_right_one(project, pipeline, png) -> None:
    project.write(
        pipeline("defaults: {resolutoin: 720p}\nnodes: {a: {intent: default, input: {image: a.png, prompt: x}}}")
    )
    project.write({"a.png": png})
    assert project.refusal() == (
        "pipeline.yaml:5:12: error: no route of this pipeline has `resolutoin`, which `defaults` gives [unknown-default]\n"
        "  5 | defaults: {resolutoin: 720p}\n"
        "    |            ^^^^^^^^^^\n"
        "  help: did you mean `resolution`?\n"
    )


def test_a_file_that_media_asks_for_and_that_is_not_there_is_told_at_the_template(project, pipeline) -> None:
    project.write(pipeline("nodes: {a: {intent: default, input: {prompt: \"{{ media('no.png').width }}\"}}}"))
    assert "pipeline.yaml:5:50: error: the file `no.png` does not exist [no-such-file]" in project.refusal()


def test_a_name_too_long_for_any_file_is_an_ordinary_error(project, pipeline) -> None:
    project.write(pipeline(f"nodes: {{a: {{intent: default, input: {{image: {'a' * 300}.png, prompt: x}}}}}}"))
    assert "does not exist [no-such-file]" in project.refusal()
