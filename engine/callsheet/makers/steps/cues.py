"""Captions as cues: what is shown from when to when, and the same written as SRT or WebVTT."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import isfinite
from typing import TypeGuard

from callsheet.catalog.reading import reading_of
from callsheet.makers.maker import Order
from callsheet.makers.outcome import StepFailed, problem
from callsheet.makers.steps import wrap
from callsheet.makers.steps.bidi import base_level
from callsheet.makers.steps.lettering import plain
from callsheet.makers.steps.order_input import text

_RIGHT_TO_LEFT = "\u200f"
_INERT = "\u2060"


@dataclass(frozen=True, slots=True)
class Cue:
    """Plain text and the seconds at which it comes and goes; without an `end` it is shown throughout. `name` is what
    people call it."""

    text: str
    start: float
    end: float | None
    name: str


def cues_of(order: Order) -> list[Cue]:
    """The one `text`, or the timed `lines`, of an order. Raises StepFailed for what can't be shown as it is asked."""
    lines = order.input.get("lines")
    if lines is None:
        return [_cue(order, text(order, "text"), 0.0, None, "`text`")]
    if order.input.get("text") is not None or not isinstance(lines, Sequence) or isinstance(lines, str) or not lines:
        raise StepFailed(problem("step-input", f"`{order.made_by}` needs `text` or `lines`, and one of them only"))
    cues = [_timed(order, one, f"`lines[{place}]`") for place, one in enumerate(lines)]
    for before, after in pairwise(cues):
        if before.end is not None and after.start < before.end:
            message = f"{after.name} of `{order.made_by}` begins at {after.start:g} s, before {before.name} ends"
            raise StepFailed(problem("lines-overlap", message, f"let it begin at {before.end:g} s or later"))
    return cues


def written(cues: Sequence[Cue], kind: str, language: str, seconds: float) -> str:
    """The cues as SRT (`srt`) or WebVTT (`vtt`), wrapped to the line length of their language."""
    rows = ["WEBVTT\n"] if kind == "vtt" else []
    for number, cue in enumerate(cues, 1):
        mark = "." if kind == "vtt" else ","
        span = f"{_clock(cue.start, mark)} --> {_clock(seconds if cue.end is None else cue.end, mark)}"
        lines = [_line(line, kind) for line in wrapped(cue.text, language)]
        rows.append("\n".join([str(number), span, *lines, ""]))
    return "\n".join(rows)


def wrapped(words: str, language: str) -> list[str]:
    """The text in lines of no more characters than people read in one of this language."""
    limit = reading_of(words, language).line_length
    found: list[str] = []
    for paragraph in words.split("\n"):
        if paragraph:
            lines = wrap.lines(wrap.pieces(paragraph, len, limit), limit)
            found += [paragraph[line.start : line.end] for line in lines]
    return found


def _cue(order: Order, words: str, start: float, end: float | None, name: str) -> Cue:
    shown = plain(words)
    if not shown.strip():
        raise StepFailed(problem("caption-empty", f"{name} of `{order.made_by}` is empty"))
    return Cue(shown, start, end, name)


def _timed(order: Order, given: object, name: str) -> Cue:
    if isinstance(given, Mapping):
        start, end, words = (given.get(key) for key in ("start", "end", "text"))
        if isinstance(words, str) and _is_time(start) and _is_time(end):
            begins, ends = float(start), float(end)
            if 0 <= begins < ends:
                return _cue(order, words, begins, ends, name)
    message = f"{name} of `{order.made_by}` needs `start` and `end` in seconds, the end after the start, and a `text`"
    raise StepFailed(problem("step-input", message))


def _is_time(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)


def _line(line: str, kind: str) -> str:
    """A line in which nothing is markup. Players lay SRT out from left to right unless it is told otherwise."""
    if kind == "vtt":
        return line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    inert = line.replace("<", f"<{_INERT}").replace("{", "{" + _INERT).replace("-->", f"--{_INERT}>")
    return f"{_RIGHT_TO_LEFT}{inert}{_RIGHT_TO_LEFT}" if base_level(line) else inert


def _clock(seconds: float, mark: str) -> str:
    total = round(seconds * 1000)
    minutes, rest = divmod(total, 60_000)
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{rest // 1000:02d}{mark}{rest % 1000:03d}"
