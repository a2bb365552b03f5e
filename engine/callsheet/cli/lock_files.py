"""The locks of a project: those of some pipelines, or every one that lies below its root."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from callsheet.document.lock import Lock
from callsheet.document.lock_file import lock_path
from callsheet.document.lock_reader import read_lock
from callsheet.problems import DataFault, Problem

LOCKS = ".lock.yaml"
_FIRST_BYTES = 4096
_FOREIGN = frozenset(("node_modules", "__pycache__"))


def locks_of(root: Path, pipelines: Sequence[Path]) -> list[Lock]:
    """The locks of these pipelines, those of their profiles included; without any, every lock of the project.

    Raises a DataFault for a pipeline without a lock, and with each line of a lock that is wrong.
    """
    if pipelines:
        paths = [path for pipeline in pipelines for path in _beside(pipeline)]
    else:
        paths = [path for path in project_files(root) if path.name.endswith(LOCKS) and _is_lock(path)]
    locks = [read_lock(path, os.path.relpath(path)) for path in paths]
    return [lock for lock in locks if lock is not None]


def project_files(root: Path) -> Iterator[Path]:
    """Every file below a project's root, hidden folders and those of other tools left out."""
    for folder, inner, files in os.walk(root):
        inner[:] = sorted(name for name in inner if not name.startswith(".") and name not in _FOREIGN)
        yield from (Path(folder, name) for name in sorted(files))


def _beside(pipeline: Path) -> list[Path]:
    stem = f"{pipeline.stem}."
    names = sorted(path for path in pipeline.absolute().parent.glob("*" + LOCKS) if path.name.startswith(stem))
    own = lock_path(pipeline)
    if not names:
        hint = f"`callsheet lock {pipeline}` writes it" if pipeline.exists() else None
        raise DataFault(Problem("no-lock", f"`{pipeline}` has no lock `{own.name}` beside it", hint=hint))
    return names


def _is_lock(path: Path) -> bool:
    """Whether a file is a lock of callsheet: other tools end the names of theirs so, too."""
    with path.open("rb") as file:
        return b"callsheet-lock:" in file.read(_FIRST_BYTES)
