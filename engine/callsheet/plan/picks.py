"""Picks as a plan sees them: which take a reference means, and which picks are of footage that is no more."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from callsheet.document.model import AxisTakes, Document, Node
from callsheet.document.picks import Pick
from callsheet.plan.expand import Combination
from callsheet.problems import Problem

Ids = tuple[str, ...]
CHANGED = "what it is made from has changed since"


@dataclass(frozen=True, slots=True)
class Choice:
    """A pick that holds: the instance without its take, the take, the instance with it, and what that was made from and
    came out as when it was picked."""

    of: str
    take: str
    instance: str
    key: str
    sha256: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StalePick:
    """A pick that counts as none, and why. `instance` is the take that it names, None where there is no such take."""

    of: str
    take: str
    why: str
    instance: str | None
    hold: bool


@dataclass(slots=True)
class Reliance:
    """What values hang on: `picks` that hold, by the take that they name; those that are `awaited`, by the instance
    without its take, each with its takes; and the instances that were reached by `.previous(…)`."""

    awaited: dict[str, dict[str, None]] = field(default_factory=dict)
    picks: dict[str, Choice] = field(default_factory=dict)
    previous: set[str] = field(default_factory=set)

    def add(self, other: Reliance) -> None:
        """Rely on what another does, too."""
        self.awaited |= other.awaited
        self.picks |= other.picks
        self.previous |= other.previous


@dataclass(frozen=True, slots=True)
class Taken:
    """The instances of a node over takes: the ids on its axes of each, its id, and that without the take."""

    node: Node
    place: int
    combinations: Sequence[Combination]
    ids: Sequence[str]
    ofs: Sequence[str]
    hold: bool


@dataclass(slots=True)
class Picking:
    """Picks by instance without its take. Those in `set_aside` (with the reason) are known to be stale. `holding` and
    `stale` are what was found of them: those that hold by the take that they name."""

    document: Document
    picks: Mapping[str, Pick]
    set_aside: Mapping[str, str]
    holding: dict[str, Choice] = field(default_factory=dict)
    stale: list[StalePick] = field(default_factory=list)

    def without(self, stale: Mapping[str, str]) -> Picking:
        """The same, with more of them known to be stale, and nothing found yet."""
        return Picking(self.document, self.picks, {**self.set_aside, **stale})

    def of_node(self, taken: Taken) -> Mapping[Ids, Choice]:
        """The picks that hold of one node, by the ids on its other axes."""
        if not self.picks:
            return {}
        groups: dict[str, dict[str, int]] = {}
        for position, combination in enumerate(taken.combinations):
            groups.setdefault(taken.ofs[position], {})[combination[taken.place].id] = position
        chosen: dict[Ids, Choice] = {}
        for of, takes in groups.items():
            pick = self.picks.get(of) or self.picks.get(former_name(self.document, taken.node, of) or of)
            if pick is None or pick.take is None or pick.key is None:
                continue
            position = takes.get(pick.take, -1)
            instance = None if position < 0 else taken.ids[position]
            why = self.set_aside.get(of) or (f"take `{pick.take}` is no longer made" if instance is None else None)
            if why is not None or instance is None:
                self.stale.append(StalePick(of, pick.take, why or "", instance, taken.hold))
                continue
            combination = taken.combinations[position]
            rest = tuple(value.id for number, value in enumerate(combination) if number != taken.place)
            chosen[rest] = self.holding[instance] = Choice(of, pick.take, instance, pick.key, pick.sha256)
        return chosen


def former_name(document: Document, node: Node, of: str) -> str | None:
    """What an instance was called before its node was renamed, unless another node has that name now."""
    return None if node.was is None or node.was in document.nodes else node.was + of.removeprefix(node.name)


def changed_picks(picks: Mapping[str, Choice], keys: Mapping[str, Sequence[str | None]]) -> Mapping[str, str]:
    """The picks (by the take that they name) whose takes now have other keys, as far as keys are known, with the
    reason. A take has a key for each of the routes that may make it."""
    return {one.of: CHANGED for take, one in picks.items() if None not in keys[take] and one.key not in keys[take]}


def pick_command(document: Document, of: str, *, simulated: bool) -> str:
    """What a person types to pick a take of an instance."""
    words = ["callsheet", "pick", shlex.quote(document.span.path), shlex.quote(of), "TAKE"]
    return " ".join([*words, "--simulate"] if simulated else words)


def first_take(document: Document, name: str) -> tuple[str, str] | None:
    """The takes axis that a node of the file is made over, and its first take; None where there is none."""
    node = document.nodes.get(name)
    sources = ((axis, document.axes[axis].source) for axis in (node.over if node is not None else ()))
    return next(((axis, one.ids[0]) for axis, one in sources if isinstance(one, AxisTakes)), None)


def name_a_take(document: Document, of: str) -> str:
    """What a person is to write who wants another take of a whole pipeline than the first; `of` is an instance of the
    node that uses it, which no pick is of."""
    name = of.partition("[")[0]
    axis, take = first_take(document, name) or ("TAKES_AXIS", "…")
    way = f"nodes.{name.rpartition('.')[2]}.at({axis}='{take}')"
    return f"takes of a whole pipeline can't be picked: name one where it is needed, with `{way}`"


def stale_warnings(document: Document, stale: Iterable[StalePick], *, simulated: bool) -> list[Problem]:
    """A warning for each pick that counts as none."""
    return [
        Problem(
            "stale-pick",
            f"the pick of take `{one.take}` is stale and counts as none: {one.why}",
            hint=f"`{pick_command(document, one.of, simulated=simulated)}` picks anew; until then "
            + ("what needs it is held" if one.hold else "the first take is used"),
            severity="warning",
            instance=one.of,
        )
        for one in stale
    ]
