"""The graph of nodes, for people: which node feeds which, drawn as Mermaid or DOT."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import networkx as nx

from callsheet.document.shape import is_template
from callsheet.plan.job import Plan


def node_graph(plan: Plan) -> nx.DiGraph[str]:
    """One vertex a node, with `made_by` and `count` of instances; an edge counts the instances' needs behind it, and is
    `previous` where all of them lie before on an ordered axis."""
    graph: nx.DiGraph[str] = nx.DiGraph()
    for name, node in plan.nodes.items():
        made_by = str(node.made_by.value)
        if is_template(node.made_by):
            made_by = ", ".join(dict.fromkeys(job.made_by for job in plan.jobs if job.node == name))
        graph.add_node(name, made_by=made_by, maker=node.maker, count=0)
    for job in plan.jobs:
        graph.nodes[job.node]["count"] += 1
        for need in job.needs:
            producer = plan.by_id[need].node
            known = graph.get_edge_data(producer, job.node, {"count": 0, "previous": True})
            previous = known["previous"] and need in job.previous
            graph.add_edge(producer, job.node, count=known["count"] + 1, previous=previous)
    return graph


def layers(names: Sequence[str], edges: Collection[tuple[str, str]]) -> list[list[str]]:
    """The nodes by how far they are from the first: each stands behind all that it needs, those that need each other
    (by `previous`) stand together. Within a layer the order of `names` is kept."""
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from(names)
    graph.add_edges_from(edges)
    rings = nx.condensation(graph)
    found = [
        {name for ring in level for name in rings.nodes[ring]["members"]} for level in nx.topological_generations(rings)
    ]
    return [[name for name in names if name in level] for level in found]


def mermaid(plan: Plan) -> str:
    """The graph as Mermaid text: routes as rounded boxes, steps as plain ones."""
    graph = node_graph(plan)
    lines = ["flowchart LR"]
    for name in graph.nodes:
        about = graph.nodes[name]
        label = f'"{name}<br/>{_escaped(about["made_by"])} × {about["count"]}"'
        lines.append(f"  {name}[{label}]" if about["maker"] == "step" else f"  {name}([{label}])")
    lines += [
        f"  {producer} {'-. previous .->' if about['previous'] else '-->'} {consumer}"
        for producer, consumer, about in graph.edges(data=True)
    ]
    return "\n".join(lines) + "\n"


def dot(plan: Plan) -> str:
    """The graph as DOT text."""
    graph = node_graph(plan)
    lines = [f'digraph "{_escaped(plan.document.name)}" {{', "  rankdir=LR;", '  node [fontname="sans-serif"];']
    for name in graph.nodes:
        about = graph.nodes[name]
        shape = "box" if about["maker"] == "step" else "ellipse"
        lines.append(
            f'  {_dot_id(name)} [shape={shape}, label="{name}\\n{_escaped(about["made_by"])} × {about["count"]}"];'
        )
    lines += [
        f"  {_dot_id(producer)} -> {_dot_id(consumer)}{' [style=dashed, label=previous]' if about['previous'] else ''};"
        for producer, consumer, about in graph.edges(data=True)
    ]
    return "\n".join([*lines, "}"]) + "\n"


def _dot_id(name: str) -> str:
    """A node's name as DOT takes it: a qualified one is quoted."""
    return f'"{name}"' if "." in name else name


def _escaped(text: str) -> str:
    return "".join(char if char.isprintable() and char not in '"\\<>' else "'" for char in text)
