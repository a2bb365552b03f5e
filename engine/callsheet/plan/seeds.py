"""Seeds: derived from the root seed, the node's name and its take, and from nothing else."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from callsheet.catalog.route import Route, Step
from callsheet.document.lock import Origin
from callsheet.document.model import Node
from callsheet.plan.axes import AxisValue
from callsheet.plan.pins import NO_PINS, Pins
from callsheet.problems import DataFault, Problem, Span

TAG = "callsheet-seed/1"
DRAWN_TAG = "callsheet-drawn-seed/1"
LARGEST = 2**31 - 1
FIRST_TAKE = "1"


def derive_seed(
    root: int, name: str, take: str = FIRST_TAKE, varied: Sequence[tuple[str, str]] = (), draw: int = 0
) -> int:
    """A seed in 1…2³¹−1. `varied` are (axis, id) pairs that may draw seeds of their own; their order is immaterial.
    `draw` counts how often it was drawn anew on purpose."""
    tag = [DRAWN_TAG, str(draw)] if draw else [TAG]
    material = json.dumps([*tag, str(root), name, take, *sorted(list(pair) for pair in varied)], ensure_ascii=False)
    digest = hashlib.sha256(material.encode()).digest()
    return int.from_bytes(digest, "big") % LARGEST + 1


def fold_seed(seed: int, minimum: int | None, maximum: int | None, random: Collection[int]) -> int:
    """The seed brought into a route's range, never on a value that the route reads as "draw one yourself"."""
    low = max(1, minimum or 1)
    high = min(LARGEST, LARGEST if maximum is None else maximum)
    if low <= seed <= high and seed not in random:
        return seed
    allowed = high - low + 1
    folded = low + seed % allowed
    while folded in random:
        folded = low + (folded - low + 1) % allowed
    return folded


def redrawn(origin: Origin, route: Route) -> int:
    """The seed that a derived origin gives on a route."""
    seed = derive_seed(origin.root or 0, origin.name or "", origin.take or "", origin.vary, origin.draw)
    return folded_for(route, seed)


def folded_for(route: Route, seed: int) -> int:
    """The seed brought into the range of a route that has one."""
    field = route.fields[route.seed_field or ""]
    minimum, maximum = (None if edge is None else int(edge) for edge in (field.minimum, field.maximum))
    return fold_seed(seed, minimum, maximum, route.seed_random)


class Seed(NamedTuple):
    """A seed as it goes out, and what it was made from."""

    value: int
    origin: Origin


class Seeding:
    """The seeds of one node's instances. `root` is the pipeline's seed; `takes` names the node's takes axis."""

    def __init__(
        self,
        root: int | None,
        node: Node,
        shape: Route | Step,
        takes: str | None,
        first_take: str,
        pins: Pins = NO_PINS,
    ) -> None:
        self.root = root
        self.node = node
        self.takes = takes
        self.first_take = first_take
        self.vary = node.seed.vary if node.seed else ()
        self.pin = node.seed.pin if node.seed else None
        self.shape = shape if isinstance(shape, Route) and shape.seed_field is not None else None
        self.pins = pins
        self._known: dict[tuple[str, ...], Seed] = {}

    def seed(self, values: Mapping[str, AxisValue], ident: str) -> Seed | None:
        """The seed that goes out for these values of the node's axes; None where the route has no seed. That which the
        lock has of the instance `ident` holds while what it was made from is the same.

        Raises a DataFault where one must be derived and the pipeline has no root seed.
        """
        if self.shape is None:
            return None
        take = values[self.takes] if self.takes else None
        about = (take.id if take else FIRST_TAKE, *(values[axis].id for axis in self.vary))
        found = self._known.get(about)
        if found is None:
            found = self._known[about] = self._made(self.shape, take, about)
        locked = self.pins.seed(ident)
        if locked is None or locked == found or locked[1].undrawn != found.origin.undrawn:
            return found
        return Seed(folded_for(self.shape, locked[0]), locked[1])

    def _made(self, route: Route, take: AxisValue | None, about: tuple[str, ...]) -> Seed:
        written = self._written(take)
        if written is None:
            origin = self._origin(about)
            return Seed(redrawn(origin, route), origin)
        if folded_for(route, written) != written:
            message = f"the seed {written} is none that `{route.id}` takes"
            hint = "write a smaller one, and not one that means a random draw"
            raise DataFault(Problem("seed-out-of-range", message, self._place(), hint=hint))
        return Seed(written, Origin(pin=written))

    def lent(self, seed: Seed) -> Seed | None:
        """A seed that was made for another route, brought into this one's range; None where this one has no seed."""
        return None if self.shape is None else Seed(folded_for(self.shape, seed.value), seed.origin)

    def _written(self, take: AxisValue | None) -> int | None:
        """The seed that the file itself gives: it goes out as it is, or not at all."""
        if take is not None and take.seed is not None:
            return take.seed
        first = take is None or take.id == self.first_take
        return self.pin if first and not self.vary else None

    def _place(self) -> Span:
        return self.node.seed.span if self.node.seed else self.node.span

    def _origin(self, about: tuple[str, ...]) -> Origin:
        """What a seed is derived from; instances that are new take the draw of those that share it."""
        root = self.pin if self.pin is not None else self.root
        if root is None:
            message = f"node `{self.node.name}` needs a seed, and the pipeline has none to derive it from"
            hint = "add `seed: 1` (any whole number) at the top of the file"
            raise DataFault(Problem("seed-required", message, self.node.span, hint=hint))
        varied = tuple(sorted(zip(self.vary, about[1:], strict=True)))
        origin = Origin(None, root, self.node.was or self.node.name, about[0], varied)
        return origin._replace(draw=self.pins.draw(origin))
