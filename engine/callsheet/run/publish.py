"""Puts stored outputs at their places for people, and never over a file that callsheet did not write."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterable, Sequence
from pathlib import Path

from callsheet.media.info import Output
from callsheet.media.sniff import EXTENSIONS
from callsheet.plan.job import Job
from callsheet.problems import DataFault, Problem
from callsheet.run.outcome import PlacedOutput
from callsheet.store.blobs import Blobs
from callsheet.store.places import Placed, Places


class Publisher:
    """Publishes below `folder` of the project at `root`. What it placed earlier is known by size, times and inode,
    and is not read again."""

    def __init__(self, folder: Path, root: Path, places: Places, blobs: Blobs, *, force: bool = False) -> None:
        self.folder = folder.absolute()
        self.places = places
        self.blobs = blobs
        self.force = force
        self._placed: dict[str, Placed] = {}
        self._new: dict[str, Placed] = {}
        self._top = f"{self.folder}/"
        self._root = f"{root.absolute()}/"
        self._working_folder = f"{Path.cwd()}/"

    def recall(self, published: Iterable[tuple[Job, Sequence[Output]]]) -> None:
        """Ask the journal, in one go, what it remembers of the places that these outputs have."""
        targets = [target for job, outputs in published for target in self._targets(job, outputs)]
        self._placed |= self.places.known(map(self._name, targets))

    def publish(self, job: Job, outputs: Sequence[Output]) -> tuple[PlacedOutput, ...]:
        """Where each output stands now. A take that is not the picked one has its place in the store alone.

        Raises a DataFault where something stands there that callsheet did not write, an OSError where the folder
        can't be written. `remember` makes the places durable.
        """
        if job.publish is None:
            return tuple(self._shown(str(self.blobs.path(output.sha256)), output) for output in outputs)
        targets = self._targets(job, outputs)
        return tuple(self._place(target, job, one) for target, one in zip(targets, outputs, strict=True))

    def remember(self) -> None:
        """Write into the journal what was placed since."""
        if self._new:
            self.places.remember(self._new)
            self._new = {}

    def _targets(self, job: Job, outputs: Sequence[Output]) -> list[str]:
        """A place for each output: that of the job, numbered from the second of an extension on."""
        root, _, own = (job.publish or "").rpartition(".")
        counts: dict[str, int] = {}
        targets: list[str] = []
        for output in outputs:
            extension = f".{own}"
            if job.extension is not None or output.kind != outputs[0].kind:
                extension = EXTENSIONS.get(output.media_type, extension)
            count = counts[extension] = counts.get(extension, 0) + 1
            targets.append(f"{self._top}{root}{f'-{count}' if count > 1 else ''}{extension}")
        return targets

    def _place(self, target: str, job: Job, output: Output) -> PlacedOutput:
        known = self._placed.get(self._name(target))
        if known is None or known.sha256 != output.sha256 or not known.stands(target):
            self._refuse_links(target, job)
            if not self._is_there(target, job, known, output):
                self.blobs.place(output.sha256, Path(target))
            placed = Placed.now(target, output.sha256)
            self._new[self._name(target)] = self._placed[self._name(target)] = placed
        return self._shown(target, output)

    def _is_there(self, target: str, job: Job, known: Placed | None, output: Output) -> bool:
        """True where the very bytes stand there already; a DataFault where something stands that isn't ours.

        Ours is what stands as it was placed, or has bytes that the store has too: to replace those loses nothing.
        """
        if not os.path.lexists(target):
            return False
        found = _digest(target)
        if found == output.sha256:
            return True
        if self.force or (known is not None and known.stands(target)) or (found is not None and self.blobs.has(found)):
            return False
        message = f"`{self._relative(target)}` was not written by callsheet, or was changed since"
        raise DataFault(_problem("not-ours", message, job))

    def _refuse_links(self, target: str, job: Job) -> None:
        inside = Path(target).parent
        while inside != self.folder and inside != inside.parent:
            if inside.is_symlink():
                raise DataFault(
                    _problem(
                        "output-is-link", f"`{inside.name}` is a link, and could lead out of the output folder", job
                    )
                )
            inside = inside.parent

    def _shown(self, path: str, output: Output) -> PlacedOutput:
        return PlacedOutput(
            output.name, Path(path), self._relative(path), output.sha256, output.bytes, output.media_type
        )

    def _name(self, target: str) -> str:
        """What the journal calls a place: its path below the project, so that the project can be moved."""
        return target.removeprefix(self._root)

    def _relative(self, path: str) -> str:
        return path.removeprefix(self._working_folder)


def _digest(target: str) -> str | None:
    """The SHA-256 of a plain file; None for a link, a folder or anything else."""
    if not stat.S_ISREG(os.lstat(target).st_mode):
        return None
    with Path(target).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _problem(code: str, message: str, job: Job) -> Problem:
    return Problem(code, message, hint="move it away, or run with `--force`", instance=job.id)
