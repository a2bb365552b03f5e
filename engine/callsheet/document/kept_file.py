"""Files that commands change and people keep in git: changed by one at a time, and replaced whole or not at all."""

from __future__ import annotations

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Whoever changes such a file in this folder does so one after the other, where its file system knows locks. The
    lock is on the folder itself, leaves no file behind and ends with its process. Raises an OSError."""
    handle = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        with suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def replace_file(path: Path, content: bytes) -> None:
    """Write a file, on disk when this returns; where a link leads to it, the link stays. Raises an OSError."""
    place = path.resolve()
    partial = place.with_name(f".{place.name}.{secrets.token_hex(8)}")
    try:
        with partial.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if place.exists():
            partial.chmod(place.stat().st_mode & 0o777)
        partial.replace(place)
    finally:
        partial.unlink(missing_ok=True)
    folder = os.open(place.parent, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
