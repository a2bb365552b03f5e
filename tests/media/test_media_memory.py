"""Facts of files that were read before: good for as long as a file is as it was."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest

from callsheet.media.info import MediaInfo
from callsheet.media.memory import FileFacts

INFO = MediaInfo("image", "image/png", 4, "ab" * 32, 400, 300)
HOUR = 3600 * 10**9


@pytest.fixture
def asset(tmp_path: Path) -> Path:
    path = tmp_path / "a.png"
    path.write_bytes(b"1234")
    (tmp_path / ".callsheet").mkdir()
    return path


def memory(asset: Path, after: int = HOUR) -> FileFacts:
    """The memory of a process that runs so many nanoseconds after now."""
    return FileFacts(asset.parent / ".callsheet" / "media.json", lambda: time.time_ns() + after)


def remember(asset: Path) -> None:
    one = memory(asset)
    one.learn(asset, INFO)
    one.save()
    assert memory(asset).known(asset) == INFO


def test_a_file_that_was_read_is_known_to_the_next_process(asset) -> None:
    remember(asset)


def test_a_file_is_known_by_whatever_path_leads_to_it_from_the_working_folder(asset, monkeypatch) -> None:
    remember(asset)
    monkeypatch.chdir(asset.parent)
    assert memory(asset).known(Path("a.png")) == INFO


def test_a_file_of_another_size_is_not_known(asset) -> None:
    remember(asset)
    asset.write_bytes(b"12345")
    assert memory(asset).known(asset) is None


def test_a_file_changed_at_another_time_is_not_known(asset) -> None:
    remember(asset)
    os.utime(asset, ns=(1, 1))
    assert memory(asset).known(asset) is None


def test_a_file_changed_in_place_with_its_time_put_back_is_not_known(asset) -> None:
    remember(asset)
    before = asset.stat()
    asset.write_bytes(b"5678")
    os.utime(asset, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert memory(asset).known(asset) is None


def test_another_file_in_its_place_is_not_known(asset) -> None:
    remember(asset)
    before = asset.stat()
    other = asset.with_name("b.png")
    other.write_bytes(b"5678")
    os.utime(other, ns=(before.st_atime_ns, before.st_mtime_ns))
    other.replace(asset)
    assert memory(asset).known(asset) is None


def test_a_file_that_is_gone_is_not_known(asset) -> None:
    remember(asset)
    asset.unlink()
    assert memory(asset).known(asset) is None


def test_a_file_that_was_changed_a_moment_ago_is_read_once_more(asset) -> None:
    one = memory(asset, after=0)
    one.learn(asset, INFO)
    one.save()
    assert memory(asset).known(asset) is None


def test_where_there_is_no_folder_nothing_is_written(asset) -> None:
    (asset.parent / ".callsheet").rmdir()
    one = memory(asset)
    one.learn(asset, INFO)
    one.save()
    assert sorted(path.name for path in asset.parent.iterdir()) == ["a.png"]


def test_what_other_pipelines_read_stays_remembered(asset) -> None:
    remember(asset)
    other = asset.with_name("b.png")
    other.write_bytes(b"1")
    one = memory(asset)
    one.learn(other, INFO)
    one.save()
    assert memory(asset).known(asset) == memory(asset).known(other) == INFO


@pytest.mark.parametrize("text", ["", "{", "[]", '{"version": 2, "files": {}}', '{"version": 1, "files": []}'])
def test_a_broken_memory_is_no_memory(asset, text) -> None:
    remember(asset)
    (asset.parent / ".callsheet" / "media.json").write_text(text, encoding="utf-8")
    assert memory(asset).known(asset) is None


@pytest.mark.parametrize("place", range(4, 8))
def test_facts_that_are_not_whole_are_no_facts(asset, place) -> None:
    remember(asset)
    file = asset.parent / ".callsheet" / "media.json"
    data = json.loads(file.read_text(encoding="utf-8"))
    (row,) = data["files"].values()
    row[place] = None
    file.write_text(json.dumps(data), encoding="utf-8")
    assert memory(asset).known(asset) is None
