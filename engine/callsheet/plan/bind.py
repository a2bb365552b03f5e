"""`nodes.…` in templates: which instances of a producer a consumer's reference means. Binds by shared axes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from callsheet.document.record import Absent, Lookup, Misuse, TemplateFunction
from callsheet.media.info import MEDIA_KINDS, Artifact, MediaKind, OutputKind
from callsheet.plan.expand import Combination
from callsheet.problems import did_you_mean

PLURALS: Mapping[str, MediaKind] = {f"{kind}s": kind for kind in MEDIA_KINDS}
SINGULARS: Mapping[str, MediaKind] = {kind: kind for kind in MEDIA_KINDS}


class Gathered(list[object]):
    """What a plural reference gives: one Artifact an instance, each for every file of the kind; of a pipeline that is
    used the media of its output."""


@dataclass(slots=True)
class Producer:
    """A node as those who refer to it see it. `ids` and `combinations` are parallel, in instance order. `makes` is None
    where the node itself is wrong: then nothing is said of those who use it."""

    name: str
    axes: tuple[str, ...]
    combinations: Sequence[Combination]
    ids: Sequence[str]
    makes: OutputKind | None
    takes_axis: str | None
    take_order: Sequence[str] = ()
    hold: bool = False
    _index: dict[tuple[str, ...], dict[tuple[str, ...], list[int]]] = field(default_factory=dict)

    def matching(self, fixed: Mapping[str, str]) -> list[int]:
        """The positions of the instances that have all these ids, in instance order."""
        names = tuple(name for name in self.axes if name in fixed)
        if names not in self._index:
            places = [self.axes.index(name) for name in names]
            groups: dict[tuple[str, ...], list[int]] = {}
            for position, combination in enumerate(self.combinations):
                groups.setdefault(tuple(combination[place].id for place in places), []).append(position)
            self._index[names] = groups
        return self._index[names].get(tuple(fixed[name] for name in names), [])

    def picked(self, positions: Sequence[int]) -> list[int]:
        """One take for each combination of the other axes: the first declared one that exists."""
        if self.takes_axis is None:
            return list(positions)
        place = self.axes.index(self.takes_axis)
        rank = {take: number for number, take in enumerate(self.take_order)}
        best: dict[tuple[str, ...], int] = {}
        for position in positions:
            combination = self.combinations[position]
            rest = tuple(value.id for number, value in enumerate(combination) if number != place)
            chosen = best.get(rest)
            if chosen is None or rank[combination[place].id] < rank[self.combinations[chosen][place].id]:
                best[rest] = position
        return sorted(best.values())

    def ids_on(self, axis: str) -> list[str]:
        """The ids that the instances have on this axis, in instance order."""
        place = self.axes.index(axis)
        return list(dict.fromkeys(combination[place].id for combination in self.combinations))

    def instances(self, position: int) -> Sequence[str]:
        """The ids of all that is made at this position."""
        return self.ids[position : position + 1]

    def reference(self, scope: NodesScope) -> Reference:
        """What `nodes.NAME` is in the templates of this scope."""
        return Reference(scope, self)

    def artifact(self, position: int, kind: MediaKind, *, many: bool) -> Artifact:
        axes = {name: value.id for name, value in zip(self.axes, self.combinations[position], strict=True)}
        return Artifact(self.ids[position], kind, many, axes)


class NodesScope(Lookup):
    """The `nodes` of one consuming instance's templates; remembers which picks are awaited (`unpicked: hold`). Outputs
    have no `consumer` (an empty name) and no axes."""

    def __init__(self, producers: Mapping[str, Producer], consumer: str, axes: Mapping[str, str]) -> None:
        self.producers = producers
        self.consumer = consumer
        self.axes = axes
        self.awaited_picks: list[str] = []

    def look_up(self, name: str) -> object:
        if name == self.consumer:
            raise Misuse(
                "self-reference",
                f"node `{name}` uses itself",
                "a node may use itself only by `.previous(…)` on an ordered axis",
            )
        if name not in self.producers:
            raise Misuse("unknown-node", f"there is no node `{name}`", did_you_mean(name, self.producers))
        return self.producers[name].reference(self)

    def positions(self, producer: Producer) -> list[int]:
        """`needs: [node]`: every instance of the producer that shares this instance's ids."""
        return producer.matching({name: self.axes[name] for name in producer.axes if name in self.axes})


@dataclass(frozen=True, slots=True)
class Reference(Lookup):
    """`nodes.hero`, before it is said what of it is wanted."""

    scope: NodesScope
    producer: Producer
    at: Mapping[str, str] = field(default_factory=dict)
    all_takes: bool = False

    def look_up(self, name: str) -> object:
        if name in SINGULARS:
            return self._singular(self._kind(name, SINGULARS[name]))
        if name in PLURALS:
            return self._plural(self._kind(name, PLURALS[name]))
        if name == "takes":
            return replace(self, all_takes=True)
        if name == "at":
            return TemplateFunction("at", self._at)
        if name == "previous":
            raise Misuse("not-yet", "`.previous(…)` is not supported yet", None)
        known = [*SINGULARS, *PLURALS, "takes", "at"]
        raise Misuse("unknown-output", f"node `{self.producer.name}` has no output `{name}`", did_you_mean(name, known))

    def _kind(self, name: str, kind: MediaKind) -> MediaKind:
        makes = self.producer.makes
        if makes is not None and kind != makes:
            raise Misuse(
                "unknown-output",
                f"node `{self.producer.name}` makes {makes}, so it has no `{name}`",
                "data is for people and programs; no input takes it"
                if makes == "data"
                else f"write `nodes.{self.producer.name}.{makes}{'s' if name in PLURALS else ''}`",
            )
        return kind

    def _at(self, **ids: object) -> Reference:
        producer = self.producer
        for axis, value in ids.items():
            if axis not in producer.axes:
                raise Misuse(
                    "unknown-axis", f"node `{producer.name}` has no axis `{axis}`", did_you_mean(axis, producer.axes)
                )
            if not producer.matching({axis: str(value)}):
                raise Misuse(
                    "unknown-id",
                    f"node `{producer.name}` has no instance with {axis} `{value}`",
                    did_you_mean(str(value), producer.ids_on(axis)),
                )
        return replace(self, at={**self.at, **{axis: str(value) for axis, value in ids.items()}})

    def _positions(self) -> list[int]:
        producer, axes = self.producer, self.scope.axes
        fixed = {
            name: self.at.get(name, axes.get(name, "")) for name in producer.axes if name in self.at or name in axes
        }
        found = producer.matching(fixed)
        if self.all_takes or producer.takes_axis is None or producer.takes_axis in fixed:
            return found
        if producer.hold and found:
            self.scope.awaited_picks.append(producer.name)
        return producer.picked(found)

    def _singular(self, kind: MediaKind) -> object:
        positions = self._positions()
        name = self.producer.name
        if not positions:
            return Absent(f"`nodes.{name}.{kind}` means an instance that `exclude`, `only` or `when` dropped")
        if len(positions) > 1:
            raise self._several(positions, kind, f"{kind}s")
        return self.producer.artifact(positions[0], kind, many=False)

    def _several(self, positions: Sequence[int], asked: str, plural: str) -> Misuse:
        """The fault of a singular that means several instances, with the ways to write what may be meant."""
        name = self.producer.name
        open_axes = [axis for axis in self.producer.axes if axis not in self.scope.axes and axis not in self.at]
        if not self.all_takes:
            open_axes = [axis for axis in open_axes if axis != self.producer.takes_axis]
        axis = open_axes[0]
        first = self.producer.combinations[positions[0]][self.producer.axes.index(axis)].id
        over = ", ".join([*self.scope.axes, *open_axes])
        ways = [
            f"make this node `over: [{over}]`",
            f"take every file with `nodes.{name}.{plural}`",
            f"choose one with `nodes.{name}.at({axis}='{first}').{asked}`",
        ]
        return Misuse(
            "singular-over-several",
            f"`nodes.{name}.{asked}` is one file, but means {len(positions)} instances of `{name}`",
            ", or ".join(ways if self.scope.consumer else ways[1:]),
        )

    def _plural(self, kind: MediaKind) -> object:
        positions = self._positions()
        if not positions:
            return Absent(f"`nodes.{self.producer.name}.{kind}s` gathers nothing: no instance of it is left")
        return Gathered(self.producer.artifact(position, kind, many=True) for position in positions)
