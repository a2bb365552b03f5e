"""What the editor's schema says of `use` and `with`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jsonschema_rs
import pytest

from callsheet.catalog.load import load_catalog
from callsheet.cli.editor_schema import editor_schema
from callsheet.document.source import parse
from callsheet.document.use import ready_made
from callsheet.problems import SourceText
from callsheet.shipped import shipped

HEAD = "callsheet: 1\nname: x\nseed: 1\n"
PART = HEAD + "params: {line: {type: text}}\nnodes: {a: {step: still, input: {image: a.png, seconds: 1}}}\n"

ACCEPTED = [
    "use: part.yaml\n    with: {line: x}",
    'use: ./part.yaml\n    with: {line: "{{ params.word }}"}\n    when: true\n    needs: [b]\n    tags: [x]\n    was: c',
    "use: callsheet:portrait\n    with: {picture: a.png}",
    'use: callsheet:portrait\n    with: {picture: "{{ nodes.b.image }}", seconds: "{{ 3 }}", light: }',
    "use: callsheet:multi-modal\n    with: {subject: [a.png, a.png], action: waves, seconds: 4}",
    "use: callsheet:social-cutdowns\n    with: {film: clip.mp4, fit: pad, focus_x: 20.5}",
]
REFUSED = [
    "use: part.yaml\n    with: line",
    "use: part.yaml\n    with: {line: x}\n    input: {line: x}",
    "use: part.yaml\n    with: {line: x}\n    publish: x.mp4",
    "use: part.yaml\n    with: {line: x}\n    seed: 4",
    "use: '{{ params.word }}.yaml'\n    with: {line: x}",
    "use: callsheet:portait\n    with: {picture: a.png}",
    "use: callsheet:portrait",
    "use: callsheet:portrait\n    with: {seconds: 4}",
    "use: callsheet:portrait\n    with: {picture: a.png, second: 4}",
    "use: callsheet:portrait\n    with: {picture: a.png, seconds: 2}",
    "use: callsheet:portrait\n    with: {picture: a.png, seconds: 4.5}",
    "use: callsheet:portrait\n    with: {picture: 4}",
    "use: callsheet:social-cutdowns\n    with: {film: clip.mp4, fit: stretch}",
    "step: probe\n    with: {line: x}\n    input: {video: clip.mp4}",
]


@pytest.fixture(scope="module")
def accepts() -> Callable[[str], bool]:
    validator = jsonschema_rs.validator_for(editor_schema(load_catalog()))
    return lambda text: validator.is_valid(parse(SourceText("p.yaml", text)).plain())


@pytest.fixture
def campaign(project: Any) -> Any:
    media = {"a.png": "aurora/assets/bottle.png", "clip.mp4": "comfy-nodes/assets/driving.mp4"}
    files = {name: (shipped("examples") / file).read_bytes() for name, file in media.items()}
    return project.write({**files, "part.yaml": PART})


def pipeline(node: str) -> str:
    other = "  b: {step: last_frame, input: {video: clip.mp4}}\n"
    return f"{HEAD}params: {{word: Hello}}\nnodes:\n  a:\n    {node}\n{other}"


@pytest.mark.parametrize("node", ACCEPTED)
def test_it_accepts_a_use_that_a_plan_accepts(accepts: Callable[[str], bool], campaign: Any, node: str) -> None:
    campaign.write({"pipeline.yaml": pipeline(node)})
    assert campaign.plan()
    assert accepts(pipeline(node))


@pytest.mark.parametrize("node", REFUSED)
def test_it_refuses_a_use_only_where_a_plan_does(accepts: Callable[[str], bool], campaign: Any, node: str) -> None:
    campaign.write({"pipeline.yaml": pipeline(node)})
    assert campaign.refusal()
    assert not accepts(pipeline(node))


def test_the_ready_made_pipelines_are_proposed_each_with_what_it_is() -> None:
    definitions = editor_schema(load_catalog())["definitions"]
    assert isinstance(definitions, dict)
    proposed = definitions["use"]["anyOf"][0]
    assert proposed["enum"] == [f"callsheet:{name}" for name in ready_made()]
    assert all(title.endswith(".") for title in proposed["enumDescriptions"])
