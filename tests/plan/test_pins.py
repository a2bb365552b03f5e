"""What a lock holds fast in a plan, and what moves in spite of it, visibly."""

from __future__ import annotations

import json

import pytest

from callsheet.plan.seeds import derive_seed
from callsheet.shipped import shipped

WAN = "wan-ai/wan-2-7/text-to-video"
HAPPY = "happyhorse/happyhorse-1.0/image-to-video"
UNSEEDED = "bytedance/seedance-v1.5-pro/image-to-video"
BODY = f"""
axes:
  look: [dawn, studio]
  take: {{takes: 2}}
nodes:
  clip:
    route: {WAN}
    over: [look, take]
    input: {{prompt: "x {{{{ look }}}}"}}
"""


def locked(project, text: dict[str, str], *words: str) -> dict:
    """The plan of a pipeline that was just locked."""
    project.write(text)
    finished = project.run("lock", "pipeline.yaml", *words)
    assert finished.exit_code == 0, finished.stderr
    return planned(project)


def planned(project) -> dict:
    finished = project.run("plan", "pipeline.yaml", "--json")
    assert finished.exit_code == 0, finished.stderr
    return {one["id"]: one for one in finished.json["instances"]}


def warnings(project) -> list[tuple[str, str]]:
    return [(one["code"], one["message"]) for one in project.run("plan", "pipeline.yaml", "--json").json["warnings"]]


def held(before: dict, after: dict) -> None:
    """Seeds and keys of what was there are what they were."""
    facts = [
        {name: (one["seed"], one["key"]) for name, one in plan.items() if name in before} for plan in (before, after)
    ]
    assert facts[0] == facts[1]


def upgraded(project, route: str, change) -> None:
    """A route of the catalogue as a later one may have it."""
    name = route.replace("/", "--") + ".json"
    description = json.loads((shipped("schemas") / "routes" / name).read_text())
    change(description["input_schema"])
    project.write({f"routes/{name}": json.dumps(description)})


def longer_and_with_audio(schema) -> None:
    schema["properties"]["duration"]["default"] = 8
    schema["properties"]["audio_gain"] = {"type": "number", "default": 0.5, "title": "Gain"}


def record(project, name: str) -> dict:
    line = next(line for line in project.read("pipeline.lock.yaml").splitlines() if line.startswith(f"{name}: "))
    return json.loads(line.removeprefix(f"{name}: "))


def test_the_lock_says_what_a_seed_was_made_from(project, pipeline) -> None:
    locked(project, pipeline(BODY.replace("over: [look, take]", "over: [look, take]\n    seed: {vary: [look]}")))
    assert record(project, "clip[look=dawn,take=2]")["from"] == {
        "root": 7, "name": "clip", "take": "2", "vary": {"look": "dawn"},
    }  # fmt: skip
    locked(project, pipeline(BODY.replace("over: [look, take]", "over: [look, take]\n    seed: 1234")))
    assert record(project, "clip[look=dawn,take=1]")["from"] == {"pin": 1234}
    assert record(project, "clip[look=dawn,take=2]")["from"] == {"root": 1234, "name": "clip", "take": "2"}


def test_a_locked_seed_holds_though_it_would_be_derived_otherwise_now(project, pipeline) -> None:
    locked(project, pipeline(BODY))
    text = project.read("pipeline.lock.yaml")
    project.write({"pipeline.lock.yaml": text.replace(str(derive_seed(7, "clip")), "4711")})
    assert planned(project)["clip[look=dawn,take=1]"]["seed"] == 4711
    assert warnings(project) == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("seed: 7", "seed: 8", "the seed it is derived from was 7, and is 8"),
        ("over: [look, take]", "over: [look, take]\n    seed: 9", "it was derived from 7, and is given as 9"),
        ("over: [look, take]", "over: [look, take]\n    was: hero", "the name it is derived from was `clip`, and is `hero`"),
        ("over: [look, take]", "over: [look, take]\n    seed: {vary: [look]}", "what varies it was nothing, and is `look=dawn`"),
    ],
)  # fmt: skip
def test_a_seed_whose_origin_changed_is_derived_anew_and_that_is_told(project, pipeline, old, new, said) -> None:
    before = locked(project, pipeline(BODY))
    project.edit("pipeline.yaml", old, new)
    after = planned(project)
    assert all(after[name]["seed"] != before[name]["seed"] for name in before)
    assert all(code == "seed-moved" for code, _ in warnings(project))
    assert warnings(project)[0][1].startswith("`clip[look=dawn,take=1]`")
    assert warnings(project)[0][1].endswith(f"not the locked seed any more: {said}")
    project.run("lock", "pipeline.yaml")
    assert warnings(project) == []


def test_was_carries_a_seed_that_was_drawn_anew_over_a_rename(project, pipeline) -> None:
    locked(project, pipeline(BODY))
    project.run("reseed", "pipeline.yaml", "clip")
    before = planned(project)
    project.edit("pipeline.yaml", "  clip:", "  hero:\n    was: clip")
    after = planned(project)
    assert [one["seed"] for one in after.values()] == [one["seed"] for one in before.values()]


def test_defaults_are_sent_as_they_were_locked(project, pipeline) -> None:
    before = locked(project, pipeline(BODY))
    upgraded(project, WAN, longer_and_with_audio)
    after = planned(project)
    held(before, after)
    assert after["clip[look=dawn,take=1]"]["input"] == before["clip[look=dawn,take=1]"]["input"]
    assert warnings(project) == [
        ("schema-changed", f"the schema of `{WAN}` is not the locked one any more; the pinned defaults are sent on")
    ]


def test_without_a_lock_newer_defaults_are_sent(project, pipeline) -> None:
    project.write(pipeline(BODY))
    upgraded(project, WAN, longer_and_with_audio)
    sent = planned(project)["clip[look=dawn,take=1]"]["input"]
    assert (sent["duration"], sent["audio_gain"]) == (8, 0.5)


def test_a_pinned_field_that_the_route_has_no_more_is_an_error_that_names_the_way_out(project, pipeline) -> None:
    locked(project, pipeline(BODY))
    upgraded(project, WAN, lambda schema: schema["properties"].pop("resolution"))
    description = json.loads(project.read("routes/wan-ai--wan-2-7--text-to-video.json"))
    del description["fields"]["resolution"]
    project.write({"routes/wan-ai--wan-2-7--text-to-video.json": json.dumps(description)})
    finished = project.run("plan", "pipeline.yaml")
    assert finished.exit_code == 65
    assert finished.stderr == (
        f"pipeline.yaml:9:3: error: the lock pins `resolution` of `{WAN}`, which has no such field any more [pinned-field-gone]\n"
        "  9 |   clip:\n"
        "    |   ^^^^\n"
        "  help: `callsheet lock FILE --upgrade` moves the pins of this route, and says what that renders again\n"
    )
    assert project.run("lock", "pipeline.yaml", "--upgrade").exit_code == 0
    assert "resolution" not in planned(project)["clip[look=dawn,take=1]"]["input"]


def test_upgrade_moves_the_pins_and_says_so(project, pipeline) -> None:
    before = locked(project, pipeline(BODY))
    upgraded(project, WAN, longer_and_with_audio)
    finished = project.run("lock", "pipeline.yaml", "--upgrade")
    after = planned(project)
    assert after["clip[look=dawn,take=1]"]["input"]["duration"] == 8
    assert [one["seed"] for one in after.values()] == [one["seed"] for one in before.values()]
    lines = finished.stdout.splitlines()
    assert lines[0] == "wrote pipeline.lock.yaml: 4 instances, 1 route, 0 assets"
    assert lines[1].startswith(f"  ~ {WAN}: schema ")
    assert lines[1].endswith("default of `duration` 5 -> 8, default of `audio_gain` none -> 0.5")
    assert lines[2].startswith("  ~ clip[look=dawn,take=1]: key ")
    assert warnings(project) == []


def test_upgrade_of_a_selection_leaves_the_pins_of_other_routes(project, pipeline, png) -> None:
    both = BODY + f"  still:\n    route: {HAPPY}\n    input: {{image: a.png, prompt: y}}\n"
    before = locked(project.write({"a.png": png}), pipeline(both))
    upgraded(project, WAN, longer_and_with_audio)
    upgraded(project, HAPPY, lambda schema: schema["properties"]["duration"].update(default=7))
    project.run("lock", "pipeline.yaml", "--upgrade", "still")
    after = planned(project)
    assert after["still"]["input"]["duration"] == 7
    held({name: one for name, one in before.items() if name != "still"}, after)


def test_an_intent_leads_where_it_led_when_it_was_locked(project, pipeline, png) -> None:
    text = pipeline("nodes:\n  talk: {intent: default, input: {prompt: x, image: a.png}}\n")
    before = locked(project.write({"a.png": png}), text)
    lock = project.read("pipeline.lock.yaml")
    assert '"intent:default": {"route": "' in lock
    route = before["talk"]["route"]
    other = UNSEEDED
    project.write(
        {
            "pipeline.lock.yaml": lock.replace(
                f'"intent:default": {{"route": "{route}"}}', f'"intent:default": {{"route": "{other}"}}'
            )
        }
    )
    assert planned(project)["talk"]["route"] == other
    project.run("lock", "pipeline.yaml", "--upgrade")
    assert planned(project)["talk"]["route"] == route


def test_intent_auto_stays_with_what_it_chose_while_that_fits(project, pipeline, png) -> None:
    text = pipeline("nodes:\n  talk: {intent: auto, input: {prompt: x, image: a.png}}\n")
    before = locked(project.write({"a.png": png}), text)
    others = [one["name"] for one in json.loads((shipped("schemas") / "intents.json").read_text())["intents"]]
    chosen = record(project, "talk")["intent"]
    assert chosen == before["talk"]["intent"]
    changed = 0
    for other in others:
        lock = project.read("pipeline.lock.yaml")
        project.write({"pipeline.lock.yaml": lock.replace(f'"intent": "{chosen}"', f'"intent": "{other}"')})
        changed += planned(project)["talk"]["intent"] == other != chosen
        project.write({"pipeline.lock.yaml": lock})
    assert changed >= 1


def test_a_take_put_before_the_first_moves_nothing_under_a_lock(project, pipeline, png) -> None:
    named = BODY.replace("{takes: 2}", "{takes: [calm, wild]}").replace(
        "over: [look, take]", "over: [look, take]\n    seed: 1234"
    )
    before = locked(project, pipeline(named))
    project.edit("pipeline.yaml", "[calm, wild]", "[new, calm, wild]")
    after = planned(project)
    held(before, after)
    assert after["clip[look=dawn,take=new]"]["seed"] == derive_seed(1234, "clip", "new")


def test_a_take_put_before_the_first_of_a_route_without_seed_moves_nothing_under_a_lock(project, pipeline, png) -> None:
    named = (
        BODY.replace("{takes: 2}", "{takes: [calm, wild]}")
        .replace(WAN, UNSEEDED)
        .replace("input: {", "input: {image: a.png, ")
    )
    before = locked(project.write({"a.png": png}), pipeline(named))
    project.edit("pipeline.yaml", "[calm, wild]", "[new, calm, wild]")
    after = planned(project)
    held(before, after)
    assert len({after[f"clip[look=dawn,take={take}]"]["key"] for take in ("new", "calm", "wild")}) == 3


def test_a_locked_seed_is_brought_into_the_range_of_another_route(project, pipeline, png) -> None:
    before = locked(project, pipeline(BODY))
    upgraded(project, WAN, lambda schema: schema["properties"]["seed"].update(minimum=1, maximum=1000))
    after = planned(project)
    assert all(1 <= one["seed"] <= 1000 for one in after.values())
    assert all(one["seed"] != before[name]["seed"] for name, one in after.items())


def test_reseed_draws_a_seed_that_differs_and_is_held(project, pipeline) -> None:
    before = locked(project, pipeline(BODY))
    finished = project.run("reseed", "pipeline.yaml", "clip[take=2]")
    assert finished.exit_code == 0
    after = planned(project)
    assert after["clip[look=dawn,take=2]"]["seed"] == after["clip[look=studio,take=2]"]["seed"]
    assert after["clip[look=dawn,take=2]"]["seed"] == derive_seed(7, "clip", "2", draw=1)
    held({name: one for name, one in before.items() if "take=1" in name}, after)
    assert record(project, "clip[look=dawn,take=2]")["from"] == {"root": 7, "name": "clip", "take": "2", "draw": 1}
    project.run("reseed", "pipeline.yaml", "clip[look=dawn,take=2]")
    assert planned(project)["clip[look=dawn,take=2]"]["seed"] == derive_seed(7, "clip", "2", draw=2)
    assert planned(project)["clip[look=studio,take=2]"]["seed"] == derive_seed(7, "clip", "2", draw=1)


def test_new_variants_take_the_draw_of_those_that_share_their_seed(project, pipeline) -> None:
    locked(project, pipeline(BODY))
    project.run("reseed", "pipeline.yaml", "clip[take=1]")
    before = planned(project)
    project.edit("pipeline.yaml", "[dawn, studio]", "[noir, dawn, studio]")
    after = planned(project)
    held(before, after)
    assert after["clip[look=noir,take=1]"]["seed"] == before["clip[look=dawn,take=1]"]["seed"]
    assert after["clip[look=noir,take=2]"]["seed"] == before["clip[look=dawn,take=2]"]["seed"]


def test_where_only_one_variant_was_drawn_anew_new_ones_go_with_the_others(project, pipeline) -> None:
    locked(project, pipeline(BODY))
    project.run("reseed", "pipeline.yaml", "clip[look=dawn,take=1]")
    project.edit("pipeline.yaml", "[dawn, studio]", "[dawn, studio, noir]")
    assert planned(project)["clip[look=noir,take=1]"]["seed"] == derive_seed(7, "clip")


def test_reseed_without_a_lock_makes_one(project, pipeline) -> None:
    project.write(pipeline(BODY))
    assert project.run("reseed", "pipeline.yaml", "clip").exit_code == 0
    assert planned(project)["clip[look=dawn,take=1]"]["seed"] == derive_seed(7, "clip", draw=1)


def test_a_seed_that_is_written_in_the_file_or_not_there_can_not_be_drawn_anew(project, pipeline, png) -> None:
    text = pipeline(
        f"""
        axes: {{take: {{takes: 2}}, look: [a, b]}}
        nodes:
          pinned: {{route: {WAN}, over: [look, take], seed: 1234, input: {{prompt: x}}}}
          plain: {{route: {UNSEEDED}, over: [look], input: {{prompt: x, image: a.png}}}}
          end: {{step: last_frame, over: [look], input: {{video: "{{{{ nodes.plain.video }}}}"}}}}
        """
    )
    locked(project.write({"a.png": png}), text)
    before = project.read("pipeline.lock.yaml")
    finished = project.run("reseed", "pipeline.yaml", "pinned[take=1] plain")
    assert finished.exit_code == 65
    assert [line for line in finished.stderr.splitlines() if "error" in line or "help" in line] == [
        f"pipeline.yaml:8:3: error: plain[look=a] and 1 more: `{UNSEEDED}` takes no seed, so that none can be drawn anew [no-seed]",
        "  help: give the node another take: each is rendered for itself",
        "pipeline.yaml:7:75: error: pinned[take=1,look=a] and 1 more: the seed 1234 is written in the file, and nothing else changes it [seed-written]",
        "  help: write another one there",
        "2 errors",
    ]
    steps = project.run("reseed", "pipeline.yaml", "end")
    assert steps.stderr.splitlines()[0] == (
        "pipeline.yaml:9:3: error: `end[look=a]` is made by the step `last_frame`, and steps have no seed [no-seed]"
    )
    assert project.read("pipeline.lock.yaml") == before
