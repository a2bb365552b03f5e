"""A project in a temporary folder with the real command line run in it, and the simulated provider from outside."""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import settings

from callsheet.cli.main import run
from callsheet.simulator.faults import parse_faults
from callsheet.simulator.serve import serve
from callsheet.simulator.settings import Settings

os.environ.pop("CI", None)  # there a paid run is held to a lock: a test that means that says so itself
settings.register_profile("callsheet", derandomize=True, deadline=None, database=None)
settings.load_profile("callsheet")


@dataclass(frozen=True, slots=True)
class Finished:
    """A command that ended: its exit code and all that it printed."""

    exit_code: int
    stdout: str
    stderr: str

    @property
    def json(self) -> Any:
        return json.loads(self.stdout)


class Project:
    """A folder with files in it, in which commands are run as a user would run them there."""

    def __init__(self, folder: Path, capture: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self._capture = capture

    def write(self, files: Mapping[str, str | bytes]) -> Project:
        for name, content in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return self

    def read(self, name: str) -> str:
        return (self.folder / name).read_text(encoding="utf-8")

    def read_bytes(self, name: str) -> bytes:
        return (self.folder / name).read_bytes()

    def edit(self, name: str, old: str, new: str) -> None:
        """Replace a text that stands in the file exactly once."""
        text = self.read(name)
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {name}"
        self.write({name: text.replace(old, new)})

    def run(self, *words: str) -> Finished:
        self._capture.readouterr()
        exit_code = run(list(words))
        printed = self._capture.readouterr()
        return Finished(exit_code, printed.out, printed.err)

    def plan(self, *words: str, file: str = "pipeline.yaml") -> dict[str, Any]:
        """The instances of `plan --simulate --json` by id."""
        finished = self.run("plan", file, "--simulate", "--json", *words)
        assert finished.exit_code == 0, finished.stderr
        return {instance["id"]: instance for instance in finished.json["instances"]}

    def refusal(self, *words: str, file: str = "pipeline.yaml") -> str:
        """What a plan that is refused says."""
        finished = self.run("plan", file, "--simulate", *words)
        assert finished.exit_code == 65, finished
        return finished.stderr


@pytest.fixture
def project(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Project:
    """An empty project folder, which is the working folder of its commands; no settings from the environment."""
    folder = tmp_path / "campaign"
    folder.mkdir()
    monkeypatch.chdir(folder)
    for name in ("RUNCOMFY_TOKEN", "RUNCOMFY_MODEL_API_BASE", "CALLSHEET_CONCURRENCY", "CALLSHEET_STORE", "CI"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    return Project(folder, capsys)


class Provider:
    """A simulator of its own, in a thread. `submits` are the requests it took in, in order; `calls` all calls."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        async with serve(self._settings) as self._server:
            self._ready.set()
            await self._stop.wait()

    def start(self) -> None:
        self._thread.start()
        assert self._ready.wait(20)

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(20)

    @property
    def base_url(self) -> str:
        return self._server.base_url

    @property
    def submits(self) -> list[dict[str, Any]]:
        return list(self._server.ledger)

    @property
    def calls(self) -> list[dict[str, Any]]:
        return list(self._server.calls)


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Provider]]:
    """Starts a provider that commands of the test then talk to, without being told that it is a simulator."""
    started: list[Provider] = []

    def start(faults: str = "", **settings: Any) -> Provider:
        one = Provider(Settings(**{"speed": 0, "media": False, **settings}, faults=parse_faults(faults)))
        one.start()
        started.append(one)
        monkeypatch.setenv("RUNCOMFY_MODEL_API_BASE", one.base_url)
        monkeypatch.setenv("RUNCOMFY_TOKEN", "canary-token")
        return one

    yield start
    for one in started:
        one.stop()


@dataclass(frozen=True, slots=True)
class S3Server:
    """A real S3 server on loopback; `folder` is where its bucket `media` lies."""

    endpoint: str
    folder: Path
    key: str
    secret: str

    def names(self) -> list[str]:
        """What is in the bucket."""
        return sorted(str(path.relative_to(self.folder)) for path in self.folder.rglob("*") if path.is_file())


@pytest.fixture(scope="module")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    folder = tmp_path_factory.mktemp("s3")
    (folder / "media").mkdir()
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port = sock.getsockname()[1]
    server = S3Server(f"http://127.0.0.1:{port}", folder / "media", "canaryaccess01", "canarysecret-4b1f90")
    words = ["serve", "s3", "--auth-key", f"{server.key},{server.secret}", "--addr", f"127.0.0.1:{port}", str(folder)]
    rclone = [str(Path(sys.executable).with_name("rclone")), *words]
    settings = os.environ | {"RCLONE_CONFIG": str(folder / "none.conf")}
    with subprocess.Popen(
        rclone, env=settings, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr
        for line in process.stderr:
            if "Starting s3 server" in line:
                break
        _until_it_listens(port)
        yield server
        process.terminate()


def _until_it_listens(port: int) -> None:
    until = time.monotonic() + 20
    while time.monotonic() < until:
        with socket.socket() as sock:
            if sock.connect_ex(("127.0.0.1", port)) == 0:
                return
    raise AssertionError("the S3 server does not listen")


@pytest.fixture
def credentials(s3: S3Server, monkeypatch: pytest.MonkeyPatch) -> Mapping[str, str]:
    """What the store's library finds in the environment."""
    given = {"AWS_ACCESS_KEY_ID": s3.key, "AWS_SECRET_ACCESS_KEY": s3.secret}
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    return given


class Reviewing:
    """A `callsheet review` in a process of its own, asked as a browser asks, or as nobody should."""

    def __init__(self, folder: Path, *words: str) -> None:
        command = [sys.executable, "-m", "callsheet", "review", *words, "--no-open"]
        self._process = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        line = self._process.stdout.readline() if self._process.stdout else ""
        if not line:
            raise AssertionError(self._process.communicate()[1])
        self.link = line.split()[-1]
        self.authority = urlsplit(self.link).netloc
        self.cookie = ""

    def enter(self) -> Reviewing:
        """Use the link, and keep the session that it gives."""
        path = self.link.partition(self.authority)[2]
        self.cookie = self.ask("GET", path).headers["set-cookie"].partition(";")[0]
        return self

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str | None) -> Answered:
        """Send exactly this. Headers are written with `_` for `-`; Host and Cookie are right unless they are given."""
        sent = {"host": self.authority, "cookie": self.cookie or None, **headers}
        connection = http.client.HTTPConnection(self.authority, timeout=20)
        try:
            connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            for name, value in sent.items():
                if value is not None:
                    connection.putheader(name.replace("_", "-"), value)
            if body is not None:
                connection.putheader("content-length", str(len(body)))
            connection.endheaders(body)
            answer = connection.getresponse()
            told = {name.lower(): value for name, value in answer.getheaders()}
            return Answered(
                answer.status, told, b"" if "event-stream" in told.get("content-type", "") else answer.read()
            )
        finally:
            connection.close()

    def post(self, what: str, **fields: object) -> Answered:
        """Ask for a change as the page does."""
        headers = {"origin": f"http://{self.authority}", "x_callsheet_review": "1", "content_type": "application/json"}
        return self.ask("POST", f"/_review/{what}", json.dumps(fields).encode(), **headers)

    def cells(self) -> dict[str, Any]:
        """The cells of the page by id."""
        return {cell["id"]: cell for cell in self.ask("GET", "/_review/state").json["cells"]}

    def stop(self) -> Finished:
        """Ctrl-C."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
        out, err = self._process.communicate(timeout=20)
        return Finished(self._process.returncode, out, err)


@dataclass(frozen=True, slots=True)
class Answered:
    """What a server answered."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def refusal(self) -> tuple[int, str]:
        """The status and the code of the error."""
        return self.status, self.json["error"]["code"]


@pytest.fixture
def reviewing() -> Iterator[Callable[..., Reviewing]]:
    """Starts reviews: `reviewing(folder, "pipeline.yaml", "--simulate")`."""
    started: list[Reviewing] = []

    def start(folder: Path, *words: str) -> Reviewing:
        started.append(Reviewing(folder, *words))
        return started[-1]

    yield start
    for one in started:
        one.stop()


PEAK = """
def peak_bytes():
    # The most memory this program had; the usual figure counts the parent's too where there is a /proc.
    import pathlib, resource, sys
    status = pathlib.Path("/proc/self/status")
    if status.exists():
        return int(status.read_text().split("VmHWM:")[1].split()[0]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
"""


@pytest.fixture(scope="session")
def child_python() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs a program in a Python of its own, where `peak_bytes()` tells the most memory it had."""

    def run_program(code: str, given: str = "") -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", PEAK + code]
        return subprocess.run(command, input=given, capture_output=True, text=True, check=True, timeout=120)

    return run_program


class Repository:
    """The project's folder as a git repository."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.git("init", "--quiet", "--initial-branch=main")

    def git(self, *words: str) -> str:
        done = subprocess.run(["git", *words], cwd=self.folder, capture_output=True, text=True, check=True)
        return done.stdout

    def commit(self, message: str = "change") -> str:
        """Commit everything that is not ignored; returns the short digest."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", f"--message={message}")
        return self.git("rev-parse", "HEAD")[:8]


@pytest.fixture
def repository(project: Project, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Repository]:
    """Makes the project's folder a git repository; nobody's settings of git are used."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", os.devnull)
    for who in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{who}_NAME", "Somebody")
        monkeypatch.setenv(f"GIT_{who}_EMAIL", "somebody@example.com")
        monkeypatch.setenv(f"GIT_{who}_DATE", "2026-04-01T12:00:00Z")
    return lambda: Repository(project.folder)
