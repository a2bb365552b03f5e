"""A git repository, read through `git` itself: it is never written to, and nothing is fetched."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from callsheet.problems import DataFault, Problem, UsageFault, did_you_mean, nearest

_LOCAL = (
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_CONFIG",
    "GIT_CONFIG_COUNT",
    "GIT_CONFIG_PARAMETERS",
    "GIT_DIR",
    "GIT_GRAFT_FILE",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_NO_REPLACE_OBJECTS",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",
    "GIT_REPLACE_REF_BASE",
    "GIT_SHALLOW_FILE",
    "GIT_WORK_TREE",
)
"""What a hook of git sets for the repository that it runs in, which need not be the pipeline's."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A file (`blob`), link (`link`) or submodule (`commit`) of a revision; `path` is relative to the top."""

    sort: str
    digest: str
    path: str


@dataclass(frozen=True, slots=True)
class Repository:
    """The repository that a folder belongs to; `prefix` is the folder, relative to the top."""

    top: Path
    prefix: str

    def commit(self, revision: str) -> str:
        """The full digest of a revision. Raises a UsageFault where there is none of that name."""
        words = ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
        done = _git(self.top, *words)
        if done.returncode == 0:
            return done.stdout.decode().strip()
        known = _git(self.top, "for-each-ref", "--format=%(refname:short)").stdout.decode(errors="replace").split()
        hint = did_you_mean(revision, known) if nearest(revision, known) else _IN_CI
        raise UsageFault(Problem("unknown-revision", f"git knows no revision `{revision}` here", hint=hint))

    def entries(self, commit: str) -> Iterator[Entry]:
        """Everything that a commit holds."""
        listed = self._out("ls-tree", "-r", "-z", "--full-tree", commit)
        for row in listed.split(b"\0"):
            about, tab, path = row.partition(b"\t")
            if tab:
                mode, kind, digest = about.decode().split()
                yield Entry("link" if mode == "120000" else kind, digest, os.fsdecode(path))

    def changed_since(self, commit: str) -> set[str]:
        """The files of the working tree that are not as the commit has them, those that are gone included."""
        words = ("diff", "--name-only", "-z", "--no-ext-diff", "--no-renames", "--ignore-submodules=all")
        return _paths(self._out(*words, commit, "--"))

    def tracked(self) -> set[str]:
        """The files that git keeps at present."""
        return _paths(self._out("ls-files", "-z"))

    def contents(self, digests: Sequence[str]) -> Iterator[bytes]:
        """The bytes of each blob. Raises a DataFault where this clone hasn't got one."""
        told = self._out("cat-file", "--batch", given="".join(f"{one}\n" for one in digests).encode())
        place = 0
        for _ in digests:
            end = told.index(b"\n", place)
            words = told[place:end].split()
            if len(words) != 3:
                message = "this clone does not hold every file of the revision"
                raise DataFault(Problem("revision-incomplete", message, hint="`git fetch` what is missing first"))
            size = int(words[2])
            yield told[end + 1 : end + 1 + size]
            place = end + 1 + size + 1

    def large_file(self, digest: str) -> Path | None:
        """Where Git LFS keeps the file with this SHA-256 on this machine; None where it does not."""
        common = Path(self._out("rev-parse", "--git-common-dir").decode().strip())
        path = (self.top / common) / "lfs" / "objects" / digest[:2] / digest[2:4] / digest
        return path if path.is_file() else None

    def _out(self, *words: str, given: bytes = b"") -> bytes:
        done = _git(self.top, *words, given=given)
        if done.returncode != 0:
            raise DataFault(Problem("git-failed", f"`git {words[0]}` failed: {_first_line(done.stderr)}"))
        return done.stdout


_IN_CI = "fetch it first: in CI, check out with the whole history (`fetch-depth: 0`)"


def find_repository(folder: Path) -> Repository:
    """The repository that a folder belongs to. Raises a UsageFault where there is none."""
    done = _git(folder, "rev-parse", "--show-toplevel", "--show-prefix")
    lines = done.stdout.split(b"\n")
    if done.returncode != 0 or len(lines) < 2 or not lines[0]:
        message = "`--against` compares with a git revision, and the pipeline is in no git repository"
        reason = _first_line(done.stderr)
        raise UsageFault(Problem("not-a-repository", message, hint=f"git says: {reason}" if reason else None))
    return Repository(Path(os.fsdecode(lines[0])), os.fsdecode(lines[1]))


def _git(folder: Path, *words: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    environment = {name: value for name, value in os.environ.items() if name not in _LOCAL}
    environment |= {"GIT_OPTIONAL_LOCKS": "0", "GIT_NO_LAZY_FETCH": "1", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
    try:
        return subprocess.run(["git", "-C", str(folder), *words], input=given, capture_output=True, env=environment)
    except FileNotFoundError:
        raise UsageFault(Problem("no-git", "`--against` needs `git`, and there is none on this machine")) from None


def _paths(listed: bytes) -> set[str]:
    return {os.fsdecode(path) for path in listed.split(b"\0") if path}


def _first_line(told: bytes) -> str:
    lines: Iterable[str] = told.decode(errors="replace").splitlines()
    return next((line.removeprefix("fatal: ").rstrip(".") for line in lines if line.strip()), "")
