"""How far a long command is, on standard error: on a terminal one line drawn over, elsewhere one now and then."""

from __future__ import annotations

import time
from typing import TextIO

_DRAWN_SECONDS = 0.2
_TOLD_SECONDS = 10.0


class Progress:
    """Shows counts of files and bytes, `verb` before them."""

    def __init__(self, stream: TextIO, verb: str) -> None:
        self._stream = stream
        self._verb = verb
        self._terminal = stream.isatty()
        self._next = time.monotonic() + (0.0 if self._terminal else _TOLD_SECONDS)
        self._drawn = False

    def tell(self, files: int, size: int) -> None:
        """So many files and bytes are done."""
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + (_DRAWN_SECONDS if self._terminal else _TOLD_SECONDS)
        line = f"{self._verb} {amount(files, size)}"
        self._stream.write(f"\r\x1b[K{line}" if self._terminal else f"{line}\n")
        self._stream.flush()
        self._drawn = self._terminal

    def end(self) -> None:
        """Leave the line empty for what comes next."""
        if self._drawn:
            self._stream.write("\r\x1b[K")
            self._stream.flush()


def amount(files: int, size: int) -> str:
    """`1 file, 2.0 MB`."""
    return f"{files:,} file{'' if files == 1 else 's'}, {size / 1e6:,.1f} MB"
