"""Which instances a node has: product, then `exclude`, `include`, `only` and `when`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from math import prod
from typing import TypeAlias

from callsheet.document.model import Document, Entry, Node
from callsheet.plan.axes import AxisValue, AxisValues
from callsheet.problems import DataFault, Problem, Span, did_you_mean

Combination: TypeAlias = tuple[AxisValue, ...]
WORK_PER_INSTANCE = 100
"""How many combinations may be looked at for each instance that is allowed."""


@dataclass(slots=True)
class Allowance:
    """How many instances a plan may have, used pipelines included, and how many it has so far. Of uses there may be as
    many as of instances."""

    most: int
    instances: int = 0
    uses: int = 0

    def takes(self, node: Node, count: int) -> bool:
        """Whether the node may have so many more."""
        if node.maker == "use":
            self.uses += count
        else:
            self.instances += count
        return max(self.instances, self.uses) <= self.most


@dataclass(slots=True)
class Expansion:
    """The combinations of every node, in instance order, and what was dropped on the way."""

    combinations: dict[str, list[Combination]] = field(default_factory=dict)
    axes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    excluded: int = 0
    warnings: list[Problem] = field(default_factory=list)


def expand(
    document: Document,
    axes: Mapping[str, AxisValues],
    when: Callable[[Node, Sequence[str], Combination], bool],
    allowance: Allowance,
) -> Expansion:
    """Every node's instances. `when(node, axis names, combination)` tells whether that one is wanted; `allowance` is
    what the plan as a whole may have."""
    expansion = Expansion()
    filters = _Filters(document, axes)
    for node in document.nodes.values():
        names = tuple(name for name in document.axes if name in node.over)
        if prod(len(axes[name].values) for name in names) > allowance.most * WORK_PER_INSTANCE:
            raise too_many(node.span, allowance.most)
        kept: list[Combination] = []
        wanted = filters.of(names)
        for combination in product(*(axes[name].values for name in names)):
            if wanted(combination) and (node.when is None or when(node, names, combination)):
                kept.append(combination)
            else:
                expansion.excluded += 1
        if not allowance.takes(node, len(kept)):
            raise too_many(node.span, allowance.most)
        expansion.combinations[node.name] = kept
        expansion.axes[node.name] = names
    expansion.warnings += filters.unmatched()
    return expansion


def instance_id(node: str, axes: Sequence[str], combination: Combination) -> str:
    """`hero[look=dawn,take=1]`, or the bare name for a node without axes."""
    if not axes:
        return node
    inside = ",".join(f"{name}={value.id}" for name, value in zip(axes, combination, strict=True))
    return f"{node}[{inside}]"


class _Filters:
    """`exclude`, `include` and `only`, made ready per list of axes; remembers which entries matched something."""

    def __init__(self, document: Document, axes: Mapping[str, AxisValues]) -> None:
        self._exclude = document.exclude
        self._include = document.include
        self._only = {name: frozenset(ids) for name, ids in document.only.items()}
        self._only_spans = document.only_spans
        self._axes = axes
        self._matched: set[int] = set()

    def of(self, names: Sequence[str]) -> Callable[[Combination], bool]:
        """The test that a combination over these axes must pass."""
        excluded = [self._matcher(entry, names) for entry in self._exclude if set(entry.values) <= set(names)]
        included = [self._matcher(entry, names) for entry in self._include if set(entry.values) <= set(names)]
        only = [(names.index(name), ids) for name, ids in self._only.items() if name in names]

        def wanted(combination: Combination) -> bool:
            dropped = sum(matches(combination) for matches in excluded)
            restored = sum(matches(combination) for matches in included)
            if dropped and not restored:
                return False
            return all(combination[position].id in ids for position, ids in only)

        return wanted

    def _matcher(self, entry: Entry, names: Sequence[str]) -> Callable[[Combination], bool]:
        places = [(names.index(axis), frozenset(ids)) for axis, ids in entry.values.items()]

        def matches(combination: Combination) -> bool:
            if all(combination[position].id in ids for position, ids in places):
                self._matched.add(id(entry))
                return True
            return False

        return matches

    def unmatched(self) -> Iterable[Problem]:
        """A warning for each entry that matched nothing, and for each id of `only` that its axis lacks."""
        for what, entries in (("exclude", self._exclude), ("include", self._include)):
            for entry in entries:
                if id(entry) not in self._matched:
                    yield Problem(
                        f"{what}-matches-nothing",
                        f"this `{what}` entry matches no combination",
                        entry.span,
                        hint=self._nearest_id(entry),
                        severity="warning",
                    )
        for axis, ids in sorted(self._only.items()):
            known = self._axes[axis].by_id if axis in self._axes else {}
            for missing in sorted(ids - set(known)):
                yield Problem(
                    "only-matches-nothing",
                    f"axis `{axis}` has no id `{missing}`, which `only` names",
                    self._only_spans.get(axis),
                    hint=did_you_mean(missing, known),
                    severity="warning",
                )

    def _nearest_id(self, entry: Entry) -> str | None:
        for axis, ids in entry.values.items():
            for one in ids:
                if axis in self._axes and one not in self._axes[axis].by_id:
                    return f"axis `{axis}` has no id `{one}`: " + did_you_mean(one, self._axes[axis].by_id)
        return None


def too_many(span: Span, max_instances: int) -> DataFault:
    return DataFault(
        Problem(
            "too-many-instances",
            f"with this node the pipeline has more than {max_instances:,} instances",
            span,
            hint="narrow its `over`, or allow more with `max_instances:` in the file or `--max-instances N`",
        )
    )
