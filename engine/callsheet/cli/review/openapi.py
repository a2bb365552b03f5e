"""The review server's API as an OpenAPI document, which the server gives out and the tests fuzz."""

from __future__ import annotations

from typing import Any

from callsheet.cli.review.questions import ASKED

_DOES = {
    "pick": "Choose a take. `key` is the one that its clip was made from, `seen` the cell's `revision`.",
    "clear": "Take back what is picked of an instance.",
    "reject": "Mark a take as rejected, with a reason that may be empty; null takes the mark away.",
    "comment": "Say something of an instance and its takes; an empty note takes it away.",
}
_REFUSALS = {
    "400": "The body is not of the form that is asked for",
    "403": "Not from this server's own page, or without its session",
    "404": "There is no such instance",
    "409": "Somebody was quicker, or what was seen is not what there is now; the error says what changed",
    "413": "The body is too long",
    "415": "The body is no JSON",
}
_ERROR: dict[str, Any] = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "message"],
            "properties": {"code": {"type": "string"}, "message": {"type": "string"}},
        }
    },
}
_NEXT: dict[str, Any] = {
    "type": "object",
    "required": ["totals", "held_behind", "instances", "more", "command"],
    "properties": {
        "totals": {"type": "object"},
        "held_behind": {
            "type": "array",
            "items": {"type": "object", "required": ["pick", "instances", "cost_estimate_usd"]},
        },
        "instances": {"type": "array", "items": {"type": "object", "required": ["id", "action", "why", "cost_usd"]}},
        "more": {"type": "integer", "minimum": 0},
        "command": {"type": "string"},
    },
}
_STATE: dict[str, Any] = {
    "type": "object",
    "required": ["version", "whole", "cells", "nodes", "next", "run_now", "problems", "title", "status"],
    "properties": {
        "version": {"type": "integer", "minimum": 1},
        "whole": {"type": "boolean"},
        "cells": {"type": "array", "items": {"type": "object", "required": ["id", "state", "group", "revision"]}},
        "nodes": {"type": "array", "items": {"type": "object"}},
        "next": _NEXT,
        "run_now": {"type": ["object", "null"]},
        "problems": {"type": "array", "items": {"type": "string"}},
        "title": {"type": "string"},
        "status": {"type": "string"},
    },
}
_CHANGED: dict[str, Any] = {
    "type": "object",
    "required": ["version", "group", "next"],
    "properties": {"version": {"type": "integer"}, "group": {"type": "string"}, "next": _NEXT},
}


def openapi(version: str, cookie: str) -> dict[str, Any]:
    """The document; `version` is callsheet's, `cookie` the name of the one that holds the session."""
    paths: dict[str, Any] = {
        "/_review/state": {
            "get": {
                "operationId": "state",
                "summary": "How everything stands; with `since`, of the cells only those that changed after it.",
                "parameters": [
                    {
                        "name": "since",
                        "in": "query",
                        "schema": {"type": "integer", "minimum": 0, "maximum": 2**53},
                    }
                ],
                "responses": {"200": _json("How everything stands", _STATE), **_refused("400", "403")},
            }
        },
        "/_review/openapi.json": {
            "get": {
                "operationId": "openapi",
                "summary": "This document.",
                "responses": {"200": _json("The document", {"type": "object"}), **_refused("403")},
            }
        },
        "/_review/events": {
            "get": {
                "operationId": "events",
                "summary": "The number of each new version, as it comes: server-sent events, without end.",
                "responses": {
                    "200": {"description": "Events", "content": {"text/event-stream": {"schema": {"type": "string"}}}},
                    **_refused("403"),
                },
            }
        },
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": "callsheet review", "version": version},
        "paths": paths | {f"/_review/{name}": {"post": _change(name)} for name in ASKED},
        "components": {"securitySchemes": {"session": {"type": "apiKey", "in": "cookie", "name": cookie}}},
        "security": [{"session": []}],
    }


def _change(name: str) -> dict[str, Any]:
    fields = ASKED[name]
    body = {
        "type": "object",
        "required": list(fields),
        "additionalProperties": False,
        "properties": {field: text.schema() for field, text in fields.items()},
    }
    return {
        "operationId": name,
        "summary": _DOES[name],
        "parameters": [
            {
                "name": "X-Callsheet-Review",
                "in": "header",
                "required": True,
                "schema": {"type": "string", "enum": ["1"]},
            }
        ],
        "requestBody": {"required": True, "content": {"application/json": {"schema": body}}},
        "responses": {"200": _json("Done; what a run would do now", _CHANGED), **_refused(*_REFUSALS)},
    }


def _json(description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def _refused(*statuses: str) -> dict[str, Any]:
    return {status: _json(_REFUSALS[status], _ERROR) for status in statuses}
