"""How people read captions: characters a second and a line, by script and language, and which way a text runs."""

from __future__ import annotations

import json
import unicodedata
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from callsheet.shipped import shipped

_RIGHT_TO_LEFT = ("R", "AL")
_SAME = {"KATAKANA": "HIRAGANA"}
_USUAL = "LATIN"


@dataclass(frozen=True, slots=True)
class Reading:
    """The most characters a second that are read at ease, the most in a line, and the most lines."""

    characters_per_second: float
    line_length: int
    lines: int


def reading_of(text: str, language: str | None = None) -> Reading:
    """What holds for a text, by the script most of its letters are in; kana make Han characters Japanese."""
    primary = (language or "").lower().replace("_", "-").partition("-")[0]
    return _reading(_USUAL if text.isascii() else _script_of(text), primary)


def _script_of(text: str) -> str:
    scripts: Mapping[str, Mapping[str, Any]] = _table()["scripts"]
    counts = Counter(script for char in text if char.isalpha() and (script := _script(char)) in scripts)
    return "HIRAGANA" if counts["HIRAGANA"] else max(counts, key=lambda one: counts[one], default=_USUAL)


@lru_cache(maxsize=256)
def _reading(script: str, primary: str) -> Reading:
    table = _table()
    row = table["scripts"][script]
    own = row.get("languages", {}).get(primary, {})
    return Reading(
        own.get("characters_per_second", row["characters_per_second"]),
        own.get("line_length", row["line_length"]),
        table["lines"],
    )


def visible_characters(text: str) -> int:
    """The characters of a text as a reader counts them: no line ends, marks, joiners or controls."""
    if text.isascii() and text.isprintable():
        return len(text)
    return sum(unicodedata.category(char)[0] not in "MC" for char in text)


def runs_backwards(text: str) -> bool:
    """Whether a text is mostly right-to-left, but begins with a left-to-right letter, which decides how it is laid."""
    if text.isascii():
        return False
    directions = [unicodedata.bidirectional(char) for char in text]
    strong = [one for one in directions if one in ("L", *_RIGHT_TO_LEFT)]
    against = sum(one in _RIGHT_TO_LEFT for one in strong)
    return bool(strong) and strong[0] == "L" and against * 2 > len(strong)


@lru_cache(maxsize=4096)
def _script(char: str) -> str:
    script = unicodedata.name(char, "").partition(" ")[0].partition("-")[0]
    return _SAME.get(script, script)


@cache
def _table() -> Mapping[str, Any]:
    table: Mapping[str, Any] = json.loads((shipped("schemas") / "reading.json").read_text(encoding="utf-8"))
    return table
