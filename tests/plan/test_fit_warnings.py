"""What is warned of before anything is rendered: captions and voices against the clips they are for."""

from __future__ import annotations

import math
import struct
import wave
from pathlib import Path

import pytest
from PIL import Image

PIPELINE = """\
callsheet: 1
name: fit
seed: 1
nodes:
  shot:
    intent: product-reveal
    input: {image: bottle.png, prompt: A bottle, duration: %(duration)s}
%(nodes)s"""


@pytest.fixture
def warnings(project):
    """The warnings of the node `x` of a pipeline with a shot of 5 seconds."""

    def make(nodes: str, duration: int = 5) -> list[str]:
        Image.new("RGB", (640, 640)).save(project.folder / "bottle.png")
        voice(project.folder / "voice.wav", 6)
        project.write({"pipeline.yaml": PIPELINE % {"nodes": nodes, "duration": duration}})
        return project.plan()["x"]["warnings"]

    return make


def voice(path: Path, seconds: float) -> None:
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        values = [round(8000 * math.sin(place / 3)) for place in range(round(seconds * 8000))]
        file.writeframes(struct.pack(f"<{len(values)}h", *values))


def caption(text: str, clip: str = "shot", **options: object) -> str:
    more = "".join(f", {name}: {value}" for name, value in options.items())
    return f'  x:\n    step: caption\n    input: {{video: "{{{{ nodes.{clip}.video }}}}", text: "{text}"{more}}}\n'


def test_a_caption_that_can_be_read_in_its_time_is_not_warned_of(warnings) -> None:
    assert warnings(caption("Light that stays with you")) == []
    assert warnings(caption("朝の光を、ひと瓶に。")) == []
    assert warnings(caption("ضوء الصباح في زجاجة")) == []


def test_a_caption_that_is_too_fast_for_its_language_is_warned_of(warnings) -> None:
    text = "Light that stays with you, and with me, and with all"
    assert warnings(caption(text), duration=3) == [
        "`text` has 52 characters in 3 s; to be read at ease they need 3.1 s"
    ]
    assert warnings(caption(text, language="en"), duration=3) == []


def test_japanese_is_read_more_slowly_and_in_shorter_lines(warnings) -> None:
    text = "朝の光を、ひと瓶に。オーロラが肌に残す、いちばん静かな輝きを、あなたに。"
    assert warnings(caption(text)) == [
        "`text` has 36 characters, and 2 lines of 16 hold 32",
        "`text` has 36 characters in 5 s; to be read at ease they need 6.0 s",
    ]


def test_a_character_without_a_glyph_is_warned_of_by_name(warnings) -> None:
    assert warnings(caption("Good 😀")) == ["`text` has characters that no font here can draw: `😀` (U+1F600)"]


def test_right_to_left_text_that_would_run_the_wrong_way_is_warned_of(warnings) -> None:
    assert warnings(caption("Aurora: ضوء الصباح في زجاجة")) == [
        "`text` is mostly right-to-left, but begins left-to-right, so it is laid out from left to right"
    ]


def test_the_length_of_a_clip_is_known_through_the_steps_it_goes_through(warnings) -> None:
    joined = (
        '  spot:\n    step: concat\n    input: {clips: ["{{ nodes.shot.video }}", "{{ nodes.shot.video }}"]}\n'
        '  voiced:\n    step: replace_audio\n    input: {video: "{{ nodes.spot.video }}", audio: voice.wav}\n'
    )
    text = "Light that stays with you, and with me, and with all of us"
    assert warnings(joined + caption(text, "voiced"), duration=3) == []
    assert warnings(caption(text), duration=3) == [
        "`text` has 58 characters in 3 s; to be read at ease they need 3.4 s"
    ]


def test_timed_lines_are_judged_one_by_one_in_their_own_time(warnings) -> None:
    lines = (
        '  x:\n    step: caption\n    input:\n      video: "{{ nodes.shot.video }}"\n      lines:\n'
        "        - {start: 0, end: 3, text: Light that stays}\n"
        "        - {start: 3, end: 3.5, text: Light that stays}\n"
        "        - {start: 4, end: 6, text: Aurora}\n"
    )
    assert warnings(lines) == [
        "`lines[1]` has 16 characters in 0.5 s; to be read at ease they need 0.9 s",
        "`lines[2]` ends at 6 s, after the clip, which lasts 5 s",
    ]


def test_a_voice_that_is_longer_than_its_slot_is_warned_of(warnings) -> None:
    laid = '  x:\n    step: replace_audio\n    input: {video: "{{ nodes.shot.video }}", audio: voice.wav%s}\n'
    assert warnings(laid % "") == ["`audio` lasts 6 s and `video` 5 s: the step will fail"]
    assert warnings(laid % ", longer: trim") == []
    assert warnings(laid % ", start: 1", duration=6) == [
        "`audio` lasts 6 s from 1 s on and `video` 6 s: the step will fail"
    ]
    assert warnings(laid % "", duration=6) == []


def test_lines_over_one_another_are_an_error_with_its_place(project) -> None:
    Image.new("RGB", (640, 640)).save(project.folder / "bottle.png")
    nodes = (
        '  x:\n    step: caption\n    input:\n      video: "{{ nodes.shot.video }}"\n      lines:\n'
        "        - {start: 0, end: 3, text: Light}\n"
        "        - {start: 2, end: 4, text: Dawn}\n"
    )
    project.write({"pipeline.yaml": PIPELINE % {"nodes": nodes, "duration": 5}})
    assert project.refusal() == (
        "pipeline.yaml:13:9: error: `lines[1]` begins at 2 s, before the line before it ends at 3 s [lines-overlap]\n"
        "  13 |         - {start: 0, end: 3, text: Light}\n"
        "     |         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^\n"
        "  help: let it begin at 3 s or later\n"
    )


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ("", "the step `loudness` needs `video` or `audio` [input-required]"),
        ('video: "{{ nodes.shot.video }}", audio: voice.wav', "`video` and `audio` are given [input-given-twice]"),
    ],
)
def test_a_step_for_clips_or_voices_takes_one_of_them(project, given, text) -> None:
    Image.new("RGB", (640, 640)).save(project.folder / "bottle.png")
    voice(project.folder / "voice.wav", 1)
    nodes = f"  x:\n    step: loudness\n    input: {{{given}}}\n"
    project.write({"pipeline.yaml": PIPELINE % {"nodes": nodes, "duration": 5}})
    assert text in project.refusal()


def test_what_a_step_makes_may_depend_on_what_it_is_given(project) -> None:
    voice(project.folder / "voice.wav", 1)
    Image.new("RGB", (640, 640)).save(project.folder / "bottle.png")
    nodes = (
        "  x:\n    step: loudness\n    input: {audio: voice.wav}\n  y:\n    step: loudness\n    input: {audio: %s}\n"
    )
    project.write({"pipeline.yaml": PIPELINE % {"nodes": nodes % '"{{ nodes.x.audio }}"', "duration": 5}})
    assert project.plan()["y"]["needs"] == ["x"]
    project.write({"pipeline.yaml": PIPELINE % {"nodes": nodes % '"{{ nodes.x.video }}"', "duration": 5}})
    assert "node `x` makes audio, so it has no `video` [unknown-output]" in project.refusal()


def test_no_input_takes_data(project) -> None:
    Image.new("RGB", (640, 640)).save(project.folder / "bottle.png")
    nodes = '  x:\n    step: probe\n    input: {image: bottle.png}\n  y:\n    step: probe\n    input: {image: "{{ nodes.x.image }}"}\n'
    project.write({"pipeline.yaml": PIPELINE % {"nodes": nodes, "duration": 5}})
    refusal = project.refusal()
    assert "node `x` makes data, so it has no `image` [unknown-output]" in refusal
    assert "  help: data is for people and programs; no input takes it\n" in refusal


def test_a_length_that_a_transition_shortens_is_not_guessed_at(warnings) -> None:
    joined = (
        '  spot:\n    step: concat\n    input:\n      clips: ["{{ nodes.shot.video }}", "{{ nodes.shot.video }}"]\n'
        "      transition: crossfade\n"
    )
    assert warnings(joined + caption("Light that stays with you, and with me, and with all", "spot"), duration=3) == []
