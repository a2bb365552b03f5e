"""Every key of an axis, and what names axes: what is refused, where, and what is offered instead."""

from __future__ import annotations

from collections.abc import Callable

from callsheet.document.model import Document

Refuse = Callable[..., str]
Read = Callable[..., Document]


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


def test_an_ordered_axis_with_a_twin_a_stranger_or_nothing(refused: Refuse) -> None:
    assert refused(
        "axes:\n  shot: {ordered: [a, a]}\n  scene: {ordered: [a], slug: true}\n  act: {ordered: []}\n"
        "  part: {ordered: true}\n  beat: {ordered: 3, a: {}}\n  row: {from: a.csv, ordered: [a]}\n"
        "  take: {takes: 2, ordered: true}\n"
    ) == (
        "pipeline.yaml:4:23: error: `a` is written twice [duplicate-id]\n"
        "  4 |   shot: {ordered: [a, a]}\n"
        "    |                       ^\n"
        "  see also pipeline.yaml:4:20\n"
        "pipeline.yaml:5:25: error: `slug` is not a key of an ordered axis [unknown-key]\n"
        "  5 |   scene: {ordered: [a], slug: true}\n"
        "    |                         ^^^^\n"
        "  help: there are: `ordered`\n"
        "pipeline.yaml:6:18: error: axis `act` must have at least one id [empty-axis]\n"
        "  6 |   act: {ordered: []}\n"
        "    |                  ^^\n"
        "pipeline.yaml:7:9: error: axis `part` must have at least one id [empty-axis]\n"
        "  7 |   part: {ordered: true}\n"
        "    |         ^^^^^^^^^^^^^^^\n"
        "  help: write `ordered: [id, id]`\n"
        "pipeline.yaml:8:19: error: `ordered` must be a list of ids, or `true` or `false` beside records, not `3`"
        " [wrong-type]\n"
        "  8 |   beat: {ordered: 3, a: {}}\n"
        "    |                   ^\n"
        "  help: write `[3]`\n"
        "pipeline.yaml:9:31: error: `ordered` must be `true` or `false`, not a list [wrong-type]\n"
        "  9 |   row: {from: a.csv, ordered: [a]}\n"
        "    |                               ^^^\n"
        "pipeline.yaml:10:20: error: `ordered` is not a key of a takes axis [unknown-key]\n"
        "  10 |   take: {takes: 2, ordered: true}\n"
        "     |                    ^^^^^^^\n"
        "  help: there are: `takes`, `unpicked`"
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
        "  help: there are: `from`, `id`, `at`, `where`, `types`, `slug`, `ordered`"
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
