"""Rendering a brief into a real file: the free preview of what would have been made."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator
from pathlib import Path

from PIL import Image, ImageChops, ImageDraw

from callsheet.simulator.brief import Brief
from callsheet.simulator.camera import camera_for
from callsheet.simulator.colours import Palette, mixed, palette
from callsheet.simulator.film import write_mp4, write_png, write_wav
from callsheet.simulator.overlay import overlay
from callsheet.simulator.sound import loudness, tone, voice
from callsheet.simulator.stage import backdrop, face_height, filled, frame_size, load, presenter

_WIDE = (16, 9)
_BARS = 41


class Stopped(Exception):
    """Rendering was told to stop."""


def render(brief: Brief, path: Path, stopped: Callable[[], bool]) -> None:
    """Write the brief's file: MP4, PNG or WAV by what its model makes. Equal briefs give equal bytes.

    Raises PictureError or SoundError where handed-in media can't be decoded, Stopped soon after `stopped` says so.
    """
    number = brief.seed if brief.seed is not None else int(brief.key[:8], 16)
    sound = None
    if brief.makes != "image" and (brief.audios or brief.sound):
        sound = voice(brief.audios[0], brief.seconds) if brief.audios else tone(number, brief.seconds)
    if brief.makes == "audio":
        write_wav(path, sound if sound is not None else tone(number, brief.seconds))
        return
    pictures = [load(medium) for medium in (*brief.images, *brief.videos)]
    size = frame_size(brief.aspect or (pictures[0].size if pictures else _WIDE))
    frames = _frames(brief, number, pictures, size, sound)
    if brief.makes == "image":
        write_png(path, next(frames))
        return
    write_mp4(path, _until(frames, stopped), size, brief.fps, sound)


def _until(frames: Iterator[Image.Image], stopped: Callable[[], bool]) -> Iterator[Image.Image]:
    for frame in frames:
        if stopped():
            raise Stopped
        yield frame


def _frames(
    brief: Brief, number: int, pictures: list[Image.Image], size: tuple[int, int], sound: array[int] | None
) -> Iterator[Image.Image]:
    colours = palette(number)
    base = filled(pictures[0], size, colours) if pictures else backdrop(size, colours, number)
    camera = camera_for(number, brief.still)
    lettered = overlay(brief, size, colours, pictures[1:])
    vignette = _vignette(size)
    levels = loudness(sound, brief.frames, brief.fps) if sound is not None and not pictures else []
    actor = presenter(size, colours) if brief.audios and not pictures else None
    for index in range(brief.frames):
        done = index / max(1, brief.frames - 1)
        frame = camera.frame(base, size, done)
        if levels:
            _waveform(frame, levels, index, colours)
        if actor:
            frame.paste(actor[0], (0, -round(3 * levels[index])), actor[1])
        frame = ImageChops.multiply(frame, vignette)
        lettered.onto(frame)
        _progress(frame, done, colours)
        yield frame


def _waveform(frame: Image.Image, levels: list[float], index: int, colours: Palette) -> None:
    """Bars that carry the loudness outwards from the middle, where it is now."""
    draw = ImageDraw.Draw(frame, "RGBA")
    wide, high = frame.size
    centre = round(high * (face_height(frame.size) - 0.01))
    step = wide * 0.86 / _BARS
    thick = max(2, round(step * 0.4))
    for bar in range(_BARS):
        far = abs(bar - _BARS // 2)
        level = levels[index - far] if index >= far else 0.0
        reach = round(2 + level * high * 0.15 * (1.0 - far / _BARS))
        x = round(wide / 2 + (bar - _BARS // 2) * step)
        alpha = round(225 * (1.0 - 1.2 * far / _BARS))
        colour = (*mixed(colours.accent, (255, 255, 255), 0.3), alpha)
        draw.rounded_rectangle((x - thick // 2, centre - reach, x + thick // 2, centre + reach), thick / 2, fill=colour)


def _vignette(size: tuple[int, int]) -> Image.Image:
    """Corners a little darker than the middle."""
    shade = Image.radial_gradient("L").resize(size, Image.Resampling.BICUBIC)
    return shade.point([255 - max(0, value - 110) * 60 // 145 for value in range(256)]).convert("RGB")


def _progress(frame: Image.Image, done: float, colours: Palette) -> None:
    wide, high = frame.size
    frame.paste(colours.accent, (0, high - 3, max(1, round(wide * done)), high))
