"""The review server, asked at random for what its own OpenAPI document offers and for what it does not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import schemathesis
from hypothesis import given, settings
from schemathesis.generation import GenerationMode

ENDLESS = "events"
ASKED = ["clear", "comment", "openapi", "pick", "reject", "state"]
EXAMPLES = 40


def _fuzz(operation: Any, mode: GenerationMode, review: Any) -> int:
    """Asks many times; every answer must be one that the document allows. Gives how often was asked."""
    headers = {"Cookie": review.cookie, "Origin": f"http://{review.authority}"}
    count = 0

    @settings(max_examples=EXAMPLES, deadline=None, database=None, derandomize=True)
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case: Any) -> None:
        nonlocal count
        count += 1
        case.call_and_validate(base_url=f"http://{review.authority}", headers=headers)

    ask()
    return count


def test_no_question_of_any_form_breaks_the_server(table: Path, reviewing: Callable[..., Any]) -> None:
    review = reviewing(table, "pipeline.yaml", "--simulate").enter()
    document = review.ask("GET", "/_review/openapi.json").json
    assert document.pop("security") == [{"session": []}]  # every question has it here
    schema = schemathesis.openapi.from_dict(document)
    asked: dict[str, int] = {}

    for found in schema.get_all_operations():
        operation = found.ok()
        raw = operation.definition.raw
        name = raw["operationId"]
        modes = list(GenerationMode) if "parameters" in raw else [GenerationMode.POSITIVE]
        if name != ENDLESS:
            asked[name] = sum(_fuzz(operation, mode, review) for mode in modes)

    assert sorted(asked) == ASKED
    assert all(asked[name] >= EXAMPLES for name in ("clear", "comment", "pick", "reject", "state"))
    assert review.ask("GET", "/_review/state").status == 200
    assert review.stop().exit_code == 0
