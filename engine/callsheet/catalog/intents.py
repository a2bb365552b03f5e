"""`intent: auto`: the intent that fits the inputs given, and why."""

from __future__ import annotations

from collections.abc import Iterable

from callsheet.catalog.fields import find_field
from callsheet.catalog.load import Catalog, UnknownName
from callsheet.catalog.route import Intent, Route
from callsheet.catalog.wording import listing


def choose(catalog: Catalog, given: Iterable[str]) -> tuple[Intent, str]:
    """The first of the catalogue's `auto` intents whose route takes every given name and misses no media.

    Raises UnknownName (of kind `intent`) where none fits.
    """
    names = sorted(set(given))
    known = [intent for intent in catalog.auto_intents() if _fits(catalog.route(intent.route), intent, names)]
    if known:
        chosen = known[0]
        return chosen, f"`{chosen.name}` fits the inputs {listing(names, 'and')}: it {chosen.why}"
    raise UnknownName(
        "intent",
        "auto",
        "write the `intent` or `route` you mean; `callsheet intents` lists them with what they need",
        f"no intent fits the inputs {listing(names, 'and')}" if names else "no intent fits an empty input",
    )


def _fits(route: Route, intent: Intent, names: list[str]) -> bool:
    fields = [find_field(route, name) for name in names]
    have = {field.name for field in fields if field is not None}
    needed = {field.name for field in route.fields.values() if field.required and field.media} | set(intent.requires)
    several = {f"{field.media}s" for field in fields if field is not None and field.media and not field.many}
    return None not in fields and needed <= have and not several & set(names)
