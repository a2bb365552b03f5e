"""Whole campaigns: every one runs, and each request that the provider received is the one written down beside this."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

GOLDEN = Path(__file__).parent
EXAMPLES = sorted(path.name.removesuffix(".requests.json") for path in GOLDEN.glob("*.requests.json"))


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_sends_these_requests_and_no_others(project, provider, example, name) -> None:
    one = provider()
    example(name)
    finished = project.run("run", "pipeline.yaml", "--yes", "--json")
    assert finished.exit_code == 0, finished.stderr
    sent = [{"path": submit["path"], "body": submit["body"]} for submit in one.submits]
    expected = json.loads((GOLDEN / f"{name}.requests.json").read_text(encoding="utf-8"))
    assert sorted(sent, key=by_text) == sorted(expected, key=by_text)


def by_text(request) -> str:
    return json.dumps(request, sort_keys=True)


def test_every_example_is_asserted() -> None:
    examples = {path.parent.name for path in GOLDEN.parent.parent.glob("examples/*/pipeline.yaml")}
    assert examples == {path.name.removesuffix(".requests.json") for path in GOLDEN.glob("*.requests.json")}


def test_all_examples_together_are_under_2_mb() -> None:
    folder = GOLDEN.parent.parent / "examples"
    made = {".callsheet", "previews", "renders"}
    files = [path for path in folder.rglob("*") if path.is_file() and not made & set(path.parts)]
    assert sum(path.stat().st_size for path in files) < 2_000_000
