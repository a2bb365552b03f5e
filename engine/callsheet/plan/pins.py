"""What a lock holds fast in a plan: seeds, first takes, defaults of routes and routes of intents."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from callsheet.catalog.pinned import NOTHING_PINNED, Pinned
from callsheet.document.lock import Lock, LockedInstance, Origin
from callsheet.document.model import Node
from callsheet.plan.axes import AxisValues


@dataclass(frozen=True, slots=True)
class Pins:
    """A lock made ready for planning. `draws` are those that new instances take over from others of the same origin;
    `firsts` are the locked instances by node that show which take is the first one."""

    lock: Lock | None = None
    catalog: Pinned = NOTHING_PINNED
    draws: Mapping[Origin, int] = field(default_factory=dict)
    firsts: Mapping[str, list[tuple[str, int | None]]] = field(default_factory=dict)

    def seed(self, ident: str) -> tuple[int, Origin] | None:
        """The locked seed of an instance and what it was made from; None where none is locked."""
        locked = self.lock.instances.get(ident) if self.lock is not None else None
        if locked is None or locked.seed is None or locked.origin is None:
            return None
        return locked.seed, locked.origin

    def draw(self, origin: Origin) -> int:
        """The draw of the instances that share an origin: what their seed is made from but for the draw."""
        return self.draws.get(origin, 0)

    def first_take(self, node: Node, takes: AxisValues) -> str:
        """The take that has the node's own seed, and no take in its key: the one that was first when it was locked,
        so that a take put before it moves nothing."""
        order = [value.id for value in takes.values]
        if takes.values[0].seed is None:
            pin = node.seed.pin if node.seed else None
            known = self.firsts.get(node.name) or self.firsts.get(node.was or "") or ()
            locked = {axes_of(ident).get(takes.name) for ident, seed in known if seed in (None, pin)}
            order.sort(key=lambda take: take not in locked)
        return order[0]


NO_PINS = Pins()


def pins_of(lock: Lock) -> Pins:
    """The pins that a whole lock holds."""
    firsts: dict[str, list[tuple[str, int | None]]] = {}
    chosen: dict[str, set[str]] = {}
    for ident, one in lock.instances.items():
        if one.intent is not None:
            chosen.setdefault(node_of(ident), set()).add(one.intent)
        if _may_be_first(one):
            firsts.setdefault(node_of(ident), []).append((ident, one.seed))
    defaults = {name: route.defaults for name, route in lock.routes.items()}
    return Pins(lock, Pinned(defaults, lock.intents, chosen), _draws(lock.instances.values()), firsts)


def node_of(ident: str) -> str:
    """The node of an instance id."""
    return ident.partition("[")[0]


def axes_of(ident: str) -> dict[str, str]:
    """The axes of an instance id; no id of an axis has a comma or an equals sign."""
    inside = ident.partition("[")[2].removesuffix("]")
    return dict(pair.split("=", 1) for pair in inside.split(",") if "=" in pair)


def _may_be_first(one: LockedInstance) -> bool:
    """Whether an instance shows that its take was the first: it has the seed of the node itself, or no seed and no take
    in its key."""
    if one.origin is not None:
        return one.origin.pin is not None
    return one.kind == "route" and one.salt is None


def _draws(instances: Iterable[LockedInstance]) -> dict[Origin, int]:
    """The least draw of each origin: where only some of the instances that share a seed were drawn anew, new ones go
    with the others."""
    least: dict[Origin, int] = {}
    for origin in {one.origin for one in instances if one.origin is not None}:
        base = origin.undrawn
        least[base] = min(origin.draw, least.get(base, origin.draw))
    return {origin: draw for origin, draw in least.items() if draw}
