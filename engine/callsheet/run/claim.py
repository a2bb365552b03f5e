"""Who works on a key: an OS lock that dies with its process, so that no slot leaks and no lease can expire."""

from __future__ import annotations

import asyncio
import errno
import fcntl
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from types import TracebackType
from typing import ClassVar, Self

from callsheet.problems import Problem, RetryableFault
from callsheet.store.faults import store_broken

FIRST_RETRY_SECONDS = 0.1
SLOWEST_RETRY_SECONDS = 1.0
_WAITING = 1 << 61
_TAKEN = (errno.EAGAIN, errno.EACCES)


class Claims:
    """POSIX record locks on one file, two bytes a key: one for its owner, one that those who wait for it share.

    They hold between the processes of one host; within a process the run itself sees to it that a key is worked on
    once. A process that closes any handle of a file loses its locks on it, so there is one Claims a process and file.
    """

    _open: ClassVar[set[tuple[int, int]]] = set()

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            before = path.stat() if path.exists() else None
            if before is not None and (before.st_dev, before.st_ino) in self._open:
                raise AssertionError(f"{path} is open in this process: a second handle would free its locks")
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise store_broken(path, error) from error
        facts = os.fstat(self._file)
        self._identity = (facts.st_dev, facts.st_ino)
        self._open.add(self._identity)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._open.discard(self._identity)
        os.close(self._file)

    def take(self, key: str) -> bool:
        """True if the key is ours now; False while a live process has it."""
        return self._lock(fcntl.LOCK_EX, _offset(key))

    def release(self, key: str) -> None:
        fcntl.lockf(self._file, fcntl.LOCK_UN, 1, _offset(key))

    def take_all(self) -> bool:
        """True if no other process works on any key, and none can begin to until this is closed."""
        return self._lock(fcntl.LOCK_EX, 0, _WAITING)

    def is_free(self, key: str) -> bool:
        """Whether no other process works on the key. Not to be asked about a key that is held here."""
        free = self.take(key)
        if free:
            self.release(key)
        return free

    def is_awaited(self, key: str) -> bool:
        """Whether another process waits for a key that is held here."""
        alone = self._lock(fcntl.LOCK_EX, _WAITING + _offset(key))
        if alone:
            fcntl.lockf(self._file, fcntl.LOCK_UN, 1, _WAITING + _offset(key))
        return not alone

    @asynccontextmanager
    async def held(self, key: str, on_wait: Callable[[], None] = lambda: None) -> AsyncIterator[bool]:
        """Hold the key for a while, waiting for a live owner to let go; yields whether there was one to wait for, and
        calls `on_wait` before it waits."""
        waited = not self.take(key)
        if waited:
            on_wait()
            await self._wait(key)
        try:
            yield waited
        finally:
            self.release(key)

    async def _wait(self, key: str) -> None:
        pause = FIRST_RETRY_SECONDS
        try:
            while True:
                self._lock(fcntl.LOCK_SH, _WAITING + _offset(key))
                if self.take(key):
                    return
                await asyncio.sleep(pause)
                pause = min(pause * 1.3, SLOWEST_RETRY_SECONDS)
        finally:
            fcntl.lockf(self._file, fcntl.LOCK_UN, 1, _WAITING + _offset(key))

    def _lock(self, kind: int, offset: int, length: int = 1) -> bool:
        try:
            fcntl.lockf(self._file, kind | fcntl.LOCK_NB, length, offset)
        except OSError as error:
            if error.errno in _TAKEN:
                return False
            raise RetryableFault(
                Problem(
                    "claims-unusable",
                    f"`{self.path}` can't be locked: {error.strerror}",
                    hint="nothing is submitted without a lock: put the project on a file system that has them",
                )
            ) from error
        return True


def _offset(key: str) -> int:
    return int(key[:15], 16)
