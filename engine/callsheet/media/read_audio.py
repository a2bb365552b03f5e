"""Length and codec of a WAV or MP3 file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import BinaryIO

from callsheet.media.facts import Facts, Unreadable, exactly, riff_chunks
from callsheet.media.sniff import is_mp3_frame

_PCM, _FLOAT, _ALAW, _MULAW, _EXTENSIBLE = 1, 3, 6, 7, 0xFFFE
_UNSTATED = 0xFFFFFFFF
_BIT_RATES_1 = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_BIT_RATES_2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
_SAMPLE_RATES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}
_MAX_FRAMES = 1_000_000


def read_wav(file: BinaryIO, size: int) -> Facts:
    """Facts of a WAV file of `size` bytes: the length is that of its data, at the rate its format states."""
    form = b""
    for name, place, length in riff_chunks(file, size):
        if name == b"fmt " and 16 <= length <= 4_096:
            file.seek(place)
            form = exactly(file, length)
        elif name == b"data":
            if not form:
                raise Unreadable("states no format before its data")
            if length in (0, _UNSTATED):
                length = size - place
            elif place + length > size:
                raise Unreadable("is cut short")
            return _wav_facts(form, length)
    raise Unreadable("holds no sound")


def _wav_facts(form: bytes, length: int) -> Facts:
    tag, channels = int.from_bytes(form[0:2], "little"), int.from_bytes(form[2:4], "little")
    bytes_a_second, bits = int.from_bytes(form[8:12], "little"), int.from_bytes(form[14:16], "little")
    if tag == _EXTENSIBLE and len(form) >= 26:
        tag = int.from_bytes(form[24:26], "little")
    if tag in (_PCM, _FLOAT):
        bytes_a_second = int.from_bytes(form[4:8], "little") * channels * ((bits + 7) // 8)
    if not bytes_a_second:
        raise Unreadable("states a sample rate or format of zero")
    if not length:
        raise Unreadable("holds no sound")
    return Facts(_wav_codec(tag, bits), seconds=length / bytes_a_second, has_audio=True)


def _wav_codec(tag: int, bits: int) -> str:
    if tag == _PCM:
        return "pcm_u8" if bits <= 8 else f"pcm_s{bits}le"
    if tag == _FLOAT:
        return f"pcm_f{bits}le"
    return {_ALAW: "pcm_alaw", _MULAW: "pcm_mulaw"}.get(tag, f"wav_0x{tag:04x}")


@dataclass(frozen=True, slots=True)
class _Frame:
    length: int
    samples: int
    rate: int
    side_bytes: int


def read_mp3(file: BinaryIO, size: int) -> Facts:
    """Facts of an MP3 file of `size` bytes: its frames are counted, less the padding that its encoder states."""
    place = _after_tags(file, size)
    file.seek(place)
    first = _frame(file.read(4))
    if first is None:
        raise Unreadable("holds no MP3 sound where its tags end")
    stated, padding, has_info = _info_frame(file, place, first)
    if has_info:
        place += first.length
    frames = samples = 0
    while frames < _MAX_FRAMES:
        file.seek(place)
        frame = _frame(file.read(4))
        if frame is None:
            break
        if place + frame.length > size:
            if stated is None and frames:
                break
            raise Unreadable("is cut short")
        frames, samples, place = frames + 1, samples + frame.samples, place + frame.length
    if stated is not None and frames < min(stated, _MAX_FRAMES) - 1:
        raise Unreadable("is cut short")
    if not has_info and frames < 2:
        raise Unreadable("holds no MP3 sound")
    return Facts("mp3", seconds=max(0, samples - padding) / first.rate, has_audio=True)


def _after_tags(file: BinaryIO, size: int) -> int:
    """Where the first frame begins: behind ID3 tags and the zeros some writers leave after them."""
    place = 0
    for _ in range(100):
        file.seek(place)
        head = file.read(10)
        if head[:3] != b"ID3" or len(head) < 10:
            break
        if any(byte & 0x80 for byte in head[6:10]):
            raise Unreadable("has a broken ID3 tag")
        length = head[6] << 21 | head[7] << 14 | head[8] << 7 | head[9]
        place += 10 + length + (10 if head[5] & 0x10 else 0)
        if place > size:
            raise Unreadable("is cut short")
    file.seek(place)
    after = file.read(4_096)
    zeros = len(after) - len(after.lstrip(b"\0"))
    return place + zeros


def _frame(head: bytes) -> _Frame | None:
    if not is_mp3_frame(head):
        return None
    version = head[1] >> 3 & 3
    is_first = version == 3
    rate = _SAMPLE_RATES[version][head[2] >> 2 & 3]
    bits = (_BIT_RATES_1 if is_first else _BIT_RATES_2)[head[2] >> 4] * 1000
    samples = 1152 if is_first else 576
    is_mono = head[3] >> 6 == 3
    side = (17 if is_mono else 32) if is_first else (9 if is_mono else 17)
    return _Frame(samples // 8 * bits // rate + (head[2] >> 1 & 1), samples, rate, side)


def _info_frame(file: BinaryIO, place: int, first: _Frame) -> tuple[int | None, int, bool]:
    """What a Xing, Info or VBRI frame states: frames, samples of padding, and whether the first frame is one."""
    file.seek(place + 4)
    data = file.read(max(first.length - 4, 0))
    xing = data[first.side_bytes :]
    if xing[:4] in (b"Xing", b"Info"):
        flags = int.from_bytes(xing[4:8], "big")
        stated = int.from_bytes(xing[8:12], "big") if flags & 1 else None
        lame = xing[8 + 4 * (flags & 1) + 4 * (flags >> 1 & 1) + 100 * (flags >> 2 & 1) + 4 * (flags >> 3 & 1) :]
        delays = int.from_bytes(lame[21:24], "big") if lame[:4] in (b"LAME", b"Lavc", b"Lavf") else 0
        return stated, (delays >> 12) + (delays & 0xFFF), True
    if data[32:36] == b"VBRI":
        return int.from_bytes(data[46:50], "big"), 0, True
    return None, 0, False
