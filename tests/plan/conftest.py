from __future__ import annotations

import textwrap
from collections.abc import Callable
from io import BytesIO

import pytest
from PIL import Image

HEAD = "callsheet: 1\nname: shop\nseed: 7\nmax_instances: 5000\n"


@pytest.fixture
def pipeline() -> Callable[[str], dict[str, str]]:
    """A pipeline file with this body, under a head of four lines."""
    return lambda body: {"pipeline.yaml": HEAD + textwrap.dedent(body).lstrip("\n")}


@pytest.fixture
def png() -> bytes:
    """A picture of 400 × 400 pixels."""
    content = BytesIO()
    Image.new("RGB", (400, 400), "navy").save(content, "PNG")
    return content.getvalue()


USED = """
callsheet: 1
name: part
params:
  line: {type: text, default: nothing}
  seconds: {type: integer, default: 4, minimum: 3, maximum: 15}
axes:
  scene: [a, b]
nodes:
  b_roll:
    route: wan-ai/wan-2-7/text-to-video
    over: [scene]
    input: {prompt: "{{ params.line }} at {{ scene }}", duration: "{{ params.seconds }}"}
  film:
    step: concat
    input: {clips: "{{ nodes.b_roll.videos }}"}
outputs:
  video: "{{ nodes.film.video }}"
  shots: "{{ nodes.b_roll.videos }}"
  opening: "{{ nodes.b_roll.at(scene='a').video }}"
"""


@pytest.fixture
def used_part() -> str:
    """A pipeline to use: two scenes by a route, and a step that joins them."""
    return USED.lstrip("\n")


@pytest.fixture
def using(project, pipeline, used_part):
    """A project whose `part.yaml` is the given one, used by a pipeline with this body."""

    def write(body: str, part: str | None = None, **more: str | bytes):
        return project.write({**pipeline(body), "part.yaml": (part or used_part).lstrip("\n"), **more})

    return write
