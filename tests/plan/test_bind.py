"""References and binding."""

from __future__ import annotations

import pytest

SHOT = "{route: wan-ai/wan-2-7/text-to-video, over: [look, take], input: {prompt: 'in {{ look }}'}}"
HEAD = """
axes:
  look: [dawn, studio]
  language: [en, de]
  take: {takes: 2}
"""


def joined(over: str, clips: str, head: str = HEAD) -> str:
    return (
        f"{head}nodes:\n  shot: {SHOT}\n  reel:\n    step: concat\n    over: {over}\n    input:\n      clips: {clips}\n"
    )


def clips_of(instance) -> list[tuple[str, bool]]:
    return [(clip["from"], clip["many"]) for clip in instance["input"]["clips"]]


def test_equal_ids_bind_and_an_axis_that_only_the_consumer_has_broadcasts(project, pipeline) -> None:
    project.write(pipeline(joined("[look, language, take]", '["{{ nodes.shot.video }}"]')))
    plan = project.plan()
    assert plan["reel[look=dawn,language=en,take=2]"]["needs"] == ["shot[look=dawn,take=2]"]
    assert plan["reel[look=dawn,language=de,take=2]"]["needs"] == ["shot[look=dawn,take=2]"]


def test_an_axis_that_only_the_producer_has_gathers_in_instance_order(project, pipeline) -> None:
    project.write(pipeline(joined("[language]", '"{{ nodes.shot.videos }}"')))
    assert clips_of(project.plan()["reel[language=en]"]) == [
        ("shot[look=dawn,take=1]", True),
        ("shot[look=studio,take=1]", True),
    ]


def test_a_takes_axis_that_the_consumer_lacks_collapses_to_the_first_take(project, pipeline) -> None:
    project.write(pipeline(joined("[look]", '["{{ nodes.shot.video }}"]')))
    assert clips_of(project.plan()["reel[look=studio]"]) == [("shot[look=studio,take=1]", False)]


def test_takes_gives_every_take(project, pipeline) -> None:
    project.write(pipeline(joined("[look]", '"{{ nodes.shot.takes.videos }}"')))
    assert clips_of(project.plan()["reel[look=studio]"]) == [
        ("shot[look=studio,take=1]", True),
        ("shot[look=studio,take=2]", True),
    ]


def test_unpicked_hold_stops_before_everything_downstream(project, pipeline) -> None:
    head = HEAD.replace("{takes: 2}", "{takes: 2, unpicked: hold}")
    project.write(pipeline(joined("[look]", '["{{ nodes.shot.video }}"]', head)))
    plan = project.plan()
    assert [one["action"] for one in plan.values()] == ["render"] * 4 + ["held"] * 2
    assert plan["reel[look=dawn]"]["why"] == {
        "code": "unpicked",
        "text": "waits for a pick of `shot[look=dawn]`",
        "hint": "`callsheet pick pipeline.yaml 'shot[look=dawn]' TAKE --simulate` picks one",
    }


def test_at_chooses_one_place_on_an_axis(project, pipeline) -> None:
    project.write(pipeline(joined("[language]", "[\"{{ nodes.shot.at(look='studio').video }}\"]")))
    assert clips_of(project.plan()["reel[language=de]"]) == [("shot[look=studio,take=1]", False)]


def test_a_list_inside_a_list_of_media_is_spliced(project, pipeline) -> None:
    project.write(
        pipeline(joined("[language]", '["{{ nodes.shot.at(look=\'studio\').video }}", "{{ nodes.shot.videos }}"]'))
    )
    assert [clip for clip, _ in clips_of(project.plan()["reel[language=de]"])] == [
        "shot[look=studio,take=1]",
        "shot[look=dawn,take=1]",
        "shot[look=studio,take=1]",
    ]


def test_a_singular_over_several_is_an_error_that_lists_the_ways_to_write_it(project, pipeline) -> None:
    project.write(pipeline(joined("[language]", '["{{ nodes.shot.video }}"]')))
    assert project.refusal() == (
        "pipeline.yaml:15:19: error: reel[language=en] and 1 more: `nodes.shot.video` is one file, but means 2 instances "
        "of `shot` [singular-over-several]\n"
        '  15 |       clips: ["{{ nodes.shot.video }}"]\n'
        "     |                   ^^^^^^^^^^^^^^^^\n"
        "  help: make this node `over: [language, look]`, or take every file with `nodes.shot.videos`, or choose one "
        "with `nodes.shot.at(look='dawn').video`\n"
    )


def test_a_gather_holds_the_instances_that_exist(project, pipeline) -> None:
    head = HEAD + "exclude: [{look: dawn}]\n"
    project.write(pipeline(joined("[language]", '"{{ nodes.shot.videos }}"', head)))
    assert clips_of(project.plan()["reel[language=en]"]) == [("shot[look=studio,take=1]", True)]


@pytest.mark.parametrize(
    ("over", "clips", "text"),
    [
        ("[language]", '"{{ nodes.shot.videos }}"', "`nodes.shot.videos` gathers nothing: no instance of it is left"),
        (
            "[language]",
            "[\"{{ nodes.shot.at(look='dawn').video }}\"]",
            "node `shot` has no instance with look `dawn`",
        ),
    ],
)
def test_an_empty_gather_or_a_dropped_singular_is_an_error(project, pipeline, over, clips, text) -> None:
    head = HEAD + "exclude: [{look: [dawn, studio]}]\n"
    project.write(pipeline(joined(over, clips, head)))
    assert text in project.refusal()


def test_default_allows_an_empty_gather(project, pipeline) -> None:
    head = HEAD + "exclude: [{look: studio}]\n"
    body = joined(
        "[language]",
        '["{{ nodes.shot.at(look=\'dawn\').video }}", "{{ nodes.extra.videos | default([], true) }}"]',
        head,
    )
    body += "  extra: {route: wan-ai/wan-2-7/text-to-video, over: [language], when: false, input: {prompt: y}}\n"
    project.write(pipeline(body))
    assert clips_of(project.plan()["reel[language=en]"]) == [("shot[look=dawn,take=1]", False)]


def test_only_the_branch_that_a_template_takes_makes_an_edge(project, pipeline) -> None:
    clips = "[\"{{ nodes.shot.at(look='dawn').video if language == 'en' else nodes.shot.at(look='studio').video }}\"]"
    project.write(pipeline(joined("[language]", clips)))
    plan = project.plan()
    assert plan["reel[language=en]"]["needs"] == ["shot[look=dawn,take=1]"]
    assert plan["reel[language=de]"]["needs"] == ["shot[look=studio,take=1]"]


def test_needs_is_an_edge_without_data(project, pipeline) -> None:
    body = HEAD + (
        f"nodes:\n  shot: {SHOT}\n"
        "  after: {route: wan-ai/wan-2-7/text-to-video, over: [look], needs: [shot], input: {prompt: y}}\n"
    )
    project.write(pipeline(body))
    after = project.plan()["after[look=dawn]"]
    assert after["needs"] == ["shot[look=dawn,take=1]", "shot[look=dawn,take=2]"]
    assert after["key"] is not None


def test_an_unknown_node_is_an_error_even_in_a_branch_that_is_not_taken(project, pipeline) -> None:
    project.write(pipeline(joined("[look]", '["{{ nodes.shot.video if true else nodes.shoot.video }}"]')))
    assert project.refusal() == (
        "pipeline.yaml:15:49: error: there is no node `shoot` [unknown-node]\n"
        '  15 |       clips: ["{{ nodes.shot.video if true else nodes.shoot.video }}"]\n'
        "     |                                                 ^^^^^^^^^^^\n"
        "  help: did you mean `shot`?\n"
    )


def test_a_cycle_is_an_error_and_drawn(project, pipeline) -> None:
    body = (
        "nodes:\n"
        '  a: {step: concat, input: {clips: ["{{ nodes.c.video }}"]}}\n'
        '  b: {step: concat, input: {clips: ["{{ nodes.a.video }}"]}}\n'
        '  c: {step: concat, input: {clips: ["{{ nodes.b.video }}"]}}\n'
    )
    project.write(pipeline(body))
    assert project.refusal() == (
        "pipeline.yaml:6:3: error: these need each other: a → b → c → a [cycle]\n"
        '  6 |   a: {step: concat, input: {clips: ["{{ nodes.c.video }}"]}}\n'
        "    |   ^\n"
    )


def test_a_node_may_not_use_itself(project, pipeline) -> None:
    project.write(pipeline('nodes:\n  a: {step: concat, input: {clips: ["{{ nodes.a.video }}"]}}\n'))
    assert "error: node `a` uses itself [self-reference]" in project.refusal()


def test_an_output_that_a_node_does_not_make_is_refused_before_anything_is_spent(project, pipeline) -> None:
    project.write(pipeline(joined("[look]", '["{{ nodes.shot.image }}"]')))
    assert (
        "error: reel[look=dawn] and 1 more: node `shot` makes video, so it has no `image` [unknown-output]"
        in project.refusal()
    )


def test_a_reference_is_never_spliced_into_text(project, pipeline) -> None:
    body = HEAD + (
        f"nodes:\n  shot: {SHOT}\n"
        '  b: {route: wan-ai/wan-2-7/text-to-video, over: [look], input: {prompt: "see {{ nodes.shot.video }}"}}\n'
    )
    project.write(pipeline(body))
    assert "a reference is a whole value or a list item, never spliced into text" in project.refusal()
