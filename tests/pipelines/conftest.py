from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

EXAMPLES = Path(__file__).parent.parent.parent / "examples"
MEDIA = {
    "person.jpg": "multimodal", "cafe.mp4": "multimodal", "voice.mp3": "multimodal", "vase.webp": "multimodal",
    "lamp.png": "cutdowns", "logo.png": "cutdowns", "voice-en.mp3": "dub", "voice-de.mp3": "dub",
}  # fmt: skip


@dataclass(frozen=True)
class Rendered:
    """A run that succeeded: `states` by instance id, the bodies that went out, and where each published file lies."""

    states: Mapping[str, str]
    sent: list[Mapping[str, Any]]
    files: Mapping[str, Path]
    seeds: Mapping[str, int | None]


@pytest.fixture
def campaign(project, provider) -> Callable[[str], Rendered]:
    """Runs a pipeline with these nodes beside a folder of media, against a provider that counts. In the bodies, media
    of that folder are told by their file names and all else that has bytes as `made`."""
    names: dict[str, str] = {}
    for name, example in MEDIA.items():
        content = (EXAMPLES / example / "assets" / name).read_bytes()
        names[sha256(content).hexdigest()] = name
        project.write({f"assets/{name}": content})

    def told(value: Any) -> Any:
        if isinstance(value, dict) and "sha256" in value:
            return names.get(value["sha256"], "made")
        if isinstance(value, dict):
            return {name: told(one) for name, one in value.items()}
        return [told(one) for one in value] if isinstance(value, list) else value

    def run(body: str) -> Rendered:
        project.write({"pipeline.yaml": f"callsheet: 1\nname: campaign\nseed: 7\n{body}"})
        one = provider()
        finished = project.run("run", "pipeline.yaml", "--yes", "--json")
        assert finished.exit_code == 0, finished.stderr
        instances = finished.json["instances"]
        return Rendered(
            {entry["id"]: entry["state"] for entry in instances},
            [told(submit["body"]) for submit in one.submits],
            {entry["id"]: project.folder / file["path"] for entry in instances for file in entry["outputs"]},
            {entry["id"]: entry["seed"] for entry in instances},
        )

    return run
