"""The order in which mixed left-to-right and right-to-left text is shown: the implicit part of Unicode's annex 9.

Explicit embeddings, overrides and isolates are no part of it: a caption's text never holds them.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence


def base_level(text: str) -> int:
    """1 where the first letter with a direction is right-to-left, else 0 (rules P2, P3)."""
    for char in text:
        direction = unicodedata.bidirectional(char)
        if direction in ("L", "R", "AL"):
            return int(direction != "L")
    return 0


def levels(text: str) -> list[int]:
    """The embedding level of every character of one paragraph; odd levels run right to left."""
    base = base_level(text)
    types = [unicodedata.bidirectional(char) or "L" for char in text]
    _resolve_weak(types, "R" if base else "L")
    _resolve_neutral(types, "R" if base else "L")
    return [_implicit(base, kind) for kind in types]


def visual_order(line: Sequence[int]) -> list[int]:
    """The indices of items with these levels, from left to right (rule L2)."""
    order = list(range(len(line)))
    odd = [level for level in line if level % 2]
    for level in range(max(line), min(odd) - 1, -1) if odd else ():
        start = 0
        while start < len(order):
            end = start
            while end < len(order) and line[order[end]] >= level:
                end += 1
            order[start:end] = reversed(order[start:end])
            start = max(end, start + 1)
    return order


def _resolve_weak(types: list[str], edge: str) -> None:
    """Numbers, their separators and marks take the type of what is around them (rules W1 to W7)."""
    previous = strong = edge
    for place, kind in enumerate(types):
        if kind in ("NSM", "BN"):
            types[place] = kind = previous
        if kind == "EN" and strong == "AL":
            types[place] = "AN"
        if kind in ("L", "R", "AL"):
            strong = kind
        previous = types[place]
    types[:] = ["R" if kind == "AL" else kind for kind in types]
    for place in range(1, len(types) - 1):
        before, kind, after = types[place - 1 : place + 2]
        if before == after and ((before == "EN" and kind in ("ES", "CS")) or (before == "AN" and kind == "CS")):
            types[place] = before
    _spread_terminators(types)
    strong = edge
    for place, kind in enumerate(types):
        if kind in ("ES", "ET", "CS"):
            types[place] = "ON"
        elif kind == "EN" and strong == "L":
            types[place] = "L"
        elif kind in ("L", "R"):
            strong = kind


def _spread_terminators(types: list[str]) -> None:
    """Signs beside a number (`%`, `€`) belong to it (rule W5)."""
    for places in (range(1, len(types)), range(len(types) - 2, -1, -1)):
        for place in places:
            if types[place] == "ET" and types[place - places.step] == "EN":
                types[place] = "EN"


def _resolve_neutral(types: list[str], edge: str) -> None:
    """Spaces and punctuation take the direction that both sides agree on, else the paragraph's (rules N1, N2)."""
    start = 0
    while start < len(types):
        end = start
        while end < len(types) and types[end] not in ("L", "R", "EN", "AN"):
            end += 1
        before = _side(types[start - 1]) if start else edge
        after = _side(types[end]) if end < len(types) else edge
        types[start:end] = [before if before == after else edge] * (end - start)
        start = end + 1


def _side(kind: str) -> str:
    return "L" if kind == "L" else "R"


def _implicit(base: int, kind: str) -> int:
    """Rules I1 and I2."""
    if base:
        return 1 if kind == "R" else 2
    return {"L": 0, "R": 1}.get(kind, 2)
