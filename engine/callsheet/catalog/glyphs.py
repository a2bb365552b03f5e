"""Which characters captions can be drawn in: the fonts' coverage, as the shipped table has it."""

from __future__ import annotations

import json
import unicodedata
from bisect import bisect_right
from functools import cache

from callsheet.shipped import shipped

_SILENT = ("Cc", "Cf", "Cs", "Zs")


def missing_glyphs(text: str) -> list[str]:
    """The characters of a text that no font here has, each once, in the order of the text. Characters that are left
    out or drawn as nothing are none of them."""
    if text.isascii():
        return []
    starts, ends = _ranges()
    lost: list[str] = []
    for char in dict.fromkeys(unicodedata.normalize("NFC", text)):
        if unicodedata.category(char) in _SILENT or _is_variant(char):
            continue
        place = bisect_right(starts, ord(char)) - 1
        if place < 0 or ord(char) > ends[place]:
            lost.append(char)
    return lost


def _is_variant(char: str) -> bool:
    return "\ufe00" <= char <= "\ufe0f" or "\U000e0100" <= char <= "\U000e01ef" or char in "\u2028\u2029"


@cache
def _ranges() -> tuple[list[int], list[int]]:
    """First and last code points of the ranges covered, ascending."""
    table = json.loads((shipped("schemas") / "glyphs.json").read_text(encoding="utf-8"))
    pairs = [one.partition("-") for one in table["covered"].split()]
    starts = [int(first, 16) for first, _, _ in pairs]
    return starts, [int(last or first, 16) for first, _, last in pairs]
