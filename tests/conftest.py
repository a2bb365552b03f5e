"""A project in a temporary folder, and the real command line run in it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from callsheet.cli.main import run

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
    for name in ("RUNCOMFY_TOKEN", "RUNCOMFY_MODEL_API_BASE", "CALLSHEET_CONCURRENCY", "CI"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    return Project(folder, capsys)
