"""The media engine: the ffmpeg that a wheel brings along, run as a process that can't outgrow its limits.

This is the one place that knows ffmpeg. A step hands it sources and a filter graph; the engine reads clips, encodes
results and turns whatever goes wrong into a StepFailed that names the source.
"""

from __future__ import annotations

import asyncio
import os
import re
import resource
import signal
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from importlib.util import find_spec
from pathlib import Path
from typing import Literal, TypeAlias

from callsheet.makers.outcome import StepFailed, problem
from callsheet.makers.steps.clip import Clip, read_clip
from callsheet.problems import RetryableFault

Sound: TypeAlias = Literal["none", "graph", "copy"]

# Demuxers that may open a source. Playlists, which name other files, and network formats are not among them.
_CONTAINERS = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,ogg,wav,mp3,aac,flac,png_pipe,jpeg_pipe,webp_pipe"
_MAX_PIXELS = 8192 * 4320
_SAFE = ("-protocol_whitelist", "file,pipe", "-format_whitelist", _CONTAINERS, "-max_pixels", str(_MAX_PIXELS))
BIT_EXACT = ("-fflags", "+bitexact", "-flags:v", "+bitexact", "-flags:a", "+bitexact", "-map_metadata", "-1")
_COLOUR = ("-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709", "-color_range", "tv")
_PICTURE = (
    *("-c:v", "libx264", "-preset", "veryfast", "-crf", "18", "-profile:v", "high", "-pix_fmt", "yuv420p"),
    *("-x264-params", "mbtree=0"),  # with it, bytes differ now and then between runs at some widths
)
AAC = ("-c:a", "aac", "-b:a", "192k", "-ar", "48000", "-ac", "2")
_STILLS = {".png": ("-c:v", "png"), ".jpg": ("-c:v", "mjpeg", "-huffman", "optimal")}

_SOURCE_NUMBER = re.compile(r"\[(?:in|[va]ist)#(\d+)")
_CONTEXT = re.compile(r"\[[^\]]* @ 0x[0-9a-f]+\] ?|\[(?:error|fatal|panic)\] ?")
_NO_MEMORY = re.compile(r"Cannot allocate memory|malloc of size \d+ failed")
_TAIL_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """What one process may use: seconds without any progress, bytes of memory, of a result and of a report."""

    idle_seconds: float = 120
    memory_bytes: int = 6 * 2**30
    output_bytes: int = 4 * 2**30
    report_bytes: int = 64 * 2**20


@dataclass(frozen=True, slots=True)
class Source:
    """A file to read and what people call it (`clip 2 (`b.mp4`)`); `options` go before it, as for a still picture,
    and `read_as` says what it is to be."""

    path: Path
    label: str
    options: tuple[str, ...] = ()
    read_as: str = "video"


@dataclass(frozen=True, slots=True)
class Encoding:
    """What to encode. `graph` makes `[video]` and, with sound `graph`, `[audio]`; with `copy` the first source's first
    sound goes along untouched. `rate` is the frame rate, or None where the frames keep their times. `picture` and `aac`
    are the encoders' options."""

    graph: str
    sound: Sound
    frames: int
    rate: Fraction | None
    picture: tuple[str, ...] = _PICTURE
    aac: tuple[str, ...] = AAC


class Engine:
    """Runs as many ffmpeg processes at once as the machine has processors for this one."""

    def __init__(self, limits: Limits | None = None, processes: int | None = None) -> None:
        self.limits = limits or Limits()
        self._places = asyncio.Semaphore(processes or _processors())
        self._binary = str(_binary())

    async def read(self, source: Source) -> Clip:
        """The facts of a clip, from every packet of it and its first picture. Raises StepFailed naming the source."""
        report = bytearray()

        def collect(chunk: bytes) -> None:
            report.extend(chunk)
            if len(report) > self.limits.report_bytes:
                raise StepFailed(problem("media-too-long", f"{source.label} has too many packets to be read"))

        arguments = [
            *("-v", "level+info", "-xerror"), *opened(source),
            *("-map", "0:v:0", "-map", "0:a?", "-c", "copy", "-f", "framecrc", "pipe:1"),
            *("-map", "0:v:0", "-frames:v", "1", "-filter:v", "showinfo", "-f", "null", "-"),
        ]  # fmt: skip
        async with self._places:
            said = await self._run(arguments, [source], collect)
        return read_clip(source.label, report.decode("ascii", "replace"), said, source.read_as)

    async def encode(
        self, sources: Sequence[Source], encoding: Encoding, output: Path, progress: Callable[[float], None]
    ) -> None:
        """Write `output` (MP4, H.264 and AAC, the same bytes every time); nothing is left of it where that fails.

        `progress` hears the part of the frames that is done, 0 to 1.
        """
        arguments = _encoding_arguments(sources, encoding, output)
        await self.write(arguments, sources, output, encoding.frames, progress)

    async def write(
        self,
        arguments: Sequence[str],
        sources: Sequence[Source],
        output: Path,
        frames: int = 0,
        progress: Callable[[float], None] = lambda _: None,
    ) -> None:
        """Run arguments that write `output` and report to standard output; nothing is left of it where that fails."""
        unfinished = b""
        done = 0

        def count(chunk: bytes) -> None:
            nonlocal unfinished, done
            *lines, unfinished = (unfinished + chunk).split(b"\n")
            for line in lines:
                name, _, value = line.partition(b"=")
                if name == b"total_size" and value.isdigit() and int(value) > self.limits.output_bytes:
                    allowed = f"the {self.limits.output_bytes:,} bytes allowed"
                    message = f"what {sources[0].label} becomes would be larger than {allowed}"
                    raise StepFailed(problem("step-too-large", message))
                if name == b"frame" and frames and int(value) > done:
                    done = int(value)
                    progress(min(1.0, done / frames))

        try:
            await self.process(arguments, sources, count)
        except BaseException:
            _remove(output)
            raise

    async def still(self, sources: Sequence[Source], graph: str, output: Path, *, quality: int = 2) -> None:
        """Write the last picture that `graph` gives as `[video]`, as PNG or JPEG by the name of `output`; nothing is
        left of it where that fails. `quality` is of a JPEG: 2 is the best, 31 the smallest."""
        arguments = [
            *("-v", "level+error", "-xerror", "-y", "-progress", "pipe:1", "-stats_period", "0.2"),
            *("-filter_threads", "1", "-filter_complex_threads", "1"),
            *(part for source in sources for part in opened(source)),
            *("-filter_complex", graph, "-map", "[video]", "-fps_mode", "passthrough"),
            *(*_STILLS[output.suffix], *(("-q:v", str(quality)) if output.suffix == ".jpg" else ())),
            *("-threads", "1", *BIT_EXACT),
            *("-f", "image2", "-update", "1", f"file:{output}"),
        ]
        try:
            async with self._places:
                await self._run(arguments, sources, lambda _: None)
            if not _is_there(output):
                message = f"{sources[0].label} has no such picture"
                raise StepFailed(problem("media-unreadable", message, "fewer pictures can be decoded than it says"))
        except BaseException:
            _remove(output)
            raise

    async def process(self, arguments: Sequence[str], sources: Sequence[Source], heard: Callable[[bytes], None]) -> str:
        """Run ffmpeg once a processor is free for it. `heard` gets what it reports; what it said comes back."""
        async with self._places:
            return await self._run(arguments, sources, heard)

    async def _run(self, arguments: Sequence[str], sources: Sequence[Source], heard: Callable[[bytes], None]) -> str:
        """Run ffmpeg to its end and return what it said; killed with all it started where this is left early."""
        process = await asyncio.create_subprocess_exec(
            *(self._binary, "-nostdin", "-hide_banner", *arguments),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,
            env={"LC_ALL": "C", "MALLOC_ARENA_MAX": "2"},
        )
        try:
            self._limit(process.pid)
            said = await self._listen(process, heard)
        except TimeoutError:
            names = " and ".join(source.label for source in sources[:3])
            seconds = f"{self.limits.idle_seconds:g}"
            raise StepFailed(problem("step-stalled", f"{names} made no progress for {seconds} seconds")) from None
        finally:
            if process.returncode is None:
                await _end(process)
        if process.returncode:
            raise _fault(process.returncode, said, sources, self.limits)
        return said

    async def _listen(self, process: asyncio.subprocess.Process, heard: Callable[[bytes], None]) -> str:
        assert process.stdout is not None
        assert process.stderr is not None
        said = bytearray()
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(self.limits.idle_seconds) as clock:

            async def report(stream: asyncio.StreamReader) -> None:
                before = b""
                while chunk := await stream.read(65536):
                    heard(chunk)
                    counted = _counters(chunk)
                    if counted != before:
                        before = counted
                        clock.reschedule(loop.time() + self.limits.idle_seconds)

            async def complaints(stream: asyncio.StreamReader) -> None:
                while chunk := await stream.read(65536):
                    said.extend(chunk)
                    del said[:-_TAIL_BYTES]

            await asyncio.gather(report(process.stdout), complaints(process.stderr))
            await process.wait()
        return said.decode("utf-8", "replace")

    def _limit(self, pid: int) -> None:
        """Set the limits on a running process, where the system can do that (Linux); it is never fatal."""
        set_limit = getattr(resource, "prlimit", None)
        if set_limit is None:
            return
        memory = self.limits.memory_bytes
        try:
            set_limit(pid, resource.RLIMIT_DATA, (memory, memory))
            set_limit(pid, resource.RLIMIT_CORE, (0, 0))
        except (OSError, ValueError):
            return


def _encoding_arguments(sources: Sequence[Source], encoding: Encoding, output: Path) -> list[str]:
    sound = {
        "none": ("-an",),
        "graph": ("-map", "[audio]", *encoding.aac),
        "copy": ("-map", "0:a:0", "-c:a", "copy"),
    }[encoding.sound]
    timing = ("-fps_mode", "passthrough")
    if encoding.rate is not None:
        timing = ("-r", f"{encoding.rate.numerator}/{encoding.rate.denominator}")
    return [
        *("-v", "level+error", "-xerror", "-y", "-progress", "pipe:1", "-stats_period", "0.2"),
        *("-filter_threads", "1", "-filter_complex_threads", "1"),
        *(part for source in sources for part in opened(source)),
        *("-filter_complex", encoding.graph, "-map", "[video]"),
        *(*encoding.picture, *_COLOUR, *timing, *sound, "-threads", "1", *BIT_EXACT),
        *("-movflags", "+faststart", "-f", "mp4", f"file:{output}"),
    ]


def opened(source: Source) -> tuple[str, ...]:
    """The arguments that open a source, safely."""
    return (*_SAFE, "-threads", "1", *source.options, "-i", f"file:{source.path}")


def _counters(chunk: bytes) -> bytes:
    """What changes in a report while work goes on: all of it, or of progress lines the number of frames and bytes."""
    if b"progress=" not in chunk:
        return chunk
    return b"\n".join(re.findall(rb"^(?:frame|out_time_us|total_size)=.*$", chunk, re.MULTILINE))


def _fault(returncode: int, said: str, sources: Sequence[Source], limits: Limits) -> Exception:
    errors = [line for line in said.splitlines() if re.search(r"\[(?:error|fatal|panic)\]", line)]
    text = "\n".join(errors)
    first = sources[0].label
    if "No space left on device" in text:
        return RetryableFault(problem("disk-full", f"there is no room left on the disk to write what {first} becomes"))
    if _NO_MEMORY.search(text):
        return StepFailed(
            problem("step-memory", f"{first} needs more memory than the {limits.memory_bytes:,} bytes allowed")
        )
    numbers = [int(match[1]) for line in errors if (match := _SOURCE_NUMBER.search(line))]
    known = sources[numbers[0] : numbers[0] + 1] if numbers else ()
    suspects = known or sources[:3]
    names = " or ".join(source.label for source in suspects)
    kinds = " or ".join(dict.fromkeys(source.read_as for source in suspects))
    why = _reason(errors, sources, suspects[0].read_as)
    return StepFailed(problem("media-unreadable", f"{names} can't be read as {kinds}", why))


def _reason(errors: Sequence[str], sources: Sequence[Source], read_as: str) -> str:
    """ffmpeg's first complaint without addresses and paths, or what a process without last words died of."""
    for line in errors:
        if "matches no streams" in line:
            return "it has no sound" if read_as == "audio" else "it has no picture"
        words = _CONTEXT.sub("", line).strip()
        for source in sources:
            words = words.replace(f"file:{source.path}", source.label).replace(str(source.path), source.label)
        if words:
            return f"the decoder says: {words.rstrip('.')}"
    return "the decoder died without a word"


def _is_there(path: Path) -> bool:
    return path.is_file()


def _remove(path: Path) -> None:
    path.unlink(missing_ok=True)


async def _end(process: asyncio.subprocess.Process) -> None:
    """Kill a process with all it started and see it gone, though this be cancelled meanwhile."""
    _kill(process.pid)
    gone = asyncio.ensure_future(process.wait())
    try:
        await asyncio.shield(gone)
    except asyncio.CancelledError:
        await gone
        raise


def _kill(pid: int) -> None:
    try:
        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def _processors() -> int:
    available = getattr(os, "sched_getaffinity", None)
    return len(available(0)) if available else os.cpu_count() or 1


def _binary() -> Path:
    """The ffmpeg in the imageio-ffmpeg wheel, found without importing it and never taken from PATH."""
    spec = find_spec("imageio_ffmpeg")
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        for path in sorted(Path(folder, "binaries").glob("ffmpeg-*")):
            return path
    raise StepFailed(
        problem("no-media-engine", "there is no ffmpeg for this machine", "install `imageio-ffmpeg` from its wheel")
    )
