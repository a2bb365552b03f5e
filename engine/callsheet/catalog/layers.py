"""Descriptions of one route laid over each other: what ships, what the API published later, what the user says."""

from __future__ import annotations

from collections.abc import Mapping

from callsheet.catalog.description import BadDescription, mapping_of, sequence_of
from callsheet.problems import did_you_mean

_PUBLISHED = ("id", "synced", "title", "category", "makes", "input_schema", "output_schema", "price")
_SIDECAR = (
    "fields",
    "makes",
    "aliases",
    "alternatives",
    "seed",
    "frames",
    "aspect_from",
    "price",
    "advice",
    "keywords",
)


def over_shipped(synced: Mapping[str, object], shipped: Mapping[str, object]) -> dict[str, object]:
    """A synced route with all that ships about it beyond its schema, as far as its fields still have it."""
    properties = mapping_of(mapping_of(synced, "input_schema"), "properties")
    merged: dict[str, object] = {**synced, **{key: value for key, value in shipped.items() if key not in _PUBLISHED}}
    ours, theirs = mapping_of(shipped, "fields", {}), mapping_of(synced, "fields", {})
    merged["fields"] = {name: ours.get(name, theirs.get(name)) for name in properties if name in ours or name in theirs}
    for key in ("seed", "frames"):
        named = mapping_of(shipped, key, {})
        if not all(named[part] in properties for part in ("field", "count", "rate") if part in named):
            merged[key] = synced.get(key)
    if shipped.get("aspect_from") not in properties:
        merged["aspect_from"] = None
    merged["advice"] = [_advice(one, properties) for one in sequence_of(shipped, "advice")]
    return merged


def with_sidecar(route: Mapping[str, object], sidecar: Mapping[str, object]) -> dict[str, object]:
    """A route with what its `.fields` file says: fields are merged one by one, a null takes something away, anything
    else replaces. A price given there is one that this account was quoted. Raises BadDescription."""
    for key in sidecar:
        if key not in _SIDECAR:
            raise BadDescription(f"its `.fields` file has no `{key}`: {did_you_mean(key, _SIDECAR)}")
    merged = {**route, **sidecar}
    fields = dict(mapping_of(route, "fields", {}))
    for name, about in mapping_of(sidecar, "fields", {}).items():
        if about is None:
            fields.pop(name, None)
            continue
        if not isinstance(about, Mapping):
            raise BadDescription(f"`fields.{name}` must be a mapping")
        known = fields.get(name)
        laid = {**(known if isinstance(known, Mapping) else {}), **about}
        fields[name] = {key: value for key, value in laid.items() if value is not None}
    merged["fields"] = fields
    if isinstance(sidecar.get("price"), Mapping):
        merged["price"] = {**mapping_of(sidecar, "price"), "quoted": True}
    return merged


def _advice(one: object, properties: Mapping[str, object]) -> object:
    """A tip as it is, or its text alone where a field that it is checked by is gone."""
    if not isinstance(one, Mapping):
        return one
    named = {one.get("field"), *mapping_of(one, "given", {})}
    return one if named <= set(properties) else one.get("tip")
