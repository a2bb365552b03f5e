"""Sound for a clip: the voice handed in, cut or padded to length, else a soft tone of its own."""

from __future__ import annotations

import hashlib
import math
from array import array
from functools import lru_cache
from itertools import chain

import av

from callsheet.simulator.intake import Medium

RATE = 48_000
CHANNELS = 2
_PITCHES = (196, 220, 246, 261, 293, 329)
_FADE = RATE // 2


class SoundError(ValueError):
    """A track that was handed in can't be decoded."""


def voice(medium: Medium, seconds: float) -> array[int]:
    """The track as 16-bit stereo of exactly that length: cut, or followed by silence. Raises SoundError."""
    samples = round(seconds * RATE)
    if medium.path is None:
        return _babble(medium.key, samples)
    sound = array("h")
    try:
        with av.open(str(medium.path)) as container:
            mono = container.streams.audio[0].codec_context.channels == 1
            resampler = av.AudioResampler(format="s16", layout="mono" if mono else "stereo", rate=RATE)
            for frame in chain(container.decode(audio=0), [None]):
                for piece in resampler.resample(frame):
                    sound.extend(_stereo(piece, mono))
                if len(sound) >= samples * CHANNELS:
                    break
    except (OSError, ValueError, IndexError) as error:
        raise SoundError("the audio can not be decoded") from error
    del sound[samples * CHANNELS :]
    sound.frombytes(bytes(2 * (samples * CHANNELS - len(sound))))
    return sound


def _stereo(piece: av.AudioFrame, mono: bool) -> array[int]:
    """Interleaved samples; a single channel sounds from both sides at its full level."""
    heard = array("h")
    heard.frombytes(bytes(piece.planes[0])[: piece.samples * (2 if mono else 4)])
    if not mono:
        return heard
    both = array("h", bytes(4 * len(heard)))
    both[0::2] = both[1::2] = heard
    return both


def tone(number: int, seconds: float) -> array[int]:
    """A soft fifth with a slow swell, its pitch by the number; fades in and out."""
    samples = round(seconds * RATE)
    loop = _loop(_PITCHES[number % len(_PITCHES)])
    sound = array("h", loop * (samples // RATE + 1))
    del sound[samples * CHANNELS :]
    fade = min(_FADE, samples // 2)
    for index in range(fade):
        for place in (index, samples - 1 - index):
            for channel in range(CHANNELS):
                sound[place * CHANNELS + channel] = sound[place * CHANNELS + channel] * index // fade
    return sound


@lru_cache(maxsize=len(_PITCHES))
def _loop(pitch: int) -> array[int]:
    """One second that can follow itself: whole numbers of cycles."""
    step = 2 * math.pi / RATE
    fifth = round(pitch * 1.5)
    sound = array("h")
    for index in range(RATE):
        turn = index * step
        level = 1500 * (0.8 + 0.2 * math.cos(turn))
        value = int(level * (math.sin(pitch * turn) + 0.5 * math.sin(fifth * turn) + 0.18 * math.sin(2 * pitch * turn)))
        sound.extend((value, value))
    return sound


def _babble(address: str, samples: int) -> array[int]:
    """A stand-in for a track that is never fetched: syllables of hum drawn from its address."""
    digest = hashlib.sha256(address.encode()).digest()
    loop = _loop(_PITCHES[digest[0] % len(_PITCHES)])
    sound = array("h")
    beat = RATE // 5
    start = 0
    while start < samples:
        length = min(beat, samples - start)
        loud = digest[start // beat % len(digest)] % 4
        at = start % RATE
        for index in range(length):
            swell = min(index, beat - index) * loud * 2 // 3
            value = loop[(at + index) % RATE * CHANNELS] * swell // (beat // 2)
            sound.extend((value, value))
        start += length
    return sound


def loudness(sound: array[int], frames: int, fps: int) -> list[float]:
    """How loud each frame is, 0 to 1 of the loudest, smoothed so that it falls slower than it rises."""
    per_frame = RATE * CHANNELS // fps
    raw = []
    for index in range(frames):
        part = sound[index * per_frame : (index + 1) * per_frame : 8]
        raw.append(sum(map(abs, part)) / len(part) if part else 0.0)
    top = max(max(raw, default=0.0), 200.0)
    smooth: list[float] = []
    level = 0.0
    for value in raw:
        level = max(value / top, level * 0.72)
        smooth.append(level)
    return smooth
