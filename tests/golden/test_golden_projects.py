"""Three campaigns and what is said about them; `make golden` writes it anew."""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
PROJECTS = sorted(one.parent.name for one in HERE.glob("*/pipeline.yaml"))
EXPECTED = ("plan.txt", "explain.txt", "against.txt", "against.md", "lock.txt")
LOCK = "pipeline.lock.yaml"


def files_of(folder: Path) -> dict[str, bytes]:
    """The files of a campaign by name; neither those of its past nor what is said about it."""
    every = [file for file in folder.rglob("*") if file.is_file()]
    names = {file.relative_to(folder).as_posix(): file for file in every}
    return {
        name: file.read_bytes()
        for name, file in names.items()
        if name not in (*EXPECTED, "run.txt", LOCK) and not name.startswith("before/")
    }


def command_of(text: str) -> list[str]:
    """The words after `$ callsheet` in the first line."""
    line = text.split("\n", 1)[0].removeprefix("<!-- ").removesuffix(" -->")
    assert line.startswith("$ callsheet "), f"the first line is no command: {line}"
    return shlex.split(line)[2:]


def locked(project: Any) -> str:
    """The lock of the campaign as it stands, which nobody has rendered yet."""
    finished = project.run("lock", "pipeline.yaml")
    assert finished.exit_code == 0, finished.stderr
    return str(project.read(LOCK))


@pytest.mark.parametrize("name", PROJECTS)
def test_what_is_said_about_a_campaign_is_what_lies_beside_it(
    name: str, project: Any, repository: Callable[[], Any]
) -> None:
    folder = HERE / name
    project.write({**files_of(folder), **files_of(folder / "before"), ".gitignore": "previews/\n.callsheet/\n"})
    told = {f"before/{LOCK}": locked(project)}
    repository().commit("as it was")
    finished = project.run(*command_of((folder / "before/run.txt").read_text(encoding="utf-8")))
    assert finished.exit_code == 0, finished.stderr
    project.write(files_of(folder))
    for file in EXPECTED:
        first = (folder / file).read_text(encoding="utf-8").split("\n", 1)[0]
        finished = project.run(*command_of(first))
        assert finished.exit_code == 0, finished.stderr
        told[file] = f"{first}\n{finished.stdout}"
    told[LOCK] = project.read(LOCK)
    if os.environ.get("GOLDEN") == "write":
        for file, text in told.items():
            (folder / file).write_text(text, encoding="utf-8")
    assert told == {file: (folder / file).read_text(encoding="utf-8") for file in told}


def test_there_are_three() -> None:
    assert PROJECTS == ["dub", "launch", "tale"]
