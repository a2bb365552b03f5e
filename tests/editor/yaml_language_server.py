"""The schema in a real editor's hands: the language server of VS Code's YAML extension, driven over standard input and
output. `make test-editor` names this file, since it needs node; `make test` goes by.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from callsheet.catalog.load import load_catalog
from callsheet.shipped import shipped

HEAD = """\
# yaml-language-server: $schema=pipeline.schema.json
callsheet: 1
name: x
"""
NODE = HEAD + "nodes:\n  hero:\n"
HAPPYHORSE = NODE + "    route: happyhorse/happyhorse-1.0/image-to-video\n    input:\n      image: bottle.png\n"
PORTRAIT = NODE + "    route: community/fantasy-portrait/image-to-video\n    input:\n"
EXAMPLES = sorted(shipped("examples").glob("*/*.yaml"))


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.parent.name)
def test_nothing_is_underlined_in_an_example(editor: Any, file: Path) -> None:
    assert editor.problems_in(file) == []


def test_the_routes_are_offered_each_with_its_title(editor: Any) -> None:
    offered = editor.completions(NODE + "    route: |\n")
    assert offered == {route.id: route.title for route in load_catalog().routes()}


def test_the_intents_are_offered_each_with_its_reason(editor: Any) -> None:
    offered = editor.completions(NODE + "    intent: |\n")
    assert list(offered) == [*(intent.name for intent in load_catalog().intents()), "auto"]
    assert "keeps the geometry of an object under smooth camera moves" in offered["product-reveal"]


def test_the_steps_are_offered(editor: Any) -> None:
    assert list(editor.completions(NODE + "    step: |\n")) == [step.name for step in load_catalog().steps()]


def test_the_keys_of_a_node_are_offered_with_what_they_are_for(editor: Any) -> None:
    offered = editor.completions(NODE + "    |\n")
    assert offered["over"] == "The axes this node fans out over; once per combination of their ids."
    assert offered["publish"] == "Path of the finished file below the output folder."


def test_the_fields_of_the_route_that_was_chosen_are_offered(editor: Any) -> None:
    offered = editor.completions(HAPPYHORSE.replace("image: bottle.png", "|"))
    assert list(offered) == ["image", "prompt", "resolution", "duration", "image_url", "watermark"]
    assert offered["watermark"] == "Whether the provider's watermark stays on the clip."


def test_another_route_offers_other_fields(editor: Any) -> None:
    offered = editor.completions(PORTRAIT + "      |\n")
    assert {"image", "video", "prompt", "resolution", "143_image", "150_strength", "174_value"} <= set(offered)
    assert "149_seed" not in offered
    assert "watermark" not in offered


def test_an_intent_offers_the_fields_of_its_route(editor: Any) -> None:
    offered = editor.completions(NODE + "    intent: lip-sync\n    input:\n      |\n")
    assert {"audio", "prompt", "negative_prompt", "aspect_ratio"} <= set(offered)
    assert "image" not in offered


def test_a_step_offers_its_options(editor: Any) -> None:
    offered = editor.completions(NODE + "    step: caption\n    input:\n      |\n")
    assert {"video", "text", "position", "color"} <= set(offered)


def test_a_templated_route_offers_the_canonical_names(editor: Any) -> None:
    offered = editor.completions(NODE + '    route: "{{ model.route }}"\n    input:\n      |\n')
    assert {"prompt", "image", "audio", "duration", "aspect_ratio"} <= set(offered)


def test_the_values_of_an_enum_are_offered_the_default_first(editor: Any) -> None:
    assert list(editor.completions(HAPPYHORSE + "      resolution: |\n")) == ["1080P", "720P"]
    assert list(editor.completions(HAPPYHORSE + "      watermark: |\n")) == ["false", "true"]
    assert list(editor.completions(PORTRAIT + "      174_value: |\n")) == ["81", "141"]


def test_the_length_of_a_voice_is_offered_where_there_is_one(editor: Any) -> None:
    offered = editor.completions(NODE + "    intent: dub\n    input:\n      duration: |\n")
    assert "match-audio" in offered
    assert "match-audio" not in editor.completions(HAPPYHORSE + "      duration: |\n")


def test_a_pipeline_without_nodes_is_underlined(editor: Any) -> None:
    assert editor.problems(HEAD) == ['2: c: Missing property "nodes".']


def test_an_unknown_key_is_underlined(editor: Any) -> None:
    assert editor.problems(HEAD + "sed: 4\nnodes: {}\n") == ["4: sed: Property sed is not allowed."]


def test_an_unknown_field_is_underlined(editor: Any) -> None:
    assert editor.problems(HAPPYHORSE + "      promt: x\n") == ["9: promt: Property promt is not allowed."]


def test_a_field_of_another_route_is_underlined(editor: Any) -> None:
    assert editor.problems(HAPPYHORSE + "      audio: x.wav\n") == ["9: audio: Property audio is not allowed."]


def test_a_value_that_the_route_lacks_is_underlined_with_those_it_has(editor: Any) -> None:
    assert editor.problems(HAPPYHORSE + "      resolution: 4k\n") == [
        '9: 4k: Value is not accepted. Valid values: "720P", "1080P".'
    ]
    assert editor.problems(PORTRAIT + "      image: a\n      video: b\n      150_strength: 9\n") == [
        "10: 9: Value is above the maximum of 2."
    ]


def test_an_unknown_route_is_underlined(editor: Any) -> None:
    (problem,) = editor.problems(NODE + "    route: happyhorse/happyhorse-2.0\n")
    assert problem.startswith("6: happyhorse/happyhorse-2.0: Value is not accepted. Valid values: ")


def test_a_picture_that_is_missing_is_underlined(editor: Any) -> None:
    text = HAPPYHORSE.replace("image: bottle.png", "prompt: x")
    assert editor.problems(text) == ['7: input: Missing property "image".']


def test_a_template_may_stand_wherever_a_value_does(editor: Any) -> None:
    given = '      resolution: "{{ look.size }}"\n      duration: "{{ params.s }}"\n      watermark: "{{ params.w }}"\n'
    assert editor.problems(HAPPYHORSE + given) == []


def test_a_value_in_other_letters_is_not_underlined(editor: Any) -> None:
    assert editor.problems(HAPPYHORSE + "      resolution: 720p\n") == []


def test_a_field_that_is_still_being_written_is_not_underlined(editor: Any) -> None:
    assert editor.problems(HAPPYHORSE + "      resolution:\n      duration:\n      watermark:\n") == []


def test_a_field_is_explained_under_the_pointer(editor: Any) -> None:
    assert "The picture to animate: JPEG, PNG or WebP" in editor.hover(HAPPYHORSE.replace("image:", "ima|ge:"))
    assert "How strongly portrait and expression lead the result." in editor.hover(
        PORTRAIT + "      150_str|ength: 1\n"
    )


def test_a_key_and_a_route_are_explained_under_the_pointer(editor: Any) -> None:
    assert "What is made, and how." in editor.hover(HAPPYHORSE.replace("nodes:", "no|des:"))
    assert "HappyHorse 1.0 I2V" in editor.hover(HAPPYHORSE.replace("happyhorse-1.0", "happy|horse-1.0"))
