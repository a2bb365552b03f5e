"""How git is told to merge locks and picks: line by line, both sides kept."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ATTRIBUTES = ".gitattributes"
UNION = "*.lock.yaml merge=union\n*.picks.yaml merge=union\n"
"""Every record of these files is a line of its own: both sides of a merge can always be kept."""


def tell_git(lock: Path) -> None:
    """Add to the `.gitattributes` beside a new lock that git merges it line by line, where it doesn't do so already."""
    try:
        answer = subprocess.run(
            ["git", "check-attr", "merge", "--", lock.name],
            cwd=lock.absolute().parent,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
        )
    except OSError:
        return
    if answer.returncode or not answer.stdout.rstrip().endswith(": unspecified"):
        return
    attributes = lock.with_name(ATTRIBUTES)
    text = attributes.read_text(encoding="utf-8") if attributes.exists() else ""
    lines = "".join(line for line in UNION.splitlines(keepends=True) if line.strip() not in text.splitlines())
    attributes.write_text(text + ("\n" if text and not text.endswith("\n") else "") + lines, encoding="utf-8")
    sys.stderr.write(f"`{attributes}` now has git merge locks and picks line by line: commit it with the lock\n")
