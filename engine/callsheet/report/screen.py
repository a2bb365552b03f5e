"""Text for terminals: made harmless, measured in cells, laid out in columns; plain Python, so `plan` starts fast."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from typing import Literal, TypeAlias

Colour: TypeAlias = Literal["red", "green", "yellow", "magenta", "cyan", "dim", "bold"]
Align: TypeAlias = Literal["left", "right"]

_SGR: dict[Colour, str] = {
    "red": "31", "green": "32", "yellow": "33", "magenta": "35", "cyan": "36", "dim": "2", "bold": "1",
}  # fmt: skip
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_LIVE = frozenset(("Cc", "Cs", "Zl", "Zp"))


def inert(text: str) -> str:
    """`text` on one line, with whatever could move a cursor, colour a screen or turn its direction spelt out."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_harmless(char) for char in text)


def cells(text: str) -> int:
    """How many terminal cells `text` takes: wide characters two, combining marks none."""
    if text.isascii():
        return len(text)
    return sum(_width(char) for char in text)


def fit(text: str, width: int) -> str:
    """`text` in at most `width` cells, its end given up for an ellipsis where it is too long."""
    if cells(text) <= width:
        return text
    kept, used = [], 0
    for char in text:
        used += _width(char)
        if used > width - 1:
            break
        kept.append(char)
    return "".join(kept) + "…"


def pad(text: str, width: int, align: Align = "left") -> str:
    """`text` filled up with blanks to `width` cells; longer text stays as it is."""
    blank = " " * (width - cells(text))
    return blank + text if align == "right" else text + blank


def wrap(text: str, width: int) -> list[str]:
    """`text` broken at blanks into lines of at most `width` cells; a longer word is cut. At least one line."""
    lines, line = [], ""
    for word in text.split(" "):
        joined = f"{line} {word}" if line else word
        if cells(joined) <= width:
            line = joined
            continue
        if line:
            lines.append(line)
        pieces = _pieces(word, width)
        lines += pieces[:-1]
        line = pieces[-1]
    return [*lines, line]


def paint(text: str, colour: Colour | None, on: bool) -> str:
    """`text` in a colour, where colours are on."""
    return f"\x1b[{_SGR[colour]}m{text}\x1b[0m" if on and colour and text else text


def columns(
    rows: Iterable[Sequence[str]], aligns: Sequence[Align], *, gap: int = 2, widths: Sequence[int] | None = None
) -> list[str]:
    """Rows of cells as lines: each column as wide as its widest cell, blanks at the line's end left out."""
    table = list(rows)
    wide = widths or [max((cells(row[place]) for row in table), default=0) for place in range(len(aligns))]
    between = " " * gap
    return [
        between.join(pad(cell, width, align) for cell, width, align in zip(row, wide, aligns, strict=True)).rstrip()
        for row in table
    ]


def usd(amount: float) -> str:
    """An amount in dollars: two decimals, up to four where two would hide something."""
    return f"{amount:,.2f}" if abs(round(amount, 2) - amount) < 0.00005 else f"{amount:,.4f}".rstrip("0")


def money(known: float, unknown: int, of: int) -> str:
    """What `of` renders cost in all, `unknown` of them at a price nobody knows: unknown is never shown as nothing."""
    if unknown and unknown >= of:
        return "price unknown"
    return f"{usd(known)} USD" + (f" + {unknown:,} at an unknown price" if unknown else "")


def span_of(seconds: float) -> str:
    """A time for people: `3.2 s`, `2:05 min`, `1:02:05 h`."""
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02} h" if hours else f"{minutes}:{rest:02} min"


def counted(number: int, noun: str) -> str:
    """`1 instance`, `2 instances`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _harmless(char: str) -> str:
    if char in "\n\t\r":
        return " "
    if char in _BIDI or unicodedata.category(char) in _LIVE:
        code = ord(char)
        return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
    return char


def _width(char: str) -> int:
    if unicodedata.combining(char) or unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def _pieces(word: str, width: int) -> list[str]:
    pieces, piece, used = [], "", 0
    for char in word:
        wide = _width(char)
        if used + wide > width and piece:
            pieces.append(piece)
            piece, used = "", 0
        piece += char
        used += wide
    return [*pieces, piece]
