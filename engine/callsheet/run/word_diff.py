"""What changed in a text, word by word; character by character in scripts that are written without spaces."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
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
_MOST_WORK = 300_000
"""Pairs of equal words that are looked at; texts that repeat themselves more than that are told as one change."""


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
    return tuple(_joined(_merged(pieces)))


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


def _between(before: Sequence[str], after: Sequence[str]) -> Iterator[Piece]:
    """The change between two texts that differ at both ends. Words are compared without the blanks that follow them:
    those are alike everywhere."""
    old, new = _words(before), _words(after)
    words, others = [word for word, _ in old], [word for word, _ in new]
    if _work(words, others) > _MOST_WORK:
        yield from (Piece("old", "".join(before)), Piece("new", "".join(after)))
        return
    for tag, a, b, c, d in SequenceMatcher(None, words, others, autojunk=False).get_opcodes():
        if tag != "equal":
            yield Piece("old", "".join(word + blank for word, blank in old[a:b]))
            yield Piece("new", "".join(word + blank for word, blank in new[c:d]))
            continue
        for (word, blank), (_, other) in zip(old[a:b], new[c:d], strict=True):
            yield Piece("same", word)
            yield from (Piece("same", blank),) if blank == other else (Piece("old", blank), Piece("new", other))


def _words(tokens: Sequence[str]) -> list[tuple[str, str]]:
    """Each word with the blank that follows it; a text that begins with a blank begins with no word."""
    found: list[tuple[str, str]] = []
    for token in tokens:
        if not token.isspace():
            found.append((token, ""))
        elif found:
            found[-1] = (found[-1][0], token)
        else:
            found.append(("", token))
    return found


def _work(words: Sequence[str], others: Sequence[str]) -> int:
    counts, found = Counter(words), Counter(others)
    return sum(count * found[word] for word, count in counts.items())


def _merged(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """Neighbours of a kind as one, and a blank between two changes as part of both: so they read as one."""
    found: list[Piece] = []
    for piece in pieces:
        if not piece.text:
            continue
        if found and found[-1].sort == piece.sort:
            found[-1] = Piece(piece.sort, found[-1].text + piece.text)
        else:
            found.append(piece)
    for place, piece in enumerate(found):
        if piece.sort == "same" and piece.text.isspace() and 0 < place < len(found) - 1:
            yield from (Piece("old", piece.text), Piece("new", piece.text))
        else:
            yield piece


def _joined(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """Neighbouring changes as one: all that went, then all that came."""
    for same, group in groupby(pieces, lambda piece: piece.sort == "same"):
        run = list(group)
        sorts: tuple[Sort, ...] = ("same",) if same else ("old", "new")
        for sort in sorts:
            text = "".join(piece.text for piece in run if piece.sort == sort)
            if text:
                yield Piece(sort, text)
