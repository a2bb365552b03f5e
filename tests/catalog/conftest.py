"""The catalogue that ships, and media values with facts as a test needs them."""

from __future__ import annotations

import io
import json
import subprocess
import wave
from collections.abc import Callable
from pathlib import Path

import pytest
from imageio_ffmpeg import get_ffmpeg_exe
from PIL import Image

from callsheet.catalog.load import Catalog, load_catalog
from callsheet.catalog.route import Route
from callsheet.media.info import LocalFile, MediaInfo

HAPPYHORSE = "happyhorse/happyhorse-1.0/image-to-video"
WAN = "wan-ai/wan-2-7/text-to-video"
SEEDANCE_2 = "bytedance/seedance-v2/pro"
SEEDANCE_15 = "bytedance/seedance-v1.5-pro/image-to-video"
FANTASY = "community/fantasy-portrait/image-to-video"
FUSIONX = "community/wan-2-1/fusionx/image-to-video"

MakeMedia = Callable[..., LocalFile]


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    return load_catalog()


@pytest.fixture
def happyhorse(catalog: Catalog) -> Route:
    return catalog.route(HAPPYHORSE)


@pytest.fixture
def wan(catalog: Catalog) -> Route:
    return catalog.route(WAN)


@pytest.fixture
def seedance2(catalog: Catalog) -> Route:
    return catalog.route(SEEDANCE_2)


@pytest.fixture
def seedance15(catalog: Catalog) -> Route:
    return catalog.route(SEEDANCE_15)


@pytest.fixture
def fantasy(catalog: Catalog) -> Route:
    return catalog.route(FANTASY)


@pytest.fixture
def fusionx(catalog: Catalog) -> Route:
    return catalog.route(FUSIONX)


def _local(shown: str, info: MediaInfo) -> LocalFile:
    return LocalFile(Path("campaign") / shown, shown, info)


@pytest.fixture
def image() -> MakeMedia:
    def make(
        width: int = 800, height: int = 600, size: int = 90_000, media_type: str = "image/png", shown: str = "a.png"
    ) -> LocalFile:
        return _local(shown, MediaInfo("image", media_type, size, "0" * 64, width, height))

    return make


@pytest.fixture
def voice() -> MakeMedia:
    def make(
        seconds: float = 4.2, size: int = 90_000, media_type: str = "audio/wav", shown: str = "v.wav"
    ) -> LocalFile:
        return _local(shown, MediaInfo("audio", media_type, size, "1" * 64, seconds=seconds, has_audio=True))

    return make


@pytest.fixture
def clip() -> MakeMedia:
    def make(seconds: float = 5, size: int = 90_000, media_type: str = "video/mp4", shown: str = "c.mp4") -> LocalFile:
        return _local(shown, MediaInfo("video", media_type, size, "2" * 64, 1280, 720, seconds))

    return make


def _png(width: int, height: int, size: int = 0) -> bytes:
    """A grey picture; bytes after its end make it as large as asked."""
    data = io.BytesIO()
    Image.new("L", (width, height), 90).save(data, "PNG")
    return data.getvalue().ljust(size, b"\0")


def _wav(seconds: float, rate: int = 8000, width: int = 1) -> bytes:
    data = io.BytesIO()
    with wave.open(data, "wb") as file:
        file.setparams((1, width, rate, 0, "NONE", "not compressed"))
        file.writeframes(bytes([128]) * int(seconds * rate * width))
    return data.getvalue()


def _mp4(folder: Path, seconds: float) -> bytes:
    path = folder / f"{seconds}.mp4"
    source = f"color=c=gray:size=320x240:rate=10:duration={seconds}"
    words = [
        get_ffmpeg_exe(),
        "-v",
        "error",
        "-f",
        "lavfi",
        "-i",
        source,
        "-c:v",
        "libx264",
        "-preset",
        "ultrafast",
        path,
    ]
    subprocess.run(words, check=True)
    return path.read_bytes()


@pytest.fixture(scope="session")
def media_files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Real files whose names say what they are: pictures by pixels, voices and clips by seconds."""
    folder = tmp_path_factory.mktemp("clips")
    pictures = {f"p{w}x{h}.png": _png(w, h) for w, h in (
        (640, 480), (299, 400), (780, 300), (300, 780), (300, 400), (400, 300), (1000, 400), (400, 1000),
        (6000, 2500), (2500, 6000),
    )}  # fmt: skip
    voices = {f"v{seconds}.wav": _wav(seconds) for seconds in (1.5, 2.9, 5, 5.2, 16, 31)}
    clips = {f"c{seconds}.mp4": _mp4(folder, seconds) for seconds in (1.5, 5, 16)}
    return {
        **pictures, **voices, **clips,
        "heavy.png": _png(640, 480, 10_000_001),
        "heaviest.png": _png(640, 480, 30_000_000),
        "heavy.wav": _wav(10, 800_000, 2),
        "text.png": b"this is no picture\n",
        "half.png": _png(640, 480)[:60],
    }  # fmt: skip


Problems = dict[str, tuple[str, str, str | None]]


@pytest.fixture
def refusals(project, provider, media_files) -> Callable[..., Problems]:
    """Runs a pipeline of one node for each change to an input that is good, against a provider that must hear nothing.

    The result has one (code, message, hint) for each change; a change that is None takes an input away.
    """

    def refused(maker: dict[str, str], good: dict[str, object], changes: dict[str, dict[str, object]]) -> Problems:
        one = provider()
        project.write({f"assets/{name}": content for name, content in media_files.items()})
        found: Problems = {}
        for case, change in changes.items():
            given = {**good, **{key: value for key, value in change.items() if not key.startswith("node.")}}
            node = {**maker, "input": {name: value for name, value in given.items() if value is not None}}
            node |= {key.removeprefix("node."): value for key, value in change.items() if key.startswith("node.")}
            project.write({"pipeline.yaml": json.dumps({"callsheet": 1, "name": "x", "seed": 1, "nodes": {"a": node}})})
            finished = project.run("run", "pipeline.yaml", "--yes", "--json")
            assert finished.exit_code == 65, (case, finished)
            (problem,) = finished.json["problems"]
            found[case] = (problem["code"], problem["message"], problem.get("hint"))
        assert one.calls == []
        return found

    return refused
