"""Running commands in turns, and what each of them took."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median


@dataclass(frozen=True, slots=True)
class Contender:
    """A command to be measured. `before` puts the folder into the state that each measurement starts from."""

    name: str
    command: Sequence[str]
    folder: Path
    environ: Mapping[str, str] = field(default_factory=dict)
    before: Callable[[], None] | None = None


@dataclass(frozen=True, slots=True)
class Sample:
    """What one run took: seconds on the wall, seconds of CPU with its children, MiB resident at most."""

    seconds: float
    cpu: float
    mib: float


class CommandFailed(Exception):
    """A command that is to be measured ended with another code than 0."""


def run(contender: Contender) -> Sample:
    """Run it once. Its output goes to a file, as a pipe could stall it."""
    if contender.before:
        contender.before()
    with tempfile.TemporaryFile() as said:
        start = time.perf_counter()
        process = subprocess.Popen(
            contender.command,
            cwd=contender.folder,
            env=environment(contender.environ),
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
        )
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            said.seek(0)
            tail = said.read()[-2000:].decode(errors="replace")
            raise CommandFailed(
                f"{contender.name}: {' '.join(contender.command)} ended with {process.returncode}\n{tail}"
            )
    resident = usage.ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)
    return Sample(seconds, usage.ru_utime + usage.ru_stime, resident)


def environment(extra: Mapping[str, str]) -> dict[str, str]:
    """This process's environment without what would steer a contender, and with `extra`."""
    steering = ("CALLSHEET_", "RUNCOMFY_", "PYTHON", "DOIT_", "SNAKEMAKE_", "DVC_")
    kept = {key: value for key, value in os.environ.items() if not key.startswith(steering) and key != "CI"}
    return kept | {"NO_COLOR": "1", "TERM": "dumb"} | dict(extra)


def in_turns(contenders: Sequence[Contender], rounds: int) -> dict[str, Sample]:
    """One round to warm up, then `rounds` rounds in which each runs once; the median of each figure by name."""
    samples: dict[str, list[Sample]] = {contender.name: [] for contender in contenders}
    for number in range(rounds + 1):
        for contender in contenders:
            sample = run(contender)
            if number:
                samples[contender.name].append(sample)
    return {
        name: Sample(
            median(sample.seconds for sample in taken),
            median(sample.cpu for sample in taken),
            median(sample.mib for sample in taken),
        )
        for name, taken in samples.items()
    }
