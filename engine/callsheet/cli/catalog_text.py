"""The catalogue as text and as JSON, for the verbs that show it."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict

from callsheet.catalog.intents import Candidate
from callsheet.catalog.load import Catalog, UnknownName
from callsheet.catalog.route import Field, Intent, Route, Step
from callsheet.catalog.wording import number
from callsheet.cli.limits_text import limits_text
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


def matching(routes: Iterable[Route], text: str) -> list[Route]:
    """The routes that have every word of `text` in their id, title, category, keywords or field names."""
    words = text.casefold().split()
    return [route for route in routes if all(word in _searched(route) for word in words)]


def routes_text(routes: Iterable[Route]) -> str:
    """One line a route."""
    return "".join(f"{route.id:<46}  {route.title}\n" for route in routes)


def shape_text(shape: Route | Step) -> str:
    """One route or step in full: its fields, what each takes and its limits, canonical names, price and advice."""
    head = [shape.id if isinstance(shape, Route) else f"{shape.name} (version {shape.version})", shape.title]
    if isinstance(shape, Route):
        head += [f"also called {alias}" for alias in shape.aliases]
        head.append(f"makes {shape.makes}; seed field: {shape.seed_field or 'none'}; price: {price_text(shape)}")
    else:
        instead = [f"{kind} where `{name}` is given" for name, kind in shape.makes_given.items()]
        head += [f"makes {', or '.join([shape.makes, *instead])}", "", textwrap.fill(shape.description, 100)]
    names = canonical_names(shape)
    fields = [_field_text(field, names.get(field.name, ())) for field in shape.fields.values()]
    return "\n".join([*head, "", *fields, *(_route_tail(shape) if isinstance(shape, Route) else [])]) + "\n"


def shape_record(shape: Route | Step) -> dict[str, object]:
    """One route or step as data; its `input_schema` is the JSON Schema as published."""
    names = canonical_names(shape)
    record: dict[str, object] = {
        "title": shape.title,
        "makes": shape.makes,
        "fields": [_field_record(field, names.get(field.name, ())) for field in shape.fields.values()],
        "input_schema": shape.schema,
    }
    if isinstance(shape, Step):
        more = {"description": shape.description, "makes_given": dict(shape.makes_given)}
        return {"name": shape.name, "version": shape.version, **record, **more}
    price = None if shape.price is None else asdict(shape.price)
    return {
        "id": shape.id,
        "aliases": list(shape.aliases),
        "category": shape.category,
        **record,
        "seed": shape.seed_field,
        "price": price,
        "alternatives": dict(shape.alternatives),
        "advice": list(shape.advice),
    }


def intents_text(intents: Iterable[Intent], auto: Sequence[str]) -> str:
    """Each intent with its route and the reason for it, and what `intent: auto` tries."""
    rows = "".join(f"{one.name:<18}{one.route}\n{'':18}{one.title}: {one.why}\n" for one in intents)
    return f"{rows}{'auto':<18}the first of {', '.join(auto)} that takes the inputs given\n"


def candidates_text(ranked: Iterable[Candidate]) -> str:
    """Routes for a sentence, the best first, with the words that speak for each."""
    return "".join(_candidate(place, one) for place, one in enumerate(ranked, start=1))


def candidate_record(one: Candidate) -> dict[str, object]:
    matched = [_word(word) for word in one.matched]
    return {"route": one.route, "intent": one.intent, "score": one.score, "matched": matched, "why": one.why}


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


def canonical_names(shape: Route | Step) -> Mapping[str, list[str]]:
    """The canonical names of each native field that has any."""
    names: dict[str, list[str]] = {}
    if isinstance(shape, Route):
        for canonical, native in shape.canonical.items():
            names.setdefault(native, []).append(canonical)
    return names


def price_text(route: Route) -> str:
    """What a render costs, by whom and when it was said."""
    price = route.price
    if price is None:
        return "unknown"
    said = [f"as of {price.as_of}"] if price.as_of else []
    said += [price.note] if price.note else []
    said += ["quoted to this account"] if price.quoted else []
    return f"{price.base_usd:g} USD a {price.unit}" + (f" ({'; '.join(said)})" if said else "")


def _searched(route: Route) -> str:
    return " ".join((route.id, route.title, route.category, *route.keywords, *route.fields)).casefold()


def _candidate(place: int, one: Candidate) -> str:
    intent = f"intent {one.intent}: " if one.intent else ""
    words = ", ".join(_word(word) for word in one.matched)
    found = f"found: {words}" if words else "no word of the sentence is known"
    return f"{place}. {one.route}\n   {intent}{one.why}\n   {found}\n"


def _word(keyword: str) -> str:
    return keyword.removesuffix("*")


def _route_tail(route: Route) -> Iterator[str]:
    """What is taken elsewhere, and the advice."""
    if route.alternatives:
        yield ""
        yield "  not here, but there"
        yield from (f"    {name:<22}{other}" for name, other in route.alternatives.items())
    if route.advice:
        yield ""
        yield "  advice"
        yield from (textwrap.fill(tip, 100, initial_indent="  - ", subsequent_indent="    ") for tip in route.advice)


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
    facts = [_takes(field), limits_text(field), field.description]
    wrapped = [textwrap.fill(fact, 100, initial_indent=" " * 26, subsequent_indent=" " * 26) for fact in facts if fact]
    return "\n".join([line, *wrapped])


def _takes(field: Field) -> str:
    if field.enum:
        return "one of " + ", ".join(json.dumps(value, ensure_ascii=False) for value in field.enum)
    if field.minimum is not None or field.maximum is not None:
        low, high = ("" if edge is None else number(edge, 6) for edge in (field.minimum, field.maximum))
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
