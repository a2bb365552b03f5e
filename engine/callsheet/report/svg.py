"""Pieces of an SVG picture: escaped text, colours for states in both themes, and the frame around it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape

_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_GLYPH = 0.56
"""The mean width of a letter, as a part of the size of its font."""

STYLE = """\
svg { color-scheme: light dark; --paper: #fffdf9; --ink: #1c1a17; --soft: #625b51; --line: #b9b0a1; --fetch: #17807c;
  --good: #2b7a47; --local: #2f6f9f; --due: #c26a12; --wait: #6b4ba0; --bad: #b3261e; --off: #8a8275;
  --pause: #d9d2c5; }
@media (prefers-color-scheme: dark) { svg { --paper: #1c1b19; --ink: #f3efe7; --soft: #aba396; --line: #57524a;
  --fetch: #5cc9c3; --good: #6cc48a; --local: #74b6e6; --due: #f0a45a; --wait: #b79cf0; --bad: #ff8f85; --off: #7d766a;
  --pause: #3a3732; } }
text { font-family: ui-sans-serif, system-ui, "Segoe UI", "Noto Sans", "Helvetica Neue", Arial, sans-serif;
  font-size: 13px; fill: var(--ink); unicode-bidi: isolate; }
.ground { fill: var(--paper); }
.soft { fill: var(--soft); font-size: 11px; }
.strong { font-weight: 650; }
.good { fill: var(--good); } .local { fill: var(--local); } .fetch { fill: var(--fetch); } .due { fill: var(--due); }
.wait { fill: var(--wait); } .bad { fill: var(--bad); } .off { fill: var(--off); } .pause { fill: var(--pause); }
"""
TONES = {
    "succeeded": "good",
    "cached": "good",
    "shared": "good",
    "local": "local",
    "working": "local",
    "render": "due",
    "attach": "due",
    "planned": "due",
    "running": "due",
    "downloading": "fetch",
    "queued": "wait",
    "held": "wait",
    "waiting": "pause",
    "failed": "bad",
    "unknown": "bad",
    "missing": "bad",
    "cancelled": "off",
    "blocked": "off",
    "skipped": "off",
}
"""Which colour class of the style a state, or what would be done, has."""


def said(text: str) -> str:
    """Text as it may stand in SVG: nothing in it begins or ends anything."""
    return escape(_NOT_XML.sub("\ufffd", text))


def fitted(text: str, width: float, size: float = 13) -> str:
    """As much of a text as goes into so many pixels, not yet escaped."""
    room = max(1, int(width / (size * _GLYPH)))
    return text if len(text) <= room else text[: room - 1] + "…"


def picture(width: float, height: float, title: str, description: str, style: str, inside: Iterable[str]) -> str:
    """The whole document, to be read aloud by its title and description."""
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{height:g}"'
            f' viewBox="0 0 {width:g} {height:g}" role="img" aria-labelledby="title description">',
            f'<title id="title">{said(title)}</title>',
            f'<desc id="description">{said(description)}</desc>',
            f"<style>{STYLE}{style}</style>",
            f'<rect class="ground" width="{width:g}" height="{height:g}" rx="8"/>',
            *inside,
            "</svg>\n",
        )
    )
