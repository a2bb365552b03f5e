"""Everything about one instance, on one screen and as data."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
import rfc8785

from callsheet.shipped import shipped

AURORA = shipped("examples") / "aurora"
HERO = "hero[look=dawn,take=1]"


@pytest.fixture
def aurora(project: Any) -> Any:
    for file in AURORA.rglob("*"):
        if file.is_file():
            project.write({str(file.relative_to(AURORA)): file.read_bytes()})
    return project


def explained(project: Any, instance: str, *words: str) -> dict[str, Any]:
    finished = project.run("explain", "pipeline.yaml", instance, "--simulate", "--json", *words)
    assert finished.exit_code == 0, finished.stderr
    return dict(finished.json)


def refused(project: Any, instance: str) -> str:
    finished = project.run("explain", "pipeline.yaml", instance, "--simulate")
    assert (finished.exit_code, finished.stdout) == (64, "")
    return str(finished.stderr)


def test_a_render_is_explained_on_one_screen(aurora: Any) -> None:
    finished = aurora.run("explain", "pipeline.yaml", HERO, "--simulate")
    assert finished.exit_code == 0
    assert finished.stdout == SCREEN
    assert max(map(len, finished.stdout.split("\n"))) <= 80


SCREEN = """\
hero[look=dawn,take=1]  render

why        never rendered
route      happyhorse/happyhorse-1.0/image-to-video
           by the intent product-reveal: keeps the geometry of an object under
           smooth camera moves
seed       1883133288
           derived from the root seed 20260401, the name `hero`, take `1`
by default watermark false
estimate   0.50 USD: the route's base price; simulated, costs nothing
needs      nothing
used by    spot[look=dawn,language=en]
           spot[look=dawn,language=de]
           spot[look=dawn,language=ja]
published  pipeline/hero/look=dawn,take=1.mp4
journal    knows nothing of this key

POST /v1/models/happyhorse/happyhorse-1.0/image-to-video
{
  "image_url": {"asset": "assets/bottle.png", "sha256":
    "e083135e3ff17915f439a183f3e3f552231ba463c983a4b189480ef0f7ea8b45"},
  "prompt": "Slow dolly in on the Aurora bottle on a stone ledge above the
    sea, warm sunrise rim light; packaging unchanged.",
  "resolution": "1080P",
  "duration": 5,
  "watermark": false,
  "seed": 1883133288
}

key c95de5b155cf06f18f696b37c35c0b41208d1cd757bc19bbe2488fc6ee1f32f2
It is the SHA-256 of:
  {"format":"callsheet-key","input":{"duration":5,"image_url":{"sha256":"e083135
  e3ff17915f439a183f3e3f552231ba463c983a4b189480ef0f7ea8b45"},"prompt":"Slow dol
  ly in on the Aurora bottle on a stone ledge above the sea, warm sunrise rim li
  ght; packaging unchanged.","resolution":"1080P","seed":1883133288,"watermark":
  false},"provider":"simulator","route":"happyhorse/happyhorse-1.0/image-to-vide
  o","version":1}
"""


def test_the_key_is_the_digest_of_the_document_that_is_shown(aurora: Any) -> None:
    found = explained(aurora, HERO)
    assert found["key_document"]["input"]["image_url"] == {"sha256": found["input"]["image_url"]["sha256"]}
    assert found["key_document_exact"] is True
    assert hashlib.sha256(rfc8785.dumps(found["key_document"])).hexdigest() == found["key"]
    screen = aurora.run("explain", "pipeline.yaml", HERO, "--simulate").stdout
    lines = screen.split("It is the SHA-256 of:\n")[1].rstrip("\n").split("\n")
    assert json.loads("".join(line[2:] for line in lines)) == found["key_document"]


def test_the_body_that_is_shown_is_the_one_that_goes_out(project: Any, provider: Any) -> None:
    one = provider()
    text = (
        "callsheet: 1\nname: x\nseed: 4\nnodes:\n  a:\n    route: wan-ai/wan-2-7/text-to-video\n"
        "    input: {prompt: A bottle, duration: 2, negative_prompt: text}\n"
    )
    project.write({"pipeline.yaml": text})
    found = project.run("explain", "pipeline.yaml", "a", "--json").json
    assert project.run("run", "pipeline.yaml", "--yes").exit_code == 0
    (submit,) = one.submits
    assert found["request"] == {"call": "POST /v1/models/wan-ai/wan-2-7/text-to-video", "body": submit["body"]}


def test_what_changed_is_told_below_the_facts(project: Any, provider: Any) -> None:
    provider()
    text = (
        "callsheet: 1\nname: x\nseed: 4\nnodes:\n  a:\n    route: wan-ai/wan-2-7/text-to-video\n"
        "    input: {prompt: A tall blue bottle on a table, duration: 2}\n"
    )
    project.write({"pipeline.yaml": text})
    assert project.run("run", "pipeline.yaml", "--yes").exit_code == 0
    done = project.run("explain", "pipeline.yaml", "a")
    assert "\nwhy        rendered before\n" in done.stdout
    assert "\njournal    done, 1 submit, request " in done.stdout
    assert "\noutput     video: renders/pipeline/a.mp4\n" in done.stdout
    project.edit("pipeline.yaml", "blue bottle", "green bottle")
    changed = project.run("explain", "pipeline.yaml", "a")
    assert "\nwhy        changed\n" in changed.stdout
    assert (
        "\nchanged\n  ~ `prompt`: A tall [-blue-]{+green+} bottle on a table\n\nPOST /v1/models/wan-ai/"
        in changed.stdout
    )
    former = project.run("explain", "pipeline.yaml", "a", "--json").json
    assert f"\nbefore     made under the key {former['former_key'][:8]}\n" in changed.stdout
    assert [one["kind"] for one in former["why"]["changes"]] == ["field"]


def test_a_step_that_waits_is_explained_as_far_as_it_is_known(aurora: Any) -> None:
    finished = aurora.run("explain", "pipeline.yaml", "spot[look=dawn,language=en]", "--simulate")
    assert finished.stdout == (
        "spot[look=dawn,language=en]  local\n"
        "\n"
        "why        waits for `hero[look=dawn,take=1]`\n"
        "step       concat, version 1\n"
        "seed       none: a step draws nothing\n"
        'by default audio "first"\n'
        "needs      hero[look=dawn,take=1] (render)\n"
        "           spokesperson[language=en] (render)\n"
        "used by    captioned[look=dawn,language=en]\n"
        "published  pipeline/spot/look=dawn,language=en.mp4\n"
        "journal    is asked when the key is known\n"
        "\n"
        "input\n"
        "{\n"
        '  "clips": [\n'
        '    {"from": "hero[look=dawn,take=1]", "output": "video", "many": false,\n'
        '      "sha256": null},\n'
        '    {"from": "spokesperson[language=en]", "output": "video", "many": false,\n'
        '      "sha256": null}\n'
        "  ],\n"
        '  "fit": "crop",\n'
        '  "audio": "first"\n'
        "}\n"
        "\n"
        "key not known yet\n"
        "It is the SHA-256 of what is asked, and waits for the content of its producers.\n"
    )


@pytest.mark.parametrize(
    ("seeds", "node", "instance", "told"),
    [
        ("take: {takes: 2}", "", "a[take=2]", "derived from the root seed 4, the name `a`, take `2`"),
        ("take: {seeds: [11, 22]}", "", "a[take=22]", "as the pipeline gives it"),
        ("take: {takes: 2}", "seed: 99, ", "a[take=1]", "as the pipeline gives it"),
        ("take: {takes: 2}", "seed: 99, ", "a[take=2]", "derived from the root seed 99, the name `a`, take `2`"),
        ("take: {takes: [x, y]}", "was: old, ", "a[take=y]", "derived from the root seed 4, the name `old`, take `y`"),
        (
            "take: [dawn, dusk]",
            "seed: {vary: [take]}, ",
            "a[take=dusk]",
            "derived from the root seed 4, the name `a`, take `1`, take `dusk`",
        ),
    ],
)
def test_a_seed_is_told_with_what_it_was_made_from(
    project: Any, seeds: str, node: str, instance: str, told: str
) -> None:
    project.write(
        {
            "pipeline.yaml": f"callsheet: 1\nname: x\nseed: 4\naxes:\n  {seeds}\nnodes:\n  a: {{{node}over: [take], "
            "route: wan-ai/wan-2-7/text-to-video, input: {prompt: A bottle}}\n"
        }
    )
    screen = project.run("explain", "pipeline.yaml", instance, "--simulate").stdout
    assert told in screen.split("\nseed ")[1].split("\nby default")[0].replace("\n           ", " ")


def test_the_seed_of_an_instance_in_a_used_pipeline_is_told_by_its_qualified_name(project: Any) -> None:
    inner = (
        "callsheet: 1\nname: part\naxes:\n  take: {takes: 2}\nnodes:\n"
        "  a: {over: [take], route: wan-ai/wan-2-7/text-to-video, input: {prompt: A bottle}}\n"
        'outputs: {video: "{{ nodes.a.video }}"}\n'
    )
    project.write(
        {"part.yaml": inner, "pipeline.yaml": "callsheet: 1\nname: x\nseed: 4\nnodes:\n  spot: {use: part.yaml}\n"}
    )
    seed = {"root": 4, "name": "spot.a", "take": "2", "vary": {}, "draw": 0}
    assert explained(project, "spot.a[take=2]")["seed_from"] == seed


def test_an_instance_is_found_by_its_node_and_by_as_many_axes_as_tell_it_apart(aurora: Any) -> None:
    assert explained(aurora, "hero[take=2,look=studio]")["id"] == "hero[look=studio,take=2]"
    assert explained(aurora, "spokesperson[language=ja]")["id"] == "spokesperson[language=ja]"
    assert explained(aurora, "hero", "--profile", "draft", "--only", "look=dawn")["id"] == HERO


def test_a_name_that_is_none_or_several_is_refused_with_the_right_ones(aurora: Any) -> None:
    assert refused(aurora, "hero[look=dawn]") == (
        "error: `hero[look=dawn]` is 2 instances, and one is explained at a time [many-instances]\n"
        "  help: say which: `hero[look=dawn,take=1]`, `hero[look=dawn,take=2]`\n"
    )
    assert refused(aurora, "herro") == (
        "error: the plan has no instance `herro` [unknown-instance]\n  help: did you mean `hero`?\n"
    )
    assert refused(aurora, "spot[look=studio,language=ja]") == (
        "error: the plan has no instance `spot[look=studio,language=ja]` [unknown-instance]\n"
        "  help: did you mean `spot[look=studio,language=en]`?\n"
    )
    assert refused(aurora, "zzz") == (
        "error: the plan has no instance `zzz` [unknown-instance]\n"
        "  help: the nodes are `hero`, `spokesperson`, `spot`, `captioned`\n"
    )


def test_no_address_is_shown_with_its_query(project: Any) -> None:
    project.write(
        {
            "pipeline.yaml": "callsheet: 1\nname: x\nseed: 4\nnodes:\n  a: {route: wan-ai/wan-2-7/text-to-video, "
            "input: {prompt: 'https://cdn.example/x?X-Amz-Signature=secret'}}\n"
        }
    )
    for words in ([], ["--json"]):
        finished = project.run("explain", "pipeline.yaml", "a", "--simulate", *words)
        assert finished.exit_code == 0
        assert "secret" not in finished.stdout
    assert (
        "It is the SHA-256 of this, with addresses in full:"
        in project.run("explain", "pipeline.yaml", "a", "--simulate").stdout
    )


def test_explaining_writes_nothing(aurora: Any) -> None:
    before = sorted(aurora.folder.rglob("*"))
    explained(aurora, HERO)
    assert sorted(aurora.folder.rglob("*")) == before


WAN, SEEDANCE = "wan-ai/wan-2-7/text-to-video", "bytedance/seedance-v2/pro"
SHOP = f"""
callsheet: 1
name: shop
seed: 7
nodes:
  shot:
    route: {WAN}
    input: {{prompt: A bottle on a ledge., duration: 4}}
    fallback: [{{route: {SEEDANCE}, input: {{duration: 5}}}}]
"""


def shop(project: Any) -> dict[str, Any]:
    finished = project.run("explain", "pipeline.yaml", "shot", "--json")
    assert finished.exit_code == 0, finished.stderr
    return dict(finished.json)


def test_what_a_fallback_made_is_explained_by_the_request_that_made_it(project: Any, provider: Any) -> None:
    one = provider("render:failed#1")
    project.write({"pipeline.yaml": SHOP})
    assert project.run("run", "pipeline.yaml", "--yes").exit_code == 0
    found = shop(project)
    assert found["request"] == {"call": f"POST /v1/models/{SEEDANCE}", "body": one.submits[1]["body"]}
    assert hashlib.sha256(rfc8785.dumps(found["key_document"])).hexdigest() == found["key"]
    screen = project.run("explain", "pipeline.yaml", "shot").stdout
    assert (
        f"route      {SEEDANCE}\n"
        f"           in place of {WAN}, which failed: the API\n"
        "           failed this render: the render failed (simulated)\n"
    ) in screen
    assert "Should that fail" not in screen


def test_what_would_be_asked_should_a_render_fail_is_shown_below_it(project: Any, provider: Any) -> None:
    provider()
    project.write({"pipeline.yaml": SHOP})
    found = shop(project)
    assert found["request"]["call"] == f"POST /v1/models/{WAN}"
    screen = project.run("explain", "pipeline.yaml", "shot").stdout
    key = found["fallbacks"][0]["key"][:8]
    assert screen.partition("Should")[2].split("\n")[:4] == [
        f" that fail for good, this is asked instead, under the key {key}:",
        f"POST /v1/models/{SEEDANCE}",
        "{",
        '  "prompt": "A bottle on a ledge.",',
    ]


def test_a_fallback_that_a_lock_has_is_said_to_be_of_the_lock(project: Any, provider: Any) -> None:
    provider("render:failed#1")
    project.write({"pipeline.yaml": SHOP})
    assert project.run("run", "pipeline.yaml", "--yes").exit_code == 0
    (project.folder / ".callsheet/state.db").unlink()
    screen = project.run("explain", "pipeline.yaml", "shot").stdout
    assert f"route      {SEEDANCE}\n           in place of {WAN}, as the lock has it\n" in screen
