"""What ten thousand assets cost a plan: read for the first time, and known from `.callsheet/media.json`.

    .venv/bin/python benchmarks/assets.py

Writes a project of 10,000 small PNGs, one instance each, and plans it.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from campaign import picture
from measure import Contender, in_turns

PIPELINE = """\
callsheet: 1
name: assets
seed: 7
max_instances: {count}
axes:
  asset: {{from: assets.csv, types: {{picture: image}}}}
nodes:
  hero:
    route: happyhorse/happyhorse-1.0/image-to-video
    over: [asset]
    input: {{image: "{{{{ asset.picture }}}}", prompt: Slow dolly in.}}
"""


def write_project(folder: Path, count: int) -> Path:
    """A project of so many assets of 320 × 320 pixels, each with bytes of its own, and a memory to be filled."""
    (folder / "art").mkdir(parents=True)
    (folder / ".callsheet").mkdir()
    content = picture(320, 320)
    for number in range(count):
        (folder / "art" / f"{number}.png").write_bytes(content + number.to_bytes(4, "big"))
    rows = "".join(f"a{number},art/{number}.png\n" for number in range(count))
    (folder / "assets.csv").write_text("id,picture\n" + rows, encoding="utf-8")
    pipeline = folder / "pipeline.yaml"
    pipeline.write_text(PIPELINE.format(count=count), encoding="utf-8")
    return pipeline


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure what assets cost a plan.")
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=5)
    words = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        write_project(folder / "project", words.count)
        memory = folder / "project" / ".callsheet" / "media.json"
        time.sleep(3)  # files changed a moment ago are not remembered
        command = [str(Path(sys.executable).with_name("callsheet")), "plan", "pipeline.yaml", "--json"]
        forget = Contender("read", command, folder / "project", before=lambda: memory.unlink(missing_ok=True))
        remember = Contender("remembered", command, folder / "project")
        taken = in_turns((forget, remember), words.rounds)
        size = memory.stat().st_size
        print(f"{words.count:,} assets, medians of {words.rounds} rounds; a memory of {size / 1e6:.1f} MB\n")
        print("| facts | seconds | CPU | MiB |\n|---|---:|---:|---:|")
        for name, one in taken.items():
            print(f"| {name} | {one.seconds:.2f} | {one.cpu:.2f} | {one.mib:.0f} |")


if __name__ == "__main__":
    main()
