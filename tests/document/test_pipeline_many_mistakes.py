"""All problems are reported in one go, each on its line."""

from __future__ import annotations

from collections.abc import Callable

Problems = Callable[..., list[tuple[int, int, str]]]

MISTAKES = """\
callsheet: 1
name: 2026
sed: 4
seed: 0
seed: 5
max_instances: many
params:
  b-roll: 1
  seconds: {type: integer, default: 50, maximum: 15}
  kind: {type: image, default: 5}
  colour: {tpye: text, default: x}
  text: x
axes:
  look:
    dawn: warm
  take: {takse: 2}
  more: {takes: 0}
  language: [en, de, en]
  city: [New York]
  seeds: {seeds: [1, x]}
  shot: {ordered: [a, a]}
  data: {from: a.csv, slug: yes}
exclude:
  - {lok: dawn}
  - dawn
only: {language: []}
text: {files: x, axis: lang}
defaults:
  seed: 4
profiles:
  draft:
    params: {sceonds: 1}
    foo: 1
nodes:
  hero:
    intent: a
    route: b
    over: look
    input:
      seed: 5
      image: {{ sku.image }}.png
    seed: {vary: [lok]}
    tags: [a b]
  spot:
    stp: x
    needs: [heroo]
    <<: x
  b-roll: {step: x}
  cut:
    use: x
  last:
    step: "{{ x }}"
    when: []
    allow_cut: yes
    was: !!str old
    publish: *nowhere
"""

LINES = [2, 3, 4, 5, 6, 8, 9, 10, 11, 12, 15, 16, 17, 18, 19, 20, 21, 22, 24, 25, 26, 27, 29, 32, 33]
LINES += [37, 38, 40, 41, 42, 43, 45, 46, 47, 48, 50, 52, 53, 54, 55, 56]


def test_forty_one_mistakes_are_forty_one_problems_each_on_its_line(problems_of: Problems) -> None:
    problems = problems_of(MISTAKES)
    assert [line for line, _, _ in problems] == LINES
    assert len(LINES) == 41


def test_a_mistake_of_form_hides_none_of_meaning(problems_of: Problems) -> None:
    assert problems_of(
        "callsheet: 1\nname: x\nsed: 1\nnodes:\n  a: {step: {{ x }}}\n  a: {step: y}\n  b: {stp: x}\n"
    ) == [
        (3, 1, "`sed` is not a key of a pipeline"),
        (5, 13, "a value that starts with `{{` must be quoted"),
        (6, 3, "`a` is written twice"),
        (7, 7, "`stp` is not a key of a node"),
    ]


def test_a_thousand_problems_are_enough(problems_of: Problems) -> None:
    text = "callsheet: 1\nname: x\nnodes:\n" + "".join(f"  a{number}: {{stp: x}}\n" for number in range(2000))
    assert len(problems_of(text)) == 1000
