"""The catalogue as text and as JSON, for the verbs that show it."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable, Mapping

from callsheet.catalog.load import Catalog, UnknownName
from callsheet.catalog.route import Field, Intent, Route, Step
from callsheet.problems import DataFault, Problem


def found_route(catalog: Catalog, name: str) -> Route:
    """The route of this name, or a DataFault that offers the nearest."""
    try:
        return catalog.route(name)
    except UnknownName as unknown:
        raise DataFault(Problem("unknown-route", str(unknown), hint=unknown.hint)) from None


def found_step(catalog: Catalog, name: str) -> Step:
    """The step of this name, or a DataFault that offers the nearest."""
    try:
        return catalog.step(name)
    except UnknownName as unknown:
        raise DataFault(Problem("unknown-step", str(unknown), hint=unknown.hint)) from None


def routes_text(routes: Iterable[Route]) -> str:
    """One line a route."""
    return "".join(f"{route.id:<46}  {route.title}\n" for route in routes)


def shape_text(shape: Route | Step) -> str:
    """One route or step in full: its fields, what each takes, and the canonical names."""
    head = [shape.id if isinstance(shape, Route) else f"{shape.name} (version {shape.version})", shape.title]
    if isinstance(shape, Route):
        head += [f"also called {alias}" for alias in shape.aliases]
        head.append(f"makes {shape.makes}; seed field: {shape.seed_field or 'none'}; price: {_price(shape)}")
    names = _canonical(shape)
    return (
        "\n".join([*head, "", *(_field_text(field, names.get(field.name, ())) for field in shape.fields.values())])
        + "\n"
    )


def shape_record(shape: Route | Step) -> dict[str, object]:
    """One route or step as data; its `input_schema` is the JSON Schema as published."""
    names = _canonical(shape)
    record: dict[str, object] = {
        "title": shape.title,
        "makes": shape.makes,
        "fields": [_field_record(field, names.get(field.name, ())) for field in shape.fields.values()],
        "input_schema": shape.schema,
    }
    if isinstance(shape, Step):
        return {"name": shape.name, "version": shape.version, **record}
    price = None if shape.price is None else {"base_usd": shape.price.base_usd, "unit": shape.price.unit}
    return {"id": shape.id, "aliases": list(shape.aliases), **record, "seed": shape.seed_field, "price": price}


def intents_text(intents: Iterable[Intent]) -> str:
    """Each intent with its route and the reason for it."""
    return "".join(f"{one.name:<18}{one.route}\n{'':18}{one.title}: {one.why}\n" for one in intents)


def intent_record(intent: Intent) -> dict[str, object]:
    return {
        "name": intent.name,
        "title": intent.title,
        "route": intent.route,
        "why": intent.why,
        "requires": list(intent.requires),
    }


def as_json(record: object) -> str:
    return json.dumps(record, ensure_ascii=False, indent=2) + "\n"


def _canonical(shape: Route | Step) -> Mapping[str, list[str]]:
    names: dict[str, list[str]] = {}
    if isinstance(shape, Route):
        for canonical, native in shape.canonical.items():
            names.setdefault(native, []).append(canonical)
    return names


def _field_text(field: Field, canonical: Iterable[str]) -> str:
    needed = (
        "required"
        if field.required
        else f"default {json.dumps(field.default, ensure_ascii=False)}"
        if field.has_default
        else "optional"
    )
    kind = f"{field.media}{'s' if field.many else ''}" if field.media else field.type
    also = [name for name in canonical if name != field.name]
    line = f"  {field.name:<24}{kind}, {needed}" + (f"; canonical: {', '.join(also)}" if also else "")
    facts = [_takes(field), field.description]
    wrapped = [textwrap.fill(fact, 100, initial_indent=" " * 26, subsequent_indent=" " * 26) for fact in facts if fact]
    return "\n".join([line, *wrapped])


def _takes(field: Field) -> str:
    if field.enum:
        return "one of " + ", ".join(json.dumps(value, ensure_ascii=False) for value in field.enum)
    if field.minimum is not None or field.maximum is not None:
        low, high = ("" if edge is None else f"{edge:g}" for edge in (field.minimum, field.maximum))
        return f"{low}–{high}"
    return ""


def _field_record(field: Field, canonical: Iterable[str]) -> dict[str, object]:
    return {
        "name": field.name,
        "canonical": list(canonical),
        "type": field.type,
        "media": field.media,
        "many": field.many,
        "required": field.required,
        "default": field.default if field.has_default else None,
        "enum": list(field.enum),
        "minimum": field.minimum,
        "maximum": field.maximum,
        "limits": dict(field.limits),
    }


def _price(route: Route) -> str:
    return "unknown" if route.price is None else f"{route.price.base_usd:g} USD a {route.price.unit}"
