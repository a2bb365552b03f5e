"""Who works on a key: an OS lock that dies with its process, so that no slot leaks and no lease can expire."""

from __future__ import annotations

import asyncio
import fcntl
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

RETRY_SECONDS = 0.2


class Claims:
    """POSIX record locks on one file, one byte a key. Between processes of one host; within a process the run
    itself sees to it that a key is worked on once. One Claims a process and file: closing the file frees them all."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        os.close(self._file)

    def take(self, key: str) -> bool:
        """True if the key is ours now; False while a live process has it."""
        try:
            fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, _offset(key))
        except BlockingIOError:
            return False
        except PermissionError:
            return False
        return True

    def release(self, key: str) -> None:
        fcntl.lockf(self._file, fcntl.LOCK_UN, 1, _offset(key))

    @asynccontextmanager
    async def held(self, key: str) -> AsyncIterator[bool]:
        """Hold the key for a while, waiting for a live owner to let go; yields whether there was one to wait for."""
        waited = False
        while not self.take(key):
            waited = True
            await asyncio.sleep(RETRY_SECONDS)
        try:
            yield waited
        finally:
            self.release(key)


def _offset(key: str) -> int:
    return int(key[:15], 16)
