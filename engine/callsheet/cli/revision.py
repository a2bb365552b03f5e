"""The files of a git revision, as far as planning a pipeline of it needs them, in a temporary folder."""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path, PurePosixPath

from callsheet.cli.media_memory import MediaMemory
from callsheet.cli.repository import Entry, Repository
from callsheet.media.info import MediaInfo
from callsheet.problems import DataFault, Problem

_READ_AS_TEXT = (".yaml", ".yml", ".json", ".csv", ".toml")
_POINTER = re.compile(rb"version https://git-lfs\.github\.com/spec/v1\n(?:ext-.*\n)*oid sha256:([0-9a-f]{64})\n")


class Checkout:
    """A revision in `folder`. Files that a pipeline may read as text are there from the beginning; media are put there
    when they are asked for, since few of a repository's are ever needed. What is as it is in the working tree is read
    from there. `as_now` are the files that git keeps no version of and that are read as they are now."""

    def __init__(self, repository: Repository, revision: str, folder: Path, pipeline: str) -> None:
        self.repository = repository
        self.revision = revision
        self.folder = folder.resolve()
        commit = repository.commit(revision)
        self.commit = commit
        self.entries: Mapping[str, Entry] = {
            entry.path: entry for entry in repository.entries(commit) if _is_inside(entry.path)
        }
        self.as_now: list[str] = []
        self._changed = repository.changed_since(commit)
        wanted = [path for path, one in self.entries.items() if one.sort == "blob" and _is_text(path, pipeline)]
        self._put(wanted)
        self._link()
        self._add_companions(pipeline)

    @cached_property
    def tracked(self) -> set[str]:
        """The files that git keeps in the working tree."""
        return self.repository.tracked()

    @property
    def submodules(self) -> list[str]:
        """The folders whose files belong to other repositories."""
        return [path for path, entry in self.entries.items() if entry.sort == "commit"]

    def media(self, path: Path) -> Path:
        """Where a medium of the revision can be read. Raises a DataFault where it can't be read at all."""
        inside = os.path.relpath(os.path.realpath(path), self.folder)
        entry = self.entries.get(inside)
        if entry is not None and entry.sort == "blob":
            return self._blob(inside, entry)
        for module in self.submodules:
            if inside.startswith(f"{module}/"):
                raise _unreadable(f"it is in the submodule `{module}`, whose revisions are not read")
        if path.is_file():
            return path
        here = Path(os.path.normpath(self.repository.top / inside))
        if here.is_file() and inside not in self.tracked:
            if inside not in self.as_now:
                self.as_now.append(inside)
            return here
        return path

    def _blob(self, inside: str, entry: Entry) -> Path:
        if self._is_as_it_was(inside):
            return self.repository.top / inside
        place = self.folder / inside
        if not place.exists():
            (content,) = self.repository.contents([entry.digest])
            pointer = _POINTER.match(content)
            if pointer is not None:
                large = self.repository.large_file(pointer[1].decode())
                if large is None:
                    raise _unreadable(
                        "it is a Git LFS pointer at that revision, and its content is not on this machine",
                        f"fetch it: `git lfs fetch origin {self.revision}`",
                    )
                return large
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)
        return place

    def _is_as_it_was(self, path: str) -> bool:
        """Whether the working tree has a file as the revision has it."""
        here = self.repository.top / path
        return path not in self._changed and here.is_file() and not here.is_symlink()

    def _put(self, paths: list[str]) -> None:
        there = [path for path in paths if not self._is_as_it_was(path)]
        contents = self.repository.contents([self.entries[path].digest for path in there])
        for path, content in zip(there, contents, strict=True):
            place = self.folder / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)
        for path in set(paths) - set(there):
            place = self.folder / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.symlink_to(self.repository.top / path)

    def _add_companions(self, pipeline: str) -> None:
        """Locks and picks beside the pipeline that git keeps no version of are as they are now."""
        here = self.repository.top / pipeline
        for file in sorted(here.parent.glob(f"{glob.escape(here.stem)}.*.yaml")):
            inside = str(PurePosixPath(pipeline).parent / file.name)
            if inside not in self.entries and inside not in self.tracked:
                place = self.folder / inside
                place.parent.mkdir(parents=True, exist_ok=True)
                place.symlink_to(file)
                self.as_now.append(inside)

    def _link(self) -> None:
        """The links of the revision that stay inside of it."""
        links = [entry for entry in self.entries.values() if entry.sort == "link"]
        for entry, content in zip(links, self.repository.contents([one.digest for one in links]), strict=True):
            target = os.path.normpath(PurePosixPath(entry.path).parent / os.fsdecode(content))
            place = self.folder / entry.path
            if _is_inside(target) and not place.exists():
                place.parent.mkdir(parents=True, exist_ok=True)
                place.symlink_to(os.fsdecode(content))


class RevisionMedia(MediaMemory):
    """Reads the media of a revision; those of the working tree are remembered as always."""

    def __init__(self, checkout: Checkout, memory: Path) -> None:
        super().__init__(memory)
        self._checkout = checkout

    def read(self, path: Path) -> MediaInfo:
        place = self._checkout.media(path)
        if self._checkout.folder not in place.parents:
            return super().read(place)
        from callsheet.media.read import read_media

        return read_media(place)


def _is_text(path: str, pipeline: str) -> bool:
    return path == pipeline or path.lower().endswith(_READ_AS_TEXT)


def _is_inside(path: str) -> bool:
    """Whether a path leads nowhere but below the folder that it is relative to."""
    parts = path.split("/")
    return not path.startswith("/") and not {"", "..", ".git"}.intersection(parts) and path != "."


def _unreadable(reason: str, hint: str | None = None) -> DataFault:
    return DataFault(Problem("not-in-revision", reason, hint=hint))
