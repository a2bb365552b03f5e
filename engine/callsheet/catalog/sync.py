"""A model as the API describes it -> the route file that describes it here, and what changed since the last time."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from callsheet.catalog.description import BadDescription, number_of, optional_text_of
from callsheet.catalog.recognise import (
    canonical_as_it_is,
    recognised_frames,
    recognised_media,
    recognised_output,
    recognised_seed,
)

_UNPRICED: Mapping[str, object] = {"base_usd": 0.1, "unit": "output"}


def synced_route(model: Mapping[str, object], today: str) -> dict[str, object]:
    """The content of the route file for one model of the API; `today` (an ISO date) goes beside its price.

    What the API doesn't say is recognised from the schema: media fields, the seed, canonical names that are native
    names already. Raises BadDescription.
    """
    route_id = optional_text_of(model, "model_id") or optional_text_of(model, "id")
    schema = _schema(model.get("input_schema"))
    if route_id is None or schema is None:
        raise BadDescription("it needs a `model_id` and an `input_schema` with `properties`")
    properties = schema["properties"]
    if not isinstance(properties, Mapping):
        raise BadDescription("`properties` must be a mapping")
    categories = [str(one) for one in _list(model.get("categories"))]
    output = model.get("output_schema")
    makes = recognised_output(model.get("kind"), categories, route_id, output)
    price = _price(model, today)
    route: dict[str, object] = {
        "id": route_id,
        "synced": today,
        "title": optional_text_of(model, "display_name") or route_id,
        "category": categories[0] if categories else "",
        "makes": makes or "video",
        "input_schema": schema,
        "output_schema": output if isinstance(output, Mapping) else {},
        "fields": _fields(properties),
        "seed": recognised_seed(properties),
        "price": price,
        "simulated_price": {"base_usd": price["base_usd"], "unit": price["unit"]} if price else dict(_UNPRICED),
    }
    frames = recognised_frames(properties)
    return route if frames is None else {**route, "frames": frames}


def route_text(route: Mapping[str, object]) -> str:
    """A route file's text, the same for the same content: made for git."""
    return json.dumps(route, ensure_ascii=False, indent=2) + "\n"


def changes(old: Mapping[str, object], new: Mapping[str, object]) -> Iterator[str]:
    """What differs between two descriptions of a route, one line a fact: first its fields, then its price."""
    before, after = _properties(old), _properties(new)
    needed_before, needed_after = _required(old), _required(new)
    for name in sorted({*before, *after}):
        if name not in before:
            yield f"`{name}` is new{' and required' if name in needed_after else ''}"
        elif name not in after:
            yield f"`{name}` is gone"
        else:
            yield from _field_changes(name, before[name], after[name])
            if (name in needed_before) != (name in needed_after):
                yield f"`{name}` is {'required' if name in needed_after else 'optional'} now"
    if _priced(old) != _priced(new):
        yield f"the price was {_priced(old)}, and is {_priced(new)}"


def _fields(properties: Mapping[str, object]) -> dict[str, object]:
    fields: dict[str, object] = {}
    for name, schema in properties.items():
        if not isinstance(schema, Mapping):
            raise BadDescription(f"the property `{name}` must be a mapping")
        media = recognised_media(name, schema)
        known = {"canonical": canonical_as_it_is(name, schema, media), "media": media}
        if about := {key: value for key, value in known.items() if value is not None}:
            fields[name] = about
    return fields


def _schema(value: object) -> dict[str, object] | None:
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            return None
    return dict(value) if isinstance(value, Mapping) and isinstance(value.get("properties"), Mapping) else None


def _price(model: Mapping[str, object], today: str) -> dict[str, object] | None:
    base, unit = number_of(model, "base_price_usd"), optional_text_of(model, "price_unit")
    if base is None or base < 0 or not unit:
        return None
    return {"base_usd": base, "unit": unit, "note": optional_text_of(model, "pricing_note") or "", "as_of": today}


def _field_changes(name: str, before: Mapping[str, object], after: Mapping[str, object]) -> Iterator[str]:
    for key in sorted({*before, *after}):
        if before.get(key) != after.get(key) and key not in ("title", "description"):
            was, now = (_shown(one.get(key)) for one in (before, after))
            yield f"`{name}`: its `{key}` was {was}, and is {now}"


def _shown(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return "not given" if value is None else f"`{text if len(text) <= 60 else text[:59] + '…'}`"


def _properties(route: Mapping[str, object]) -> dict[str, Mapping[str, object]]:
    schema = route.get("input_schema")
    properties = schema.get("properties") if isinstance(schema, Mapping) else None
    return {name: one for name, one in properties.items() if isinstance(one, Mapping)} if properties else {}


def _required(route: Mapping[str, object]) -> frozenset[str]:
    schema = route.get("input_schema")
    return frozenset(str(one) for one in _list(schema.get("required"))) if isinstance(schema, Mapping) else frozenset()


def _priced(route: Mapping[str, object]) -> str:
    price = route.get("price")
    return f"{price.get('base_usd')} USD a {price.get('unit')}" if isinstance(price, Mapping) else "unknown"


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []
