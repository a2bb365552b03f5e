"""Arabic letters joined without a shaping engine: each gets its presentation form, and the line its visual order."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

_FORMS = range(0xFB50, 0xFEFD)
_LEFT_TO_RIGHT = re.compile(
    r"[0-9\u0660-\u0669\u06f0-\u06f9A-Za-z]+(?:[.,:%/-]+[0-9\u0660-\u0669\u06f0-\u06f9A-Za-z]+)*%?"
)
_MIRRORED = str.maketrans("()[]{}<>«»", ")(][}{><»«")


@cache
def _forms() -> dict[str, dict[str, str]]:
    """Letter (or the pair lam and alef) -> form (`isolated`, `final`, `initial`, `medial`) -> character."""
    table: dict[str, dict[str, str]] = {}
    for code in _FORMS:
        form, *letters = unicodedata.decomposition(chr(code)).split() or [""]
        text = "".join(chr(int(letter, 16)) for letter in letters)
        if form.startswith("<") and (len(text) == 1 or (len(text) == 2 and text[0] == "\u0644")):
            table.setdefault(text, {}).setdefault(form.strip("<>"), chr(code))
    return table


def visual(text: str) -> str:
    """One right-to-left run as characters to be drawn from left to right."""
    joined = _joined(text).translate(_MIRRORED)[::-1]
    return _LEFT_TO_RIGHT.sub(lambda match: match[0][::-1], joined)


def _joined(text: str) -> str:
    forms = _forms()
    out: list[str] = []
    letters = _letters(text)
    for index, letter in enumerate(letters):
        shapes = forms.get(letter)
        if shapes is None:
            out.append(letter)
            continue
        before = _neighbour(letters, index, -1)
        after = _neighbour(letters, index, 1)
        joins_before = "final" in shapes and "initial" in forms.get(before, {})
        joins_after = "initial" in shapes and "final" in forms.get(after, {})
        form = ("medial" if joins_after else "final") if joins_before else ("initial" if joins_after else "isolated")
        out.append(shapes.get(form, letter))
    return "".join(out)


def _letters(text: str) -> list[str]:
    """Characters, a lam with its alef taken as one."""
    letters: list[str] = []
    for character in text:
        if letters and letters[-1] == "\u0644" and character in "\u0622\u0623\u0625\u0627":
            letters[-1] += character
        else:
            letters.append(character)
    return letters


def _neighbour(letters: list[str], index: int, step: int) -> str:
    """The next letter in that direction that isn't a mark above or below another."""
    index += step
    while 0 <= index < len(letters) and unicodedata.category(letters[index][0]) == "Mn":
        index += step
    return letters[index] if 0 <= index < len(letters) else ""
