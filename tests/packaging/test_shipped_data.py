from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

LOOK_UP = "from callsheet.shipped import shipped; print(shipped({folder!r}))"
FOLDERS = ["schemas", "pipelines", "examples"]
LEFT_BEHIND = {"__pycache__", ".callsheet", "renders", "previews"}


def _files(folder: Path) -> set[str]:
    """Paths below `folder`, without what running leaves behind."""
    paths = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return {str(path) for path in paths if not LEFT_BEHIND & {*path.parts}}


@pytest.mark.parametrize("folder", FOLDERS)
def test_shipped_data_is_found_from_a_wheel(wheel: Path, python: Callable[..., str], folder: str) -> None:
    assert python(LOOK_UP.format(folder=folder), site=wheel) == str(wheel / "callsheet" / "_data" / folder)


@pytest.mark.parametrize("folder", FOLDERS)
def test_shipped_data_is_found_from_an_editable_install(
    editable: Path, root: Path, python: Callable[..., str], folder: str
) -> None:
    assert python(LOOK_UP.format(folder=folder), site=editable) == str(root / folder)


@pytest.mark.parametrize("folder", FOLDERS)
def test_shipped_data_is_found_from_a_clone(root: Path, python: Callable[..., str], folder: str) -> None:
    assert python(LOOK_UP.format(folder=folder), path=root / "engine") == str(root / folder)


def test_the_wheel_holds_all_of_the_schemas_and_pipelines_of_the_clone(wheel: Path, root: Path) -> None:
    data = wheel / "callsheet" / "_data"

    assert _files(data / "schemas") == _files(root / "schemas")
    assert _files(data / "pipelines") == _files(root / "pipelines")


def test_the_wheel_holds_the_example_that_the_demo_writes(wheel: Path, root: Path) -> None:
    example = wheel / "callsheet" / "_data" / "examples" / "aurora"

    assert (example / "pipeline.yaml").is_file()
    assert _files(example) == _files(root / "examples" / "aurora")


def test_the_wheel_holds_the_package_and_nothing_else_of_the_clone(wheel: Path, root: Path) -> None:
    assert sorted(path.name for path in wheel.iterdir()) == ["callsheet", "callsheet-0.1.0.dist-info"]
    code = {path for path in _files(wheel / "callsheet") if not path.startswith("_data/")}
    assert code == _files(root / "engine" / "callsheet")


def test_the_wheel_is_typed_and_holds_the_page_template(wheel: Path) -> None:
    assert (wheel / "callsheet" / "py.typed").is_file()
    assert (wheel / "callsheet" / "report" / "templates" / "gallery.html.j2").is_file()


def test_the_wheel_holds_the_licence(wheel: Path, root: Path) -> None:
    licence = wheel / "callsheet-0.1.0.dist-info" / "licenses" / "LICENSE"

    assert licence.read_bytes() == (root / "LICENSE").read_bytes()


def test_the_wheel_names_the_command_the_version_and_the_licence(wheel: Path) -> None:
    facts = wheel / "callsheet-0.1.0.dist-info"
    stated = {"Name: callsheet", "Version: 0.1.0", "License-Expression: Apache-2.0", "Requires-Python: >=3.11"}

    assert (facts / "entry_points.txt").read_text() == "[console_scripts]\ncallsheet = callsheet.cli.main:main\n"
    assert stated <= set((facts / "METADATA").read_text().splitlines())


def test_the_command_of_the_wheel_says_the_version_of_the_wheel(wheel: Path, python: Callable[..., str]) -> None:
    assert python("from callsheet.cli.main import run; run(['--version'])", site=wheel) == "callsheet 0.1.0"


def test_the_commands_of_the_wheel_read_the_data_of_the_wheel(wheel: Path, tmp_path: Path) -> None:
    code = "import callsheet, sys; from callsheet.cli.main import run; print(callsheet.__file__); run(['routes'])"
    environ = os.environ | {"PYTHONPATH": str(wheel), "PYTHONDONTWRITEBYTECODE": "1"}

    command = [sys.executable, "-c", code]
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=environ, cwd=tmp_path)

    assert done.stdout.splitlines()[0] == str(wheel / "callsheet" / "__init__.py")
    assert "happyhorse/happyhorse-1.0/image-to-video" in done.stdout
