"""Axes, instances, order of things."""

from __future__ import annotations

AXES = """
axes:
  look: [dawn, studio]
  language: [en, de]
"""


def test_a_node_is_made_once_per_combination_of_its_over_in_declaration_order_of_the_axes(project, pipeline) -> None:
    project.write(
        pipeline(
            f"{AXES}nodes: {{a: {{route: wan-ai/wan-2-7/text-to-video, over: [language, look], input: {{prompt: x}}}}}}"
        )
    )
    assert list(project.plan()) == [
        "a[look=dawn,language=en]",
        "a[look=dawn,language=de]",
        "a[look=studio,language=en]",
        "a[look=studio,language=de]",
    ]


def test_a_node_without_over_is_made_once_with_its_bare_name_as_id(project, pipeline) -> None:
    project.write(pipeline("nodes: {a: {route: wan-ai/wan-2-7/text-to-video, input: {prompt: x}}}"))
    assert list(project.plan()) == ["a"]


def filtered(rules: str) -> str:
    return f"""
axes:
  look: [dawn, studio]
  language: [en, de]
  size: [s, l]
{rules}
nodes: {{a: {{route: wan-ai/wan-2-7/text-to-video, over: [look, language, size], input: {{prompt: x}}}}}}
"""


def test_a_partial_exclude_drops_all_that_match(project, pipeline) -> None:
    project.write(pipeline(filtered("exclude: [{look: studio}]")))
    finished = project.run("plan", "pipeline.yaml", "--simulate", "--json").json
    assert [one["id"] for one in finished["instances"]] == [
        "a[look=dawn,language=en,size=s]",
        "a[look=dawn,language=en,size=l]",
        "a[look=dawn,language=de,size=s]",
        "a[look=dawn,language=de,size=l]",
    ]
    assert finished["totals"]["excluded"] == 4


def test_include_restores_what_exclude_dropped_crossing_unnamed_axes_in_full(project, pipeline) -> None:
    project.write(pipeline(filtered("exclude: [{look: studio}]\ninclude: [{look: studio, language: de}]")))
    assert [one for one in project.plan() if "studio" in one] == [
        "a[look=studio,language=de,size=s]",
        "a[look=studio,language=de,size=l]",
    ]


def test_only_comes_after_include(project, pipeline) -> None:
    project.write(pipeline(filtered("exclude: [{look: studio}]\ninclude: [{language: de}]\nonly: {size: [l]}")))
    assert list(project.plan()) == [
        "a[look=dawn,language=en,size=l]",
        "a[look=dawn,language=de,size=l]",
        "a[look=studio,language=de,size=l]",
    ]


def test_only_on_the_command_line_narrows_an_axis_of_the_nodes_that_have_it(project, pipeline) -> None:
    project.write(pipeline(filtered("")))
    assert len(project.plan("--only", "language=en", "--only", "size=s,l")) == 4


def test_when_decides_last_and_must_yield_a_boolean(project, pipeline) -> None:
    body = AXES + (
        "nodes:\n  a:\n    route: wan-ai/wan-2-7/text-to-video\n    over: [look, language]\n"
        "    when: \"{{ look == 'dawn' or language == 'de' }}\"\n    input: {prompt: x}\n"
    )
    project.write(pipeline(body))
    assert list(project.plan()) == [
        "a[look=dawn,language=en]",
        "a[look=dawn,language=de]",
        "a[look=studio,language=de]",
    ]
    project.edit("pipeline.yaml", "{{ look == 'dawn' or language == 'de' }}", "{{ look }}")
    assert project.refusal() == (
        "pipeline.yaml:12:11: error: a[look=dawn,language=en] and 3 more: a condition must be true or false, and this is text [not-boolean]\n"
        '  12 |     when: "{{ look }}"\n'
        "     |           ^^^^^^^^^^^^\n"
        "  help: compare it, as in `language == 'en'`\n"
    )


def test_an_entry_that_matches_nothing_is_a_warning(project, pipeline) -> None:
    project.write(pipeline(filtered("exclude: [{look: studioo}]")))
    finished = project.run("validate", "pipeline.yaml")
    assert finished.exit_code == 0
    assert finished.stderr == (
        "pipeline.yaml:9:11: warning: this `exclude` entry matches no combination [exclude-matches-nothing]\n"
        "  9 | exclude: [{look: studioo}]\n"
        "    |           ^^^^^^^^^^^^^^^\n"
        "  help: axis `look` has no id `studioo`: did you mean `studio`?\n"
    )
    assert finished.stdout == "1 file checked: 1 warning\n"
    assert project.run("plan", "pipeline.yaml", "--simulate", "--json").json["warnings"] == [
        {
            "code": "exclude-matches-nothing",
            "message": "this `exclude` entry matches no combination",
            "place": "pipeline.yaml:9:11",
            "instance": None,
            "hint": "axis `look` has no id `studioo`: did you mean `studio`?",
        }
    ]


def test_an_entry_concerns_only_nodes_whose_over_has_every_axis_it_names(project, pipeline) -> None:
    body = AXES + (
        "exclude: [{look: dawn, language: en}]\n"
        "nodes:\n  a: {route: wan-ai/wan-2-7/text-to-video, over: [look], input: {prompt: x}}\n"
        "  b: {route: wan-ai/wan-2-7/text-to-video, over: [look, language], input: {prompt: y}}\n"
    )
    project.write(pipeline(body))
    assert list(project.plan()) == [
        "a[look=dawn]",
        "a[look=studio]",
        "b[look=dawn,language=de]",
        "b[look=studio,language=en]",
        "b[look=studio,language=de]",
    ]


def test_a_mistyped_axis_does_not_become_an_invoice(project) -> None:
    ids = ", ".join(f"v{number}" for number in range(32))
    body = (
        f"callsheet: 1\nname: shop\nseed: 7\naxes:\n  a: [{ids}]\n  b: [{ids}]\n"
        "nodes:\n  clip: {route: wan-ai/wan-2-7/text-to-video, over: [a, b], input: {prompt: x}}\n"
    )
    project.write({"pipeline.yaml": body})
    assert project.refusal() == (
        "pipeline.yaml:8:3: error: with this node the pipeline has more than 1,000 instances [too-many-instances]\n"
        "  8 |   clip: {route: wan-ai/wan-2-7/text-to-video, over: [a, b], input: {prompt: x}}\n"
        "    |   ^^^^\n"
        "  help: narrow its `over`, or allow more with `max_instances:` in the file or `--max-instances N`\n"
    )
    assert len(project.plan("--max-instances", "1024")) == 1024


def test_a_template_that_uses_another_axis_is_an_error_that_says_so(project, pipeline) -> None:
    body = AXES + (
        "nodes:\n  a:\n    route: wan-ai/wan-2-7/text-to-video\n    over: [look]\n"
        '    input: {prompt: "{{ look }} in {{ language }}"}\n'
    )
    project.write(pipeline(body))
    assert project.refusal() == (
        "pipeline.yaml:12:39: error: `language` is an axis that node `a` is not made over [axis-not-in-over]\n"
        '  12 |     input: {prompt: "{{ look }} in {{ language }}"}\n'
        "     |                                       ^^^^^^^^\n"
        "  help: write `over: [look, language]`\n"
    )
