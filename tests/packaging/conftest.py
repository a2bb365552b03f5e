from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def root() -> Path:
    """The clone that the tests run from."""
    return ROOT


def _built(kind: str, folder: Path) -> Path:
    """What the build backend makes of the clone, unpacked."""
    code = f"import sys; from hatchling.build import build_{kind} as build; build(sys.argv[1])"
    subprocess.run([sys.executable, "-c", code, str(folder)], check=True, capture_output=True, cwd=ROOT)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "unpacked")
    return folder / "unpacked"


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds what the wheel installs."""
    return _built("wheel", tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="session")
def editable(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds what an editable install puts into site-packages."""
    return _built("editable", tmp_path_factory.mktemp("editable"))


@pytest.fixture
def python(tmp_path: Path) -> Callable[..., str]:
    """Runs code in an interpreter without site-packages, in an empty folder, and gives what it printed."""

    def run(code: str, *, site: Path | None = None, path: Path | None = None) -> str:
        environ = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
        environ["PYTHONDONTWRITEBYTECODE"] = "1"
        if path:
            environ["PYTHONPATH"] = str(path)
        if site:
            code = f"import site; site.addsitedir({str(site)!r})\n{code}"
        command = [sys.executable, "-S", "-c", code]
        done = subprocess.run(command, check=True, capture_output=True, text=True, env=environ, cwd=tmp_path)
        return done.stdout.strip()

    return run
