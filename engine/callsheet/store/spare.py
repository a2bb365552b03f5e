"""Room set aside on the disk, so that the id of what was just paid for can be written down when the disk is full."""

from __future__ import annotations

import os
from pathlib import Path

from callsheet.store.faults import writing

SPARE_BYTES = 256 * 1024


class Spare:
    """A file that holds nothing but its place."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def keep(self) -> None:
        """See to it that the room is set aside; a RetryableFault where there is none, before anything is spent."""
        if self.path.exists() and self.path.stat().st_size == SPARE_BYTES:
            return
        with writing(self.path):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            try:
                with self.path.open("wb") as file:
                    file.write(os.urandom(SPARE_BYTES))
                    file.flush()
                    os.fsync(file.fileno())
            except OSError:
                self.path.unlink(missing_ok=True)
                raise

    def give(self) -> None:
        """Give the room away to whoever writes next."""
        self.path.unlink(missing_ok=True)
