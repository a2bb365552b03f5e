from __future__ import annotations

import hashlib
import stat
from pathlib import Path

import pytest

from callsheet.problems import DataFault
from callsheet.store.blobs import Blobs, BlobStats

DATA = b"a render" * 1000
SHA256 = hashlib.sha256(DATA).hexdigest()


@pytest.fixture
def blobs(tmp_path: Path) -> Blobs:
    return Blobs(tmp_path / "store")


def files_below(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_a_file_put_in_lies_under_its_digest_and_stays_where_it_was(blobs: Blobs, tmp_path: Path) -> None:
    source = tmp_path / "clip.mp4"
    source.write_bytes(DATA)
    assert blobs.put_file(source) == (SHA256, len(DATA))
    assert files_below(blobs.root) == [f"{SHA256[:2]}/{SHA256[2:]}"]
    assert blobs.path(SHA256).read_bytes() == DATA
    assert source.read_bytes() == DATA


def test_a_file_that_is_moved_in_is_gone_afterwards(blobs: Blobs, tmp_path: Path) -> None:
    source = tmp_path / "clip.mp4"
    source.write_bytes(DATA)
    assert blobs.put_file(source, move=True) == (SHA256, len(DATA))
    assert not source.exists()
    assert blobs.verify(SHA256)


def test_moving_in_what_is_there_already_keeps_the_first(blobs: Blobs, tmp_path: Path) -> None:
    blobs.put_bytes(DATA)
    inode = blobs.path(SHA256).stat().st_ino
    source = tmp_path / "clip.mp4"
    source.write_bytes(DATA)
    blobs.put_file(source, move=True)
    assert blobs.path(SHA256).stat().st_ino == inode
    assert not source.exists()


def test_a_link_moved_in_leaves_what_it_points_at(blobs: Blobs, tmp_path: Path) -> None:
    original = tmp_path / "original.mp4"
    original.write_bytes(DATA)
    link = tmp_path / "link.mp4"
    link.symlink_to(original)
    assert blobs.put_file(link, move=True) == (SHA256, len(DATA))
    assert original.read_bytes() == DATA
    assert not blobs.path(SHA256).is_symlink()


def test_a_blob_is_read_only(blobs: Blobs) -> None:
    blobs.put_bytes(DATA)
    assert stat.S_IMODE(blobs.path(SHA256).stat().st_mode) == 0o444


def test_a_blob_cut_short_is_replaced_by_the_whole_one(blobs: Blobs) -> None:
    blobs.put_bytes(DATA)
    blobs.path(SHA256).unlink()
    blobs.path(SHA256).write_bytes(DATA[:10])
    blobs.put_bytes(DATA)
    assert blobs.verify(SHA256)


def test_placing_makes_folders_and_replaces_what_is_there(blobs: Blobs, tmp_path: Path) -> None:
    blobs.put_bytes(DATA)
    target = tmp_path / "renders" / "dawn" / "en.mp4"
    blobs.place(SHA256, target)
    target.write_bytes(b"older")
    blobs.place(SHA256, target)
    assert target.read_bytes() == DATA
    assert files_below(tmp_path / "renders") == ["dawn/en.mp4"]


def test_a_placed_file_is_no_hard_link_and_may_be_edited(blobs: Blobs, tmp_path: Path) -> None:
    blobs.put_bytes(DATA)
    target = tmp_path / "en.mp4"
    blobs.place(SHA256, target)
    assert target.stat().st_nlink == 1
    assert target.stat().st_ino != blobs.path(SHA256).stat().st_ino
    assert target.stat().st_mode & stat.S_IWUSR
    target.write_bytes(b"edited")
    assert blobs.verify(SHA256)


def test_a_flipped_byte_is_found_when_placing_and_nothing_is_replaced(blobs: Blobs, tmp_path: Path) -> None:
    blobs.put_bytes(DATA)
    blob = blobs.path(SHA256)
    blob.chmod(0o644)
    blob.write_bytes(b"A" + DATA[1:])
    target = tmp_path / "out" / "en.mp4"
    target.parent.mkdir()
    target.write_bytes(b"older")
    with pytest.raises(DataFault) as caught:
        blobs.place(SHA256, target)
    assert str(caught.value) == (
        f"error: the stored bytes of `{SHA256}` are damaged: they no longer have that digest [blob-damaged]\n"
        f"  help: bring `{blob}` back from a backup, or remove it to have it made again"
    )
    assert target.read_bytes() == b"older"
    assert files_below(target.parent) == ["en.mp4"]
    assert blobs.verify(SHA256) is False


def test_placing_what_is_not_there_is_an_error(blobs: Blobs, tmp_path: Path) -> None:
    with pytest.raises(DataFault) as caught:
        blobs.place(SHA256, tmp_path / "en.mp4")
    assert str(caught.value) == f"error: the store has no bytes for `{SHA256}` [blob-missing]"
    assert files_below(tmp_path) == []


@pytest.mark.parametrize("text", ["", "../../etc/passwd", SHA256.upper(), SHA256[:-1], SHA256 + "0"])
def test_a_text_that_is_no_digest_never_becomes_a_path(blobs: Blobs, text: str) -> None:
    with pytest.raises(DataFault) as caught:
        blobs.path(text)
    assert str(caught.value) == (
        f"error: `{text}` is no SHA-256 digest [digest-malformed]\n  help: expected 64 lower-case hex digits"
    )


def test_what_is_missing_is_neither_had_nor_verified(blobs: Blobs) -> None:
    assert (blobs.has(SHA256), blobs.verify(SHA256)) == (False, False)


def test_stats_count_blobs_and_nothing_else(blobs: Blobs) -> None:
    assert blobs.stats() == BlobStats(0, 0)
    blobs.put_bytes(DATA)
    blobs.put_bytes(b"x")
    (blobs.root / "incoming" / "left-behind").write_bytes(b"half a render")
    assert blobs.stats() == BlobStats(2, len(DATA) + 1)


def test_bytes_are_received_in_pieces_and_verified_at_the_end(blobs: Blobs) -> None:
    with blobs.receive(SHA256, len(DATA)) as write:
        write(DATA[:100])
        write(DATA[100:])
        assert not blobs.has(SHA256)
    assert blobs.verify(SHA256)


@pytest.mark.parametrize("data", [b"", DATA[:-1], b"B" + DATA[1:], DATA + b"more"])
def test_other_bytes_than_those_of_the_digest_are_not_received(blobs: Blobs, data: bytes) -> None:
    with pytest.raises(DataFault) as caught, blobs.receive(SHA256, len(DATA)) as write:
        write(data)
    assert str(caught.value) == (
        f"error: what came for `{SHA256}` are other bytes, and was not taken in [blob-other-bytes]"
    )
    assert files_below(blobs.root) == []


def test_pieces_of_a_damaged_blob_raise_before_they_end(blobs: Blobs) -> None:
    blobs.put_bytes(DATA)
    assert b"".join(blobs.pieces(SHA256, 7)) == DATA
    blobs.path(SHA256).chmod(0o644)
    blobs.path(SHA256).write_bytes(DATA[:-1] + b"!")
    pieces = blobs.pieces(SHA256, len(DATA))
    next(pieces)
    with pytest.raises(DataFault, match="are damaged"):
        next(pieces)


def test_damaged_bytes_are_set_aside_and_make_room_for_the_right_ones(blobs: Blobs) -> None:
    blobs.put_bytes(DATA)
    blobs.path(SHA256).chmod(0o644)
    blobs.path(SHA256).write_bytes(b"A" + DATA[1:])
    aside = blobs.set_aside(SHA256)
    assert aside.read_bytes() == b"A" + DATA[1:]
    assert not blobs.has(SHA256)
    blobs.put_bytes(DATA)
    assert blobs.verify(SHA256)
    assert [*blobs.strangers()] == []
    assert blobs.stats().files == 1
