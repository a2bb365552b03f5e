"""What is lettered onto every frame: the mark of a preview, a slate, numbered references. All at the top: captions
that later steps burn in have the bottom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageOps

from callsheet.simulator.brief import Brief
from callsheet.simulator.colours import Palette, mixed
from callsheet.simulator.lettering import Colour, Style, draw_line, right_to_left, width, wrap

MARK = "SIMULATED PREVIEW"
_PANEL: Colour = (9, 11, 16, 176)
_WHITE: Colour = (255, 255, 255, 255)
_SOFT: Colour = (236, 238, 242, 255)


@dataclass(frozen=True, slots=True)
class _Line:
    """`leading` is the line's height in sizes of its letters."""

    text: str
    style: Style
    leading: float
    rtl: bool


@dataclass(frozen=True, slots=True)
class Overlay:
    """Bands to be pasted onto a frame: colours, mask and place."""

    bands: tuple[tuple[Image.Image, Image.Image, tuple[int, int]], ...]

    def onto(self, frame: Image.Image) -> None:
        for colours, mask, place in self.bands:
            frame.paste(colours, place, mask)


def overlay(brief: Brief, size: tuple[int, int], colours: Palette, references: Sequence[Image.Image]) -> Overlay:
    """Draw it once for a clip. `references` are further pictures, shown small and numbered from 2."""
    sheet = Image.new("RGBA", size)
    draw = ImageDraw.Draw(sheet)
    unit = max(0.82, min(1.25, min(size) / 360))
    top = _safe_top(size, unit)
    under_mark = _mark(draw, top, unit, colours)
    under_slate = _slate(draw, brief, size, under_mark, unit, colours)
    _references(sheet, references, under_slate, unit)
    bands = []
    for part, above in (
        (sheet.crop((0, 0, size[0], under_slate)), 0),
        (sheet.crop((0, under_slate, *size)), under_slate),
    ):
        box = part.getbbox(alpha_only=True)
        if box:
            cut = part.crop(box)
            bands.append((cut.convert("RGB"), cut.getchannel("A"), (box[0], box[1] + above)))
    return Overlay(tuple(bands))


def _safe_top(size: tuple[int, int], unit: float) -> int:
    """Where lettering begins: on tall pictures so far down that a crop to 4:5 leaves it whole."""
    width, height = size
    cropped = max(0, height - width * 5 // 4) // 2
    return cropped + round(14 * unit)


def _slate(
    draw: ImageDraw.ImageDraw, brief: Brief, size: tuple[int, int], top: int, unit: float, colours: Palette
) -> int:
    """What was asked for, in a panel from `top` on; returns the row below it."""
    margin, pad = round(14 * unit), round(11 * unit)
    title = Style(round(17 * unit), _WHITE)
    small = Style(max(10, round(11 * unit)), (*mixed(colours.accent, (255, 255, 255), 0.45), 255))
    prose = Style(max(11, round(13 * unit)), _SOFT)
    left, right = margin + pad + round(5 * unit), size[0] - margin - pad
    room = right - left
    lines = _lines(brief.label or brief.title, title, room, 1, 1.2)
    lines += _lines(" · ".join(_facts(brief)), small, room, 2, 1.55)
    lines += _lines(brief.prompt, prose, room, 2 if size[0] > size[1] else 4, 1.5, ahead=0.3)
    height = sum(round(line.style.size * line.leading) for line in lines)
    bottom = top + 2 * pad + height
    draw.rounded_rectangle((margin, top, size[0] - margin, bottom), round(8 * unit), fill=_PANEL)
    bar = (margin, top + pad, margin + max(2, round(3 * unit)), bottom - pad)
    draw.rounded_rectangle(bar, 1, fill=(*colours.accent, 255))
    baseline = float(top + pad)
    for line in lines:
        baseline += round(line.style.size * line.leading)
        draw_line(draw, (left, right), baseline - line.style.size * 0.28, line.text, line.style, line.rtl)
    return bottom + round(8 * unit)


def _lines(text: str, style: Style, room: float, most: int, leading: float, ahead: float = 0.0) -> list[_Line]:
    rtl = right_to_left(text)
    wrapped = wrap(text, style, room, most)
    return [_Line(line, style, leading + (0.0 if index else ahead), rtl) for index, line in enumerate(wrapped)]


def _facts(brief: Brief) -> list[str]:
    facts = [brief.model]
    if brief.seed is not None:
        facts.append(f"seed {brief.seed}")
    if brief.makes != "image":
        facts.append(f"{brief.seconds:.2f}".rstrip("0").rstrip(".") + "\u00a0s")
    return [*facts, *brief.settings]


def _mark(draw: ImageDraw.ImageDraw, top: int, unit: float, colours: Palette) -> int:
    """The pill that says what this is; returns the row below it."""
    style = Style(max(9, round(10 * unit)), _WHITE, spacing=1.3 * unit)
    margin, high = round(14 * unit), round(20 * unit)
    wide = width(MARK, style)
    dot = round(3 * unit)
    left = margin + round(17 * unit)
    draw.rounded_rectangle((margin, top, left + wide + round(9 * unit), top + high), high / 2, fill=_PANEL)
    centre = (margin + round(9 * unit), top + high / 2)
    draw.ellipse((centre[0] - dot, centre[1] - dot, centre[0] + dot, centre[1] + dot), fill=(*colours.accent, 255))
    draw_line(draw, (left, left + wide), top + high / 2 + style.size * 0.36, MARK, style)
    return top + high + round(6 * unit)


def _references(sheet: Image.Image, references: Sequence[Image.Image], begin: int, unit: float) -> None:
    """Small pictures in rows along the right edge from row `begin` on, as many as leave the picture free."""
    margin, side, gap = round(14 * unit), round(50 * unit), round(6 * unit)
    per_row = max(1, (sheet.width - 2 * margin - round(190 * unit)) // (side + gap))
    draw = ImageDraw.Draw(sheet)
    style = Style(max(9, round(10 * unit)), _WHITE)
    shown = references[: per_row * 2] if sheet.height >= 3 * side + 12 * margin else references[:per_row]
    for index, picture in enumerate(shown):
        row, column = divmod(index, per_row)
        in_row = min(per_row, len(shown) - row * per_row)
        left = sheet.width - margin - (in_row - column) * (side + gap) + gap
        top = begin + row * (side + gap)
        mask = Image.new("L", (side * 2, side * 2))
        ImageDraw.Draw(mask).rounded_rectangle((0, 0, side * 2 - 1, side * 2 - 1), 12 * unit, fill=255)
        thumb = ImageOps.fit(picture, (side, side), Image.Resampling.LANCZOS).convert("RGBA")
        border = (left - 1, top - 1, left + side, top + side)
        draw.rounded_rectangle(border, round(6 * unit), fill=(255, 255, 255, 235))
        sheet.paste(thumb, (left, top), mask.resize((side, side), Image.Resampling.LANCZOS))
        badge = (left, top + side - round(14 * unit), left + round(14 * unit), top + side)
        draw.rounded_rectangle(badge, round(4 * unit), fill=(9, 11, 16, 210))
        number = str(index + 2)
        x = (badge[0] + badge[2]) / 2 - width(number, style) / 2
        draw_line(draw, (x, x), badge[3] - style.size * 0.32, number, style)
