"""The sound side of the media engine: how long and how loud a sound is and where it pauses, and sound written out."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import inf
from pathlib import Path

from callsheet.makers.outcome import StepFailed, problem
from callsheet.makers.steps.clip import Clip
from callsheet.makers.steps.engine import AAC, BIT_EXACT, Encoding, Engine, Source, opened
from callsheet.makers.steps.frame import in_bt709

SAMPLES = 48_000
STEREO = f"aresample={SAMPLES}:async=1:first_pts=0,aformat=sample_fmts=fltp:channel_layouts=stereo"
"""Filters that make any sound track stereo at 48 kHz from the file's start; a mono track keeps its loudness."""

_MAX_SECONDS = 4 * 3600
_SILENT = -70.0
_COPIED = ("h264",)
_QUIET = ("-v", "level+error", "-xerror", "-progress", "pipe:1", "-stats_period", "0.2")
_ONE_THREAD = ("-filter_threads", "1", "-filter_complex_threads", "1")


@dataclass(frozen=True, slots=True)
class Sound:
    """Facts of a sound, decoded whole: samples a second and in all (each for every channel), and channels."""

    label: str
    rate: int
    samples: int
    channels: int

    @property
    def seconds(self) -> Fraction:
        return Fraction(self.samples, self.rate)


@dataclass(frozen=True, slots=True)
class Loudness:
    """Integrated loudness in LUFS (EBU R128) and the true peak in dBTP; a silent sound has minus infinity for both."""

    lufs: float
    peak: float


@dataclass(slots=True)
class _Heard:
    """What a process writes to its standard output, kept in full up to a limit."""

    label: str
    most: int
    report: bytearray = field(default_factory=bytearray)

    def __call__(self, chunk: bytes) -> None:
        self.report.extend(chunk)
        if len(self.report) > self.most:
            raise StepFailed(problem("media-too-long", f"{self.label} has too many packets to be read"))

    @property
    def text(self) -> str:
        return self.report.decode("ascii", "replace")


async def read_sound(engine: Engine, source: Source) -> Sound:
    """The facts of a source's first sound track. Raises StepFailed naming the source."""
    heard = _Heard(source.label, engine.limits.report_bytes)
    arguments = [*("-v", "level+error", "-xerror"), *opened(source)]
    await engine.process(
        [*arguments, "-map", "0:a:0", "-c:a", "pcm_s16le", "-f", "framecrc", "pipe:1"], [source], heard
    )
    header = dict(re.findall(r"^#(\w+) 0: (.*)$", heard.text, re.MULTILINE))
    rows = [line.split(",") for line in heard.text.splitlines() if line.startswith("0,")]
    samples = sum(int(row[3]) for row in rows)
    if samples < 1:
        raise StepFailed(problem("media-unreadable", f"{source.label} can't be read as audio", "it has no sound"))
    rate = int(header["sample_rate"])
    if samples > _MAX_SECONDS * rate:
        lasts = f"{source.label} lasts {samples / rate:.0f} s"
        raise StepFailed(problem("media-too-long", f"{lasts}, the most is {_MAX_SECONDS} s"))
    return Sound(source.label, rate, samples, sum(int(row[4]) for row in rows) // (2 * samples))


async def loudness_of(engine: Engine, sources: Sequence[Source], graph: str) -> Loudness:
    """How loud the `[heard]` of a graph is."""
    measured = f"{graph};[heard]ebur128=peak=true:framelog=quiet[audio]"
    said = await engine.process(_measuring(sources, measured), sources, lambda _: None)
    summary = said[said.rfind("Integrated loudness") :]
    loud = re.search(r"I:\s+(-?[0-9.]+|-inf|nan) LUFS", summary)
    peak = re.search(r"Peak:\s+(-?[0-9.]+|-inf|nan) dBFS", summary)
    if loud is None or peak is None or loud[1] in ("nan", "-inf") or peak[1] in ("nan", "-inf"):
        return Loudness(-inf, -inf)
    return Loudness(float(loud[1]) if float(loud[1]) > _SILENT else -inf, float(peak[1]))


async def pauses_of(engine: Engine, source: Source, least: float) -> list[tuple[float, float]]:
    """Where the first sound track of a source falls silent for at least so many seconds: (start, end), in order.

    Silent is what stays 32 dB under the loudest it has; a silence at its very end is one too.
    """
    loud = await loudness_of(engine, [source], "[0:a:0]anull[heard]")
    if loud.peak == -inf:
        return []
    heard = _Heard(source.label, engine.limits.report_bytes)
    graph = f"[0:a:0]silencedetect=noise={loud.peak - 32:.2f}dB:d={least:g}:mono=0,ametadata=mode=print:file=-[audio]"
    await engine.process(_measuring([source], graph), [source], heard)
    starts = [max(0.0, float(one)) for one in re.findall(r"silence_start=(-?[0-9.e-]+)", heard.text)]
    ends = [float(one) for one in re.findall(r"silence_end=(-?[0-9.e-]+)", heard.text)]
    return list(zip(starts, [*ends, *[inf] * (len(starts) - len(ends))], strict=True))


async def write_wav(
    engine: Engine, sources: Sequence[Source], graph: str, output: Path, rate: int, channels: int
) -> None:
    """Write the `[audio]` of a graph as 16-bit WAV; nothing is left of it where that fails."""
    arguments = [
        *(*_QUIET, "-y", *_ONE_THREAD, *(part for source in sources for part in opened(source))),
        *("-filter_complex", graph, "-map", "[audio]", "-c:a", "pcm_s16le", "-ar", str(rate), "-ac", str(channels)),
        *("-threads", "1", *BIT_EXACT, "-f", "wav", f"file:{output}"),
    ]
    await engine.write(arguments, sources, output)


async def lay_sound(
    engine: Engine, sources: Sequence[Source], clip: Clip, graph: str, output: Path, progress: Callable[[float], None]
) -> None:
    """Write the clip of the first source as MP4 with the `[audio]` of a graph for sound. Its picture goes along
    untouched where an MP4 can hold it as it is; nothing is left of the output where that fails."""
    if clip.codec not in _COPIED:
        width, height = max(2, clip.width // 2 * 2), max(2, clip.height // 2 * 2)
        whole = f"[0:v:0]{in_bt709(clip, width, height)},setsar=1[video];{graph}"
        await engine.encode(sources, Encoding(whole, "graph", clip.frames, None), output, progress)
        return
    arguments = [
        *(*_QUIET, "-y", *_ONE_THREAD, *(part for source in sources for part in opened(source))),
        *("-filter_complex", graph, "-map", "0:v:0", "-c:v", "copy", "-map", "[audio]", *AAC),
        *("-threads", "1", *BIT_EXACT, "-movflags", "+faststart", "-f", "mp4", f"file:{output}"),
    ]
    await engine.write(arguments, sources, output)
    progress(1.0)


def _measuring(sources: Sequence[Source], graph: str) -> list[str]:
    return [
        *("-v", "level+info", "-xerror", "-nostats", "-progress", "pipe:1", "-stats_period", "0.2", *_ONE_THREAD),
        *(part for source in sources for part in opened(source)),
        *("-filter_complex", graph, "-map", "[audio]", "-f", "null", "-"),
    ]
