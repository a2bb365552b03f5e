from __future__ import annotations

import os
from pathlib import Path

from callsheet.store.journal import Journal
from callsheet.store.places import Placed

SHA256 = "a" * 64


def test_a_placed_file_stands_until_it_is_edited_or_replaced(tmp_path: Path) -> None:
    path = tmp_path / "en.mp4"
    path.write_bytes(b"render")
    placed = Placed.now(path, SHA256)
    assert placed.stands(path)
    facts = path.stat()
    path.write_bytes(b"longer render")
    os.utime(path, ns=(facts.st_atime_ns, facts.st_mtime_ns))
    assert not placed.stands(path)
    path.write_bytes(b"render")
    os.utime(path, ns=(facts.st_atime_ns, facts.st_mtime_ns + 1))
    assert not placed.stands(path)
    os.utime(path, ns=(facts.st_atime_ns, facts.st_mtime_ns))
    assert placed.stands(path)


def test_a_file_that_is_gone_or_became_a_link_does_not_stand(tmp_path: Path) -> None:
    path = tmp_path / "en.mp4"
    path.write_bytes(b"render")
    placed = Placed.now(path, SHA256)
    moved = path.rename(tmp_path / "moved.mp4")
    assert not placed.stands(path)
    path.symlink_to(moved)
    assert not placed.stands(path)
    assert not placed.stands(moved / "below")


def test_places_are_remembered_by_name_across_journals(tmp_path: Path) -> None:
    one, two = Placed(SHA256, 1, 2, 3), Placed("b" * 64, 4, 5, 6)
    with Journal(tmp_path / "state.db") as journal:
        journal.places.remember({"renders/a.mp4": one, "renders/b.mp4": one})
        journal.places.remember({"renders/b.mp4": two})
    with Journal(tmp_path / "state.db") as journal:
        assert journal.places.known(["renders/a.mp4", "renders/b.mp4", "renders/c.mp4"]) == {
            "renders/a.mp4": one,
            "renders/b.mp4": two,
        }
