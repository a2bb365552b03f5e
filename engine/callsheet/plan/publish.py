"""Where an instance's files are put below the output folder, and that no two want one place."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from pathlib import PurePosixPath

from callsheet.plan.job import Job
from callsheet.problems import Problem


def default_path(stem: str, node: str, axes: Iterable[tuple[str, str]], extension: str) -> str:
    """`<stem>/<node>/<axis=value,…>.<ext>`; `<stem>/<node>.<ext>` for a node without axes."""
    inside = ",".join(f"{axis}={value}" for axis, value in axes)
    return f"{stem}/{node}/{inside}{extension}" if inside else f"{stem}/{node}{extension}"


def path_fault(path: str) -> str | None:
    """What is wrong with a `publish` path, or None."""
    if not path.strip():
        return "`publish` is empty"
    if any(unicodedata.category(char) in ("Cc", "Cf", "Cs") for char in path):
        return f"`publish` holds a control character: {path!r}"
    parts = PurePosixPath(path).parts
    if path.startswith(("/", "~")) or "\\" in path or ".." in parts or (len(path) > 1 and path[1] == ":"):
        return f"`publish: {path}` leaves the output folder"
    if path.endswith("/") or not PurePosixPath(path).suffix:
        return f"`publish: {path}` names no file: end it with a name and an extension"
    if any(len(part.encode()) > 255 for part in parts):
        return "`publish` has a name of more than 255 bytes"
    return None


def clashes(jobs: Iterable[Job]) -> list[Problem]:
    """A problem for each instance whose path, compared without case, another instance has already."""
    taken: dict[str, Job] = {}
    problems: list[Problem] = []
    for job in jobs:
        if job.publish is None:
            continue
        place = unicodedata.normalize("NFC", job.publish).casefold()
        first = taken.setdefault(place, job)
        if first is not job:
            problems.append(
                Problem(
                    "publish-clash",
                    f"`{first.id}` and `{job.id}` are both published as `{job.publish}`",
                    job.span,
                    hint="name every axis of the node in `publish`",
                    also=() if first.span == job.span else (first.span,),
                )
            )
    return problems
