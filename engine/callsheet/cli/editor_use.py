"""What an editor lets stand beside `use`: for a ready-made pipeline its own params, and never what belongs inside."""

from __future__ import annotations

from collections.abc import Iterable

from callsheet.cli.editor_fields import TEMPLATE, SchemaNode, templated
from callsheet.document.keys import NOT_WITH_USE
from callsheet.document.model import Document, Param
from callsheet.document.use import READY_MADE, read_ready_made, ready_made
from callsheet.media.info import MEDIA_KINDS

_NUMBERS = ("integer", "number")


def use_schema() -> SchemaNode:
    """The values of `use`: the ready-made pipelines, proposed with what each is, and any path."""
    titles = {f"{READY_MADE}{name}": read_ready_made(name).description for name in ready_made()}
    known = {"enum": list(titles), "enumDescriptions": [title or "" for title in titles.values()]}
    path = {"type": "string", "minLength": 1, "not": {"pattern": f"^{READY_MADE}|{TEMPLATE}"}}
    return {"description": "Pipeline that makes this node: a file, or a ready-made one.", "anyOf": [known, path]}


def use_choices() -> Iterable[SchemaNode]:
    """If a node uses a pipeline, then it has no keys of other nodes; if a ready-made one, `with` gives its params."""
    yield {"if": {"required": ["use"]}, "then": {"properties": dict.fromkeys(NOT_WITH_USE, False)}}
    yield {"if": {"required": ["with"]}, "then": {"required": ["use"]}}
    for name in ready_made():
        document = read_ready_made(name)
        then: SchemaNode = {"properties": {"with": _params(document)}}
        if document.unset:
            then["required"] = ["with"]
        use = {"const": f"{READY_MADE}{name}"}
        yield {"if": {"required": ["use"], "properties": {"use": use}}, "then": then}


def _params(document: Document) -> SchemaNode:
    schema: SchemaNode = {
        "type": "object",
        "description": f"Params of `{document.span.path}`.",
        "properties": {name: _param(param) for name, param in document.params.items()},
        "additionalProperties": False,
    }
    return {**schema, "required": sorted(document.unset)} if document.unset else schema


def _param(param: Param) -> SchemaNode:
    """The values of one param, or a template; null leaves it at its default."""
    schema: SchemaNode = {"type": "string" if param.type == "text" else param.type}
    if param.type in MEDIA_KINDS:
        schema = {"type": ["string", "array", "null"], "items": {"type": "string"}}
    elif param.enum:
        schema = {"enum": list(param.enum)}
    edges = {"minimum": param.minimum, "maximum": param.maximum} if param.type in _NUMBERS else {}
    schema |= {name: edge for name, edge in edges.items() if edge is not None}
    written = schema if param.type in MEDIA_KINDS else templated(schema)
    if param.default is not None:
        written["default"] = param.default
    return {**written, "description": param.description} if param.description else written
