"""A manifest laid out for looking at: a section per node, deliverables first, each a grid by its axes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, TypeAlias
from urllib.parse import quote

from callsheet.report.plan_json import total_usd
from callsheet.report.screen import counted, money, span_of, usd

Shape: TypeAlias = Literal["wide", "square", "tall"]
Kind: TypeAlias = Literal["video", "image", "audio", "none"]
Entry: TypeAlias = Mapping[str, Any]

_WORDS: Mapping[str, str] = {
    "failed": "Failed",
    "unknown": "Outcome unknown",
    "cancelled": "Cancelled",
    "held": "Held for a pick",
    "blocked": "Blocked",
    "skipped": "Not selected",
    "succeeded": "Nothing published",
    "cached": "Nothing published",
}

MOST_VIDEOS = 60
"""A browser holds only so many videos at once: a page of more loads those near the view and lets the others go."""

_NOUNS: Mapping[Kind, str] = {"video": "clip", "image": "picture", "audio": "recording"}


@dataclass(frozen=True, slots=True)
class Cell:
    """One instance in its grid, or (without `number`) a combination that the campaign leaves out.

    `number` counts the cells in page order; `ratio` names a class of the style sheet that keeps its box in shape;
    a cell without a file has the commonest of its section.
    """

    label: str
    number: int | None = None
    id: str = ""
    kind: Kind = "none"
    href: str = ""
    ratio: str = ""
    state: str = ""
    word: str = ""
    said: str = ""
    hint: str = ""
    fact: str = ""
    text: str = ""
    more: int = 0
    stale: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """The cells that share every axis but the last; `labels` are (axis, id) of those."""

    labels: tuple[tuple[str, str], ...]
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """One node. `columns` are the ids of its last axis, empty where the cells simply flow."""

    node: str
    description: str
    made_by: tuple[str, ...]
    intents: tuple[str, ...]
    deliverable: bool
    summary: str
    column_axis: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    shape: Shape


@dataclass(frozen=True, slots=True)
class Page:
    """Everything the template needs. `facts` are labelled totals; `ratios` the (class, width, height) it uses."""

    title: str
    description: str
    simulated: bool
    status: str
    facts: tuple[tuple[str, str, str], ...]
    sections: tuple[Section, ...]
    ratios: tuple[tuple[str, int, int], ...]
    widest: tuple[int, ...]
    many_videos: bool
    data: dict[str, object]
    callsheet: str
    run: str


@dataclass(slots=True)
class _Desk:
    """What is collected while the cells are laid out, in page order."""

    entries: list[Entry] = field(default_factory=list)
    ratios: dict[str, tuple[int, int]] = field(default_factory=dict)


def page_of(manifest: Mapping[str, Any]) -> Page:
    """The page of a manifest."""
    desk = _Desk()
    nodes = sorted(manifest["nodes"], key=lambda node: not node["deliverable"])
    by_node: dict[str, list[Entry]] = {}
    for entry in manifest["instances"]:
        by_node.setdefault(entry["node"], []).append(entry)
    sections = tuple(_section(node, by_node[node["name"]], desk) for node in nodes if node["name"] in by_node)
    return Page(
        title=manifest["pipeline"],
        description=manifest.get("description") or "",
        simulated=manifest["provider"] == "simulator",
        status=manifest["status"],
        facts=_facts(manifest, sections),
        sections=sections,
        ratios=tuple((name, *size) for name, size in sorted(desk.ratios.items())),
        widest=tuple(sorted({len(section.columns) for section in sections if section.columns})),
        many_videos=sum(_is_video(entry) for entry in desk.entries) > MOST_VIDEOS,
        data={"cells": [_shown(entry) for entry in desk.entries]},
        callsheet=manifest["callsheet"],
        run=manifest["run"],
    )


def link(path: str) -> str:
    """A path below or beside the page as a relative address that no browser reads as anything else."""
    return quote(path, safe="/=,+-._~@()!")


def _section(node: Mapping[str, Any], entries: Sequence[Entry], desk: _Desk) -> Section:
    axes: list[str] = node["axes"]
    flows = len(axes) < 2
    columns = () if flows else tuple(dict.fromkeys(entry["axes"][axes[-1]] for entry in entries))
    lines: dict[tuple[tuple[str, str], ...], dict[str, Entry]] = {}
    for entry in entries:
        ids = entry["axes"]
        labels = () if flows else tuple((axis, ids[axis]) for axis in axes[:-1])
        lines.setdefault(labels, {})[ids[axes[-1]] if axes else ""] = entry
    rows = []
    for labels, found in lines.items():
        places = columns or tuple(found)
        cells = (
            _cell(found[place], _label(axes, place), desk)
            if place in found
            else Cell(label=_label(axes, place), said="not in this campaign")
            for place in places
        )
        rows.append(Row(labels, tuple(cells)))
    ratios = Counter(cell.ratio for row in rows for cell in row.cells if cell.ratio)
    if ratios:
        usual = ratios.most_common(1)[0][0]
        rows = [
            Row(row.labels, tuple(cell if cell.href else replace(cell, ratio=usual) for cell in row.cells))
            for row in rows
        ]
    return Section(
        node=node["name"],
        description=node.get("description") or "",
        made_by=tuple(dict.fromkeys(_made_by(entry) for entry in entries)),
        intents=tuple(dict.fromkeys(entry["intent"] for entry in entries if entry["intent"])),
        deliverable=node["deliverable"],
        summary=_summary(entries),
        column_axis=axes[-1] if axes else "",
        columns=columns,
        rows=tuple(rows),
        shape=_shape(entries),
    )


def _label(axes: Sequence[str], place: str) -> str:
    return f"{axes[-1]} {place}" if place.isdigit() else place


def _cell(entry: Entry, place: str, desk: _Desk) -> Cell:
    number = len(desk.entries)
    desk.entries.append(entry)
    state = entry["state"]
    fact = ""
    if entry["kind"] == "step":
        fact = "made here" if entry["outputs"] else ""
    elif entry["cost_usd"] is not None:
        fact = f"{usd(entry['cost_usd'])} USD"
    label = place or entry["node"]
    if not entry["outputs"]:
        error = entry["error"] or {}
        said, hint = error.get("message") or "", error.get("hint") or ""
        word = _WORDS.get(state, state)
        return Cell(label, number, entry["id"], state=state, word=word, said=said, hint=hint, fact=fact)
    output = entry["outputs"][0]
    ratio = ""
    if output.get("width") and output.get("height"):
        ratio = f"r{output['width']}x{output['height']}"
        desk.ratios[ratio] = (output["width"], output["height"])
    return Cell(
        label,
        number,
        entry["id"],
        kind=_kind(output["media_type"]),
        href=link(output["path"]),
        ratio=ratio,
        state=state,
        fact=" · ".join(part for part in (fact, span_of(output["seconds"]) if output.get("seconds") else "") if part),
        text=_prompt(entry["input"]),
        more=len(entry["outputs"]) - 1,
        stale=bool(entry.get("stale")),
    )


def _is_video(entry: Entry) -> bool:
    return any(output["media_type"].startswith("video/") for output in entry["outputs"][:1])


def _kind(media_type: str) -> Kind:
    family = media_type.partition("/")[0]
    return "video" if family == "video" else "image" if family == "image" else "audio" if family == "audio" else "none"


def _shape(entries: Sequence[Entry]) -> Shape:
    shapes: Counter[Shape] = Counter()
    for entry in entries:
        for output in entry["outputs"][:1]:
            wide, high = output.get("width") or 16, output.get("height") or 9
            shapes["wide" if wide > high * 1.2 else "tall" if high > wide * 1.2 else "square"] += 1
    return shapes.most_common(1)[0][0] if shapes else "wide"


def _made_by(entry: Entry) -> str:
    return str(entry["route"]) if entry["kind"] == "route" else f"{entry['step']}, a local step"


def _summary(entries: Sequence[Entry]) -> str:
    kinds = {_kind(entry["outputs"][0]["media_type"]) for entry in entries if entry["outputs"]}
    noun = _NOUNS.get(kinds.pop(), "file") if len(kinds) == 1 else "instance"
    done = sum(bool(entry["outputs"]) for entry in entries)
    parts = [f"{done} of {counted(len(entries), noun)}" if done < len(entries) else counted(done, noun)]
    cost = _cost(entries)
    return " · ".join([*parts, f"{usd(cost)} USD"] if cost else parts)


def _cost_text(entries: Sequence[Entry]) -> str:
    renders = [one for one in entries if one["kind"] == "route" and one["outputs"] and not one["shared_with"]]
    return money(_cost(entries), [one["cost_usd"] for one in renders].count(None), len(renders))


def _cost(entries: Sequence[Entry]) -> float:
    return total_usd([entry["cost_usd"] for entry in entries if entry["kind"] == "route" and not entry["shared_with"]])


def _facts(manifest: Mapping[str, Any], sections: Sequence[Section]) -> tuple[tuple[str, str, str], ...]:
    """(label, value, small print), in the order of the header."""
    entries: Sequence[Entry] = manifest["instances"]
    final = {section.node for section in sections if section.deliverable}
    wanted = [entry for entry in entries if entry["node"] in final]
    ready = sum(bool(entry["outputs"]) for entry in wanted)
    renders = [entry for entry in entries if entry["kind"] == "route" and entry["outputs"] and not entry["shared_with"]]
    steps = sum(entry["kind"] == "step" and bool(entry["outputs"]) for entry in entries)
    faults = Counter(entry["state"] for entry in entries if not entry["outputs"])
    routes = {entry["route"] for entry in renders}
    simulated = manifest["provider"] == "simulator"
    facts = [
        ("Deliverables", f"{ready}" if ready == len(wanted) else f"{ready}/{len(wanted)}", ", ".join(sorted(final))),
        ("Renders", f"{len(renders):,}", f"on {counted(len(routes), 'route')}"),
        ("Local steps", f"{steps:,}", "made here, free"),
        (
            "Would cost" if simulated else "Cost",
            _cost_text(entries),
            "nothing was charged" if simulated else "as charged",
        ),
    ]
    if faults:
        told = ", ".join(f"{number} {state}" for state, number in faults.most_common())
        facts.append(("Open", f"{sum(faults.values()):,}", told))
    return tuple(facts)


def _shown(entry: Entry) -> dict[str, object]:
    """One cell's data for the page's script: the entry, with addresses instead of paths."""
    outputs = [
        {**output, "href": link(output["path"]), "kind": _kind(output["media_type"])} for output in entry["outputs"]
    ]
    return {**entry, "outputs": outputs, "prompt": _prompt(entry["input"])}


def _prompt(values: Mapping[str, object]) -> str:
    """The text that a person would call the prompt (however the route spells the field), or a step's own `text`."""
    named = [value for name, value in values.items() if "prompt" in name and "negative" not in name]
    texts = [value for value in (*named, values.get("text")) if isinstance(value, str)]
    return texts[0] if texts else ""
