"""Other engines with the same work: N/2 trivial tasks that write a file, and one more after each of them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from measure import Contender, environment, run

DODO = """\
from pathlib import Path

N = {pairs}


def render(path, number):
    Path(path).write_text(f"render {{number}}")


def caption(source, path):
    Path(path).write_text(Path(source).read_text() + ", captioned")


def task_shot():
    for number in range(N):
        target = f"out/shot-{{number}}"
        actions = [(render, [target, number])]
        yield {{"name": number, "actions": actions, "file_dep": ["product.txt"], "targets": [target]}}


def task_captioned():
    for number in range(N):
        source, target = f"out/shot-{{number}}", f"out/captioned-{{number}}"
        yield {{"name": number, "actions": [(caption, [source, target])], "file_dep": [source], "targets": [target]}}
"""

SNAKEFILE = """\
N = {pairs}

rule all:
    input: expand("out/captioned-{{n}}", n=range(N))

rule shot:
    input: "product.txt"
    output: "out/shot-{{n}}"
    shell: "cp {{input}} {{output}}"

rule captioned:
    input: "out/shot-{{n}}"
    output: "out/captioned-{{n}}"
    shell: "cp {{input}} {{output}}"
"""

PYTASK = """\
from pathlib import Path
from typing import Annotated

from pytask import Product, task

OUT = Path(__file__).parent / "out"

for number in range({pairs}):

    @task(id=str(number))
    def task_shot(
        source: Path = OUT.parent / "product.txt",
        path: Annotated[Path, Product] = OUT / f"shot-{{number}}",
    ) -> None:
        path.write_text(source.read_text())

    @task(id=str(number))
    def task_captioned(
        source: Path = OUT / f"shot-{{number}}",
        path: Annotated[Path, Product] = OUT / f"captioned-{{number}}",
    ) -> None:
        path.write_text(source.read_text())
"""

DVC_STAGE = """\
  shot-{number}: {{cmd: cp product.txt out/shot-{number}, deps: [product.txt], outs: [out/shot-{number}]}}
  captioned-{number}:
    {{cmd: cp out/shot-{number} out/captioned-{number}, deps: [out/shot-{number}], outs: [out/captioned-{number}]}}
"""

NINJA_RULE = "rule copy\n  command = cp $in $out\n"
NINJA_PAIR = "build out/shot-{number}: copy product.txt\nbuild out/captioned-{number}: copy out/shot-{number}\n"


@dataclass(frozen=True, slots=True)
class Peer:
    """An engine: its pinned package, its project file, and the commands that do each thing.

    `build` runs everything once; where that is out of all proportion, `outputs_first` has the files made by hand and
    `build` only records them. `sizes` are the numbers of tasks it is measured at.
    """

    name: str
    package: str
    write: Callable[[Path, int], None]
    build: Sequence[Sequence[str]]
    rerun: Sequence[str]
    dry_run: Sequence[str]
    version: Sequence[str]
    help: Sequence[str]
    sizes: Sequence[int] = (1_000,)
    outputs_first: bool = False
    environ: Mapping[str, str] = field(default_factory=dict)


def _into(file: str, text: str) -> Callable[[Path, int], None]:
    return lambda folder, tasks: _write(folder / file, text.format(pairs=tasks // 2))


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")


def _write_dvc(folder: Path, tasks: int) -> None:
    _write(folder / "dvc.yaml", "stages:\n" + "".join(DVC_STAGE.format(number=one) for one in range(tasks // 2)))


def _write_ninja(folder: Path, tasks: int) -> None:
    _write(folder / "build.ninja", NINJA_RULE + "".join(NINJA_PAIR.format(number=one) for one in range(tasks // 2)))


PEERS = [
    Peer(
        "doit",
        "doit==0.37.0",
        _into("dodo.py", DODO),
        build=[["doit", "-v0"]],
        rerun=["doit", "-v0"],
        dry_run=["doit", "list", "--all", "--status"],
        version=["doit", "--version"],
        help=["doit", "help"],
        sizes=(1_000, 10_000),
    ),
    Peer(
        "ninja",
        "ninja==1.13.2",
        _write_ninja,
        build=[["ninja"]],
        rerun=["ninja"],
        dry_run=["ninja", "-n"],
        version=["ninja", "--version"],
        help=["ninja", "-t", "list"],
        sizes=(1_000, 10_000),
    ),
    Peer(
        "snakemake",
        "snakemake==9.27.1",
        _into("Snakefile", SNAKEFILE),
        build=[["snakemake", "--cores", "2", "--quiet", "all"]],
        rerun=["snakemake", "--cores", "2", "--quiet", "all"],
        dry_run=["snakemake", "--dry-run", "--quiet", "all"],
        version=["snakemake", "--version"],
        help=["snakemake", "--help"],
    ),
    Peer(
        "pytask",
        "pytask==0.6.0",
        _into("task_all.py", PYTASK),
        build=[["pytask", "--verbose", "0"]],
        rerun=["pytask", "--verbose", "0"],
        dry_run=["pytask", "--dry-run", "--verbose", "0"],
        version=["pytask", "--version"],
        help=["pytask", "--help"],
    ),
    Peer(
        "dvc",
        "dvc==3.67.1",
        _write_dvc,
        build=[["dvc", "init", "--no-scm", "--quiet"], ["dvc", "commit", "--force", "--quiet"]],
        rerun=["dvc", "repro", "--quiet"],
        dry_run=["dvc", "status"],
        version=["dvc", "--version"],
        help=["dvc", "--help"],
        outputs_first=True,
        environ={"DVC_NO_ANALYTICS": "1"},
    ),
]


def install(peer: Peer, venvs: Path) -> Path:
    """The engine's own environment, made where it isn't there yet; gives the folder of its commands."""
    venv = venvs / peer.package
    if not (venv / "installed").exists():
        subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True)
        subprocess.run([str(venv / "bin" / "python"), "-m", "pip", "install", "-q", peer.package], check=True)
        (venv / "installed").touch()
    return venv / "bin"


def command(peer: Peer, name: str, words: Sequence[str], binaries: Path, folder: Path) -> Contender:
    """One of the engine's commands as a contender."""
    environ = {**peer.environ, "PATH": f"{binaries}:{environment({})['PATH']}"}
    return Contender(name, [str(binaries / words[0]), *words[1:]], folder, environ)


def project(peer: Peer, binaries: Path, work: Path, tasks: int, *, built: bool) -> Path:
    """A folder with the engine's project of that many tasks, all of them done (`built`) or none."""
    folder = work / f"{peer.package}-{tasks}-{'built' if built else 'fresh'}"
    if (folder / "ready").exists():
        return folder
    (folder / "out").mkdir(parents=True, exist_ok=True)
    _write(folder / "product.txt", "a bottle\n")
    peer.write(folder, tasks)
    if built and peer.outputs_first:
        for number in range(tasks // 2):
            _write(folder / "out" / f"shot-{number}", "a bottle\n")
            _write(folder / "out" / f"captioned-{number}", "a bottle\n")
    for words in peer.build if built else peer.build[:-1]:
        run(command(peer, f"{peer.name}, building", words, binaries, folder))
    (folder / "ready").touch()
    return folder
