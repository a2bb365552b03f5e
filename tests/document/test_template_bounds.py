"""LANGUAGE.md: "Work and output are bounded"; "No environment, files, clock or random"."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from callsheet.document.item import Item
from callsheet.document.record import Record
from callsheet.document.source import parse
from callsheet.document.template import compile_value
from callsheet.problems import DataFault, SourceText

PYTHON_INSIDE = [
    "{{ ''.__class__ }}",
    "{{ ''['__class__'] }}",
    "{{ ''|attr('__class__') }}",
    "{{ {}.__class__.__mro__ }}",
    "{{ [].__class__ }}",
    "{{ look.__class__ }}",
    "{{ look['__init__'] }}",
    "{{ look.look_up('light') }}",
    "{{ look.light.upper.call }}",
    "{{ look.light.upper.__globals__ }}",
    "{{ '{0.__class__}'.format(look) }}",
    "{{ '{0.__class__}'.format_map({}) }}",
    "{{ '%s' % look }}",
    "{{ [look]|map(attribute='__class__')|list }}",
    "{{ [look]|selectattr('__class__')|list }}",
    "{{ [look]|map('attr', '__class__')|list }}",
    "{% for x in [1] %}{{ loop.__class__ }}{% endfor %}",
    "{% for x in [1] %}{{ loop._iterator }}{% endfor %}",
    "{% for x in [1] %}{{ loop.cycle('a') }}{% endfor %}",
    "{% for x in [1] %}{{ loop }}{% endfor %}",
    "{{ cycler }}",
    "{{ lipsum() }}",
    "{{ self }}",
    "{{ self.__init__ }}",
    "{{ namespace(a=1) }}",
    "{{ joiner() }}",
    "{{ dict(a=1) }}",
    "{{ range(3) }}",
    "{{ caller() }}",
    "{{ super() }}",
    "{{ context }}",
    "{{ environment }}",
    "{{ nothing.__class__ }}",
    "{{ none.__class__ }}",
    "{{ true.__class__ }}",
    "{{ 1.5.__class__ }}",
    "{{ [1]|random }}",
    "{{ [1]|shuffle }}",
    "{{ look|pprint }}",
    "{{ look|tojson }}",
    "{% import 'os' as os %}",
    "{% include '/etc/passwd' %}",
    "{% extends 'x' %}",
    "{% macro m() %}{% endmacro %}",
    "{% block b %}{% endblock %}",
    "{% call f() %}{% endcall %}",
    "{% filter upper %}x{% endfilter %}",
    "{% set ns.a = 1 %}",
    "{% autoescape true %}{% endautoescape %}",
]

DOUBLED = "{% set a = a ~ a %}"
NESTED = "{% set a = [a, a] %}"
BOMBS = [
    "{{ range(10**9) }}",
    "{{ 'a' * 10**9 }}",
    "{{ [1] * 10**9 }}",
    "{{ '%1000000000d' % 1 }}",
    "{{ '{:1000000000}'.format(1) }}",
    "{{ 'a'|center(10**9) }}",
    "{{ 'a'.ljust(10**9) }}",
    "{{ 'a'.zfill(10**9) }}",
    "{{ '%1000000000d'|format(1) }}",
    "{{ 'a'|indent(10**9) }}",
    "{{ 'a'|wordwrap(1, wrapstring='b' * 10**9) }}",
    "{{ [1]|batch(10**9, 0)|list }}",
    "{{ 10**10**8 }}",
    "{{ 2 ** 3 ** 4 ** 5 }}",
    "{{ 9**64 }}",
    "{{ 1 << 10**9 }}",
    "{{ 1e308 * 10 }}",
    "{{ 1e999 }}",
    "{{ 5|round(-10**9) }}",
    "{{ 5|round(10**9) }}",
    "{{ " + "9" * 5_000 + " }}",
    "{{ " + "9" * 4_000 + " }}",
    "{{ long|replace('x', long) }}",
    "{{ many|join(long) }}",
    "{{ long|replace('', long) }}",
    "{% for a in many %}{{ long }}{% endfor %}",
    "{% for a in many %}" + "y" * 1_000 + "{% endfor %}",
    "{% set a = 'xxxxxxxxxx' %}" + DOUBLED * 40 + "{{ a }}",
    "{% set a = [1] %}" + "{% set a = a + a %}" * 40 + "{{ a|length }}",
    "{% set a = 'xxxxxxxxxx' %}" + "{% set a %}{{ a }}{{ a }}{% endset %}" * 40 + "{{ a }}",
    "{% set a = [1] %}" + NESTED * 40 + "{{ a == [] }}",
    "{% set a = [1] %}" + NESTED * 40 + "{{ a in [a] }}",
    "{% set a = ['x'] %}" + NESTED * 40 + "{{ a|join }}",
    "{% set a = [1] %}" + NESTED * 40 + "{{ a }}",
    "{% for a in many %}{% for b in many %}{% for c in many %}{% endfor %}{% endfor %}{% endfor %}",
    "{% for a in many %}{% for b in many %}{% if long == long2 %}{% endif %}{% endfor %}{% endfor %}",
    "{% for a in many %}{% for b in many %}{% set q = long.replace('x', 'y') %}{% endfor %}{% endfor %}",
    "{% for a in many %}{% for b in many %}{% set q = long.strip('yz') %}{% endfor %}{% endfor %}",
    "{% for a in many %}{% for b in many %}{% set q = long[::-1] %}{% endfor %}{% endfor %}",
    "{% for a in many if many|sort %}{% endfor %}",
    "{{ " + "(" * 9_000 + "1" + ")" * 9_000 + " }}",
    "{{ " + "[" * 9_000 + "]" * 9_000 + " }}",
    "{{ " + "{'a':" * 3_000 + "1" + "}" * 3_000 + " }}",
    "{{ " + "1+" * 9_000 + "1 }}",
    "{{ " + "not " * 4_900 + "1 }}",
    "{{ " + "-" * 9_000 + "1 }}",
    "{{ " + "1 if 1 else " * 1_500 + "1 }}",
    "{{ 1" + " and 1" * 3_000 + " }}",
    "{{ 1" + " < 1" * 4_000 + " }}",
    "{{ a" + ".b" * 9_000 + " }}",
    "{{ a" + "|upper" * 3_000 + " }}",
    "{{ f" + "()" * 9_000 + " }}",
    "{% if 1 %}" * 1_500,
    "{% if 1 %}" * 900 + "{% endif %}" * 900,
    "{% for x in many %}" * 500 + "{% endfor %}" * 500,
    "{% for x in [1] %}" * 30 + "{% endfor %}" * 30,
    "{{ " * 6_000,
    "{#" * 6_000,
    "{%" * 9_000,
    "{{'" * 6_000,
    "{{ x }}" * 100_000,
]

CHILD = """
import json, sys, time
from callsheet.document.item import Item
from callsheet.document.template import compile_value
from callsheet.problems import DataFault, SourceText, Span

scope = {"many": ["w%d" % n for n in range(1000)], "long": "x" * 50_000, "long2": "x" * 50_000}
results = []
for text in json.load(sys.stdin):
    item = Item(text, Span(SourceText("p.yaml", ""), 1, 1, 1, 1))
    began = time.process_time()
    try:
        compile_value(item).render(scope)
        outcome = "rendered"
    except DataFault as fault:
        outcome = "fault"
    results.append([text[:60], outcome, time.process_time() - began])
print(json.dumps([results, peak_bytes()]))
"""


def written(text: str) -> Item:
    return parse(SourceText("pipeline.yaml", f"prompt: |-\n  {text}\n")).mapping["prompt"]


@pytest.mark.parametrize("text", PYTHON_INSIDE)
def test_no_attribute_of_a_python_object_can_be_reached(text: str) -> None:
    scope = {"look": Record("dawn", {"light": "warm"})}
    for around in ("", "!"):
        with pytest.raises(DataFault) as caught:
            compile_value(written(text + around)).render(scope)
        assert len(caught.value.problems) == 1


def test_each_bomb_ends_as_an_ordinary_error_within_a_second_and_200_mb(child_python) -> None:
    results, peak = json.loads(child_python(CHILD, json.dumps(BOMBS)).stdout)
    assert [entry for entry in results if entry[1] != "fault"] == []
    assert [entry for entry in results if entry[2] >= 1.0] == []
    assert peak < 200_000_000


def test_the_error_of_a_bomb_is_one_sentence_at_its_place() -> None:
    source = SourceText("pipeline.yaml", 'prompt: "{{ 10**10**8 }}"')
    with pytest.raises(DataFault) as caught:
        compile_value(parse(source).mapping["prompt"]).render({})
    assert caught.value.exit_code == 65
    assert str(caught.value) == (
        "pipeline.yaml:1:9: error: a number in the template is too large [template-bounds]\n"
        '  1 | prompt: "{{ 10**10**8 }}"\n'
        "    |         ^^^^^^^^^^^^^^^^^"
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{{ long ~ long ~ long }}", "the template makes a text of more than 100,000 characters"),
        ("{{ long }}{{ long }}{{ long }}", "the template makes a text of more than 100,000 characters"),
        ("{{ many + many }}", "the template makes a list of more than 10,000 items"),
        (
            "{% for a in many %}{% for b in many %}{% endfor %}{% endfor %}",
            "the template does too much work",
        ),
        ("{{ " + "[" * 2_000 + "]" * 2_000 + " }}", "the template is nested too deeply"),
        ("{{ x }}" * 3_000, "a template is at most 20,000 characters long"),
    ],
)
def test_what_passes_a_bound_is_named(text: str, message: str) -> None:
    with pytest.raises(DataFault) as caught:
        compile_value(written(text)).render({"long": "x" * 40_000, "many": ["y"] * 6_000})
    assert [problem.message for problem in caught.value.problems] == [message]


def test_a_long_list_of_references_and_a_long_prompt_are_well_within_the_bounds() -> None:
    many = [f"clip {number}" for number in range(1_000)]
    assert compile_value(written("{{ many }}")).render({"many": many}) == many
    text = "{% for clip in many %}{{ loop.index }}. {{ clip }}; {% endfor %}"
    assert compile_value(written(text)).render({"many": many[:2]}) == "1. clip 0; 2. clip 1; "
    assert compile_value(written("{{ p }}!")).render({"p": "x" * 5_000}) == "x" * 5_000 + "!"


def test_rendering_does_not_depend_on_the_hash_seed() -> None:
    program = (
        "from callsheet.document.item import Item\n"
        "from callsheet.document.template import compile_value\n"
        "from callsheet.problems import SourceText, Span\n"
        "text = \"{{ ['b','a','c','b']|unique|join }}{% for k in m %}{{ k }}{% endfor %}\"\n"
        "item = Item(text, Span(SourceText('p', text), 1, 1, 1, 2))\n"
        "print(compile_value(item).render({'m': {'z': 1, 'y': 2, 'x': 3}}))\n"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", program], env={"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True
        ).stdout
        for seed in ("0", "1")
    }
    assert outputs == {"baczyx\n"}
