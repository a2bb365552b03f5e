"""A small file can't exhaust the machine: each of these is refused within a second and 200 MB."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest

READ_ALL = """
import json, resource, sys, time
limit = 400 * 2**20
resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
from callsheet.document.source import parse
from callsheet.problems import DataFault, SourceText

letters = "abcdefghij"
bombs = {
    "laughs": lambda: "a: &a [x, x, x, x, x, x, x, x, x]\\n" + "".join(
        f"{new}: &{new} [{', '.join(['*' + old] * 9)}]\\n" for old, new in zip(letters, letters[1:])),
    "lists": lambda: "[" * 200_000,
    "mappings": lambda: "{a: " * 200_000,
    "dashes": lambda: "- " * 200_000,
    "question marks": lambda: "? " * 200_000,
    "braces": lambda: "{" * 200_000,
    "deep aliases": lambda: "a0: &a0 [x]\\n" + "".join(f"a{i + 1}: &a{i + 1} [*a{i}]\\n" for i in range(1000)),
    "many aliases": lambda: "a: &a 1\\nb: [" + "*a, " * 500_000 + "]",
    "duplicates": lambda: "{" + "a: 1, " * 300_000 + "}",
    "templates": lambda: "".join(f"a{i}: {{{{ x }}}}\\n" for i in range(100_000)),
    "broken templates": lambda: "a: {{ x }}.png\\n" * 20_000,
    "digits": lambda: "a: " + "9" * 2_000_000,
    "control characters": lambda: chr(7) * 2_000_000,
}
results = {}
for name, text in bombs.items():
    source = SourceText("bomb.yaml", text())
    started = time.process_time()
    try:
        parse(source)
        code = "accepted"
    except DataFault as fault:
        code = fault.problems[0].code
        shown = len(str(fault))
    results[name] = [code, time.process_time() - started, shown]
print(json.dumps([results, peak_bytes()]))
"""

REFUSED = {
    "laughs": "too-many-values",
    "lists": "too-deep",
    "mappings": "too-deep",
    "dashes": "too-deep",
    "question marks": "bad-key",
    "braces": "unquoted-template",
    "deep aliases": "too-deep",
    "many aliases": "too-many-values",
    "duplicates": "duplicate-key",
    "templates": "unquoted-template",
    "broken templates": "unquoted-template",
    "digits": "bad-number",
    "control characters": "bad-character",
}


@pytest.fixture(scope="module")
def outcome(child_python) -> tuple[Mapping[str, tuple[str, float, int]], int]:
    results, memory = json.loads(child_python(READ_ALL).stdout)
    return results, memory


def test_every_bomb_is_refused_for_what_it_is(outcome: tuple[Mapping[str, tuple[str, float, int]], int]) -> None:
    assert {name: code for name, (code, _, _) in outcome[0].items()} == REFUSED


def test_no_bomb_takes_a_second(outcome: tuple[Mapping[str, tuple[str, float, int]], int]) -> None:
    assert [name for name, (_, seconds, _) in outcome[0].items() if seconds >= 1] == []


def test_no_bomb_takes_two_hundred_megabytes(outcome: tuple[Mapping[str, tuple[str, float, int]], int]) -> None:
    assert outcome[1] < 200 * 2**20


def test_no_bomb_makes_a_message_of_megabytes(outcome: tuple[Mapping[str, tuple[str, float, int]], int]) -> None:
    assert [name for name, (_, _, shown) in outcome[0].items() if shown > 2**20] == []
