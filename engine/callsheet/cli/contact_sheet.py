"""A page's data as a picture for pull requests: the posters of each node in rows and columns."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from callsheet.makers.steps.sheet import MADE_BY, Sheet, SheetCell, SheetSection, draw_sheet
from callsheet.problems import DataFault, Problem

_FLOW = 5
_MOST_COLUMNS = 8
_WAITING = frozenset(("held", "blocked", "skipped", "planned"))
_PNG = b"\x89PNG\r\n\x1a\n"


def write_contact_sheet(place: Path, page: Mapping[str, Any], posters: Mapping[str, Path]) -> Path:
    """Write the picture of a page (see report/gallery_view) to `place`, over an older one of ours alone.

    Raises DataFault where another file stands there.
    """
    if place.exists() and not _is_ours(place):
        hint = "move it away, or give another name"
        raise DataFault(Problem("picture-in-the-way", f"`{place}` was not written by callsheet and is left", hint=hint))
    place.parent.mkdir(parents=True, exist_ok=True)
    unfinished = place.with_name(f".{place.name}-{os.getpid()}")
    try:
        draw_sheet(_sheet(page, posters), unfinished)
        unfinished.replace(place)
    finally:
        unfinished.unlink(missing_ok=True)
    return place


def _is_ours(place: Path) -> bool:
    with place.open("rb") as file:
        start = file.read(200)
    return start.startswith(_PNG) and MADE_BY.encode() in start


def _sheet(page: Mapping[str, Any], posters: Mapping[str, Path]) -> Sheet:
    by_node: dict[str, list[Mapping[str, Any]]] = {}
    for cell in page["cells"]:
        by_node.setdefault(cell["node"], []).append(cell)
    return Sheet(
        title=page["title"],
        note=" · ".join(f"{label}: {value}" for label, value, _ in page["facts"]),
        stamp="SIMULATED PREVIEW" if page["simulated"] else "",
        sections=tuple(_section(node, by_node[node["name"]], posters) for node in page["nodes"]),
    )


def _section(node: Mapping[str, Any], cells: Sequence[Mapping[str, Any]], posters: Mapping[str, Path]) -> SheetSection:
    """Columns are the ids of the last axis where there are two axes or more, and not too many ids."""
    axes = node["axes"]
    ids = list(dict.fromkeys(cell["axes"][axes[-1]] for cell in cells)) if len(axes) > 1 else []
    placed: list[SheetCell | None] = []
    if 1 < len(ids) <= _MOST_COLUMNS:
        rows: dict[tuple[str, ...], dict[str, Mapping[str, Any]]] = {}
        for cell in cells:
            *others, last = (cell["axes"][axis] for axis in axes)
            rows.setdefault(tuple(others), {})[last] = cell
        placed = [_cell(row[one], posters) if one in row else None for row in rows.values() for one in ids]
    else:
        placed = [_cell(cell, posters) for cell in cells]
    made = " · ".join([*node["made_by"], node["summary"]])
    columns = len(ids) if 1 < len(ids) <= _MOST_COLUMNS else min(_FLOW, len(placed))
    return SheetSection(node["name"], made, columns, tuple(placed), node["ratio"])


def _cell(cell: Mapping[str, Any], posters: Mapping[str, Path]) -> SheetCell:
    words = [f"{axis} {one}" if one.isdigit() else one for axis, one in cell["axes"].items()]
    output = cell["outputs"][0] if cell["outputs"] else None
    poster = posters.get(output["sha256"]) if output else None
    seconds = f"{output['seconds']:.1f} s" if output and output.get("seconds") else ""
    pick = "picked" if cell.get("picked") else "pick is stale" if cell.get("stale_pick") else ""
    word = cell["state"] if output is None else "" if poster else output["path"].rpartition("/")[2]
    return SheetCell(" · ".join(words) or cell["node"], pick or seconds, poster, word, cell["state"] in _WAITING)
