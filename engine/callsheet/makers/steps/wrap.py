"""Lines out of text, by measured widths: where a line may break, and which breaks read best."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

# Characters that no line begins with, and such as none ends with (kinsoku), beyond what their category says.
_NEVER_FIRST = frozenset(
    "ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶーゝゞヽヾ々〻・、。，．：；？！,.:;?!%％‰°℃…‥〜～"
)
_NEVER_LAST = frozenset("￥＄£$€¥#＃")

_FREE, _FAIR, _POOR = 0.0, 0.15, 0.6


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text that stays on one line, `start` to `end`; `cost` is how ill a line ends after it, `cut` whether
    a word goes on after it."""

    start: int
    end: int
    width: float
    space: float
    cost: float
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One line, `start` to `end` of its paragraph; `cut` where it ends in the middle of a word."""

    start: int
    end: int
    width: float
    cut: bool


def pieces(text: str, measure: Callable[[str], float], limit: float) -> list[Piece]:
    """Cut one paragraph where a line may break; what is wider than the limit by itself is cut between letters."""
    found: list[Piece] = []
    start = 0
    for end in [*(place for place in range(1, len(text)) if _may_break(text, place)), len(text)]:
        found += _measured(text, start, end, measure, limit)
        start = end
    return found


def lines(parts: list[Piece], limit: float) -> list[Line]:
    """As few lines as possible, and among those the most even ones that end well."""
    best: list[tuple[int, float, int]] = [(0, 0.0, 0)]
    for end in range(1, len(parts) + 1):
        options: list[tuple[int, float, int]] = []
        for start in range(end - 1, -1, -1):
            width = _width(parts, start, end)
            if width > limit and start < end - 1:
                break
            count, cost, _ = best[start]
            ill = parts[end - 1].cost if end < len(parts) else 0.0
            options.append((count + 1, cost + (1 - width / limit) ** 2 + ill, start))
        best.append(min(options))
    found: list[Line] = []
    end = len(parts)
    while end:
        start = best[end][2]
        found.append(Line(parts[start].start, parts[end - 1].end, _width(parts, start, end), parts[end - 1].cut))
        end = start
    return found[::-1]


def _width(parts: list[Piece], start: int, end: int) -> float:
    return sum(part.width + part.space for part in parts[start:end]) - parts[end - 1].space


def _measured(text: str, start: int, end: int, measure: Callable[[str], float], limit: float) -> list[Piece]:
    """One piece, or several where the word between `start` and `end` is wider than the limit."""
    found: list[Piece] = []
    last = start + len(text[start:end].rstrip(" "))
    space = measure(text[start:end]) - measure(text[start:last])
    letters = [place for place in range(start + 1, last) if not _joined(text, place)]
    while letters and measure(text[start:last]) > limit:
        cut = letters.pop(0)
        while letters and measure(text[start : letters[0]]) <= limit:
            cut = letters.pop(0)
        found.append(Piece(start, cut, measure(text[start:cut]), 0.0, _POOR, cut=True))
        start = cut
    found.append(Piece(start, last, measure(text[start:last]), space, _cost(text, end)))
    return found


def _joined(text: str, place: int) -> bool:
    """Whether the character at `place` is one with the one before it: a mark, or held by a joiner."""
    return unicodedata.category(text[place])[0] == "M" or "\u200d" in text[place - 1 : place + 1]


def _may_break(text: str, place: int) -> bool:
    before, after = text[place - 1], text[place]
    if after == " " or _joined(text, place) or (after in "–—" and text[place + 1 : place + 2] == " "):
        return False
    if before == " " or (before in "-–—/" and after.isalpha()):
        return True
    if after in _NEVER_FIRST or before in _NEVER_LAST:
        return False
    if unicodedata.category(after) in ("Pe", "Pf") or unicodedata.category(before) in ("Ps", "Pi"):
        return False
    return _ideographic(before) or _ideographic(after)


def _cost(text: str, place: int) -> float:
    """How ill a line ends before `place`: well at spaces and punctuation, fairly between Japanese phrases."""
    if place >= len(text):
        return _FREE
    before, after = text[place - 1], text[place]
    if not before.isalnum():
        return _FREE
    if _script(before) == "HIRAGANA" and _script(after) != "HIRAGANA":
        return _FAIR
    return _POOR


def _ideographic(char: str) -> bool:
    return _script(char) in ("HIRAGANA", "KATAKANA", "CJK", "BOPOMOFO") or unicodedata.east_asian_width(char) == "F"


def _script(char: str) -> str:
    return unicodedata.name(char, "").partition(" ")[0].partition("-")[0]
