"""What a lock of ten thousand instances takes: to read, to write, and what a plan takes with it and without.

    .venv/bin/python benchmarks/lock.py

Reading and writing are timed in this process, on the lock that `callsheet lock` writes for the campaign; each
instance is then given a key and an output, as a run leaves it.
"""

from __future__ import annotations

import argparse
import hashlib
import platform
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from statistics import median

from callsheet.document.lock import Lock
from callsheet.document.lock_file import write_lock
from callsheet.document.lock_reader import read_lock
from callsheet.media.info import Output
from campaign import write_campaign
from measure import Contender, in_turns, run

ENGINE = Path(__file__).parents[1] / "engine"


def made(lock: Lock) -> Lock:
    """The lock as a run leaves it: a key and an output for every instance."""

    def digest(text: str) -> str:
        return hashlib.sha256(text.encode()).hexdigest()

    return replace(
        lock,
        instances={
            name: replace(
                one,
                key=one.key or digest(name),
                outputs=(Output("video", "video", digest(f"{name} made"), 1_000_000, "video/mp4"),),
            )
            for name, one in lock.instances.items()
        },
    )


def timed(work: Callable[[], object], rounds: int) -> float:
    """The median of the seconds that it takes."""
    taken = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return median(taken)


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure what a lock takes.")
    parser.add_argument("--instances", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=7)
    words = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        plain, locked = Path(scratch) / "plain", Path(scratch) / "locked"
        write_campaign(plain, words.instances)
        shutil.copytree(plain, locked)
        environ = {"PYTHONPATH": str(ENGINE)}

        def command(name: str, folder: Path, *verb: str) -> Contender:
            return Contender(name, [sys.executable, "-m", "callsheet", *verb], folder, environ)

        run(command("lock", locked, "lock", "pipeline.yaml"))
        path = locked / "pipeline.lock.yaml"
        found = read_lock(path, path.name)
        assert found is not None
        whole = made(found)
        write_lock(path, whole)
        target = Path(scratch) / "written.lock.yaml"

        def write() -> None:
            target.unlink(missing_ok=True)
            write_lock(target, whole)

        reading = timed(lambda: read_lock(path, path.name), words.rounds)
        writing = timed(write, words.rounds)
        size = path.stat().st_size / 2**20
        taken = in_turns(
            [
                command("plan without a lock", plain, "plan", "pipeline.yaml", "--json"),
                command("plan under it", locked, "plan", "pipeline.yaml", "--json"),
                command("lock again", locked, "lock", "pipeline.yaml"),
            ],
            words.rounds,
        )
    print(f"{len(whole.instances):,} instances, {size:.1f} MiB, Python {platform.python_version()}, "
          f"medians of {words.rounds} rounds\n\n| | seconds |\n|---|---:|")  # fmt: skip
    rows = {"read the lock": reading, "write the lock": writing, **{name: one.seconds for name, one in taken.items()}}
    for name, seconds in rows.items():
        print(f"| {name} | {seconds:.3f} |")


if __name__ == "__main__":
    main()
