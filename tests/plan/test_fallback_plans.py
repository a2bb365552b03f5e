"""Fallback routes in a plan: each entry's input over the node's, checked, seeded, keyed and priced."""

from __future__ import annotations

import json

WAN, SEEDANCE = "wan-ai/wan-2-7/text-to-video", "bytedance/seedance-v2/pro"
SMALL = {
    "id": "acme/small",
    "title": "Small",
    "category": "text-to-video",
    "makes": "video",
    "input_schema": {
        "type": "object",
        "required": ["prompt"],
        "properties": {
            "prompt": {"type": "string"},
            "duration": {"type": "integer", "default": 5},
            "seed": {"type": "integer", "minimum": 1, "maximum": 100},
        },
    },
    "canonical": {"prompt": "prompt", "duration": "duration"},
    "seed": {"field": "seed"},
}
NODE = """
nodes:
  shot:
    route: wan-ai/wan-2-7/text-to-video
    input: {prompt: A bottle on a ledge., duration: 4, aspect_ratio: "9:16"}
    fallback:
      - route: bytedance/seedance-v2/pro
        input: {duration: 8, resolution: 480p, aspect_ratio: ~}
"""


def fallbacks(project, files: dict[str, str], node: str = "shot") -> list[dict]:
    project.write(files)
    return project.plan()[node]["fallbacks"]


def test_an_entry_replaces_the_route_and_lays_its_input_over_the_node_s(project, pipeline) -> None:
    (entry,) = fallbacks(project, pipeline(NODE))
    instance = project.plan()["shot"]
    assert entry == {
        "route": SEEDANCE,
        "key": entry["key"],
        "seed": instance["seed"],
        "unseeded": False,
        "input": {
            "prompt": "A bottle on a ledge.",
            "aspect_ratio": "adaptive",
            "duration": 8,
            "resolution": "480p",
            "generate_audio": True,
            "seed": instance["seed"],
        },
        "defaults": ["aspect_ratio", "generate_audio"],
        "cost_estimate_usd": entry["cost_estimate_usd"],
        "cost_basis": "base",
    }
    assert (instance["through"], instance["input"]["duration"]) == (WAN, 4)


def test_the_key_of_a_fallback_is_that_of_a_node_which_asks_for_it_itself(project, pipeline) -> None:
    own = f"""
      own:
        was: shot
        route: {SEEDANCE}
        input: {{prompt: A bottle on a ledge., duration: 8, resolution: 480p}}
    """.replace("\n    ", "\n")
    (entry,) = fallbacks(project, pipeline(NODE + own))
    assert entry["key"] == project.plan()["own"]["key"] is not None


def test_a_fallback_changes_neither_key_nor_seed_of_the_node(project, pipeline) -> None:
    project.write(pipeline(NODE.partition("    fallback")[0]))
    alone = project.plan()["shot"]
    project.write(pipeline(NODE))
    with_fallback = project.plan()["shot"]
    assert (alone["key"], alone["seed"], alone["input"]) == tuple(
        with_fallback[name] for name in ("key", "seed", "input")
    )
    assert "fallbacks" not in alone


def test_the_estimate_is_that_of_the_worst_case(project, pipeline) -> None:
    project.write(pipeline(NODE.partition("    fallback")[0]))
    alone = project.plan()["shot"]["cost_estimate_usd"]
    (entry,) = fallbacks(project, pipeline(NODE))
    dear = entry["cost_estimate_usd"]
    assert dear > alone
    assert project.plan()["shot"]["cost_estimate_usd"] == dear
    assert project.run("plan", "pipeline.yaml", "--simulate").stdout == (
        "shop  1 instance on simulator\n"
        "\n"
        f"shot  {WAN}\n"
        f"  or {SEEDANCE}\n"
        f"  render   shot  {dear:.2f} USD  never rendered\n"
        "\n"
        f"1 to render ({dear:.2f} USD estimated at worst; simulated, costs nothing), 0 local, 0\n"
        "cached\n"
    )


def test_native_names_take_the_place_of_canonical_ones(project, png, pipeline) -> None:
    node = """
    nodes:
      shot:
        route: happyhorse/happyhorse-1.0/image-to-video
        input: {image: a.png, prompt: Slow dolly in., duration: 5}
        fallback:
          - route: bytedance/seedance-v1.5-pro/image-to-video
            input: {first_frame_image_url: b.png}
          - route: community/wan-2-1/fusionx/image-to-video
            input: {600_prompt: Slow pan., duration: ~, 602_num_frames: 81}
    """
    project.write({"a.png": png, "b.png": png[:-1] + b"\\x00"})
    first, second = fallbacks(project, pipeline(node))
    assert first["input"]["first_frame_image_url"]["asset"] == "b.png"
    assert (first["unseeded"], first["seed"]) == (True, None)
    assert (second["input"]["600_prompt"], second["input"]["608_image"]["asset"]) == ("Slow pan.", "a.png")


def test_a_route_without_a_seed_tells_its_takes_apart_by_key(project, png, pipeline) -> None:
    node = """
    axes: {take: {takes: 2}}
    nodes:
      shot:
        route: happyhorse/happyhorse-1.0/image-to-video
        over: [take]
        input: {image: a.png, prompt: Slow dolly in., duration: 5}
        fallback: [{route: bytedance/seedance-v1.5-pro/image-to-video}]
    """
    project.write({"a.png": png, **pipeline(node)})
    one, two = (instance["fallbacks"][0] for instance in project.plan().values())
    assert (one["seed"], two["seed"]) == (None, None)
    assert one["input"] == two["input"]
    assert one["key"] != two["key"]


def test_a_pinned_seed_is_folded_into_the_range_of_the_fallback(project, pipeline) -> None:
    project.write({"routes/acme--small.json": json.dumps(SMALL)})
    node = NODE.replace("    input: {prompt", "    seed: 1234\n    input: {prompt").replace(
        "        input: {duration: 8, resolution: 480p, aspect_ratio: ~}", "        input: {aspect_ratio: ~}"
    )
    (entry,) = fallbacks(project, pipeline(node.replace(SEEDANCE, "acme/small")))
    assert (project.plan()["shot"]["seed"], entry["seed"]) == (1234, 1 + 1234 % 100)


def test_templates_work_in_an_entry_as_in_a_node(project, pipeline) -> None:
    node = f"""
    params: {{backup: {SEEDANCE}}}
    axes: {{look: {{dawn: {{seconds: 4}}, night: {{seconds: 6}}}}}}
    nodes:
      shot:
        route: {WAN}
        over: [look]
        input: {{prompt: "A bottle, {{{{ look }}}}.", duration: 5}}
        fallback: [{{route: "{{{{ params.backup }}}}", input: {{duration: "{{{{ look.seconds }}}}"}}}}]
    """
    project.write(pipeline(node))
    entries = [(one["fallbacks"][0]["route"], one["fallbacks"][0]["input"]) for one in project.plan().values()]
    assert [(route, given["prompt"], given["duration"]) for route, given in entries] == [
        (SEEDANCE, "A bottle, dawn.", 4),
        (SEEDANCE, "A bottle, night.", 6),
    ]


def test_an_entry_lies_over_an_input_that_is_one_template(project, pipeline) -> None:
    node = f"""
    axes: {{look: {{dawn: {{input: {{prompt: A bottle., duration: 5, negative_prompt: people}}}}}}}}
    nodes:
      shot:
        route: {WAN}
        over: [look]
        input: "{{{{ look.input }}}}"
        fallback: [{{route: {SEEDANCE}, input: {{negative_prompt: ~, duration: 7}}}}]
    """
    (entry,) = fallbacks(project, pipeline(node), "shot[look=dawn]")
    assert (entry["input"]["prompt"], entry["input"]["duration"]) == ("A bottle.", 7)
    assert "negative_prompt" not in entry["input"]


def test_what_a_fallback_needs_the_instance_needs(project, pipeline) -> None:
    node = NODE.replace("aspect_ratio: ~}", "aspect_ratio: ~, video: '{{ nodes.still.video }}'}")
    still = f"  still: {{route: {WAN}, input: {{prompt: A table.}}}}\n"
    project.write(pipeline(node + still))
    shot = project.plan()["shot"]
    assert (shot["needs"], shot["fallbacks"][0]["key"]) == (["still"], None)
    assert shot["key"] is not None


def test_defaults_apply_as_to_any_route(project, pipeline) -> None:
    (entry,) = fallbacks(project, pipeline("defaults: {resolution: 480p}\n" + NODE.replace("resolution: 480p, ", "")))
    assert entry["input"]["resolution"] == "480p"


def test_a_node_of_a_used_pipeline_falls_back_too(project, pipeline) -> None:
    project.write(
        {"parts/shot.yaml": "callsheet: 1\nname: part\n" + NODE + 'outputs: {video: "{{ nodes.shot.video }}"}\n'}
    )
    project.write(pipeline("nodes:\n  part: {use: parts/shot.yaml}\n"))
    plan = project.plan()
    (entry,) = plan["part.shot"]["fallbacks"]
    assert (entry["route"], entry["seed"]) == (SEEDANCE, plan["part.shot"]["seed"])


# What is wrong


def test_a_value_that_the_fallback_does_not_take_is_told_at_its_entry(project, pipeline) -> None:
    project.write(pipeline(NODE.replace("duration: 4,", "duration: 2,").replace("duration: 8, ", "")))
    assert project.refusal() == (
        "pipeline.yaml:10:16: error: in this fallback, `duration` must be from 4 to 15, not 2 [input-out-of-range]\n"
        "  10 |       - route: bytedance/seedance-v2/pro\n"
        "     |                ^^^^^^^^^^^^^^^^^^^^^^^^^\n"
        "  see also pipeline.yaml:8:53\n"
        "  help: null in this fallback's `input` takes a field away, and a value replaces it\n"
    )


def test_a_field_that_the_fallback_lacks_is_told_at_its_entry(project, pipeline) -> None:
    project.write(
        pipeline(NODE.replace('aspect_ratio: "9:16"', "negative_prompt: people").replace(", aspect_ratio: ~", ""))
    )
    assert project.refusal() == (
        "pipeline.yaml:10:16: error: in this fallback, `bytedance/seedance-v2/pro` takes no `negative_prompt`"
        " [input-not-taken]\n"
        "  10 |       - route: bytedance/seedance-v2/pro\n"
        "     |                ^^^^^^^^^^^^^^^^^^^^^^^^^\n"
        "  see also pipeline.yaml:8:56\n"
        "  help: null in this fallback's `input` takes a field away, and a value replaces it\n"
    )


def test_a_value_of_the_entry_itself_is_told_where_it_stands(project, pipeline) -> None:
    project.write(pipeline(NODE.replace("duration: 8", "duration: 99")))
    assert project.refusal().startswith(
        "pipeline.yaml:11:27: error: `duration` must be from 4 to 15, not 99 [input-out-of-range]\n"
    )


def test_an_unknown_route_and_a_null_that_takes_nothing_away(project, pipeline) -> None:
    body = NODE + "      - {route: bytedance/seedance-v2/prp, input: {duratoin: ~}}\n"
    project.write(pipeline(body))
    unknown = (
        "pipeline.yaml:12:17: error: there is no route `bytedance/seedance-v2/prp` [unknown-route]\n"
        "  12 |       - {route: bytedance/seedance-v2/prp, input: {duratoin: ~}}\n"
        "     |                 ^^^^^^^^^^^^^^^^^^^^^^^^^\n"
        "  help: did you mean `bytedance/seedance-v2/pro`? If the API has it, `callsheet routes sync"
        " bytedance/seedance-v2/prp` fetches it\n"
    )
    assert project.refusal() == unknown + (
        "pipeline.yaml:12:52: error: node `shot` gives no `duratoin` that could be taken away [nothing-to-remove]\n"
        "  12 |       - {route: bytedance/seedance-v2/prp, input: {duratoin: ~}}\n"
        "     |                                                    ^^^^^^^^\n"
        "  help: did you mean `duration`?\n"
        "2 errors\n"
    )


def test_the_very_same_again_is_no_fallback(project, pipeline) -> None:
    body = NODE.replace(SEEDANCE, WAN).replace("input: {duration: 8, resolution: 480p, aspect_ratio: ~}", "input: {}")
    project.write(pipeline(body))
    assert project.refusal() == (
        "pipeline.yaml:10:16: error: this fallback asks `wan-ai/wan-2-7/text-to-video` for the very same again"
        " [fallback-repeats]\n"
        "  10 |       - route: wan-ai/wan-2-7/text-to-video\n"
        "     |                ^^^^^^^^^^^^^^^^^^^^^^^^^^^^\n"
        "  help: name another route, or another input\n"
    )


def test_what_is_wrong_with_the_node_is_told_once(project, pipeline) -> None:
    project.write(pipeline(NODE.replace("A bottle on a ledge.", '"{{ nope }}"')))
    assert project.refusal().count("error:") == 1


def test_a_fallback_makes_the_same_kind_of_file(project, pipeline) -> None:
    sketch = {**SMALL, "id": "acme/sketch", "category": "text-to-image", "makes": "image"}
    body = NODE.replace(SEEDANCE, "acme/sketch").replace("resolution: 480p, ", "")
    project.write({"routes/acme--sketch.json": json.dumps(sketch), **pipeline(body)})
    assert project.refusal() == (
        "pipeline.yaml:10:16: error: `acme/sketch` makes image, and node `shot` makes video [fallback-kind]\n"
        "  10 |       - route: acme/sketch\n"
        "     |                ^^^^^^^^^^^\n"
        "  help: a fallback makes the same kind of file as its node\n"
    )
