"""The real command in processes of its own, a provider in another, and a judge who reads the provider's ledger.

`FAULTS=full` asks for the long form (`make test-faults`); without it each test runs a short one.
"""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

WAIT_SECONDS = 60.0

LAUNCHER = """
import json, os, sys, traceback
import callsheet.cli.verbs.run, callsheet.cli.verbs.resolve, callsheet.makers.remote.client
import callsheet.makers.steps.table, callsheet.report.plain
from callsheet.cli.main import run

def child(asked):
    os.chdir(asked["folder"])
    os.environ.update(asked["environ"])
    for number, name in ((1, "stdout"), (2, "stderr")):
        file = os.open(asked[name], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
        os.dup2(file, number)
        os.close(file)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    if asked.get("file_size"):
        import resource
        resource.setrlimit(resource.RLIMIT_FSIZE, (asked["file_size"], asked["file_size"]))
    code = 70
    try:
        code = run(asked["words"])
        sys.stdout.flush()
        sys.stderr.flush()
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
    os._exit(code)

for line in sys.stdin:
    asked = json.loads(line)
    if "wait" in asked:
        _, status = os.waitpid(asked["wait"], 0)
        answer = os.waitstatus_to_exitcode(status)
    else:
        answer = os.fork()
        if answer == 0:
            child(asked)
    sys.stdout.write(f"{answer}\\n")
    sys.stdout.flush()
"""

PROVIDER = """
import asyncio, json, sys, threading
from callsheet.simulator.faults import parse_faults
from callsheet.simulator.serve import serve
from callsheet.simulator.settings import Settings, Spread

asked = json.loads(sys.argv[1])

async def main():
    loop = asyncio.get_running_loop()
    settings = Settings(
        speed=1, media=False, slots=asked["slots"], seed=asked["seed"], faults=parse_faults(asked["faults"]),
        queue=Spread(asked["queue"]), render=Spread(asked["render"], asked["spread"]),
    )
    async with serve(settings) as server:
        print(server.base_url, flush=True)
        while await loop.run_in_executor(None, sys.stdin.readline):
            print(json.dumps(server.ledger), flush=True)

asyncio.run(main())
"""


@dataclass
class Started:
    """A process of the command that goes on."""

    launcher: Launcher
    pid: int
    stdout: Path
    stderr: Path
    ended: int | None = None

    def send(self, number: int) -> None:
        os.kill(self.pid, number)

    def kill(self) -> None:
        """SIGKILL, and gone."""
        self.send(signal.SIGKILL)
        self.wait()

    def wait(self) -> int:
        """Its exit code; minus the number of the signal that ended it."""
        if self.ended is None:
            self.ended = self.launcher.ask({"wait": self.pid})
        return self.ended

    @property
    def json(self) -> Any:
        self.wait()
        return json.loads(self.stdout.read_text())


class Launcher:
    """Starts the command in processes of its own, from one that has imported everything already."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", LAUNCHER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._started = 0

    def ask(self, what: dict[str, object]) -> int:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(what) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def start(self, folder: Path, base: str, *words: str, file_size: int | None = None) -> Started:
        self._started += 1
        stdout, stderr = (folder.parent / f"{self._started}.{name}" for name in ("stdout", "stderr"))
        environ = {"RUNCOMFY_MODEL_API_BASE": base, "RUNCOMFY_TOKEN": "canary-token", "HOME": str(folder.parent)}
        asked = {"folder": str(folder), "environ": environ, "words": list(words), "file_size": file_size}
        pid = self.ask(asked | {"stdout": str(stdout), "stderr": str(stderr)})
        return Started(self, pid, stdout, stderr)

    def close(self) -> None:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        self._process.wait(30)
        self._process.stdout.close()


@pytest.fixture(scope="session")
def launcher() -> Iterator[Launcher]:
    one = Launcher()
    yield one
    one.close()


class OuterProvider:
    """A simulated provider in a process of its own; times are seconds."""

    def __init__(
        self,
        faults: str = "",
        *,
        queue: float = 0.0,
        render: float = 0.0,
        spread: float = 0.0,
        slots: int = 64,
        seed: int = 1,
    ) -> None:
        asked = {"faults": faults, "queue": queue, "render": render, "spread": spread, "slots": slots, "seed": seed}
        self._process = subprocess.Popen(
            [sys.executable, "-c", PROVIDER, json.dumps(asked)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout
        self.base = self._process.stdout.readline().strip()

    @property
    def ledger(self) -> list[dict[str, Any]]:
        """Every submit that came in, with what became of it."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    @property
    def taken(self) -> Counter[str]:
        """How often each input was taken, and so billed."""
        return Counter(json.dumps(one["body"], sort_keys=True) for one in self.ledger if one["request_id"])

    def close(self) -> None:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        self._process.wait(30)
        self._process.stdout.close()


@pytest.fixture
def outer_provider() -> Iterator[Callable[..., OuterProvider]]:
    started: list[OuterProvider] = []

    def start(faults: str = "", **settings: Any) -> OuterProvider:
        started.append(OuterProvider(faults, **settings))
        return started[-1]

    yield start
    for one in started:
        one.close()


@dataclass
class Campaign:
    """A project whose runs are processes, and what can be seen of it from outside."""

    folder: Path
    launcher: Launcher
    provider: OuterProvider
    unknown: set[str] = field(default_factory=set)

    def start(self, *words: str, file_size: int | None = None) -> Started:
        return self.launcher.start(self.folder, self.provider.base, *words, file_size=file_size)

    def begin(self, *words: str, file_size: int | None = None) -> Started:
        """A run that goes on."""
        return self.start("run", "pipeline.yaml", "--yes", "--json", *words, file_size=file_size)

    def run(self, *words: str) -> Any:
        """A run that has ended, as its JSON document."""
        return self.begin(*words).json

    def states(self) -> Counter[str]:
        """How many keys the journal has in each state, read from outside."""
        try:
            database = sqlite3.connect(f"file:{self.folder}/.callsheet/state.db?mode=ro", uri=True, timeout=10)
        except sqlite3.OperationalError:
            return Counter()
        try:
            return Counter(state for (state,) in database.execute("SELECT state FROM work"))
        except sqlite3.OperationalError:
            return Counter()
        finally:
            database.close()

    def until(self, seen: Callable[[], object]) -> None:
        """Return as soon as something can be seen."""
        end = time.monotonic() + WAIT_SECONDS
        while not seen():
            assert time.monotonic() < end, f"never seen; the journal has {self.states()}"
            time.sleep(0.01)

    def finish(self) -> Any:
        """Run until nothing is left to do, and have the judge look at it. What is unknown is never submitted again."""
        outcome = self.run()
        for _ in range(5):
            if outcome["exit_code"] in (0, 75):
                break
            outcome = self.run()
        self.judge(outcome)
        return outcome

    def judge(self, outcome: Any) -> None:
        """Each key was billed exactly once, except those reported unknown: at most once. All bytes are right."""
        states = {one["id"]: one["state"] for one in outcome["instances"]}
        routes = [name for name in states if name.startswith("shot")]
        self.unknown = {name for name in routes if states[name] == "unknown"}
        made = [name for name in routes if states[name] in ("cached", "succeeded")]
        assert len(made) + len(self.unknown) == len(routes), outcome
        taken = self.provider.taken
        assert max(taken.values(), default=0) <= 1, taken
        assert len(made) <= len(taken) <= len(routes), taken
        blobs = [path for path in (self.folder / ".callsheet/store").glob("??/*") if path.is_file()]
        for blob in blobs:
            assert sha256(blob.read_bytes()).hexdigest() == blob.parent.name + blob.name
        for one in outcome["instances"]:
            for output in one["outputs"]:
                assert sha256((self.folder / output["path"]).read_bytes()).hexdigest() == output["sha256"]


@pytest.fixture
def campaign(
    tmp_path: Path, launcher: Launcher, outer_provider: Callable[..., OuterProvider]
) -> Callable[..., Campaign]:
    """Makes a project with so many shots, and a provider for it."""

    def make(shots: int, faults: str = "", *, name: str = "campaign", step: bool = False, **settings: Any) -> Campaign:
        return Campaign(written(tmp_path / name, shots, step), launcher, outer_provider(faults, **settings))

    return make


@pytest.fixture
def again(tmp_path: Path, launcher: Launcher) -> Callable[..., Campaign]:
    """Makes another project on a provider that is there already; its inputs differ from those of all others."""

    def make(provider: OuterProvider, shots: int, *, name: str, step: bool = False) -> Campaign:
        return Campaign(written(tmp_path / name, shots, step), launcher, provider)

    return make


def written(folder: Path, shots: int, step: bool) -> Path:
    folder.mkdir()
    looks = ", ".join(f"l{number}" for number in range(shots))
    reel = "  reel: {step: concat, input: {clips: '{{ nodes.shot.videos }}'}}\n" if step else ""
    (folder / "pipeline.yaml").write_text(
        f"callsheet: 1\nname: {folder.name}\nseed: 7\nmax_instances: 100000\naxes: {{look: [{looks}]}}\nnodes:\n"
        "  shot:\n    route: wan-ai/wan-2-7/text-to-video\n    over: [look]\n"
        f"    input: {{prompt: 'A bottle, {folder.name} {{{{ look }}}}.', duration: 2}}\n{reel}"
    )
    return folder
