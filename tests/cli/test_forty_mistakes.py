"""A pipeline with forty different mistakes is told all forty in one go, each on its line, and asks nobody anything."""

from __future__ import annotations

import io
import wave

import pytest
from PIL import Image

HAPPY = "happyhorse/happyhorse-1.0/image-to-video"
WAN = "wan-ai/wan-2-7/text-to-video"
SEEDANCE = "bytedance/seedance-v2/pro"
FUSION = "community/wan-2-1/fusionx/image-to-video"

# One node a line, and one mistake a node: what is written, and the code of what is wrong with it.
MISTAKES = [
    ("{route: happyhorse/happyhorse-1-0/image-to-vidio, input: {image: a.png, prompt: x}}", "unknown-route"),
    ("{intent: lip-sink, input: {prompt: x, audio: voice.wav}}", "unknown-intent"),
    ("{step: concatt, input: {clips: []}}", "unknown-step"),
    (f"{{route: {HAPPY}, input: {{image: a.png}}}}", "input-required"),
    (f"{{route: {HAPPY}, input: {{prompt: x}}}}", "input-required"),
    (f"{{route: {HAPPY}, input: {{image: a.png, promt: x}}}}", "unknown-input"),
    (f"{{route: {WAN}, input: {{image: a.png, prompt: x}}}}", "input-not-taken"),
    (f"{{route: {FUSION}, input: {{image: a.png, prompt: x, duration: 5}}}}", "input-not-taken"),
    (f"{{route: {HAPPY}, input: {{image: a.png, image_url: a.png, prompt: x}}}}", "input-given-twice"),
    (f"{{route: {HAPPY}, input: {{image: a.png, prompt: x, duration: 16}}}}", "input-not-allowed"),
    (f"{{route: {HAPPY}, input: {{image: a.png, prompt: x, duration: 4.5}}}}", "input-type"),
    (f"{{route: {HAPPY}, input: {{image: a.png, prompt: x, resolution: 480p}}}}", "input-not-allowed"),
    (f"{{route: {HAPPY}, input: {{image: a.png, prompt: 5}}}}", "input-type"),
    (f"{{route: {HAPPY}, input: {{image: a.png, prompt: x, watermark: sure}}}}", "input-type"),
    (f"{{route: {HAPPY}, input: {{image: gone.png, prompt: x}}}}", "no-such-file"),
    (f"{{route: {HAPPY}, input: {{image: small.png, prompt: x}}}}", "media-pixels"),
    (f"{{route: {HAPPY}, input: {{image: wide.png, prompt: x}}}}", "media-aspect"),
    (f"{{route: {HAPPY}, input: {{image: voice.wav, prompt: x}}}}", "wrong-media"),
    (f"{{route: {HAPPY}, input: {{image: page.png, prompt: x}}}}", "media-unknown-type"),
    (f"{{route: {HAPPY}, input: {{image: empty.png, prompt: x}}}}", "media-empty"),
    (f"{{route: {HAPPY}, input: {{image: cut.png, prompt: x}}}}", "media-unreadable"),
    (f'{{route: {HAPPY}, input: {{image: "http://a.example/a.png", prompt: x}}}}', "bad-address"),
    (f"{{route: {HAPPY}, input: {{image: [a.png, a.png], prompt: x}}}}", "input-count"),
    (f"{{route: {WAN}, input: {{prompt: x, audio: short.wav}}}}", "media-length"),
    (f"{{route: {WAN}, input: {{prompt: x, audio: long.wav, duration: match-audio}}}}", "voice-too-long"),
    (f"{{route: {WAN}, input: {{prompt: x, audio: voice.wav, duration: 2}}}}", "clip-shorter-than-voice"),
    (f"{{route: {WAN}, input: {{prompt: x, duration: match-audio}}}}", "match-audio-without-voice"),
    (f'{{route: {WAN}, input: {{prompt: "{{{{ lok.light }}}}"}}}}', "unknown-name"),
    (f'{{route: {WAN}, input: {{prompt: "{{{{ look.light }}}}"}}}}', "axis-not-in-over"),
    (
        f'{{route: {WAN}, over: [look], when: not look == params.first, input: {{prompt: "{{{{ look.ligth }}}}"}}}}',
        "unknown-field",
    ),
    (f'{{route: {WAN}, input: {{prompt: "{{{{ params.x + }}}}"}}}}', "template-syntax"),
    (f'{{route: {WAN}, input: {{prompt: "{{{{ text.tagline }}}}"}}}}', "no-text"),
    ('{step: concat, input: {clips: ["{{ nodes.heroo.video }}"]}}', "unknown-node"),
    ('{step: concat, input: {clips: ["{{ nodes.good.audio }}"]}}', "unknown-output"),
    ('{step: concat, input: {clips: ["{{ nodes.fine.video }}"]}}', "singular-over-several"),
    ("{step: concat, input: {clips: [voice.wav]}}", "wrong-media"),
    (f'{{route: {WAN}, when: "{{{{ nodes.good.video }}}}", input: {{prompt: x}}}}', "nodes-in-when"),
    (f"{{route: {WAN}, when: params.x, input: {{prompt: x}}}}", "not-boolean"),
    (f"{{route: {WAN}, publish: ../out.mp4, input: {{prompt: x}}}}", "bad-publish"),
    (f'{{route: {SEEDANCE}, input: {{image: a.png, prompt: "the bottle of image 3"}}}}', "reference-missing"),
]
HEAD = f"""\
callsheet: 1
name: shop
seed: 7
params: {{x: 5, first: dusk}}
axes: {{look: {{dawn: {{light: warm}}, dusk: {{light: cold}}}}}}
nodes:
  good: {{route: {WAN}, input: {{prompt: x}}}}
  fine: {{route: {WAN}, over: [look], input: {{prompt: x}}}}
"""
FIRST_LINE = HEAD.count("\n") + 1


def picture(width: int, height: int) -> bytes:
    content = io.BytesIO()
    Image.new("RGB", (width, height), "navy").save(content, "PNG")
    return content.getvalue()


def voice(seconds: float) -> bytes:
    content = io.BytesIO()
    with wave.open(content, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(b"\0\0" * int(8000 * seconds))
    return content.getvalue()


@pytest.fixture
def mistaken(project):
    nodes = "".join(f"  n{number}: {node}\n" for number, (node, _) in enumerate(MISTAKES))
    return project.write(
        {
            "pipeline.yaml": HEAD + nodes,
            "a.png": picture(400, 400),
            "small.png": picture(200, 400),
            "wide.png": picture(1200, 400),
            "page.png": b"<!doctype html><title>Not here</title>",
            "empty.png": b"",
            "cut.png": picture(400, 400)[:40],
            "voice.wav": voice(4),
            "short.wav": voice(1),
            "long.wav": voice(20),
        }
    )


def test_forty_mistakes_are_forty_problems_each_on_its_line(mistaken) -> None:
    finished = mistaken.run("validate", "pipeline.yaml", "--json")
    assert finished.exit_code == 65
    found = [(one["line"], one["code"]) for one in finished.json["problems"]]
    assert found == [(FIRST_LINE + number, code) for number, (_, code) in enumerate(MISTAKES)]
    assert len(found) == 40
    assert {one["file"] for one in finished.json["problems"]} == {"pipeline.yaml"}


def test_people_are_told_the_same_forty(mistaken) -> None:
    finished = mistaken.run("validate", "pipeline.yaml")
    assert finished.stderr.count(": error: ") == 40
    assert finished.stdout == "1 file checked: 40 errors\n"


@pytest.mark.parametrize("verb", ["run", "plan", "validate"])
def test_a_refused_pipeline_makes_no_request_at_all(mistaken, provider, verb) -> None:
    api = provider()
    words = ["--yes"] if verb == "run" else []
    assert mistaken.run(verb, "pipeline.yaml", *words).exit_code == 65
    assert api.calls == []
    assert not (mistaken.folder / ".callsheet").exists()


def test_one_mistake_among_good_nodes_stops_them_all_before_the_first_request(mistaken, provider) -> None:
    api = provider()
    mistaken.write({"pipeline.yaml": f"{HEAD}  bad: {MISTAKES[9][0]}\n"})
    finished = mistaken.run("run", "pipeline.yaml", "--yes")
    assert finished.exit_code == 65
    assert api.calls == []
    mistaken.edit("pipeline.yaml", "duration: 16", "duration: 15")
    assert mistaken.run("run", "pipeline.yaml", "--yes").exit_code == 0
    assert len(api.submits) == 3
