"""`state:` selects by what a run would do now and by how the last one left each instance."""

from __future__ import annotations

import pytest

CAMPAIGN = """
callsheet: 1
name: shop
seed: 7
axes:
  look: [dawn, studio, night]
nodes:
  shot:
    route: wan-ai/wan-2-7/text-to-video
    over: [look]
    input: {prompt: "A bottle at {{ look }}.", duration: 2}
  loop: {step: loop, over: [look], input: {video: "{{ nodes.shot.video }}", times: 2}}
"""
SHOTS = ["shot[look=dawn]", "shot[look=studio]", "shot[look=night]"]
LOOPS = ["loop[look=dawn]", "loop[look=studio]", "loop[look=night]"]


def chosen(project, expression: str) -> list[str]:
    """What a selector leaves of a plan of the real provider."""
    finished = project.run("plan", "pipeline.yaml", "--json", "--select", expression)
    assert finished.exit_code == 0, finished.stderr
    return [one["id"] for one in finished.json["instances"] if one["why"]["code"] != "not-selected"]


def run(project, *words: str):
    return project.run("run", "pipeline.yaml", "--yes", "--json", "--concurrency", "1", *words)


@pytest.fixture
def campaign(project):
    return project.write({"pipeline.yaml": CAMPAIGN})


def test_before_the_first_run_all_is_new(campaign) -> None:
    assert chosen(campaign, "state:new") == SHOTS + LOOPS
    assert chosen(campaign, "state:render") == SHOTS
    assert chosen(campaign, "state:local") == LOOPS
    assert chosen(campaign, "state:modified state:failed state:cached state:held state:missing") == []


def test_failures_can_be_run_again_alone(campaign, provider) -> None:
    one = provider("render:failed#2", media=True)
    assert run(campaign).exit_code == 65
    assert chosen(campaign, "state:failed") == SHOTS[1:2]
    assert chosen(campaign, "state:blocked") == LOOPS[1:2]
    assert chosen(campaign, "state:cached") == [SHOTS[0], SHOTS[2], LOOPS[0], LOOPS[2]]
    again = run(campaign, "--select", "state:failed state:blocked")
    assert (again.exit_code, again.json["totals"]["submitted"], len(one.submits)) == (0, 1, 4)
    assert chosen(campaign, "state:failed state:blocked state:new") == []


def test_what_failed_stays_selected_after_it_was_mended(campaign, provider) -> None:
    provider("render:failed#2", media=True)
    run(campaign)
    campaign.edit("pipeline.yaml", "A bottle", "A flask")
    assert chosen(campaign, "state:failed,shot") == SHOTS[1:2]


def test_what_is_asked_for_in_another_way_than_last_time_is_modified(campaign, provider) -> None:
    provider(media=True)
    run(campaign, "--only", "look=dawn,studio")
    assert chosen(campaign, "state:new") == [SHOTS[2], LOOPS[2]]
    campaign.edit("pipeline.yaml", "duration: 2", "duration: 3")
    assert chosen(campaign, "state:modified") == [*SHOTS[:2], *LOOPS[:2]]
    assert chosen(campaign, "state:modified,state:render") == SHOTS[:2]
    assert chosen(campaign, "state:new") == [SHOTS[2], LOOPS[2]]


def test_what_is_in_doubt_and_what_is_behind_it(campaign, provider) -> None:
    provider("submit:drop-after@1")
    run(campaign)
    assert chosen(campaign, "state:unknown") == SHOTS[:1]
    assert chosen(campaign, "state:held") == LOOPS[:1]
    assert chosen(campaign, "state:unknown+") == [SHOTS[0], LOOPS[0]]


def test_what_is_in_flight_and_what_was_cancelled(campaign, provider) -> None:
    provider("status:unknown-state=1", slots=0)
    run(campaign, "--only", "look=dawn,studio")
    assert chosen(campaign, "state:attach") == SHOTS[:2]
    campaign.run("cancel", "pipeline.yaml")
    assert chosen(campaign, "state:cancelled") == SHOTS[:2]


def test_what_a_selection_by_state_names_is_all_that_a_run_does(campaign) -> None:
    finished = campaign.run("run", "pipeline.yaml", "--simulate", "--json", "--select", "state:new,*[look=dawn]")
    states = {one["id"]: one["state"] for one in finished.json["instances"]}
    assert {name for name, state in states.items() if state == "succeeded"} == {SHOTS[0], LOOPS[0]}
    assert {state for name, state in states.items() if "dawn" not in name} == {"skipped"}


def test_the_states_of_an_output_folder_are_its_own(campaign) -> None:
    words = ("run", "pipeline.yaml", "--simulate", "--json", "--output-dir", "elsewhere")
    campaign.run(*words, "--select", "shot[look=dawn]")
    campaign.edit("pipeline.yaml", "A bottle", "A flask")
    finished = campaign.run(*words, "--select", "state:modified")
    made = [one["id"] for one in finished.json["instances"] if one["state"] == "succeeded"]
    assert made == SHOTS[:1]
