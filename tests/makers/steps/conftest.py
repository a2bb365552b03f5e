"""Small real films made with the real engine's binary, steps made for real, and what came out, decoded."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from hashlib import sha256
from pathlib import Path

import av
import pytest
from PIL import Image

from callsheet.catalog.fields import fill
from callsheet.catalog.load import load_catalog
from callsheet.makers.maker import Made, MadeFile, MediaFile, Order
from callsheet.makers.outcome import StepFailed
from callsheet.makers.steps.engine import Engine
from callsheet.makers.steps.table import StepMaker
from callsheet.media.info import MediaInfo, MediaKind
from callsheet.media.read import read_media


class Diary:
    """Remembers the progress it is told, and shows it to whoever waits for the first of it."""

    def __init__(self) -> None:
        self.told: list[float] = []
        self.begun = asyncio.Event()

    async def intent(self, digest: str) -> None:
        raise AssertionError("a step submits nothing")

    async def submitted(self, request_id: str) -> None:
        raise AssertionError("a step submits nothing")

    async def refused(self) -> None:
        raise AssertionError("a step submits nothing")

    def state(self, state: str, queue_position: int | None = None) -> None:
        return

    def progress(self, done: float) -> None:
        self.told.append(done)
        self.begun.set()


@dataclass(frozen=True)
class Film:
    """What a decoder finds: pictures as (time, RGB image), sound as samples per channel at 48 kHz."""

    size: tuple[int, int]
    rate: Fraction
    times: list[Fraction]
    pictures: list[object]
    sound: list[float] | None

    def pixel(self, picture: int, x: int, y: int) -> tuple[int, int, int]:
        return self.pictures[picture].getpixel((x, y))


def ffmpeg(*arguments: str) -> None:
    binary = next((Path(av.__file__).parent.parent / "imageio_ffmpeg" / "binaries").glob("ffmpeg-*"))
    subprocess.run([binary, "-nostdin", "-v", "error", "-y", *arguments], check=True)


def media_file(path: Path, kind: MediaKind = "video") -> MediaFile:
    content = path.read_bytes() if path.is_file() else b""
    info = MediaInfo(kind, f"{kind}/x", len(content), sha256(content).hexdigest())
    return MediaFile(info, path=path)


@pytest.fixture
def run_ffmpeg() -> Callable[..., None]:
    return ffmpeg


@pytest.fixture(scope="session")
def module_ffmpeg() -> Callable[..., None]:
    return ffmpeg


@pytest.fixture
def media() -> Callable[..., MediaFile]:
    return media_file


@pytest.fixture
def film(tmp_path: Path) -> Callable[..., MediaFile]:
    """`film("a.mp4", size="160x90", rate="25", seconds=1, picture="color=red", sound="sine=f=440")`."""

    def make(
        name: str,
        size: str = "160x90",
        rate: str = "25",
        seconds: float = 1,
        picture: str = "color=red",
        sound: str | None = None,
        encode: tuple[str, ...] = (),
        filters: str = "null",
    ) -> MediaFile:
        joint = ":" if "=" in picture else "="
        inputs = ["-f", "lavfi", "-t", str(seconds), "-i", f"{picture}{joint}s={size}:r={rate}"]
        if sound:
            inputs += ["-f", "lavfi", "-i", sound]
        path = tmp_path / name
        colour = (
            "scale=out_color_matrix=bt709:out_range=tv,setparams=colorspace=bt709:color_primaries=bt709:color_trc=bt709"
        )
        codecs = ("-c:v", "libx264", "-preset", "ultrafast", "-crf", "10", "-pix_fmt", "yuv420p", "-c:a", "aac")
        ffmpeg(*inputs, "-vf", f"{filters},{colour}", *codecs, "-threads", "1", *encode, str(path))
        return media_file(path)

    return make


@pytest.fixture
def order(tmp_path: Path) -> Callable[..., Order]:
    def make(made_by: str, **given: object) -> Order:
        folder = tmp_path / f"order-{len(list(tmp_path.glob('order-*')))}"
        folder.mkdir()
        return Order("spot", "key", made_by, given, folder)

    return make


@pytest.fixture
def work(order: Callable[..., Order]) -> Callable[..., Path]:
    """Make a step and give back its one file; the order's folder holds nothing else."""

    def make(made_by: str, **given: object) -> Path:
        wanted = order(made_by, **given)
        diary = Diary()
        made: Made = asyncio.run(StepMaker().make(wanted, diary))
        assert [(file.kind, file.media_type) for file in made.files] == [("video", "video/mp4")]
        assert list(wanted.folder.iterdir()) == [made.files[0].path]
        assert diary.told == sorted(diary.told)
        assert diary.told[-1] == 1.0
        return made.files[0].path

    return make


@pytest.fixture
def made(order: Callable[..., Order]) -> Callable[..., list[MadeFile]]:
    """Make a step with its schema's defaults and give back its files; the order's folder holds nothing else."""
    catalog = load_catalog()

    def make(made_by: str, **given: object) -> list[MadeFile]:
        wanted = order(made_by, **fill(catalog.step(made_by), given, {}).values)
        diary = Diary()
        made: Made = asyncio.run(StepMaker().make(wanted, diary))
        assert {file.path for file in made.files} == set(wanted.folder.iterdir())
        assert diary.told == sorted(diary.told)
        assert diary.told[-1] == 1.0
        return list(made.files)

    return make


@pytest.fixture
def take(order: Callable[..., Order]) -> Callable[..., Path]:
    """Make a step whose file is an image, and give back its path; the order's folder holds nothing else."""

    def make(made_by: str, **given: object) -> Path:
        wanted = order(made_by, **given)
        diary = Diary()
        made: Made = asyncio.run(StepMaker().make(wanted, diary))
        (file,) = made.files
        info = read_media(file.path)
        assert (file.kind, file.media_type) == (info.kind, info.media_type)
        assert file.kind == "image"
        assert list(wanted.folder.iterdir()) == [file.path]
        assert diary.told == sorted(diary.told)
        assert diary.told[-1] == 1.0
        return file.path

    return make


@pytest.fixture
def painting(tmp_path: Path) -> Callable[..., MediaFile]:
    """`painting("a.png", Image.new("RGB", (40, 20), "red"))`: an image file, with its facts."""

    def make(name: str, image: Image.Image, **options: object) -> MediaFile:
        path = tmp_path / name
        image.save(path, **options)
        return MediaFile(read_media(path), path=path)

    return make


@pytest.fixture
def refused(order: Callable[..., Order]) -> Callable[..., str]:
    """Make a step that is refused, and give back the whole text of the error; nothing is left behind."""

    def make(made_by: str, **given: object) -> str:
        wanted = order(made_by, **given)
        with pytest.raises(StepFailed) as caught:
            asyncio.run(StepMaker().make(wanted, Diary()))
        assert list(wanted.folder.iterdir()) == []
        return str(caught.value)

    return make


@pytest.fixture
def begin() -> Callable[..., tuple[StepMaker, Diary]]:
    """A maker with limits of its own and a diary; to be called inside a running loop."""

    def make(engine: Engine | None = None) -> tuple[StepMaker, Diary]:
        return StepMaker(engine), Diary()

    return make


@pytest.fixture
def watch() -> Callable[[Path], Film]:
    def decode(path: Path) -> Film:
        with av.open(str(path)) as container:
            stream = container.streams.video[0]
            pictures = [(frame.pts * frame.time_base, frame.to_image()) for frame in container.decode(stream)]
            size, rate = (stream.width, stream.height), stream.average_rate
        return Film(size, rate, [time for time, _ in pictures], [picture for _, picture in pictures], _sound(path))

    return decode


def _sound(path: Path) -> list[float] | None:
    """The first sound track from the film's start, mono, 48 kHz; None where there is none."""
    with av.open(str(path)) as container:
        if not container.streams.audio:
            return None
        resampler = av.AudioResampler(format="flt", layout="mono", rate=48000)
        samples: list[float] = []
        for frame in container.decode(container.streams.audio[0]):
            if not samples and frame.pts:
                samples += [0.0] * round(frame.pts * frame.time_base * 48000)
            for ready in resampler.resample(frame):
                samples += memoryview(bytes(ready.planes[0])).cast("f")[: ready.samples].tolist()
        return samples


@pytest.fixture
def children() -> Callable[[], list[str]]:
    """Lists the processes that this one has started and that are still there (known on Linux)."""

    def there() -> list[str]:
        return [child for one in Path("/proc/self/task").glob("*/children") for child in one.read_text().split()]

    return there
