"""Runs of pipelines that use pipelines: what goes out, once, and what is kept of it."""

from __future__ import annotations

import json

PART = """
callsheet: 1
name: part
params: {line: {type: text}, clip: {type: video, default: ~}}
axes: {scene: [a, b]}
nodes:
  shot:
    description: One scene of it
    route: wan-ai/wan-2-7/text-to-video
    over: [scene]
    input: {prompt: "{{ params.line }} at {{ scene }}", duration: 2}
  film:
    step: concat
    input: {clips: "{{ [params.clip] + nodes.shot.videos if params.clip is not none else nodes.shot.videos }}"}
outputs: {video: "{{ nodes.film.video }}"}
"""
CAMPAIGN = """
callsheet: 1
name: shop
seed: 7
axes: {language: [en, de]}
nodes:
  opening: {route: wan-ai/wan-2-7/text-to-video, input: {prompt: Opening., duration: 2}}
  spot:
    use: parts/part.yaml
    over: [language]
    with: {line: "Hello {{ language }}", clip: "{{ nodes.opening.video }}"}
  reel: {step: concat, input: {clips: "{{ nodes.spot.videos }}"}}
"""
FILES = {"pipeline.yaml": CAMPAIGN, "parts/part.yaml": PART}


def test_each_request_inside_goes_out_once_and_a_second_run_sends_none(project, provider) -> None:
    one = provider()
    first = project.write(FILES).run("run", "pipeline.yaml", "--yes", "--json")
    assert first.exit_code == 0, first.stderr
    assert sorted(submit["body"]["prompt"] for submit in one.submits) == [
        "Hello de at a", "Hello de at b", "Hello en at a", "Hello en at b", "Opening.",
    ]  # fmt: skip
    assert first.json["totals"]["submitted"] == 5
    project.write({"lib/moved.yaml": PART, "pipeline.yaml": CAMPAIGN.replace("parts/part.yaml", "lib/moved.yaml")})
    again = project.run("run", "pipeline.yaml", "--yes", "--json")
    assert {entry["state"] for entry in again.json["instances"]} == {"cached"}
    assert len(one.submits) == 5


def test_two_uses_that_ask_for_the_same_pay_once(project, provider) -> None:
    one = provider()
    part = PART.replace("    input: {prompt", "    seed: 5\n    input: {prompt")
    body = "callsheet: 1\nname: twice\nseed: 7\nnodes:\n"
    body += "".join(f"  {name}: {{use: part.yaml, with: {{line: Same}}}}\n" for name in ("a", "b"))
    finished = project.write({"pipeline.yaml": body, "part.yaml": part}).run("run", "pipeline.yaml", "--yes", "--json")
    assert finished.exit_code == 0, finished.stderr
    assert len(one.submits) == 2
    assert [entry["shared_with"] for entry in finished.json["instances"] if entry["id"].startswith("b.shot")] == [
        "a.shot[scene=a]", "a.shot[scene=b]",
    ]  # fmt: skip


def test_a_selected_use_is_rendered_alone(project, provider) -> None:
    one = provider()
    project.write(FILES)
    finished = project.run("run", "pipeline.yaml", "--yes", "--json", "--select", "spot.shot[language=de]")
    assert finished.exit_code == 0, finished.stderr
    assert sorted(submit["body"]["prompt"] for submit in one.submits) == ["Hello de at a", "Hello de at b"]


def test_the_manifest_and_the_gallery_know_what_is_inside_by_its_qualified_name(project) -> None:
    finished = project.write(FILES).run("run", "pipeline.yaml", "--simulate")
    assert finished.exit_code == 0, finished.stderr
    manifest = json.loads(project.read("previews/manifest.json"))
    assert [(node["name"], node["description"], node["axes"]) for node in manifest["nodes"]] == [
        ("opening", None, []),
        ("spot.shot", "One scene of it", ["language", "scene"]),
        ("spot.film", None, ["language"]),
        ("reel", None, []),
    ]
    assert project.run("gallery", "pipeline.yaml", "--simulate").exit_code == 0
    assert "spot.shot" in project.read("previews/index.html")
