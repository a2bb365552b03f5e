"""`callsheet pick`: records which take was chosen, refuses what is not there, and says what would run next."""

from __future__ import annotations

import json
import subprocess
import sys
from io import BytesIO
from itertools import islice

import pytest
from PIL import Image

CAMPAIGN = """
callsheet: 1
name: shop
seed: 7
axes:
  look: [dawn, studio]
  take: {takes: 2, unpicked: hold}
nodes:
  shot:
    route: wan-ai/wan-2-7/text-to-video
    over: [look, take]
    input: {prompt: "A bottle, {{ look }}", duration: 2}
  more:
    route: bytedance/seedance-v2/pro
    over: [look]
    input: {video: "{{ nodes.long.video }}", prompt: "Video 1 goes on", resolution: 480p, duration: 4}
  long: {step: loop, over: [look], input: {video: "{{ nodes.shot.video }}", times: 3}}
  title: {step: still, input: {image: a.png, seconds: 1}}
"""


@pytest.fixture
def picture() -> bytes:
    content = BytesIO()
    Image.new("RGB", (400, 400), "navy").save(content, "PNG")
    return content.getvalue()


@pytest.fixture
def shop(project, provider, picture):
    """The campaign with all takes made and none picked."""
    one = provider()
    project.write({"pipeline.yaml": CAMPAIGN, "a.png": picture})
    finished = project.run("run", "pipeline.yaml", "--yes")
    assert finished.exit_code == 0, finished.stderr
    return one


def test_a_pick_is_recorded_and_what_would_run_next_is_told(project, shop) -> None:
    picked = project.run("pick", "pipeline.yaml", "shot[look=dawn]", "2")
    assert (picked.exit_code, picked.stderr) == (0, "")
    assert picked.stdout == (
        "shot[look=dawn]: take 2 is picked\nnext: 1 to render (price unknown), 1 local, 5 cached, 2 held (price unknown)\n"
    )
    again = project.run("pick", "pipeline.yaml", "shot[look=dawn,take=2]", "1", "--note", "calmer")
    assert again.stdout.startswith("shot[look=dawn]: take 1 is picked in place of take 2\n")
    same = project.run("pick", "pipeline.yaml", "shot[look=dawn]", "1")
    assert same.stdout.startswith("shot[look=dawn]: take 1 is picked, as before\n")
    lines = project.read("pipeline.picks.yaml").splitlines()
    assert lines[1] == "callsheet-picks: 1"
    of, _, record = lines[2].partition(": ")
    assert (len(lines), of) == (3, "shot[look=dawn]")
    assert {name: json.loads(record)[name] for name in ("take", "note")} == {"take": "1", "note": "calmer"}


def test_a_pick_as_data(project, shop) -> None:
    outputs = {one["id"]: one for one in project.run("run", "pipeline.yaml", "--yes", "--json").json["instances"]}
    picked = project.run("pick", "pipeline.yaml", "shot[look=dawn]", "2", "--json").json
    take = outputs["shot[look=dawn,take=2]"]
    assert {name: value for name, value in picked.items() if name != "next"} == {
        "instance": "shot[look=dawn]",
        "take": "2",
        "before": None,
        "file": "pipeline.picks.yaml",
        "key": take["key"],
        "sha256": [take["outputs"][0]["sha256"]],
        "note": None,
        "warnings": [],
    }
    assert (picked["next"]["render"], picked["next"]["held"]) == (1, 2)


def test_a_pick_is_taken_back(project, shop) -> None:
    project.run("pick", "pipeline.yaml", "shot[look=dawn]", "2")
    project.run("pick", "pipeline.yaml", "shot[look=studio]", "1")
    cleared = project.run("pick", "pipeline.yaml", "shot[look=dawn]", "--clear")
    assert cleared.stdout.startswith("shot[look=dawn]: the pick of take 2 is taken back\nnext: 1 to render")
    again = project.run("pick", "pipeline.yaml", "shot[look=dawn]", "--clear")
    assert (again.exit_code, again.stderr) == (
        65,
        "error: no take of `shot[look=dawn]` is picked [nothing-picked]\n  help: did you mean `shot[look=studio]`?\n",
    )
    assert project.run("pick", "pipeline.yaml", "shot[look=studio]", "--clear").exit_code == 0
    assert not (project.folder / "pipeline.picks.yaml").exists()


def test_the_pick_of_an_instance_that_is_gone_can_be_taken_back(project, shop) -> None:
    project.run("pick", "pipeline.yaml", "shot[look=dawn]", "2")
    project.edit("pipeline.yaml", "[dawn, studio]", "[studio]")
    assert project.run("pick", "pipeline.yaml", "shot[look=dawn]", "--clear").exit_code == 0


def test_marks_that_another_tool_made_stay(project, shop) -> None:
    project.write(
        {"pipeline.picks.yaml": 'callsheet-picks: 1\nshot[look=dawn]: {"rejected": {"1": "flicker", "2": "soft"}}\n'}
    )
    project.run("pick", "pipeline.yaml", "shot[look=dawn]", "2")
    record = json.loads(project.read("pipeline.picks.yaml").splitlines()[2].partition(": ")[2])
    assert (record["take"], record["rejected"]) == ("2", {"1": "flicker"})
    project.run("pick", "pipeline.yaml", "shot[look=dawn]", "--clear")
    assert project.read("pipeline.picks.yaml").endswith('shot[look=dawn]: {"rejected": {"1": "flicker"}}\n')


@pytest.mark.parametrize(
    ("instance", "take", "said"),
    [
        (
            "shot[look=dawn]",
            "7",
            "error: `shot[look=dawn]` has no take `7` [unknown-take]\n  help: there are: `1`, `2`\n",
        ),
        (
            "shot[look=dwn]",
            "1",
            "error: there is no instance `shot[look=dwn]` with takes [unknown-instance]\n"
            "  help: did you mean `shot[look=dawn]`?\n",
        ),
        ("title", "1", "error: `title` has no takes to pick one of [no-takes]\n  help: nodes with takes: `shot`\n"),
    ],
)
def test_what_is_not_there_can_not_be_picked(project, shop, instance, take, said) -> None:
    refused = project.run("pick", "pipeline.yaml", instance, take)
    assert (refused.exit_code, refused.stderr, refused.stdout) == (65, said, "")
    assert not (project.folder / "pipeline.picks.yaml").exists()


def test_a_take_that_is_not_made_or_whose_bytes_are_gone_can_not_be_picked(project, shop) -> None:
    project.edit("pipeline.yaml", "{takes: 2, unpicked", "{takes: 3, unpicked")
    refused = project.run("pick", "pipeline.yaml", "shot[look=dawn]", "3")
    assert (refused.exit_code, refused.stderr) == (
        65,
        "error: take `3` of `shot[look=dawn]` is not there to be picked: never rendered [not-made]\n"
        "  help: `callsheet run pipeline.yaml` makes it\n",
    )
    for blob in (project.folder / ".callsheet/store").rglob("*"):
        if blob.is_file():
            blob.unlink()
    refused = project.run("pick", "pipeline.yaml", "shot[look=dawn]", "1")
    assert refused.exit_code == 65
    assert "error: take `1` of `shot[look=dawn]` is not there to be picked: its bytes are missing" in refused.stderr


def test_a_pipeline_without_takes_has_nothing_to_pick(project, picture) -> None:
    project.write({"a.png": picture})
    project.write(
        {"pipeline.yaml": "callsheet: 1\nname: x\nnodes:\n  a: {step: still, input: {image: a.png, seconds: 1}}\n"}
    )
    assert project.run("pick", "pipeline.yaml", "b", "1").stderr == (
        "error: there is no instance `b` with takes [unknown-instance]\n"
        "  help: no node of this pipeline is made over a takes axis\n"
    )


@pytest.mark.parametrize("words", [(), ("1", "--clear"), ("--clear", "--note", "x")])
def test_either_a_take_or_clear(project, shop, words) -> None:
    refused = project.run("pick", "pipeline.yaml", "shot[look=dawn]", *words)
    assert (refused.exit_code, refused.stderr) == (
        64,
        "error: say either which TAKE to pick, or `--clear` [bad-option]\n",
    )


def test_a_profile_picks_into_the_same_file(project, shop) -> None:
    project.write({"pipeline.yaml": CAMPAIGN + "profiles: {draft: {only: {look: [dawn]}}}\n"})
    picked = project.run("pick", "pipeline.yaml", "shot[look=dawn]", "2", "--profile", "draft")
    assert picked.exit_code == 0, picked.stderr
    assert project.run("pick", "pipeline.yaml", "shot[look=dawn]", "1").stdout.startswith(
        "shot[look=dawn]: take 1 is picked in place of take 2\n"
    )


def test_a_take_is_picked_while_a_run_goes_on(project, provider, picture) -> None:
    provider("render:stuck#4")
    project.write({"pipeline.yaml": CAMPAIGN, "a.png": picture})
    command = [sys.executable, "-m", "callsheet", "run", "pipeline.yaml", "--yes"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as going_on:
        try:
            instance, _, take = third_made(going_on.stderr).rstrip("]").rpartition(",take=")
            picked = project.run("pick", "pipeline.yaml", f"{instance}]", take)
            assert (picked.exit_code, picked.stderr) == (0, "")
            assert going_on.poll() is None
        finally:
            going_on.kill()


def third_made(told) -> str:
    """Reads what a run says until its third shot is made; gives back which that is."""
    made = (line for line in told if "  succeeded" in line and "shot[" in line)
    return next(islice(made, 2, None)).partition("] ")[2].split()[0]
