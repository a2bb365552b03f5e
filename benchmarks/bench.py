"""Measures callsheet, and other engines beside it, in one run; prints Markdown tables of medians and ratios.

python benchmarks/bench.py                      callsheet alone
python benchmarks/bench.py --peers .venv-peers  the others too, each in an environment of its own below that folder
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import ours
from measure import Contender, Sample, in_turns
from peers import PEERS, Peer, command, install, project


@dataclass(frozen=True, slots=True)
class Case:
    """One thing to measure. `beat` is what the field should see, as a ratio to an engine or in seconds and MiB."""

    name: str
    title: str
    beat: str
    contenders: Callable[[Bench], Sequence[Contender]]


@dataclass(frozen=True, slots=True)
class Bench:
    """Where projects lie, and which engines take part."""

    work: Path
    binaries: dict[str, Path]

    def peers(self, tasks: int = 1_000) -> Iterator[tuple[Peer, Path]]:
        """The installed engines that are measured at this size, with the folders of their commands."""
        return (
            (peer, self.binaries[peer.name]) for peer in PEERS if peer.name in self.binaries and tasks in peer.sizes
        )


def version(bench: Bench) -> list[Contender]:
    bare = Contender("bare Python", [sys.executable, "-c", "pass"], bench.work)
    others = [command(peer, peer.name, peer.version, folder, bench.work) for peer, folder in bench.peers()]
    return [ours.command("callsheet", ["--version"], bench.work), bare, *others]


def help_text(bench: Bench) -> list[Contender]:
    others = [command(peer, peer.name, peer.help, folder, bench.work) for peer, folder in bench.peers()]
    return [ours.command("callsheet", ["--help"], bench.work), *others]


def plan(instances: int, *, rendered: bool) -> Callable[[Bench], list[Contender]]:
    def contenders(bench: Bench) -> list[Contender]:
        folder = (ours.rendered if rendered else ours.fresh)(bench.work, instances)
        mine = ours.command("callsheet", ["plan", "pipeline.yaml", "--json"], folder)
        return [mine, *_others(bench, instances, _dry_run, built=rendered)]

    return contenders


def rerun(instances: int) -> Callable[[Bench], list[Contender]]:
    def contenders(bench: Bench) -> list[Contender]:
        mine = ours.command("callsheet", ["run", "pipeline.yaml", "--yes"], ours.rendered(bench.work, instances))
        return [mine, *_others(bench, instances, _rerun, built=True)]

    return contenders


def _dry_run(peer: Peer) -> Sequence[str]:
    return peer.dry_run


def _rerun(peer: Peer) -> Sequence[str]:
    return peer.rerun


def _others(bench: Bench, tasks: int, words: Callable[[Peer], Sequence[str]], *, built: bool) -> list[Contender]:
    return [
        command(peer, peer.name, words(peer), binaries, project(peer, binaries, bench.work, tasks, built=built))
        for peer, binaries in bench.peers(tasks)
    ]


CASES = [
    Case("version", "`--version`", "≤ 0.06 s", version),
    Case("help", "`--help`", "≤ 0.20 s", help_text),
    Case("plan-1000", "plan (dry run), 1,000 instances, all of them done", "≤ 0.8 × doit", plan(1_000, rendered=True)),
    Case(
        "plan-10000", "plan (dry run), 10,000 instances, all of them done", "≤ 0.6 × doit", plan(10_000, rendered=True)
    ),
    Case("new-1000", "plan (dry run), 1,000 instances, none of them done", "", plan(1_000, rendered=False)),
    Case("new-10000", "plan (dry run), 10,000 instances, none of them done", "", plan(10_000, rendered=False)),
    Case("new-100000", "plan, 100,000 instances, none of them done", "< 8 s, < 1 GB", plan(100_000, rendered=False)),
    Case(
        "rerun-1000", "nothing to do, 1,000 instances", "≤ 0.8 × doit, snakemake ÷ 8, dvc and pytask ÷ 20", rerun(1_000)
    ),
    Case("rerun-10000", "nothing to do, 10,000 instances", "≤ 0.5 × doit", rerun(10_000)),
]
RENDERS = {
    "waits-1000": ("1,000 renders that each wait 1 s, at concurrency 1,000", "≤ 1.7 s, ≤ 0.8 s of CPU", 1.0),
    "renders-1000": ("1,000 renders that are done at once, at concurrency 64", "≤ 2 ms each", 0.0),
}


def measure_renders(name: str, bench: Bench, rounds: int) -> dict[str, Sample]:
    """Renders from nothing, against an API that keeps each request for the same time."""
    wait = RENDERS[name][2]
    folder = ours.fresh(bench.work, 1_000, step=False, concurrency=1_000 if wait else ours.CONCURRENCY)
    with ours.provider(wait) as base:
        mine = Contender(
            "callsheet",
            [ours.CALLSHEET, "run", "pipeline.yaml", "--yes", "--concurrency", "1000" if wait else "64"],
            folder,
            ours.environ(base),
            before=lambda: ours.forget(folder),
        )
        return in_turns([mine], rounds)


def table(title: str, beat: str, samples: dict[str, Sample]) -> str:
    """A Markdown table of one case: the median of each contender and callsheet's time as a ratio to it."""
    mine = samples["callsheet"]
    lines = [
        f"### {title}",
        "",
        *([f"To beat: {beat}", ""] if beat else []),
        "| engine | seconds | CPU seconds | MiB | callsheet ÷ engine |",
        "|---|---:|---:|---:|---:|",
    ]
    for name, sample in samples.items():
        ratio = "" if name == "callsheet" else f"{mine.seconds / sample.seconds:.2f}"
        lines.append(f"| {name} | {sample.seconds:.3f} | {sample.cpu:.3f} | {sample.mib:.0f} | {ratio} |")
    return "\n".join([*lines, ""])


def arguments() -> argparse.Namespace:
    names = [case.name for case in CASES] + list(RENDERS)
    parser = argparse.ArgumentParser(description="Measure callsheet, and other engines beside it.")
    parser.add_argument("cases", nargs="*", metavar="CASE", help=f"measure only these: {', '.join(names)}")
    parser.add_argument("--peers", type=Path, metavar="DIR", help="measure other engines too, installed below DIR")
    parser.add_argument(
        "--only-peer", action="append", metavar="NAME", help="of the engines only this; may be repeated"
    )
    parser.add_argument(
        "--rounds", type=int, default=7, metavar="N", help="rounds after the one to warm up (default: 7)"
    )
    parser.add_argument("--work", type=Path, default=Path(__file__).with_name("work"), help="where projects are made")
    words = parser.parse_args()
    unknown = [name for name in words.cases if name not in names]
    if unknown:
        parser.error(f"there is no case {', '.join(unknown)}; there are {', '.join(names)}")
    return words


def main() -> None:
    words = arguments()
    work: Path = words.work.absolute()
    work.mkdir(parents=True, exist_ok=True)
    wanted = [peer for peer in PEERS if words.peers and (not words.only_peer or peer.name in words.only_peer)]
    bench = Bench(work, {peer.name: install(peer, words.peers.absolute()) for peer in wanted})
    print(f"{datetime.now(UTC):%Y-%m-%d}, {platform.system()} {platform.machine()}, {os.cpu_count()} CPUs, "
          f"Python {platform.python_version()}, medians of {words.rounds} rounds in turns"
          + "".join(f", {peer.package.replace('==', ' ')}" for peer in wanted) + "\n")  # fmt: skip
    for case in CASES:
        if not words.cases or case.name in words.cases:
            print(table(case.title, case.beat, in_turns(case.contenders(bench), words.rounds)), flush=True)
    for name, (title, beat, _) in RENDERS.items():
        if not words.cases or name in words.cases:
            print(table(title, beat, measure_renders(name, bench, words.rounds)), flush=True)


if __name__ == "__main__":
    main()
