from __future__ import annotations

import os
from pathlib import Path

import pytest

from callsheet.media.info import Output
from callsheet.store.blobs import Blobs
from callsheet.store.entry import Work
from callsheet.store.garbage import LITTER_SECONDS, Garbage, Policy, find_garbage
from callsheet.store.journal import Journal

NOW = 1_000_000.0
OLD = NOW - 1000


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "state.db", clock=lambda: OLD)


@pytest.fixture
def blobs(tmp_path: Path) -> Blobs:
    return Blobs(tmp_path / "store")


def made(journal: Journal, blobs: Blobs, key: str, provider: str, *contents: bytes) -> list[str]:
    """A result that is done; returns the digests of its outputs."""
    outputs = []
    for number, content in enumerate(contents, 1):
        sha256, size = blobs.put_bytes(content)
        os.utime(blobs.path(sha256), (OLD, OLD))
        outputs.append(Output("video" if number == 1 else f"video-{number}", "video", sha256, size, "video/mp4"))
    journal.done(key, Work(provider, "some/route", key), outputs)
    return [output.sha256 for output in outputs]


def found(journal: Journal, blobs: Blobs, *roots: str, since: float = NOW, paid: bool = False) -> Garbage:
    policy = Policy(frozenset(roots), NOW, since, ("simulator", "local"), paid)
    return find_garbage(blobs, journal.in_state("done", "failed", "submitted", "fetched"), policy)


def test_a_free_result_that_nothing_names_goes(journal: Journal, blobs: Blobs) -> None:
    (sha256,) = made(journal, blobs, "k", "simulator", b"four")
    garbage = found(journal, blobs)
    assert (garbage.blobs, [entry.key for entry in garbage.forgotten]) == (((sha256, 4),), ["k"])
    assert (garbage.files, garbage.bytes, garbage.held_back) == (1, 4, (0, 0))


@pytest.mark.parametrize("root", ["key", "digest", "other digest"])
def test_a_result_of_which_anything_is_named_stays_whole(journal: Journal, blobs: Blobs, root: str) -> None:
    first, second = made(journal, blobs, "k", "simulator", b"one", b"two")
    assert found(journal, blobs, {"key": "k", "digest": first, "other digest": second}[root]).blobs == ()


def test_bytes_stay_as_long_as_one_of_their_results_does(journal: Journal, blobs: Blobs) -> None:
    (shared, alone) = made(journal, blobs, "goes", "simulator", b"shared", b"alone")
    made(journal, blobs, "stays", "simulator", b"shared")
    garbage = found(journal, blobs, "stays")
    assert [sha256 for sha256, _ in garbage.blobs] == [alone]
    assert [entry.key for entry in garbage.forgotten] == ["goes"]
    assert blobs.has(shared)


def test_bytes_that_were_paid_for_stay_though_a_free_result_has_them_too(journal: Journal, blobs: Blobs) -> None:
    made(journal, blobs, "free", "simulator", b"same")
    made(journal, blobs, "paid", "runcomfy", b"same")
    assert (found(journal, blobs).blobs, found(journal, blobs).held_back) == ((), (1, 4))
    garbage = found(journal, blobs, paid=True)
    assert [entry.key for entry in (*garbage.forgotten, *garbage.given_up)] == ["free", "paid"]
    assert len(garbage.blobs) == 1


def test_the_young_stay_paid_or_not(journal: Journal, blobs: Blobs) -> None:
    made(journal, blobs, "free", "local", b"one")
    made(journal, blobs, "paid", "runcomfy", b"two")
    assert found(journal, blobs, since=OLD, paid=True).files == 0


def test_bytes_of_nobody_count_as_paid_for_and_stay_while_they_are_young(journal: Journal, blobs: Blobs) -> None:
    sha256, _ = blobs.put_bytes(b"whose?")
    os.utime(blobs.path(sha256), (OLD, OLD))
    assert found(journal, blobs).held_back == (1, 6)
    assert found(journal, blobs, paid=True).blobs == ((sha256, 6),)
    assert found(journal, blobs, paid=True, since=OLD - 1).blobs == ()
    assert found(journal, blobs, sha256, paid=True).blobs == ()


def test_what_is_not_over_stays(journal: Journal, blobs: Blobs) -> None:
    made(journal, blobs, "k", "runcomfy", b"one")
    journal.failed("k", Work("runcomfy", "some/route", "k"), "render-failed", "no")
    assert found(journal, blobs, paid=True).files == 0


def test_only_old_unfinished_files_are_litter(journal: Journal, blobs: Blobs) -> None:
    incoming = blobs.root / "incoming"
    incoming.mkdir(parents=True)
    for name, age in (("old", LITTER_SECONDS + 1), ("young", LITTER_SECONDS - 1)):
        (incoming / name).write_bytes(b"part")
        os.utime(incoming / name, (NOW - age, NOW - age))
    assert [path.name for path, _ in found(journal, blobs).litter] == ["old"]
