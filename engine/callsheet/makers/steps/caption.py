"""`caption`: text burned into a clip or put beside it, in any script the fonts cover, inside the safe area."""

from __future__ import annotations

import asyncio
import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from callsheet.makers.maker import Diary, Made, MadeFile, MediaFile, Order
from callsheet.makers.outcome import StepFailed, problem
from callsheet.makers.steps.clip import Clip
from callsheet.makers.steps.cues import Cue, cues_of, written
from callsheet.makers.steps.engine import Encoding, Engine, Source
from callsheet.makers.steps.frame import in_bt709
from callsheet.makers.steps.lettering import Block, Look, draw, language_of, lay_out, missing, rim
from callsheet.makers.steps.order_input import choice, number, text, video

Position: TypeAlias = Literal["bottom", "top", "middle"]

_POSITIONS: tuple[Position, ...] = ("bottom", "top", "middle")
_SMALLEST = 0.6
_SHRINKING = (1.0, 0.94, 0.88, 0.82, 0.76, 0.7, 0.65, _SMALLEST)
_COLOR = re.compile(r"#([0-9a-fA-F]{6})([0-9a-fA-F]{2})?")
_SIDECARS = {"srt": "application/x-subrip", "vtt": "text/vtt"}


@dataclass(frozen=True, slots=True)
class SafeArea:
    """Pixels inside a frame that a caption keeps to."""

    left: int
    top: int
    right: int
    bottom: int


async def caption(order: Order, engine: Engine, diary: Diary) -> Made:
    """The clip as MP4 with the text in it, its sound kept; or with `sidecar` the clip as it is and its subtitles."""
    source = video(order, "video")
    cues = cues_of(order)
    language = text(order, "language", language_of(" ".join(cue.text for cue in cues)))
    _check_glyphs(order, cues, language)
    if order.input.get("sidecar") is not None:
        return await _beside(order, engine, diary, source, cues, language)
    position = choice(order, "position", _POSITIONS)
    look = Look(_color(order, "color", "#FFFFFF") or (255, 255, 255, 255), _color(order, "background", "#00000099"))
    clip = await engine.read(source)
    width, height = max(2, clip.width // 2 * 2), max(2, clip.height // 2 * 2)
    area = safe_area(width, height, number(order, "margin"))
    output = order.folder / "video.mp4"
    drawn: list[Source] = []
    graph = f"[0:v:0]{in_bt709(clip, width, height)},setsar=1[clip0]"
    try:
        for place, cue in enumerate(cues):
            block = await asyncio.to_thread(_fitting, order, cue.text, language, (width, height), area)
            picture = order.folder / f"caption-{place}.png"
            drawn.append(Source(picture, "the caption's picture", ("-f", "png_pipe")))
            (await asyncio.to_thread(draw, block, look)).save(picture)
            graph += _laid(block, area, (width, height), position, cue, place, last=place == len(cues) - 1)
        await engine.encode([source, *drawn], _encoding(clip, graph), output, diary.progress)
    finally:
        for one in drawn:
            one.path.unlink(missing_ok=True)
    return Made((MadeFile("video", output, "video/mp4"),))


async def _beside(
    order: Order, engine: Engine, diary: Diary, source: Source, cues: Sequence[Cue], language: str
) -> Made:
    """The clip byte for byte, and its subtitles in a file of their own."""
    kind = choice(order, "sidecar", ("srt", "vtt"))
    clip = await engine.read(source)
    given = order.input["video"]
    media_type = given.info.media_type if isinstance(given, MediaFile) else "video/mp4"
    output = order.folder / f"video{'.mov' if media_type == 'video/quicktime' else '.mp4'}"
    subtitles = order.folder / f"data.{kind}"
    try:
        await asyncio.to_thread(shutil.copyfile, source.path, output)
        subtitles.write_text(written(cues, kind, language, float(clip.seconds)), encoding="utf-8", newline="\n")
    except BaseException:
        _remove(output, subtitles)
        raise
    diary.progress(1.0)
    return Made((MadeFile("video", output, media_type), MadeFile("data", subtitles, _SIDECARS[kind])))


def safe_area(width: int, height: int, margin: float | None) -> SafeArea:
    """What is sure to be seen: 5 % free at every edge, on tall frames also what apps cover with their controls.

    `margin` is a percentage of width and height to keep free at every edge instead.
    """
    if margin is not None:
        side, top, bottom = (margin / 100,) * 3
    elif height >= 1.5 * width:
        side, top, bottom = 0.11, 0.14, 0.21
    else:
        side, top, bottom = 0.05, 0.05, 0.06
    return SafeArea(round(width * side), round(height * top), round(width * (1 - side)), round(height * (1 - bottom)))


def _laid(
    block: Block, area: SafeArea, frame: tuple[int, int], position: Position, cue: Cue, place: int, *, last: bool
) -> str:
    """Filters that lay picture `place` over the clip at its place, while its cue lasts."""
    x = _even((area.left + area.right - block.width) / 2)
    y = {
        "bottom": _even(area.bottom - block.height),
        "top": -_even(-area.top),
        "middle": _even((frame[1] - block.height) / 2),
    }[position]
    shown = "" if cue.end is None else f":enable='gte(t,{cue.start:.6f})*lt(t,{cue.end:.6f})'"
    target = "video" if last else f"clip{place + 1}"
    return (
        f";[{place + 1}:v:0]scale=flags=accurate_rnd+bitexact:out_color_matrix=bt709:out_range=tv,format=yuva420p"
        f"[words{place}];[clip{place}][words{place}]overlay=x={x}:y={y}:format=yuv420{shown}[{target}]"
    )


def _fitting(order: Order, words: str, language: str, frame: tuple[int, int], area: SafeArea) -> Block:
    """The largest size from the one asked for downwards at which the text sits well, or just fits at the smallest."""
    width, height = area.right - area.left, area.bottom - area.top
    wanted = (number(order, "size") or 5.0) / 100 * min(frame)
    room = frame[1] / 5
    for factor in _SHRINKING:
        size = wanted * factor
        limit = min(width - 2 * rim(size)[0], frame[0] * 0.84)
        if limit < size:
            continue
        block = lay_out(words, language, size, limit)
        whole = not any(line.cut for _, line in block.lines)
        if block.height <= (room if factor > _SMALLEST else height) and (whole or factor == _SMALLEST):
            return block
    message = (
        f"the text of {len(words)} characters doesn't fit into {width}x{height} pixels of a {frame[0]}x{frame[1]} frame"
    )
    raise StepFailed(problem("caption-too-long", message, "shorten the text, or lower `size` or `margin`"))


def _check_glyphs(order: Order, cues: Sequence[Cue], language: str) -> None:
    for cue in cues:
        lost = missing(cue.text, language)
        if lost:
            named = ", ".join(f"`{char}` (U+{ord(char):04X})" for char in lost[:8])
            more = f" and {len(lost) - 8} more" if len(lost) > 8 else ""
            raise StepFailed(
                problem(
                    "missing-glyphs",
                    f"{cue.name} of `{order.made_by}` has characters that no font here can draw: {named}{more}",
                    "captions are drawn in Latin, Greek, Cyrillic, Devanagari, Arabic, Chinese, Japanese and Korean",
                )
            )


def _encoding(clip: Clip, graph: str) -> Encoding:
    if not clip.sounds:
        return Encoding(graph, "none", clip.frames, None)
    if clip.sounds[0] == "aac":
        return Encoding(graph, "copy", clip.frames, None)
    return Encoding(f"{graph};[0:a:0]aresample=48000:async=1[audio]", "graph", clip.frames, None)


def _color(order: Order, field: str, default: str) -> tuple[int, int, int, int] | None:
    written = text(order, field, default)
    if written == "none":
        return None
    match = _COLOR.fullmatch(written)
    if match is None:
        message = f"`{field}` of `{order.made_by}` must be a colour such as `#FFFFFF` or `#00000099`, not `{written}`"
        raise StepFailed(problem("step-input", message))
    red, green, blue = bytes.fromhex(match[1])
    return red, green, blue, int(match[2] or "FF", 16)


def _remove(*paths: Path) -> None:
    for path in paths:
        path.unlink(missing_ok=True)


def _even(pixels: float) -> int:
    return int(pixels // 2) * 2
