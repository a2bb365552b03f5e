"""Text as pixels: which font draws which character, how wide a run is, and a caption drawn with its backing.

The fonts come from the packages callsheet depends on, never from the system, so that a caption looks the same
everywhere: Noto Sans (Latin, Greek, Cyrillic, Devanagari), Noto Sans CJK and Noto Sans Arabic.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

from callsheet.makers.steps import wrap
from callsheet.makers.steps.bidi import levels, visual_order
from callsheet.makers.steps.cmap import characters, coverage

_WEIGHT = 600
_LEADING = 1.32
_SMOOTH = 4
_KEPT_INVISIBLE = "\u200c\u200d"
_MARKS_OF_DIRECTION = "\u200e\u200f\u061c"
_CJK_FACES = {"ja": 0, "ko": 1, "zh-hans": 2, "zh-hant": 3, "zh-hk": 4}


@dataclass(frozen=True, slots=True)
class Face:
    """A font file of a package; `index` in a collection, `weight` on a variable font's axis, `stroke` (in ems) what
    makes a lighter face as heavy as the others."""

    package: str
    file: str
    index: int = 0
    weight: int | None = None
    stroke: float = 0.0

    @property
    def path(self) -> Path:
        spec = find_spec(self.package)
        folders = (spec.submodule_search_locations or ()) if spec else ()
        return Path(next(iter(folders), self.package), self.file)


@dataclass(frozen=True, slots=True)
class Run:
    """Characters of one font and one direction."""

    text: str
    face: Face
    level: int


class Letters:
    """The faces for one text at one size (in pixels)."""

    def __init__(self, language: str, size: float) -> None:
        self.faces = faces(language)
        self.size = size

    def font(self, face: Face) -> ImageFont.FreeTypeFont:
        return _font(face, self.size)

    def runs(self, text: str, depths: Sequence[int]) -> list[Run]:
        """Cut a line into runs, in logical order. Neutral characters stay in the font of what is before them."""
        found: list[Run] = []
        for char, level in zip(text, depths, strict=True):
            if char in _MARKS_OF_DIRECTION:
                continue
            last = found[-1] if found else None
            face = self._face(char, last.face if last else None)
            if last and last.face == face and last.level == level:
                found[-1] = Run(last.text + char, face, level)
            else:
                found.append(Run(char, face, level))
        return found

    def width(self, text: str) -> float:
        return sum(self.advance(run) for run in self.runs(text, levels(text)))

    def advance(self, run: Run) -> float:
        return self.font(run.face).getlength(run.text, direction=_direction(run))

    def _face(self, char: str, current: Face | None) -> Face:
        if current and (not char.isalnum() or char in _KEPT_INVISIBLE) and covers(current, char):
            return current
        return next((face for face in self.faces if covers(face, char)), current or self.faces[0])


@dataclass(frozen=True, slots=True)
class Look:
    """Colours as (red, green, blue, opacity), 0 to 255; without a `backing` the letters get a soft shadow."""

    color: tuple[int, int, int, int]
    backing: tuple[int, int, int, int] | None


@dataclass(frozen=True, slots=True)
class Block:
    """Lines laid out at a size: width and height in pixels, the backing's rim included."""

    paragraphs: tuple[str, ...]
    lines: tuple[tuple[int, wrap.Line], ...]
    letters: Letters
    width: int
    height: int


def plain(text: str) -> str:
    """Text with nothing in it that acts: no controls, no direction overrides, no variants; composed, tabs as spaces."""
    kept: list[str] = []
    for char in unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")):
        if char in "\t\u2028\u2029\x0b\x0c":
            kept.append(" ")
        elif char == "\n" or char in _KEPT_INVISIBLE or char in _MARKS_OF_DIRECTION:
            kept.append(char)
        elif unicodedata.category(char) not in ("Cc", "Cf", "Cs") and not _is_variant(char):
            kept.append(" " if unicodedata.category(char) == "Zs" else char)
    return "\n".join(" ".join(line.split()) for line in "".join(kept).split("\n")).strip("\n")


def missing(text: str, language: str) -> list[str]:
    """The characters that no font here can draw, each once, in the order of the text."""
    silent = set(_KEPT_INVISIBLE + _MARKS_OF_DIRECTION + "\n ")
    return [
        char
        for char in dict.fromkeys(text)
        if char not in silent and not any(covers(face, char) for face in faces(language))
    ]


def lay_out(text: str, language: str, size: float, limit: float) -> Block:
    """Wrap plain text into lines no wider than `limit` pixels at a font size in pixels."""
    letters = Letters(language, size)
    paragraphs = tuple(text.split("\n"))
    found: list[tuple[int, wrap.Line]] = []
    for number, paragraph in enumerate(paragraphs):
        parts = wrap.pieces(paragraph, letters.width, limit)
        found += [(number, line) for line in wrap.lines(parts, limit)]
    across, down = rim(size)
    width = max((line.width for _, line in found), default=0) + 2 * across
    height = size * _LEADING * len(found) + 2 * down
    return Block(paragraphs, tuple(found), letters, _even_up(width), _even_up(height))


def rim(size: float) -> tuple[float, float]:
    """What a block adds around its lines, across and down, in pixels at a font size."""
    return size * 0.6, size * 0.28


def draw(block: Block, look: Look) -> Image.Image:
    """The block as an RGBA picture of its size."""
    size = block.letters.size
    mask = Image.new("L", (block.width, block.height))
    pen = ImageDraw.Draw(mask)
    top = (block.height - size * _LEADING * len(block.lines)) / 2
    for row, (number, line) in enumerate(block.lines):
        paragraph = block.paragraphs[number]
        runs = block.letters.runs(paragraph[line.start : line.end], levels(paragraph)[line.start : line.end])
        x = (block.width - sum(block.letters.advance(run) for run in runs)) / 2
        baseline = top + size * (_LEADING * row + 0.66 + 0.36)
        for place in visual_order([run.level for run in runs]):
            run = runs[place]
            font, stroke = block.letters.font(run.face), run.face.stroke * size
            pen.text((x, baseline), run.text, 255, font, "ls", direction=_direction(run), stroke_width=stroke)
            x += block.letters.advance(run)
    behind = _panel(block, look.backing) if look.backing else _shadow(mask, size)
    ink = Image.new("RGBA", mask.size, look.color[:3])
    ink.putalpha(mask.point([value * look.color[3] // 255 for value in range(256)]))
    return Image.alpha_composite(behind, ink)


def language_of(text: str) -> str:
    """The language whose shapes Han characters take, by the other letters around them; Chinese where there are none."""
    for char in text:
        name = unicodedata.name(char, "")
        if name.startswith(("HIRAGANA", "KATAKANA", "HALFWIDTH KATAKANA")):
            return "ja"
        if name.startswith("HANGUL"):
            return "ko"
        if name.startswith("BOPOMOFO"):
            return "zh-Hant"
    return "zh-Hans"


def faces(language: str) -> tuple[Face, ...]:
    """The faces in the order in which they are asked, for a language tag such as `ja` or `zh-Hant-TW`."""
    return (
        Face("fontpkg_noto_sans", "files/NotoSans[wdth,wght].ttf", weight=_WEIGHT),
        Face("noto_cjk_sans_otc", "NotoSansCJK-Regular.ttc", index=_cjk_index(language), stroke=0.018),
        Face("fontpkg_noto_sans_arabic", "files/NotoSansArabic[wdth,wght].ttf", weight=_WEIGHT),
    )


@lru_cache(maxsize=4096)
def covers(face: Face, char: str) -> bool:
    """Whether a face has a glyph of its own for a character."""
    return char in _KEPT_INVISIBLE or ord(char) in characters(face.path, face.index)


def glyph_table() -> str:
    """The shipped table `schemas/glyphs.json`, made anew from the fonts: what captions can be drawn in."""
    return coverage((face.path, face.index) for face in faces("ja"))


@lru_cache(maxsize=64)
def _font(face: Face, size: float) -> ImageFont.FreeTypeFont:
    font = ImageFont.truetype(face.path, size, face.index, layout_engine=ImageFont.Layout.RAQM)
    if face.weight is not None:
        font.set_variation_by_axes([face.weight, 100])
    return font


def _cjk_index(language: str) -> int:
    tag = language.lower().replace("_", "-")
    parts = tag.split("-")
    if parts[0] == "zh":
        if "hk" in parts or "mo" in parts:
            return _CJK_FACES["zh-hk"]
        return _CJK_FACES["zh-hant" if "hant" in parts or "tw" in parts else "zh-hans"]
    return _CJK_FACES.get(parts[0], _CJK_FACES["ja"])


def _is_variant(char: str) -> bool:
    return "\ufe00" <= char <= "\ufe0f" or "\U000e0100" <= char <= "\U000e01ef"


def _direction(run: Run) -> str:
    return "rtl" if run.level % 2 else "ltr"


def _even_up(pixels: float) -> int:
    return -(-int(pixels + 0.999) // 2) * 2


def _panel(block: Block, color: tuple[int, int, int, int]) -> Image.Image:
    large = Image.new("L", (block.width * _SMOOTH, block.height * _SMOOTH))
    radius = round(block.letters.size * 0.32 * _SMOOTH)
    ImageDraw.Draw(large).rounded_rectangle((0, 0, large.width - 1, large.height - 1), radius, color[3])
    panel = Image.new("RGBA", (block.width, block.height), color[:3])
    panel.putalpha(large.resize(panel.size, Image.Resampling.BOX))
    return panel


def _shadow(mask: Image.Image, size: float) -> Image.Image:
    near = mask.filter(ImageFilter.GaussianBlur(size * 0.04))
    far = mask.filter(ImageFilter.GaussianBlur(size * 0.16))
    dark = ImageChops.add(ImageChops.add(near, near), far).point([value * 7 // 10 for value in range(256)])
    shadow = Image.new("RGBA", mask.size, (0, 0, 0))
    shadow.putalpha(dark)
    return shadow
