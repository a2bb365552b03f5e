"""Bringing back bytes that the store lost: from published copies first, then from the shared store."""

from __future__ import annotations

import asyncio
import hashlib
import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from callsheet.cli.project import Project
from callsheet.cli.sharing import open_shared
from callsheet.problems import CallsheetError
from callsheet.store.audit import BrokenBlob
from callsheet.store.blobs import Blobs
from callsheet.store.journal import Journal
from callsheet.store.pull import fetch_blobs


def mend(
    project: Project,
    journal: Journal,
    blobs: Blobs,
    broken: Sequence[BrokenBlob],
    store: str | None,
    published: Iterable[tuple[str, Path]] = (),
) -> dict[str, str]:
    """Digest -> where its bytes came from, for those that the store has whole again. Damaged bytes are moved aside
    first, and never deleted. `published` are more files, by the digest that they should have.

    A shared store that can't be used is told on standard error, and costs nothing that was brought back before.
    """
    copies = _copies(project, journal, published)
    mended: dict[str, str] = {}
    for one in broken:
        if one.what == "damaged":
            blobs.set_aside(one.sha256)
        source = next((path for path in copies.get(one.sha256, ()) if _has(path, one.sha256)), None)
        if source is not None and blobs.put_file(source)[0] == one.sha256:
            mended[one.sha256] = f"`{os.path.relpath(source)}`"
    rest = {one.sha256: one.bytes for one in broken if one.sha256 not in mended and one.bytes is not None}
    if rest and (store is not None or project.settings.store is not None):
        mended |= _from_shared(project, blobs, rest, store)
    return mended


def _from_shared(project: Project, blobs: Blobs, wanted: Mapping[str, int], store: str | None) -> dict[str, str]:
    try:
        shared = open_shared(project, store)
        fetched = asyncio.run(fetch_blobs(shared, blobs, wanted))
    except CallsheetError as error:
        for problem in error.problems:
            sys.stderr.write(f"{problem}\n")
        return {}
    return dict.fromkeys(fetched, f"`{shared.url}`")


def _copies(project: Project, journal: Journal, published: Iterable[tuple[str, Path]]) -> dict[str, list[Path]]:
    copies: dict[str, list[Path]] = {}
    for sha256, path in (*_placed(project, journal), *published):
        copies.setdefault(sha256, []).append(path)
    return copies


def _placed(project: Project, journal: Journal) -> Iterator[tuple[str, Path]]:
    for name, placed in journal.places.all().items():
        yield placed.sha256, project.root / name


def _has(path: Path, sha256: str) -> bool:
    """Whether a plain file has these bytes."""
    if path.is_symlink() or not path.is_file():
        return False
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == sha256
