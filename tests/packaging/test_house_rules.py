from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

REFUSED_NAMES = {"utils", "util", "helpers", "helper", "common", "base", "manager", "misc", "core"}


def _modules(root: Path) -> list[Path]:
    return sorted((root / "engine" / "callsheet").rglob("*.py"))


def test_no_file_is_longer_than_four_hundred_lines(root: Path) -> None:
    long = {str(path.relative_to(root)): len(path.read_text().splitlines()) for path in _modules(root)}

    assert {path: lines for path, lines in long.items() if lines > 400} == {}


def test_no_module_has_a_name_that_says_nothing(root: Path) -> None:
    assert [path for path in _modules(root) if path.stem in REFUSED_NAMES or path.parent.name in REFUSED_NAMES] == []


def test_packages_are_no_facades(root: Path) -> None:
    inner = [path for path in _modules(root) if path.name == "__init__.py" and path.parent.name != "callsheet"]

    assert [path for path in inner if "import" in path.read_text()] == []


@pytest.mark.parametrize("target", ["demo", "test", "test-browser", "check", "bench", "bench-peers"])
def test_every_target_sets_up_what_it_needs(root: Path, tmp_path: Path, target: str) -> None:
    command = ["make", "-n", "-C", str(root), f"VENV={tmp_path}/env", target]
    environ = {key: value for key, value in os.environ.items() if not key.startswith(("MAKE", "MFLAGS"))}
    shown = subprocess.run(command, check=True, capture_output=True, text=True, env=environ).stdout

    assert f"-m venv {tmp_path}/env" in shown
    assert f"{tmp_path}/env/bin/python -m pip install -q --require-hashes -r constraints/run.txt" in shown


def test_continuous_integration_checks_and_tests(root: Path) -> None:
    script = root / ".ci" / "run"

    assert os.access(script, os.X_OK)
    assert [line for line in script.read_text().splitlines() if line.startswith("make ")] == [
        "make check",
        "make test",
        "make test-browser",
    ]
