"""Two branches each add variants and lock them: git merges the locks by itself."""

from __future__ import annotations

import json
import subprocess

import pytest

PIPELINE = """\
callsheet: 1
name: shop
seed: 7
axes:
  look:
    dawn: {light: warm}
    studio: {light: soft}
    # more looks here

    # the languages of the campaign, which have nothing to do with its looks,
    # and stand a few lines further down
  language:
    - en
    - de
    # more languages here
nodes:
  shot:
    route: wan-ai/wan-2-7/text-to-video
    over: [look, language]
    input: {prompt: "A bottle in {{ look.light }} light, {{ language }}.", duration: 2}
  reel:
    step: concat
    over: [language]
    input: {clips: "{{ nodes.shot.videos }}"}
"""
LOCK = "pipeline.lock.yaml"
LOOK = ("    # more looks here\n", "    noir: {light: hard}\n    # more looks here\n")
LANGUAGE = ("    # more languages here\n", "    - ja\n    # more languages here\n")


@pytest.fixture
def git(project):
    """Runs git in the project, which is a repository with one commit."""

    def run(*words: str) -> str:
        done = subprocess.run(["git", *words], cwd=project.folder, capture_output=True, text=True, check=True)
        return done.stdout + done.stderr

    run("init", "-q", "-b", "main")
    run("config", "user.name", "Somebody")
    run("config", "user.email", "somebody@example.com")
    return run


def committed(git, message: str) -> None:
    git("add", "-A")
    git("commit", "-q", "-m", message)


def test_two_branches_that_add_variants_merge_without_a_conflict(project, git) -> None:
    project.write({"pipeline.yaml": PIPELINE})
    assert project.run("lock", "pipeline.yaml").exit_code == 0
    assert project.run("reseed", "pipeline.yaml", "shot").exit_code == 0
    committed(git, "the campaign")
    old = project.read(LOCK)
    for branch, change in (("looks", LOOK), ("languages", LANGUAGE)):
        git("checkout", "-q", "-b", branch, "main")
        project.edit("pipeline.yaml", *change)
        assert project.run("lock", "pipeline.yaml").exit_code == 0
        committed(git, branch)
    merged = git("merge", "-q", "--no-edit", "looks")
    assert "CONFLICT" not in merged
    assert git("status", "--porcelain") == ""
    assert project.run("lock", "pipeline.yaml").exit_code == 0
    after = project.read(LOCK)
    project.write({LOCK: old})
    assert project.run("lock", "pipeline.yaml").exit_code == 0
    assert project.read(LOCK) == after
    assert len([line for line in after.splitlines() if line.startswith("shot[")]) == 9
    assert all('"draw": 1' in line for line in after.splitlines() if line.startswith("shot["))


def test_what_git_leaves_between_two_branches_that_change_one_record_is_told(project, git) -> None:
    project.write({"pipeline.yaml": PIPELINE})
    project.run("lock", "pipeline.yaml")
    committed(git, "the campaign")
    for branch, light in (("cold", "cold"), ("hot", "hot")):
        git("checkout", "-q", "-b", branch, "main")
        project.write({"pipeline.yaml": PIPELINE.replace("light: soft", f"light: {light}")})
        project.run("lock", "pipeline.yaml")
        git("checkout", "-q", "HEAD", "--", "pipeline.yaml")
        committed(git, branch)
    git("merge", "-q", "--no-edit", "cold")
    finished = project.run("plan", "pipeline.yaml")
    assert finished.exit_code == 65
    first = finished.stderr.splitlines()[0]
    assert first.endswith(
        "error: `shot[look=studio,language=de]` stands here a second time, and differently:"
        " two branches changed it, each in its own way [lock-duplicate]"
    )
    text = project.read(LOCK)
    kept: dict[str, str] = {}
    for line in text.splitlines(keepends=True):
        kept.setdefault(line.split(": ")[0], line)
    project.write({LOCK: "".join(kept.values())})
    assert project.run("lock", "pipeline.yaml").exit_code == 0


def test_a_new_lock_has_git_merge_it_line_by_line(project, git) -> None:
    project.write({"campaigns/pipeline.yaml": PIPELINE, "campaigns/.gitattributes": "*.mp4 binary"})
    finished = project.run("lock", "campaigns/pipeline.yaml")
    assert finished.stderr == (
        "`campaigns/.gitattributes` now has git merge locks and picks line by line: commit it with the lock\n"
    )
    assert project.read("campaigns/.gitattributes") == (
        "*.mp4 binary\n*.lock.yaml merge=union\n*.picks.yaml merge=union\n"
    )
    (project.folder / "campaigns/pipeline.lock.yaml").unlink()
    assert project.run("lock", "campaigns/pipeline.yaml").stderr == ""


def test_what_the_attributes_of_a_repository_say_is_left_alone(project, git) -> None:
    project.write({"campaigns/pipeline.yaml": PIPELINE, ".gitattributes": "*.lock.yaml merge=ours\n"})
    assert project.run("lock", "campaigns/pipeline.yaml").stderr == ""
    assert not (project.folder / "campaigns/.gitattributes").exists()


def test_outside_of_git_no_attributes_are_written(project) -> None:
    project.write({"pipeline.yaml": PIPELINE})
    assert project.run("lock", "pipeline.yaml").stderr == ""
    assert sorted(path.name for path in project.folder.iterdir()) == [LOCK, "pipeline.yaml"]


def test_a_run_that_makes_a_new_lock_tells_git_too(project, git, provider) -> None:
    provider()
    project.write({"pipeline.yaml": PIPELINE})
    assert "`.gitattributes` now has git merge locks" in project.run("run", "pipeline.yaml", "--yes").stderr
    assert json.loads(project.run("plan", "pipeline.yaml", "--json").stdout)["totals"]["cached"] == 6
