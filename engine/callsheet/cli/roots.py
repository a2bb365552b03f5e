"""What of the store is in use: named by a lock, a pick or a manifest of the project, in its folders or in git."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

from callsheet.cli.lock_files import LOCKS, project_files
from callsheet.cli.project import Project
from callsheet.problems import DataFault, Problem
from callsheet.report.manifest import NAME, read_manifest
from callsheet.store.journal import Journal

_HEX = re.compile(rb"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")
_NAMING = (LOCKS, ".picks.yaml")


def rooted(project: Project, journal: Journal) -> set[str]:
    """Every key and digest that a lock or picks file names (in the project's folders, and at the tip of every branch
    and tag), that a manifest tells of as what is published now, or whose published file still stands.

    A file that can't be understood roots all that it seems to name. Raises a DataFault where git can't be asked.
    """
    found = {placed.sha256 for name, placed in journal.places.all().items() if placed.stands(project.root / name)}
    for path in project_files(project.root):
        if path.name.endswith(_NAMING):
            found |= _named(path.read_bytes())
        elif path.name == NAME:
            manifest = read_manifest(path.parent)
            text = path.read_bytes() if manifest is None else json.dumps(manifest["instances"]).encode()
            found |= _named(text)
    for text in _at_tips(project.root):
        found |= _named(text)
    return found


def _named(text: bytes) -> set[str]:
    return {one.decode() for one in _HEX.findall(text)}


def _at_tips(root: Path) -> Iterator[bytes]:
    """The locks and picks below `root` in every branch and tag of its repository; none where it is in none."""
    if not any((folder / ".git").exists() for folder in (root, *root.parents)):
        return
    blobs: set[str] = set()
    for tip in _tips(root):
        for line in _git(root, "ls-tree", "-r", "-z", tip, "--", ".").split(b"\0"):
            facts, _, name = line.partition(b"\t")
            if name.endswith(tuple(one.encode() for one in _NAMING)):
                blobs.add(facts.split()[2].decode())
    for blob in sorted(blobs):
        yield _git(root, "cat-file", "blob", blob)


def _tips(root: Path) -> set[str]:
    """The commits that have a name: branches, tags, the stash, and what is checked out."""
    rows = _git(root, "for-each-ref", "--format=%(objecttype)%(*objecttype) %(objectname)").decode().splitlines()
    named = {name for kind, name in map(str.split, rows) if kind in ("commit", "tagcommit")}
    return named | {*_git(root, "rev-list", "--max-count=1", "--ignore-missing", "HEAD", "--").decode().split()}


def _git(root: Path, *words: str) -> bytes:
    hint = "nothing is deleted without knowing what the branches need; install git, or see what it says"
    environment = os.environ | {"GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}
    try:
        done = subprocess.run(["git", *words], cwd=root, capture_output=True, check=True, env=environment)
    except (OSError, subprocess.CalledProcessError) as error:
        said = getattr(error, "stderr", b"") or str(error).encode()
        reason = (said.decode(errors="replace").strip().splitlines() or ["no reason"])[0]
        message = f"git can't be asked what the branches need: {reason}"
        raise DataFault(Problem("git-unusable", message, hint=hint)) from None
    return done.stdout
