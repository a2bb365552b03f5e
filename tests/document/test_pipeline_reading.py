"""The document that a file stands for: every key of the language, and what is there without it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from callsheet.document.load import load
from callsheet.document.model import AxisFrom, AxisIds, AxisTakes, Document, Entry

Read = Callable[..., Document]

AURORA = """\
callsheet: 1
name: aurora-launch
description: A bottle, two looks, three languages
seed: 20260401
params:
  product: Aurora bottle
axes:
  look:
    dawn: {light: warm sunrise rim light}
    studio:
  language: [en, de, ja]
  take: {takes: 2, unpicked: hold}
exclude:
  - {look: studio, language: ja}
  - {language: [en, de], take: 2}
include:
  - {look: studio, language: ja, take: 1}
only: {language: [en, ja], look: dawn}
text: {files: "text/{language}.yaml", axis: language, fallback: en}
defaults: {resolution: 1080p}
max_instances: 50
nodes:
  hero:
    intent: product-reveal
    description: The bottle
    over: [look, take]
    seed: {pin: 1234, vary: [look]}
    was: opener
    input: {image: assets/bottle.png, duration: "{{ params.seconds }}"}
  spot:
    step: concat
    over: [look]
    when: "{{ look.light is defined }}"
    needs: [hero]
    publish: "{{ look }}.mp4"
    tags: [social, cut-2]
    advice: off
    allow_cut: true
    input: {clips: ["{{ nodes.hero.video }}"]}
  plain: {route: a/b/c, seed: 7}
outputs:
  video: "{{ nodes.spot.video }}"
"""


def test_the_top_of_the_file(read: Read, tmp_path: Path) -> None:
    document = read(AURORA)
    assert (document.path, document.folder) == (tmp_path / "pipeline.yaml", tmp_path)
    assert (document.name, document.description) == ("aurora-launch", "A bottle, two looks, three languages")
    assert (document.seed, str(document.seed_span)) == (20260401, "pipeline.yaml:4:7")
    assert document.max_instances == 50
    assert document.defaults["resolution"].value == "1080p"
    assert str(document.default_spans["resolution"]) == "pipeline.yaml:20:12"
    assert document.outputs["video"].value == "{{ nodes.spot.video }}"
    assert document.warnings == ()


def test_axes_in_the_order_of_the_file(read: Read) -> None:
    axes = read(AURORA).axes
    assert list(axes) == ["look", "language", "take"]
    look, language, take = (axis.source for axis in axes.values())
    assert isinstance(look, AxisIds)
    assert [(one.value, record and record.plain()) for one, record in look.entries] == [
        ("dawn", {"light": "warm sunrise rim light"}),
        ("studio", None),
    ]
    assert str(look.entries[0][0].span) == "pipeline.yaml:9:5"
    assert isinstance(language, AxisIds)
    assert [(one.value, record) for one, record in language.entries] == [("en", None), ("de", None), ("ja", None)]
    assert take == AxisTakes(("1", "2"), False, None, "hold")


def test_exclude_include_and_only(read: Read) -> None:
    document = read(AURORA)
    assert [entry.values for entry in document.exclude] == [
        {"look": ("studio",), "language": ("ja",)},
        {"language": ("en", "de"), "take": ("2",)},
    ]
    assert [entry.values for entry in document.include] == [{"look": ("studio",), "language": ("ja",), "take": ("1",)}]
    assert isinstance(document.exclude[0], Entry)
    assert str(document.exclude[0].span) == "pipeline.yaml:14:5"
    assert document.only == {"language": ("en", "ja"), "look": ("dawn",)}
    assert {axis: str(span) for axis, span in document.only_spans.items()} == {
        "language": "pipeline.yaml:18:8",
        "look": "pipeline.yaml:18:28",
    }


def test_message_files(read: Read) -> None:
    text = read(AURORA).text
    assert text is not None
    assert (text.files.value, text.axis, text.fallback) == ("text/{language}.yaml", "language", "en")


def test_a_node_with_a_pin_that_varies(read: Read) -> None:
    hero = read(AURORA).nodes["hero"]
    assert (hero.maker, hero.made_by.value, hero.over) == ("intent", "product-reveal", ("look", "take"))
    assert hero.seed is not None
    assert (hero.seed.pin, hero.seed.vary) == (1234, ("look",))
    assert (hero.was, hero.description) == ("opener", "The bottle")
    assert hero.input is not None
    assert hero.input.plain() == {"image": "assets/bottle.png", "duration": "{{ params.seconds }}"}
    assert str(hero.span) == "pipeline.yaml:23:3"
    assert str(hero.over_span) == "pipeline.yaml:26:11"


def test_a_step_with_all_that_a_node_can_say(read: Read) -> None:
    spot = read(AURORA).nodes["spot"]
    assert (spot.maker, spot.made_by.value) == ("step", "concat")
    assert spot.when is not None
    assert spot.publish is not None
    assert (spot.when.value, spot.publish.value) == ("{{ look.light is defined }}", "{{ look }}.mp4")
    assert (spot.needs, [str(span) for span in spot.needs_spans]) == (("hero",), ["pipeline.yaml:34:13"])
    assert (spot.tags, spot.advice, spot.allow_cut) == (("social", "cut-2"), False, True)


def test_a_node_that_says_nothing_more(read: Read) -> None:
    plain = read(AURORA).nodes["plain"]
    assert (plain.maker, plain.made_by.value, plain.over, plain.over_span) == ("route", "a/b/c", (), None)
    assert (plain.input, plain.when, plain.needs, plain.publish) == (None, None, (), None)
    assert (plain.tags, plain.advice, plain.allow_cut, plain.was) == ((), True, False, None)
    assert plain.seed is not None
    assert (plain.seed.pin, plain.seed.vary) == (7, ())


def test_a_file_of_three_keys_is_enough(sections: Read) -> None:
    document = sections("")
    assert (document.seed, document.seed_span, document.text) == (None, None, None)
    assert (document.params, document.axes, document.only, document.defaults, document.outputs) == ({}, {}, {}, {}, {})
    assert (document.exclude, document.include) == ((), ())
    assert document.max_instances == 1000
    assert str(document.span) == "pipeline.yaml:1:1"


def test_an_id_written_as_a_number_keeps_it(sections: Read) -> None:
    source = sections("axes:\n  guidance: [1, 2.50, true, x]\n").axes["guidance"].source
    assert isinstance(source, AxisIds)
    assert [(one.written, one.value) for one, _ in source.entries] == [
        ("1", 1),
        ("2.50", 2.5),
        ("true", True),
        ("x", "x"),
    ]


def test_ids_of_any_script(sections: Read) -> None:
    source = sections("axes:\n  city: [東京, हिन्दी, Zürich, ไทย, a.b-c_1, ...]\n").axes["city"].source
    assert isinstance(source, AxisIds)
    assert [one.value for one, _ in source.entries] == ["東京", "हिन्दी", "Zürich", "ไทย", "a.b-c_1", "..."]


def test_named_takes_and_seeds(sections: Read) -> None:
    axes = sections("axes:\n  cut: {takes: [wide, close, 3]}\n  take: {seeds: [11, 22], unpicked: first}\n").axes
    assert axes["cut"].source == AxisTakes(("wide", "close", "3"), True, None, "first")
    assert axes["take"].source == AxisTakes(("11", "22"), False, (11, 22), "first")


def test_an_axis_from_data(sections: Read) -> None:
    text = "axes:\n  sku: {from: a.csv, id: code, at: /rows, where: price > 2, types: {price: number}, slug: true}\n"
    source = sections(text).axes["sku"].source
    assert isinstance(source, AxisFrom)
    assert source.id is not None
    assert source.at is not None
    assert source.where is not None
    assert (source.file.value, source.id.value, source.at.value, source.where.value) == (
        "a.csv",
        "code",
        "/rows",
        "price > 2",
    )
    assert (source.types, source.slug) == ({"price": "number"}, True)


def test_an_axis_from_data_needs_nothing_but_the_file(sections: Read) -> None:
    source = sections("axes:\n  sku: {from: a.csv}\n").axes["sku"].source
    assert isinstance(source, AxisFrom)
    assert (source.id, source.at, source.where, source.types, source.slug) == (None, None, None, {}, False)


def test_a_record_may_have_the_name_of_an_axis_form(sections: Read) -> None:
    source = sections("axes:\n  shot: {takes: {x: 1}, from: {x: 2}, ordered: {x: 3}}\n").axes["shot"].source
    assert isinstance(source, AxisIds)
    assert [one.value for one, _ in source.entries] == ["takes", "from", "ordered"]


def test_advice_may_be_a_boolean(sections: Read) -> None:
    nodes = sections("nodes:\n  a: {step: x, advice: false}\n  b: {step: x, advice: on}\n").nodes
    assert (nodes["a"].advice, nodes["b"].advice) == (False, True)


def test_only_of_the_command_line_replaces_axis_by_axis(read: Read) -> None:
    document = read(AURORA, only={"language": ["de"], "take": ["1"]})
    assert document.only == {"language": ("de",), "look": ("dawn",), "take": ("1",)}
    assert list(document.only_spans) == ["look"]


def test_only_of_the_command_line_must_name_an_axis(refused: Callable[..., str]) -> None:
    assert refused("axes: {language: [en]}\n", only={"lang": ["de", "en"]}) == (
        "error: `--only lang=de,en`: there is no axis `lang` [unknown-axis]\n  help: did you mean `language`?"
    )


def test_ids_that_no_axis_has_are_left_to_the_plan(sections: Read) -> None:
    document = sections("axes: {look: [dawn]}\nexclude: [{look: dusk}]\nonly: {look: noon}\n")
    assert document.exclude[0].values == {"look": ("dusk",)}


def test_a_file_is_shown_by_its_path_unless_it_is_told(tmp_path: Path) -> None:
    path = tmp_path / "pipeline.yaml"
    path.write_text("callsheet: 1\nname: x\nnodes: {a: {step: x}}\n", encoding="utf-8")
    assert str(load(path).nodes["a"].span) == f"{path}:3:9"
