"""A run: what the plan says is what happens."""

from __future__ import annotations

import json

CAMPAIGN = """
callsheet: 1
name: shop
seed: 7
axes:
  look:
    dawn: {light: warm}
    studio: {light: soft}
  take: {takes: 2}
nodes:
  shot:
    route: wan-ai/wan-2-7/text-to-video
    over: [look, take]
    input: {prompt: "A bottle in {{ look.light }} light.", duration: 2}
  reel:
    step: concat
    input: {clips: "{{ nodes.shot.videos }}"}
    publish: reel.mp4
"""


def states(finished) -> dict[str, str]:
    return {one["id"]: one["state"] for one in finished.json["instances"]}


def test_a_run_renders_what_the_plan_says_and_a_second_one_nothing(project) -> None:
    project.write({"pipeline.yaml": CAMPAIGN})
    first = project.run("run", "pipeline.yaml", "--simulate", "--json")
    assert first.exit_code == 0, first.stderr
    assert set(states(first).values()) == {"succeeded"}
    assert (first.json["status"], first.json["totals"]["submitted"]) == ("succeeded", 4)
    again = project.run("run", "pipeline.yaml", "--simulate", "--json")
    assert set(states(again).values()) == {"cached"}
    assert (again.json["totals"]["submitted"], again.json["totals"]["cached"]) == (0, 5)
    assert [one["outputs"] for one in again.json["instances"]] == [one["outputs"] for one in first.json["instances"]]


def test_outputs_lie_where_the_plan_says_with_digest_size_and_media_type(project) -> None:
    project.write({"pipeline.yaml": CAMPAIGN})
    finished = project.run("run", "pipeline.yaml", "--simulate", "--json")
    by_id = {one["id"]: one for one in finished.json["instances"]}
    (reel,) = by_id["reel"]["outputs"]
    (shot,) = by_id["shot[look=dawn,take=2]"]["outputs"]
    assert (reel["name"], reel["path"], reel["media_type"]) == ("video", "previews/reel.mp4", "video/mp4")
    assert shot["path"] == "previews/pipeline/shot/look=dawn,take=2.mp4"
    assert (project.folder / reel["path"]).stat().st_size == reel["bytes"]


def test_a_lost_output_is_put_back_from_the_store_without_a_render(project) -> None:
    project.write({"pipeline.yaml": CAMPAIGN})
    project.run("run", "pipeline.yaml", "--simulate")
    reel = project.folder / "previews/reel.mp4"
    content = reel.read_bytes()
    reel.unlink()
    assert project.run("run", "pipeline.yaml", "--simulate", "--json").json["totals"]["submitted"] == 0
    assert reel.read_bytes() == content


def test_editing_an_output_does_not_touch_the_store_and_is_never_overwritten(project) -> None:
    project.write({"pipeline.yaml": CAMPAIGN})
    project.run("run", "pipeline.yaml", "--simulate")
    project.write({"previews/reel.mp4": b"my own cut"})
    finished = project.run("run", "pipeline.yaml", "--simulate", "--json")
    (reel,) = [one for one in finished.json["instances"] if one["id"] == "reel"]
    assert finished.exit_code == 65
    assert reel["error"] == {
        "code": "not-ours",
        "message": "`previews/reel.mp4` was not written by callsheet, or was changed since",
        "hint": "move it away, or run with `--force`",
    }
    assert project.read("previews/reel.mp4") == "my own cut"
    forced = project.run("run", "pipeline.yaml", "--simulate", "--force", "--json")
    assert (forced.exit_code, forced.json["totals"]["submitted"]) == (0, 0)
    assert project.read_bytes("previews/reel.mp4") != b"my own cut"


def test_adding_a_look_renders_only_what_is_new(project) -> None:
    project.write({"pipeline.yaml": CAMPAIGN})
    before = project.run("run", "pipeline.yaml", "--simulate", "--json").json
    project.edit(
        "pipeline.yaml", "    studio: {light: soft}\n", "    studio: {light: soft}\n    night: {light: neon}\n"
    )
    after = project.run("run", "pipeline.yaml", "--simulate", "--json").json
    assert after["totals"]["submitted"] == 2
    keys = {one["id"]: (one["key"], one["seed"]) for one in after["instances"]}
    for one in before["instances"]:
        if one["id"] != "reel":
            assert keys[one["id"]] == (one["key"], one["seed"])


def test_moving_the_folder_renders_nothing(project) -> None:
    project.write({"work/pipeline.yaml": CAMPAIGN})
    project.run("run", "work/pipeline.yaml", "--simulate")
    (project.folder / "work").rename(project.folder / "moved")
    assert project.run("run", "moved/pipeline.yaml", "--simulate", "--json").json["totals"]["submitted"] == 0


def test_equal_keys_are_rendered_once_in_a_run(project, provider) -> None:
    one = provider()
    project.write({"pipeline.yaml": CAMPAIGN.replace(" in {{ look.light }} light", "")})
    finished = project.run("run", "pipeline.yaml", "--yes", "--json")
    by_id = {instance["id"]: instance for instance in finished.json["instances"]}
    assert len(one.submits) == 2
    assert by_id["shot[look=studio,take=1]"]["shared_with"] == "shot[look=dawn,take=1]"
    assert finished.json["totals"]["shared"] == 2


def test_a_failed_render_blocks_what_needs_it_and_nothing_else(project, provider) -> None:
    provider("render:failed#1")
    project.write({"pipeline.yaml": CAMPAIGN})
    finished = project.run("run", "pipeline.yaml", "--yes", "--json")
    assert finished.exit_code == 65
    found = states(finished)
    assert sorted(found.values()) == ["blocked", "failed", "succeeded", "succeeded", "succeeded"]
    assert found["reel"] == "blocked"


def test_what_failed_before_may_be_submitted_by_a_later_run_and_its_plan_says_so(project, provider) -> None:
    one = provider("render:failed#1")
    project.write({"pipeline.yaml": CAMPAIGN})
    project.run("run", "pipeline.yaml", "--yes")
    plan = project.run("plan", "pipeline.yaml", "--json").json
    (again,) = [instance for instance in plan["instances"] if instance["action"] == "render"]
    assert again["why"]["code"] == "failed-before"
    assert project.run("run", "pipeline.yaml", "--yes").exit_code == 0
    assert len(one.submits) == 5


def test_an_ambiguous_submit_is_unknown_and_never_repeated(project, provider) -> None:
    one = provider("submit:drop-after@1")
    project.write({"pipeline.yaml": CAMPAIGN})
    finished = project.run("run", "pipeline.yaml", "--yes", "--json")
    assert finished.exit_code == 75
    assert sorted(states(finished).values()) == ["blocked", "succeeded", "succeeded", "succeeded", "unknown"]
    again = project.run("run", "pipeline.yaml", "--yes", "--json")
    assert again.exit_code == 75
    assert sorted(states(again).values()) == ["cached", "cached", "cached", "held", "unknown"]
    assert len(one.submits) == 4


def test_a_run_off_a_terminal_needs_yes_or_a_budget(project, provider) -> None:
    one = provider()
    project.write({"pipeline.yaml": CAMPAIGN})
    finished = project.run("run", "pipeline.yaml")
    assert finished.exit_code == 64
    assert finished.stderr.endswith("  help: say `--yes`, or bound it with `--budget USD`\n")
    assert one.submits == []


def test_a_budget_bounds_what_is_submitted_and_unpriced_jobs_need_consent(project, provider) -> None:
    one = provider()
    project.write({"pipeline.yaml": CAMPAIGN})
    finished = project.run("run", "pipeline.yaml", "--budget", "5", "--json")
    assert finished.exit_code == 75
    assert {found["error"]["code"] for found in finished.json["instances"]} == {"unpriced", "blocked"}
    assert one.submits == []


def test_no_submit_does_cached_and_local_work_only(project, provider) -> None:
    one = provider()
    project.write({"pipeline.yaml": CAMPAIGN})
    finished = project.run("run", "pipeline.yaml", "--no-submit", "--json")
    assert (finished.exit_code, set(states(finished).values())) == (0, {"skipped"})
    assert one.submits == []


def test_without_a_token_a_run_exits_77_and_says_what_to_do(project) -> None:
    project.write({"pipeline.yaml": CAMPAIGN})
    finished = project.run("run", "pipeline.yaml", "--yes")
    assert (finished.exit_code, finished.stderr) == (
        77,
        "error: there is no token for the Model API [no-token]\n"
        "  help: set `RUNCOMFY_TOKEN`, use `callsheet login`, or try it free with `--simulate`\n",
    )


def test_a_refused_pipeline_makes_no_request_at_all(project, provider) -> None:
    one = provider()
    project.write({"pipeline.yaml": CAMPAIGN.replace("duration: 2", "duration: 99")})
    assert project.run("run", "pipeline.yaml", "--yes").exit_code == 65
    assert one.calls == []


def test_the_manifest_keeps_request_ids_and_no_secret(project, provider) -> None:
    one = provider()
    project.write({"pipeline.yaml": CAMPAIGN})
    project.run("run", "pipeline.yaml", "--yes")
    manifest = json.loads(project.read("renders/manifest.json"))
    ids = {instance["request_id"] for instance in manifest["instances"] if instance["node"] == "shot"}
    assert ids == {submit["request_id"] for submit in one.submits}
    for path in project.folder.rglob("*"):
        assert not path.is_file() or b"canary-token" not in path.read_bytes()


def test_events_are_one_json_line_per_change_of_state(project) -> None:
    project.write({"pipeline.yaml": CAMPAIGN})
    project.run("run", "pipeline.yaml", "--simulate", "--events", "events.ndjson")
    events = [json.loads(line) for line in project.read("events.ndjson").splitlines()]
    assert events[0] == {"event": "started", "pipeline": "shop", "instances": 5}
    assert events[-1] == {"event": "finished", "status": "succeeded", "exit_code": 0}
    reel = [event["state"] for event in events if event.get("instance") == "reel"]
    assert reel == ["working", "succeeded"]


def test_a_simulated_request_that_did_not_end_is_discarded_and_the_plan_says_so_before(project) -> None:
    project.write({"pipeline.yaml": CAMPAIGN})
    left = project.run("run", "pipeline.yaml", "--simulate", "--timeout", "0.001", "--json")
    assert left.exit_code == 75
    plan = project.run("plan", "pipeline.yaml", "--simulate", "--json").json
    assert (plan["totals"]["render"], plan["totals"]["attach"]) == (4, 0)
    again = project.run("run", "pipeline.yaml", "--simulate", "--json")
    assert (again.exit_code, again.json["totals"]["submitted"]) == (0, 4)


def test_a_budget_that_is_no_number_bounds_nothing_and_is_refused(project, provider) -> None:
    one = provider()
    project.write({"pipeline.yaml": CAMPAIGN})
    finished = project.run("run", "pipeline.yaml", "--budget", "nan")
    assert (finished.exit_code, finished.stderr) == (
        64,
        "error: `--budget nan` is no number that bounds anything [bad-option]\n",
    )
    assert one.calls == []
