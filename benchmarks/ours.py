"""callsheet's own commands as contenders, and the projects that they run on."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from campaign import write_campaign
from measure import Contender, environment

CALLSHEET = str(Path(sys.executable).with_name("callsheet"))
NOWHERE = "http://127.0.0.1:9/v1"
SETTINGS = '[provider]\nname = "bench"\n\n[run]\nconcurrency = {concurrency}\n'
CONCURRENCY = 64


class Unexpected(Exception):
    """A run did something else than what is to be measured."""


def environ(base: str = NOWHERE) -> dict[str, str]:
    """The variables that point callsheet at an API."""
    return {"RUNCOMFY_MODEL_API_BASE": base, "RUNCOMFY_TOKEN": "bench"}


def command(name: str, words: list[str], folder: Path, base: str = NOWHERE) -> Contender:
    """`callsheet WORDS` in a folder."""
    return Contender(name, [CALLSHEET, *words], folder, environ(base))


def fresh(work: Path, instances: int, *, step: bool = True, concurrency: int = CONCURRENCY) -> Path:
    """A project in which nothing was rendered yet."""
    folder = work / f"callsheet-{instances}-{'fresh' if step else 'renders'}"
    write_campaign(folder, instances, step=step)
    (folder / "callsheet.toml").write_text(SETTINGS.format(concurrency=concurrency), encoding="utf-8")
    return folder


def rendered(work: Path, instances: int) -> Path:
    """A project in which everything is rendered, by a real run; made again where it isn't all cached any more."""
    folder = work / f"callsheet-{instances}-rendered"
    write_campaign(folder, instances)
    (folder / "callsheet.toml").write_text(SETTINGS.format(concurrency=CONCURRENCY), encoding="utf-8")
    with provider(0.0) as base:
        totals(folder, base)
    cached = totals(folder, NOWHERE)["cached"]
    if cached != instances:
        raise Unexpected(f"{cached} of {instances} instances are cached after a run")
    return folder


def forget(folder: Path) -> None:
    """Take away what runs have left in a project."""
    for name in (".callsheet", "renders"):
        shutil.rmtree(folder / name, ignore_errors=True)
    for lock in folder.glob("*.lock.yaml"):
        lock.unlink()


def totals(folder: Path, base: str) -> dict[str, float]:
    """The totals of a run."""
    words = [CALLSHEET, "run", "pipeline.yaml", "--yes", "--json"]
    done = subprocess.run(
        words, cwd=folder, env=environment(environ(base)), stdin=subprocess.DEVNULL, capture_output=True, text=True
    )
    if done.returncode:
        raise Unexpected(f"{' '.join(words)} ended with {done.returncode}\n{done.stderr[-2000:]}")
    found: dict[str, float] = json.loads(done.stdout)["totals"]
    return found


@contextmanager
def provider(wait: float) -> Iterator[str]:
    """The base of a Model API in a process of its own; each request is done `wait` seconds after its submit."""
    words = [sys.executable, str(Path(__file__).with_name("provider.py")), str(wait)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin
        assert process.stdout
        try:
            yield f"http://127.0.0.1:{int(process.stdout.readline())}/v1"
        finally:
            process.stdin.close()
