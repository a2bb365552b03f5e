"""The tutorial, done: its pipelines are written, its commands run in order, and its screens compared."""

from __future__ import annotations

import shlex
from typing import Any

import pytest


def test_the_tutorial_does_what_it_says(pages: Any, project: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    folder = project.folder
    printed = ""
    screens = 0
    for block in pages.blocks(pages.root / "docs" / "tutorial.md"):
        if block.language == "yaml":
            (folder / "pipeline.yaml").write_text(block.text, encoding="utf-8")
        elif block.language == "text" and printed:
            assert printed == block.text, f"tutorial.md:{block.line}"
            screens += 1
        elif block.language == "sh":
            for command, *words in map(shlex.split, block.text.splitlines()):
                if command == "cd":
                    folder = folder / words[0]
                    monkeypatch.chdir(folder)
                else:
                    finished = project.run(*words)
                    assert finished.exit_code == 0, finished
                    printed = finished.stdout
    assert screens == 3
    assert (folder / "previews" / "index.html").is_file()


def test_its_first_pipeline_is_the_one_that_init_writes(pages: Any, project: Any) -> None:
    project.run("init", "first-light")
    shown = next(block for block in pages.blocks(pages.root / "docs" / "tutorial.md") if block.language == "yaml")
    assert project.read("first-light/pipeline.yaml") == shown.text
