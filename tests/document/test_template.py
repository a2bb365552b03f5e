"""LANGUAGE.md, "Templates": what a template sees, keeps and refuses."""

from __future__ import annotations

import pytest

from callsheet.document.item import Item
from callsheet.document.record import Absent, Lookup, Record, TemplateFunction
from callsheet.document.source import parse
from callsheet.document.template import compile_expression, compile_value
from callsheet.media.info import Artifact
from callsheet.problems import DataFault, Problem, SourceText

DAWN = Record("dawn", {"light": "warm rim light", "copy": "Wake up", "items": 3, "keys": "k", "tags": ["a", "b"]})
SCOPE: dict[str, object] = {
    "params": Record(None, {"product": "Aurora", "seconds": 5, "note": None, "loud": True, "tricky": "{{ look }}"}),
    "look": DAWN,
    "guidance": Record("7", {}, 7),
}


def written(yaml: str) -> Item:
    return parse(SourceText("pipeline.yaml", yaml)).mapping["prompt"]


def rendered(text: str, **names: object) -> object:
    return compile_value(written(f"prompt: |-\n  {text}\n")).render({**SCOPE, **names})


def fault(yaml: str, **names: object) -> str:
    with pytest.raises(DataFault) as caught:
        compile_value(written(yaml)).render({**SCOPE, **names})
    return str(caught.value)


class Clips(Lookup):
    """Stands for `nodes.hero`: answers names, and nothing else."""

    def look_up(self, name: str) -> object:
        if name == "video":
            return Artifact("hero[look=dawn]", "video", axes={"look": "dawn"})
        if name == "videos":
            return [
                Artifact(f"hero[look={look}]", "video", many=True, axes={"look": look}) for look in ("dawn", "dusk")
            ]
        if name == "at":
            return TemplateFunction("at", lambda look: f"at {look}")
        return Absent("no instance of `hero` is left", "allow it with `| default([], true)`")


class Nodes(Lookup):
    def look_up(self, name: str) -> object:
        return Clips() if name == "hero" else Absent(f"there is no node `{name}`", None, "unknown-node")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("{{ params.seconds }}", 5),
        ("{{ params.loud }}", True),
        ("{{ params.seconds * 2 + 1 }}", 11),
        ("{{ look.tags }}", ["a", "b"]),
        ("{{ [params.seconds, look] }}", [5, "dawn"]),
        ("{{ {'a': params.seconds} }}", {"a": 5}),
        ("{{ '5' }}", "5"),
    ],
)
def test_a_string_that_is_exactly_one_template_keeps_the_values_type(text: str, value: object) -> None:
    result = rendered(text)
    assert result == value
    assert type(result) is type(value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("in {{ params.seconds }}", "in 5"),
        ("{{ params.seconds }}s", "5s"),
        ("{{ params.seconds }}{{ params.seconds }}", "55"),
        ("{% if params.loud %}{{ params.seconds }}{% endif %}", "5"),
        ("{{ params.loud }}?", "true?"),
        ("{{ 1.5 }} {{ 10 / 4 }} {{ false }}", "1.5 2.5 false"),
    ],
)
def test_any_other_rendered_string_is_text_and_is_never_re_read_as_something_else(text: str, value: str) -> None:
    assert rendered(text) == value


def test_a_whole_value_of_null_is_none_for_the_caller_to_leave_out() -> None:
    assert rendered("{{ params.note }}") is None
    assert rendered("{{ 'x' if params.seconds > 9 }}") is None


def test_values_that_come_from_params_are_never_rendered_again() -> None:
    assert rendered("{{ params.tricky }}") == "{{ look }}"
    assert rendered("say {{ params.tricky }}") == "say {{ look }}"


@pytest.mark.parametrize("column", ["copy", "items", "keys", "values", "get", "id", "value", "look_up", "fields"])
def test_a_column_named_as_a_python_attribute_is_data(column: str) -> None:
    sku = Record("bottle", {column: f"data of {column}"})
    assert (
        rendered(f"{{{{ sku.{column} }}}} {{{{ sku['{column}'] }}}}", sku=sku) == f"data of {column} data of {column}"
    )


def test_a_record_prints_as_its_id() -> None:
    assert rendered("at {{ look }}") == "at dawn"
    assert rendered("{{ look }}") == "dawn"
    assert rendered("{{ look.id }}") == "dawn"


def test_an_id_written_as_a_number_prints_as_its_id_and_is_that_number_as_a_whole_value() -> None:
    assert rendered("{{ guidance }}") == 7
    assert rendered("{{ guidance.value + 1 }}") == 8
    assert rendered("cfg {{ guidance }}") == "cfg 7"
    assert rendered("{{ [guidance] }}") == [7]


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("look == 'dawn'", True),
        ("look != 'dawn'", False),
        ("look in ['dusk', 'dawn']", True),
        ("look not in ['dusk']", True),
        ("look < 'dusk'", True),
        ("look == look", True),
        ("'light' in look", True),
    ],
)
def test_a_record_compares_as_its_id(expression: str, value: bool) -> None:
    assert rendered(f"{{{{ {expression} }}}}") is value


def test_comparing_a_record_with_a_number_is_an_error() -> None:
    assert fault('prompt: "{{ look == 5 }}"') == (
        "pipeline.yaml:1:9: error: `dawn` compares as its id, which is text, not with a number [template-comparison]\n"
        '  1 | prompt: "{{ look == 5 }}"\n'
        "    |         ^^^^^^^^^^^^^^^^^\n"
        "  help: compare one of its fields, or write the id as text"
    )
    assert fault('prompt: "{{ guidance > 5 }}"') == (
        "pipeline.yaml:1:9: error: `7` compares as its id, which is text, not with a number [template-comparison]\n"
        '  1 | prompt: "{{ guidance > 5 }}"\n'
        "    |         ^^^^^^^^^^^^^^^^^^^^\n"
        "  help: compare its `.value`"
    )


@pytest.mark.parametrize("expression", ["5 == look", "5 in [look]", "look in [5]", "5 < look", "true == look"])
def test_comparing_a_number_with_a_record_is_an_error_however_it_is_written(expression: str) -> None:
    assert "`dawn` compares as its id, which is text" in fault(f'prompt: "{{{{ {expression} }}}}"')


def test_rendering_a_list_into_text_is_an_error() -> None:
    assert fault('prompt: "Tags: {{ look.tags }}"') == (
        "pipeline.yaml:1:19: error: `look.tags` is a list and can't be put into text [not-text]\n"
        '  1 | prompt: "Tags: {{ look.tags }}"\n'
        "    |                   ^^^^^^^^^"
    )


def test_rendering_null_into_text_is_an_error() -> None:
    assert fault('prompt: "Note: {{ params.note }}"') == (
        "pipeline.yaml:1:19: error: `params.note` is null and can't be put into text [not-text]\n"
        '  1 | prompt: "Note: {{ params.note }}"\n'
        "    |                   ^^^^^^^^^^^\n"
        "  help: give it a text with `| default('', true)`"
    )


def test_rendering_a_group_of_fields_into_text_is_an_error() -> None:
    nested = Record("a", {"size": {"w": 1}})
    assert "`sku.size` is a group of fields and can't be put into text" in fault(
        'prompt: "{{ sku.size }}!"', sku=nested
    )
    assert rendered("{{ sku.size.w }}", sku=nested) == 1


def test_a_reference_is_a_whole_value_or_a_list_item_never_spliced_into_text() -> None:
    clip = Artifact("hero[look=dawn]", "video", axes={"look": "dawn"})
    assert rendered("{{ nodes.hero.video }}", nodes=Nodes()) == clip
    assert rendered("{{ [nodes.hero.video] }}", nodes=Nodes()) == [clip]
    assert fault('prompt: "see {{ nodes.hero.video }}"', nodes=Nodes()) == (
        "pipeline.yaml:1:17: error: `nodes.hero.video` is media and can't be put into text [not-text]\n"
        '  1 | prompt: "see {{ nodes.hero.video }}"\n'
        "    |                 ^^^^^^^^^^^^^^^^\n"
        "  help: a reference is a whole value or a list item, never spliced into text"
    )


def test_items_of_a_gather_keep_their_axes() -> None:
    text = "{% for clip in nodes.hero.videos %}{{ clip.axes.look }};{% endfor %}"
    assert rendered(text, nodes=Nodes()) == "dawn;dusk;"


def test_a_function_of_a_look_up_can_be_called() -> None:
    assert rendered("{{ nodes.hero.at(look='dusk') }}", nodes=Nodes()) == "at dusk"
    assert fault('prompt: "{{ nodes.hero.at(mood=1) }}"', nodes=Nodes()) == (
        "pipeline.yaml:1:9: error: `at` is given the wrong arguments [template-type]\n"
        '  1 | prompt: "{{ nodes.hero.at(mood=1) }}"\n'
        "    |         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^"
    )


def test_a_problem_that_a_function_found_without_a_place_stands_where_it_was_called() -> None:
    def media(path: str) -> object:
        raise DataFault(Problem("unreadable", f"`{path}` can't be read"))

    assert fault("prompt: \"{{ media('a.mp4').seconds }}\"", media=TemplateFunction("media", media)) == (
        "pipeline.yaml:1:9: error: `a.mp4` can't be read [unreadable]\n"
        "  1 | prompt: \"{{ media('a.mp4').seconds }}\"\n"
        "    |         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^"
    )


def test_default_takes_the_place_of_what_is_absent() -> None:
    assert rendered("{{ nodes.hero.images | default([], true) }}", nodes=Nodes()) == []
    assert rendered("{{ look.mood | default('calm') }}") == "calm"
    assert rendered("{{ params.note | default('none', true) }}") == "none"
    assert rendered("{{ mood is defined }}") is False
    assert fault('prompt: "{{ nodes.hero.images }}"', nodes=Nodes()) == (
        "pipeline.yaml:1:13: error: no instance of `hero` is left [undefined]\n"
        '  1 | prompt: "{{ nodes.hero.images }}"\n'
        "    |             ^^^^^^^^^^^^^^^^^\n"
        "  help: allow it with `| default([], true)`"
    )


def test_undefined_names_are_errors_with_the_nearest_right_one() -> None:
    assert fault('prompt: "{{ prams.product }}"') == (
        "pipeline.yaml:1:13: error: `prams` is not known here [unknown-name]\n"
        '  1 | prompt: "{{ prams.product }}"\n'
        "    |             ^^^^^\n"
        "  help: did you mean `params`?"
    )


def test_an_unknown_field_is_an_error_with_the_nearest_right_one() -> None:
    assert fault('prompt: "{{ params.prodct }} in {{ look.ligth }}"') == (
        "pipeline.yaml:1:13: error: `params` has no field `prodct` [unknown-field]\n"
        '  1 | prompt: "{{ params.prodct }} in {{ look.ligth }}"\n'
        "    |             ^^^^^^^^^^^^^\n"
        "  help: did you mean `product`?"
    )
    assert fault('prompt: "{{ look.ligth }}"') == (
        "pipeline.yaml:1:13: error: `dawn` has no field `ligth` [unknown-field]\n"
        '  1 | prompt: "{{ look.ligth }}"\n'
        "    |             ^^^^^^^^^^\n"
        "  help: did you mean `light`?"
    )


def test_an_absent_name_of_the_scope_says_why() -> None:
    reason = Absent("`mood` is an axis that this node is not over", "add it to `over`", "other-axis")
    assert fault('prompt: "a {{ mood }}"', mood=reason) == (
        "pipeline.yaml:1:15: error: `mood` is an axis that this node is not over [other-axis]\n"
        '  1 | prompt: "a {{ mood }}"\n'
        "    |               ^^^^\n"
        "  help: add it to `over`"
    )


def test_an_error_in_a_block_of_text_points_at_its_line() -> None:
    assert fault("prompt: >-\n  Slow dolly in on look,\n  {{ lok.light }}.\n") == (
        "pipeline.yaml:3:6: error: `lok` is not known here [unknown-name]\n"
        "  3 |   {{ lok.light }}.\n"
        "    |      ^^^\n"
        "  help: did you mean `look`?"
    )


def test_all_problems_of_a_nested_value_are_reported_in_one_go() -> None:
    yaml = 'prompt:\n  clips: ["{{ a }}", "x {{ params.b }}"]\n  fit: crop\n  n: "{{ look.c }}"\n'
    with pytest.raises(DataFault) as caught:
        compile_value(written(yaml)).render(SCOPE)
    assert [str(problem.span) for problem in caught.value.problems] == [
        "pipeline.yaml:2:15",
        "pipeline.yaml:2:28",
        "pipeline.yaml:4:10",
    ]


def test_all_syntax_errors_of_a_nested_value_are_reported_in_one_go() -> None:
    yaml = 'prompt:\n  - "{{ a"\n  - "{% if x %}"\n  - "{{ b|nope }}"\n'
    with pytest.raises(DataFault) as caught:
        compile_value(written(yaml))
    assert [problem.message for problem in caught.value.problems] == [
        "the template ends too early",
        "`{% if %}` is never closed",
        "there is no filter `nope`",
    ]


def test_templates_nested_in_lists_and_mappings_render_where_they_stand() -> None:
    yaml = 'prompt: {a: ["{{ params.seconds }}", 1, null], b: {c: "{{ look }}", d: true}, e: [x]}'
    assert compile_value(written(yaml)).render(SCOPE) == {
        "a": [5, 1, None],
        "b": {"c": "dawn", "d": True},
        "e": ["x"],
    }


@pytest.mark.parametrize("yaml", ["plain text", "5", "[1, {a: b}]", "'a { b } %'", "null"])
def test_a_value_without_templates_is_constant(yaml: str) -> None:
    template = compile_value(written(f"prompt: {yaml}"))
    assert template.constant
    assert template.names == frozenset()
    assert template.render({}) == template.item.plain()


def test_a_template_tells_which_names_it_uses() -> None:
    yaml = """prompt:
      - "{{ nodes.hero.video }} {{ nodes['spot'].videos }}"
      - "{% for x in look.tags %}{{ x ~ params.product }}{% endfor %}"
      - "{{ text.tagline }} {{ text.cta.short }}"
    """
    template = compile_value(written(yaml))
    assert template.names == {"nodes", "look", "params", "text"}
    assert template.node_names == {"hero", "spot"}
    assert template.param_names == {"product"}
    assert template.text_keys == {"tagline", "cta"}
    assert str(template.span_of("look")) == "pipeline.yaml:3:22"


def test_only_the_branch_that_is_taken_is_looked_up() -> None:
    assert rendered("{{ nodes.hero.video if look == 'dusk' else 'still' }}", nodes=Nodes()) == "still"
    assert rendered("{{ 'still' if look == 'dawn' else nodes.none.video }}", nodes=Nodes()) == "still"


def test_nodes_must_be_followed_by_a_name_that_is_written_out() -> None:
    assert fault('prompt: "{{ nodes[look] }}"', nodes=Nodes()) == (
        "pipeline.yaml:1:13: error: `nodes` is followed by the name of a node [template-syntax]\n"
        '  1 | prompt: "{{ nodes[look] }}"\n'
        "    |             ^^^^^\n"
        "  help: write `nodes.NAME.video`"
    )


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("{{ look.light | upper }}", "WARM RIM LIGHT"),
        ("{{ look.light.title() }}", "Warm Rim Light"),
        ("{{ look.light.split(' ')[0] }}", "warm"),
        ("{{ look.light[:4] ~ '!' }}", "warm!"),
        ("{{ look.tags | join(', ') }}", "a, b"),
        ("{{ look.tags | map('upper') | list }}", ["A", "B"]),
        ("{{ look.light | replace('warm', 'cold') | truncate(9) }}", "cold rim…"),
        ("{{ [3, 1, 2] | sort(reverse=true) }}", [3, 2, 1]),
        ("{{ [3, 1, 2] | sum }}", 6),
        ("{{ (10 / 3) | round(2) }}", 3.33),
        ("{{ [1, 2, 3, 4] | select('even') | list }}", [2, 4]),
        ("{{ ['b', 'a', 'b'] | unique | sort | join }}", "ab"),
        ("{{ '7' | int + 1 }}", 8),
        ("{{ 1 < params.seconds <= 5 }}", True),
        ("{% set who = 'you' %}for {{ who }}", "for you"),
        ("{% for t in look.tags %}{{ loop.index }}{{ t }}{{ ',' if not loop.last else '' }}{% endfor %}", "1a,2b"),
        ("{% for k, v in sizes | items %}{{ k }}={{ v }} {% endfor %}", "w=1 h=2 "),
        ("{{ rows | map(attribute='n') | join('-') }}", "1-2"),
        ("{{ rows | selectattr('n', 'gt', 1) | map(attribute='n') | list }}", [2]),
        ("a{# not said #}b", "ab"),
        ("{% raw %}{{ look }}{% endraw %}", "{{ look }}"),
    ],
)
def test_the_filters_and_statements_of_the_language(text: str, value: object) -> None:
    assert rendered(text, sizes={"w": 1, "h": 2}, rows=[{"n": 1}, {"n": 2}]) == value


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{{ look.light + 5 }}", "`+` works on numbers, not on text"),
        ("{{ look.light % 5 }}", "`%` works on numbers, not on text"),
        ("{{ 1 // 0 }}", "`//` divides by zero"),
        ("{{ 'a' < 5 }}", "`<` can't compare text with a number"),
        ("{{ 'abc' | int }}", "`abc` is not a whole number"),
        ("{{ look() }}", "`look` is not a function"),
        ("{{ look.tags[9] }}", "`look.tags` has 2 items, so none at 9"),
        ("{{ params.seconds.x }}", "`params.seconds` has no field `x`"),
        ("{{ [] | first }}", "`first` was given an empty list"),
        ("{{ [mood] == [] }}", "`mood` is not known here"),
        ("{% for x in 5 %}{% endfor %}", "only a list or a group of fields can be gone through, not a number"),
        ("{{ nodes.hero }}", "`nodes.hero` is a group of values, not a value"),
    ],
)
def test_a_value_that_is_used_as_it_cant_be_is_an_error(text: str, message: str) -> None:
    with pytest.raises(DataFault) as caught:
        rendered(text, nodes=Nodes())
    assert [problem.message for problem in caught.value.problems] == [message]


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("{{ a", "the template ends too early", "close it with `}}` or `%}`"),
        ("{{ a b }}", "`b` is out of place in the template", None),
        ("{{ }}", "a value is missing between the braces", None),
        ("{{ a | }}", "the template ends too early", "close it with `}}` or `%}`"),
        ("{{ (a }}", "`}` stands where `)` was expected", None),
        ("{{ a $ b }}", "`$` can't stand in a template", None),
        ("{{ 'a }}", "a quoted text in the template is never closed", None),
        ("{% if a %}b", "`{% if %}` is never closed", "add `{% endif %}`"),
        ("a{% endif %}", "`{% endif %}` closes nothing here", None),
        ("{% do x %}", "`{% do %}` can't be used in a template", "there are `if`, `for`, `set` and `raw`"),
        ("{% include 'x' %}", "`{% include %}` can't be used in a template", None),
        ("{# a", "`{#` begins a comment that is never closed", "write `{{ '{#' }}` for the characters"),
        ("{{ a | uper }}", "there is no filter `uper`", "did you mean `upper`?"),
        ("{{ a is strin }}", "there is no test `strin`", "did you mean `string`?"),
        ("{{ a | join(1, 2, 3) }}", "the filter `join` is given the wrong arguments", None),
        ("{{ f(*a) }}", "arguments can't be unpacked with `*` in a template", None),
        ("{% set params = 1 %}", "`params` can't be set in a template", None),
    ],
)
def test_a_template_that_cant_be_read_is_an_error_in_our_own_words(text: str, message: str, hint: str | None) -> None:
    with pytest.raises(DataFault) as caught:
        rendered(text)
    (problem,) = caught.value.problems
    assert (problem.message, problem.hint) == (message, hint)


@pytest.mark.parametrize(
    ("yaml", "value"),
    [
        ("look == 'dawn'", True),
        ("params.seconds > 9", False),
        ("'{{ params.loud }}'", True),
        ("'{{ look == \"dusk\" }}'", False),
        ("true", True),
        ("false", False),
        ("'true'", True),
    ],
)
def test_a_condition_is_a_bare_expression_or_one_template_or_a_boolean(yaml: str, value: bool) -> None:
    assert compile_expression(written(f"prompt: {yaml}")).render_boolean(SCOPE) is value


def test_a_condition_that_is_not_boolean_is_an_error() -> None:
    with pytest.raises(DataFault) as caught:
        compile_expression(written("prompt: look.light")).render_boolean(SCOPE)
    assert str(caught.value) == (
        "pipeline.yaml:1:9: error: a condition must be true or false, and this is text [not-boolean]\n"
        "  1 | prompt: look.light\n"
        "    |         ^^^^^^^^^^\n"
        "  help: compare it, as in `language == 'en'`"
    )
    with pytest.raises(DataFault) as caught:
        compile_expression(written("prompt: 5"))
    assert str(caught.value) == (
        "pipeline.yaml:1:9: error: a condition is an expression, true or false, and this is a number [not-boolean]\n"
        "  1 | prompt: 5\n"
        "    |         ^"
    )


def test_an_error_in_a_bare_expression_points_at_the_name() -> None:
    with pytest.raises(DataFault) as caught:
        compile_expression(written("prompt: lok == 'dawn'")).render_boolean(SCOPE)
    assert str(caught.value) == (
        "pipeline.yaml:1:9: error: `lok` is not known here [unknown-name]\n"
        "  1 | prompt: lok == 'dawn'\n"
        "    |         ^^^\n"
        "  help: did you mean `look`?"
    )
