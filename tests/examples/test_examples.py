"""Whole campaigns: every one runs, and each request that the provider received is the one written down beside this."""

from __future__ import annotations

import json
from collections.abc import Collection
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

GOLDEN = Path(__file__).parent
EXAMPLE_FOLDER = GOLDEN.parent.parent / "examples"
EXAMPLES = sorted(path.name.removesuffix(".requests.json") for path in GOLDEN.glob("*.requests.json"))


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_sends_these_requests_and_no_others(project, provider, example, name) -> None:
    one = provider()
    example(name)
    finished = project.run("run", "pipeline.yaml", "--yes", "--json")
    assert finished.exit_code == 0, finished.stderr
    own = {sha256(path.read_bytes()).hexdigest() for path in (EXAMPLE_FOLDER / name).rglob("*") if path.is_file()}
    sent = [{"path": submit["path"], "body": told(submit["body"], own)} for submit in one.submits]
    expected = json.loads((GOLDEN / f"{name}.requests.json").read_text(encoding="utf-8"))
    assert sorted(sent, key=by_text) == sorted(expected, key=by_text)


def told(value: Any, own: Collection[str]) -> Any:
    """A body with what other steps made told by its type alone: its bytes are those of one media build."""
    if isinstance(value, dict) and "sha256" in value and value["sha256"] not in own:
        return {"made": value["media_type"]}
    if isinstance(value, dict):
        return {name: told(one, own) for name, one in value.items()}
    return [told(one, own) for one in value] if isinstance(value, list) else value


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
