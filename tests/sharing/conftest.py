"""A campaign that was rendered and locked in one folder, and what a colleague has of it in another."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from callsheet.shipped import shipped

CAMPAIGN = """\
callsheet: 1
name: shop
seed: 7
axes:
  look: [dawn, studio]
nodes:
  shot:
    route: wan-ai/wan-2-7/text-to-video
    over: [look]
    input: {prompt: "A bottle at {{ look }}.", duration: 2, resolution: 720p}
"""
PREVIEW = """\
callsheet: 1
name: shop
seed: 7
nodes:
  shot: {route: wan-ai/wan-2-7/text-to-video, input: {prompt: A bottle., duration: 2, resolution: 720p}}
"""
TAKES = """\
callsheet: 1
name: shop
seed: 7
axes:
  look: [dawn, studio]
  take: {takes: 2}
nodes:
  shot:
    route: happyhorse/happyhorse-1.0/image-to-video
    over: [look, take]
    input: {image: assets/bottle.png, prompt: "At {{ look }}.", duration: 3}
  still:
    step: first_frame
    over: [look]
    input: {video: "{{ nodes.shot.video }}"}
"""


@dataclass(frozen=True)
class Studio:
    """A project whose provider is a server of its own, which counts what is submitted to it."""

    project: Any
    provider: Any

    @property
    def folder(self) -> Path:
        return self.project.folder

    def run(self, *words: str) -> Any:
        return self.project.run(*words)

    def stored(self, folder: Path | None = None) -> Mapping[str, bytes]:
        """Digest -> bytes of every blob of a folder's store."""
        root = (folder or self.folder) / ".callsheet" / "store"
        return {
            shard.name + path.name: path.read_bytes()
            for shard in sorted(root.glob("[0-9a-f][0-9a-f]"))
            for path in sorted(shard.iterdir())
        }

    def blob(self, sha256: str, folder: Path | None = None) -> Path:
        return (folder or self.folder) / ".callsheet" / "store" / sha256[:2] / sha256[2:]

    def damage(self, path: Path) -> None:
        """Flip a bit of a file, in the middle of it."""
        data = bytearray(path.read_bytes())
        data[len(data) // 2] ^= 1
        path.chmod(0o644)
        path.write_bytes(bytes(data))

    def git(self, *words: str, folder: Path | None = None) -> str:
        command = [
            "git",
            "-c",
            "user.name=A",
            "-c",
            "user.email=a@example.org",
            "-c",
            "init.defaultBranch=main",
            *words,
        ]
        done = subprocess.run(command, cwd=folder or self.folder, capture_output=True, text=True, check=True)
        return done.stdout

    def clone(self) -> Path:
        """A colleague's clone, with a memory of its own that knows nothing."""
        target = self.folder.with_name("colleague")
        self.git("clone", "-q", str(self.folder), str(target))
        return target

    def copy(self) -> Path:
        """The files that a clone would have, without git."""
        target = self.folder.with_name("colleague")
        ignored = shutil.ignore_patterns(".callsheet", "renders", "previews", ".git")
        shutil.copytree(self.folder, target, ignore=ignored)
        return target


@pytest.fixture
def studio(project: Any, provider: Callable[..., Any]) -> Studio:
    """A campaign of two shots that nobody rendered yet, which shares its results through the folder `shared`."""
    project.write({"pipeline.yaml": CAMPAIGN, "callsheet.toml": '[store]\nurl = "../shared"\n'})
    return Studio(project, provider())


@pytest.fixture(scope="session")
def two_versions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which a campaign was simulated, changed, and simulated again."""
    folder = tmp_path_factory.mktemp("previews")
    for prompt in ("A bottle", "A jar"):
        (folder / "pipeline.yaml").write_text(PREVIEW.replace("A bottle", prompt))
        command = [sys.executable, "-m", "callsheet", "run", "pipeline.yaml", "--simulate"]
        subprocess.run(command, cwd=folder, capture_output=True, check=True)
    return folder


@pytest.fixture
def previewed(studio: Studio, two_versions: Path) -> Studio:
    """A campaign with a simulated result that nothing names any more, and one that is published."""
    shutil.copytree(two_versions, studio.folder, dirs_exist_ok=True)
    return studio


@pytest.fixture
def rendered(studio: Studio) -> Studio:
    """The same, rendered, and with no lock: what is shared is what the journal knows."""
    assert studio.run("run", "pipeline.yaml", "--yes").exit_code == 0
    (studio.folder / "pipeline.lock.yaml").unlink()
    return studio


@pytest.fixture
def locked(studio: Studio) -> Studio:
    """Takes of a bottle that moves and a reel of what was picked of them, rendered and locked."""
    bottle = (shipped("examples") / "aurora" / "assets" / "bottle.png").read_bytes()
    studio.project.write({"pipeline.yaml": TAKES, "assets/bottle.png": bottle})
    assert studio.run("run", "pipeline.yaml", "--yes").exit_code == 0
    return studio
