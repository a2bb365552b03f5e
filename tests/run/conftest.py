"""A small campaign that was rendered once, and what its plan says of each instance afterwards."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image

CAMPAIGN = """
callsheet: 1
name: shop
seed: 7
params: {seconds: 4}
axes:
  look:
    dawn: {light: warm sunrise rim light, place: a stone ledge above the sea}
    studio: {light: one large softbox, place: a seamless white sweep}
  take: {takes: 2}
nodes:
  hero:
    route: happyhorse/happyhorse-1.0/image-to-video
    over: [look]
    input:
      image: assets/bottle.png
      prompt: "Slow dolly in on {{ look.place }}, {{ look.light }}; packaging unchanged."
      duration: "{{ params.seconds }}"
  extra:
    route: bytedance/seedance-v1.5-pro/image-to-video
    over: [take]
    input: {image: assets/bottle.png, prompt: A slow pan over the bottle.}
  reel:
    step: concat
    input: {clips: ["{{ nodes.hero.videos }}", "{{ nodes.extra.video }}"], fit: pad}
"""


class Rendered:
    """A campaign that was rendered by a provider outside; `why` is what a plan says of an instance that isn't cached."""

    def __init__(self, project: Any) -> None:
        self.project = project
        self.edit = project.edit
        self.write = project.write

    def plan(self, *words: str) -> dict[str, Any]:
        finished = self.project.run("plan", "pipeline.yaml", "--json", *words)
        assert finished.exit_code == 0, finished.stderr
        return {one["id"]: one for one in finished.json["instances"]}

    def why(self, instance: str, *words: str) -> dict[str, Any]:
        return self.plan(*words)[instance]["why"]

    def reasons(self, *words: str) -> dict[str, str]:
        """The text for every instance that is not cached."""
        return {name: one["why"]["text"] for name, one in self.plan(*words).items() if one["action"] != "cached"}

    def run(self, *words: str) -> Any:
        finished = self.project.run("run", "pipeline.yaml", "--yes", "--json", *words)
        assert finished.exit_code == 0, finished.stderr
        return finished


@pytest.fixture
def rendered(project: Any, provider: Callable[..., Any], bottle: Callable[[int], bytes]) -> Rendered:
    provider()
    project.write({"pipeline.yaml": CAMPAIGN, "assets/bottle.png": bottle(0)})
    one = Rendered(project)
    one.run()
    return one


@pytest.fixture
def bottle() -> Callable[[int], bytes]:
    """The bytes of a picture; another number makes another picture."""

    def made(shade: int) -> bytes:
        content = io.BytesIO()
        Image.new("RGB", (640, 640), (shade, 90, 120)).save(content, "PNG")
        return content.getvalue()

    return made
