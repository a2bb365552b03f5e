"""Bytes by digest: what was made lies under `ab/cdef...`, is read-only, and is verified whenever it is read."""

from __future__ import annotations

import errno
import hashlib
import os
import re
import secrets
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from callsheet.problems import DataFault, Problem
from callsheet.store.faults import writing
from callsheet.store.reflink import reflink

_DIGEST = re.compile(r"[0-9a-f]{64}")
_CHUNK = 1 << 20
INCOMING, DAMAGED = "incoming", "damaged"


@dataclass(frozen=True, slots=True)
class BlobStats:
    """How many blobs there are and how many bytes they take."""

    files: int
    bytes: int


class Blobs:
    """The blobs below one folder. A blob is written under a temporary name, fsynced and renamed, so that it is either
    whole or not there; several processes may put and place at once."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._cannot_clone: set[int] = set()

    def put_file(self, path: Path, *, move: bool = False) -> tuple[str, int]:
        """Take in the file at `path` and return its SHA-256 and size in bytes; durable on return.

        `move` gives the file away: it is renamed into the store where that is possible and is gone afterwards.
        """
        with writing(self.root):
            if move and self._same_file_system(path):
                sha256, size = _digest_of(path)
                with path.open("rb") as file:
                    os.fsync(file.fileno())
                self._adopt(path, sha256, size)
                return sha256, size
            with path.open("rb") as source, self._temporary() as (name, file):
                sha256, size = _copy(source, file)
                self._finish(name, file, sha256, size)
        if move:
            path.unlink()
        return sha256, size

    def put_bytes(self, data: bytes) -> tuple[str, int]:
        """Take in `data` and return its SHA-256 and size in bytes; durable on return."""
        sha256 = hashlib.sha256(data).hexdigest()
        if not self._holds(sha256, len(data)):
            with writing(self.root), self._temporary() as (name, file):
                file.write(data)
                self._finish(name, file, sha256, len(data))
        return sha256, len(data)

    def path(self, sha256: str) -> Path:
        """Where the blob of this digest lies, or would lie."""
        if not _DIGEST.fullmatch(sha256):
            raise DataFault(
                Problem(
                    "digest-malformed", f"`{sha256}` is no SHA-256 digest", hint="expected 64 lower-case hex digits"
                )
            )
        return self.root / sha256[:2] / sha256[2:]

    def has(self, sha256: str) -> bool:
        """Whether there is a blob of this digest; its bytes are not read."""
        if not _DIGEST.fullmatch(sha256):
            return False
        try:
            return stat.S_ISREG(os.lstat(f"{self.root}/{sha256[:2]}/{sha256[2:]}").st_mode)
        except OSError:
            return False

    def verify(self, sha256: str) -> bool:
        """Whether there is a blob of this digest and its bytes have that digest."""
        try:
            return _digest_of(self.path(sha256))[0] == sha256
        except FileNotFoundError:
            return False

    def place(self, sha256: str, target: Path) -> None:
        """Put the blob's bytes at `target`, replacing atomically what is there: a reflink where the file system can,
        else a copy, never a hard link. The bytes are verified; a damaged or missing blob is a DataFault."""
        source = self.path(sha256)
        with writing(target):
            target.parent.mkdir(parents=True, exist_ok=True)
            temporary = target.with_name(f".{secrets.token_hex(8)}.part")
            try:
                found = self._clone(source, temporary) or _copy_file(source, temporary)
                if found != sha256:
                    raise _damaged(sha256, source)
                temporary.replace(target)
            except FileNotFoundError as error:
                raise _missing(sha256) from error
            finally:
                with suppress(FileNotFoundError):
                    temporary.unlink()

    @contextmanager
    def receive(self, sha256: str, size: int) -> Iterator[Callable[[bytes], None]]:
        """Take in a blob of so many bytes in pieces, which the block hands to what it is given. Durable when the block
        ends; a DataFault, and nothing taken in, where they are not the bytes of that digest."""
        digest, count = hashlib.sha256(), 0

        def write(piece: bytes) -> None:
            nonlocal count
            count += len(piece)
            if count > size:
                raise _other_bytes(sha256)
            digest.update(piece)
            file.write(piece)

        with writing(self.root), self._temporary() as (name, file):
            yield write
            if (digest.hexdigest(), count) != (sha256, size):
                raise _other_bytes(sha256)
            self._finish(name, file, sha256, size)

    def pieces(self, sha256: str, length: int) -> Iterator[bytes]:
        """The bytes of a blob in pieces of this length. After the last one a DataFault where they were not those of the
        digest: whoever sends them on must not end before this does."""
        digest = hashlib.sha256()
        try:
            with self.path(sha256).open("rb") as file:
                while piece := file.read(length):
                    digest.update(piece)
                    yield piece
        except FileNotFoundError as error:
            raise _missing(sha256) from error
        if digest.hexdigest() != sha256:
            raise _damaged(sha256, self.path(sha256))

    def set_aside(self, sha256: str) -> Path:
        """Move a blob's damaged bytes out of the way, into `damaged/` in the store; returns where they are now."""
        folder = self.root / DAMAGED
        with writing(folder):
            folder.mkdir(exist_ok=True)
            target = folder / f"{sha256}-{secrets.token_hex(4)}"
            self.path(sha256).replace(target)
        return target

    def remove(self, sha256: str) -> int:
        """Delete a blob; returns how many bytes that freed, 0 where it was not there."""
        path = self.path(sha256)
        with writing(path):
            try:
                size = path.lstat().st_size
                path.unlink()
            except FileNotFoundError:
                return 0
        return size

    def stats(self) -> BlobStats:
        """Count the blobs and their bytes."""
        sizes = [size for folder in self._shards() for size in _sizes(folder)]
        return BlobStats(len(sizes), sum(sizes))

    def listed(self) -> Iterator[tuple[str, os.stat_result]]:
        """The digest of each blob and the facts of its file, in the order of the digests."""
        for folder in self._shards():
            with os.scandir(folder) as entries:
                for entry in sorted(entries, key=lambda one: one.name):
                    sha256 = folder.name + entry.name
                    if _DIGEST.fullmatch(sha256) and entry.is_file(follow_symlinks=False):
                        yield sha256, entry.stat(follow_symlinks=False)

    def strangers(self) -> Iterator[Path]:
        """What lies in the store and does not belong there. What is on its way in, or was set aside, does."""
        if not self.root.is_dir():
            return
        shards = {*self._shards()}
        for path in sorted(self.root.iterdir()):
            if path in shards:
                yield from (
                    one
                    for one in sorted(path.iterdir())
                    if not _DIGEST.fullmatch(path.name + one.name) or one.is_symlink() or not one.is_file()
                )
            elif path.name not in (INCOMING, DAMAGED) or not path.is_dir():
                yield path

    def unfinished(self) -> Iterator[tuple[Path, os.stat_result]]:
        """What is on its way in, or was left there by a process that died."""
        folder = self.root / INCOMING
        if folder.is_dir():
            yield from ((path, path.lstat()) for path in sorted(folder.iterdir()))

    def _shards(self) -> Iterator[Path]:
        if self.root.is_dir():
            yield from (entry for entry in sorted(self.root.iterdir()) if len(entry.name) == 2 and entry.is_dir())

    def _holds(self, sha256: str, size: int) -> bool:
        return self.has(sha256) and self.path(sha256).stat().st_size == size

    def _same_file_system(self, path: Path) -> bool:
        self.root.mkdir(parents=True, exist_ok=True)
        return path.lstat().st_dev == self.root.stat().st_dev and not path.is_symlink()

    @contextmanager
    def _temporary(self) -> Iterator[tuple[Path, BinaryIO]]:
        folder = self.root / INCOMING
        folder.mkdir(parents=True, exist_ok=True)
        name = folder / secrets.token_hex(16)
        try:
            with name.open("xb") as file:
                yield name, file
        finally:
            with suppress(FileNotFoundError):
                name.unlink()

    def _finish(self, name: Path, file: BinaryIO, sha256: str, size: int) -> None:
        file.flush()
        os.fsync(file.fileno())
        self._adopt(name, sha256, size)

    def _adopt(self, name: Path, sha256: str, size: int) -> None:
        """Move a file whose bytes are on disk to where its digest says; a blob that is there already is kept."""
        if self._holds(sha256, size):
            name.unlink()
            return
        final = self.path(sha256)
        new_shard = not final.parent.is_dir()
        final.parent.mkdir(exist_ok=True)
        name.chmod(0o444)
        name.replace(final)
        _sync_folder(final.parent)
        if new_shard:
            _sync_folder(self.root)

    def _clone(self, source: Path, temporary: Path) -> str | None:
        """Reflink where this pair of file systems can, and return the digest of what is there now."""
        device = temporary.parent.stat().st_dev
        if device in self._cannot_clone:
            return None
        if not reflink(source, temporary):
            self._cannot_clone.add(device)
            return None
        return _digest_of(temporary)[0]


def _copy(source: BinaryIO, target: BinaryIO) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    while chunk := source.read(_CHUNK):
        digest.update(chunk)
        size += len(chunk)
        target.write(chunk)
    return digest.hexdigest(), size


def _copy_file(source: Path, target: Path) -> str:
    with source.open("rb") as reading, target.open("xb") as file:
        return _copy(reading, file)[0]


def _digest_of(path: Path) -> tuple[str, int]:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256")
        return digest.hexdigest(), file.tell()


def _sizes(folder: Path) -> Iterator[int]:
    with os.scandir(folder) as entries:
        yield from (entry.stat().st_size for entry in entries if entry.is_file())


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):
            raise
    finally:
        os.close(handle)


def _damaged(sha256: str, path: Path) -> DataFault:
    return DataFault(
        Problem(
            "blob-damaged",
            f"the stored bytes of `{sha256}` are damaged: they no longer have that digest",
            hint=f"bring `{path}` back from a backup, or remove it to have it made again",
        )
    )


def _other_bytes(sha256: str) -> DataFault:
    return DataFault(Problem("blob-other-bytes", f"what came for `{sha256}` are other bytes, and was not taken in"))


def _missing(sha256: str) -> DataFault:
    return DataFault(Problem("blob-missing", f"the store has no bytes for `{sha256}`"))
