"""Intents and routes that fit: the inputs given (`intent: auto`), or what a sentence asks for."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from callsheet.catalog.fields import find_field
from callsheet.catalog.load import Catalog, UnknownName
from callsheet.catalog.phrases import found
from callsheet.catalog.route import Fault, Intent, Route
from callsheet.catalog.text_limits import cjk_count
from callsheet.catalog.wording import listing

_NOT_TAKEN = frozenset({"input-not-taken", "unknown-input"})


@dataclass(frozen=True, slots=True)
class Candidate:
    """A route that a sentence speaks for, by an intent or (None) by itself; `matched` are the words that do."""

    route: str
    intent: str | None
    why: str
    matched: tuple[str, ...]
    score: int


def choose(catalog: Catalog, given: Iterable[str], before: Collection[str] = ()) -> tuple[Intent, str]:
    """The first of the catalogue's `auto` intents whose route takes every given name and misses no media; one that was
    chosen `before` goes first.

    Raises UnknownName (of kind `intent`) where none fits.
    """
    names = sorted(set(given))
    known = [intent for intent in catalog.auto_intents() if _fits(catalog.route(intent.route), intent, names)]
    if known:
        chosen = next((one for one in known if one.name in before), known[0])
        return chosen, f"`{chosen.name}` fits the inputs {listing(names, 'and')}: it {chosen.why}"
    raise UnknownName(
        "intent",
        "auto",
        "write the `intent` or `route` you mean; `callsheet intents` lists them with what they need",
        f"no intent fits the inputs {listing(names, 'and')}" if names else "no intent fits an empty input",
    )


def point_to_intents(
    catalog: Catalog, intent: Intent, given: Collection[str], faults: Iterable[Fault]
) -> tuple[Fault, ...]:
    """The faults of an intent's inputs; for an input that its route can't take, the hint says which intent can."""
    return tuple(_pointed(catalog, intent, given, fault) for fault in faults)


def rank(catalog: Catalog, sentence: str) -> list[Candidate]:
    """The intents, and the routes no intent leads to, that a sentence speaks for: the best first, then table order.

    A word counts 1, a phrase 2. Where nothing is found, the intent for everything else is the only candidate.
    """
    candidates: list[Candidate] = []
    for intent in catalog.intents():
        matched = found(intent.keywords, sentence)
        candidates.append(Candidate(intent.route, intent.name, intent.why, matched, _score(matched)))
    served = {intent.route for intent in catalog.intents()}
    by_route = {route.id: found(route.keywords, sentence) for route in catalog.routes()}
    for place, one in enumerate(candidates):
        if one.matched and one.intent != "default":
            more = tuple(word for word in by_route[one.route] if word not in one.matched)
            candidates[place] = replace(one, matched=one.matched + more, score=one.score + _score(more))
    candidates += [
        Candidate(name, None, f"its own words are in the sentence: {catalog.route(name).title}", words, _score(words))
        for name, words in by_route.items()
        if words and (name not in served or not any(one.route == name and one.matched for one in candidates))
    ]
    ranked = sorted((one for one in candidates if one.matched), key=lambda one: -one.score)
    return ranked or [one for one in candidates if one.intent == "default"]


def _score(matched: Iterable[str]) -> int:
    return sum(2 if " " in phrase or cjk_count(phrase) >= 4 else 1 for phrase in matched)


def _pointed(catalog: Catalog, intent: Intent, given: Collection[str], fault: Fault) -> Fault:
    if fault.code not in _NOT_TAKEN or fault.field is None:
        return fault
    others = [one for one in catalog.intents() if one.name not in (intent.name, "default")]
    able = [one for one in others if find_field(catalog.route(one.route), fault.field) is not None]
    whole = [one for one in able if _takes_all(catalog.route(one.route), given)]
    if not able:
        return fault
    names = list(dict.fromkeys(one.name for one in whole or able))
    routes = list(dict.fromkeys(one.route for one in whole or able))
    verb = "takes" if len(names) == 1 else "take"
    return replace(
        fault, hint=f"the intent{'s' * (len(names) > 1)} {listing(names, 'and')} {verb} it ({listing(routes, 'and')})"
    )


def _takes_all(route: Route, names: Iterable[str]) -> bool:
    return all(find_field(route, name) is not None for name in names)


def _fits(route: Route, intent: Intent, names: list[str]) -> bool:
    fields = [find_field(route, name) for name in names]
    have = {field.name for field in fields if field is not None}
    needed = {field.name for field in route.fields.values() if field.required and field.media} | set(intent.requires)
    several = {f"{field.media}s" for field in fields if field is not None and field.media and not field.many}
    return None not in fields and needed <= have and not several & set(names)
