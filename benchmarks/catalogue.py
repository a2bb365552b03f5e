"""What a catalogue of 300 synced models costs a project: `python benchmarks/catalogue.py [--models N] [--rounds N]`.

The models are the simulator's inventions, fetched by `routes sync` over a loopback socket; then the same commands run
in turns in a project without them and in one with them.
"""

from __future__ import annotations

import argparse
import asyncio
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

import ours
from callsheet.simulator.serve import serve
from callsheet.simulator.settings import Settings
from measure import Contender, environment, in_turns

PIPELINE = """\
callsheet: 1
name: catalogue
seed: 1
nodes:
  a:
    route: {route}
    input: {{prompt: A presenter in a booth}}
"""
SHIPPED = "wan-ai/wan-2-7/text-to-video"
SYNCED = "invented/amber-0/text-to-image"
CASES = (
    ("plan, a route that ships", SHIPPED, ("plan", "pipeline.yaml", "--json")),
    ("plan, a synced route", SYNCED, ("plan", "pipeline.yaml", "--json")),
    ("`routes`: all of them", SHIPPED, ("routes",)),
    ("`routes ROUTE`: a synced one", SHIPPED, ("routes", SYNCED)),
    ("`routes --search lumen`", SHIPPED, ("routes", "--search", "lumen")),
    ("`intents SENTENCE`", SHIPPED, ("intents", "animate a portrait, keep the face stable")),
)


def project(folder: Path, route: str) -> Path:
    """A project with one node."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "callsheet.toml").write_text('[provider]\nname = "bench"\n', encoding="utf-8")
    (folder / "pipeline.yaml").write_text(PIPELINE.format(route=route), encoding="utf-8")
    return folder


async def sync(folder: Path, models: int, search: str) -> float:
    """Fetch the models that have `search` in their id into a project; the seconds that it took."""
    async with serve(Settings(speed=0, extra_models=models)) as server:
        started = time.perf_counter()
        process = await asyncio.create_subprocess_exec(
            ours.CALLSHEET, "routes", "sync", "--search", search,
            cwd=folder, env=environment(ours.environ(server.base_url)), stdout=subprocess.DEVNULL,
        )  # fmt: skip
        if await process.wait():
            raise ours.Unexpected(f"the sync ended with {process.returncode}")
        return time.perf_counter() - started


def measure(work: Path, models: int, rounds: int) -> Sequence[str]:
    """The lines of a Markdown table."""
    lines = [
        f"| command | with 1: seconds | CPU | with {models}: seconds | CPU | more CPU |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for title, route, words in CASES:
        projects = (project(work / "few", route), project(work / "many", route))
        contenders = [Contender(one.name, [ours.CALLSHEET, *words], one, ours.environ()) for one in projects]
        few, many = in_turns(contenders, rounds).values()
        figures = f"{few.seconds:.2f} | {few.cpu:.2f} | {many.seconds:.2f} | {many.cpu:.2f} | {many.cpu - few.cpu:+.2f}"
        lines.append(f"| {title} | {figures} |")
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure what a large catalogue costs.")
    parser.add_argument("--models", type=int, default=300, metavar="N", help="how many models (default: 300)")
    parser.add_argument(
        "--rounds", type=int, default=9, metavar="N", help="rounds after the one to warm up (default: 9)"
    )
    parser.add_argument("--work", type=Path, default=Path(__file__).with_name("work"), help="where projects are made")
    words = parser.parse_args()
    work = words.work.absolute() / f"catalogue-{words.models}"
    asyncio.run(sync(project(work / "few", SYNCED), words.models, "amber-0/"))
    seconds = asyncio.run(sync(project(work / "many", SYNCED), words.models, "invented"))
    files = [path.stat().st_size for path in (work / "many" / "routes").iterdir()]
    print(f"`routes sync` of {words.models} models: {seconds:.1f} s, {len(files)} files, {sum(files) / 1e6:.1f} MB\n")
    print("\n".join(measure(work, words.models, words.rounds)))


if __name__ == "__main__":
    main()
