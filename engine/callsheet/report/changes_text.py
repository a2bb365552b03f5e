"""Changes as lines of a terminal: texts with their old and new words, everything else in a clause."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from callsheet.report.screen import Colour, cells, inert, paint, wrap
from callsheet.run.difference import Difference, Differs
from callsheet.run.reasons import clause, is_text
from callsheet.run.word_diff import Piece, Sort, word_diff

_COLOURS: Mapping[Sort, Colour | None] = {"same": None, "old": "red", "new": "green"}
_MARKS: Mapping[Sort, tuple[str, str]] = {"same": ("", ""), "old": ("[-", "-]"), "new": ("{+", "+}")}
_CONTEXT = 60


def change_lines(change: Difference, width: int, color: bool) -> list[str]:
    """One change in lines of at most `width` cells. A long text shows the words around what changed."""
    if not is_text(change):
        return wrap(inert(clause(change)), width)
    name = f"default of `{change.field}`: " if change.kind is Differs.default else f"`{change.field}`: "
    pieces = abridged(word_diff(inert(str(change.old)), inert(str(change.new))), _CONTEXT)
    return _laid_out([Piece("same", name), *pieces], width, color)


def abridged(pieces: Iterable[Piece], context: int) -> list[Piece]:
    """The pieces with long unchanged stretches cut to about `context` characters beside each change."""
    every = list(pieces)
    found = []
    for place, piece in enumerate(every):
        text = piece.text
        if piece.sort == "same" and len(text) > 2 * context + 3:
            head = _head(text, context) if place else ""
            tail = _tail(text, context) if place < len(every) - 1 else ""
            text = f"{head}…{tail}"
        found.append(Piece(piece.sort, text))
    return found


def _head(text: str, most: int) -> str:
    return text[:most].rpartition(" ")[0] or text[:most]


def _tail(text: str, most: int) -> str:
    return text[-most:].partition(" ")[2] or text[-most:]


def _laid_out(pieces: Iterable[Piece], width: int, color: bool) -> list[str]:
    """The pieces, marked and coloured, broken at blanks into lines."""
    lines: list[list[tuple[str, Sort]]] = [[]]
    used = 0
    for words in _words(pieces):
        wide = sum(cells(text) for text, _ in words)
        if used and used + 1 + wide > width:
            lines.append([])
            used = 0
        if used:
            lines[-1].append((" ", "same"))
            used += 1
        for text, sort in words:
            for part in wrap(text, max(width - used, 8)) if used + cells(text) > width else [text]:
                if used + cells(part) > width:
                    lines.append([])
                    used = 0
                lines[-1].append((part, sort))
                used += cells(part)
    return ["".join(paint(text, _COLOURS[sort], color) for text, sort in line) for line in lines]


def _words(pieces: Iterable[Piece]) -> Iterator[list[tuple[str, Sort]]]:
    """What no blank divides: one or several stretches, each with its sort and marks."""
    word: list[tuple[str, Sort]] = []
    for piece in pieces:
        opening, closing = _MARKS[piece.sort]
        parts = f"{opening}{piece.text}{closing}".split(" ")
        for place, part in enumerate(parts):
            if place and word:
                yield word
                word = []
            if part:
                word.append((part, piece.sort))
    if word:
        yield word
