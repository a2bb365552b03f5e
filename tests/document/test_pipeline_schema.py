"""The editor's schema: made from the reader's tables, and of one mind with the reader."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import jsonschema_rs
import pytest

from callsheet.document.keys import NODE, PIPELINE, PROFILE
from callsheet.document.model import Document
from callsheet.document.schema import pipeline_schema
from callsheet.document.shape import Table
from callsheet.document.source import parse
from callsheet.problems import DataFault, SourceText

Read = Callable[..., Document]

HEAD = "callsheet: 1\nname: x\n"
RIGHT = [
    "seed: 4\nnodes: {a: {step: x}}\n",
    "params: {a: 1, b: {type: text}, c: {default: ~}}\nnodes: {a: {intent: x}}\n",
    "axes: {a: [x, 1], b: {d: {}, e: }, c: {takes: 2, unpicked: hold}, d: {seeds: [1]}, e: {from: a.csv}}\n"
    "nodes: {a: {step: x}}\n",
    "axes: {a: [x]}\nexclude: [{a: x}, {a: [x, y]}]\nonly: {a: x}\n"
    "nodes: {a: {step: x, over: [a], seed: {vary: [a]}}}\n",
    "nodes: {a: {route: a/b, advice: off, seed: 4, tags: [x], when: true, input: {x: [1, {y: ~}]}}}\n",
    "profiles: {p: {seed: ~, nodes: {a: {step: ~, route: x}, b: ~}, defaults: {x: ~}}}\n"
    "nodes: {a: {step: x}, b: {step: x}}\n",
]
WRONG = [
    "nodes: {}\nsed: 4\n",
    "nodes: {a: {}}\n",
    "nodes: {a: {step: x, route: y}}\n",
    "nodes: {a-b: {step: x}}\n",
    "nodes: {a: {step: x, use: y}}\n",
    "seed: 0\nnodes: {a: {step: x}}\n",
    "params: {a: [1]}\nnodes: {a: {step: x}}\n",
    "axes: {a: x}\nnodes: {a: {step: x}}\n",
    "axes: {a: {d: 4}}\nnodes: {a: {step: x}}\n",
    "exclude: {}\nnodes: {a: {step: x}}\n",
    "profiles: {p: {name: x}}\nnodes: {a: {step: x}}\n",
]


def accepts(text: str) -> bool:
    return jsonschema_rs.validator_for(pipeline_schema()).is_valid(parse(SourceText("p.yaml", text)).plain())


@pytest.mark.parametrize("text", RIGHT)
def test_it_accepts_what_the_reader_accepts(read: Read, text: str) -> None:
    read(HEAD + text) if "{type: text}" not in text else read(HEAD + text, params={"b": "x"})
    assert accepts(HEAD + text)


@pytest.mark.parametrize("text", WRONG)
def test_it_refuses_what_the_reader_refuses(read: Read, text: str) -> None:
    with pytest.raises(DataFault):
        read(HEAD + text)
    assert not accepts(HEAD + text)


@pytest.mark.parametrize("table", [PIPELINE, NODE, PROFILE], ids=lambda table: table.of)
def test_every_key_that_is_read_is_described(table: Table) -> None:
    properties = table.schema()["properties"]
    assert isinstance(properties, Mapping)
    assert list(properties) == [name for name, key in table.keys.items() if not key.later]
    assert all(described["description"].endswith(".") for described in properties.values())
