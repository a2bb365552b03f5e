"""Where an instance's files are put below the output folder, and that no two want one place."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath

from callsheet.media.info import OutputKind
from callsheet.plan.job import Job
from callsheet.problems import Problem


def default_path(stem: str, node: str, axes: Iterable[tuple[str, str]], extension: str) -> str:
    """`<stem>/<node>/<axis=value,…>.<ext>`; `<stem>/<node>.<ext>` for a node without axes."""
    inside = ",".join(f"{axis}={value}" for axis, value in axes)
    return f"{stem}/{node}/{inside}{extension}" if inside else f"{stem}/{node}{extension}"


OWN_NAMES = ("manifest.json", "index.html", "gallery.html", "manifest.unreadable")
"""What callsheet writes beside the outputs, by how the names begin."""
SUFFIXES: Mapping[OutputKind, frozenset[str]] = {
    "image": frozenset({".png", ".jpg", ".jpeg", ".webp", ".gif"}),
    "video": frozenset({".mp4", ".mov", ".webm", ".mkv"}),
    "audio": frozenset({".wav", ".mp3", ".m4a", ".flac", ".ogg"}),
}
LONGEST_PATH = 900


def path_fault(path: str, makes: OutputKind) -> str | None:
    """What is wrong with a `publish` path for a file of this kind, or None."""
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
    if len(path.encode()) > LONGEST_PATH:
        return f"`publish` has more than {LONGEST_PATH} bytes"
    if parts[0].casefold().startswith(OWN_NAMES):
        return f"`publish: {path}` takes a name that callsheet keeps for itself"
    suffix = PurePosixPath(path).suffix.casefold()
    if any(suffix in suffixes for kind, suffixes in SUFFIXES.items() if kind != makes):
        return f"`publish: {path}` ends with `{suffix}`, but what is made is {makes}"
    return None


_PLAIN_HINT = "name every axis of the node in `publish`"
_USED_HINT = "each use publishes it: leave `publish` out, or write a param into it that `with` sets differently"


def clashes(jobs: Iterable[Job]) -> list[Problem]:
    """A problem for each instance whose path, compared without case, another instance has already."""
    taken: dict[str, Job] = {}
    problems: list[Problem] = []
    for job in jobs:
        if job.publish is None:
            continue
        place = _place(job.publish)
        first = taken.setdefault(place, job)
        if first is not job:
            problems.append(
                Problem(
                    "publish-clash",
                    f"`{first.id}` and `{job.id}` are both published as `{job.publish}`",
                    job.span,
                    hint=_PLAIN_HINT if "." not in job.node else _USED_HINT,
                    also=() if first.span == job.span else (first.span,),
                )
            )
    return problems


def folder_clashes(jobs: Iterable[Job]) -> list[Problem]:
    """A problem for each file that would have to be a folder of another's."""
    files = {_place(job.publish): job for job in jobs if job.publish is not None}
    below: dict[str, Job] = {}
    for place, job in files.items():
        folder = place.rpartition("/")[0]
        while folder and folder not in below:
            below[folder] = job
            folder = folder.rpartition("/")[0]
    problems: list[Problem] = []
    for folder, job in below.items():
        other = files.get(folder)
        if other is not None:
            message = (
                f"`{other.id}` is published as `{other.publish}`, which is a folder of `{job.id}`'s `{job.publish}`"
            )
            problems.append(Problem("publish-clash", message, job.span, hint="choose another name for one of them"))
    return problems


def _place(path: str) -> str:
    return unicodedata.normalize("NFC", path).casefold()
