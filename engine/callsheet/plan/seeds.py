"""Seeds: derived from the root seed, the node's name and its take, and from nothing else."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence

from callsheet.catalog.route import Route, Step
from callsheet.document.model import Node
from callsheet.plan.axes import AxisValue
from callsheet.problems import DataFault, Problem, Span

TAG = "callsheet-seed/1"
LARGEST = 2**31 - 1
FIRST_TAKE = "1"


def derive_seed(root: int, name: str, take: str = FIRST_TAKE, varied: Sequence[tuple[str, str]] = ()) -> int:
    """A seed in 1…2³¹−1. `varied` are (axis, id) pairs that may draw seeds of their own; their order is immaterial."""
    material = json.dumps([TAG, str(root), name, take, *sorted(list(pair) for pair in varied)], ensure_ascii=False)
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


class Seeding:
    """The seeds of one node's instances. `root` is the pipeline's seed; `takes` names the node's takes axis."""

    def __init__(self, root: int | None, node: Node, shape: Route | Step, takes: str | None, first_take: str) -> None:
        self.root = root
        self.node = node
        self.takes = takes
        self.first_take = first_take
        self.vary = node.seed.vary if node.seed else ()
        self.pin = node.seed.pin if node.seed else None
        self.shape = shape if isinstance(shape, Route) and shape.seed_field is not None else None
        self._known: dict[tuple[str, ...], int] = {}

    def seed(self, values: Mapping[str, AxisValue]) -> int | None:
        """The seed that goes out for these values of the node's axes; None where the route has no seed.

        Raises a DataFault where one must be derived and the pipeline has no root seed.
        """
        if self.shape is None:
            return None
        take = values[self.takes] if self.takes else None
        about = (take.id if take else FIRST_TAKE, *(values[axis].id for axis in self.vary))
        if about not in self._known:
            written = self._written(take)
            drawn = self._drawn(take, about) if written is None else written
            folded = self._folded(self.shape, drawn)
            if written is not None and folded != written:
                message = f"the seed {written} is none that `{self.shape.id}` takes"
                hint = "write a smaller one, and not one that means a random draw"
                raise DataFault(Problem("seed-out-of-range", message, self._place(), hint=hint))
            self._known[about] = folded
        return self._known[about]

    def lent(self, seed: int) -> int | None:
        """A seed that was made for another route, brought into this one's range; None where this one has no seed."""
        return None if self.shape is None else self._folded(self.shape, seed)

    def _written(self, take: AxisValue | None) -> int | None:
        """The seed that the file itself gives: it goes out as it is, or not at all."""
        if take is not None and take.seed is not None:
            return take.seed
        first = take is None or take.id == self.first_take
        return self.pin if first and not self.vary else None

    def _place(self) -> Span:
        return self.node.seed.span if self.node.seed else self.node.span

    def _drawn(self, take: AxisValue | None, about: tuple[str, ...]) -> int:
        root = self.pin if self.pin is not None else self.root
        if root is None:
            message = f"node `{self.node.name}` needs a seed, and the pipeline has none to derive it from"
            hint = "add `seed: 1` (any whole number) at the top of the file"
            raise DataFault(Problem("seed-required", message, self.node.span, hint=hint))
        varied = list(zip(self.vary, about[1:], strict=True))
        return derive_seed(root, self.node.was or self.node.name, about[0], varied)

    def _folded(self, route: Route, seed: int) -> int:
        field = route.fields[route.seed_field or ""]
        minimum, maximum = (None if edge is None else int(edge) for edge in (field.minimum, field.maximum))
        return fold_seed(seed, minimum, maximum, route.seed_random)
