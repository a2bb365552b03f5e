"""`callsheet schema`: the language's JSON Schema with the catalogue in it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from callsheet.catalog.load import load_catalog
from callsheet.cli.editor_schema import editor_schema, editor_schema_text
from callsheet.document.source import parse
from callsheet.problems import SourceText
from callsheet.shipped import shipped

HEAD = "callsheet: 1\nname: x\nseed: 1\n"
HAPPYHORSE = "happyhorse/happyhorse-1.0/image-to-video"
WAN = "wan-ai/wan-2-7/text-to-video"
SEEDANCE_2 = "bytedance/seedance-v2/pro"
SEEDANCE_1_5 = "bytedance/seedance-v1.5-pro/image-to-video"
PORTRAIT = "community/fantasy-portrait/image-to-video"
FUSIONX = "community/wan-2-1/fusionx/image-to-video"
EXAMPLES = sorted(shipped("examples").glob("*/*.yaml"))
OWN_ROUTE = {
    "id": "acme/sketch",
    "title": "Acme Sketch",
    "makes": "image",
    "input_schema": {
        "type": "object",
        "required": ["idea"],
        "properties": {
            "idea": {"type": "string", "description": "What to draw."},
            "style": {"type": "string", "enum": ["ink", "chalk"], "default": "ink"},
        },
    },
}

ACCEPTED = [
    (f"route: {HAPPYHORSE}", "{image: a.png, prompt: x}"),
    (f"route: {HAPPYHORSE}", "{image_url: a.png, prompt: x, resolution: 720p, duration: 3, watermark: true}"),
    (f"route: {HAPPYHORSE}", "{images: [a.png], prompt: x, resolution: 1080P}"),
    ("route: happyhorse/happyhorse-1-0/image-to-video", "{image: a.png, prompt: x}"),
    (f"route: {HAPPYHORSE}", '{image: a.png, prompt: x, duration: "{{ 4 }}", watermark: "{{ true }}"}'),
    (f"route: {HAPPYHORSE}", "{image: a.png, prompt: x, duration: 5.0, resolution: }"),
    ("intent: product-reveal", "{image: a.png, prompt: x, resolution: \"{{ '720p' }}\"}"),
    ("intent: lip-sync", "{audio: voice.wav, prompt: x, duration: match-audio, aspect_ratio: 9:16}"),
    ("intent: auto", "{image: a.png, prompt: x}"),
    (f"route: {SEEDANCE_2}", "{images: [a.png, a.png], audio_url: voice.wav, prompt: x, aspect_ratio: ADAPTIVE}"),
    (f"route: {SEEDANCE_1_5}", "{image: a.png, prompt: x, camera_fixed: false}"),
    (f"route: {FUSIONX}", "{image: a.png, prompt: x, resolution: 720 x 480, 598_shift: 2.5}"),
    (f"route: {FUSIONX}", "{image: a.png, prompt: x, aspect_ratio: 3:2}"),
    (f"route: {FUSIONX}", "{image: a.png, prompt: x, 602_widthx602_height: 720x480 (3:2)}"),
    ("step: concat", "{clips: clip.mp4, fit: CROP}"),
    ("step: concat", '{clips: [clip.mp4, "{{ nodes.b.videos }}"], fps: "{{ 25 }}"}'),
    ("step: caption", "{video: clip.mp4, text: x, color: '#FF0000', size: 4.5}"),
    ("step: caption", '{video: clip.mp4, lines: [{start: 0, end: "{{ 1 }}", text: x}]}'),
]
REFUSED = [
    (f"route: {HAPPYHORSE}", "{image: a.png, prompt: x, imgae: a.png}"),
    (f"route: {HAPPYHORSE}", "{image: a.png, prompt: x, resolution: 4k}"),
    (f"route: {HAPPYHORSE}", "{image: a.png, prompt: x, resolution: 480p}"),
    (f"route: {HAPPYHORSE}", "{image: a.png, prompt: x, duration: 16}"),
    (f"route: {HAPPYHORSE}", "{image: a.png, prompt: x, duration: long}"),
    (f"route: {HAPPYHORSE}", "{image: a.png, prompt: x, duration: match-audio}"),
    (f"route: {HAPPYHORSE}", "{image: a.png, prompt: x, seed: 4}"),
    (f"route: {HAPPYHORSE}", "{image: a.png, prompt: x, watermark: 'true'}"),
    (f"route: {HAPPYHORSE}", "{image: a.png, prompt: 4}"),
    (f"route: {HAPPYHORSE}", "{prompt: x}"),
    (f"route: {HAPPYHORSE}s", "{image: a.png, prompt: x}"),
    (f"route: {WAN}", "{image: a.png, prompt: x}"),
    ("intent: lip-sync", "{prompt: x}"),
    ("intent: lip-synch", "{audio: voice.wav, prompt: x}"),
    (f"route: {SEEDANCE_2}", "{image: a.png, prompt: x, duration: 3}"),
    (f"route: {SEEDANCE_2}", "{image: a.png, prompt: x, duration: 4.5}"),
    (f"route: {FUSIONX}", "{image: a.png, prompt: x, duration: 5}"),
    (f"route: {FUSIONX}", "{image: a.png, prompt: x, resolution: 700x100}"),
    (f"route: {FUSIONX}", "{image: a.png, prompt: x, aspect_ratio: 21:9}"),
    (f"route: {FUSIONX}", "{image: a.png, prompt: x, 598_shift: many}"),
    ("step: concat", "{clips: [a.mp4], fit: stretch}"),
    ("step: concat", "{fit: crop}"),
    ("step: concat", "{clips: [a.mp4], size: big}"),
    ("step: caption", "{video: clip.mp4, text: x, color: red}"),
    ("step: caption", "{video: clip.mp4, lines: [{start: soon, end: 1, text: x}]}"),
    ("step: contact", "{}"),
    ("step: '{{ look.step }}'", "{}"),
]


FALLBACKS = [
    (f"{{route: {SEEDANCE_2}}}", True),
    (f"{{route: {SEEDANCE_2}, input: {{duration: 5, negative_prompt: ~}}}}", True),
    ('{route: "{{ params.backup }}", input: {image: a.png}}', True),
    (f"{{route: {SEEDANCE_2}, input: {{duration: 99}}}}", False),
    (f"{{route: {SEEDANCE_2}, input: {{negative_prompt: people}}}}", False),
    (f"{{route: {SEEDANCE_2}s}}", False),
    ("{intent: portrait}", False),
    ("{input: {duration: 5}}", False),
]


@pytest.fixture(scope="module")
def accepts() -> Callable[[str], bool]:
    validator = jsonschema_rs.validator_for(editor_schema(load_catalog()))
    return lambda text: validator.is_valid(parse(SourceText("p.yaml", text)).plain())


@pytest.fixture
def campaign(project: Any) -> Any:
    media = {"a.png": "aurora/assets/bottle.png", "voice.wav": "aurora/assets/voiceover-en.wav"}
    media["clip.mp4"] = "comfy-nodes/assets/driving.mp4"
    return project.write({name: (shipped("examples") / file).read_bytes() for name, file in media.items()})


def _pipeline(maker: str, given: str) -> str:
    other = "  b: {step: concat, input: {clips: [clip.mp4]}}\n"
    return f"{HEAD}nodes:\n  a:\n    {maker}\n    input: {given}\n{other}"


def test_the_file_in_the_repository_is_the_one_that_is_made() -> None:
    written = (shipped("schemas") / "pipeline.schema.json").read_text(encoding="utf-8")
    assert written == editor_schema_text(load_catalog()), "`make schema` writes it anew"


def test_it_is_printed_as_the_file_holds_it(project: Any) -> None:
    finished = project.run("schema")
    assert (finished.exit_code, finished.stderr) == (0, "")
    assert finished.stdout == (shipped("schemas") / "pipeline.schema.json").read_text(encoding="utf-8")


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.parent.name)
def test_every_example_is_accepted(accepts: Callable[[str], bool], file: Path) -> None:
    assert accepts(file.read_text(encoding="utf-8"))


@pytest.mark.parametrize(("maker", "given"), ACCEPTED)
def test_it_accepts_what_a_plan_accepts(accepts: Callable[[str], bool], campaign: Any, maker: str, given: str) -> None:
    campaign.write({"pipeline.yaml": _pipeline(maker, given)})
    assert campaign.plan()
    assert accepts(_pipeline(maker, given))


@pytest.mark.parametrize(("maker", "given"), REFUSED)
def test_it_refuses_nothing_that_a_plan_accepts(
    accepts: Callable[[str], bool], campaign: Any, maker: str, given: str
) -> None:
    campaign.write({"pipeline.yaml": _pipeline(maker, given)})
    assert campaign.refusal()
    assert not accepts(_pipeline(maker, given))


@pytest.mark.parametrize("given", ["{image: a.png, whatever: 4}", "'{{ look.input }}'"])
def test_behind_a_templated_route_any_input_may_stand(accepts: Callable[[str], bool], given: str) -> None:
    assert accepts(_pipeline('route: "{{ model.route }}"', given))
    assert accepts(_pipeline('intent: "{{ model.intent }}"', given))


def test_a_node_has_exactly_one_maker(accepts: Callable[[str], bool]) -> None:
    assert not accepts(f"{HEAD}nodes: {{a: {{input: {{}}}}}}\n")
    assert not accepts(_pipeline("intent: default\n    step: concat", "{}"))


def test_the_default_of_a_media_or_required_field_is_a_sample_and_not_proposed() -> None:
    definitions = editor_schema(load_catalog())["definitions"]
    assert isinstance(definitions, dict)
    fields = definitions["input-of-community--fantasy-portrait--image-to-video"]["properties"]
    proposed = {name: field["default"] for name, field in fields.items() if "default" in field}
    assert proposed == {
        "149_shift": 5,
        "149_steps": 6,
        "169_valuex170_value": "720x720 (1:1)",
        "174_value": 81,
        "163_frame_rate": 16,
        "150_strength": 1,
        "149_cfg": 1,
    }


def test_every_field_of_every_route_and_step_is_described_by_what_its_schema_says() -> None:
    definitions = editor_schema(load_catalog())["definitions"]
    assert isinstance(definitions, dict)
    inputs = {name: one for name, one in definitions.items() if name.startswith("input-of-")}
    assert len(inputs) == len(load_catalog().routes()) + len(load_catalog().steps())
    assert not [
        (name, field) for name, one in inputs.items() for field, known in one["properties"].items()
        if not known.get("description")
    ]  # fmt: skip


def test_the_routes_of_the_project_are_part_of_it(project: Any) -> None:
    project.write({"callsheet.toml": "", "routes/acme--sketch.json": json.dumps(OWN_ROUTE), "campaigns/a.txt": ""})
    schema = json.loads(project.run("schema").stdout)
    accepts = jsonschema_rs.validator_for(schema).is_valid
    head = {"callsheet": 1, "name": "x"}
    assert "acme/sketch" in schema["definitions"]["route"]["anyOf"][0]["enum"]
    assert accepts({**head, "nodes": {"a": {"route": "acme/sketch", "input": {"idea": "x", "style": "Chalk"}}}})
    assert not accepts({**head, "nodes": {"a": {"route": "acme/sketch", "input": {"idea": "x", "style": "oil"}}}})


@pytest.mark.parametrize(("entry", "right"), FALLBACKS)
def test_an_entry_of_fallback_has_the_fields_of_its_route(
    accepts: Callable[[str], bool], entry: str, right: bool
) -> None:
    node = f"{{route: {WAN}, input: {{prompt: x, negative_prompt: y}}, fallback: [{entry}]}}"
    assert accepts(f"{HEAD}nodes:\n  a: {node}\n") is right
