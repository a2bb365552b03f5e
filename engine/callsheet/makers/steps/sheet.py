"""A campaign as one picture: the posters of each node in a grid, with what they are called and what is missing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeAlias

from PIL import Image, ImageDraw, PngImagePlugin

from callsheet.makers.steps.lettering import Block, Look, draw, language_of, lay_out, missing, plain, rim

WIDTH = 1600
MOST_ROWS = 12
MADE_BY = "callsheet"
_EDGE, _GAP = 56, 20
_MOST_HEIGHT = 16_000
_NARROWEST = 5
"""Fewer columns than this leave room at the right, so that one clip alone is not as wide as the sheet."""

Colour: TypeAlias = tuple[int, int, int]
_PAPER: Colour = (245, 242, 236)
_WELL: Colour = (21, 19, 15)
_INK: Colour = (28, 26, 23)
_SOFT: Colour = (98, 91, 81)
_LINE: Colour = (217, 210, 197)
_ACCENT: Colour = (166, 60, 6)
_ALARM: Colour = (164, 22, 26)
_ALARM_PAPER: Colour = (251, 233, 230)
_WAIT: Colour = (91, 63, 140)
_WAIT_PAPER: Colour = (239, 233, 247)
_LOW = 76
"""Pixels that a row without any picture needs."""


@dataclass(frozen=True, slots=True)
class SheetCell:
    """A poster with its label and a fact at the right of it; without a poster `word` says what there is instead, and
    `waits` whether that is as it should be so far."""

    label: str
    note: str
    poster: Path | None
    word: str = ""
    waits: bool = False


@dataclass(frozen=True, slots=True)
class SheetSection:
    """A node: its cells row by row (None where the campaign leaves one out) and the width over height of its files."""

    title: str
    note: str
    columns: int
    cells: tuple[SheetCell | None, ...]
    ratio: float


@dataclass(frozen=True, slots=True)
class Sheet:
    title: str
    note: str
    stamp: str
    sections: tuple[SheetSection, ...]


@dataclass(slots=True)
class _Paper:
    """The sheet so far: what is to be drawn, top to bottom, and how high that is."""

    height: int
    strokes: list[Callable[[Image.Image], None]]

    def put(self, height: int, stroke: Callable[[Image.Image, int], None]) -> None:
        top = self.height
        self.strokes.append(lambda sheet: stroke(sheet, top))
        self.height += height


def draw_sheet(sheet: Sheet, output: Path) -> None:
    """Write the sheet as a PNG, 1,600 pixels wide. Rows beyond the twelfth of a node are counted, not shown, and so are
    the nodes for which there is no more room."""
    paper = _Paper(_EDGE, [])
    _head(paper, sheet)
    for number, section in enumerate(sheet.sections):
        if paper.height + _height(section) > _MOST_HEIGHT:
            _line(paper, f"and {len(sheet.sections) - number} more nodes", 20, _SOFT)
            break
        _section(paper, section)
    picture = Image.new("RGB", (WIDTH, paper.height + _EDGE - _GAP), _PAPER)
    for stroke in paper.strokes:
        stroke(picture)
    facts = PngImagePlugin.PngInfo()
    facts.add_text("Software", MADE_BY)
    picture.save(output, "PNG", pnginfo=facts)


def _head(paper: _Paper, sheet: Sheet) -> None:
    if sheet.stamp:
        stamp = _words(sheet.stamp, 22, 600)
        paper.put(0, lambda picture, top: _stamped(picture, top, stamp))
    title = _words(sheet.title, 64, WIDTH - 2 * _EDGE - (520 if sheet.stamp else 0))
    paper.put(title.height if title else 0, lambda picture, top: _print(picture, title, _EDGE, top, _INK))
    _line(paper, sheet.note, 24, _SOFT)
    paper.put(_GAP, lambda picture, top: ImageDraw.Draw(picture).line((_EDGE, top, WIDTH - _EDGE, top), _LINE, 2))


def _stamped(picture: Image.Image, top: int, stamp: Block | None) -> None:
    if stamp is None:
        return
    width = stamp.width - 2 * round(rim(stamp.letters.size)[0]) + 44
    left = WIDTH - _EDGE - width
    box = (left, top + 12, left + width, top + stamp.height + 30)
    ImageDraw.Draw(picture).rounded_rectangle(box, 8, outline=_ACCENT, width=3)
    _print(picture, stamp, left + 22, top + 21, _ACCENT)


def _line(paper: _Paper, text: str, size: float, colour: Colour) -> None:
    block = _words(text, size, WIDTH - 2 * _EDGE)
    if block is not None:
        paper.put(block.height + _GAP, lambda picture, top: _print(picture, block, _EDGE, top, colour))


def _section(paper: _Paper, section: SheetSection) -> None:
    title = _words(section.title, 36, WIDTH - 2 * _EDGE)
    paper.put((title.height if title else 0) + 2, lambda picture, top: _print(picture, title, _EDGE, top, _INK))
    _line(paper, section.note, 20, _SOFT)
    cells = section.cells[: MOST_ROWS * section.columns]
    for row in _rows(section):
        paper.put(_row_height(section, row), partial(_row, section, row))
    if more := sum(cell is not None for cell in section.cells[len(cells) :]):
        _line(paper, f"and {more:,} more", 20, _SOFT)
    paper.put(_GAP, lambda picture, top: None)


def _row(section: SheetSection, row: Sequence[SheetCell | None], picture: Image.Image, top: int) -> None:
    width, height = _cell_size(section, row)
    pen = ImageDraw.Draw(picture)
    for column, cell in enumerate(row):
        left = _EDGE + column * (width + _GAP)
        box = (left, top, left + width, top + height)
        if cell is None:
            pen.rounded_rectangle(box, 8, outline=_LINE, width=2)
            continue
        if cell.poster is None:
            inside, line = (_WAIT_PAPER, _WAIT) if cell.waits else (_ALARM_PAPER, _ALARM)
            pen.rounded_rectangle(box, 8, inside, line, 2)
            _print(picture, _words(cell.word, 20, width - 40), left + 16, top + 16, line)
        else:
            pen.rectangle(box, _WELL)
            _poster(picture, cell.poster, box)
        note = _words(cell.note, 16, width)
        label = _words(cell.label, 18, width - (note.width if note else 0))
        _print(picture, label, left, top + height + 6, _INK)
        if note is not None:
            _print(picture, note, left + width - note.width + round(rim(16)[0]) * 2, top + height + 7, _SOFT)


def _poster(picture: Image.Image, poster: Path, box: tuple[int, int, int, int]) -> None:
    left, top, right, bottom = box
    with Image.open(poster) as opened:
        shown = opened.convert("RGB")
    factor = min((right - left) / shown.width, (bottom - top) / shown.height)
    size = max(1, round(shown.width * factor)), max(1, round(shown.height * factor))
    scaled = shown.resize(size, Image.Resampling.LANCZOS)
    picture.paste(scaled, (left + (right - left - size[0]) // 2, top + (bottom - top - size[1]) // 2))


def _rows(section: SheetSection) -> Sequence[Sequence[SheetCell | None]]:
    """The rows that are shown."""
    shown = section.cells[: MOST_ROWS * section.columns]
    return [shown[first : first + section.columns] for first in range(0, len(shown), section.columns)]


def _cell_size(section: SheetSection, row: Sequence[SheetCell | None]) -> tuple[int, int]:
    columns = max(section.columns, _NARROWEST)
    width = (WIDTH - 2 * _EDGE - (columns - 1) * _GAP) // columns
    if not any(cell is not None and cell.poster is not None for cell in row):
        return width, _LOW
    return width, max(40, min(round(width / section.ratio), 2 * width))


def _row_height(section: SheetSection, row: Sequence[SheetCell | None]) -> int:
    return _cell_size(section, row)[1] + 36 + _GAP


def _height(section: SheetSection) -> int:
    return 120 + sum(_row_height(section, row) for row in _rows(section))


def _words(text: str, size: float, limit: float) -> Block | None:
    """One line of text at a size, cut where it is wider than `limit` pixels; None where nothing of it can be drawn."""
    language = language_of(text)
    lost = set(missing(shown := plain(text).replace("\n", " "), language))
    shown = "".join(char for char in shown if char not in lost).strip()
    block = _lines(shown, language, size)
    while block is not None and block.width > limit and len(shown) > 1:
        shown = shown[: max(1, min(len(shown) - 1, int(len(shown) * limit / block.width)))].rstrip()
        block = _lines(f"{shown}…", language, size)
    return block


def _lines(text: str, language: str, size: float) -> Block | None:
    return lay_out(text, language, size, 100_000) if text else None


def _print(picture: Image.Image, block: Block | None, left: int, top: int, colour: Colour) -> None:
    """Put a line of text so that its letters begin at `left`."""
    if block is None:
        return
    letters = draw(block, Look((*colour, 255), (0, 0, 0, 0)))
    picture.paste(letters, (left - round(rim(block.letters.size)[0]), top), letters)
