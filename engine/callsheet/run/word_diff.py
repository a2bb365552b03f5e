"""What changed in a text, word by word; character by character in scripts that are written without spaces."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby
from typing import Literal, TypeAlias

Sort: TypeAlias = Literal["same", "old", "new"]

_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"  # Thai, Lao, Burmese, Khmer
    "\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # kana and Han
)
_MARKS = (
    "\u0300-\u036f\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ece"
    "\u102b-\u103e\u1056-\u1059\u105e-\u1060\u17b4-\u17d3\u3099\u309a\ufe00-\ufe0f"
)
_PUNCTUATION = "!-&(-/:-@\\[-^`{-~¡-¿\u2010-\u2018\u201a-\u2027\u2030-\u205e\u3000-\u303f\uff00-\uff0f\uff1a-\uff20"
_TOKEN = re.compile(rf"\s+|[{_UNSPACED}][{_MARKS}]*|[^\s{_PUNCTUATION}{_UNSPACED}]+|.", re.DOTALL)
_MOST_WORK = 4_000_000
"""Word pairs that are compared at most; longer changes are told as one."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text: in both texts (`same`), in the old one alone, or in the new one alone."""

    sort: Sort
    text: str


def word_diff(old: str, new: str) -> tuple[Piece, ...]:
    """The stretches that make up both texts. `same` and `old` joined are the old text, `same` and `new` the new one."""
    before, after = _TOKEN.findall(old), _TOKEN.findall(new)
    start, end = _alike(before, after)
    pieces = [Piece("same", "".join(before[:start]))]
    pieces += _between(before[start : len(before) - end], after[start : len(after) - end])
    pieces.append(Piece("same", "".join(before[len(before) - end :])))
    return tuple(_joined(piece for piece in pieces if piece.text))


def one_change(old: str, new: str) -> tuple[str, str, str, str]:
    """The same as one change, which is quick: what stands before it, the old words, the new words, what follows."""
    before, after = _TOKEN.findall(old), _TOKEN.findall(new)
    start, end = _alike(before, after)
    stop, halt = len(before) - end, len(after) - end
    return "".join(before[:start]), "".join(before[start:stop]), "".join(after[start:halt]), "".join(before[stop:])


def _alike(before: Sequence[str], after: Sequence[str]) -> tuple[int, int]:
    """How many tokens both begin with, and how many of the rest both end with."""
    most = min(len(before), len(after))
    start = next((place for place in range(most) if before[place] != after[place]), most)
    rest = most - start
    end = next((place for place in range(rest) if before[-1 - place] != after[-1 - place]), rest)
    return start, end


def _between(before: list[str], after: list[str]) -> Iterator[Piece]:
    if len(before) * len(after) > _MOST_WORK:
        yield from (Piece("old", "".join(before)), Piece("new", "".join(after)))
        return
    codes = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    for place, (tag, a, b, c, d) in enumerate(codes):
        gone, come = "".join(before[a:b]), "".join(after[c:d])
        if tag != "equal":
            yield from (Piece("old", gone), Piece("new", come))
        elif gone.isspace() and 0 < place < len(codes) - 1:
            yield from (Piece("old", gone), Piece("new", gone))  # a blank between two changes reads as part of them
        else:
            yield Piece("same", gone)


def _joined(pieces: Iterator[Piece]) -> Iterator[Piece]:
    """Neighbouring changes as one: all that went, then all that came."""
    for same, group in groupby(pieces, lambda piece: piece.sort == "same"):
        run = list(group)
        sorts: tuple[Sort, ...] = ("same",) if same else ("old", "new")
        for sort in sorts:
            text = "".join(piece.text for piece in run if piece.sort == sort)
            if text:
                yield Piece(sort, text)
