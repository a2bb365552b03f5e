"""Copies that share their blocks with the original until one of them is written (Btrfs, XFS, APFS)."""

from __future__ import annotations

import os
import sys
from pathlib import Path

if sys.platform == "darwin":
    import ctypes

    _libc = ctypes.CDLL(None, use_errno=True)

    def reflink(source: Path, target: Path) -> bool:
        """Clone `source` to `target`, which must not exist; False, with nothing left behind, where that can't be."""
        if _libc.clonefile(os.fsencode(source), os.fsencode(target), 0) != 0:
            return False
        target.chmod(0o644)
        return True

else:
    import fcntl

    _FICLONE = 0x40049409

    def reflink(source: Path, target: Path) -> bool:
        """Clone `source` to `target`, which must not exist; False, with nothing left behind, where that can't be."""
        reading = os.open(source, os.O_RDONLY)
        try:
            writing = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
            try:
                fcntl.ioctl(writing, _FICLONE, reading)
            except OSError:
                target.unlink()
                return False
            finally:
                os.close(writing)
        finally:
            os.close(reading)
        return True
