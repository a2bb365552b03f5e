"""`nodes.…` in templates: which instances of a producer a consumer's reference means. Binds by shared axes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from callsheet.document.record import NOTHING, Absent, Lookup, Misuse, TemplateFunction
from callsheet.media.info import MEDIA_KINDS, Artifact, MediaKind, OutputKind
from callsheet.plan.expand import Combination
from callsheet.plan.picks import Choice, Ids, Reliance
from callsheet.problems import did_you_mean

PLURALS: Mapping[str, MediaKind] = {f"{kind}s": kind for kind in MEDIA_KINDS}
SINGULARS: Mapping[str, MediaKind] = {kind: kind for kind in MEDIA_KINDS}


class Gathered(list[object]):
    """What a plural reference gives: one Artifact an instance, each for every file of the kind; of a pipeline that is
    used the media of its output."""


@dataclass(slots=True)
class Producer:
    """A node as those who refer to it see it. `ids` and `combinations` are parallel, in instance order; where there is
    a takes axis so are `ofs`, the ids without the take. `makes` is None where the node itself is wrong: then nothing is
    said of those who use it. `picks` are by the ids on its other axes."""

    name: str
    axes: tuple[str, ...]
    combinations: Sequence[Combination]
    ids: Sequence[str]
    makes: OutputKind | None
    takes_axis: str | None
    take_order: Sequence[str] = ()
    hold: bool = False
    ofs: Sequence[str] = ()
    picks: Mapping[Ids, Choice] = field(default_factory=dict)
    _index: dict[Ids, dict[Ids, list[int]]] = field(default_factory=dict)

    def matching(self, fixed: Mapping[str, str]) -> list[int]:
        """The positions of the instances that have all these ids, in instance order."""
        names = tuple(name for name in self.axes if name in fixed)
        if names not in self._index:
            places = [self.axes.index(name) for name in names]
            groups: dict[Ids, list[int]] = {}
            for position, combination in enumerate(self.combinations):
                groups.setdefault(tuple(combination[place].id for place in places), []).append(position)
            self._index[names] = groups
        return self._index[names].get(tuple(fixed[name] for name in names), [])

    def picked(self, positions: Sequence[int]) -> dict[int, Choice | None]:
        """One take for each combination of the other axes, in instance order: the picked one with its pick, else the
        first declared one that exists."""
        if self.takes_axis is None:
            return dict.fromkeys(positions)
        place = self.axes.index(self.takes_axis)
        rank = {take: number for number, take in enumerate(self.take_order)}
        best: dict[Ids, int] = {}
        found: dict[int, Choice | None] = {}
        for position in positions:
            combination = self.combinations[position]
            rest = tuple(value.id for number, value in enumerate(combination) if number != place)
            pick = self.picks.get(rest)
            if pick is not None:
                if combination[place].id == pick.take:
                    found[position] = pick
                continue
            chosen = best.get(rest)
            if chosen is None or rank[combination[place].id] < rank[self.combinations[chosen][place].id]:
                best[rest] = position
        found |= dict.fromkeys(best.values())
        return dict(sorted(found.items()))

    def decided(self) -> Mapping[int, Choice | None]:
        """The takes that stand for their instance: the picked ones, and the first ones where none need be picked."""
        picked = self.picked(range(len(self.ids)))
        return {position: choice for position, choice in picked.items() if choice is not None or not self.hold}

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
    """The `nodes` of one consuming instance's templates. `before` gives, for each ordered axis, the id before each.
    Outputs have no `consumer` (an empty name) and no axes. `reliance` remembers which picks its values hang on; None
    where on none."""

    def __init__(
        self,
        producers: Mapping[str, Producer],
        consumer: str,
        axes: Mapping[str, str],
        before: Mapping[str, Mapping[str, str | None]],
    ) -> None:
        self.producers = producers
        self.consumer = consumer
        self.axes = axes
        self.before = before
        self.reliance: Reliance | None = None

    def forget(self) -> None:
        """Begin to remember anew."""
        self.reliance = None

    def relies(self) -> Reliance:
        """What its values hang on, to be added to."""
        if self.reliance is None:
            self.reliance = Reliance()
        return self.reliance

    def look_up(self, name: str) -> object:
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
    back: bool = False

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
            return TemplateFunction("previous", self._previous)
        known = [*SINGULARS, *PLURALS, "takes", "at", "previous"]
        raise Misuse("unknown-output", f"node `{self.producer.name}` has no output `{name}`", did_you_mean(name, known))

    def _refuse_itself(self) -> None:
        if self.producer.name == self.scope.consumer and not self.back:
            raise Misuse(
                "self-reference",
                f"node `{self.producer.name}` uses itself",
                "a node may use itself only by `.previous(…)` on an ordered axis",
                f"nodes.{self.producer.name}",
            )

    def _kind(self, name: str, kind: MediaKind) -> MediaKind:
        self._refuse_itself()
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

    def _previous(self, axis: object) -> object:
        """The same one place before on an ordered axis; of takes the picked one. Null at the first."""
        name, producer, scope = str(axis), self.producer, self.scope
        if name not in producer.axes:
            message = f"node `{producer.name}` has no axis `{name}`"
            raise Misuse("unknown-axis", message, did_you_mean(name, producer.axes))
        if name not in scope.before:
            hint = f"write `{name}: {{ordered: [...]}}`, or `ordered: true` beside its records or its `from`"
            if name == producer.takes_axis:
                hint = f"takes are alternates: name one with `.at({name}='{producer.take_order[0]}')`"
            raise Misuse("not-ordered", f"axis `{name}` is not ordered, so none of its ids has one before it", hint)
        here = self.at.get(name, scope.axes.get(name))
        if here is None:
            who = f"node `{scope.consumer}` is" if scope.consumer else "outputs are"
            message = f"{who} not made over `{name}`, so there is no place to go back from"
            hint = f"choose a place with `.at({name}='…')`"
            if scope.consumer:
                hint = f"write `over: [{', '.join([*scope.axes, name])}]`, or {hint}"
            raise Misuse("axis-not-in-over", message, hint)
        there = scope.before[name][here]
        return NOTHING if there is None else replace(self, at={**self.at, name: there}, back=True)

    def _positions(self) -> list[int]:
        producer, scope = self.producer, self.scope
        own = producer.takes_axis if self.back else None
        fixed = {
            name: self.at.get(name, scope.axes.get(name, ""))
            for name in producer.axes
            if name in self.at or (name in scope.axes and name != own)
        }
        found = producer.matching(fixed)
        if not self.all_takes and producer.takes_axis is not None and producer.takes_axis not in fixed:
            found = self._collapsed(found)
        if self.back:
            scope.relies().previous.update(one for position in found for one in producer.instances(position))
        return found

    def _collapsed(self, positions: Sequence[int]) -> list[int]:
        """The picked take of each; without a pick the first one, and where takes are held until then that is noted."""
        producer = self.producer
        picked = producer.picked(positions)
        if producer.picks:
            choices = (choice for choice in picked.values() if choice is not None)
            self.scope.relies().picks |= {choice.instance: choice for choice in choices}
        if producer.hold and None in picked.values():
            reliance = self.scope.relies()
            awaited = {producer.ofs[position] for position, choice in picked.items() if choice is None}
            for position in positions:
                if producer.ofs[position] in awaited:
                    takes = reliance.awaited.setdefault(producer.ofs[position], {})
                    takes |= dict.fromkeys(producer.instances(position))
        return list(picked)

    def _singular(self, kind: MediaKind) -> object:
        positions = self._positions()
        name = self.producer.name
        if not positions:
            where = f"{name}.previous(…)" if self.back else name
            return Absent(f"`nodes.{where}.{kind}` means an instance that `exclude`, `only` or `when` dropped")
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
