"""What a lock pins of the catalogue: defaults that are sent, and where intents lead, whatever a newer one says."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from callsheet.catalog.route import Field, Intent, Route


@dataclass(frozen=True, slots=True)
class Pinned:
    """`defaults` are the values of optional fields by route id and native name: all that are sent where nobody gives
    one. `intents` lead to the id of a route. `chosen` are the intents that `intent: auto` came to, by node."""

    defaults: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    intents: Mapping[str, str] = field(default_factory=dict)
    chosen: Mapping[str, Collection[str]] = field(default_factory=dict)


NOTHING_PINNED = Pinned()


def sent_defaults(route: Route) -> dict[str, object]:
    """The default of each optional field that is sent where nobody gives it."""
    return {name: one.default for name, one in route.fields.items() if one.has_default and name != route.seed_field}


def pinned_route(route: Route, pinned: Pinned) -> Route:
    """The route with the pinned defaults and no others; as it is where none are pinned."""
    defaults = pinned.defaults.get(route.id)
    if defaults is None:
        return route
    return replace(route, fields={name: _field(one, defaults, route) for name, one in route.fields.items()})


def pinned_intent(intent: Intent, pinned: Pinned) -> Intent:
    """The intent with the route that is pinned for it; what it requires of another route is not asked for there."""
    route = pinned.intents.get(intent.name, intent.route)
    if route == intent.route:
        return intent
    return replace(intent, route=route, why="is pinned by the lock", requires=(), fixed={})


def _field(one: Field, defaults: Mapping[str, object], route: Route) -> Field:
    if one.name == route.seed_field or one.required or one.media is not None:
        return one
    if one.name in defaults:
        return replace(one, has_default=True, default=defaults[one.name])
    return replace(one, has_default=False) if one.has_default else one
