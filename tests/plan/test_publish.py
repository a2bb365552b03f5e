"""Publish: where outputs go, decided in the plan."""

from __future__ import annotations

import pytest

from callsheet.plan.publish import default_path, path_fault

CLIPS = """
axes:
  look: [dawn, Dawn2]
  take: {takes: 2}
nodes:
  clip:
    route: wan-ai/wan-2-7/text-to-video
    over: [look, take]
    input: {prompt: "in {{ look }}"}
    publish: "PATH"
"""


def test_the_default_name_is_stem_node_and_axes() -> None:
    assert (
        default_path("spring", "hero", [("look", "dawn"), ("take", "1")], ".mp4") == "spring/hero/look=dawn,take=1.mp4"
    )
    assert default_path("spring", "hero", [], ".mp4") == "spring/hero.mp4"


@pytest.mark.parametrize("path", ["../a.mp4", "a/../../b.mp4", "/a.mp4", "~/a.mp4", "a\\b.mp4", "C:a.mp4"])
def test_a_path_cant_leave_the_output_folder(path) -> None:
    assert path_fault(path, "video") == f"`publish: {path}` leaves the output folder"


@pytest.mark.parametrize(
    ("path", "fault"),
    [
        (" ", "`publish` is empty"),
        ("a\x00.mp4", "`publish` holds a control character: 'a\\x00.mp4'"),
        ("a\u202eb.mp4", "`publish` holds a control character: 'a\\u202eb.mp4'"),
        ("clips/", "`publish: clips/` names no file: end it with a name and an extension"),
        ("clip", "`publish: clip` names no file: end it with a name and an extension"),
        (f"{'a' * 300}.mp4", "`publish` has a name of more than 255 bytes"),
        ("a/" * 500 + "a.mp4", "`publish` has more than 900 bytes"),
        ("manifest.json", "`publish: manifest.json` takes a name that callsheet keeps for itself"),
        ("Index.html", "`publish: Index.html` takes a name that callsheet keeps for itself"),
        ("manifest.json/a.mp4", "`publish: manifest.json/a.mp4` takes a name that callsheet keeps for itself"),
        ("a.png", "`publish: a.png` ends with `.png`, but what is made is video"),
    ],
)
def test_a_path_that_no_file_can_have_is_refused(path, fault) -> None:
    assert path_fault(path, "video") == fault


def test_two_instances_with_one_path_are_an_error_in_the_plan(project, pipeline) -> None:
    project.write(pipeline(CLIPS.replace("PATH", "{{ take }}/clip.mp4")))
    assert project.refusal() == (
        "pipeline.yaml:9:3: error: `clip[look=dawn,take=1]` and `clip[look=Dawn2,take=1]` are both published as "
        "`1/clip.mp4` [publish-clash]\n"
        "  9 |   clip:\n"
        "    |   ^^^^\n"
        "  help: name every axis of the node in `publish`\n"
        "pipeline.yaml:9:3: error: `clip[look=dawn,take=2]` and `clip[look=Dawn2,take=2]` are both published as "
        "`2/clip.mp4` [publish-clash]\n"
        "  9 |   clip:\n"
        "    |   ^^^^\n"
        "  help: name every axis of the node in `publish`\n"
        "2 errors\n"
    )


def test_paths_that_differ_by_case_alone_are_one_path(project, pipeline) -> None:
    text = CLIPS.replace("Dawn2", "DAWN").replace("PATH", "{{ look }}-{{ take }}.mp4")
    project.write(pipeline(text))
    assert (
        "`clip[look=dawn,take=1]` and `clip[look=DAWN,take=1]` are both published as `DAWN-1.mp4`" in project.refusal()
    )


def test_with_a_takes_axis_only_the_pick_is_published_unless_the_path_names_the_take(project, pipeline) -> None:
    project.write(pipeline(CLIPS.replace("PATH", "{{ look }}.mp4")))
    finished = project.run("run", "pipeline.yaml", "--simulate", "--json").json
    placed = {one["id"]: one["outputs"][0]["path"] for one in finished["instances"]}
    assert placed["clip[look=dawn,take=1]"] == "previews/dawn.mp4"
    assert placed["clip[look=dawn,take=2]"].startswith(".callsheet/store/")


def test_a_file_that_would_have_to_be_a_folder_of_another_is_an_error_in_the_plan(project, pipeline) -> None:
    body = (
        "nodes:\n"
        "  a: {route: wan-ai/wan-2-7/text-to-video, input: {prompt: a}, publish: q.mp4}\n"
        "  b: {route: wan-ai/wan-2-7/text-to-video, input: {prompt: b}, publish: q.mp4/c.mp4}\n"
    )
    project.write(pipeline(body))
    assert project.refusal() == (
        "pipeline.yaml:7:3: error: `a` is published as `q.mp4`, which is a folder of `b`'s `q.mp4/c.mp4` [publish-clash]\n"
        "  7 |   b: {route: wan-ai/wan-2-7/text-to-video, input: {prompt: b}, publish: q.mp4/c.mp4}\n"
        "    |   ^\n"
        "  help: choose another name for one of them\n"
    )
