"""Models as the API describes them, as route files: what is kept, what is recognised, what is laid over it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from callsheet.catalog.decode import read_route
from callsheet.catalog.description import BadDescription
from callsheet.catalog.fields import match
from callsheet.catalog.load import UnknownName, load_catalog
from callsheet.catalog.price import estimate
from callsheet.catalog.route import Estimate
from callsheet.catalog.sync import changes, route_text, synced_route
from callsheet.problems import DataFault

HAPPYHORSE = "happyhorse/happyhorse-1.0/image-to-video"
DAY = "2026-05-04"


def model(route_id: str = "studio/clay/image-to-video", **more: object) -> dict[str, object]:
    return {
        "model_id": route_id,
        "display_name": "Clay",
        "categories": ["image-to-video"],
        "base_price_usd": 0.04,
        "price_unit": "second",
        "pricing_note": "billed by the second",
        "input_schema": {
            "type": "object",
            "required": ["image_url"],
            "properties": {
                "image_url": {"type": "string", "default": "https://samples.example.com/a.png"},
                "prompt": {"type": "string", "default": "a sample"},
                "duration": {"type": "integer", "enum": [4, 8], "default": 4},
                "strength": {"type": "float", "default": 0.5},
                "seed": {"type": "integer", "default": -1},
            },
        },
        **more,
    }


def put(folder: Path, described: dict[str, object]) -> Path:
    path = folder / (str(described["id"]).replace("/", "--") + ".json")
    path.write_text(route_text(described), encoding="utf-8")
    return path


def test_a_model_becomes_a_route_with_what_its_schema_tells() -> None:
    route = read_route(synced_route(model(), DAY))
    assert (route.id, route.title, route.category, route.makes) == (
        "studio/clay/image-to-video", "Clay", "image-to-video", "video",
    )  # fmt: skip
    assert route.fields["image_url"].media == "image"
    assert route.canonical == {"prompt": "prompt", "duration": "duration"}
    assert (route.seed_field, route.seed_random) == ("seed", frozenset({-1}))
    assert route.fields["strength"].type == "number"


def test_the_sample_of_a_media_field_is_never_sent() -> None:
    fields = read_route(synced_route(model(), DAY)).fields
    assert {name for name, field in fields.items() if field.has_default} == {"prompt", "duration", "strength", "seed"}


def test_a_price_is_kept_with_its_note_and_day() -> None:
    route = read_route(synced_route(model(), DAY))
    assert route.price is not None
    assert (route.price.base_usd, route.price.unit, route.price.note, route.price.as_of) == (
        0.04, "second", "billed by the second", DAY,
    )  # fmt: skip
    assert estimate(route, {"duration": 8}, provider_is_simulator=False) == Estimate(0.32, "base")


@pytest.mark.parametrize("missing", [{"base_price_usd": None}, {"price_unit": None}, {"base_price_usd": -1}])
def test_a_price_that_is_not_whole_is_unknown(missing: dict[str, object]) -> None:
    route = read_route(synced_route(model(**missing), DAY))
    assert estimate(route, {"duration": 8}, provider_is_simulator=False) == Estimate(None, "unknown")


def test_a_schema_may_come_as_text() -> None:
    described = model()
    described["input_schema"] = json.dumps(described["input_schema"])
    assert synced_route(described, DAY) == synced_route(model(), DAY)


@pytest.mark.parametrize("schema", [None, [], "{", {"properties": []}, {"type": "object"}])
def test_a_model_without_a_schema_is_no_route(schema: object) -> None:
    with pytest.raises(BadDescription) as caught:
        synced_route(model(input_schema=schema), DAY)
    assert str(caught.value) == "it needs a `model_id` and an `input_schema` with `properties`"


def test_the_same_model_is_the_same_text() -> None:
    text = route_text(synced_route(model(), DAY))
    assert text == route_text(synced_route(model(), DAY))
    assert text.startswith('{\n  "id": "studio/clay/image-to-video",\n  "synced": "2026-05-04",\n')
    assert text.endswith("}\n")


def test_native_names_are_taken_and_canonical_ones_need_a_map(tmp_path: Path) -> None:
    put(tmp_path, synced_route(model(), DAY))
    route = load_catalog([tmp_path]).route("studio/clay/image-to-video")
    assert match(route, ["image_url", "prompt", "duration", "strength"]).faults == ()
    (fault,) = match(route, ["image"]).faults
    assert (fault.message, fault.hint) == (
        "`studio/clay/image-to-video` takes no `image`",
        "its own name for it may be `image_url`; a `.fields` file beside the route file can map it",
    )


def test_a_fields_file_maps_canonical_names_and_overrides_what_was_recognised(tmp_path: Path) -> None:
    path = put(tmp_path, synced_route(model(), DAY))
    sidecar = {
        "fields": {
            "image_url": {"canonical": "image", "limits": {"min_side_px": 512}},
            "prompt": {"canonical": None},
        },
        "makes": "image",
        "price": {"base_usd": 0.03, "unit": "output", "as_of": "2026-05-05"},
    }
    path.with_suffix(".fields.json").write_text(json.dumps(sidecar), encoding="utf-8")
    catalog = load_catalog([tmp_path])
    route = catalog.route("studio/clay/image-to-video")
    assert route.canonical == {"image": "image_url", "images": "image_url", "duration": "duration"}
    assert route.fields["image_url"].media == "image"
    assert route.fields["image_url"].limits == {"min_side_px": 512}
    assert route.makes == "image"
    assert estimate(route, {}, provider_is_simulator=False) == Estimate(0.03, "quoted")
    assert [one.id for one in catalog.routes() if one.id.startswith("studio")] == ["studio/clay/image-to-video"]


def test_a_field_that_was_taken_for_media_can_be_made_text(tmp_path: Path) -> None:
    path = put(tmp_path, synced_route(model(), DAY))
    path.with_suffix(".fields.json").write_text('{"fields": {"image_url": {"media": null}}}', encoding="utf-8")
    assert load_catalog([tmp_path]).route("studio/clay/image-to-video").fields["image_url"].media is None


@pytest.mark.parametrize(
    ("sidecar", "why"),
    [
        ("[]", "it holds no mapping"),
        ('{"feilds": {}}', "its `.fields` file has no `feilds`: did you mean `fields`?"),
        ('{"fields": {"image_url": 5}}', "`fields.image_url` must be a mapping"),
    ],
)
def test_a_fields_file_that_breaks_the_format_says_where(tmp_path: Path, sidecar: str, why: str) -> None:
    path = put(tmp_path, synced_route(model(), DAY))
    path.with_suffix(".fields.json").write_text(sidecar, encoding="utf-8")
    with pytest.raises(DataFault) as caught:
        load_catalog([tmp_path]).route("studio/clay/image-to-video")
    name = f"{tmp_path.name}/studio--clay--image-to-video.fields.json"
    assert caught.value.problems[0].message == f"the catalogue file `{name}` can't be used: {why}"


def test_a_synced_route_that_ships_keeps_all_that_is_known_of_it(tmp_path: Path) -> None:
    shipped = load_catalog().route(HAPPYHORSE)
    published = model(HAPPYHORSE, display_name="HappyHorse", input_schema=shipped.schema, categories=["image-to-video"])
    put(tmp_path, synced_route(published, DAY))
    route = load_catalog([tmp_path]).route(HAPPYHORSE)
    assert route.title == "HappyHorse"
    assert route.price is not None
    for name in (
        "fields",
        "canonical",
        "aliases",
        "alternatives",
        "seed_field",
        "seed_random",
        "advice",
        "aspect_from",
    ):
        assert getattr(route, name) == getattr(shipped, name), name
    assert load_catalog([tmp_path]).route("happyhorse/happyhorse-1-0/image-to-video").title == "HappyHorse"


def test_what_is_known_of_a_field_goes_where_the_field_goes(tmp_path: Path) -> None:
    shipped = load_catalog().route("bytedance/seedance-v1.5-pro/image-to-video")
    properties = {name: one for name, one in shipped.schema["properties"].items() if name != "camera_fixed"}
    properties["style"] = {"type": "string"}
    schema = {**shipped.schema, "properties": properties}
    put(tmp_path, synced_route(model(shipped.id, input_schema=schema), DAY))
    route = load_catalog([tmp_path]).route(shipped.id)
    assert list(route.fields) == list(properties)
    assert route.advice == shipped.advice
    assert route.advice_rules == ()


def test_what_changed_is_told_field_by_field() -> None:
    old, new = synced_route(model(), DAY), synced_route(model(base_price_usd=0.05), "2026-06-01")
    properties = new["input_schema"]["properties"]
    del properties["strength"]
    properties["duration"] = {"type": "integer", "enum": [4, 8, 12], "default": 8}
    properties["style"] = {"type": "string"}
    new["input_schema"]["required"] = ["prompt", "style"]
    assert list(changes(old, new)) == [
        "`duration`: its `default` was `4`, and is `8`",
        "`duration`: its `enum` was `[4, 8]`, and is `[4, 8, 12]`",
        "`image_url` is optional now",
        "`prompt` is required now",
        "`strength` is gone",
        "`style` is new and required",
        "the price was 0.04 USD a second, and is 0.05 USD a second",
    ]
    assert list(changes(old, old)) == []


def test_three_hundred_route_files_are_not_opened_for_a_route_that_is_named(tmp_path: Path) -> None:
    for number in range(300):
        (tmp_path / f"studio--broken-{number}.json").write_text("{", encoding="utf-8")
    catalog = load_catalog([tmp_path])
    assert catalog.route("wan-ai/wan-2-7/text-to-video").title == "Wan 2.7 text to video"
    assert catalog.route("happyhorse/happyhorse-1-0/image-to-video").id == HAPPYHORSE
    with pytest.raises(UnknownName):
        catalog.route("studio/unheard-of")
