"""The graph and the timeline as pictures."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

from callsheet.report.graph_svg import GraphEdge, GraphNode, graph_svg
from callsheet.report.timeline_svg import MOST_ROWS, longest_chain, rows_of, timeline_svg
from callsheet.run.outcome import State
from callsheet.run.record import About, Recorded, Told

SVG = "{http://www.w3.org/2000/svg}"


def _boxes(svg: str) -> list[tuple[float, float]]:
    rects = [one for one in ET.fromstring(svg).iter(f"{SVG}rect") if one.get("class") == "box"]
    return [(float(one.get("x", 0)), float(one.get("y", 0))) for one in rects]


def _node(name: str, **states: int) -> GraphNode:
    return GraphNode(name, "wan-ai/wan-2-7/text-to-video", False, states)


def _record(told: dict[str, list[tuple[float, State]]], needs: dict[str, list[str]] | None = None) -> Recorded:
    jobs = {one: {"kind": "route", "made_by": "x", "needs": (needs or {}).get(one, [])} for one in told}
    news = {one: tuple(Told(at, state, {}) for at, state in all_told) for one, all_told in told.items()}
    return Recorded(Path("x"), About("r", "p", "f"), "lamps", "simulator", 0.0, jobs, news, {"status": "failed"}, False)


def test_each_node_stands_right_of_all_that_it_uses() -> None:
    nodes = [_node(name) for name in ("a", "b", "c", "d")]
    svg = graph_svg("x", nodes, [GraphEdge("a", "b"), GraphEdge("b", "d"), GraphEdge("a", "d"), GraphEdge("c", "d")])
    a, b, c, d = _boxes(svg)

    assert a[0] < b[0] < d[0]
    assert c[0] < d[0]
    assert len({a, b, c, d}) == 4


def test_nodes_that_need_each_other_and_themselves_are_drawn() -> None:
    nodes = [_node("shot"), _node("last")]
    edges = [GraphEdge("shot", "last"), GraphEdge("last", "shot", True), GraphEdge("shot", "shot", True)]

    svg = graph_svg("story", nodes, edges)

    assert len(set(_boxes(svg))) == 2
    assert svg.count('class="edge previous"') == 2


def test_a_picture_says_in_words_what_it_shows() -> None:
    svg = ET.fromstring(
        graph_svg("lamps", [_node("shot", cached=2, failed=1), _node("reel")], [GraphEdge("shot", "reel")])
    )

    assert svg.get("role") == "img"
    assert svg.findtext(f"{SVG}title") == "Graph of lamps"
    assert svg.findtext(f"{SVG}desc") == "2 nodes with 3 instances. shot: 2 cached, 1 failed. reel uses shot."


def test_hostile_names_are_text_in_a_picture() -> None:
    name = '</title><script>alert(1)</script>"&\x00\ud800'
    svg = graph_svg(name, [GraphNode(name, name, False, {name: 1})], [])

    assert [one.tag for one in ET.fromstring(svg).iter() if "script" in one.tag] == []
    assert "\x00" not in svg
    svg.encode("utf-8")


def test_the_same_graph_gives_the_same_bytes() -> None:
    nodes = [_node(f"n{number}") for number in range(12)]
    edges = [
        GraphEdge(f"n{one}", f"n{other}") for one in range(12) for other in range(one + 1, 12) if (one * other) % 3
    ]

    assert graph_svg("x", nodes, edges) == graph_svg("x", nodes, edges)


def test_rows_say_how_long_each_waited_and_was_made() -> None:
    first = [(0.5, State.queued), (1.0, State.running), (4.0, State.succeeded)]
    second = [(4.5, State.working), (6.0, State.succeeded)]
    one, other = rows_of(_record({"a": first, "b": second}, {"b": ["a"]}))

    assert (one.ready, one.begin, one.end, one.came_to) == (0.0, 0.5, 4.0, State.succeeded)
    assert one.phases == ((State.queued, 0.5, 1.0), (State.running, 1.0, 4.0))
    assert (other.ready, other.begin, other.end) == (4.0, 4.5, 6.0)


def test_the_longest_chain_is_the_one_that_the_end_waited_for() -> None:
    def made(begin: float, end: float) -> list[tuple[float, State]]:
        return [(begin, State.running), (end, State.succeeded)]

    told = {"a": made(0, 2), "b": made(0, 5), "join": made(5, 6), "late": made(6, 7), "alone": made(0, 6.5)}
    rows = rows_of(_record(told, {"join": ["a", "b"], "late": ["join"]}))

    assert longest_chain(rows) == ["b", "join", "late"]


def test_a_run_that_goes_on_is_drawn_up_to_its_latest_news() -> None:
    (row, _) = rows_of(_record({"a": [(0.5, State.queued)], "b": [(1.0, State.running), (3.0, State.failed)]}))

    assert (row.phases, row.end, row.came_to) == (((State.queued, 0.5, 3.0),), 3.0, None)


def test_of_a_large_run_the_longest_and_the_chain_are_drawn() -> None:
    told = {f"n{number}": [(0.0, State.running), (1.0 + number, State.succeeded)] for number in range(MOST_ROWS + 50)}
    svg = timeline_svg(_record(told, {f"n{MOST_ROWS + 49}": ["n0"]}))

    assert len(ET.fromstring(svg).findall(f"{SVG}g")) == MOST_ROWS
    assert "and 50 shorter ones" in svg
    assert re.search(r"longest chain: n0, then n249\.", svg)


def test_a_run_of_nothing_can_be_drawn() -> None:
    svg = ET.fromstring(timeline_svg(_record({})))

    assert svg.findtext(f"{SVG}desc") == "0 instances, 0.0 s, failed. The longest chain: none."


def test_the_commands_print_pictures(project: Any) -> None:
    project.run("init", ".")
    graph = project.run("graph", "pipeline.yaml", "--svg", "--simulate")
    assert graph.exit_code == 0
    assert ET.fromstring(graph.stdout).tag == f"{SVG}svg"

    none = project.run("timeline", "pipeline.yaml", "--simulate")
    assert none.exit_code == 65
    assert none.stderr == (
        "error: no run into `previews` is on record [no-run-on-record]\n"
        "  help: run `callsheet run pipeline.yaml --simulate` first\n"
    )
