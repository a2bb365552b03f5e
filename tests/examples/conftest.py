from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parent.parent.parent / "examples"
MADE_BY_RUNS = shutil.ignore_patterns("previews", "renders", ".callsheet")


@pytest.fixture
def example(project) -> Callable[[str], None]:
    """Copies an example into the project's folder, as a fresh clone has it."""

    def copy(name: str) -> None:
        shutil.copytree(EXAMPLES / name, project.folder, dirs_exist_ok=True, ignore=MADE_BY_RUNS)

    return copy
