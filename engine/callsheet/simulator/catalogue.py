"""The models on offer, read from the route files with the simulator's own eyes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]
_KINDS = ("image", "video", "audio")
_SIZE = re.compile(r"(\d+)\s*x\s*(\d+)")


@dataclass(frozen=True, slots=True)
class Model:
    """One hosted model. `properties` are the fields of its input schema, `media` the kind that a media field takes,
    `roles` maps what a field means (`prompt`, `duration`, `frames`, ...) to its name, `limits` go beyond the schema."""

    id: str
    title: str
    category: str
    makes: str
    input_schema: Json
    output_schema: Json
    properties: Mapping[str, Json]
    required: tuple[str, ...]
    media: Mapping[str, str]
    limits: Mapping[str, Json]
    roles: Mapping[str, str]
    price_usd: float
    price_unit: str

    def effective(self, given: Json) -> Json:
        """The input with the schema's defaults for the optional fields that were left out; media have none."""
        filled = {
            name: schema["default"]
            for name, schema in self.properties.items()
            if "default" in schema and name not in self.required and name not in self.media
        }
        return {**filled, **given}

    def described(self, schema: bool) -> Json:
        """The model as the catalogue tells it, with or without its schemas."""
        answer: Json = {
            "model_id": self.id,
            "display_name": self.title,
            "categories": [self.category],
            "base_price_usd": self.price_usd,
            "price_unit": self.price_unit,
            "pricing_note": "Simulated price: nothing is charged",
        }
        if schema:
            answer |= {"input_schema": self.input_schema, "output_schema": self.output_schema}
        return answer


class Catalogue:
    """Every model of a folder of route files and of `more` such descriptions, by id or alias, in the order of ids."""

    def __init__(self, folder: Path, more: Sequence[Json] = ()) -> None:
        self._models: dict[str, Model] = {}
        self._names: dict[str, str] = {}
        files = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))]
        for route in [*files, *more]:
            model = _model(route)
            self._models[model.id] = model
            self._names |= dict.fromkeys([model.id, *route.get("aliases", [])], model.id)

    def __iter__(self) -> Iterator[Model]:
        return iter(sorted(self._models.values(), key=lambda model: model.id))

    def find(self, name: str) -> Model | None:
        """The model of that id or alias."""
        return self._models.get(self._names.get(name, ""))

    def search(self, text: str, category: str, kind: str) -> list[Model]:
        """Models whose id or title contains `text`, of that category, making that kind; empty means any."""
        wanted = text.casefold()
        return [
            model
            for model in self
            if wanted in f"{model.id} {model.title}".casefold()
            and category in ("", model.category)
            and kind in ("", model.makes)
        ]

    @property
    def categories(self) -> list[str]:
        return sorted({model.category for model in self})


def _model(route: Json) -> Model:
    schema: Json = route["input_schema"]
    properties: dict[str, Json] = schema["properties"]
    fields: dict[str, Json] = route.get("fields", {})
    price = route.get("simulated_price") or {"base_usd": 0.1, "unit": "output"}
    return Model(
        id=route["id"],
        title=route["title"],
        category=route["category"],
        makes=route["makes"],
        input_schema=schema,
        output_schema=route["output_schema"],
        properties=properties,
        required=tuple(schema.get("required", ())),
        media={name: field["media"] for name, field in fields.items() if field.get("media") in _KINDS},
        limits={name: field["limits"] for name, field in fields.items() if field.get("limits")},
        roles=_roles(route, properties, fields),
        price_usd=float(price["base_usd"]),
        price_unit=price["unit"],
    )


def _roles(route: Json, properties: dict[str, Json], fields: dict[str, Json]) -> dict[str, str]:
    """What fields mean: as the route file says; sizes, frames and frame rates also as their schema shows."""
    roles: dict[str, str] = {}
    for name, schema in properties.items():
        label = f"{name} {schema.get('title', '')}".casefold()
        options = schema.get("enum") or [None]
        if isinstance(options[0], str) and _SIZE.match(options[0]):
            roles["size"] = name
        elif "num_frames" in label or "number of frames" in label:
            roles["frames"] = name
        elif "frame_rate" in label or "frames per second" in label:
            roles["fps"] = name
        elif name in ("camera_fixed", "generate_audio"):
            roles[name] = name
    for name, field in fields.items():
        if "canonical" in field and roles.get("size") != name:
            roles[field["canonical"]] = name
    if frames := route.get("frames"):
        roles |= {"frames": frames["count"], "fps": frames["rate"]}
    if seed := route.get("seed"):
        roles["seed"] = seed["field"]
    return roles


def size_of(option: str) -> tuple[int, int] | None:
    """Width and height of a size option such as `720x480 (3:2)`."""
    match = _SIZE.match(option)
    return (int(match[1]), int(match[2])) if match else None
