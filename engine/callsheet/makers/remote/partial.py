"""A file on its way: what has come of it, and what must hold so that the rest may be added to it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from callsheet.media.sniff import HEAD_BYTES

_CONTENT_RANGE = re.compile(r"bytes ([0-9]{1,18})-([0-9]{1,18})/([0-9]{1,18})")


class TryAgain(Exception):
    """The file did not come whole, and may the next time; `retry_after` are seconds that its host asks to wait."""

    def __init__(self, reason: str, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


@dataclass(slots=True)
class Partial:
    """The file at `path`: its first `size` bytes are there, `head` the first few of them; `expected` is its whole
    length where the host has said it, `validator` what the host calls this very content (a strong ETag)."""

    path: Path
    size: int = 0
    head: bytes = b""
    expected: int | None = None
    validator: str | None = None

    def conditions(self) -> dict[str, str]:
        """Headers that ask for the rest alone, and for all of it where the content is another one by now."""
        if not self.size or self.validator is None:
            return {}
        return {"range": f"bytes={self.size}-", "if-range": self.validator}

    def begin(self, status: int, headers: Mapping[str, str]) -> None:
        """An answer with this status is about to give the file or its rest. Raises TryAgain where the rest does not
        fit; the file is then begun anew."""
        if status == 200:
            self._reset()
            length = headers.get("content-length", "")
            self.expected = int(length) if length.isascii() and length.isdigit() and len(length) < 19 else None
            self.validator = _strong(headers.get("etag", ""))
            return
        said = _CONTENT_RANGE.fullmatch(headers.get("content-range", "").strip())
        fits = (
            status == 206
            and said is not None
            and int(said[1]) == self.size
            and int(said[2]) + 1 == int(said[3])
            and self.expected in (None, int(said[3]))
            and _strong(headers.get("etag", "")) in (None, self.validator)
        )
        if not fits or said is None:
            self._reset()
            raise TryAgain(f"its host answered HTTP {status} with another part than was asked for")
        self.expected = int(said[3])

    def add(self, chunk: bytes) -> None:
        """A chunk was written."""
        self.size += len(chunk)
        if len(self.head) < HEAD_BYTES:
            self.head += chunk[: HEAD_BYTES - len(self.head)]

    def end(self) -> None:
        """The answer is over. Raises TryAgain where the file is not whole."""
        if self.expected is not None and self.size != self.expected:
            size, expected = self.size, self.expected
            if size > expected:
                self._reset()
            raise TryAgain(f"{size:,} of {expected:,} bytes came")

    def _reset(self) -> None:
        self.size, self.head, self.expected, self.validator = 0, b"", None, None


def _strong(etag: str) -> str | None:
    """An ETag that names the very bytes."""
    etag = etag.strip()
    return etag if len(etag) > 2 and etag.startswith('"') and etag.endswith('"') else None
