"""The graph of nodes as a picture: layers from left to right, each node with how its instances stand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from callsheet.plan.graph import layers, node_graph
from callsheet.plan.job import Plan
from callsheet.report.screen import counted
from callsheet.report.svg import TONES, fitted, picture, said
from callsheet.run.outcome import Decision

_WIDE, _HIGH, _GAP_ACROSS, _GAP_DOWN, _EDGE = 190.0, 64.0, 70.0, 22.0, 24.0
_SWEEPS = 6
_STYLE = """\
.box { fill: var(--paper); stroke: var(--line); stroke-width: 1.5; }
.edge { fill: none; stroke: var(--line); stroke-width: 1.5; }
.head { fill: var(--line); }
.previous { stroke-dasharray: 5 4; }
"""


@dataclass(frozen=True, slots=True)
class GraphNode:
    """A node to be drawn: `made_by` is its routes or step, `states` counts its instances by how they stand."""

    name: str
    made_by: str
    is_step: bool
    states: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class GraphEdge:
    """The second node uses the first; `previous` where only what lies before on an ordered axis."""

    producer: str
    consumer: str
    previous: bool = False


def plan_graph_svg(plan: Plan, decisions: Mapping[str, Decision]) -> str:
    """The picture of a plan, each node with what a run would do to its instances."""
    states: dict[str, Counter[str]] = {}
    for job in plan.jobs:
        states.setdefault(job.node, Counter())[decisions[job.id].action.value] += 1
    graph = node_graph(plan)
    nodes = [
        GraphNode(name, about["made_by"], about["maker"] == "step", states.get(name, {}))
        for name, about in graph.nodes(data=True)
    ]
    edges = [GraphEdge(one, other, bool(about.get("previous"))) for one, other, about in graph.edges(data=True)]
    return graph_svg(plan.document.name, nodes, edges)


def manifest_graph_svg(manifest: Mapping[str, Any]) -> str:
    """The picture of a manifest, each node with what became of its instances."""
    states: dict[str, Counter[str]] = {}
    makers: dict[str, dict[str, None]] = {}
    steps: dict[str, bool] = {}
    for entry in manifest["instances"]:
        states.setdefault(entry["node"], Counter())[entry["state"]] += 1
        makers.setdefault(entry["node"], {})[str(entry[entry["kind"]])] = None
        steps[entry["node"]] = entry["kind"] == "step"
    nodes = [
        GraphNode(name, ", ".join(makers.get(name, ())), steps.get(name, False), states.get(name, {}))
        for name in (node["name"] for node in manifest["nodes"])
    ]
    edges = [GraphEdge(need, node["name"]) for node in manifest["nodes"] for need in node["needs"]]
    return graph_svg(manifest["pipeline"], nodes, edges)


def graph_svg(title: str, nodes: Sequence[GraphNode], edges: Sequence[GraphEdge]) -> str:
    """The picture of these nodes and edges."""
    placed = _Layout(nodes, edges)
    instances = sum(sum(node.states.values()) for node in nodes)
    described = [f"{counted(len(nodes), 'node')} with {counted(instances, 'instance')}."]
    described += [f"{node.name}: {_told(node)}." for node in nodes if node.states]
    described += [f"{edge.consumer} uses {edge.producer}." for edge in edges]
    inside = [*placed.edges(), *(_box(node, *placed.corner(node.name)) for node in nodes)]
    return picture(placed.width, placed.height, f"Graph of {title}", " ".join(described), _STYLE, inside)


class _Layout:
    """Where each node stands: a column for each layer. An edge over several layers has a place of its own in those
    between, so that it goes around what stands there."""

    def __init__(self, nodes: Sequence[GraphNode], edges: Sequence[GraphEdge]) -> None:
        self._edges = edges
        pairs = {(edge.producer, edge.consumer) for edge in edges}
        self._columns: list[list[str]] = layers([node.name for node in nodes], pairs)
        self._layer = {name: number for number, column in enumerate(self._columns) for name in column}
        self._ways = {pair: self._way(*pair) for pair in sorted(pairs)}
        self._order()
        tallest = max((len(column) for column in self._columns), default=1)
        self._inner = tallest * (_HIGH + _GAP_DOWN) - _GAP_DOWN
        self.height = self._inner + 2 * _EDGE
        self.width = max(1, len(self._columns)) * (_WIDE + _GAP_ACROSS) - _GAP_ACROSS + 2 * _EDGE

    def corner(self, name: str) -> tuple[float, float]:
        """The upper left corner of a node, or of the place that an edge has."""
        number = self._layer[name]
        column = self._columns[number]
        high = len(column) * (_HIGH + _GAP_DOWN) - _GAP_DOWN
        top = _EDGE + (self._inner - high) / 2 + column.index(name) * (_HIGH + _GAP_DOWN)
        return _EDGE + number * (_WIDE + _GAP_ACROSS), top

    def edges(self) -> Iterator[str]:
        """Every edge as a path with its head."""
        for edge in self._edges:
            kind = "edge previous" if edge.previous else "edge"
            if self._layer[edge.producer] == self._layer[edge.consumer]:
                yield self._bow(edge, kind)
                continue
            way = self._ways[edge.producer, edge.consumer]
            x, y = self.corner(way[0])
            x, y = x + _WIDE, y + _HIGH / 2
            path = [f"M{x:g} {y:g}"]
            for name in way[1:]:
                left, top = self.corner(name)
                middle, down = (x + left) / 2, top + _HIGH / 2
                end = left - 6 if name == edge.consumer else left
                path.append(f"C{middle:g} {y:g} {middle:g} {down:g} {end:g} {down:g}")
                if name != edge.consumer:
                    path.append(f"L{left + _WIDE:g} {down:g}")
                x, y = left + _WIDE, down
            left, top = self.corner(edge.consumer)
            yield f'<path class="{kind}" d="{" ".join(path)}"/>{_head(left, top + _HIGH / 2)}'

    def _bow(self, edge: GraphEdge, kind: str) -> str:
        """An edge between nodes of one layer, or of a node to itself: out to the right and back."""
        (x, start), (_, end) = self.corner(edge.producer), self.corner(edge.consumer)
        x, start, end = x + _WIDE, start + _HIGH * 0.3, end + _HIGH * 0.7
        out = x + _GAP_ACROSS * 0.7
        path = f"M{x:g} {start:g} C{out:g} {start:g} {out:g} {end:g} {x + 6:g} {end:g}"
        return f'<path class="{kind}" d="{path}"/><path class="head" d="M{x:g} {end:g} l7 -4 v8 z"/>'

    def _way(self, producer: str, consumer: str) -> list[str]:
        way = [producer]
        for number in range(self._layer[producer] + 1, self._layer[consumer]):
            name = f"{producer}\n{consumer}\n{number}"
            self._columns[number].append(name)
            self._layer[name] = number
            way.append(name)
        return [*way, consumer]

    def _order(self) -> None:
        """Put each column into the order of its neighbours' mean places, forth and back: fewer edges cross."""
        before: dict[str, list[str]] = {}
        behind: dict[str, list[str]] = {}
        for way in self._ways.values():
            for one, other in pairwise(way):
                before.setdefault(other, []).append(one)
                behind.setdefault(one, []).append(other)
        for sweep in range(_SWEEPS):
            neighbours, columns = (before, self._columns) if sweep % 2 == 0 else (behind, self._columns[::-1])
            for column in columns:
                place = {name: number for one in self._columns for number, name in enumerate(one)}
                column.sort(key=lambda name: _mean([place[one] for one in neighbours.get(name, [name])]))


def _told(node: GraphNode) -> str:
    return ", ".join(f"{number} {state}" for state, number in sorted(node.states.items()))


def _mean(places: Sequence[int]) -> float:
    return sum(places) / len(places)


def _head(x: float, y: float) -> str:
    return f'<path class="head" d="M{x:g} {y:g} l-7 -4 v8 z"/>'


def _box(node: GraphNode, x: float, y: float) -> str:
    count = sum(node.states.values())
    told = _told(node)
    name = fitted(node.name, _WIDE - 62)
    made_by = fitted(node.made_by.rpartition("/")[2] if not node.is_step else node.made_by, _WIDE - 24, 11)
    hint = f"{node.name}: {node.made_by}{'; ' if told else ''}{told}"
    round_off = 6 if node.is_step else 18
    parts = [
        f"<g><title>{said(hint)}</title>",
        f'<rect class="box" x="{x:g}" y="{y:g}" width="{_WIDE:g}" height="{_HIGH:g}" rx="{round_off}"/>',
        f'<text class="strong" x="{x + 12:g}" y="{y + 22:g}">{said(name)}</text>',
        f'<text class="soft" x="{x + _WIDE - 12:g}" y="{y + 22:g}" text-anchor="end">× {count}</text>',
        f'<text class="soft" x="{x + 12:g}" y="{y + 39:g}">{said(made_by)}</text>',
    ]
    at, room = x + 12, _WIDE - 24
    for state, number in sorted(node.states.items()):
        wide = room * number / count
        parts.append(
            f'<rect class="{TONES.get(state, "off")}" x="{at:.4g}" y="{y + 48:g}" width="{max(wide - 1, 1):.4g}"'
            f' height="6" rx="2"><title>{said(f"{number} {state}")}</title></rect>'
        )
        at += wide
    return "".join([*parts, "</g>"])
