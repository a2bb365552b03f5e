"""Whoever looks for how a route or an intent is used finds it in the examples."""

from __future__ import annotations

from pathlib import Path

import pytest

from callsheet.catalog.load import load_catalog

EXAMPLES = Path(__file__).parent.parent.parent / "examples"


@pytest.fixture
def instances(project):
    """Every instance of every example, as `plan --json` tells it."""
    found = []
    for path in sorted(EXAMPLES.glob("*/pipeline.yaml")):
        finished = project.run("plan", str(path), "--json")
        assert finished.exit_code == 0, finished.stderr
        found += finished.json["instances"]
    return found


def test_all_examples_together_use_every_route_and_every_intent(instances) -> None:
    catalog = load_catalog()
    assert {one["route"] for one in instances if one["kind"] == "route"} == {route.id for route in catalog.routes()}
    assert {one["intent"] for one in instances} - {None} == {intent.name for intent in catalog.intents()}


def test_no_example_goes_against_the_advice(instances) -> None:
    renders = [one for one in instances if one["kind"] == "route"]
    assert {one["id"]: one["warnings"] for one in renders if one["warnings"]} == {}
