"""What an editor lets stand in an entry of `fallback`: the fields of its route, and null to take any other away."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from callsheet.catalog.load import Catalog
from callsheet.catalog.route import Route
from callsheet.cli.editor_fields import SchemaNode


def editor_fallback(entry: Mapping[str, object], catalog: Catalog, definitions: Mapping[str, object]) -> SchemaNode:
    """The schema of an entry, given the language's own and the definitions of what each route takes."""
    properties = {**cast(Mapping[str, object], entry["properties"]), "route": {"$ref": "#/definitions/route"}}
    return {**entry, "properties": properties, "allOf": [_choice(route, definitions) for route in catalog.routes()]}


def input_definition(route: Route) -> str:
    """The name of the definition of what a node with this route takes."""
    return f"input-of-{route.id}".replace("/", "--")


def _choice(route: Route, definitions: Mapping[str, object]) -> SchemaNode:
    """If an entry names the route, then its `input` has those fields, or null for one that the node gives."""
    name = input_definition(route)
    fields = cast(Mapping[str, Mapping[str, object]], definitions[name])["properties"]
    known = {field: {"$ref": f"#/definitions/{name}/properties/{field}"} for field in fields}
    given = {"properties": known, "additionalProperties": {"type": "null"}}
    return {
        "if": {"required": ["route"], "properties": {"route": {"const": route.id}}},
        "then": {"properties": {"input": given}},
    }
