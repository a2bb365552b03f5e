"""A pipeline file in a temporary folder, read through the real reader."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from callsheet.document.load import load
from callsheet.document.model import Document
from callsheet.problems import CallsheetError, DataFault

Read = Callable[..., Document]
Refuse = Callable[..., str]

HEAD = "callsheet: 1\nname: demo\n"
NODES = "nodes:\n  hero: {intent: portrait}\n"


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Reads a whole pipeline text, or, from sections, one that has its head and a node as well."""

    def read_text(text: str, **options: Any) -> Document:
        path = tmp_path / "pipeline.yaml"
        path.write_text(text, encoding="utf-8")
        return load(path, shown="pipeline.yaml", **options)

    return read_text


@pytest.fixture
def sections(read: Read) -> Read:
    """Reads a pipeline made of a head (lines 1 and 2), the given sections and, unless they have some, one node."""

    def read_sections(text: str, **options: Any) -> Document:
        return read(HEAD + text + ("" if "nodes:" in text else NODES), **options)

    return read_sections


@pytest.fixture
def refused(sections: Read) -> Refuse:
    """The whole text of the error that a pipeline of these sections ends with; it starts on line 3."""

    def refuse(text: str, **options: Any) -> str:
        with pytest.raises(DataFault) as caught:
            sections(text, **options)
        return str(caught.value)

    return refuse


@pytest.fixture
def problems_of(read: Read) -> Callable[..., list[tuple[int, int, str]]]:
    """Line, column and message of every problem of a whole pipeline text."""

    def gather(text: str, **options: Any) -> list[tuple[int, int, str]]:
        with pytest.raises(CallsheetError) as caught:
            read(text, **options)
        return [(one.span.line, one.span.column, one.message) for one in caught.value.problems if one.span]

    return gather
