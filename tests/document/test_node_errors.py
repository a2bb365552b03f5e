"""Every key of a node: what is refused, where, and what is offered instead."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from callsheet.document.model import Document

Refuse = Callable[..., str]
Read = Callable[..., Document]


def test_a_node_that_is_no_mapping(refused: Refuse) -> None:
    assert refused("nodes:\n  hero: portrait\n") == (
        "pipeline.yaml:4:9: error: node `hero` must be a mapping, not text [wrong-type]\n"
        "  4 |   hero: portrait\n"
        "    |         ^^^^^^^^"
    )


def test_a_node_with_a_dash_in_its_name_gets_the_right_one(refused: Refuse) -> None:
    assert refused("nodes:\n  b-roll: {intent: portrait}\n") == (
        "pipeline.yaml:4:3: error: `b-roll` can't name a node: names are lower-case letters, digits and `_`,"
        " and start with a letter [bad-name]\n"
        "  4 |   b-roll: {intent: portrait}\n"
        "    |   ^^^^^^\n"
        "  help: did you mean `b_roll`?"
    )


def test_a_node_with_a_name_of_the_templates(refused: Refuse) -> None:
    assert refused("nodes:\n  media: {intent: portrait}\n") == (
        "pipeline.yaml:4:3: error: `media` can't name a node: templates have it for something else"
        " [reserved-name]\n"
        "  4 |   media: {intent: portrait}\n"
        "    |   ^^^^^"
    )


def test_a_node_without_a_maker(refused: Refuse) -> None:
    assert refused("nodes:\n  hero: {input: {}}\n") == (
        "pipeline.yaml:4:3: error: node `hero` must have one of `route`, `intent`, `step` or `use` [missing-key]\n"
        "  4 |   hero: {input: {}}\n"
        "    |   ^^^^"
    )


def test_a_node_with_two_makers(refused: Refuse) -> None:
    assert refused(
        "axes:\n"
        "  look: [dawn, dusk]\n"
        "  take: {takes: 2}\n"
        "  alt: {seeds: [1, 2]}\n"
        "nodes:\n"
        "  hero: {route: a/b}\n"
        "  spot: {route: a/b, step: concat}\n"
    ) == (
        "pipeline.yaml:9:22: error: node `spot` can't have both `route` and `step` [two-makers]\n"
        "  9 |   spot: {route: a/b, step: concat}\n"
        "    |                      ^^^^\n"
        "  see also pipeline.yaml:9:10"
    )


def test_a_node_with_a_misspelt_maker(refused: Refuse) -> None:
    assert refused(
        "axes:\n"
        "  look: [dawn, dusk]\n"
        "  take: {takes: 2}\n"
        "  alt: {seeds: [1, 2]}\n"
        "nodes:\n"
        "  hero: {route: a/b}\n"
        "  spot: {stp: concat}\n"
    ) == (
        "pipeline.yaml:9:10: error: `stp` is not a key of a node [unknown-key]\n"
        "  9 |   spot: {stp: concat}\n"
        "    |          ^^^\n"
        "  help: did you mean `step`?"
    )


def test_what_belongs_to_the_used_pipeline_cant_stand_beside_use(refused: Refuse, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("callsheet: 1\nname: a\nnodes: {b: {step: x}}\n")
    assert refused(
        "nodes:\n"
        "  spot:\n"
        "    use: a.yaml\n"
        "    input: {prompt: x}\n"
        "    seed: 4\n"
        "    publish: x.mp4\n"
        "    advice: off\n"
        "    allow_cut: true\n"
    ) == (
        "pipeline.yaml:6:5: error: `input` can't stand beside `use` [not-with-use]\n"
        "  6 |     input: {prompt: x}\n"
        "    |     ^^^^^\n"
        "  help: what goes in is given to its params, by `with` (node `spot`)\n"
        "pipeline.yaml:7:5: error: `seed` can't stand beside `use` [not-with-use]\n"
        "  7 |     seed: 4\n"
        "    |     ^^^^\n"
        "  help: its seeds are derived from this file's root seed and the node's name (node `spot`)\n"
        "pipeline.yaml:8:5: error: `publish` can't stand beside `use` [not-with-use]\n"
        "  8 |     publish: x.mp4\n"
        "    |     ^^^^^^^\n"
        "  help: its own nodes say where their files go (node `spot`)\n"
        "pipeline.yaml:9:5: error: `advice` can't stand beside `use` [not-with-use]\n"
        "  9 |     advice: off\n"
        "    |     ^^^^^^\n"
        "  help: its own nodes say whether they want advice (node `spot`)\n"
        "pipeline.yaml:10:5: error: `allow_cut` can't stand beside `use` [not-with-use]\n"
        "  10 |     allow_cut: true\n"
        "     |     ^^^^^^^^^\n"
        "  help: its own nodes say whether a voice may be cut (node `spot`)"
    )


def test_with_stands_only_beside_use(refused: Refuse) -> None:
    assert refused("nodes:\n  spot: {step: concat, with: {line: x}}\n") == (
        "pipeline.yaml:4:24: error: `with` gives values to a pipeline that is used, and node `spot` uses none "
        "[with-without-use]\n"
        "  4 |   spot: {step: concat, with: {line: x}}\n"
        "    |                        ^^^^\n"
        "  help: inputs stand in `input`"
    )


def test_use_cant_be_a_template(refused: Refuse) -> None:
    assert refused('params: {which: a}\nnodes:\n  spot: {use: "{{ params.which }}.yaml"}\n') == (
        "pipeline.yaml:5:15: error: `use` can't be a template [templated-use]\n"
        '  5 |   spot: {use: "{{ params.which }}.yaml"}\n'
        "    |               ^^^^^^^^^^^^^^^^^^^^^^^^^\n"
        "  help: the values of `with` can be"
    )


def test_a_step_cant_be_a_template(refused: Refuse) -> None:
    assert refused(
        "axes:\n"
        "  look: [dawn, dusk]\n"
        "  take: {takes: 2}\n"
        "  alt: {seeds: [1, 2]}\n"
        "nodes:\n"
        "  hero: {route: a/b}\n"
        '  spot: {step: "{{ look.step }}"}\n'
    ) == (
        "pipeline.yaml:9:16: error: `step` can't be a template [templated-step]\n"
        '  9 |   spot: {step: "{{ look.step }}"}\n'
        "    |                ^^^^^^^^^^^^^^^^^\n"
        "  help: `route`, `intent` and `input` can be"
    )


def test_over_that_is_one_axis(refused: Refuse) -> None:
    assert refused(
        "axes:\n"
        "  look: [dawn, dusk]\n"
        "  take: {takes: 2}\n"
        "  alt: {seeds: [1, 2]}\n"
        "nodes:\n"
        "  hero: {route: a/b}\n"
        "  spot: {step: a, over: look}\n"
    ) == (
        "pipeline.yaml:9:25: error: `over` must be a list of axes, not text [wrong-type]\n"
        "  9 |   spot: {step: a, over: look}\n"
        "    |                         ^^^^\n"
        "  help: write `[look]`"
    )


def test_over_an_unknown_axis(refused: Refuse) -> None:
    assert refused(
        "axes:\n"
        "  look: [dawn, dusk]\n"
        "  take: {takes: 2}\n"
        "  alt: {seeds: [1, 2]}\n"
        "nodes:\n"
        "  hero: {route: a/b}\n"
        "  spot: {step: a, over: [lok]}\n"
    ) == (
        "pipeline.yaml:9:26: error: there is no axis `lok` [unknown-axis]\n"
        "  9 |   spot: {step: a, over: [lok]}\n"
        "    |                          ^^^\n"
        "  help: did you mean `look`?"
    )


def test_over_an_axis_twice(refused: Refuse) -> None:
    assert refused(
        "axes:\n"
        "  look: [dawn, dusk]\n"
        "  take: {takes: 2}\n"
        "  alt: {seeds: [1, 2]}\n"
        "nodes:\n"
        "  hero: {route: a/b}\n"
        "  spot: {step: a, over: [look, look]}\n"
    ) == (
        "pipeline.yaml:9:32: error: `look` is written twice [duplicate-name]\n"
        "  9 |   spot: {step: a, over: [look, look]}\n"
        "    |                                ^^^^\n"
        "  see also pipeline.yaml:9:26"
    )


def test_over_two_takes_axes(refused: Refuse) -> None:
    assert refused(
        "axes:\n"
        "  look: [dawn, dusk]\n"
        "  take: {takes: 2}\n"
        "  alt: {seeds: [1, 2]}\n"
        "nodes:\n"
        "  hero: {route: a/b}\n"
        "  spot: {step: a, over: [take, look, alt]}\n"
    ) == (
        "pipeline.yaml:9:38: error: a node can have one takes axis, not both `take` and `alt` [two-takes]\n"
        "  9 |   spot: {step: a, over: [take, look, alt]}\n"
        "    |                                      ^^^\n"
        "  see also pipeline.yaml:9:26"
    )


def test_an_unknown_node_in_needs(refused: Refuse) -> None:
    assert refused(
        "axes:\n"
        "  look: [dawn, dusk]\n"
        "  take: {takes: 2}\n"
        "  alt: {seeds: [1, 2]}\n"
        "nodes:\n"
        "  hero: {route: a/b}\n"
        "  spot: {step: a, needs: [heroo, 4]}\n"
    ) == (
        "pipeline.yaml:9:27: error: there is no node `heroo` [unknown-node]\n"
        "  9 |   spot: {step: a, needs: [heroo, 4]}\n"
        "    |                           ^^^^^\n"
        "  help: did you mean `hero`?\n"
        "pipeline.yaml:9:34: error: the name of a node must be text, not `4` [wrong-type]\n"
        "  9 |   spot: {step: a, needs: [heroo, 4]}\n"
        "    |                                  ^"
    )
