"""The language's JSON Schema with the catalogue in it: `route:`, `intent:` and `step:` choose what `input` may hold.

Draft 7, which every editor reads. It is made to help while a file is written: it underlines nothing that callsheet
accepts, and leaves to `callsheet validate` what only a plan can tell.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import cast

from callsheet.catalog.fields import CANONICAL_NAMES
from callsheet.catalog.load import Catalog
from callsheet.catalog.route import Intent, Route, Step
from callsheet.cli.editor_fallback import editor_fallback, input_definition
from callsheet.cli.editor_fields import TEMPLATE, SchemaNode, field_schemas, names_of
from callsheet.cli.editor_use import use_choices, use_schema
from callsheet.document.keys import FALLBACK, MAKERS
from callsheet.document.schema import pipeline_schema

_ANY_MAKER = {"type": "string", "pattern": TEMPLATE}
_ABOUT_CANONICAL = {
    "prompt": "What is to be seen and heard.",
    "negative_prompt": "What must not appear.",
    "image": "Picture: a path or an artifact of another node.",
    "images": "Pictures: paths or artifacts of other nodes.",
    "video": "Clip: a path or an artifact of another node.",
    "videos": "Clips: paths or artifacts of other nodes.",
    "audio": "Sound or voice: a path or an artifact of another node.",
    "audios": "Sounds: paths or artifacts of other nodes.",
    "duration": "Length in seconds, or `match-audio`.",
    "resolution": "480p, 720p, 1080p or WxH.",
    "aspect_ratio": "Width to height, such as 9:16.",
}


def editor_schema(catalog: Catalog) -> SchemaNode:
    """The schema of a pipeline file for the routes, intents and steps of this catalogue."""
    schema = pipeline_schema()
    properties = dict(_mapping(schema, "properties"))
    definitions: SchemaNode = {"any-input": _any_input()}
    chosen = _choices(catalog, definitions)
    definitions |= {
        "route": _names(
            "Id of the hosted model that makes this node.", _route_titles(catalog), _further_routes(catalog)
        ),
        "intent": _names("What the node is for; the catalogue chooses the route.", _intent_titles(catalog), [TEMPLATE]),
        "step": _names("Name of the local step that makes this node.", _step_titles(catalog)),
    }
    nodes = dict(_mapping(properties, "nodes"))
    definitions["fallback"] = editor_fallback(FALLBACK.schema(), catalog, definitions)
    definitions["use"] = use_schema()
    definitions["node"] = _node(_mapping(nodes, "additionalProperties"), [*chosen, *use_choices()])
    nodes["additionalProperties"] = {"$ref": "#/definitions/node"}
    properties["nodes"] = nodes
    properties["defaults"] = {**_mapping(properties, "defaults"), "properties": _canonical_properties()}
    return {**schema, "properties": properties, "definitions": definitions}


def editor_schema_text(catalog: Catalog) -> str:
    """The schema as `callsheet schema` prints it and `schemas/pipeline.schema.json` holds it."""
    return json.dumps(editor_schema(catalog), indent=1, ensure_ascii=False) + "\n"


def _node(node: Mapping[str, object], chosen: list[SchemaNode]) -> SchemaNode:
    properties = dict(_mapping(node, "properties"))
    for maker in MAKERS:
        properties[maker] = {"$ref": f"#/definitions/{maker}"}
    properties["fallback"] = {**_mapping(properties, "fallback"), "items": {"$ref": "#/definitions/fallback"}}
    return {**node, "properties": properties, "allOf": chosen}


def _choices(catalog: Catalog, definitions: SchemaNode) -> list[SchemaNode]:
    """For each route, intent and step: if a node names it, then its `input` has those fields."""
    chosen: list[SchemaNode] = []
    routes = catalog.routes()
    for route in routes:
        definition = input_definition(route)
        definitions[definition] = _input(route)
        chosen.append(_choice("route", (route.id, *route.aliases), definition, _required_media(route)))
        for needs, names in _by_requirement(intent for intent in catalog.intents() if intent.route == route.id):
            chosen.append(_choice("intent", names, definition, _required_media(route, needs)))
    for step in catalog.steps():
        definition = f"input-of-step-{step.name}"
        definitions[definition] = _input(step)
        chosen.append(_choice("step", (step.name,), definition, _required_fields(step)))
    templated = [{"required": [maker], "properties": {maker: _ANY_MAKER}} for maker in ("route", "intent")]
    auto = {"required": ["intent"], "properties": {"intent": {"const": "auto"}}}
    any_input = {"properties": {"input": {"$ref": "#/definitions/any-input"}}}
    return [*chosen, {"if": {"anyOf": [*templated, auto]}, "then": any_input}]


def _choice(maker: str, names: tuple[str, ...], definition: str, required: list[list[str]]) -> SchemaNode:
    named: SchemaNode = {"const": names[0]} if len(names) == 1 else {"pattern": _any_of(names)}
    given: SchemaNode = {"$ref": f"#/definitions/{definition}"}
    if required:
        given = {"allOf": [given, *({"anyOf": [{"required": [name]} for name in names_]} for names_ in required)]}
    then: SchemaNode = {"properties": {"input": given}}
    if required:
        then["required"] = ["input"]
    return {"if": {"required": [maker], "properties": {maker: named}}, "then": then}


def _by_requirement(intents: Iterable[Intent]) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    grouped: dict[tuple[str, ...], list[str]] = {}
    for intent in intents:
        grouped.setdefault(intent.requires, []).append(intent.name)
    return [(needs, tuple(names)) for needs, names in grouped.items()]


def _required_media(route: Route, also: Iterable[str] = ()) -> list[list[str]]:
    """The names of each media field that must be given; anything else may come from `defaults`."""
    natives = [field.name for field in route.fields.values() if field.media and field.required]
    return [names_of(route, native) for native in dict.fromkeys([*natives, *also])]


def _required_fields(step: Step) -> list[list[str]]:
    return [[field.name] for field in step.fields.values() if field.required]


def _input(shape: Route | Step) -> SchemaNode:
    about = "What goes in: " + (
        f"canonical or native fields of `{shape.id}`." if isinstance(shape, Route) else f"fields of `{shape.name}`."
    )
    return {
        "type": ["object", "string"],
        "pattern": TEMPLATE,
        "description": about,
        "properties": field_schemas(shape),
        "additionalProperties": False,
    }


def _any_input() -> SchemaNode:
    return {
        "type": ["object", "string"],
        "pattern": TEMPLATE,
        "description": "What goes in: canonical fields, which every route knows, or native ones.",
        "properties": _canonical_properties(),
    }


def _canonical_properties() -> SchemaNode:
    return {name: {"description": _ABOUT_CANONICAL[name]} for name in CANONICAL_NAMES}


def _names(about: str, titles: Mapping[str, str], also: Iterable[str] = ()) -> SchemaNode:
    """Names to choose from, each with its title; what matches one of the patterns `also` is accepted, not proposed."""
    known = {"enum": list(titles), "enumDescriptions": list(titles.values())}
    further = [{"type": "string", "pattern": pattern} for pattern in also]
    return {"description": about, "anyOf": [known, *further]}


def _any_of(names: Iterable[str]) -> str:
    """A pattern and no `enum`: editors propose what stands in an `enum`, wherever it stands."""
    return f"^(?:{'|'.join(name.replace('.', '[.]') for name in names)})$"


def _route_titles(catalog: Catalog) -> dict[str, str]:
    return {route.id: route.title for route in catalog.routes()}


def _further_routes(catalog: Catalog) -> list[str]:
    aliases = [alias for route in catalog.routes() for alias in route.aliases]
    return [TEMPLATE, _any_of(aliases)] if aliases else [TEMPLATE]


def _intent_titles(catalog: Catalog) -> dict[str, str]:
    titles = {intent.name: f"{intent.title}: {intent.route} {intent.why}." for intent in catalog.intents()}
    return {**titles, "auto": "The first intent that fits the inputs given."}


def _step_titles(catalog: Catalog) -> dict[str, str]:
    return {step.name: step.description or step.title for step in catalog.steps()}


def _mapping(schema: Mapping[str, object], key: str) -> Mapping[str, object]:
    return cast(Mapping[str, object], schema[key])
