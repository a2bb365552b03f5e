"""A text of bounded length: what no longer fits is counted, and the count is said."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


class Bounded:
    """Lines that take at most `most` characters. What is added must leave `kept` of them for what comes at the end."""

    def __init__(self, most: int, kept: int) -> None:
        self._left = most - kept
        self._kept = kept
        self._lines: list[str] = []

    def fits(self, lines: Sequence[str]) -> bool:
        return sum(len(line) + 1 for line in lines) <= self._left

    def add(self, lines: Sequence[str]) -> bool:
        """Add lines together; False, and none of them, where they don't fit."""
        if not self.fits(lines):
            return False
        self._left -= sum(len(line) + 1 for line in lines)
        self._lines += lines
        return True

    def add_as_fits(self, before: Sequence[str], rows: Iterable[str], after: Sequence[str]) -> int:
        """Add as many rows as fit between what stands before and after them; returns how many those are. Rows beyond
        them are not asked for."""
        room = self._left - sum(len(line) + 1 for line in (*before, *after))
        shown: list[str] = []
        for row in rows:
            room -= len(row) + 1
            if room < 0:
                break
            shown.append(row)
        if shown:
            self.add([*before, *shown, *after])
        return len(shown)

    def end(self, lines: Sequence[str]) -> str:
        """The whole text, with these last lines in the room that was kept for them."""
        self._left += self._kept
        self.add(lines)
        return "\n".join(self._lines) + "\n"
