"""Runs under a lock: what they write into it, and what they refuse rather than buy."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys

CAMPAIGN = """
callsheet: 1
name: shop
seed: 7
params:
  product: bottle
axes:
  look: [dawn, studio]
nodes:
  shot:
    route: wan-ai/wan-2-7/text-to-video
    over: [look]
    input: {prompt: "A {{ params.product }} at {{ look }}.", duration: 2}
  frame:
    step: last_frame
    over: [look]
    input: {video: "{{ nodes.shot.video }}"}
profiles:
  draft: {params: {product: jar}}
"""
LOCK = "pipeline.lock.yaml"


def rendered(project, provider, faults: str = "", **settings):
    """The campaign, rendered at a provider of its own."""
    one = provider(faults, **settings)
    project.write({"pipeline.yaml": CAMPAIGN})
    finished = project.run("run", "pipeline.yaml", "--yes", "--json")
    assert finished.exit_code == 0, finished.stderr
    return one


def records(project, name: str = LOCK) -> dict[str, dict]:
    """The instances of a lock."""
    lines = project.read(name).splitlines()[2:]
    pairs = [line.split(": ", 1) for line in lines if line[0] != '"']
    return {name: json.loads(record) for name, record in pairs if name != "provider"}


def forget(project) -> None:
    """What a clone of the repository does not have."""
    shutil.rmtree(project.folder / ".callsheet")
    shutil.rmtree(project.folder / "renders", ignore_errors=True)


def actions(finished) -> dict[str, str]:
    return {one["id"]: one["action"] for one in finished.json["instances"]}


def states(finished) -> dict[str, str]:
    return {one["id"]: one["state"] for one in finished.json["instances"]}


def test_a_run_locks_what_it_made_by_seed_key_and_digest(project, provider) -> None:
    rendered(project, provider)
    plan = {one["id"]: one for one in project.run("plan", "pipeline.yaml", "--json").json["instances"]}
    found = records(project)
    assert list(found) == ["frame[look=dawn]", "frame[look=studio]", "shot[look=dawn]", "shot[look=studio]"]
    shot = found["shot[look=dawn]"]
    assert {name: shot[name] for name in ("route", "seed", "from", "key")} == {
        "route": "wan-ai/wan-2-7/text-to-video",
        "seed": plan["shot[look=dawn]"]["seed"],
        "from": {"root": 7, "name": "shot", "take": "1"},
        "key": plan["shot[look=dawn]"]["key"],
    }
    (output,) = shot["outputs"]
    assert sorted(output) == ["bytes", "kind", "media_type", "name", "sha256"]
    assert found["frame[look=dawn]"]["step"] == "last_frame"
    assert found["frame[look=dawn]"]["key"] == plan["frame[look=dawn]"]["key"]


def test_a_second_run_leaves_the_lock_untouched(project, provider) -> None:
    rendered(project, provider)
    before = (project.folder / LOCK).stat()
    assert project.run("run", "pipeline.yaml", "--yes").exit_code == 0
    assert (project.folder / LOCK).stat() == before


def test_a_locked_run_of_what_is_locked_submits_nothing_and_writes_nothing(project, provider) -> None:
    one = rendered(project, provider)
    before = project.read_bytes(LOCK)
    finished = project.run("run", "pipeline.yaml", "--locked", "--json")
    assert (finished.exit_code, set(states(finished).values())) == (0, {"cached"})
    assert (len(one.submits), project.read_bytes(LOCK)) == (2, before)


def test_a_locked_run_that_would_differ_is_refused_before_anything_is_spent(project, provider) -> None:
    one = rendered(project, provider)
    before = records(project)["shot[look=dawn]"]["key"]
    project.edit("pipeline.yaml", "look: [dawn, studio]", "look: [dawn, studio, night]")
    project.edit("pipeline.yaml", "A {{ params.product }} at", "The {{ params.product }} at")
    finished = project.run("run", "pipeline.yaml", "--locked", "--yes")
    now = {one["id"]: one["key"] for one in project.run("plan", "pipeline.yaml", "--json").json["instances"]}
    studio = records(project)["shot[look=studio]"]["key"]
    assert finished.exit_code == 65
    assert finished.stderr == (
        "error: frame[look=night]: the instance is not in the lock [lock-differs]\n"
        f"error: shot[look=dawn]: key {before[:12]}… in the lock, {now['shot[look=dawn]'][:12]}… now [lock-differs]\n"
        "error: shot[look=night]: the instance is not in the lock [lock-differs]\n"
        f"error: shot[look=studio]: key {studio[:12]}… in the lock, {now['shot[look=studio]'][:12]}… now [lock-differs]\n"
        "error: the run would differ from `pipeline.lock.yaml` [lock-differs]\n"
        "  help: undo what was changed; or take it over with `callsheet lock FILE`, look at its diff, and commit it\n"
        "5 errors\n"
    )
    assert len(one.submits) == 2
    assert project.run("plan", "pipeline.yaml", "--locked").exit_code == 65


def test_a_locked_run_needs_a_lock(project, provider) -> None:
    one = provider()
    project.write({"pipeline.yaml": CAMPAIGN})
    finished = project.run("run", "pipeline.yaml", "--locked", "--yes")
    assert (finished.exit_code, len(one.submits)) == (65, 0)
    assert finished.stderr == (
        "error: `--locked` needs a lock, and there is no `pipeline.lock.yaml` [lock-needed]\n"
        "  help: write it with `callsheet lock FILE`, look at it, and commit it\n"
    )


def test_what_was_never_rendered_is_rendered_by_a_locked_run(project, provider) -> None:
    one = provider()
    project.write({"pipeline.yaml": CAMPAIGN})
    project.run("lock", "pipeline.yaml")
    assert project.run("run", "pipeline.yaml", "--locked", "--yes").exit_code == 0
    assert len(one.submits) == 2


def test_what_is_selected_alone_has_to_be_as_it_is_locked(project, provider) -> None:
    rendered(project, provider)
    project.edit("pipeline.yaml", "look: [dawn, studio]", "look: [dawn, studio, night]")
    assert project.run("run", "pipeline.yaml", "--locked", "--select", "shot[look=dawn]").exit_code == 0
    assert project.run("run", "pipeline.yaml", "--locked", "--only", "look=dawn").exit_code == 0


def test_a_clone_without_the_bytes_buys_nothing_and_names_what_brings_them(project, provider) -> None:
    one = rendered(project, provider)
    before = project.read(LOCK)
    forget(project)
    for words in ([], ["--locked"]):
        plan = project.run("plan", "pipeline.yaml", "--json", *words)
        assert actions(plan)["shot[look=dawn]"] == "missing"
        finished = project.run("run", "pipeline.yaml", "--yes", "--json", *words)
        assert finished.exit_code == 65
        assert states(finished) == {
            "shot[look=dawn]": "failed",
            "shot[look=studio]": "failed",
            "frame[look=dawn]": "held",
            "frame[look=studio]": "held",
        }
        assert finished.json["instances"][0]["error"] == {
            "code": "missing",
            "message": "locked, and its bytes are not in the store",
            "hint": "`callsheet cache pull` brings it from the shared store, and `--rerender` consents to pay for it again",
        }
    assert project.run("lock", "pipeline.yaml").exit_code == 0
    assert (len(one.submits), project.read(LOCK)) == (2, before)


def test_to_render_again_what_is_locked_and_missing_needs_consent(project, provider) -> None:
    one = rendered(project, provider)
    forget(project)
    assert project.run("run", "pipeline.yaml", "--yes", "--rerender", "--locked").exit_code == 0
    assert len(one.submits) == 4


def test_a_clone_with_the_bytes_has_everything_though_its_journal_knows_nothing(project, provider) -> None:
    one = rendered(project, provider)
    made = {
        path.name: path.read_bytes() for path in (project.folder / "renders").rglob("*.*") if path.suffix != ".json"
    }
    store = project.folder / ".callsheet/store"
    shutil.copytree(store, project.folder / "kept")
    before = project.read_bytes(LOCK)
    forget(project)
    (project.folder / ".callsheet").mkdir()
    shutil.move(project.folder / "kept", store)
    finished = project.run("run", "pipeline.yaml", "--locked", "--json")
    assert (finished.exit_code, set(states(finished).values())) == (0, {"cached"})
    assert {
        path.name: path.read_bytes() for path in (project.folder / "renders").rglob("*.*") if path.suffix != ".json"
    } == made
    assert (len(one.submits), project.read_bytes(LOCK)) == (2, before)


def test_a_step_whose_bytes_are_missing_is_made_here_again(project, provider) -> None:
    one = rendered(project, provider, media=True)
    for record in records(project).values():
        if "step" in record:
            digest = record["outputs"][0]["sha256"]
            (project.folder / f".callsheet/store/{digest[:2]}/{digest[2:]}").unlink()
    plan = project.run("plan", "pipeline.yaml", "--json")
    assert actions(plan)["frame[look=dawn]"] == "local"
    assert project.run("run", "pipeline.yaml", "--locked").exit_code == 0
    assert len(one.submits) == 2


def test_a_step_that_comes_out_otherwise_than_locked_is_told(project, provider) -> None:
    rendered(project, provider, media=True)
    frame = records(project)["frame[look=dawn]"]["outputs"][0]["sha256"]
    project.edit(LOCK, frame, "0" * 64)
    finished = project.run("run", "pipeline.yaml", "--yes")
    assert (
        "note: `frame[look=dawn]` has other bytes than the lock had of it, though the same was asked for\n"
        in finished.stderr
    )
    assert records(project)["frame[look=dawn]"]["outputs"][0]["sha256"] == frame


def test_a_locked_run_refuses_what_comes_to_another_key_only_while_it_runs(project, provider) -> None:
    one = provider()
    project.write({"pipeline.yaml": CAMPAIGN})
    project.run("lock", "pipeline.yaml")
    former = f'"step": "last_frame", "key": "{"0" * 64}"'
    project.write({LOCK: project.read(LOCK).replace('"step": "last_frame"', former)})
    finished = project.run("run", "pipeline.yaml", "--locked", "--yes", "--json")
    assert finished.exit_code == 65
    errors = {found["id"]: found["error"] for found in finished.json["instances"] if found["error"]}
    assert {name: error["code"] for name, error in errors.items()} == {
        "frame[look=dawn]": "lock-differs",
        "frame[look=studio]": "lock-differs",
    }
    assert errors["frame[look=dawn]"]["message"] == (
        "`frame[look=dawn]` is not what the lock has: the key of its input is not the locked one"
    )
    assert len(one.submits) == 2


def test_a_selection_and_only_take_nothing_out_of_the_lock(project, provider) -> None:
    rendered(project, provider)
    before = project.read(LOCK)
    project.run("run", "pipeline.yaml", "--yes", "--only", "look=dawn")
    project.run("run", "pipeline.yaml", "--yes", "--select", "shot[look=studio]")
    project.edit("pipeline.yaml", "look: [dawn, studio]", "look: [dawn]")
    project.run("run", "pipeline.yaml", "--yes")
    assert project.read(LOCK) == before


def test_after_a_failure_the_lock_has_what_is_known(project, provider) -> None:
    provider("render:failed#1")
    project.write({"pipeline.yaml": CAMPAIGN})
    finished = project.run("run", "pipeline.yaml", "--yes", "--json")
    assert finished.exit_code == 65
    found = records(project)
    made = {name: "outputs" in record for name, record in found.items()}
    ended = {name: state in ("succeeded", "cached") for name, state in states(finished).items()}
    assert made == ended
    assert False in made.values()
    assert all("seed" in record and "key" in record for record in found.values() if "route" in record)


def test_a_simulated_run_reads_the_lock_and_never_writes_one(project, provider) -> None:
    project.write({"pipeline.yaml": CAMPAIGN})
    assert project.run("run", "pipeline.yaml", "--simulate").exit_code == 0
    assert not (project.folder / LOCK).exists()
    project.run("lock", "pipeline.yaml")
    project.run("reseed", "pipeline.yaml", "shot")
    before = project.read_bytes(LOCK)
    finished = project.run("run", "pipeline.yaml", "--simulate", "--json")
    locked = records(project)
    assert {one["id"]: one["seed"] for one in finished.json["instances"] if one["seed"]} == {
        name: record["seed"] for name, record in locked.items() if "seed" in record
    }
    assert project.read_bytes(LOCK) == before
    assert project.run("run", "pipeline.yaml", "--simulate", "--locked").exit_code == 0


def test_a_run_with_parameters_writes_a_lock_only_where_it_is_told_to(project, provider) -> None:
    rendered(project, provider)
    before = project.read_bytes(LOCK)
    project.write({"p.yaml": "product: vase\n"})
    assert project.run("run", "pipeline.yaml", "--yes", "--param", "product=jar").exit_code == 0
    assert project.run("run", "pipeline.yaml", "--yes", "--params-file", "p.yaml").exit_code == 0
    assert [path.name for path in project.folder.glob("*.lock.yaml")] == [LOCK]
    assert project.run("run", "pipeline.yaml", "--yes", "--param", "product=jar", "--lock", "jar.yaml").exit_code == 0
    assert project.read_bytes(LOCK) == before
    assert records(project, "jar.yaml")["shot[look=dawn]"]["key"] != records(project)["shot[look=dawn]"]["key"]


def test_a_profile_has_a_lock_of_its_own(project, provider) -> None:
    rendered(project, provider)
    before = project.read_bytes(LOCK)
    assert project.run("run", "pipeline.yaml", "--yes", "--profile", "draft").exit_code == 0
    assert project.read_bytes(LOCK) == before
    assert len(records(project, "pipeline.draft.lock.yaml")) == 4


def test_a_run_at_another_provider_leaves_the_lock_as_it_is(project, provider) -> None:
    first = rendered(project, provider)
    before = project.read_bytes(LOCK)
    second = provider()
    finished = project.run("run", "pipeline.yaml", "--yes")
    assert (
        f"`pipeline.lock.yaml` is of the provider `{first.base_url.removesuffix('/v1')}`, and this run was at"
        f" `{second.base_url.removesuffix('/v1')}`: it is left as it is\n"
    ) in finished.stderr
    assert project.read_bytes(LOCK) == before


def test_where_ci_is_set_a_paid_run_is_locked(project, provider, monkeypatch) -> None:
    one = provider()
    project.write({"pipeline.yaml": CAMPAIGN})
    monkeypatch.setenv("CI", "true")
    finished = project.run("run", "pipeline.yaml", "--yes")
    assert (finished.exit_code, len(one.submits)) == (65, 0)
    assert finished.stderr == (
        "error: a paid run where `CI` is set needs a lock, and there is no `pipeline.lock.yaml` [lock-needed]\n"
        "  help: write it with `callsheet lock FILE`, look at it, and commit it; or say `--no-locked`\n"
    )
    assert project.run("run", "pipeline.yaml", "--simulate").exit_code == 0
    assert project.run("run", "pipeline.yaml", "--yes", "--no-locked").exit_code == 0
    assert len(one.submits) == 2
    before = project.read_bytes(LOCK)
    project.edit("pipeline.yaml", "look: [dawn, studio]", "look: [dawn, studio, night]")
    finished = project.run("run", "pipeline.yaml", "--yes")
    assert (finished.exit_code, len(one.submits), project.read_bytes(LOCK)) == (65, 2, before)


def test_a_lock_that_is_broken_stops_everything_and_changes_nothing(project, provider) -> None:
    one = rendered(project, provider)
    text = project.read(LOCK).replace("frame[look=dawn]: ", "<<<<<<< ours\nframe[look=dawn]: ")
    project.write({LOCK: text})
    for verb in ("plan", "run", "lock"):
        finished = project.run(verb, "pipeline.yaml")
        assert finished.exit_code == 65
        assert finished.stderr.startswith("pipeline.lock.yaml:5:1: error: git left a conflict here [lock-conflict]\n")
    assert (len(one.submits), project.read(LOCK)) == (2, text)


def test_a_lock_that_was_changed_during_a_run_is_added_to(project, provider) -> None:
    rendered(project, provider)
    project.edit("pipeline.yaml", "look: [dawn, studio]", "look: [dawn, studio, night]")
    text = project.read(LOCK)
    line = next(line for line in text.splitlines() if line.startswith("shot[look=studio]"))
    events = project.folder / "events.ndjson"
    other = line.replace("look=studio", "look=gone")
    events.write_text("")
    project.write({LOCK: text + other + "\n"})
    assert project.run("run", "pipeline.yaml", "--yes").exit_code == 0
    assert set(records(project)) >= {"shot[look=gone]", "shot[look=night]", "frame[look=night]"}


def test_what_two_runs_at_once_made_is_all_in_the_lock(project, provider) -> None:
    provider()
    project.write({"pipeline.yaml": CAMPAIGN})
    command = [sys.executable, "-m", "callsheet", "run", "pipeline.yaml", "--yes", "--only"]
    runs = [
        subprocess.Popen(
            [*command, f"look={look}"], cwd=project.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        for look in ("dawn", "studio")
    ]
    assert [run.wait(60) for run in runs] == [0, 0]
    assert all("outputs" in record for record in records(project).values())
    assert len(records(project)) == 4
