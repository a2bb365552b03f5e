"""Published files and the manifest beside them, against what was published and what the journal knows."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Literal, cast, get_args

from callsheet.cli.posters import is_poster
from callsheet.media.info import Output, OutputKind
from callsheet.plan.make import SIMULATOR
from callsheet.plan.publish import OWN_NAMES
from callsheet.problems import DataFault, Problem
from callsheet.report.manifest import NAME, Manifest, read_manifest
from callsheet.store.audit import Owner
from callsheet.store.blobs import Blobs
from callsheet.store.journal import Journal
from callsheet.store.places import Placed, Places


@dataclass(frozen=True, slots=True)
class Published:
    """A file that the manifest tells of."""

    instance: str
    key: str
    request_id: str | None
    path: Path
    output: Output


@dataclass(frozen=True, slots=True)
class Standing:
    """How a published file stands: whole, edited, missing, or there and published by nobody (`extra`)."""

    what: Literal["whole", "edited", "missing", "extra"]
    path: Path
    problem: Problem
    sha256: str | None = None
    bytes: int = 0


@dataclass(frozen=True, slots=True)
class Outputs:
    """An output folder and what its manifest says of it: the `files` of the pipeline's instances and their `places`. A
    folder whose manifest is of another pipeline has none. `others` are the folders in it that are of the pipelines
    beside this one."""

    folder: Path
    files: tuple[Published, ...]
    places: frozenset[Path]
    state: Literal["there", "missing", "unreadable", "foreign"]
    others: frozenset[str] = frozenset()

    @classmethod
    def of(cls, folder: Path, pipeline: tuple[str, bool] | None, file: Path) -> Outputs:
        """Read the manifest of a folder; `pipeline` is the name that it should have, and whether it is simulated,
        `file` where that is written."""
        folder = folder.absolute()
        manifest = read_manifest(folder)
        if manifest is None:
            return cls(folder, (), frozenset(), "unreadable" if (folder / NAME).exists() else "missing")
        about = (str(manifest.get("pipeline")), manifest.get("provider") == SIMULATOR)
        if pipeline is not None and about != pipeline:
            return cls(folder, (), frozenset(), "foreign")
        files = tuple(_published(folder, manifest))
        others = frozenset(one.stem for one in file.absolute().parent.glob("*.yaml") if one.stem != file.stem)
        return cls(folder, files, frozenset(one.path for one in files), "there", others)

    @property
    def manifest(self) -> Path:
        return self.folder / NAME

    def owners(self) -> Iterator[tuple[str, Owner]]:
        """Each digest of a published file, with the output that has it."""
        for one in self.files:
            paid = one.request_id is not None
            output = one.output
            yield output.sha256, Owner(one.instance, one.key, output.name, output.bytes, one.request_id, paid)

    def copies(self) -> Iterator[tuple[str, Path]]:
        """Each published file, by the digest that it should have."""
        yield from ((one.output.sha256, one.path) for one in self.files)

    def look(self) -> Iterator[Standing]:
        """Read every published file, and look for those that nobody published."""
        if self.state != "there":
            return
        for one in self.files:
            if self._is_below(one.path):
                yield _standing(one)
        yield from (_extra(path) for path in self._files_there() if path not in self.places)

    def put_back(self, state: Standing, blobs: Blobs, places: Places, root: Path) -> str | None:
        """Publish the stored bytes again; where they came from, or None where the store has none that are whole."""
        if state.sha256 is None:
            return None
        try:
            blobs.place(state.sha256, state.path)
        except DataFault:
            return None
        name = str(state.path).removeprefix(f"{root.absolute()}/")
        places.remember({name: Placed.now(state.path, state.sha256)})
        return "the store"

    def _is_below(self, path: Path) -> bool:
        """Whether a place lies in the folder, and no link leads out of it. A take that is not published lies in the
        store."""
        inside = path.is_relative_to(self.folder) and ".." not in path.parts
        return inside and path.parent.resolve().is_relative_to(self.folder.resolve())

    def _files_there(self) -> Iterator[Path]:
        """The files of the folder; hidden ones, those of other pipelines and those that callsheet writes for itself
        left out."""
        for folder, inner, files in os.walk(self.folder):
            others = self.others if Path(folder) == self.folder else ()
            inner[:] = sorted(name for name in inner if not name.startswith(".") and name not in others)
            for name in sorted(files):
                path = Path(folder, name)
                if not _is_own(path.relative_to(self.folder)) and not name.startswith("."):
                    yield path


def _is_own(path: Path) -> bool:
    """Whether callsheet keeps a place of the output folder for itself: the manifest, the pages, their posters."""
    return is_poster(path) or path.parts[0].casefold().startswith(OWN_NAMES)


def manifest_problems(outputs: Outputs, journal: Journal) -> Iterator[Problem]:
    """Where the manifest can't be read, or says something else than the journal."""
    shown = os.path.relpath(outputs.manifest)
    if outputs.state == "unreadable":
        yield Problem("manifest-unreadable", f"`{shown}` is damaged", hint="the next run writes it anew")
    if outputs.state == "foreign":
        hint = "name its own folder with `--output-dir`"
        yield Problem("manifest-foreign", f"`{shown}` is of another pipeline", hint=hint, severity="warning")
    told: dict[str, list[Published]] = {}
    for one in outputs.files:
        told.setdefault(one.instance, []).append(one)
    known = journal.look_up_many({one.key for one in outputs.files})
    for instance, files in told.items():
        entry, first = known.get(files[0].key), files[0]
        if entry is None:
            hint = "the next run learns it from the manifest"
            yield Problem("journal-lost", "the journal knows nothing of its key", hint=hint, instance=instance)
        elif entry.outputs and entry.outputs != tuple(one.output for one in files):
            message = f"`{shown}` and the journal have different outputs for its key"
            yield Problem("manifest-differs", message, hint="the next run publishes it anew", instance=instance)
        elif None not in (first.request_id, entry.request_id) and first.request_id != entry.request_id:
            message = f"`{shown}` and the journal have different requests for its key"
            yield Problem("manifest-differs", message, hint="the next run writes it anew", instance=instance)


def _published(folder: Path, manifest: Manifest) -> Iterator[Published]:
    for entry in manifest["instances"]:
        key, outputs = entry.get("key"), entry.get("outputs")
        for one in outputs if isinstance(outputs, list) and isinstance(key, str) else ():
            output = _output(one)
            if output is not None:
                path = Path(os.path.normpath(folder / PurePosixPath(one["path"])))
                yield Published(str(entry.get("id")), key, entry.get("request_id"), path, output)


def _output(one: Mapping[str, Any]) -> Output | None:
    """An output as the manifest tells it; None where that is not whole."""
    try:
        name, sha256, size, media_type = (one[field] for field in ("name", "sha256", "bytes", "media_type"))
        kind = str(name).partition("-")[0]
        whole = isinstance(one["path"], str) and isinstance(sha256, str) and isinstance(size, int)
    except (KeyError, TypeError):
        return None
    if not whole or kind not in get_args(OutputKind):
        return None
    return Output(name, cast(OutputKind, kind), sha256, size, media_type)


def _standing(one: Published) -> Standing:
    shown, output = os.path.relpath(one.path), one.output
    found = _digest(one.path)
    what: Literal["whole", "edited", "missing"] = "edited"
    if found == output.sha256:
        what = "whole"
    elif not os.path.lexists(one.path):
        what = "missing"
    said = "is not there" if what == "missing" else "is not the file that was published"
    hint = f"`--restore{' --force' if what == 'edited' else ''}` puts the published one in its place"
    problem = Problem(f"output-{what}", f"`{shown}` {said}", hint=hint, instance=one.instance)
    return Standing(what, one.path, problem, output.sha256, output.bytes)


def _extra(path: Path) -> Standing:
    message = f"`{os.path.relpath(path)}` is published by no instance"
    hint = "an earlier version of the pipeline may have left it, or somebody put it there; move it away"
    return Standing("extra", path, Problem("output-extra", message, hint=hint))


def _digest(path: Path) -> str | None:
    """The digest of a plain file; None for anything else."""
    if path.is_symlink() or not path.is_file():
        return None
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
