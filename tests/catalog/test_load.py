from __future__ import annotations

import json
from pathlib import Path

import pytest

from callsheet.catalog.files import route_file_name
from callsheet.catalog.load import UnknownName, load_catalog
from callsheet.problems import DataFault

IDS = (
    "bytedance/seedance-v1.5-pro/image-to-video",
    "bytedance/seedance-v2/pro",
    "community/fantasy-portrait/image-to-video",
    "community/wan-2-1/fusionx/image-to-video",
    "happyhorse/happyhorse-1.0/image-to-video",
    "wan-ai/wan-2-7/text-to-video",
)


def written(folder: Path, **changes: object) -> Path:
    route: dict[str, object] = {
        "id": "studio/clay",
        "title": "Clay",
        "makes": "video",
        "input_schema": {"required": ["prompt"], "properties": {"prompt": {"type": "string"}}},
        **changes,
    }
    path = folder / route_file_name(str(route["id"]))
    path.write_text(json.dumps(route), encoding="utf-8")
    return path


def test_the_catalogue_has_the_six_routes(catalog) -> None:
    assert tuple(route.id for route in catalog.routes()) == IDS


def test_every_route_makes_video_and_has_a_simulated_price_but_no_real_one(catalog) -> None:
    for route in catalog.routes():
        assert (route.makes, route.price) == ("video", None)
        assert route.simulated_price is not None
        assert route.simulated_price.unit == "second"


def test_both_spellings_of_happyhorse_are_one_route(catalog) -> None:
    alias = catalog.route("happyhorse/happyhorse-1-0/image-to-video")
    assert alias is catalog.route("happyhorse/happyhorse-1.0/image-to-video")
    assert alias.id == "happyhorse/happyhorse-1.0/image-to-video"


def test_an_unknown_route_offers_the_nearest(catalog) -> None:
    with pytest.raises(UnknownName) as caught:
        catalog.route("happyhorse/happyhorse-1.0/image2video")
    assert str(caught.value) == "there is no route `happyhorse/happyhorse-1.0/image2video`"
    assert caught.value.kind == "route"
    assert caught.value.hint == (
        "did you mean `happyhorse/happyhorse-1.0/image-to-video`? "
        "If the API has it, `callsheet routes sync happyhorse/happyhorse-1.0/image2video` fetches it"
    )
    with pytest.raises(UnknownName) as caught:
        catalog.route("studio/quartz")
    assert caught.value.hint == (
        "`callsheet routes` lists what there is; if the API has it, `callsheet routes sync studio/quartz` fetches it"
    )
    with pytest.raises(UnknownName) as caught:
        catalog.route("quartz")
    assert caught.value.hint == "`callsheet routes` lists what there is"


@pytest.mark.parametrize("name", ["", "../routes/x", "a//b", "/etc/passwd", "a\0b", "a\\b", "ü"])
def test_a_name_that_is_no_route_id_is_unknown_and_touches_no_file(catalog, name: str) -> None:
    with pytest.raises(UnknownName):
        catalog.route(name)


def test_an_unknown_intent_and_an_unknown_step_offer_what_there_is(catalog) -> None:
    with pytest.raises(UnknownName) as caught:
        catalog.intent("lipsync")
    assert (str(caught.value), caught.value.hint) == ("there is no intent `lipsync`", "did you mean `lip-sync`?")
    with pytest.raises(UnknownName) as caught:
        catalog.step("concatt")
    assert (caught.value.kind, str(caught.value)) == ("step", "there is no step `concatt`")
    with pytest.raises(UnknownName):
        catalog.step("../routes/concat")


def test_a_projects_own_route_comes_before_those_that_ship(tmp_path: Path) -> None:
    written(tmp_path)
    written(tmp_path, id="wan-ai/wan-2-7/text-to-video", title="Our Wan")
    catalog = load_catalog([tmp_path])
    assert catalog.route("studio/clay").title == "Clay"
    assert catalog.route("wan-ai/wan-2-7/text-to-video").title == "Our Wan"
    assert len(catalog.routes()) == 7
    assert catalog.route("bytedance/seedance-v2/pro").title == "Seedance 2.0 Pro"


def test_a_broken_file_is_no_matter_until_its_route_is_asked_for(tmp_path: Path) -> None:
    (tmp_path / "studio--broken.json").write_text("{", encoding="utf-8")
    catalog = load_catalog([tmp_path])
    assert catalog.route("bytedance/seedance-v2/pro").title == "Seedance 2.0 Pro"
    with pytest.raises(DataFault) as caught:
        catalog.route("studio/broken")
    (problem,) = caught.value.problems
    assert problem.code == "bad-catalogue-file"
    assert problem.hint == "its format is described in `schemas/README.md`"
    assert problem.message.startswith(
        f"the catalogue file `{tmp_path.name}/studio--broken.json` can't be used: it is no JSON ("
    )


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"makes": "smell"}, "`makes` must be `image`, `video` or `audio`"),
        ({"input_schema": []}, "`input_schema` must be a mapping"),
        ({"fields": {"promt": {}}}, "`promt` is no property of `input_schema`"),
        ({"fields": {"prompt": {"canonical": "text"}}}, "`text` is no canonical name"),
        ({"fields": {"prompt": {"media": "smell"}}}, "the media of `prompt` must be `image`, `video` or `audio`"),
        ({"seed": {"field": "sead"}}, "`sead` is no property of `input_schema`"),
        ({"aliases": "clay"}, "`aliases` must be a list"),
        (
            {"price": {"base_usd": -1, "unit": "second"}},
            "the `base_usd` of `price` must be a number that is not negative",
        ),
        ({"title": 5}, "`title` must be a text"),
    ],
)
def test_a_file_that_breaks_the_format_says_where(tmp_path: Path, changes: dict[str, object], why: str) -> None:
    written(tmp_path, **changes)
    with pytest.raises(DataFault) as caught:
        load_catalog([tmp_path]).route("studio/clay")
    (problem,) = caught.value.problems
    assert problem.message == f"the catalogue file `{tmp_path.name}/studio--clay.json` can't be used: {why}"


def test_unusual_schema_types_are_read_as_far_as_they_can_be(tmp_path: Path) -> None:
    properties = {
        "a": {"type": "float", "default": 0.5},
        "b": {"type": ["null", "integer"]},
        "c": {"anyOf": [{"type": "null"}, {"type": "string"}]},
        "d": {"enum": ["x", "y"]},
        "e": {},
        "f": {"type": "array", "items": {"type": "string"}},
    }
    written(tmp_path, input_schema={"properties": properties})
    fields = load_catalog([tmp_path]).route("studio/clay").fields
    assert [fields[name].type for name in "abcdef"] == ["number", "integer", "text", "text", "object", "array"]


def test_a_step_is_read_with_its_version_and_media(tmp_path: Path) -> None:
    (tmp_path / "routes").mkdir()
    (tmp_path / "steps").mkdir()
    step = {
        "name": "join",
        "version": 3,
        "title": "Join",
        "description": "Joins clips",
        "makes": "video",
        "input_schema": {
            "required": ["clips"],
            "properties": {
                "clips": {"type": "array", "items": {"type": "string"}, "minItems": 1},
                "fit": {"type": "string", "enum": ["error", "pad"], "default": "error"},
            },
        },
        "fields": {"clips": {"media": "video", "many": True}},
    }
    (tmp_path / "steps" / "join.json").write_text(json.dumps(step), encoding="utf-8")
    catalog = load_catalog(schemas=tmp_path)
    read = catalog.step("join")
    assert (read.name, read.version, read.title, read.description) == ("join", 3, "Join", "Joins clips")
    assert (read.fields["clips"].media, read.fields["clips"].many, read.fields["clips"].required) == (
        "video",
        True,
        True,
    )
    assert (read.fields["fit"].default, read.fields["fit"].has_default) == ("error", True)
    assert catalog.steps() == (read,)


def test_every_step_that_ships_is_read_and_its_media_have_kinds(catalog) -> None:
    steps = catalog.steps()
    assert {"concat", "caption"} <= {step.name for step in steps}
    for step in steps:
        assert step.title
        assert step.version >= 1
        assert any(field.media for field in step.fields.values())


def test_a_field_called_seed_is_the_seed_where_the_file_does_not_say(tmp_path: Path) -> None:
    schema = {"properties": {"seed": {"type": "integer", "default": 7}}}
    written(tmp_path, input_schema=schema)
    written(tmp_path, id="studio/unseeded", input_schema=schema, seed=None)
    catalog = load_catalog([tmp_path])
    assert catalog.route("studio/clay").seed_field == "seed"
    assert catalog.route("studio/unseeded").seed_field is None
