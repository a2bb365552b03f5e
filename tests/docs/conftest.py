"""Pages of documentation and what stands in them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"^( *)```(\w+)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block: its page, line, language and text."""

    page: Path
    line: int
    language: str
    text: str


class Pages:
    """The README and everything below `docs/`."""

    def __init__(self) -> None:
        self.paths = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
        self.root = ROOT

    def text(self, page: Path) -> str:
        return page.read_text(encoding="utf-8")

    def blocks(self, page: Path) -> list[Block]:
        text = self.text(page)
        return [
            Block(page, text.count("\n", 0, one.start()) + 1, one[2], one[3].replace("\n" + one[1], "\n"))
            for one in BLOCK.finditer(text)
        ]

    def every_block(self, *languages: str) -> list[Block]:
        return [one for page in self.paths for one in self.blocks(page) if one.language in languages]


@pytest.fixture(scope="session")
def pages() -> Pages:
    return Pages()
