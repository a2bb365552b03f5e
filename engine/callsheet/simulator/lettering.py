"""Text in any script that the fonts cover: runs per script, wrapped by measured width, right-to-left where it is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from itertools import groupby
from typing import Literal, TypeAlias

from PIL import ImageDraw, ImageFont, features

from callsheet.simulator.arabic import visual

Script: TypeAlias = Literal["arabic", "jp", "kr", "sc", "tc"]
Colour: TypeAlias = tuple[int, int, int, int]

_COLLECTION = "NotoSansCJK-Regular.ttc"
_ARABIC = "NotoSansArabic[wdth,wght].ttf"
_FACES: dict[Script, int] = {"jp": 0, "kr": 1, "sc": 2, "tc": 3}
_WIDE = "\u1100-\u11ff\u2e80-\u9fff\uac00-\ud7ff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff"
_CLOSING = "、。，．）」』】》〉！？：；ー々…・"
_TOKEN = re.compile(rf"\s+|[{_WIDE}][{_CLOSING}]*|[^\s{_WIDE}]+")
_LONG = 1200  # characters of which a few lines show the beginning
_SHAPED = features.check("raqm") is True


@dataclass(frozen=True, slots=True)
class Style:
    """Size in pixels and colour of a line; `spacing` are extra pixels between letters (Latin capitals only)."""

    size: int
    colour: Colour
    spacing: float = 0.0


@lru_cache(maxsize=64)
def font(script: Script, size: int) -> ImageFont.FreeTypeFont:
    """The face for a script, with complex shaping where the machine has it."""
    if script == "arabic":
        path, index = files("fontpkg_noto_sans_arabic") / "files" / _ARABIC, 0
    else:
        path, index = files("noto_cjk_sans_otc") / _COLLECTION, _FACES[script]
    engine = ImageFont.Layout.RAQM if _SHAPED else ImageFont.Layout.BASIC
    return ImageFont.truetype(str(path), size, index=index, layout_engine=engine)


def right_to_left(text: str) -> bool:
    """Whether the first letter with a direction is an Arabic one."""
    return next((_arabic(character) for character in text if character.isalpha()), False)


def runs(text: str, rtl: bool) -> list[tuple[Script, str]]:
    """A line cut into stretches of one face each, in the order in which they stand from left to right."""
    face = _han(text)
    base: Script = "arabic" if rtl else face
    kinds = _strong(text, face)
    resolved: list[Script] = []
    for index, kind in enumerate(kinds):
        before = next((other for other in reversed(kinds[:index]) if other), base)
        after = next((other for other in kinds[index:] if other), base)
        resolved.append(kind or (before if before == after else base))
    stretches = [
        (script, "".join(text[index] for index, _ in group))
        for script, group in groupby(enumerate(resolved), key=lambda pair: pair[1])
    ]
    return stretches[::-1] if rtl else stretches


def _strong(text: str, face: Script) -> list[Script | None]:
    """The face of every character that has one of its own; digits go with Latin letters before them."""
    kinds: list[Script | None] = []
    last: Script | None = None
    for character in text:
        own: Script | None = "arabic" if _arabic(character) else face if character.isalpha() else None
        last = own or last
        kinds.append(face if own is None and character.isdigit() and last == face else own)
    return kinds


def width(text: str, style: Style, rtl: bool = False) -> float:
    """Pixels from left to right."""
    return sum(_run_width(script, run, style) for script, run in runs(text, rtl))


def wrap(text: str, style: Style, limit: float, lines: int) -> list[str]:
    """At most that many lines, none wider than `limit` pixels; what doesn't fit ends in an ellipsis."""
    rtl = right_to_left(text)
    wrapped: list[str] = []
    line = ""
    tokens = [" " if token.isspace() else token for token in _TOKEN.findall(" ".join(text[:_LONG].split()))]
    tokens = [part for token in tokens for part in _parts(token, style, limit, rtl)]
    for index, token in enumerate(tokens):
        if width((line + token).rstrip(), style, rtl) <= limit:
            line += token
            continue
        if len(wrapped) == lines - 1:
            rest = line + "".join(tokens[index:])
            return [*wrapped, _shortened(rest, style, limit, rtl)]
        wrapped.append(line.rstrip())
        line = token.lstrip()
    return [*wrapped, line.rstrip()] if line.strip() else wrapped


def draw_line(
    draw: ImageDraw.ImageDraw, edges: tuple[float, float], baseline: float, text: str, style: Style, rtl: bool = False
) -> None:
    """Letter one line between two edges: from the left, or up to the right where its text runs to the left."""
    left, right = edges
    x = right - width(text, style, rtl) if rtl else left
    for script, run in runs(text, rtl):
        face = font(script, style.size)
        if style.spacing:
            for letter in run:
                draw.text((x, baseline), letter, style.colour, face, anchor="ls")
                x += face.getlength(letter) + style.spacing
            continue
        if _SHAPED:
            direction = "rtl" if script == "arabic" else "ltr"
            draw.text((x, baseline), run, style.colour, face, anchor="ls", direction=direction)
        else:
            draw.text((x, baseline), _drawn(script, run), style.colour, face, anchor="ls")
        x += _run_width(script, run, style)


def _run_width(script: Script, run: str, style: Style) -> float:
    face = font(script, style.size)
    if style.spacing:
        return sum(face.getlength(letter) + style.spacing for letter in run)
    if _SHAPED:
        return face.getlength(run, direction="rtl" if script == "arabic" else "ltr")
    return face.getlength(_drawn(script, run))


def _drawn(script: Script, run: str) -> str:
    return visual(run) if script == "arabic" else run


def _parts(token: str, style: Style, limit: float, rtl: bool) -> list[str]:
    """A word wider than a line, cut where it must be."""
    parts: list[str] = []
    while len(token) > 1 and width(token, style, rtl) > limit:
        fit = next(n for n in range(len(token) - 1, 0, -1) if n == 1 or width(token[:n], style, rtl) <= limit)
        parts.append(token[:fit])
        token = token[fit:]
    return [*parts, token]


def _shortened(text: str, style: Style, limit: float, rtl: bool) -> str:
    """As many characters as fit with an ellipsis behind them."""
    low, high = 0, min(len(text), 400)
    while low < high:
        middle = (low + high + 1) // 2
        if width(text[:middle].rstrip() + "…", style, rtl) <= limit:
            low = middle
        else:
            high = middle - 1
    return text[:low].rstrip() + "…"


def _arabic(character: str) -> bool:
    code = ord(character)
    return 0x600 <= code <= 0x6FF or 0x750 <= code <= 0x77F or 0x8A0 <= code <= 0x8FF or 0xFB50 <= code <= 0xFEFC


def _han(text: str) -> Script:
    """Which of the Han faces a text wants: by its kana, hangul or bopomofo."""
    if re.search("[\u3040-\u30ff]", text):
        return "jp"
    if re.search("[\uac00-\ud7ff\u1100-\u11ff]", text):
        return "kr"
    return "tc" if re.search("[\u3100-\u312f]", text) else ("sc" if re.search("[\u4e00-\u9fff]", text) else "jp")
