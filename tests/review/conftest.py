"""A small campaign with two takes a look, rendered by a provider without pictures, and its review."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

PIPELINE = """\
callsheet: 1
name: two takes
seed: 7
axes:
  look: [dawn, dusk]
  take: {takes: 2}
nodes:
  shot:
    route: wan-ai/wan-2-7/text-to-video
    over: [look, take]
    input: {prompt: "A lamp at {{ look }}"}
  hero:
    route: wan-ai/wan-2-7/text-to-video
    input: {prompt: "A lamp"}
"""


@pytest.fixture
def campaign(project: Any, provider: Callable[..., Any]) -> Any:
    """The project, rendered."""
    provider()
    project.write({"pipeline.yaml": PIPELINE})
    finished = project.run("run", "pipeline.yaml", "--yes")
    assert finished.exit_code == 0, finished.stderr
    return project


@pytest.fixture
def review(campaign: Any, reviewing: Callable[..., Any]) -> Any:
    """Its review, with a session."""
    return reviewing(campaign.folder, "pipeline.yaml").enter()
