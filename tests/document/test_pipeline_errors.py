"""Every key with its shape: what is refused, where, and what is offered instead."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from callsheet.document.model import Document
from callsheet.problems import DataFault

Refuse = Callable[..., str]
Read = Callable[..., Document]


def test_an_unknown_key_gets_the_nearest_right_one(refused: Refuse) -> None:
    assert refused("sed: 4\n") == (
        "pipeline.yaml:3:1: error: `sed` is not a key of a pipeline [unknown-key]\n"
        "  3 | sed: 4\n"
        "    | ^^^\n"
        "  help: did you mean `seed`?"
    )


def test_an_unknown_key_near_to_none_gets_the_list(refused: Refuse) -> None:
    assert refused("zzz: 4\n") == (
        "pipeline.yaml:3:1: error: `zzz` is not a key of a pipeline [unknown-key]\n"
        "  3 | zzz: 4\n"
        "    | ^^^\n"
        "  help: there are: `callsheet`, `name`, `description`, `seed`, `params`, `axes`, `exclude`,"
        " `include`, `only`, `text`, `defaults`, `profiles`, `max_instances`, `nodes`, `outputs`"
    )


def test_a_text_that_yaml_reads_as_a_number_is_told_to_be_quoted(refused: Refuse) -> None:
    assert refused("description: 2026\n") == (
        "pipeline.yaml:3:14: error: `description` must be text, not `2026` [wrong-type]\n"
        "  3 | description: 2026\n"
        "    |              ^^^^\n"
        '  help: quote it: "2026"'
    )


def test_a_number_in_quotes_is_told_to_lose_them(refused: Refuse) -> None:
    assert refused('seed: "5"\n') == (
        "pipeline.yaml:3:7: error: `seed` must be an integer of at least 1, not text [wrong-type]\n"
        '  3 | seed: "5"\n'
        "    |       ^^^\n"
        "  help: write it without quotes"
    )


def test_a_template_where_none_is_rendered(refused: Refuse) -> None:
    assert refused('seed: "{{ params.seed }}"\n') == (
        "pipeline.yaml:3:7: error: `seed` must be an integer of at least 1, not text [wrong-type]\n"
        '  3 | seed: "{{ params.seed }}"\n'
        "    |       ^^^^^^^^^^^^^^^^^^^\n"
        "  help: a template can't stand here"
    )


def test_a_seed_of_zero(refused: Refuse) -> None:
    assert refused("seed: 0\n") == (
        "pipeline.yaml:3:7: error: `seed` must be an integer of at least 1, not `0` [wrong-type]\n"
        "  3 | seed: 0\n"
        "    |       ^"
    )


def test_a_seed_that_is_no_integer(refused: Refuse) -> None:
    assert refused("seed: 1.5\n") == (
        "pipeline.yaml:3:7: error: `seed` must be an integer of at least 1, not `1.5` [wrong-type]\n"
        "  3 | seed: 1.5\n"
        "    |       ^^^"
    )


def test_a_key_without_a_value(refused: Refuse) -> None:
    assert refused("axes:\n") == (
        "pipeline.yaml:3:6: error: `axes` must be a mapping, not empty [wrong-type]\n"
        "  3 | axes:\n"
        "    |      ^\n"
        "  help: give it a value, or leave the key out"
    )


def test_max_instances_of_zero(refused: Refuse) -> None:
    assert refused("max_instances: 0\n") == (
        "pipeline.yaml:3:16: error: `max_instances` must be an integer of at least 1, not `0` [wrong-type]\n"
        "  3 | max_instances: 0\n"
        "    |                ^"
    )


def test_a_pipeline_without_nodes(refused: Refuse) -> None:
    assert refused("nodes: {}\n") == (
        "pipeline.yaml:3:8: error: `nodes` must have at least one node [missing-key]\n  3 | nodes: {}\n    |        ^^"
    )


def test_an_axis_with_a_dash_in_its_name(refused: Refuse) -> None:
    assert refused("axes:\n  b-roll: [a]\n") == (
        "pipeline.yaml:4:3: error: `b-roll` can't name an axis: names are lower-case letters, digits and"
        " `_`, and start with a letter [bad-name]\n"
        "  4 |   b-roll: [a]\n"
        "    |   ^^^^^^\n"
        "  help: did you mean `b_roll`?"
    )


def test_an_axis_with_a_name_of_the_templates(refused: Refuse) -> None:
    assert refused("axes:\n  params: [a]\n  in: [a]\n") == (
        "pipeline.yaml:4:3: error: `params` can't name an axis: templates have it for something else"
        " [reserved-name]\n"
        "  4 |   params: [a]\n"
        "    |   ^^^^^^\n"
        "pipeline.yaml:5:3: error: `in` can't name an axis: templates have it for something else [reserved-name]\n"
        "  5 |   in: [a]\n"
        "    |   ^^"
    )


def test_an_axis_that_is_text(refused: Refuse) -> None:
    assert refused("axes:\n  look: dawn\n") == (
        "pipeline.yaml:4:9: error: axis `look` must be a list of ids or a mapping, not text [wrong-type]\n"
        "  4 |   look: dawn\n"
        "    |         ^^^^\n"
        "  help: write `[dawn]`"
    )


def test_an_axis_without_ids(refused: Refuse) -> None:
    assert refused("axes:\n  look: []\n  hue: {}\n  take: {takes: []}\n  alt: {seeds: []}\n") == (
        "pipeline.yaml:4:9: error: axis `look` must have at least one id [empty-axis]\n"
        "  4 |   look: []\n"
        "    |         ^^\n"
        "pipeline.yaml:5:8: error: axis `hue` must have at least one id [empty-axis]\n"
        "  5 |   hue: {}\n"
        "    |        ^^\n"
        "pipeline.yaml:6:17: error: axis `take` must have at least one take [empty-axis]\n"
        "  6 |   take: {takes: []}\n"
        "    |                 ^^\n"
        "pipeline.yaml:7:16: error: axis `alt` must have at least one seed [empty-axis]\n"
        "  7 |   alt: {seeds: []}\n"
        "    |                ^^"
    )


def test_a_duplicate_id_names_both_places(refused: Refuse) -> None:
    assert refused('axes:\n  look: [dawn, dusk, dawn]\n  size: [1, "1"]\n') == (
        "pipeline.yaml:4:22: error: `dawn` is written twice [duplicate-id]\n"
        "  4 |   look: [dawn, dusk, dawn]\n"
        "    |                      ^^^^\n"
        "  see also pipeline.yaml:4:10\n"
        "pipeline.yaml:5:13: error: `1` is written twice [duplicate-id]\n"
        '  5 |   size: [1, "1"]\n'
        "    |             ^^^\n"
        "  see also pipeline.yaml:5:10"
    )


def test_an_id_that_is_none(refused: Refuse) -> None:
    assert refused('axes:\n  look: [a b, .., "", ~]\n  hue: {"a/b": {x: 1}}\n') == (
        "pipeline.yaml:4:10: error: `a b` can't be an id: it has 1 to 64 letters, digits, `.`, `_` and `-`,"
        " and is not `.` or `..` [bad-id]\n"
        '  4 |   look: [a b, .., "", ~]\n'
        "    |          ^^^\n"
        "pipeline.yaml:4:15: error: `..` can't be an id: it has 1 to 64 letters, digits, `.`, `_` and `-`,"
        " and is not `.` or `..` [bad-id]\n"
        '  4 |   look: [a b, .., "", ~]\n'
        "    |               ^^\n"
        "pipeline.yaml:4:19: error: an empty text can't be an id: it has 1 to 64 letters, digits, `.`, `_`"
        " and `-`, and is not `.` or `..` [bad-id]\n"
        '  4 |   look: [a b, .., "", ~]\n'
        "    |                   ^^\n"
        "pipeline.yaml:4:23: error: an id must be text or a number, not empty [wrong-type]\n"
        '  4 |   look: [a b, .., "", ~]\n'
        "    |                       ^\n"
        "pipeline.yaml:5:9: error: `a/b` can't be an id: it has 1 to 64 letters, digits, `.`, `_` and `-`,"
        " and is not `.` or `..` [bad-id]\n"
        '  5 |   hue: {"a/b": {x: 1}}\n'
        "    |         ^^^^^"
    )


def test_an_id_that_is_too_long(refused: Refuse) -> None:
    assert refused("axes:\n  look: [xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx]\n") == (
        "pipeline.yaml:4:10: error: `xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx`"
        " can't be an id: it has 1 to 64 letters, digits, `.`, `_` and `-`, and is not `.` or `..` [bad-id]\n"
        "  4 |   look: [xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx]\n"
        "    |          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^"
    )


def test_a_record_that_is_no_mapping(refused: Refuse) -> None:
    assert refused("axes:\n  look: {dawn: warm}\n") == (
        "pipeline.yaml:4:16: error: the record of `dawn` in axis `look` must be a mapping, not text [wrong-type]\n"
        "  4 |   look: {dawn: warm}\n"
        "    |                ^^^^\n"
        "  help: write `dawn: {field: value}`, or a list of ids"
    )


def test_a_misspelt_axis_form(refused: Refuse) -> None:
    assert refused("axes:\n  take: {takse: 2}\n") == (
        "pipeline.yaml:4:10: error: `takse` is not a key of an axis [unknown-key]\n"
        "  4 |   take: {takse: 2}\n"
        "    |          ^^^^^\n"
        "  help: did you mean `takes`?"
    )


def test_two_axis_forms_at_once(refused: Refuse) -> None:
    assert refused("axes:\n  take: {takes: 2, seeds: [1]}\n") == (
        "pipeline.yaml:4:20: error: axis `take` can't have both `takes` and `seeds` [two-forms]\n"
        "  4 |   take: {takes: 2, seeds: [1]}\n"
        "    |                    ^^^^^\n"
        "  see also pipeline.yaml:4:10"
    )


def test_takes_out_of_range(refused: Refuse) -> None:
    assert refused("axes:\n  take: {takes: 10001}\n") == (
        "pipeline.yaml:4:17: error: `takes` must be an integer from 1 to 10000 or a list of names, not"
        " `10001` [wrong-type]\n"
        "  4 |   take: {takes: 10001}\n"
        "    |                 ^^^^^"
    )


def test_takes_named_twice(refused: Refuse) -> None:
    assert refused("axes:\n  take: {takes: [a, b, a]}\n") == (
        "pipeline.yaml:4:24: error: `a` is written twice [duplicate-id]\n"
        "  4 |   take: {takes: [a, b, a]}\n"
        "    |                        ^\n"
        "  see also pipeline.yaml:4:18"
    )


def test_seeds_that_are_none(refused: Refuse) -> None:
    assert refused("axes:\n  take: {seeds: [11, 0, x, 11]}\n") == (
        "pipeline.yaml:4:22: error: a seed must be an integer of at least 1, not `0` [wrong-type]\n"
        "  4 |   take: {seeds: [11, 0, x, 11]}\n"
        "    |                      ^\n"
        "pipeline.yaml:4:25: error: a seed must be an integer of at least 1, not text [wrong-type]\n"
        "  4 |   take: {seeds: [11, 0, x, 11]}\n"
        "    |                         ^\n"
        "pipeline.yaml:4:28: error: `11` is written twice [duplicate-id]\n"
        "  4 |   take: {seeds: [11, 0, x, 11]}\n"
        "    |                            ^^\n"
        "  see also pipeline.yaml:4:18"
    )


def test_an_unknown_unpicked(refused: Refuse) -> None:
    assert refused("axes:\n  take: {takes: 2, unpicked: frist}\n") == (
        "pipeline.yaml:4:30: error: `unpicked` must be `first` or `hold`, not text [wrong-type]\n"
        "  4 |   take: {takes: 2, unpicked: frist}\n"
        "    |                              ^^^^^\n"
        "  help: did you mean `first`?"
    )


def test_an_ordered_axis_is_not_yet(refused: Refuse) -> None:
    assert refused("axes:\n  shot: {ordered: [a, b]}\n  scene: {from: a.csv, ordered: true}\n") == (
        "pipeline.yaml:4:10: error: `ordered` is not supported yet [not-yet]\n"
        "  4 |   shot: {ordered: [a, b]}\n"
        "    |          ^^^^^^^\n"
        "pipeline.yaml:5:24: error: `ordered` is not supported yet [not-yet]\n"
        "  5 |   scene: {from: a.csv, ordered: true}\n"
        "    |                        ^^^^^^^"
    )


def test_an_axis_from_data_with_wrong_options(refused: Refuse) -> None:
    assert refused("axes:\n  sku: {from: a.csv, slug: yes, types: {price: float}, colum: a}\n") == (
        "pipeline.yaml:4:28: error: `slug` must be `true` or `false`, not text [wrong-type]\n"
        "  4 |   sku: {from: a.csv, slug: yes, types: {price: float}, colum: a}\n"
        "    |                            ^^^\n"
        "pipeline.yaml:4:48: error: the type of `price` must be `text`, `integer`, `number`, `boolean`,"
        " `image`, `video` or `audio`, not text [wrong-type]\n"
        "  4 |   sku: {from: a.csv, slug: yes, types: {price: float}, colum: a}\n"
        "    |                                                ^^^^^\n"
        "pipeline.yaml:4:56: error: `colum` is not a key of an axis from data [unknown-key]\n"
        "  4 |   sku: {from: a.csv, slug: yes, types: {price: float}, colum: a}\n"
        "    |                                                        ^^^^^\n"
        "  help: there are: `from`, `id`, `at`, `where`, `types`, `slug`"
    )


def test_exclude_with_unknown_axes(refused: Refuse) -> None:
    assert refused("axes: {look: [dawn]}\nexclude:\n  - {lok: dawn}\n  - {}\n  - dawn\n  - {look: []}\n") == (
        "pipeline.yaml:5:6: error: there is no axis `lok` [unknown-axis]\n"
        "  5 |   - {lok: dawn}\n"
        "    |      ^^^\n"
        "  help: did you mean `look`?\n"
        "pipeline.yaml:6:5: error: an entry of `exclude` must name at least one axis [wrong-type]\n"
        "  6 |   - {}\n"
        "    |     ^^\n"
        "pipeline.yaml:7:5: error: an entry of `exclude` must be a mapping, not text [wrong-type]\n"
        "  7 |   - dawn\n"
        "    |     ^^^^\n"
        "pipeline.yaml:8:12: error: `look` must name at least one id [wrong-type]\n"
        "  8 |   - {look: []}\n"
        "    |            ^^"
    )


def test_include_that_is_no_list(refused: Refuse) -> None:
    assert refused("axes: {look: [dawn]}\ninclude: {look: dawn}\n") == (
        "pipeline.yaml:4:10: error: `include` must be a list of mappings from axes to ids, not a mapping"
        " [wrong-type]\n"
        "  4 | include: {look: dawn}\n"
        "    |          ^^^^^^^^^^^^"
    )


def test_only_with_an_unknown_axis(refused: Refuse) -> None:
    assert refused("axes: {look: [dawn]}\nonly: {lok: dawn}\n") == (
        "pipeline.yaml:4:8: error: there is no axis `lok` [unknown-axis]\n"
        "  4 | only: {lok: dawn}\n"
        "    |        ^^^\n"
        "  help: did you mean `look`?"
    )


def test_text_without_what_it_needs(refused: Refuse) -> None:
    assert refused("text: {files: a.yaml, fallback: a b}\n") == (
        "pipeline.yaml:3:7: error: `axis` is missing from `text` [missing-key]\n"
        "  3 | text: {files: a.yaml, fallback: a b}\n"
        "    |       ^\n"
        "pipeline.yaml:3:33: error: `a b` can't be a language: it has 1 to 64 letters, digits, `.`, `_` and"
        " `-`, and is not `.` or `..` [bad-id]\n"
        "  3 | text: {files: a.yaml, fallback: a b}\n"
        "    |                                 ^^^"
    )


def test_text_over_an_unknown_axis(refused: Refuse) -> None:
    assert refused("axes: {language: [en]}\ntext: {files: a.yaml, axis: lang}\n") == (
        "pipeline.yaml:4:29: error: there is no axis `lang` [unknown-axis]\n"
        "  4 | text: {files: a.yaml, axis: lang}\n"
        "    |                             ^^^^\n"
        "  help: did you mean `language`?"
    )


def test_a_seed_in_defaults(refused: Refuse) -> None:
    assert refused("defaults: {seed: 4}\n") == (
        "pipeline.yaml:3:12: error: `seed` can't be set in `defaults` [seed-in-input]\n"
        "  3 | defaults: {seed: 4}\n"
        "    |            ^^^^\n"
        "  help: write `seed:` at the top of the file, or on a node"
    )


def test_an_output_with_a_wrong_name(refused: Refuse) -> None:
    assert refused('outputs: {Video: "{{ nodes.hero.video }}"}\n') == (
        "pipeline.yaml:3:11: error: `Video` can't name an output: names are lower-case letters, digits and"
        " `_`, and start with a letter [bad-name]\n"
        '  3 | outputs: {Video: "{{ nodes.hero.video }}"}\n'
        "    |           ^^^^^\n"
        "  help: did you mean `video`?"
    )


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
        "pipeline.yaml:4:3: error: node `hero` must have one of `route`, `intent` or `step` [missing-key]\n"
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


def test_use_is_not_yet(refused: Refuse) -> None:
    assert refused(
        "axes:\n"
        "  look: [dawn, dusk]\n"
        "  take: {takes: 2}\n"
        "  alt: {seeds: [1, 2]}\n"
        "nodes:\n"
        "  hero: {route: a/b}\n"
        "  spot: {use: a.yaml, with: {}}\n"
    ) == (
        "pipeline.yaml:9:10: error: `use` is not supported yet [not-yet]\n"
        "  9 |   spot: {use: a.yaml, with: {}}\n"
        "    |          ^^^\n"
        "pipeline.yaml:9:23: error: `with` is not supported yet [not-yet]\n"
        "  9 |   spot: {use: a.yaml, with: {}}\n"
        "    |                       ^^^^"
    )


def test_fallback_is_not_yet(refused: Refuse) -> None:
    assert refused(
        "axes:\n"
        "  look: [dawn, dusk]\n"
        "  take: {takes: 2}\n"
        "  alt: {seeds: [1, 2]}\n"
        "nodes:\n"
        "  hero: {route: a/b}\n"
        "  spot: {route: a/b, fallback: []}\n"
    ) == (
        "pipeline.yaml:9:22: error: `fallback` is not supported yet [not-yet]\n"
        "  9 |   spot: {route: a/b, fallback: []}\n"
        "    |                      ^^^^^^^^"
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


def test_an_input_that_is_a_list(refused: Refuse) -> None:
    assert refused(
        "axes:\n"
        "  look: [dawn, dusk]\n"
        "  take: {takes: 2}\n"
        "  alt: {seeds: [1, 2]}\n"
        "nodes:\n"
        "  hero: {route: a/b}\n"
        "  spot: {step: a, input: [a]}\n"
    ) == (
        "pipeline.yaml:9:26: error: `input` must be a mapping, not a list [wrong-type]\n"
        "  9 |   spot: {step: a, input: [a]}\n"
        "    |                          ^^^"
    )


def test_a_seed_in_the_input(refused: Refuse) -> None:
    assert refused(
        "axes:\n"
        "  look: [dawn, dusk]\n"
        "  take: {takes: 2}\n"
        "  alt: {seeds: [1, 2]}\n"
        "nodes:\n"
        "  hero: {route: a/b}\n"
        "  spot: {route: a/b, input: {seed: 1234}}\n"
    ) == (
        "pipeline.yaml:9:30: error: `seed` can't be set in `input` [seed-in-input]\n"
        "  9 |   spot: {route: a/b, input: {seed: 1234}}\n"
        "    |                              ^^^^\n"
        "  help: write `seed: 1234` on the node, beside `input`"
    )


def test_a_seed_that_varies_over_nothing(refused: Refuse) -> None:
    assert refused(
        "axes:\n"
        "  look: [dawn, dusk]\n"
        "  take: {takes: 2}\n"
        "  alt: {seeds: [1, 2]}\n"
        "nodes:\n"
        "  hero: {route: a/b}\n"
        "  spot: {route: a/b, over: [look], seed: {vary: [alt, lok]}}\n"
    ) == (
        "pipeline.yaml:9:50: error: node `spot` is not over `alt` [not-over]\n"
        "  9 |   spot: {route: a/b, over: [look], seed: {vary: [alt, lok]}}\n"
        "    |                                                  ^^^\n"
        "  help: add `alt` to `over`, or take it out of `vary`\n"
        "pipeline.yaml:9:55: error: there is no axis `lok` [unknown-axis]\n"
        "  9 |   spot: {route: a/b, over: [look], seed: {vary: [alt, lok]}}\n"
        "    |                                                       ^^^\n"
        "  help: did you mean `look`?"
    )


def test_a_seed_with_an_unknown_key(refused: Refuse) -> None:
    assert refused(
        "axes:\n"
        "  look: [dawn, dusk]\n"
        "  take: {takes: 2}\n"
        "  alt: {seeds: [1, 2]}\n"
        "nodes:\n"
        "  hero: {route: a/b}\n"
        "  spot: {route: a/b, seed: {pn: 4}}\n"
    ) == (
        "pipeline.yaml:9:29: error: `pn` is not a key of `seed` [unknown-key]\n"
        "  9 |   spot: {route: a/b, seed: {pn: 4}}\n"
        "    |                             ^^\n"
        "  help: did you mean `pin`?"
    )


def test_an_empty_seed(refused: Refuse) -> None:
    assert refused(
        "axes:\n"
        "  look: [dawn, dusk]\n"
        "  take: {takes: 2}\n"
        "  alt: {seeds: [1, 2]}\n"
        "nodes:\n"
        "  hero: {route: a/b}\n"
        "  spot: {route: a/b, seed: {}}\n"
    ) == (
        "pipeline.yaml:9:28: error: `seed` must have `pin` or `vary` [missing-key]\n"
        "  9 |   spot: {route: a/b, seed: {}}\n"
        "    |                            ^^"
    )


def test_a_when_that_is_a_list(refused: Refuse) -> None:
    assert refused(
        "axes:\n"
        "  look: [dawn, dusk]\n"
        "  take: {takes: 2}\n"
        "  alt: {seeds: [1, 2]}\n"
        "nodes:\n"
        "  hero: {route: a/b}\n"
        "  spot: {step: a, when: [x]}\n"
    ) == (
        "pipeline.yaml:9:25: error: `when` must be text, a number or a boolean, not a list [wrong-type]\n"
        "  9 |   spot: {step: a, when: [x]}\n"
        "    |                         ^^^"
    )


def test_a_publish_that_is_empty(refused: Refuse) -> None:
    assert refused(
        "axes:\n"
        "  look: [dawn, dusk]\n"
        "  take: {takes: 2}\n"
        "  alt: {seeds: [1, 2]}\n"
        "nodes:\n"
        "  hero: {route: a/b}\n"
        '  spot: {step: a, publish: ""}\n'
    ) == (
        "pipeline.yaml:9:28: error: `publish` must be text, not empty text [wrong-type]\n"
        '  9 |   spot: {step: a, publish: ""}\n'
        "    |                            ^^"
    )


def test_tags_that_are_none(refused: Refuse) -> None:
    assert refused(
        "axes:\n"
        "  look: [dawn, dusk]\n"
        "  take: {takes: 2}\n"
        "  alt: {seeds: [1, 2]}\n"
        "nodes:\n"
        "  hero: {route: a/b}\n"
        "  spot: {step: a, tags: [a b, 4, x, x]}\n"
    ) == (
        "pipeline.yaml:9:26: error: `a b` can't be a tag: it has 1 to 64 letters, digits, `.`, `_` and `-`,"
        " and is not `.` or `..` [bad-id]\n"
        "  9 |   spot: {step: a, tags: [a b, 4, x, x]}\n"
        "    |                          ^^^\n"
        "pipeline.yaml:9:31: error: a tag must be text, not `4` [wrong-type]\n"
        "  9 |   spot: {step: a, tags: [a b, 4, x, x]}\n"
        "    |                               ^\n"
        "pipeline.yaml:9:37: error: `x` is written twice [duplicate-name]\n"
        "  9 |   spot: {step: a, tags: [a b, 4, x, x]}\n"
        "    |                                     ^\n"
        "  see also pipeline.yaml:9:34"
    )


def test_an_advice_that_is_neither_on_nor_off(refused: Refuse) -> None:
    assert refused(
        "axes:\n"
        "  look: [dawn, dusk]\n"
        "  take: {takes: 2}\n"
        "  alt: {seeds: [1, 2]}\n"
        "nodes:\n"
        "  hero: {route: a/b}\n"
        "  spot: {step: a, advice: none}\n"
    ) == (
        "pipeline.yaml:9:27: error: `advice` must be `on` or `off`, not text [wrong-type]\n"
        "  9 |   spot: {step: a, advice: none}\n"
        "    |                           ^^^^"
    )


def test_an_allow_cut_that_is_text(refused: Refuse) -> None:
    assert refused(
        "axes:\n"
        "  look: [dawn, dusk]\n"
        "  take: {takes: 2}\n"
        "  alt: {seeds: [1, 2]}\n"
        "nodes:\n"
        "  hero: {route: a/b}\n"
        "  spot: {step: a, allow_cut: yes}\n"
    ) == (
        "pipeline.yaml:9:30: error: `allow_cut` must be `true` or `false`, not text [wrong-type]\n"
        "  9 |   spot: {step: a, allow_cut: yes}\n"
        "    |                              ^^^"
    )


def test_a_was_that_is_no_name(refused: Refuse) -> None:
    assert refused(
        "axes:\n"
        "  look: [dawn, dusk]\n"
        "  take: {takes: 2}\n"
        "  alt: {seeds: [1, 2]}\n"
        "nodes:\n"
        "  hero: {route: a/b}\n"
        "  spot: {step: a, was: b-roll}\n"
    ) == (
        "pipeline.yaml:9:24: error: `b-roll` can't name a node: names are lower-case letters, digits and"
        " `_`, and start with a letter [bad-name]\n"
        "  9 |   spot: {step: a, was: b-roll}\n"
        "    |                        ^^^^^^\n"
        "  help: did you mean `b_roll`?"
    )


def whole(read: Read, text: str) -> str:
    with pytest.raises(DataFault) as caught:
        read(text)
    return str(caught.value)


def test_a_file_without_anything(read: Read) -> None:
    assert whole(read, "# nothing yet\n") == (
        "pipeline.yaml:1:1: error: the pipeline must be a mapping, not empty [wrong-type]\n  1 | # nothing yet\n    | ^"
    )


def test_a_file_that_is_a_list(read: Read) -> None:
    assert whole(read, "- a\n") == (
        "pipeline.yaml:1:1: error: the pipeline must be a mapping, not a list [wrong-type]\n  1 | - a\n    | ^^^"
    )


def test_what_a_whole_file_lacks_is_told_at_its_start(read: Read) -> None:
    assert whole(read, "# Aurora\n\nseed: 1\n") == (
        "pipeline.yaml:1:1: error: `callsheet` is missing from the pipeline [missing-key]\n"
        "  1 | # Aurora\n"
        "    | ^\n"
        "pipeline.yaml:1:1: error: `name` is missing from the pipeline [missing-key]\n"
        "  1 | # Aurora\n"
        "    | ^\n"
        "pipeline.yaml:1:1: error: `nodes` is missing from the pipeline [missing-key]\n"
        "  1 | # Aurora\n"
        "    | ^"
    )


def test_a_newer_language_version_is_all_that_is_told(read: Read) -> None:
    assert whole(read, "callsheet: 2\nnmae: x\n") == (
        "pipeline.yaml:1:12: error: version 2 of the language is newer than 1, the one that is read"
        " [unknown-version]\n"
        "  1 | callsheet: 2\n"
        "    |            ^\n"
        "  help: update callsheet to read this file"
    )


def test_a_language_version_that_is_text(read: Read) -> None:
    assert whole(read, "callsheet: one\nname: x\nnodes:\n  hero: {intent: portrait}\n") == (
        "pipeline.yaml:1:12: error: `callsheet` must be an integer of at least 1, not text [wrong-type]\n"
        "  1 | callsheet: one\n"
        "    |            ^^^"
    )


def test_a_misspelt_required_key_is_one_mistake(read: Read) -> None:
    assert whole(read, "callsheet: 1\nnam: demo\nnode:\n  hero: {intent: portrait}\n") == (
        "pipeline.yaml:2:1: error: `nam` is not a key of a pipeline [unknown-key]\n"
        "  2 | nam: demo\n"
        "    | ^^^\n"
        "  help: did you mean `name`?\n"
        "pipeline.yaml:3:1: error: `node` is not a key of a pipeline [unknown-key]\n"
        "  3 | node:\n"
        "    | ^^^^\n"
        "  help: did you mean `nodes`?"
    )
