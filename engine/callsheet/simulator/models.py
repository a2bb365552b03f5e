"""The catalogue's answers: listing, categories, one model."""

from __future__ import annotations

import re

from starlette.responses import JSONResponse

from callsheet.simulator.answers import Refusal
from callsheet.simulator.ask import Ask
from callsheet.simulator.catalogue import Catalogue, Model
from callsheet.simulator.check import detail

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(?:/[A-Za-z0-9][A-Za-z0-9._-]*)*")
_LIMIT = 50
_MOST = 500


class Models:
    """Answers out of a catalogue."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def listed(self, ask: Ask) -> JSONResponse:
        """`GET /v1/models`: search, category, kind, include_schema, limit, offset."""
        query = ask.query
        found = self._catalogue.search(query.get("search", ""), query.get("category", ""), query.get("kind", ""))
        limit, offset = _count(query, "limit", _LIMIT, _MOST), _count(query, "offset", 0, None)
        schema = query.get("include_schema", "") in ("true", "1")
        page = [model.described(schema) for model in found[offset : offset + limit]]
        return JSONResponse({"models": page, "total": len(found)})

    def categories(self, _: Ask) -> JSONResponse:
        """`GET /v1/models/categories`."""
        return JSONResponse({"categories": self._catalogue.categories})

    def one(self, name: str) -> JSONResponse:
        """`GET /v1/models/{model_id}`, with its schemas."""
        return JSONResponse(find(self._catalogue, name).described(schema=True))


def find(catalogue: Catalogue, name: str) -> Model:
    """The model of that id or alias. Raises Refusal where the id is malformed or unknown."""
    if not _ID.fullmatch(name):
        raise Refusal(400, "the model_id is malformed", code=400001)
    model = catalogue.find(name)
    if model is None:
        raise Refusal(404, f"there is no model {name}")
    return model


def _count(query: dict[str, str], name: str, otherwise: int, most: int | None) -> int:
    text = query.get(name, str(otherwise))
    if not text.isascii() or not text.isdigit() or (most is not None and int(text) > most):
        upto = "" if most is None else f" up to {most}"
        fault = detail((), "type", f"expected a whole number{upto}") | {"loc": ["query", name]}
        raise Refusal(422, "the query does not match the schema", [fault])
    return int(text)
