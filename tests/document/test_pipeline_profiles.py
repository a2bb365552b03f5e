"""Profiles: mappings merge, everything else replaces, null removes; the result is checked like a file."""

from __future__ import annotations

from collections.abc import Callable

from callsheet.document.item import Item
from callsheet.document.model import AxisFrom, AxisIds, AxisTakes, Document
from callsheet.document.profile import overlay
from callsheet.document.source import parse
from callsheet.problems import SourceText

Read = Callable[..., Document]
Refuse = Callable[..., str]

BASE = """\
seed: 4
params:
  product: Aurora
  seconds: {type: integer, default: 5, maximum: 15}
axes:
  look: {dawn: {light: warm, place: ledge}, dusk: {light: blue}}
  language: [en, de, ja]
  take: {takes: 2}
exclude: [{look: dusk, language: ja}]
only: {language: [en, de]}
defaults: {resolution: 1080p, fps: 24}
nodes:
  hero: {intent: portrait, over: [look, take], input: {prompt: x, duration: 5}}
  extra: {step: concat}
"""


def item(text: str) -> Item:
    return parse(SourceText("p.yaml", text))


def profiled(sections: Read, profile: str) -> Document:
    return sections(f"{BASE}profiles:\n  draft:\n    {profile}\n", profile="draft")


def test_mappings_merge_everything_else_replaces_null_removes() -> None:
    under = item("{a: {x: 1, y: 2, z: {p: 1}}, b: [1, 2], c: {q: 1}, d: 4, e: 5}")
    over = item("{a: {y: 3, z: {r: ~, p: ~}, w: {n: ~, m: 1}}, b: [9], c: 7, d: {k: 1}, e: ~, f: 6}")
    assert overlay(under, over).plain() == {
        "a": {"x": 1, "y": 3, "z": {}, "w": {"m": 1}},
        "b": [9],
        "c": 7,
        "d": {"k": 1},
        "f": 6,
    }


def test_every_value_keeps_the_place_where_it_stands() -> None:
    merged = overlay(item("a:\n  x: 1\n  y: 2\n"), item("\n\na:\n  y: 3\n  z: 4\n"))
    assert str(merged.key_spans["a"]) == "p.yaml:1:1"
    inner = merged.mapping["a"]
    assert {key: (str(inner.key_spans[key]), str(inner.mapping[key].span)) for key in inner.mapping} == {
        "x": ("p.yaml:2:3", "p.yaml:2:6"),
        "y": ("p.yaml:4:3", "p.yaml:4:6"),
        "z": ("p.yaml:5:3", "p.yaml:5:6"),
    }


def test_a_profile_that_is_not_chosen_changes_nothing(sections: Read) -> None:
    text = f"{BASE}profiles:\n  draft: {{seed: 9, axes: {{look: ~}}, nodes: {{hero: ~}}}}\n"
    document = sections(text)
    assert (document.seed, list(document.axes), list(document.nodes)) == (
        4,
        ["look", "language", "take"],
        ["hero", "extra"],
    )


def test_it_sets_the_values_of_params(sections: Read) -> None:
    params = profiled(sections, "params: {seconds: 3}").params
    assert (params["seconds"].value, params["seconds"].default, params["product"].value) == (3, 5, "Aurora")


def test_it_changes_defaults_seed_exclude_and_only(sections: Read) -> None:
    document = profiled(
        sections,
        "{defaults: {resolution: 720p, fps: ~}, seed: 9, exclude: [{take: 2}], only: {language: ~, look: dawn}}",
    )
    assert {key: one.value for key, one in document.defaults.items()} == {"resolution": "720p"}
    assert document.seed == 9
    assert [entry.values for entry in document.exclude] == [{"take": ("2",)}]
    assert document.only == {"look": ("dawn",)}


def test_null_removes_a_whole_section(sections: Read) -> None:
    document = profiled(sections, "{exclude: ~, only: ~, seed: ~}")
    assert (document.exclude, document.only, document.seed) == ((), {}, None)


def test_it_changes_axes(sections: Read) -> None:
    axes = profiled(
        sections, "axes: {take: {takes: 1}, look: {dusk: ~, dawn: {light: cold}}, language: [fr], hue: [a]}"
    ).axes
    assert list(axes) == ["look", "language", "take", "hue"]
    assert axes["take"].source == AxisTakes(("1",), False, None, "first")
    look = axes["look"].source
    assert isinstance(look, AxisIds)
    assert [(one.value, record and record.plain()) for one, record in look.entries] == [
        ("dawn", {"light": "cold", "place": "ledge"})
    ]


def test_a_list_of_ids_replaces_a_mapping_of_records(sections: Read) -> None:
    source = profiled(sections, "axes: {look: [noon]}").axes["look"].source
    assert isinstance(source, AxisIds)
    assert [(one.value, record) for one, record in source.entries] == [("noon", None)]


def test_an_axis_that_gets_another_form_loses_what_that_form_has_not(sections: Read) -> None:
    assert profiled(sections, "axes: {take: {seeds: [11, 22]}}").axes["take"].source == AxisTakes(
        ("11", "22"), False, (11, 22), "first"
    )
    alone = "{axes: {take: ~, look: {takes: [a, b], unpicked: hold}}, nodes: {hero: {over: [look]}}, exclude: ~}"
    assert profiled(sections, alone).axes["look"].source == AxisTakes(("a", "b"), True, None, "hold")
    rows = profiled(sections, "axes: {look: {from: looks.csv}}").axes["look"].source
    assert isinstance(rows, AxisFrom)


def test_a_slip_in_the_form_of_an_axis_is_no_new_form(refused: Refuse) -> None:
    assert refused(f"{BASE}profiles: {{draft: {{axes: {{take: {{take: 1}}}}}}}}\n", profile="draft") == (
        "pipeline.yaml:17:34: error: `take` is not a key of a takes axis [unknown-key]\n"
        "  17 | profiles: {draft: {axes: {take: {take: 1}}}}\n"
        "     |                                  ^^^^\n"
        "  help: did you mean `takes`?"
    )


def test_the_command_line_comes_after_the_profile(sections: Read) -> None:
    text = f"{BASE}profiles:\n  draft: {{params: {{seconds: 3}}, only: {{language: [de], take: 1}}}}\n"
    document = sections(text, profile="draft", params={"seconds": "4"}, only={"language": ["en"]})
    assert document.params["seconds"].value == 4
    assert document.only == {"language": ("en",), "take": ("1",)}


def test_a_fallback_is_a_list_and_replaced_as_one(sections: Read) -> None:
    text = BASE.replace("input: {prompt: x, duration: 5}}", "fallback: [{route: a/b}, {route: c/d}]}")
    with_one = sections(f"{text}profiles:\n  d: {{nodes: {{hero: {{fallback: [{{route: e/f}}]}}}}}}\n", profile="d")
    assert [entry.route.value for entry in with_one.nodes["hero"].fallback] == ["e/f"]
    without = sections(f"{text}profiles:\n  d: {{nodes: {{hero: {{fallback: ~}}}}}}\n", profile="d")
    assert without.nodes["hero"].fallback == ()


def test_it_changes_nodes(sections: Read) -> None:
    nodes = profiled(
        sections, "nodes: {hero: {intent: ~, route: a/b, input: {duration: 3}}, extra: ~, more: {step: concat}}"
    ).nodes
    assert list(nodes) == ["hero", "more"]
    assert (nodes["hero"].maker, nodes["hero"].made_by.value) == ("route", "a/b")
    assert nodes["hero"].input is not None
    assert nodes["hero"].input.plain() == {"prompt": "x", "duration": 3}


def test_the_result_is_checked_like_a_file(refused: Refuse) -> None:
    text = f"{BASE}profiles:\n  draft: {{axes: {{take: ~}}, nodes: {{extra: {{route: a/b}}}}}}\n"
    assert refused(text, profile="draft") == (
        "pipeline.yaml:15:41: error: there is no axis `take` [unknown-axis]\n"
        "  15 |   hero: {intent: portrait, over: [look, take], input: {prompt: x, duration: 5}}\n"
        "     |                                         ^^^^\n"
        "  help: there are: `look`, `language`\n"
        "pipeline.yaml:18:44: error: node `extra` can't have both `step` and `route` [two-makers]\n"
        "  18 |   draft: {axes: {take: ~}, nodes: {extra: {route: a/b}}}\n"
        "     |                                            ^^^^^\n"
        "  see also pipeline.yaml:16:11"
    )


def test_every_profile_is_checked_even_when_it_is_not_chosen(refused: Refuse) -> None:
    text = (
        f"{BASE}profiles:\n  a: {{nodes: {{hero: {{intnt: x}}}}}}\n  b: {{params: {{seconds: 99}}, name: x}}\n  c: 4\n"
    )
    expected = (
        "pipeline.yaml:18:22: error: `intnt` is not a key of a node [unknown-key]\n"
        "  18 |   a: {nodes: {hero: {intnt: x}}}\n"
        "     |                      ^^^^^\n"
        "  help: did you mean `intent`?\n"
        "pipeline.yaml:19:25: error: param `seconds` must be at most 15, not `99` [out-of-range]\n"
        "  19 |   b: {params: {seconds: 99}, name: x}\n"
        "     |                         ^^\n"
        "pipeline.yaml:19:30: error: `name` is not a key of a profile [unknown-key]\n"
        "  19 |   b: {params: {seconds: 99}, name: x}\n"
        "     |                              ^^^^\n"
        "  help: there are: `params`, `defaults`, `axes`, `nodes`, `exclude`, `only`, `seed`\n"
        "pipeline.yaml:20:6: error: profile `c` must be a mapping, not `4` [wrong-type]\n"
        "  20 |   c: 4\n"
        "     |      ^"
    )
    assert refused(text) == expected
    assert refused(text, profile="a") == expected


def test_a_value_taken_from_a_param_must_be_given(refused: Refuse, sections: Read) -> None:
    text = f"{BASE}profiles: {{ask: {{params: {{product: ~}}}}}}\n"
    assert refused(text, profile="ask") == (
        "pipeline.yaml:5:12: error: param `product` has no value [missing-param]\n"
        "  5 |   product: Aurora\n"
        "    |            ^^^^^^\n"
        "  help: give it one with `--param product=VALUE`, or write a `default`"
    )
    assert sections(text, profile="ask", params={"product": "Borealis"}).params["product"].value == "Borealis"


def test_an_unknown_profile_gets_the_nearest(refused: Refuse) -> None:
    assert refused(f"{BASE}profiles: {{draft: {{seed: 1}}}}\n", profile="drft") == (
        "error: `--profile drft`: there is no profile `drft` [unknown-profile]\n  help: did you mean `draft`?"
    )


def test_a_profile_where_there_is_none(refused: Refuse) -> None:
    assert refused(BASE, profile="draft") == (
        "error: `--profile draft`: there is no profile `draft` [unknown-profile]\n  help: there are none"
    )


def test_the_name_of_a_profile_can_be_part_of_a_file_name(refused: Refuse) -> None:
    assert refused(f"{BASE}profiles: {{a/b: {{seed: 1}}}}\n") == (
        "pipeline.yaml:17:12: error: `a/b` can't be the name of a profile: it has 1 to 64 letters, digits,"
        " `.`, `_` and `-`, and is not `.` or `..` [bad-id]\n"
        "  17 | profiles: {a/b: {seed: 1}}\n"
        "     |            ^^^"
    )
