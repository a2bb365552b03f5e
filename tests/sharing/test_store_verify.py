"""`cache verify` reads every stored byte: what is broken is named, and brought back where somebody has it."""

from __future__ import annotations

from pathlib import Path

import pytest

from callsheet.store.journal import Journal


def first(rendered) -> tuple[str, str, str]:
    """Digest, instance and shown place of a blob."""
    sha256 = min(rendered.stored())
    with Journal(rendered.folder / ".callsheet/state.db") as journal:
        (instance,) = [one.instance for one in journal.in_state("done") if one.outputs[0].sha256 == sha256]
    return sha256, instance, f".callsheet/store/{sha256[:2]}/{sha256[2:]}"


MEND = (
    "`--restore` brings it back from a published copy or the shared store; where neither has it, the next run asks its"
    " request for it again, free of charge"
)


def test_a_store_that_is_whole_is_said_to_be(rendered) -> None:
    finished = rendered.run("cache", "verify")
    assert (finished.exit_code, finished.stderr) == (0, "")
    assert finished.stdout == "2 files, 0.0 MB verified: all whole\n"


def test_a_flipped_byte_is_found_and_named(rendered) -> None:
    sha256, instance, place = first(rendered)
    rendered.damage(rendered.blob(sha256))
    finished = rendered.run("cache", "verify")
    assert finished.exit_code == 65
    assert finished.stderr == (
        f"error: {instance}: the video of `{instance}` is damaged in the store: `{place}` no longer has the digest that its name says"
        f" [blob-damaged]\n  help: {MEND}\n"
    )
    assert finished.stdout == "2 files, 0.0 MB verified: 1 damaged\n"
    assert rendered.blob(sha256).exists()


def test_what_is_broken_is_told_as_data(rendered) -> None:
    sha256, instance, place = first(rendered)
    other = max(rendered.stored())
    rendered.damage(rendered.blob(sha256))
    rendered.blob(other).unlink()
    told = rendered.run("cache", "verify", "--json").json
    assert [(one["sha256"], one["state"], one["restored"]) for one in told["broken"]] == [
        (sha256, "damaged", False),
        (other, "missing", False),
    ]
    assert told["broken"][0]["file"] == place
    assert [owner["instance"] for owner in told["broken"][0]["owners"]] == [instance]
    assert [one["code"] for one in told["problems"]] == ["blob-damaged", "blob-missing"]
    assert (told["files"], told["exit_code"]) == (1, 65)


def test_a_published_copy_brings_damaged_and_missing_bytes_back(rendered) -> None:
    before = rendered.stored()
    sha256, other = sorted(before)
    rendered.damage(rendered.blob(sha256))
    rendered.blob(other).unlink()
    finished = rendered.run("cache", "verify", "--restore")
    assert (finished.exit_code, finished.stderr) == (0, "")
    lines = finished.stdout.splitlines()
    assert [line.split(" from ")[0] for line in lines[:2]] == [f"restored {sha256}", f"restored {other}"]
    assert all(" from `renders/pipeline/shot/look=" in line for line in lines[:2])
    assert lines[2] == "1 file, 0.0 MB verified: 1 damaged, 1 missing, 2 of them restored"
    assert rendered.stored() == before
    aside = list((rendered.folder / ".callsheet/store/damaged").iterdir())
    assert [path.name[:64] for path in aside] == [sha256]


def test_the_shared_store_brings_bytes_back_where_no_published_copy_has_them(rendered) -> None:
    rendered.run("cache", "push")
    before = rendered.stored()
    sha256, other = sorted(before)
    rendered.damage(rendered.blob(sha256))
    rendered.blob(other).unlink()
    for path in (rendered.folder / "renders").rglob("*.mp4"):
        rendered.damage(path)
    finished = rendered.run("cache", "verify", "--restore")
    assert finished.exit_code == 0
    shared = rendered.folder.with_name("shared")
    assert sorted(finished.stdout.splitlines()[:2]) == [
        f"restored {sha256} from `{shared}`",
        f"restored {other} from `{shared}`",
    ]
    assert rendered.stored() == before


def test_damaged_bytes_that_nobody_has_are_set_aside_and_fetched_again_by_the_next_run(rendered) -> None:
    before = rendered.stored()
    sha256, _, _ = first(rendered)
    rendered.damage(rendered.blob(sha256))
    for path in (rendered.folder / "renders").rglob("*.mp4"):
        path.unlink()
    finished = rendered.run("cache", "verify", "--restore")
    assert finished.exit_code == 65
    assert "[shared-store-unusable]" in finished.stderr
    assert finished.stdout == "2 files, 0.0 MB verified: 1 damaged\n"
    submits = len(rendered.provider.submits)
    assert rendered.run("run", "pipeline.yaml", "--yes").exit_code == 0
    assert (rendered.stored(), len(rendered.provider.submits)) == (before, submits)


def test_files_that_do_not_belong_are_told_and_left(rendered) -> None:
    store = rendered.folder / ".callsheet/store"
    (store / "notes.txt").write_text("mine")
    (store / "ab").mkdir(exist_ok=True)
    (store / "ab" / "cd").write_text("short")
    (store / "ab" / ("0" * 62)).symlink_to("/etc/hostname")
    finished = rendered.run("cache", "verify")
    assert finished.exit_code == 0
    assert finished.stderr == "".join(
        f"warning: `.callsheet/store/{name}` does not belong into the store [blob-stranger]\n"
        "  help: callsheet did not put it there; move it away\n"
        for name in (f"ab/{'0' * 62}", "ab/cd", "notes.txt")
    )
    assert (store / "notes.txt").exists()


def test_a_link_is_no_blob(rendered, tmp_path: Path) -> None:
    sha256, _, _ = first(rendered)
    data = rendered.stored()[sha256]
    rendered.blob(sha256).unlink()
    (tmp_path / "copy").write_bytes(data)
    rendered.blob(sha256).symlink_to(tmp_path / "copy")
    assert [one["state"] for one in rendered.run("cache", "verify", "--json").json["broken"]] == ["missing"]
    assert rendered.run("cache", "verify", "--restore").exit_code == 0
    assert not rendered.blob(sha256).is_symlink()


@pytest.mark.parametrize("words", [(), ("--json",)])
def test_a_project_without_a_memory_has_nothing_to_verify(studio, words) -> None:
    assert studio.run("cache", "verify", *words).exit_code == 0
    assert not (studio.folder / ".callsheet").exists()
