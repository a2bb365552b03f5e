"""Why an instance would be made: what changed since it was made last, as values and in a line."""

from __future__ import annotations

import hashlib
import json

from callsheet.shipped import shipped

HERO = "hero[look=dawn]"


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def test_nothing_changed_needs_no_reason(rendered) -> None:
    assert rendered.reasons() == {}


def test_a_changed_prompt_is_told_by_its_words_and_nothing_else_is(rendered) -> None:
    rendered.edit("pipeline.yaml", "warm sunrise rim light", "cold moonlight")
    plan = rendered.plan()
    old = "Slow dolly in on a stone ledge above the sea, warm sunrise rim light; packaging unchanged."
    new = "Slow dolly in on a stone ledge above the sea, cold moonlight; packaging unchanged."
    assert plan[HERO]["why"] == {
        "code": "changed",
        "text": "changed: `prompt` …the sea, [-warm sunrise rim light-]{+cold moonlight+}; packaging…",
        "changes": [{"kind": "field", "field": "prompt", "old": old, "new": new}],
    }
    assert {name: one["why"] for name, one in plan.items() if name != HERO} == {
        "hero[look=studio]": {"code": "cached", "text": "rendered before"},
        "extra[take=1]": {"code": "cached", "text": "rendered before"},
        "extra[take=2]": {"code": "cached", "text": "rendered before"},
        "reel": {"code": "waits-for-producer", "text": f"waits for `{HERO}`"},
    }


def test_a_changed_number_is_told_from_what_to_what(rendered) -> None:
    assert rendered.reasons("--param", "seconds=6")[HERO] == "changed: `duration` 4 → 6"


def test_a_field_that_comes_and_one_that_goes_are_told(rendered) -> None:
    rendered.edit("pipeline.yaml", '      duration: "{{ params.seconds }}"\n', "      resolution: 720p\n")
    assert rendered.why(HERO)["changes"] == [
        {"kind": "field", "field": "resolution", "old": "1080P", "new": "720P"},
        {"kind": "field", "field": "duration", "old": 4, "new": 5},
    ]


def test_a_changed_picture_is_told_by_path_and_digests(rendered, bottle) -> None:
    rendered.write({"assets/bottle.png": bottle(1)})
    before, after = digest(bottle(0)), digest(bottle(1))
    assert rendered.why(HERO) == {
        "code": "changed",
        "text": f"changed: bytes of `assets/bottle.png` ({before[:8]} → {after[:8]})",
        "changes": [
            {
                "kind": "asset",
                "field": "image_url",
                "old": {"asset": "assets/bottle.png", "sha256": before},
                "new": {"asset": "assets/bottle.png", "sha256": after},
            }
        ],
    }


def test_a_renamed_picture_changes_nothing_and_another_one_is_told_by_name(rendered, bottle) -> None:
    text = rendered.project.read("pipeline.yaml")
    rendered.write({"assets/flask.png": bottle(0), "assets/vase.png": bottle(1)})
    rendered.write({"pipeline.yaml": text.replace("assets/bottle.png", "assets/flask.png")})
    assert rendered.reasons() == {}
    rendered.write({"pipeline.yaml": text.replace("assets/bottle.png", "assets/vase.png")})
    assert rendered.reasons()[HERO] == "changed: `image_url` `assets/bottle.png` → `assets/vase.png`"


def test_another_route_is_told_first_and_a_seed_once(rendered) -> None:
    rendered.edit("pipeline.yaml", "seed: 7", "seed: 8")
    why = rendered.why(HERO)
    assert [one["kind"] for one in why["changes"]] == ["seed"]
    assert why["text"] == f"changed: seed {why['changes'][0]['old']} → {why['changes'][0]['new']}"
    rendered.edit(
        "pipeline.yaml", "    route: happyhorse/happyhorse-1.0/image-to-video", "    route: bytedance/seedance-v2/pro"
    )
    assert rendered.why(HERO)["changes"][0] == {
        "kind": "route",
        "field": None,
        "old": "happyhorse/happyhorse-1.0/image-to-video",
        "new": "bytedance/seedance-v2/pro",
    }


def test_a_default_that_moved_is_told_as_a_default(rendered) -> None:
    route = "bytedance--seedance-v1.5-pro--image-to-video.json"
    shape = json.loads((shipped("schemas") / "routes" / route).read_text())
    shape["input_schema"]["properties"]["camera_fixed"]["default"] = False
    rendered.write({f"routes/{route}": json.dumps(shape)})
    assert "extra[take=1]" not in rendered.reasons(), "the lock holds it"
    (rendered.project.folder / "pipeline.lock.yaml").unlink()
    assert rendered.reasons()["extra[take=1]"] == "changed: default of `camera_fixed` true → false"
    assert rendered.why("extra[take=1]")["changes"] == [
        {"kind": "default", "field": "camera_fixed", "old": True, "new": False}
    ]


def test_a_producer_that_made_something_else_is_told_with_its_digests(rendered) -> None:
    rendered.edit("pipeline.yaml", "warm sunrise rim light", "cold moonlight")
    rendered.run("--select", HERO)
    why = rendered.why("reel")
    (change,) = why["changes"]
    assert (why["code"], change["kind"], change["field"]) == ("changed", "producer", "clips")
    assert change["old"]["from"] == change["new"]["from"] == HERO
    (old,), (new,) = change["old"]["sha256"], change["new"]["sha256"]
    assert why["text"] == f"changed: `{HERO}` made something else ({old[:8]} → {new[:8]})"


def test_what_waits_says_what_of_its_own_changed(rendered) -> None:
    rendered.edit("pipeline.yaml", "warm sunrise rim light", "cold moonlight")
    rendered.edit("pipeline.yaml", "fit: pad", "fit: crop")
    assert rendered.why("reel") == {
        "code": "waits-for-producer",
        "text": f"waits for `{HERO}`; changed: `fit` `pad` → `crop`",
        "changes": [{"kind": "field", "field": "fit", "old": "pad", "new": "crop"}],
    }


def test_more_than_three_changes_are_counted_in_the_line_and_all_in_the_data(rendered, bottle) -> None:
    rendered.edit("pipeline.yaml", "seed: 7", "seed: 8")
    rendered.edit("pipeline.yaml", "warm sunrise rim light", "cold moonlight")
    rendered.write({"assets/bottle.png": bottle(1)})
    why = rendered.why(HERO, "--param", "seconds=6")
    assert [one["kind"] for one in why["changes"]] == ["seed", "asset", "field", "field"]
    assert why["text"].endswith("; and 1 more")


def test_a_renamed_node_is_compared_with_what_it_was(rendered) -> None:
    text = rendered.project.read("pipeline.yaml").replace("nodes.hero", "nodes.opening")
    rendered.write({"pipeline.yaml": text.replace("  hero:\n", "  opening:\n    was: hero\n")})
    assert rendered.reasons("--param", "seconds=6")["opening[look=dawn]"] == "changed: `duration` 4 → 6"


def test_what_failed_is_compared_with_what_was_asked_then(project, provider) -> None:
    provider("render:failed#1")
    text = "callsheet: 1\nname: x\nseed: 1\nnodes:\n  a: {route: wan-ai/wan-2-7/text-to-video, input: {prompt: A tall blue bottle on a table, duration: 2}}\n"
    project.write({"pipeline.yaml": text})
    assert project.run("run", "pipeline.yaml", "--yes").exit_code == 65
    project.edit("pipeline.yaml", "blue", "green")
    (one,) = project.run("plan", "pipeline.yaml", "--json").json["instances"]
    assert one["why"]["text"] == "changed since it failed: `prompt` A tall [-blue-]{+green+} bottle on…"


def test_what_was_never_made_is_said_to_be_never_rendered(rendered) -> None:
    rendered.edit("pipeline.yaml", "  take: {takes: 2}", "  take: {takes: 3}")
    assert rendered.why("extra[take=3]") == {"code": "never-rendered", "text": "never rendered"}


def test_what_was_made_and_is_lost_from_the_store_is_said_to_be(project) -> None:
    text = "callsheet: 1\nname: x\nnodes:\n  a: {step: still, input: {image: a.png, seconds: 1}}\n"
    project.write({"pipeline.yaml": text, "a.png": (shipped("examples") / "aurora/assets/bottle.png").read_bytes()})
    assert project.run("run", "pipeline.yaml", "--simulate").exit_code == 0
    for blob in (project.folder / ".callsheet/store").rglob("*"):
        if blob.is_file():
            blob.chmod(0o600)
            blob.unlink()
    assert project.plan()["a"]["why"] == {
        "code": "lost-from-store",
        "text": "made before, and its bytes are missing from the store",
    }
    (project.folder / ".callsheet").rename(project.folder / "gone")
    assert project.plan()["a"]["why"] == {
        "code": "lost-from-store",
        "text": "made before, and neither journal nor store has it any more",
    }


def test_a_manifest_of_an_older_callsheet_or_a_damaged_one_only_says_less(rendered) -> None:
    rendered.edit("pipeline.yaml", "warm sunrise rim light", "cold moonlight")
    place = rendered.project.folder / "renders/manifest.json"
    manifest = json.loads(place.read_text())
    for entry in manifest["instances"]:
        entry.pop("input")
        entry.pop("provider")
    place.write_text(json.dumps(manifest))
    assert rendered.reasons()[HERO] == (
        "changed: it was asked for before with something else, and what that was is not recorded here"
    )
    place.write_text("{")
    (rendered.project.folder / "pipeline.lock.yaml").unlink()
    assert rendered.reasons()[HERO] == "never rendered"


def test_another_provider_is_told(rendered, provider) -> None:
    provider()
    assert [one["kind"] for one in rendered.why(HERO)["changes"]] == ["provider"]


def test_no_query_of_an_address_gets_into_a_reason(rendered) -> None:
    rendered.edit("pipeline.yaml", "packaging unchanged.", "see https://cdn.example/x?sig=secret")
    text = rendered.project.run("plan", "pipeline.yaml", "--json").stdout
    assert "packaging unchanged" in text
    rendered.edit(
        "pipeline.yaml", 'prompt: "Slow dolly in on {{ look.place }}, {{ look.light }}; see https', 'prompt: "https'
    )
    assert "secret" not in rendered.project.run("plan", "pipeline.yaml", "--json").stdout
