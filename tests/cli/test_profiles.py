"""`--profile`: what each command makes of a file with a profile laid over it."""

from __future__ import annotations

import pytest

CAMPAIGN = """\
callsheet: 1
name: shop
seed: 7
params: {product: Aurora, seconds: {type: integer, default: 8, maximum: 15}}
axes:
  look: {dawn: {light: warm}, dusk: {light: blue}}
  take: {takes: 2}
exclude: [{look: dusk, take: 2}]
defaults: {resolution: 1080p, aspect_ratio: 9:16}
nodes:
  hero:
    route: wan-ai/wan-2-7/text-to-video
    over: [look, take]
    input: {prompt: "{{ params.product }}, {{ look.light }}", duration: "{{ params.seconds }}", negative_prompt: people}
  reel: {step: concat, input: {clips: "{{ nodes.hero.videos }}"}}
profiles:
  draft:
    seed: 8
    params: {seconds: 3}
    defaults: {resolution: 720p, aspect_ratio: ~}
    axes: {look: {dusk: {light: violet}, noon: {light: white}}}
    exclude: [{take: 2}]
    only: {look: [dusk, noon]}
    nodes:
      hero: {input: {negative_prompt: ~}}
      reel: ~
      still: {step: poster, over: [look, take], input: {video: "{{ nodes.hero.video }}"}}
"""


@pytest.fixture
def campaign(project):
    return project.write({"pipeline.yaml": CAMPAIGN})


def test_a_profile_changes_all_that_it_may(campaign) -> None:
    base, draft = campaign.plan(), campaign.plan("--profile", "draft")
    assert list(base) == ["hero[look=dawn,take=1]", "hero[look=dawn,take=2]", "hero[look=dusk,take=1]", "reel"]
    assert list(draft) == [
        "hero[look=dusk,take=1]", "hero[look=noon,take=1]", "still[look=dusk,take=1]", "still[look=noon,take=1]",
    ]  # fmt: skip
    given = draft["hero[look=dusk,take=1]"]["input"]
    assert (given["prompt"], given["duration"], given["resolution"]) == ("Aurora, violet", 3, "720p")
    assert "negative_prompt" not in given
    assert given["aspect_ratio"] == "16:9"
    assert given["seed"] != base["hero[look=dusk,take=1]"]["seed"]


def test_without_it_the_file_is_as_it_was(campaign) -> None:
    with_profiles = campaign.plan()
    campaign.write({"pipeline.yaml": CAMPAIGN.partition("profiles:")[0]})
    assert campaign.plan() == with_profiles


def test_options_come_after_the_profile(campaign) -> None:
    plan = campaign.plan("--profile", "draft", "--param", "seconds=5", "--only", "look=dawn,dusk")
    assert [one for one in plan if one.startswith("hero")] == ["hero[look=dawn,take=1]", "hero[look=dusk,take=1]"]
    assert plan["hero[look=dawn,take=1]"]["input"]["duration"] == 5


def test_a_run_does_what_the_plan_of_the_profile_says(campaign) -> None:
    finished = campaign.run("run", "pipeline.yaml", "--simulate", "--json", "--profile", "draft")
    assert finished.exit_code == 0
    assert [one["id"] for one in finished.json["instances"]] == list(campaign.plan("--profile", "draft"))
    assert {one["action"] for one in campaign.plan("--profile", "draft").values()} == {"cached"}
    assert campaign.run("gallery", "pipeline.yaml", "--simulate").exit_code == 0


def test_the_graph_is_that_of_the_profile(campaign) -> None:
    assert campaign.run("graph", "pipeline.yaml", "--profile", "draft").stdout == (
        "flowchart LR\n"
        '  hero(["hero<br/>wan-ai/wan-2-7/text-to-video × 2"])\n'
        '  still["still<br/>poster × 2"]\n'
        "  hero --> still\n"
    )


def test_validate_checks_what_only_the_profile_makes_wrong(campaign) -> None:
    campaign.edit("pipeline.yaml", "params: {seconds: 3}", "params: {seconds: 1}")
    assert campaign.run("validate", "pipeline.yaml").exit_code == 0
    finished = campaign.run("validate", "pipeline.yaml", "--profile", "draft")
    assert finished.exit_code == 65
    assert finished.stderr.startswith(
        "pipeline.yaml:14:73: error: hero[look=dusk,take=1] and 1 more: `duration` must be a whole number from 2 to 15,"
        " not `1`"
    )


def test_a_profile_that_is_not_there_is_told_by_every_command(campaign) -> None:
    for verb in ("plan", "run", "graph", "validate"):
        finished = campaign.run(verb, "pipeline.yaml", "--profile", "drft")
        assert (finished.exit_code, finished.stderr) == (
            65,
            "error: `--profile drft`: there is no profile `drft` [unknown-profile]\n  help: did you mean `draft`?\n",
        )
