"""Clone, pull, run --locked: nothing is submitted, and every byte is equal."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def published(locked, s3, credentials) -> object:
    """A campaign that was rendered, locked, committed, and pushed to a bucket."""
    locked.project.write(
        {
            "callsheet.toml": f'[store]\nurl = "s3://media/story"\nendpoint = "{s3.endpoint}"\nregion = "us-east-1"\n',
            ".gitignore": "renders/\n",
        }
    )
    locked.git("init", "-q")
    locked.git("add", ".")
    locked.git("commit", "-qm", "Spring campaign")
    assert locked.run("cache", "push").exit_code == 0
    return locked


def outputs(folder: Path) -> dict[str, bytes]:
    renders = folder / "renders"
    return {
        str(path.relative_to(renders)): path.read_bytes()
        for path in sorted(renders.rglob("*.*"))
        if path.stem != "manifest"
    }


def test_a_clone_pulls_and_runs_locked_without_a_submit_and_every_byte_is_equal(published) -> None:
    clone = published.clone()
    submits = len(published.provider.submits)
    pulled = published.run("cache", "pull", str(clone))
    assert (pulled.exit_code, pulled.stderr) == (0, "")
    finished = published.run("run", str(clone / "pipeline.yaml"), "--locked", "--json")
    assert finished.exit_code == 0
    assert finished.json["totals"]["submitted"] == 0
    assert len(published.provider.submits) == submits
    assert {one["state"] for one in finished.json["instances"]} == {"cached"}
    assert outputs(clone) == outputs(published.folder)
    assert published.stored(clone) == published.stored()
    assert published.git("status", "--porcelain", folder=clone) == ""
    assert published.run("verify", str(clone / "pipeline.yaml"), "--json").json["findings"] == []


def test_a_clone_that_did_not_pull_is_told_to(published) -> None:
    clone = published.clone()
    submits = len(published.provider.submits)
    finished = published.run("run", str(clone / "pipeline.yaml"), "--locked", "--yes", "--json")
    assert finished.exit_code == 65
    assert len(published.provider.submits) == submits
    assert "`callsheet cache pull`" in finished.stdout + finished.stderr


def test_a_store_that_was_tampered_with_changes_nothing_and_buys_nothing(published, s3) -> None:
    clone = published.clone()
    submits = len(published.provider.submits)
    for path in (s3.folder / "story" / "blobs").rglob("*"):
        if path.is_file():
            published.damage(path)
    for path in (s3.folder / "story" / "keys").rglob("*.json"):
        path.write_text(path.read_text().replace('"bytes": ', '"bytes": 1'))
    pulled = published.run("cache", "pull", str(clone), "--json")
    assert pulled.exit_code == 65
    assert "shared-blob-damaged" in {one["code"] for one in pulled.json["problems"]}
    assert published.stored(clone) == {}
    finished = published.run("run", str(clone / "pipeline.yaml"), "--locked", "--yes")
    assert finished.exit_code == 65
    assert len(published.provider.submits) == submits
    assert published.run("cache", "push", "--replace").exit_code == 0
    assert published.run("cache", "pull", str(clone)).exit_code == 0
    assert published.run("run", str(clone / "pipeline.yaml"), "--locked").exit_code == 0
    assert outputs(clone) == outputs(published.folder)


def test_the_locks_of_some_pipelines_say_what_is_shared(published) -> None:
    published.project.write(
        {"other.yaml": published.project.read("pipeline.yaml").replace("At {{", "Near {{").replace("shop", "other")}
    )
    assert published.run("run", "other.yaml", "--yes", "--output-dir", "other").exit_code == 0
    one = published.run("cache", "push", "other.yaml", "--json").json
    all_of_them = published.run("cache", "push", "--json").json
    assert (one["results"], one["pushed"]["files"]) == (6, 4)
    assert all_of_them["results"] == 12
    assert published.run("cache", "push", "none.yaml").stderr == (
        "error: `none.yaml` has no lock `none.lock.yaml` beside it [no-lock]\n"
    )


def test_no_secret_of_the_store_is_in_any_file_or_output(published, credentials) -> None:
    clone = published.clone()
    said = [
        published.run("cache", action, str(clone), "--json") for action in ("pull", "push", "verify", "gc", "stats")
    ]
    told = "".join(one.stdout + one.stderr for one in said).encode()
    for folder in (clone, published.folder):
        for path in folder.rglob("*"):
            told += path.read_bytes() if path.is_file() else b""
    for secret in (*credentials.values(), "X-Amz-Signature"):
        assert secret.encode() not in told
