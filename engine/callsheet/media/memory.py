"""What was read of media before: the facts of files, and the pinned facts of addresses. Two small JSON files."""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, astuple
from pathlib import Path
from typing import Any

from callsheet.media.info import MEDIA_KINDS, MediaInfo

_VERSION = 1
_MOST_ROWS = 200_000
_SETTLED_NS = 2_000_000_000
"""A file that was changed so shortly before it was read might change again within one tick of its clock."""


class FileFacts:
    """The facts of files by path, good for as long as a file's modification and change time, size and inode stay.

    `now` tells the time in nanoseconds since 1970.
    """

    def __init__(self, file: Path, now: Callable[[], int] = time.time_ns) -> None:
        self._file = file
        self._now = now
        self._here = Path.cwd()
        self._rows: dict[str, Any] | None = None
        self._used: set[str] = set()
        self._changed = False

    def known(self, path: Path) -> MediaInfo | None:
        """The facts that were read of the file as it is now; None where it must be read."""
        name = self._name(path)
        row = self._table().get(name)
        if not isinstance(row, list) or row[:4] != _state(path):
            return None
        self._used.add(name)
        return _info(dict(zip(_FIELDS, row[4:], strict=False)))

    def learn(self, path: Path, info: MediaInfo) -> None:
        """Remember what was just read of a file."""
        state = _state(path)
        if not state or self._now() - max(state[:2]) < _SETTLED_NS:
            return
        name = self._name(path)
        self._table()[name] = [*state, *astuple(info)]
        self._used.add(name)
        self._changed = True

    def save(self) -> None:
        """Write what was learnt, where the folder of the file is there; not being able to is no fault."""
        if not self._changed or not self._file.parent.is_dir():
            return
        rows = self._table()
        if len(rows) > _MOST_ROWS:
            rows = {name: row for name, row in rows.items() if name in self._used}
        try:
            _replace(self._file, {"version": _VERSION, "files": rows}, durable=False)
        except OSError:
            return
        self._changed = False

    def _name(self, path: Path) -> str:
        """The absolute path, as text: joined by hand, since pathlib takes its time for each of ten thousand."""
        name = str(path)
        return name if name.startswith("/") else f"{self._here}/{name}"

    def _table(self) -> dict[str, Any]:
        if self._rows is None:
            self._rows = _read(self._file, "files")
        return self._rows


class Pins:
    """The digest and facts of each address that was fetched. An address may hold a signature: it is remembered by its
    own SHA-256, and written without its query."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._rows: dict[str, Any] | None = None

    def info(self, url: str) -> MediaInfo | None:
        """The facts pinned for an address; None where it has not been fetched yet."""
        row = self._table().get(_digest(url))
        facts = row.get("facts") if isinstance(row, dict) else None
        return _info(facts) if isinstance(facts, dict) else None

    def pin(self, found: Mapping[str, MediaInfo], when: str) -> None:
        """Remember what addresses gave at the time `when` (ISO 8601); on disk before this returns. Raises OSError."""
        self._rows = _read(self._file, "addresses")
        for url, info in found.items():
            shown = url.partition("?")[0].partition("#")[0]
            self._rows[_digest(url)] = {"address": shown, "fetched": when, "facts": asdict(info)}
        _replace(self._file, {"version": _VERSION, "addresses": self._rows}, durable=True)

    def _table(self) -> dict[str, Any]:
        if self._rows is None:
            self._rows = _read(self._file, "addresses")
        return self._rows


_FIELDS = tuple(MediaInfo.__dataclass_fields__)


def _digest(url: str) -> str:
    return hashlib.sha256(url.encode("utf-8", "surrogatepass")).hexdigest()


def _state(path: Path) -> list[int]:
    """What changes when a file does; empty where there is none."""
    try:
        status = path.stat()
    except OSError:
        return []
    return [status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino]


def _info(facts: Mapping[str, Any]) -> MediaInfo | None:
    """Facts as they were written; None where they are not whole, as after an edit by hand."""
    digest, size = facts.get("sha256"), facts.get("bytes")
    if facts.get("kind") not in MEDIA_KINDS or not isinstance(digest, str) or len(digest) != 64:
        return None
    if not isinstance(facts.get("media_type"), str) or not isinstance(size, int) or not set(facts) <= set(_FIELDS):
        return None
    return MediaInfo(**facts)


def _read(file: Path, table: str) -> dict[str, Any]:
    """A table of a file; empty where there is none that can be read."""
    try:
        data = json.loads(file.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    found = data.get(table) if isinstance(data, dict) and data.get("version") == _VERSION else None
    return found if isinstance(found, dict) else {}


def _replace(file: Path, data: object, *, durable: bool) -> None:
    """Write the file whole or not at all."""
    partial = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        with partial.open("w", encoding="utf-8") as out:
            json.dump(data, out, ensure_ascii=False, separators=(",", ":"))
            if durable:
                out.flush()
                os.fsync(out.fileno())
        partial.replace(file)
    finally:
        partial.unlink(missing_ok=True)
