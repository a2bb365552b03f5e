"""Every step with broken and malicious files in every place that takes one.

Each run ends as the step does with a good file, or with an error that names the file: in time, within the engine's
limits, and leaving nothing behind. `FUZZ_INPUTS` says how many files are tried (`make test-fuzz` tries them all).
"""

from __future__ import annotations

import asyncio
import os
import random
import struct
import zlib
from pathlib import Path

import pytest

from callsheet.catalog.fields import fill
from callsheet.catalog.load import load_catalog
from callsheet.catalog.route import Field
from callsheet.makers.maker import MediaFile, Order
from callsheet.makers.outcome import StepFailed
from callsheet.makers.steps.engine import Engine, Limits
from callsheet.makers.steps.table import STEPS, StepMaker
from callsheet.media.info import MediaInfo

INPUTS = int(os.environ.get("FUZZ_INPUTS", "6"))
LIMITS = Limits(idle_seconds=20, memory_bytes=2 * 2**30, output_bytes=64 * 2**20, report_bytes=8 * 2**20)
OPTIONS = {
    "caption": {"text": "Hello"},
    "export": {"preset": "web"},
    "frame": {"at": 0.1},
    "loop": {"times": 2},
    "reframe": {"aspect_ratio": "1:1"},
    "replace_audio": {"longer": "trim"},
    "speed": {"factor": 2},
    "split_audio": {"max_seconds": 2, "min_seconds": 0.1},
    "still": {"seconds": 0.2},
    "trim": {"start": 0, "end": 0.1},
}
BESIDE = {
    ("mix_audio", "audio"): ("music",),
    ("mix_audio", "music"): ("video",),
    ("mix_audio", "video"): ("music",),
    ("overlay", "clip"): ("video",),
    ("overlay", "image"): ("video",),
    ("overlay", "video"): ("image",),
    ("replace_audio", "audio"): ("video",),
    ("replace_audio", "video"): ("audio",),
}
"""The good media that a step needs beside a hostile one."""

TYPES = {".mp4": "video/mp4", ".wav": "audio/wav", ".mp3": "audio/mpeg", ".png": "image/png", ".jpg": "image/jpeg"}
KINDS = {"video": (".mp4",), "audio": (".wav", ".mp3"), "image": (".png", ".jpg")}


@pytest.fixture(scope="module")
def good(tmp_path_factory, request) -> dict[str, Path]:
    """A small film with sound, two sounds and two pictures."""
    folder = tmp_path_factory.mktemp("good")
    make = request.getfixturevalue("module_ffmpeg")
    film = ("-f", "lavfi", "-i", "testsrc=s=96x64:r=12:d=0.5", "-f", "lavfi", "-i", "anoisesrc=d=0.5:a=0.1:seed=1")
    x264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac", "-movflags", "+faststart")
    noise = ("-f", "lavfi", "-i", "anoisesrc=d=0.5:a=0.1:r=16000:seed=2")
    still = ("-f", "lavfi", "-i", "testsrc=s=96x64", "-frames:v", "1")
    plans = {".mp4": (*film, *x264), ".wav": noise, ".mp3": noise, ".png": still, ".jpg": still}
    found: dict[str, Path] = {}
    for ending, arguments in plans.items():
        found[ending] = folder / f"good{ending}"
        make(*arguments, str(found[ending]))
    return found


def hostile(ending: str, whole: bytes, count: int) -> list[tuple[str, bytes]]:
    """`count` mutations of a good file, the same every time: first the designed ones, then random ones."""
    draw = random.Random(ending)
    designed = [
        ("cut", whole[: len(whole) // 2]),
        ("flipped", flipped(whole, draw, 40)),
        ("empty", b""),
        ("head", whole[:40]),
        ("page", b"<html><body>Not found</body></html>"),
        ("zeros", bytes(len(whole))),
        ("hollow", whole[:64] + bytes(len(whole) - 64)),
        ("list", b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n"),
        ("doubled", whole + whole),
        ("endless", whole[:-4] + b"\xff" * 4),
        *SHAPES[ending](whole),
    ]
    while len(designed) < count:
        number = len(designed)
        kind = draw.choice(("flipped", "cut", "grown", "swapped"))
        place = draw.randrange(len(whole))
        content = {
            "flipped": flipped(whole, draw, draw.choice((1, 8, 200))),
            "cut": whole[:place],
            "grown": whole[:place] + draw.randbytes(draw.choice((4, 4096))) + whole[place:],
            "swapped": whole[place:] + whole[:place],
        }[kind]
        designed.append((f"{kind}{number}", content))
    return [(f"{name}{ending}", content) for name, content in designed[:count]]


def flipped(whole: bytes, draw: random.Random, times: int) -> bytes:
    changed = bytearray(whole)
    for _ in range(times):
        changed[draw.randrange(len(changed))] = draw.randrange(256)
    return bytes(changed)


def film_shapes(whole: bytes) -> list[tuple[str, bytes]]:
    """Lengths, sizes and counts in the boxes of an MP4 that can't be."""

    def patched(box: bytes, at: int, value: bytes) -> bytes:
        place = whole.index(box) + at
        return whole[:place] + value + whole[place + len(value) :]

    return [
        ("timeless", patched(b"mvhd", 20, bytes(4))),
        ("scaleless", patched(b"mdhd", 16, bytes(4))),
        ("eternal", patched(b"stts", 12, b"\x00\x00\x00\x01\x7f\xff\xff\xff")),
        ("countless", patched(b"stsz", 12, b"\x7f\xff\xff\xff")),
        ("crowded", patched(b"stts", 8, b"\xff\xff\xff\xff")),
        ("misplaced", patched(b"stco", 12, b"\xff\xff\xff\x00")),
        ("huge", patched(b"avc1", 28, b"\xff\xff\xff\xff")),
        ("bottomless", b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2" + b"\x00\x00\x10\x00moov" * 4000),
        ("zero box", whole[:32] + b"\x00\x00\x00\x01moov\x00\x00\x00\x00\x00\x00\x00\x00" + whole[32:]),
        ("referring", patched(b"url ", 4, b"\x00\x00\x00\x00") + b"/etc/passwd"),
    ]


def wave_shapes(whole: bytes) -> list[tuple[str, bytes]]:
    body = whole[44:]

    def head(channels: int, rate: int, bits: int, length: int) -> bytes:
        block = channels * bits // 8
        form = struct.pack("<HHIIHH", 1, channels, rate, rate * block & 0xFFFFFFFF, block & 0xFFFF, bits)
        start = b"RIFF" + struct.pack("<I", 0xFFFFFFFF) + b"WAVEfmt " + struct.pack("<I", 16)
        return start + form + b"data" + struct.pack("<I", length)

    return [
        ("mute", head(1, 16000, 16, 0)),
        ("no channels", head(0, 16000, 16, len(body)) + body),
        ("no rate", head(1, 0, 16, len(body)) + body),
        ("crowd", head(65535, 16000, 16, len(body)) + body),
        ("fast", head(1, 0x7FFFFFFF, 16, len(body)) + body),
        ("slow", head(1, 1, 16, len(body)) + body),
        ("long", head(1, 16000, 16, 0xFFFFFFF0) + body),
        ("odd", head(1, 16000, 13, len(body)) + body),
        ("flat", head(1, 16000, 16, 3200) + bytes(3200)),
    ]


def picture_shapes(whole: bytes) -> list[tuple[str, bytes]]:
    """Pictures of absurd size: an honest bomb, a stated size without pixels, and none at all."""

    def png(width: int, height: int, rows: bytes) -> bytes:
        def chunk(name: bytes, content: bytes) -> bytes:
            return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

        head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
        return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b"")

    return [
        ("bomb", png(12000, 12000, bytes(12001 * 12000 // 64))),
        ("vast", png(0x7FFFFFFF, 0x7FFFFFFF, b"")),
        ("nothing", png(0, 0, b"")),
        ("thin", png(30000, 1, bytes(30001))),
        ("bare", png(64, 64, b"")),
    ]


def plain_shapes(whole: bytes) -> list[tuple[str, bytes]]:
    return [("tagged", b"ID3\x04\x00\x00\x7f\x7f\x7f\x7f" + whole), ("tail", whole[len(whole) // 3 :])]


SHAPES = {
    ".mp4": film_shapes,
    ".wav": wave_shapes,
    ".mp3": plain_shapes,
    ".png": picture_shapes,
    ".jpg": plain_shapes,
}


def corpus(good: dict[str, Path], kind: str) -> list[tuple[str, bytes]]:
    endings = KINDS[kind]
    share = max(1, INPUTS // 3 // len(endings))
    return [one for ending in endings for one in hostile(ending, good[ending].read_bytes(), share)]


def handed(path: Path, kind: str) -> MediaFile:
    return MediaFile(MediaInfo(kind, TYPES[path.suffix], path.stat().st_size, "0" * 64), path=path)


def is_one_of_many(field: Field, value: object) -> bool:
    return field.many and not isinstance(value, list)


@pytest.mark.parametrize("name", sorted(STEPS))
def test_a_hostile_file_ends_as_an_error_that_names_it_and_leaves_nothing(name, good, children, tmp_path):
    step = load_catalog().step(name)
    media = {native: field for native, field in step.fields.items() if field.media is not None}
    firsts = {kind: handed(good[endings[0]], kind) for kind, endings in KINDS.items()}
    survived: list[str] = []
    for native, field in media.items():
        for number, (shown, content) in enumerate(corpus(good, field.media)):
            path = tmp_path / shown
            path.write_bytes(content)
            beside = {one: firsts[media[one].media] for one in BESIDE.get((name, native), ())}
            given = {**beside, native: handed(path, field.media)}
            if name == "side_by_side":
                given["clips"] = [firsts["video"], given["clips"]]
            given = {one: [value] if is_one_of_many(media[one], value) else value for one, value in given.items()}
            values = fill(step, {**OPTIONS.get(name, {}), **given}, {}).values
            folder = tmp_path / f"{native}-{number}"
            folder.mkdir()
            error = asyncio.run(within(60, Order("x", "k", name, values, folder)))
            if error is None:
                survived.append(shown)
            else:
                assert shown in error
                assert str(tmp_path) not in error
                assert list(folder.iterdir()) == [], shown
            assert children() == [], shown
    assert not set(survived) & {f"{what}{ending}" for what in ("empty", "page", "list") for ending in TYPES}


async def within(seconds: float, order: Order) -> str | None:
    """Make the order in this time; what the step says where it fails."""

    class Diary:
        def progress(self, done: float) -> None:
            assert 0 <= done <= 1

    async with asyncio.timeout(seconds):
        try:
            await StepMaker(Engine(LIMITS)).make(order, Diary())
        except StepFailed as error:
            return str(error)
    return None


def test_the_whole_corpus_has_more_than_fifty_files(good):
    files = [
        one for ending in TYPES for one in hostile(ending, good[ending].read_bytes(), 20 if ending == ".mp4" else 10)
    ]
    assert len(dict(files)) == len(files) == 60
