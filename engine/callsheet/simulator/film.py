"""Writing media files, bit-exact for one media build: H.264 with AAC in MP4, PNG, WAV."""

from __future__ import annotations

import wave
from array import array
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

import av
from av.video.reformatter import Colorspace, VideoReformatter
from PIL import Image

from callsheet.simulator.sound import CHANNELS, RATE

_EXACT = {"flags": "+bitexact", "threads": "1"}
_BT709 = 1
# x264's macroblock tree is not repeatable at widths that are no multiple of 16, so it is off.
_VIDEO = {"preset": "veryfast", "crf": "22", "x264-params": "mbtree=0:rc-lookahead=0:scenecut=0", **_EXACT}


def write_mp4(
    path: Path, frames: Iterable[Image.Image], size: tuple[int, int], fps: int, sound: array[int] | None
) -> None:
    """Write frames as they come, with 16-bit stereo sound beside them where there is any."""
    options = {"movflags": "+faststart", "fflags": "+bitexact"}
    with av.open(str(path), "w", format="mp4", options=options) as container:
        video = container.add_stream("libx264", rate=fps, options=_VIDEO)
        video.width, video.height, video.pix_fmt = *size, "yuv420p"
        video.codec_context.gop_size = fps
        video.codec_context.colorspace = video.codec_context.color_primaries = video.codec_context.color_trc = _BT709
        video.codec_context.time_base = Fraction(1, fps)
        track = None
        if sound is not None:
            track = container.add_stream("aac", rate=RATE, options={"b": "128k", **_EXACT}, layout="stereo")
        reformatter = VideoReformatter()
        done = 0
        for index, picture in enumerate(frames):
            frame = reformatter.reformat(_frame(picture), format="yuv420p", dst_colorspace=Colorspace.ITU709)
            frame.pts, frame.time_base = index, Fraction(1, fps)
            container.mux(video.encode(frame))
            if track is not None and sound is not None:
                upto = (index + 1) * RATE // fps
                container.mux(track.encode(_samples(sound, done, upto)))
                done = upto
        container.mux(video.encode(None))
        if track is not None:
            container.mux(track.encode(None))


def _frame(picture: Image.Image) -> av.VideoFrame:
    frame = av.VideoFrame(picture.width, picture.height, "rgb24")
    frame.planes[0].update(picture.tobytes("raw", "RGB", frame.planes[0].line_size, 1))
    return frame


def _samples(sound: array[int], start: int, end: int) -> av.AudioFrame:
    part = sound[start * CHANNELS : end * CHANNELS].tobytes()
    frame = av.AudioFrame(format="s16", layout="stereo", samples=len(part) // (2 * CHANNELS))
    frame.planes[0].update(part)
    frame.sample_rate, frame.pts, frame.time_base = RATE, start, Fraction(1, RATE)
    return frame


def write_png(path: Path, picture: Image.Image) -> None:
    picture.save(path, "PNG", compress_level=6)


def write_wav(path: Path, sound: array[int]) -> None:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(CHANNELS)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(sound.tobytes())
