"""What `cache gc` lets go: never what anybody still names, never what was paid for unless somebody says so."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from callsheet.run.claim import Claims
from callsheet.store.journal import Journal


def aged(studio, days: float = 40) -> None:
    """Make everything in the memory older."""
    seconds = days * 24 * 3600
    with Journal(studio.folder / ".callsheet/state.db") as journal:
        journal.database.connection.execute("UPDATE work SET updated_at = updated_at - ?", (seconds,))
    for path in (studio.folder / ".callsheet/store").rglob("*"):
        if path.is_file():
            os.utime(path, (time.time() - seconds, time.time() - seconds))


def keys(studio) -> list[str]:
    with Journal(studio.folder / ".callsheet/state.db") as journal:
        return sorted(entry.key for entry in journal.in_state("done"))


def test_nothing_is_deleted_unless_that_is_said(previewed) -> None:
    aged(previewed)
    before = previewed.stored()
    found = previewed.run("cache", "gc", "--json").json
    assert (found["deleted"], found["files"], [one["instance"] for one in found["results"]]) == (False, 1, ["shot"])
    assert found["bytes"] == len(before[found["blobs"][0]["sha256"]])
    assert previewed.run("cache", "gc").stdout.endswith("1 file, 0.1 MB would go; `--delete` deletes them\n")
    assert previewed.stored() == before
    assert len(keys(previewed)) == 2


def test_simulated_results_that_nothing_names_go_and_are_told(previewed) -> None:
    aged(previewed)
    plan = previewed.run("plan", "pipeline.yaml", "--simulate", "--json").json
    (kept,) = [one["key"] for one in plan["instances"]]
    (old,) = set(keys(previewed)) - {kept}
    said = previewed.run("cache", "gc", "--delete").stdout.splitlines()
    assert said[0] == f"simulated  shot  wan-ai/wan-2-7/text-to-video  {old[:12]}"
    assert said[1].startswith("deleted 1 file, ")
    assert keys(previewed) == [kept]
    assert len(previewed.stored()) == 1
    assert previewed.run("plan", "pipeline.yaml", "--simulate", "--json").json == plan
    assert previewed.run("cache", "verify").exit_code == 0
    assert previewed.run("cache", "gc").stdout == "nothing is to go\n"


def test_what_was_let_go_is_made_anew(previewed) -> None:
    aged(previewed)
    previewed.run("cache", "gc", "--delete")
    previewed.project.edit("pipeline.yaml", "A jar", "A bottle")
    plan = previewed.run("plan", "pipeline.yaml", "--simulate", "--json").json
    assert [one["action"] for one in plan["instances"]] == ["render"]


def test_what_is_young_stays(previewed) -> None:
    assert previewed.run("cache", "gc").stdout == "nothing is to go\n"
    assert previewed.run("cache", "gc", "--keep-days", "0", "--json").json["files"] == 1


def two_paid_versions(rendered) -> None:
    rendered.project.edit("pipeline.yaml", "A bottle", "A jar")
    assert rendered.run("run", "pipeline.yaml", "--yes").exit_code == 0
    aged(rendered)


def test_what_was_paid_for_stays_until_somebody_lets_it_go(rendered) -> None:
    two_paid_versions(rendered)
    said = rendered.run("cache", "gc", "--delete").stdout
    assert said == (
        "nothing is to go\n"
        "2 files, 0.0 MB that nothing names any more stay, since they were paid for; `--paid` lets them go\n"
    )
    assert len(rendered.stored()) == 4
    assert rendered.run("cache", "gc", "--delete", "--paid", "--json").json["files"] == 2
    assert len(rendered.stored()) == 2


def test_of_paid_results_that_went_request_and_price_stay_known(rendered) -> None:
    two_paid_versions(rendered)
    with Journal(rendered.folder / ".callsheet/state.db") as journal:
        provider = journal.in_state("done")[0].provider
        spent = journal.spent(provider)
    rendered.run("cache", "gc", "--delete", "--paid")
    with Journal(rendered.folder / ".callsheet/state.db") as journal:
        assert journal.spent(provider) == spent
        assert len(journal.in_state("done")) == 4
    assert rendered.run("cache", "verify").exit_code == 0
    rendered.project.edit("pipeline.yaml", "A jar", "A bottle")
    plan = rendered.run("plan", "pipeline.yaml", "--json").json
    assert {(one["action"], one["why"]["code"]) for one in plan["instances"]} == {("attach", "lost-from-store")}
    submits = len(rendered.provider.submits)
    assert rendered.run("run", "pipeline.yaml", "--yes").exit_code == 0
    assert len(rendered.provider.submits) == submits


def old_keys(rendered) -> list[str]:
    plan = rendered.run("plan", "pipeline.yaml", "--json").json
    return sorted(set(keys(rendered)) - {one["key"] for one in plan["instances"]})


def paid_garbage(rendered) -> int:
    return rendered.run("cache", "gc", "--paid", "--json").json["files"]


@pytest.mark.parametrize("name", ["last-year.lock.yaml", "films/spring.draft.lock.yaml", "shop.picks.yaml"])
def test_what_a_lock_or_a_pick_names_stays(rendered, name) -> None:
    two_paid_versions(rendered)
    rendered.project.write({name: f"<<<<<<< ours\nshot: {{key: {old_keys(rendered)[0]}}}\n"})
    assert paid_garbage(rendered) == 1


def test_what_the_lock_of_another_branch_names_stays(rendered) -> None:
    two_paid_versions(rendered)
    first, second = old_keys(rendered)
    rendered.git("init", "-q")
    rendered.git("add", "pipeline.yaml")
    rendered.git("commit", "-qm", "start")
    for branch, key in (("autumn", first), ("winter", second)):
        rendered.git("checkout", "-qb", branch)
        rendered.project.write({"pipeline.lock.yaml": f"shot: {{key: {key}}}\n"})
        rendered.git("add", "pipeline.lock.yaml")
        rendered.git("commit", "-qm", branch)
        assert paid_garbage(rendered) == (1 if branch == "autumn" else 0)
    rendered.git("checkout", "-q", "main")
    rendered.git("tag", "kept", "winter")
    rendered.git("branch", "-D", "winter")
    assert paid_garbage(rendered) == 0
    rendered.git("tag", "-d", "kept")
    assert paid_garbage(rendered) == 1


def test_where_git_can_not_be_asked_nothing_is_deleted(rendered) -> None:
    two_paid_versions(rendered)
    rendered.project.write({".git": "gitdir: /nowhere\n"})
    finished = rendered.run("cache", "gc", "--paid", "--delete")
    assert finished.exit_code == 65
    assert finished.stderr == (
        "error: git can't be asked what the branches need: fatal: not a git repository: /nowhere [git-unusable]\n"
        "  help: nothing is deleted without knowing what the branches need; install git, or see what it says\n"
    )
    assert len(rendered.stored()) == 4


def test_what_is_in_flight_stays(studio, provider) -> None:
    provider("render:stuck=1")
    assert studio.run("run", "pipeline.yaml", "--yes", "--timeout", "0.5").exit_code == 75
    aged(studio)
    assert studio.run("cache", "gc", "--paid", "--delete").stdout == "nothing is to go\n"
    assert len(studio.run("status", "--json").json["requests"]) == 2


def test_a_published_file_keeps_its_bytes_wherever_it_lies(studio) -> None:
    assert studio.run("run", "pipeline.yaml", "--yes", "--output-dir", "../elsewhere").exit_code == 0
    (studio.folder / "pipeline.lock.yaml").unlink()
    aged(studio)
    assert paid_garbage(studio) == 0
    for path in studio.folder.with_name("elsewhere").rglob("*.mp4"):
        path.unlink()
    assert paid_garbage(studio) == 2


def test_bytes_that_the_journal_does_not_know_may_have_been_paid_for(rendered) -> None:
    aged(rendered)
    for left in (".callsheet/state.db", ".callsheet/state.db-wal", ".callsheet/state.db-shm"):
        (rendered.folder / left).unlink(missing_ok=True)
    for manifest in rendered.folder.rglob("manifest.json"):
        manifest.unlink()
    assert rendered.run("cache", "gc", "--delete").stdout.startswith("nothing is to go\n2 files, ")
    assert len(rendered.stored()) == 2


def test_files_that_a_dead_process_left_behind_go_after_a_day(studio) -> None:
    incoming = studio.folder / ".callsheet/store/incoming"
    incoming.mkdir(parents=True)
    (incoming / "old").write_bytes(b"12345")
    os.utime(incoming / "old", (time.time() - 90_000,) * 2)
    (incoming / "young").write_bytes(b"1")
    assert studio.run("cache", "gc", "--delete", "--json").json["bytes"] == 5
    assert [path.name for path in incoming.iterdir()] == ["young"]


HOLDER = """
import sys
from pathlib import Path
from callsheet.run.claim import Claims
with Claims(Path(sys.argv[1])) as claims:
    assert claims.take("ab" * 32)
    print("held", flush=True)
    sys.stdin.read()
"""


def test_while_a_run_works_nothing_is_deleted(previewed, tmp_path: Path) -> None:
    aged(previewed)
    command = [sys.executable, "-c", HOLDER, str(previewed.folder / ".callsheet/claims")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout
        assert holder.stdin
        assert holder.stdout.readline() == "held\n"
        finished = previewed.run("cache", "gc", "--delete")
        holder.stdin.close()
    assert finished.exit_code == 75
    assert finished.stderr == (
        "error: a run or a pull works in this project at this moment [in-use]\n"
        "  help: nothing was deleted; collect when that has ended\n"
    )
    assert len(previewed.stored()) == 2


def test_all_claims_are_taken_at_once_or_none(tmp_path: Path) -> None:
    with Claims(tmp_path / "claims") as claims:
        assert claims.take_all()
        assert claims.take("0" * 64)
        assert claims.take("f" * 64)
