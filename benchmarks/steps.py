"""Measures each step against the same ffmpeg called by hand, in turns; prints a Markdown table of medians and ratios.

python benchmarks/steps.py                 every step
python benchmarks/steps.py trim reframe    some

By hand means: the very command lines that the step ran, with the same flags, threads and files, typed by someone who
knows already what the clips are. What the step adds is its process, reading every clip to its end, and its own work.
"""

from __future__ import annotations

import argparse
import asyncio
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median

from callsheet.catalog.fields import fill
from callsheet.catalog.load import load_catalog
from callsheet.makers.maker import MediaFile, Order
from callsheet.makers.steps.engine import Engine, Source
from callsheet.makers.steps.table import StepMaker
from callsheet.media.read import read_media

WANTED = 1.15
SPEECH = "aevalsrc=exprs=sin(2*PI*220*t)*lt(mod(t\\,2)\\,1.5)*0.4:s=48000:d={seconds}"


@dataclass(frozen=True, slots=True)
class Command:
    """A command line, and what lay in the step's own folder when it was run."""

    words: list[str]
    files: dict[str, bytes]


class Recorder(Engine):
    """An engine that remembers the commands that made something; those that only read a clip are left out."""

    def __init__(self, folder: Path, commands: list[Command]) -> None:
        super().__init__()
        self.binary = self._binary
        self.folder = folder
        self.commands = commands

    async def _run(self, arguments: Sequence[str], sources: Sequence[Source], heard: Callable[[bytes], None]) -> str:
        if "framecrc" not in arguments:
            files = {path.name: path.read_bytes() for path in self.folder.iterdir()}
            self.commands.append(Command([self.binary, "-nostdin", "-hide_banner", *arguments], files))
        return await super()._run(arguments, sources, heard)


class Silent:
    """A diary that nobody reads."""

    async def intent(self, digest: str) -> None:
        """Steps submit nothing."""

    async def submitted(self, request_id: str) -> None:
        """Steps submit nothing."""

    async def refused(self) -> None:
        """Steps submit nothing."""

    def state(self, state: str, queue_position: int | None = None) -> None:
        """Not written down."""

    def progress(self, done: float) -> None:
        """Not written down."""

    def trouble(self, text: str) -> None:
        """Not written down."""


def films(folder: Path, ffmpeg: str) -> dict[str, MediaFile]:
    """The files that the steps work on: clips of 720p and 540p with sound, a picture, a voice and music."""
    colour = (
        "scale=out_color_matrix=bt709:out_range=tv,setparams=colorspace=bt709:color_primaries=bt709:color_trc=bt709"
    )
    picture = ("-vf", f"noise=alls=5:allf=t,{colour}", "-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p")

    def make(name: str, *arguments: str) -> Path:
        subprocess.run([ffmpeg, "-v", "error", "-y", *arguments, str(folder / name)], check=True)
        return folder / name

    def film(name: str, size: str, rate: str, seconds: int) -> Path:
        sources = (f"testsrc2=s={size}:r={rate}:d={seconds}", f"sine=f=330:d={seconds}")
        return make(name, *(part for source in sources for part in ("-f", "lavfi", "-i", source)), *picture)

    made = {
        "hd": film("hd.mp4", "1280x720", "25", 5),
        "other": film("other.mp4", "960x540", "30", 5),
        "logo": make("logo.png", "-f", "lavfi", "-i", "testsrc=s=640x360", "-frames:v", "1"),
        "photo": make("photo.png", "-f", "lavfi", "-i", "testsrc2=s=1920x1080", "-frames:v", "1"),
        "voice": make("voice.wav", "-f", "lavfi", "-i", SPEECH.format(seconds=5)),
        "speech": make("speech.wav", "-f", "lavfi", "-i", SPEECH.format(seconds=60)),
        "music": make("music.wav", "-f", "lavfi", "-i", "anoisesrc=d=30:c=pink:a=0.3:r=48000"),
    }
    return {name: MediaFile(read_media(path), path=path) for name, path in made.items()}


def orders(files: Mapping[str, MediaFile]) -> dict[str, dict[str, object]]:
    """What each step is asked for, by the step's name; `concat` twice, with cuts and with crossfades."""
    hd, other = files["hd"], files["other"]
    return {
        "caption": {"video": hd, "text": "Light that stays with you"},
        "concat": {"clips": [hd, other]},
        "concat crossfade": {"clips": [hd, other], "transition": "crossfade"},
        "contact_sheet": {"clips": [hd, other, hd, other], "labels": ["one", "two", "three", "four"]},
        "export": {"video": hd},
        "first_frame": {"video": hd},
        "frame": {"video": hd, "at": 3},
        "last_frame": {"video": hd},
        "loop": {"video": hd, "times": 2},
        "loudness": {"video": hd},
        "mix_audio": {"video": hd, "music": files["music"]},
        "overlay": {"video": hd, "image": files["logo"]},
        "poster": {"video": hd},
        "reframe": {"video": hd, "aspect_ratio": "9:16"},
        "reframe blur": {"video": hd, "aspect_ratio": "9:16", "fit": "blur"},
        "replace_audio": {"video": hd, "audio": files["voice"]},
        "side_by_side": {"clips": [hd, other], "size": "960x540"},
        "speed": {"video": hd, "factor": 1.5},
        "split_audio": {"audio": files["speech"], "max_seconds": 15},
        "still": {"image": files["photo"], "seconds": 4},
        "trim": {"video": hd, "start": 1, "seconds": 4},
    }


@dataclass(frozen=True, slots=True)
class Took:
    """Seconds on the wall, and of CPU in this process and those that it started."""

    wall: float
    cpu: float


def took(action: Callable[[], None]) -> Took:
    cpu, wall = _cpu(), time.perf_counter()
    action()
    return Took(time.perf_counter() - wall, _cpu() - cpu)


def _cpu() -> float:
    usages = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def measured(name: str, given: Mapping[str, object], folder: Path, rounds: int) -> tuple[Took, Took]:
    """What the step and its commands by hand took: medians of rounds in which each runs once."""
    step = name.split()[0]
    values = fill(load_catalog().step(step), given, {}).values
    ours, byhand = [], []
    for _ in range(rounds):
        commands: list[Command] = []
        ours.append(took(partial(work, step, values, folder, commands)))
        byhand.append(type_in(commands, folder))
    return middle(ours), middle(byhand)


def middle(times: Sequence[Took]) -> Took:
    return Took(median(one.wall for one in times), median(one.cpu for one in times))


def work(step: str, values: Mapping[str, object], folder: Path, commands: list[Command]) -> None:
    """Make a step as a run does, in an empty folder, and add the commands that it ran to `commands`."""
    recorder = Recorder(fresh(folder), commands)
    order = Order("spot", "key", step, values, folder)
    asyncio.run(StepMaker(recorder).make(order, Silent()))


def type_in(commands: Sequence[Command], folder: Path) -> Took:
    """Run commands one after the other as the step did; what laid their files ready is not counted."""
    times: list[Took] = []
    for command in commands:
        fresh(folder)
        for name, content in command.files.items():
            (folder / name).write_bytes(content)
        times.append(took(partial(_run, command.words)))
    return Took(sum(one.wall for one in times), sum(one.cpu for one in times))


def _run(words: Sequence[str]) -> None:
    subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, check=True)


def fresh(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    return folder


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("steps", nargs="*", help="names of steps; all when none is given")
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        files = films(Path(scratch), Recorder(Path(scratch), []).binary)
        sys.stdout.write("| step | callsheet | by hand | ratio | of CPU |\n|---|---:|---:|---:|---:|\n")
        late = 0
        for name, given in orders(files).items():
            if asked.steps and name.split()[0] not in asked.steps:
                continue
            ours, byhand = measured(name, given, Path(scratch, "order"), asked.rounds)
            ratio = ours.wall / byhand.wall
            late += ratio > WANTED
            seconds = f"{ours.wall:.2f} s | {byhand.wall:.2f} s"
            sys.stdout.write(f"| {name} | {seconds} | {ratio:.2f} | {ours.cpu / byhand.cpu:.2f} |\n")
            sys.stdout.flush()
    return 1 if late else 0


if __name__ == "__main__":
    sys.exit(main())
