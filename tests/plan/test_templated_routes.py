"""`route`, `intent` and `input` templated per instance: models compared under one seed, each checked for itself."""

from __future__ import annotations

HAPPY = "happyhorse/happyhorse-1.0/image-to-video"
WAN = "wan-ai/wan-2-7/text-to-video"
SEEDANCE = "bytedance/seedance-v1.5-pro/image-to-video"

MODELS = f"""\
axes:
  model:
    happy: {{route: {HAPPY}, picture: a.png, seconds: 5}}
    lucid: {{route: {SEEDANCE}, picture: a.png, seconds: 6}}
  take: {{takes: 2}}
nodes:
  hero:
    route: "{{{{ model.route }}}}"
    over: [model, take]
    input:
      image: "{{{{ model.picture }}}}"
      prompt: Slow dolly in.
      duration: "{{{{ model.seconds }}}}"
"""


def test_a_templated_route_compares_models_under_one_seed(project, pipeline, png) -> None:
    project.write(
        pipeline(
            MODELS.replace(SEEDANCE, "community/wan-2-1/fusionx/image-to-video").replace(
                '      duration: "{{ model.seconds }}"\n', ""
            )
        )
    )
    plan = project.write({"a.png": png}).plan()
    assert {one["route"] for one in plan.values()} == {HAPPY, "community/wan-2-1/fusionx/image-to-video"}
    assert plan["hero[model=happy,take=1]"]["seed"] == plan["hero[model=lucid,take=1]"]["seed"]
    assert plan["hero[model=happy,take=1]"]["seed"] != plan["hero[model=happy,take=2]"]["seed"]


def test_each_instance_has_the_key_that_it_would_have_with_its_route_written_out(project, pipeline, png) -> None:
    project.write(pipeline(MODELS)).write({"a.png": png})
    compared = project.plan()
    project.edit("pipeline.yaml", '"{{ model.route }}"', HAPPY)
    written_out = project.plan()
    for take in ("1", "2"):
        one, other = (plan[f"hero[model=happy,take={take}]"] for plan in (compared, written_out))
        assert (one["key"], one["seed"], one["input"]) == (other["key"], other["seed"], other["input"])
    assert compared["hero[model=lucid,take=1]"]["key"] != written_out["hero[model=lucid,take=1]"]["key"]


def test_inputs_take_the_names_of_each_instances_own_route(project, pipeline, png) -> None:
    plan = project.write(pipeline(MODELS)).write({"a.png": png}).plan()
    assert "image_url" in plan["hero[model=happy,take=1]"]["input"]
    assert "first_frame_image_url" in plan["hero[model=lucid,take=1]"]["input"]
    assert plan["hero[model=lucid,take=1]"]["unseeded"]
    assert not plan["hero[model=happy,take=1]"]["unseeded"]


def test_each_instance_is_checked_against_its_own_route(project, pipeline, png) -> None:
    project.write(pipeline(MODELS.replace("seconds: 6", "seconds: 3"))).write({"a.png": png})
    assert project.refusal() == (
        "pipeline.yaml:17:17: error: hero[model=lucid,take=1] and 1 more: `duration` must be a whole number from 4 to 12, not `3` [input-not-allowed]\n"
        '  17 |       duration: "{{ model.seconds }}"\n'
        "     |                 ^^^^^^^^^^^^^^^^^^^^^\n"
    )


def test_what_one_of_the_routes_does_not_take_is_an_error_on_its_instances_alone(project, pipeline, png) -> None:
    project.write(pipeline(MODELS.replace(SEEDANCE, WAN))).write({"a.png": png})
    refusal = project.refusal()
    assert refusal.startswith(
        f"pipeline.yaml:15:7: error: hero[model=lucid,take=1] and 1 more: `{WAN}` takes no `image` [input-not-taken]\n"
    )
    assert "happy" not in refusal.split("\n")[0]


def test_an_input_that_comes_out_null_is_no_input_of_a_route_that_lacks_it(project, pipeline, png) -> None:
    body = MODELS.replace(f"lucid: {{route: {SEEDANCE}, picture: a.png", f"lucid: {{route: {WAN}, picture: null")
    plan = project.write(pipeline(body)).write({"a.png": png}).plan()
    assert plan["hero[model=lucid,take=1]"]["route"] == WAN


def test_an_unknown_route_is_told_with_the_instance_and_the_nearest(project, pipeline, png) -> None:
    project.write(
        pipeline(MODELS.replace(f"happy: {{route: {HAPPY}", "happy: {route: happyhorse/happyhorse-1.0/image-to-vidio"))
    )
    refusal = project.write({"a.png": png}).refusal()
    assert (
        "pipeline.yaml:12:12: error: hero[model=happy,take=1] and 1 more: "
        "there is no route `happyhorse/happyhorse-1.0/image-to-vidio` [unknown-route]\n"
    ) in refusal
    assert f"help: did you mean `{HAPPY}`?" in refusal


def test_a_route_that_comes_out_as_no_text_is_refused(project, pipeline, png) -> None:
    project.write(pipeline(MODELS.replace("{{ model.route }}", "{{ model.seconds }}"))).write({"a.png": png})
    assert "`route` must come out as text, and this is a number [wrong-type]" in project.refusal()


def test_a_route_is_decided_before_anything_is_made(project, pipeline, png) -> None:
    project.write(pipeline(MODELS.replace("{{ model.route }}", "{{ nodes.hero.video }}"))).write({"a.png": png})
    refusal = project.refusal()
    assert "`route` is decided before anything is made, so it can't use `nodes` [nodes-in-route]" in refusal


def test_a_route_can_use_only_the_axes_of_its_node(project, pipeline, png) -> None:
    project.write(pipeline(MODELS.replace("over: [model, take]", "over: [take]"))).write({"a.png": png})
    assert (
        "pipeline.yaml:12:16: error: `model` is an axis that node `hero` is not made over [axis-not-in-over]\n"
        '  12 |     route: "{{ model.route }}"\n'
        "     |                ^^^^^\n"
        "  help: write `over: [model, take]`\n"
    ) in project.refusal()


def test_an_intent_can_be_templated(project, pipeline, png) -> None:
    body = """\
    axes: {purpose: [portrait, brand-narrative]}
    nodes:
      hero:
        intent: "{{ purpose }}"
        over: [purpose]
        input: {image: a.png, prompt: Slow dolly in.}
    """
    plan = project.write(pipeline(body)).write({"a.png": png}).plan()
    portrait, brand = plan["hero[purpose=portrait]"], plan["hero[purpose=brand-narrative]"]
    assert (portrait["intent"], portrait["route"]) == ("portrait", HAPPY)
    assert (brand["intent"], brand["route"]) == ("brand-narrative", "bytedance/seedance-v2/pro")
    assert isinstance(portrait["input"]["image_url"], dict)
    assert isinstance(brand["input"]["image_url"], list)


WHOLE = f"""\
axes:
  model:
    happy: {{route: {HAPPY}, input: {{image: a.png, prompt: "Dolly {{{{ in }}}}", duration: 9}}}}
    wan: {{route: {WAN}, input: {{prompt: A stone ledge., duration: 4, negative_prompt: null}}}}
nodes:
  hero: {{route: "{{{{ model.route }}}}", over: [model], input: "{{{{ model.input }}}}"}}
"""


def test_an_input_can_be_templated_as_a_whole_and_its_values_are_not_rendered_again(project, pipeline, png) -> None:
    plan = project.write(pipeline(WHOLE)).write({"a.png": png}).plan()
    happy, wan = plan["hero[model=happy]"]["input"], plan["hero[model=wan]"]["input"]
    assert (happy["prompt"], happy["duration"], happy["image_url"]["asset"]) == ("Dolly {{ in }}", 9, "a.png")
    assert (wan["prompt"], wan["duration"]) == ("A stone ledge.", 4)
    assert "negative_prompt" not in wan


def test_what_is_wrong_in_a_whole_input_is_told_where_the_template_stands(project, pipeline, png) -> None:
    project.write(pipeline(WHOLE.replace("duration: 9", "duration: 99"))).write({"a.png": png})
    assert project.refusal().startswith(
        "pipeline.yaml:10:60: error: hero[model=happy]: `duration` must be a whole number from 3 to 15, not `99` [input-not-allowed]\n"
        '  10 |   hero: {route: "{{ model.route }}", over: [model], input: "{{ model.input }}"}\n'
        "     |                                                            ^^^^^^^^^^^^^^^^^^^\n"
    )


def test_a_misspelt_name_and_a_seed_in_a_whole_input_are_refused(project, pipeline, png) -> None:
    project.write(pipeline(WHOLE.replace("duration: 9", "duraton: 9, seed: 4"))).write({"a.png": png})
    refusal = project.refusal()
    assert f"hero[model=happy]: `{HAPPY}` has no input `duraton` [unknown-input]" in refusal
    assert "help: did you mean `duration`?" in refusal
    assert "hero[model=happy]: the seed is not an input: `seed` can't be given in `input` [seed-in-input]" in refusal


def test_a_whole_input_that_is_no_group_of_fields_is_refused(project, pipeline, png) -> None:
    project.write(pipeline(WHOLE.replace("{{ model.input }}", "{{ model }}"))).write({"a.png": png})
    assert (
        "error: hero[model=happy] and 1 more: `input` must come out as a group of fields, and this is text [wrong-type]"
    ) in project.refusal()


def test_references_in_a_whole_input_are_edges(project, pipeline) -> None:
    body = f"""\
    nodes:
      shot: {{route: {WAN}, input: {{prompt: A bottle.}}}}
      reel: {{step: concat, input: "{{{{ {{'clips': [nodes.shot.video]}} }}}}"}}
    """
    plan = project.write(pipeline(body)).plan()
    assert plan["reel"]["needs"] == ["shot"]
    assert plan["reel"]["input"]["clips"] == [{"from": "shot", "output": "video", "many": False}]


def test_those_who_refer_to_a_node_with_a_templated_route_bind_to_its_instances(project, pipeline, png) -> None:
    body = MODELS + "  reel: {step: concat, over: [model], input: {clips: ['{{ nodes.hero.video }}']}}\n"
    plan = project.write(pipeline(body)).write({"a.png": png}).plan()
    assert plan["reel[model=lucid]"]["needs"] == ["hero[model=lucid,take=1]"]


def test_the_graph_names_the_routes_that_the_instances_come_to(project, pipeline, png) -> None:
    project.write(pipeline(MODELS)).write({"a.png": png})
    assert f'hero(["hero<br/>{HAPPY}, {SEEDANCE} × 4"])' in project.run("graph", "pipeline.yaml").stdout
