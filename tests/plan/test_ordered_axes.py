"""Ordered axes: each instance may use the one before it, and growth changes only what follows."""

from __future__ import annotations

import pytest

CLIP = "wan-ai/wan-2-7/text-to-video"
CHAIN = """
axes:
  shot: {axis}
  take: {{takes: 2}}
nodes:
  clip:
    route: happyhorse/happyhorse-1.0/image-to-video
    over: [shot, take]
    input:
      image: "{{{{ nodes.last.previous('shot').image | default('a.png', true) }}}}"
      prompt: "Shot {{{{ shot }}}}"
  last:
    step: last_frame
    over: [shot]
    input: {{video: "{{{{ nodes.clip.video }}}}"}}
"""
JOINED = """
axes:
  shot: {ordered: [s1, s2, s3]}
  look: [dawn, studio]
  take: {takes: 2}
%s
nodes:
  clip: {route: wan-ai/wan-2-7/text-to-video, over: %s, input: {prompt: "Shot {{ shot }}"}}
  pair:
    step: concat
    over: %s
    input: {clips: %s}
"""
BEFORE = """["{{ nodes.clip.previous('shot').video }}", "{{ nodes.clip.video }}"]"""


def chain(axis: str) -> str:
    return CHAIN.format(axis=axis)


def joined(clips: str, over: str = "[shot]", of: str = "[shot]", more: str = "") -> str:
    return JOINED % (more, of, over, clips)


def clips_of(instance) -> list[str]:
    return [clip["from"] for clip in instance["input"]["clips"]]


@pytest.mark.parametrize("axis", ["{ordered: [b, a, c]}", "{ordered: true, b: {}, a: {}, c: {}}"])
def test_each_shot_begins_where_the_one_before_it_ended(project, pipeline, png, axis) -> None:
    project.write({"a.png": png, **pipeline(chain(axis))})
    plan = project.plan()
    assert plan["clip[shot=b,take=2]"]["input"]["image_url"]["asset"] == "a.png"
    assert plan["clip[shot=a,take=2]"]["needs"] == ["last[shot=b]"]
    assert plan["clip[shot=c,take=1]"]["needs"] == ["last[shot=a]"]
    assert plan["last[shot=a]"]["needs"] == ["clip[shot=a,take=1]"]


def test_the_rows_of_a_file_give_the_order_and_no_more(project, pipeline, png) -> None:
    axis = "{from: shots.csv, ordered: true}"
    project.write({"a.png": png, "shots.csv": "id\nb\na\n", **pipeline(chain(axis))})
    plan = project.plan()
    assert plan["clip[shot=a,take=1]"]["needs"] == ["last[shot=b]"]
    seeds = {name: one["seed"] for name, one in plan.items()}
    project.write({"shots.csv": "id\na\nb\n"})
    turned = project.plan()
    assert turned["clip[shot=b,take=1]"]["needs"] == ["last[shot=a]"]
    assert {name: one["seed"] for name, one in turned.items()} == seeds


def test_an_axis_that_says_it_is_not_ordered_is_not(project, pipeline) -> None:
    project.write(pipeline(joined(BEFORE).replace("{ordered: [s1, s2, s3]}", "{ordered: false, s1: {}, s2: {}}")))
    assert "axis `shot` is not ordered" in project.refusal()


def test_what_comes_before_the_first_is_null_and_leaves_its_item_out(project, pipeline) -> None:
    project.write(pipeline(joined(BEFORE)))
    plan = project.plan()
    assert clips_of(plan["pair[shot=s1]"]) == ["clip[shot=s1]"]
    assert clips_of(plan["pair[shot=s2]"]) == ["clip[shot=s1]", "clip[shot=s2]"]


@pytest.mark.parametrize(
    "asked",
    [
        "nodes.clip.previous('shot')",
        "nodes.clip.previous('shot').video",
        "nodes.clip.previous('shot').takes.videos",
        "nodes.clip.previous('shot').at(look='dawn').previous('shot').video",
    ],
)
def test_whatever_is_asked_of_what_comes_before_the_first_is_null(project, pipeline, asked) -> None:
    text = f'"{{% if {asked} is none and {asked} == none and not {asked} %}}first{{% else %}}later{{% endif %}}"'
    body = (
        "axes: {shot: {ordered: [s1, s2]}, look: [dawn]}\n"
        f"nodes:\n  clip: {{route: {CLIP}, over: [shot, look], input: {{prompt: x}}}}\n"
        f"  told: {{route: {CLIP}, over: [shot, look], input: {{prompt: {text}}}}}\n"
    )
    project.write(pipeline(body))
    assert project.plan("--only", "shot=s1")["told[shot=s1,look=dawn]"]["input"]["prompt"] == "first"


def test_a_node_may_use_itself_one_place_before(project, pipeline) -> None:
    body = joined("""["{{ nodes.pair.previous('shot').video }}", "{{ nodes.clip.video }}"]""")
    project.write(pipeline(body))
    plan = project.plan()
    assert [clips_of(plan[f"pair[shot={shot}]"]) for shot in ("s1", "s2", "s3")] == [
        ["clip[shot=s1]"],
        ["pair[shot=s1]", "clip[shot=s2]"],
        ["pair[shot=s2]", "clip[shot=s3]"],
    ]


def test_other_axes_are_shared_or_gathered_as_ever(project, pipeline) -> None:
    one = """"{{ nodes.clip.previous('shot').video }}\""""
    project.write(pipeline(joined(f"[{one}, '{{{{ nodes.clip.video }}}}']", "[shot, look]", "[shot, look]")))
    assert clips_of(project.plan()["pair[shot=s3,look=studio]"])[0] == "clip[shot=s2,look=studio]"
    project.write(
        pipeline(
            joined(
                """["{{ nodes.clip.previous('shot').videos }}", '{{ nodes.clip.videos }}']""", "[shot]", "[shot, look]"
            )
        )
    )
    assert clips_of(project.plan()["pair[shot=s3]"])[:2] == ["clip[shot=s2,look=dawn]", "clip[shot=s2,look=studio]"]


def test_two_places_before_and_a_place_before_a_named_one(project, pipeline) -> None:
    twice = "nodes.clip.previous('shot').previous('shot').video"
    named = "nodes.clip.at(shot='s2').previous('shot').video"
    project.write(pipeline(joined(f"""["{{{{ {twice} }}}}", "{{{{ {named} }}}}", "{{{{ nodes.clip.video }}}}"]""")))
    plan = project.plan()
    assert clips_of(plan["pair[shot=s2]"]) == ["clip[shot=s1]", "clip[shot=s2]"]
    assert clips_of(plan["pair[shot=s3]"]) == ["clip[shot=s1]", "clip[shot=s1]", "clip[shot=s3]"]


def test_of_takes_the_one_before_is_the_picked_one_even_where_the_takes_axis_is_shared(project, pipeline) -> None:
    body = joined(BEFORE, "[shot, take]", "[shot, take]")
    project.write(pipeline(body))
    assert clips_of(project.plan()["pair[shot=s2,take=2]"]) == ["clip[shot=s1,take=1]", "clip[shot=s2,take=2]"]
    project.write(pipeline(body.replace("previous('shot')", "previous('shot').at(take='2')")))
    assert clips_of(project.plan()["pair[shot=s2,take=1]"]) == ["clip[shot=s1,take=2]", "clip[shot=s2,take=1]"]


def test_an_instance_before_that_was_dropped_is_an_error_that_default_allows(project, pipeline) -> None:
    dropped = "exclude: [{shot: s2}]"
    project.write(pipeline(joined(BEFORE, more=dropped)))
    assert project.refusal() == (
        "pipeline.yaml:15:21: error: pair[shot=s3]: `nodes.clip.previous(…).video` means an instance that `exclude`,"
        " `only` or `when` dropped [undefined]\n"
        """  15 |     input: {clips: ["{{ nodes.clip.previous('shot').video }}", "{{ nodes.clip.video }}"]}\n"""
        "     |                     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^\n"
    )
    allowed = BEFORE.replace("').video }}", "').video | default(none) }}")
    project.write(pipeline(joined(allowed, more=dropped)))
    assert clips_of(project.plan()["pair[shot=s3]"]) == ["clip[shot=s3]"]


@pytest.mark.parametrize(
    ("axis", "said", "hint"),
    [
        (
            "look",
            "axis `look` is not ordered, so none of its ids has one before it [not-ordered]",
            "write `look: {ordered: [...]}`, or `ordered: true` beside its records or its `from`",
        ),
        (
            "take",
            "axis `take` is not ordered, so none of its ids has one before it [not-ordered]",
            "takes are alternates: name one with `.at(take='1')`",
        ),
        ("shto", "node `clip` has no axis `shto` [unknown-axis]", "did you mean `shot`?"),
    ],
)
def test_an_axis_to_go_back_on_must_be_ordered_and_the_producers_own(project, pipeline, axis, said, hint) -> None:
    over = f"[shot, {axis}]" if axis != "shto" else "[shot, look]"
    project.write(pipeline(joined(BEFORE.replace("'shot'", f"'{axis}'"), over, over)))
    assert project.refusal() == (
        f"pipeline.yaml:15:25: error: pair[shot=s1,{over[7:-1]}={'1' if axis == 'take' else 'dawn'}] and 5 more: {said}\n"
        f"""  15 |     input: {{clips: ["{{{{ nodes.clip.previous('{axis}').video }}}}", "{{{{ nodes.clip.video }}}}"]}}\n"""
        "     |                         ^^^^^^^^^^^^^^^^^^^\n"
        f"  help: {hint}\n"
    )


def test_a_consumer_that_is_not_over_the_axis_has_no_place_to_go_back_from(project, pipeline) -> None:
    project.write(pipeline(joined(BEFORE, "[look]", "[shot]")))
    refusal = project.refusal()
    assert (
        "error: pair[look=dawn] and 1 more: node `pair` is not made over `shot`, so there is no place to go back from"
        " [axis-not-in-over]\n"
    ) in refusal
    assert "  help: write `over: [look, shot]`, or choose a place with `.at(shot='…')`\n" in refusal


def test_a_node_that_uses_itself_in_place_is_still_refused(project, pipeline) -> None:
    project.write(pipeline(joined("""["{{ nodes.pair.video }}", "{{ nodes.clip.video }}"]""")))
    assert (
        "pipeline.yaml:15:25: error: pair[shot=s1] and 2 more: node `pair` uses itself [self-reference]\n"
        '  15 |     input: {clips: ["{{ nodes.pair.video }}", "{{ nodes.clip.video }}"]}\n'
    ) in project.refusal()


def test_instances_that_need_each_other_are_drawn(project, pipeline) -> None:
    back = """["{{ nodes.pair.at(shot='s3').previous('shot').video }}", "{{ nodes.clip.video }}"]"""
    project.write(pipeline(joined(back)))
    assert "error: these need each other: pair[shot=s2] → pair[shot=s2] [cycle]" in project.refusal()


def test_an_id_in_the_middle_changes_only_what_follows_it(project, pipeline, png) -> None:
    project.write({"a.png": png, **pipeline(chain("{ordered: [a, b, d]}"))})
    assert project.run("run", "pipeline.yaml", "--simulate").exit_code == 0
    project.write(pipeline(chain("{ordered: [a, b, c, d]}")))
    plan = project.plan()
    changed = {name for name, one in plan.items() if one["action"] != "cached"}
    assert changed == {f"clip[shot={shot},take={take}]" for shot in "cd" for take in "12"} | {
        "last[shot=c]",
        "last[shot=d]",
    }


def test_a_chain_of_a_thousand_is_planned(project, pipeline) -> None:
    shots = ", ".join(f"s{number}" for number in range(1000))
    body = joined("""["{{ nodes.pair.previous('shot').video }}", "{{ nodes.clip.video }}"]""")
    end = """  told: {step: caption, input: {video: "{{ nodes.pair.at(shot='s999').video }}", text: The end}}\n"""
    body = body.replace("s1, s2, s3", shots).replace("nodes:\n", f"nodes:\n{end}")
    project.write(pipeline(body))
    plan = project.plan()
    assert (len(plan), plan["pair[shot=s999]"]["needs"]) == (2001, ["pair[shot=s998]", "clip[shot=s999]"])


def test_the_graph_draws_what_comes_before_with_a_dashed_line(project, pipeline, png) -> None:
    project.write({"a.png": png, **pipeline(chain("{ordered: [a, b]}"))})
    drawn = project.run("graph", "pipeline.yaml").stdout.splitlines()
    assert drawn[3:] == ["  clip --> last", "  last -. previous .-> clip"]
    dotted = project.run("graph", "pipeline.yaml", "--format", "dot").stdout
    assert "  clip -> last;\n  last -> clip [style=dashed, label=previous];\n" in dotted
