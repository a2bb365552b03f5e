"""The room that is set aside for the ids of what was paid for."""

from __future__ import annotations

from pathlib import Path

from callsheet.store.spare import SPARE_BYTES, Spare


def test_room_is_set_aside_once_and_given_away(tmp_path: Path) -> None:
    spare = Spare(tmp_path / ".callsheet/spare")
    spare.keep()
    first = spare.path.stat()
    assert first.st_size == SPARE_BYTES
    spare.keep()
    assert spare.path.stat().st_mtime_ns == first.st_mtime_ns
    spare.give()
    spare.give()
    assert not spare.path.exists()


def test_a_disk_without_that_room_is_said_before_anything_is_spent(child_python, tmp_path: Path) -> None:
    code = """
import resource
from pathlib import Path
from callsheet.store.spare import Spare
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
path = Path(input())
try:
    Spare(path).keep()
except Exception as error:
    print(type(error).__name__, error.problems[0].code, path.exists())
"""
    assert child_python(code, str(tmp_path / "spare")).stdout == "RetryableFault disk-full False\n"
