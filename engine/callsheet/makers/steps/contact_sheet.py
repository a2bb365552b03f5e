"""`contact_sheet`: many clips and images on one page, each with its label."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, sqrt
from pathlib import Path

from PIL import Image

from callsheet.makers.maker import Diary, Made, MadeFile, Order
from callsheet.makers.outcome import StepFailed, problem
from callsheet.makers.steps.clip import Clip
from callsheet.makers.steps.engine import Engine, Source
from callsheet.makers.steps.grab import in_rgb
from callsheet.makers.steps.lettering import Block, Look, draw, language_of, lay_out, missing, plain, rim
from callsheet.makers.steps.order_input import number, stills_and_clips

_MOST_PIXELS = 16_384
_PAPER, _CELL = (24, 24, 27), (39, 39, 42)
_INK = Look((228, 228, 231, 255), (0, 0, 0, 0))


@dataclass(frozen=True, slots=True)
class Grid:
    """The sheet in pixels: cells of a width and height, with a gap between them and room for a label below each."""

    columns: int
    rows: int
    width: int
    height: int
    gap: int
    label: int

    @property
    def size(self) -> tuple[int, int]:
        return (
            self.columns * (self.width + self.gap) + self.gap,
            self.rows * (self.height + self.label + self.gap) + self.gap,
        )

    def corner(self, place: int) -> tuple[int, int]:
        row, column = divmod(place, self.columns)
        return (
            self.gap + column * (self.width + self.gap),
            self.gap + row * (self.height + self.label + self.gap),
        )


async def contact_sheet(order: Order, engine: Engine, diary: Diary) -> Made:
    """One PNG page: of each clip its middle picture, each image whole, in cells of the first one's shape."""
    sources = stills_and_clips(order, "images", "clips")
    labels = _labels(order, len(sources))
    first = await engine.read(sources[0])
    grid, blocks = _grid(order, first, labels)
    cells = [order.folder / f"cell-{place}.png" for place in range(len(sources))]
    output = order.folder / "image.png"
    told = 0

    async def cell(place: int) -> tuple[int, int]:
        nonlocal told
        clip = await engine.read(sources[place]) if place else first
        size = await _grab(engine, sources[place], clip, grid, cells[place])
        told += 1
        diary.progress(told / (len(sources) + 1))
        return size

    try:
        sizes = await asyncio.gather(*map(cell, range(len(sources))), return_exceptions=True)
        await asyncio.to_thread(_compose, grid, [_whole(size) for size in sizes], cells, blocks, output)
    finally:
        for path in cells:
            path.unlink(missing_ok=True)
    diary.progress(1.0)
    return Made((MadeFile("image", output, "image/png"),))


def _whole(size: tuple[int, int] | BaseException) -> tuple[int, int]:
    """A size, or raises what was found in its place: of several errors that of the first cell."""
    if isinstance(size, BaseException):
        raise size
    return size


def _grid(order: Order, first: Clip, labels: Sequence[str]) -> tuple[Grid, list[Block | None]]:
    width = round(number(order, "cell_width", 320) or 0)
    height = max(1, round(first.height * width / first.width))
    blocks = [_block(order, label, width) for label in labels]
    columns = min(len(labels), round(number(order, "columns") or ceil(sqrt(len(labels)))))
    tallest = max((block.height for block in blocks if block is not None), default=0)
    grid = Grid(columns, ceil(len(labels) / columns), width, height, max(2, width // 20), tallest)
    if max(grid.size) > _MOST_PIXELS:
        message = f"the sheet would be {grid.size[0]}x{grid.size[1]} pixels, the most is {_MOST_PIXELS} a side"
        raise StepFailed(problem("step-too-large", message, "lower `cell_width`, or change `columns`"))
    return grid, blocks


async def _grab(engine: Engine, source: Source, clip: Clip, grid: Grid, output: Path) -> tuple[int, int]:
    """Write the middle picture of a clip at the size at which it just fits into a cell; returns that size."""
    factor = min(grid.width / clip.width, grid.height / clip.height)
    size = min(grid.width, max(1, round(clip.width * factor))), min(grid.height, max(1, round(clip.height * factor)))
    middle = clip.frames // 2
    graph = f"[0:v:0]trim=start_frame={middle}:end_frame={middle + 1},{in_rgb(clip, *size)}[video]"
    await engine.still([source], graph, output)
    return size


def _compose(
    grid: Grid, sizes: Sequence[tuple[int, int]], cells: Sequence[Path], blocks: Sequence[Block | None], output: Path
) -> None:
    sheet = Image.new("RGB", grid.size, _PAPER)
    for place, (cell, size, block) in enumerate(zip(cells, sizes, blocks, strict=True)):
        _put(sheet, grid, place, cell, size, block)
    sheet.save(output)


def _put(sheet: Image.Image, grid: Grid, place: int, cell: Path, size: tuple[int, int], block: Block | None) -> None:
    x, y = grid.corner(place)
    sheet.paste(_CELL, (x, y, x + grid.width, y + grid.height))
    with Image.open(cell) as picture:
        sheet.paste(picture, (x + (grid.width - size[0]) // 2, y + (grid.height - size[1]) // 2))
    if block is not None:
        words = draw(block, _INK)
        sheet.paste(words, (x + (grid.width - words.width) // 2, y + grid.height), words)


def _labels(order: Order, count: int) -> Sequence[str]:
    """One text for each cell, empty ones where no labels are given."""
    given = order.input.get("labels") or []
    if not isinstance(given, list | tuple) or not all(isinstance(one, str) for one in given):
        raise StepFailed(problem("step-input", f"`labels` of `{order.made_by}` must be a list of text"))
    if given and len(given) != count:
        message = f"`labels` of `{order.made_by}` has {len(given)} texts, and there are {count} cells"
        raise StepFailed(problem("step-input", message, "give one text for each cell, or `labels: []` for none"))
    return [plain(one) for one in given] or [""] * count


def _block(order: Order, label: str, width: int) -> Block | None:
    if not label:
        return None
    language = language_of(label)
    if lost := missing(label, language):
        named = ", ".join(f"`{char}` (U+{ord(char):04X})" for char in lost[:8])
        message = f"`labels` of `{order.made_by}` has characters that no font here can draw: {named}"
        raise StepFailed(problem("missing-glyphs", message))
    size = max(9.0, width / 20)
    return lay_out(label, language, size, width - 2 * rim(size)[0])
