"""Picks in a run: what is downstream goes on from the picked bytes, and an old pick never applies to new footage."""

from __future__ import annotations

import json
import shutil

import pytest

CAMPAIGN = """
callsheet: 1
name: shop
seed: 7
axes:
  look: [dawn, studio]
  take: {takes: 2}
nodes:
  shot:
    route: wan-ai/wan-2-7/text-to-video
    over: [look, take]
    input: {prompt: "A bottle, {{ look }}", duration: 2}
    publish: "shot/{{ look }}.mp4"
  reel: {step: loop, over: [look], input: {video: "{{ nodes.shot.video }}", times: 2}, publish: "{{ look }}.mp4"}
  film: {step: concat, input: {clips: "{{ nodes.shot.videos }}"}, publish: film.mp4}
"""
HELD = CAMPAIGN.replace("{takes: 2}", "{takes: 2, unpicked: hold}")
ANEW = "the pick of take `2` is stale and counts as none: it has been rendered anew since"


def states(finished) -> dict[str, str]:
    return {one["id"]: one["state"] for one in finished.json["instances"]}


def run(project, *words: str):
    finished = project.run("run", "pipeline.yaml", "--yes", "--json", *words)
    assert finished.exit_code == 0, finished.stderr
    return finished


def actions(project) -> dict[str, str]:
    planned = project.run("plan", "pipeline.yaml", "--json")
    assert planned.exit_code == 0, planned.stderr
    return {one["id"]: one["action"] for one in planned.json["instances"]}


def pick(project, look: str, take: str, *words: str) -> None:
    picked = project.run("pick", "pipeline.yaml", f"shot[look={look}]", take, *words)
    assert picked.exit_code == 0, picked.stderr


@pytest.fixture
def shop(project, provider):
    """A campaign at a provider whose name stays the same when another takes its place."""
    one = provider()
    project.write({"callsheet.toml": '[provider]\nname = "studio"\n', "pipeline.yaml": CAMPAIGN})
    return one


def test_without_a_pick_the_first_take_goes_on(project, shop) -> None:
    run(project)
    manifest = json.loads(project.read("renders/manifest.json"))
    told = {one["id"]: (one["picked"], one["stale_pick"]) for one in manifest["instances"]}
    assert set(told.values()) == {(None, False)}


def test_a_changed_pick_makes_anew_what_is_downstream_of_it_and_nothing_else(project, shop) -> None:
    first = run(project)
    takes = {one["id"]: one["outputs"][0]["sha256"] for one in first.json["instances"] if one["id"].startswith("shot")}
    pick(project, "dawn", "2")
    assert [name for name, action in actions(project).items() if action != "cached"] == ["reel[look=dawn]", "film"]
    again = run(project)
    assert [name for name, state in states(again).items() if state == "succeeded"] == ["reel[look=dawn]", "film"]
    assert (again.json["totals"]["submitted"], len(shop.submits)) == (0, 4)
    manifest = {one["id"]: one for one in json.loads(project.read("renders/manifest.json"))["instances"]}
    assert manifest["reel[look=dawn]"]["input"]["video"]["sha256"] == takes["shot[look=dawn,take=2]"]
    assert [manifest[f"shot[look={look},take={take}]"]["picked"] for look in ("dawn", "studio") for take in "12"] == [
        False,
        True,
        None,
        None,
    ]


def test_back_to_the_first_take_makes_nothing(project, shop) -> None:
    run(project)
    dawn = project.read_bytes("renders/shot/dawn.mp4")
    pick(project, "dawn", "2")
    run(project)
    assert project.read_bytes("renders/shot/dawn.mp4") != dawn
    pick(project, "dawn", "1")
    assert set(actions(project).values()) == {"cached"}
    run(project)
    assert project.read_bytes("renders/shot/dawn.mp4") == dawn
    assert project.run("pick", "pipeline.yaml", "shot[look=dawn]", "--clear").exit_code == 0
    assert set(actions(project).values()) == {"cached"}
    assert not (project.folder / "pipeline.picks.yaml").exists()


def test_a_path_without_the_take_holds_the_picked_one(project, shop) -> None:
    first = {one["id"]: one["outputs"][0] for one in run(project).json["instances"]}
    place = "renders/shot/dawn.mp4"
    assert first["shot[look=dawn,take=1]"]["path"] == place
    pick(project, "dawn", "2")
    second = {one["id"]: one["outputs"][0] for one in run(project).json["instances"]}
    assert (second["shot[look=dawn,take=2]"]["path"], second["shot[look=studio,take=1]"]["path"]) == (
        place,
        "renders/shot/studio.mp4",
    )
    assert second["shot[look=dawn,take=2]"]["sha256"] == first["shot[look=dawn,take=2]"]["sha256"]
    assert ".callsheet/store" in second["shot[look=dawn,take=1]"]["path"]


def test_where_a_pick_is_awaited_all_that_is_downstream_is_held_and_nothing_is_published_there(project, shop) -> None:
    project.write({"pipeline.yaml": HELD})
    finished = run(project)
    assert (finished.json["status"], finished.json["exit_code"]) == ("held", 0)
    assert [name for name, state in states(finished).items() if state == "held"] == [
        "reel[look=dawn]",
        "reel[look=studio]",
        "film",
    ]
    assert finished.json["instances"][4]["error"] == {
        "code": "unpicked",
        "message": "waits for a pick of `shot[look=dawn]`",
        "hint": "`callsheet pick pipeline.yaml 'shot[look=dawn]' TAKE` picks one",
    }
    assert sorted(path.name for path in (project.folder / "renders").iterdir()) == ["manifest.json"]
    pick(project, "dawn", "2")
    assert [name for name, state in states(run(project)).items() if state == "held"] == ["reel[look=studio]", "film"]
    pick(project, "studio", "1")
    assert run(project).json["status"] == "succeeded"
    assert len(shop.submits) == 4


@pytest.mark.parametrize(("campaign", "then"), [(CAMPAIGN, "local"), (HELD, "held")])
def test_a_pick_of_a_take_that_is_made_from_something_else_now_counts_as_none(project, shop, campaign, then) -> None:
    project.write({"pipeline.yaml": campaign})
    run(project)
    for look in ("dawn", "studio"):
        pick(project, look, "2")
    run(project)
    project.edit("pipeline.yaml", "A bottle, {{ look }}", "A {% if look == 'dawn' %}red {% endif %}bottle, {{ look }}")
    planned = project.run("plan", "pipeline.yaml", "--json").json
    assert planned["warnings"] == [
        {
            "code": "stale-pick",
            "message": "the pick of take `2` is stale and counts as none: what it is made from has changed since",
            "place": None,
            "instance": "shot[look=dawn]",
            "hint": "`callsheet pick pipeline.yaml 'shot[look=dawn]' TAKE` picks anew; until then "
            + ("the first take is used" if then == "local" else "what needs it is held"),
        }
    ]
    by_id = {one["id"]: one for one in planned["instances"]}
    assert (by_id["reel[look=dawn]"]["action"], by_id["reel[look=studio]"]["action"]) == (then, "cached")
    assert "shot[look=dawn,take=1]" in by_id["reel[look=dawn]"]["needs"]
    project.edit("pipeline.yaml", "{% if look == 'dawn' %}red {% endif %}", "")
    assert set(actions(project).values()) == {"cached"}


def test_a_pick_of_a_take_that_is_no_longer_made_counts_as_none(project, shop) -> None:
    run(project)
    pick(project, "dawn", "2")
    project.edit("pipeline.yaml", "{takes: 2}", "{takes: 1}")
    told = project.run("plan", "pipeline.yaml").stdout
    assert (
        "warning: shot[look=dawn]: the pick of take `2` is stale and counts as none: take `2` is no longer made"
        " [stale-pick]\n"
        "  help: `callsheet pick pipeline.yaml 'shot[look=dawn]' TAKE` picks anew; until then the first take is used"
    ) in told


def test_a_pick_goes_with_its_node_over_a_rename(project, shop) -> None:
    run(project)
    pick(project, "dawn", "2")
    run(project)
    project.write(
        {"pipeline.yaml": CAMPAIGN.replace("  shot:\n", "  hero:\n    was: shot\n").replace("nodes.shot", "nodes.hero")}
    )
    assert set(actions(project).values()) == {"cached"}
    by_id = {one["id"]: one for one in project.run("plan", "pipeline.yaml", "--json").json["instances"]}
    assert by_id["reel[look=dawn]"]["needs"] == ["hero[look=dawn,take=2]"]
    assert project.run("pick", "pipeline.yaml", "hero[look=dawn]", "1").exit_code == 0
    assert [line.partition(":")[0] for line in project.read("pipeline.picks.yaml").splitlines()[2:]] == [
        "hero[look=dawn]"
    ]


@pytest.mark.parametrize(("campaign", "then"), [(CAMPAIGN, "cached"), (HELD, "held")])
def test_footage_that_a_run_makes_anew_is_not_gone_on_from_under_its_old_pick(
    project, shop, provider, campaign, then
) -> None:
    project.write({"pipeline.yaml": campaign})
    run(project)
    pick(project, "dawn", "2")
    pick(project, "studio", "1")
    run(project)
    published = {name: project.read_bytes(f"renders/{name}") for name in ("shot/dawn.mp4", "dawn.mp4", "film.mp4")}
    provider(media=True)  # other bytes for the same requests

    anew = run(project, "--rerender", "--select", "+reel[look=dawn]")

    assert (anew.json["status"], states(anew)["reel[look=dawn]"]) == ("held", "held")
    reel = next(one for one in anew.json["instances"] if one["id"] == "reel[look=dawn]")
    assert reel["error"] == {
        "code": "stale-pick",
        "message": "take `2` of `shot[look=dawn]` was picked, and this run made it anew, as other footage",
        "hint": "look at it, pick again with `callsheet pick pipeline.yaml 'shot[look=dawn]' TAKE`, and run again",
    }
    assert anew.json["warnings"][0]["message"] == ANEW
    assert {name: project.read_bytes(f"renders/{name}") for name in published} == published
    manifest = {one["id"]: one for one in json.loads(project.read("renders/manifest.json"))["instances"]}
    told = [(manifest[f"shot[look=dawn,take={take}]"][name]) for take in "12" for name in ("picked", "stale_pick")]
    assert told == [None, False, None, True]
    assert actions(project)["reel[look=dawn]"] == then
    assert ANEW in project.run("plan", "pipeline.yaml").stdout
    pick(project, "dawn", "2")
    assert "stale-pick" not in project.run("plan", "pipeline.yaml").stdout
    assert states(run(project))["film"] == "succeeded"
    assert project.read_bytes("renders/shot/dawn.mp4") != published["shot/dawn.mp4"]


def test_all_that_is_behind_such_a_pick_is_held_too(project, shop, provider) -> None:
    still = '  still: {step: first_frame, over: [look], input: {video: "{{ nodes.reel.video }}"}}\n'
    project.write({"pipeline.yaml": HELD + still})
    run(project)
    for look in ("dawn", "studio"):
        pick(project, look, "2")
    run(project)
    provider(media=True)
    anew = run(project, "--rerender")
    assert [name for name, state in states(anew).items() if state == "held"] == [
        "reel[look=dawn]",
        "reel[look=studio]",
        "film",
        "still[look=dawn]",
        "still[look=studio]",
    ]
    assert anew.json["instances"][-1]["error"]["message"] == "behind `reel[look=studio]`, which is held"
    assert anew.json["totals"]["failed"] == 0


def test_in_a_clone_without_a_journal_a_pick_holds_where_the_same_footage_comes(project, shop) -> None:
    run(project)
    pick(project, "dawn", "2")
    for left in (".callsheet", "renders"):
        shutil.rmtree(project.folder / left)
    clone = run(project, "--rerender")
    assert set(states(clone).values()) == {"succeeded"}
    by_id = {one["id"]: one for one in project.run("plan", "pipeline.yaml", "--json").json["instances"]}
    assert by_id["reel[look=dawn]"]["needs"] == ["shot[look=dawn,take=2]"]


def test_in_a_clone_without_a_journal_other_footage_is_not_gone_on_from(project, shop, provider) -> None:
    run(project)
    pick(project, "dawn", "2")
    for left in (".callsheet", "renders"):
        shutil.rmtree(project.folder / left)
    provider(media=True)
    clone = run(project, "--rerender")
    assert {name: state for name, state in states(clone).items() if state != "succeeded"} == {
        "reel[look=dawn]": "held",
        "film": "held",
    }
    assert not (project.folder / "renders/shot/dawn.mp4").exists()


def test_previews_have_picks_of_their_own(project) -> None:
    project.write({"pipeline.yaml": CAMPAIGN})
    assert project.run("run", "pipeline.yaml", "--simulate").exit_code == 0
    pick(project, "dawn", "2", "--simulate")
    assert project.plan()["reel[look=dawn]"]["needs"] == ["shot[look=dawn,take=2]"]
    paid = {one["id"]: one for one in project.run("plan", "pipeline.yaml", "--json").json["instances"]}
    assert paid["reel[look=dawn]"]["needs"] == ["shot[look=dawn,take=1]"]
    assert (project.folder / "pipeline.preview.picks.yaml").exists()


def test_a_take_that_is_named_or_shared_needs_no_pick(project, shop) -> None:
    named = HELD.replace("nodes.shot.video", "nodes.shot.at(take='2').video")
    project.write({"pipeline.yaml": named})
    assert run(project).json["status"] == "succeeded"
    project.write({"pipeline.yaml": HELD.replace("over: [look], input", "over: [look, take], input")})
    assert actions(project)["reel[look=dawn,take=2]"] == "cached"


def test_a_damaged_picks_file_stops_the_plan(project, shop) -> None:
    project.write({"pipeline.picks.yaml": "<<<<<<< ours\n"})
    finished = project.run("plan", "pipeline.yaml")
    assert finished.exit_code == 65
    assert finished.stderr.startswith(
        "pipeline.picks.yaml:1:1: error: `pipeline.picks.yaml` holds the marks of a merge"
    )


def test_the_plan_tells_what_is_held_behind_which_pick_and_totals_it_apart(project, shop) -> None:
    more = """  next:
    route: bytedance/seedance-v2/pro
    over: [look]
    input: {video: "{{ nodes.long.video }}", prompt: "Video 1 goes on", resolution: 480p, duration: 4}
  long: {step: loop, over: [look], input: {video: "{{ nodes.shot.video }}", times: 3}}
"""
    project.write({"pipeline.yaml": HELD + more})
    run(project)
    assert project.run("plan", "pipeline.yaml", "--simulate").stdout.endswith(
        "\n4 to render (0.64 USD estimated; simulated, costs nothing), 0 local, 0 cached, 7\n"
        "held (0.96 USD)\n"
        "held behind the pick of `shot[look=dawn]`: 4 instances, 0.48 USD\n"
        "  callsheet pick pipeline.yaml 'shot[look=dawn]' TAKE --simulate\n"
        "held behind the pick of `shot[look=studio]`: 3 instances, 0.48 USD\n"
        "  callsheet pick pipeline.yaml 'shot[look=studio]' TAKE --simulate\n"
    )


def test_takes_inside_a_used_pipeline_are_picked_in_the_users_file(project, shop) -> None:
    part = """
callsheet: 1
name: part
params: {words: x}
axes: {take: {takes: 2, unpicked: hold}}
nodes:
  clip: {route: wan-ai/wan-2-7/text-to-video, over: [take], input: {prompt: "{{ params.words }}", duration: 2}}
outputs: {video: "{{ nodes.clip.video }}"}
"""
    whole = """
callsheet: 1
name: whole
seed: 3
axes: {shot: {ordered: [a, b]}}
nodes:
  spot: {use: part.yaml, over: [shot], with: {words: "Shot {{ shot }}"}}
  pair:
    step: concat
    over: [shot]
    input: {clips: ["{{ nodes.spot.previous('shot').video }}", "{{ nodes.spot.video }}"]}
"""
    project.write({"pipeline.yaml": whole, "part.yaml": part})
    assert states(run(project))["pair[shot=a]"] == "held"
    for shot in "ab":
        assert project.run("pick", "pipeline.yaml", f"spot.clip[shot={shot}]", "2").exit_code == 0
    planned = project.run("plan", "pipeline.yaml", "--json").json
    by_id = {one["id"]: one for one in planned["instances"]}
    assert by_id["pair[shot=b]"]["needs"] == ["spot.clip[shot=a,take=2]", "spot.clip[shot=b,take=2]"]
    assert set(states(run(project)).values()) == {"cached", "succeeded"}
    project.edit("part.yaml", "{{ params.words }}", "A {{ params.words }}")
    assert {action for name, action in actions(project).items() if name.startswith("pair")} == {"held"}


def test_takes_of_a_whole_used_pipeline_can_not_be_picked(project, shop) -> None:
    part = "callsheet: 1\nname: part\nnodes:\n  clip: {route: wan-ai/wan-2-7/text-to-video, input: {prompt: x}}\n"
    outputs = 'outputs: {video: "{{ nodes.clip.video }}"}\n'
    whole = (
        "callsheet: 1\nname: whole\nseed: 3\naxes: {take: {takes: 2}}\nnodes: {spot: {use: part.yaml, over: [take]}}\n"
    )
    project.write({"pipeline.yaml": whole, "part.yaml": part + outputs})
    refused = project.run("pick", "pipeline.yaml", "spot", "2")
    assert (refused.exit_code, refused.stderr) == (
        65,
        "error: `spot` uses a pipeline, and has no takes to pick one of [no-takes]\n"
        "  help: takes of a whole pipeline can't be picked: name one where it is needed, with"
        " `nodes.spot.at(take='1')`; those that a pipeline makes inside can be\n",
    )
    assert project.run("pick", "pipeline.yaml", "spot.clip", "2").stderr == refused.stderr


def test_what_waits_for_a_take_of_a_whole_pipeline_says_how_to_name_one(project, shop) -> None:
    part = "callsheet: 1\nname: part\nnodes:\n  clip: {route: wan-ai/wan-2-7/text-to-video, input: {prompt: x}}\n"
    part += 'outputs: {video: "{{ nodes.clip.video }}"}\n'
    whole = """\
callsheet: 1
name: whole
seed: 3
axes: {cut: {takes: [a, b], unpicked: hold}}
nodes:
  spot: {use: part.yaml, over: [cut]}
  end: {step: trim, input: {video: "{{ nodes.spot.video }}", seconds: 1}}
"""
    project.write({"pipeline.yaml": whole, "part.yaml": part})
    way = "takes of a whole pipeline can't be picked: name one where it is needed, with `nodes.spot.at(cut='a')`"
    (why,) = [
        one["why"] for one in project.run("plan", "pipeline.yaml", "--json").json["instances"] if one["id"] == "end"
    ]
    assert why == {"code": "unpicked", "text": "waits for a pick of `spot`", "hint": way}
    assert f"held behind the pick of `spot`: 1 instance\n  {way}\n" in project.run("plan", "pipeline.yaml").stdout
    project.edit("pipeline.yaml", "nodes.spot.video", "nodes.spot.at(cut='b').video")
    assert actions(project)["end"] == "local"
