"""Data and sidecars through a whole run: named after the clip they belong to, remembered, and never an input."""

from __future__ import annotations

import json
import math
import re
import struct
import wave

import pytest
from PIL import Image

PIPELINE = """\
callsheet: 1
name: talk
nodes:
  clip:
    step: still
    input: {image: picture.png, seconds: 1, size: 320x180, fit: crop}
  beside:
    step: caption
    input: {video: "{{ nodes.clip.video }}", text: Good morning, sidecar: srt}
    publish: out/spot.mp4
  facts:
    step: probe
    input: {video: "{{ nodes.beside.video }}"}
  parts:
    step: split_audio
    input: {audio: voice.wav, max_seconds: 2, min_seconds: 1}
  second:
    step: split_audio
    input: {audio: voice.wav, max_seconds: 2, min_seconds: 1, part: 2}
  voiced:
    step: replace_audio
    input: {video: "{{ nodes.beside.video }}", audio: "{{ nodes.second.audio }}", longer: trim}
"""


@pytest.fixture
def talk(project):
    Image.new("RGB", (640, 360), "navy").save(project.folder / "picture.png")
    tone = [round(9000 * math.sin(place / 4)) for place in range(12000)]
    with wave.open(str(project.folder / "voice.wav"), "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(struct.pack("<28000h", *tone, *[0] * 4000, *tone))
    return project.write({"pipeline.yaml": PIPELINE})


def outputs(project) -> dict[str, list[tuple[str, str, str]]]:
    finished = project.run("run", "pipeline.yaml", "--simulate", "--json")
    assert finished.exit_code == 0, finished.stderr
    return {
        one["id"]: [(output["name"], output["path"], output["media_type"]) for output in one["outputs"]]
        for one in finished.json["instances"]
    }


def test_data_stands_beside_the_clip_under_its_name(talk) -> None:
    made = outputs(talk)
    assert made["beside"] == [
        ("video", "previews/out/spot.mp4", "video/mp4"),
        ("data", "previews/out/spot.srt", "application/x-subrip"),
    ]
    assert made["facts"] == [("data", "previews/pipeline/facts.json", "application/json")]
    assert talk.read("previews/out/spot.srt") == "1\n00:00:00,000 --> 00:00:01,000\nGood morning\n"
    assert talk.read_bytes("previews/out/spot.mp4") == talk.read_bytes("previews/pipeline/clip.mp4")


def test_several_files_of_a_kind_are_numbered_from_the_second_on(talk) -> None:
    made = outputs(talk)
    assert made["parts"] == [
        ("audio", "previews/pipeline/parts.wav", "audio/wav"),
        ("audio-2", "previews/pipeline/parts-2.wav", "audio/wav"),
    ]
    assert talk.read_bytes("previews/pipeline/second.wav") == talk.read_bytes("previews/pipeline/parts-2.wav")


def test_a_second_run_makes_none_of_it_again(talk) -> None:
    before = outputs(talk)
    finished = talk.run("run", "pipeline.yaml", "--simulate", "--json")
    assert {one["state"] for one in finished.json["instances"]} == {"cached"}
    assert outputs(talk) == before


def test_the_facts_are_those_of_the_file(talk) -> None:
    outputs(talk)
    facts = json.loads(talk.read("previews/pipeline/facts.json"))
    assert (facts["kind"], facts["width"], facts["height"], facts["seconds"]) == ("video", 320, 180, 1.0)
    assert (facts["frames"], facts["codec"], facts["sound"]) == (25, "h264", None)
    assert facts["bytes"] == len(talk.read_bytes("previews/out/spot.mp4"))


def test_the_page_shows_data_as_a_file(talk) -> None:
    outputs(talk)
    assert talk.run("gallery", "pipeline.yaml", "--simulate").exit_code == 0
    page = talk.read("previews/index.html")
    assert re.findall(r'"media_type":"application/json".{0,80}?"kind":"none","poster":null', page) != []
    assert '"href": "pipeline/facts.json"' in page.replace('"href":"', '"href": "')
